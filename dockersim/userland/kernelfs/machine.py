"""What is true of the whole machine: its processor, its memory, how long it has been up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dockersim.userland.computer import Computer

CPU_MODEL = "Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz"
UP_BEFORE = 3723.0
"""Seconds that the machine had been up when the world began."""


def cpu_seconds(computer: Computer) -> float:
    """CPU time that the computer's processes have used, ended ones included."""
    return computer.cpu_used + sum(p.cpu for p in computer.own_processes())


def boot_age(computer: Computer) -> float:
    """Seconds since the machine booted."""
    return UP_BEFORE + computer.sim.now


def memory(computer: Computer) -> dict[str, int]:
    """The machine's memory in bytes, by the columns of ``free``. A container sees the machine's, not its own limit."""
    total = computer.kernel.memory
    used = total // 8 + computer.memory_used
    cache = total // 4
    free = max(0, total - used - cache)
    return {
        "total": total,
        "used": min(used, total),
        "free": free,
        "shared": 2 << 20,
        "cache": cache,
        "buffers": total // 64,
        "available": max(0, total - used),
    }

"""Control groups, version 2: the files of one group, and the tree of groups that the machine sees.

A container is in a namespace of its own and sees its group as the root; the machine sees it as
``system.slice/docker-ID.scope``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockersim.userland.kernelfs.files import Content, Text, file
from dockersim.userland.kernelfs.machine import cpu_seconds

if TYPE_CHECKING:
    from dockersim.userland.computer import Computer


def control_files(computer: Computer, viewer: Computer) -> dict[str, Text]:
    """The files of a computer's control group, with process numbers as ``viewer`` has them."""
    return {
        "cgroup.controllers": lambda: "cpuset cpu io memory hugetlb pids rdma\n",
        "cgroup.procs": lambda: _members(computer, viewer),
        "cgroup.freeze": lambda: f"{int(computer.frozen is not None)}\n",
        "cpu.max": lambda: _cpu_max(computer.cpu_share),
        "cpu.weight": lambda: "100\n",
        "cpu.stat": lambda: _cpu_stat(computer),
        "memory.max": lambda: _limit(computer.memory_limit),
        "memory.high": lambda: "max\n",
        "memory.current": lambda: f"{computer.memory_used}\n",
        "memory.peak": lambda: f"{computer.memory_peak}\n",
        "memory.swap.max": lambda: _limit(computer.memory_limit),
        "memory.events": lambda: (
            f"low 0\nhigh 0\nmax 0\noom {int(computer.oom_killed)}\noom_kill {int(computer.oom_killed)}\n"
        ),
        "memory.stat": lambda: f"anon {computer.memory_used}\nfile 0\nkernel 0\n",
        "pids.max": lambda: _limit(computer.pids_limit),
        "pids.current": lambda: f"{len(computer.own_processes())}\n",
    }


def groups_below(viewer: Computer, path: str) -> Content:
    """What is at ``path`` (``/system.slice/...``) in the tree of groups, for the machine itself."""
    kernel = viewer.kernel
    inside = {group: computer for group, computer in kernel.cgroups.items() if _is_below(group, path)}
    if inside:
        names = {group[len(path.rstrip("/")) + 1 :].partition("/")[0] for group in inside}
        return sorted({*names, *control_files(viewer, viewer)})
    if path in kernel.cgroups:
        return sorted(control_files(kernel.cgroups[path], viewer))
    group, _, name = path.rpartition("/")
    owner = kernel.cgroups.get(group)
    if owner is None and any(_is_below(one, group or "/") for one in kernel.cgroups):
        owner = viewer  # a slice has what the whole machine has
    found = control_files(owner, viewer).get(name) if owner is not None else None
    return file(found(), 0o444) if found is not None else None


def _is_below(group: str, path: str) -> bool:
    return group.startswith(path.rstrip("/") + "/")


def _members(computer: Computer, viewer: Computer) -> str:
    same = computer.pids is viewer.pids
    numbers = sorted(one.pid if same else one.host_pid for one in computer.own_processes())
    return "".join(f"{number}\n" for number in numbers)


def _cpu_max(share: float) -> str:
    return f"{int(share * 100_000)} 100000\n" if share > 0 else "max 100000\n"


def _cpu_stat(computer: Computer) -> str:
    used = int(cpu_seconds(computer) * 1e6)
    return f"usage_usec {used}\nuser_usec {used}\nsystem_usec 0\n"


def _limit(value: int) -> str:
    return f"{value}\n" if value else "max\n"

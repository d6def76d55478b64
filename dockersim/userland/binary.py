"""What an executable file holds: a small ELF-like header that names the simulated program.

The name is in the bytes, not in the path: a copied, renamed or linked binary still runs, and a file without the
header is an "exec format error", as in life.
"""

from __future__ import annotations

MAGIC = b"\x7fELF\x02\x01\x01\x00dockersim\x00"


def executable(program: str) -> bytes:
    """The bytes of an executable that runs the simulated program ``program`` (such as ``cat`` or ``busybox``)."""
    return MAGIC + program.encode() + b"\x00\n"


def program_of(data: bytes) -> str | None:
    """The simulated program that ``data`` names; ``None`` for bytes that are no such executable."""
    if not data.startswith(MAGIC):
        return None
    return data[len(MAGIC) :].split(b"\x00", 1)[0].decode(errors="replace")

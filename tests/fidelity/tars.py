"""Archives as text, so that they can be compared: one line an entry, the first sixty."""

from __future__ import annotations

import io
import tarfile

MOST = 60


def listing(data: bytes) -> str:
    """The entries of a tar archive; empty for any other bytes."""
    if len(data) < 512 or data[257:262] != b"ustar":
        return ""
    lines = []
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            lines.append(entry_line(member.type.decode("latin1"), oct(member.mode), member.size, member.name))
    return "".join(lines[:MOST]) + f"{len(lines)} entries\n"


def entry_line(kind: str, mode: str, size: int, name: str) -> str:
    """How one entry is compared."""
    return f"{kind} {mode} {size} {name}\n"

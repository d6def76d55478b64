"""Progress of pulls, pushes, loads and imports: JSON messages to lines, or to a table that is redrawn on a terminal."""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import Any

from dockersim.client.transport import Failure, receive
from dockersim.units import human_size
from dockersim.userland.process import Process


class Display:
    """Shows messages on file descriptor ``fd`` of a process as docker/cli's ``jsonmessage`` does.

    On a terminal each id keeps its line, and the cursor goes up and down; elsewhere each new status is a line.
    """

    def __init__(self, process: Process, fd: int = 1, silent: bool = False) -> None:
        self._p = process
        self._write = _drop if silent else process.out if fd == 1 else process.err
        self._terminal = process.isatty(fd)
        self._lines: dict[str, int] = {}
        self._fd = fd
        self.aux: list[Any] = []

    def show(self, body: Any) -> Generator[Any, Any, None]:
        """Show everything that ``body`` streams. Raises :class:`Failure` for a message that is an error."""
        if isinstance(body, bytes):
            yield from self._lines_of(body)
            return
        rest = b""
        try:
            while chunk := (yield from receive(self._p, body)):
                whole, newline, rest = (rest + chunk).rpartition(b"\n")
                yield from self._lines_of(whole + newline)
            yield from self._lines_of(rest)
        finally:
            body.cancel()  # when a signal ends the client, the daemon is to hear of it

    def _lines_of(self, data: bytes) -> Generator[Any, Any, None]:
        for line in data.splitlines():
            if line.strip():
                self._message(json.loads(line))
        yield from self._p.flush()

    def _message(self, message: dict[str, Any]) -> None:
        if "aux" in message:
            self.aux.append(message["aux"])
            return
        if "errorDetail" in message or "error" in message:
            detail = message.get("errorDetail") or {}
            raise Failure(detail.get("message") or message.get("error") or "")
        identity = message.get("id", "")
        if self._terminal:
            self._on_terminal(message, identity)
        elif "stream" in message:
            self._write(message["stream"])
        elif not message.get("progressDetail"):
            status = message.get("status", "")
            self._write(f"{identity}: {status}\n" if identity else f"{status}\n")

    def _on_terminal(self, message: dict[str, Any], identity: str) -> None:
        if "stream" in message:
            self._lines = {}
            self._write(message["stream"])
            return
        has_line = identity and "progressDetail" in message
        up = 0
        if has_line:
            if identity not in self._lines:
                self._lines[identity] = len(self._lines)
                self._write("\n")
            up = len(self._lines) - self._lines[identity]
            self._write(f"\x1b[{up}A\x1b[2K\r")
        elif not message.get("progressDetail"):
            self._lines = {}
        prefix = f"{identity}: " if identity else ""
        bar = progress_bar(message.get("progressDetail") or {}, self._p.tty.columns if self._p.tty else 80)
        end = "\r" if has_line else "\n"
        self._write(f"{prefix}{message.get('status', '')}{' ' + bar if has_line else ''}{end}")
        if has_line:
            self._write(f"\x1b[{up}B")


def progress_bar(detail: dict[str, Any], width: int) -> str:
    """``[====>    ]  3.2MB/12MB``; without the bar on a terminal of 110 columns or less."""
    current, total = detail.get("current", 0), detail.get("total", 0)
    if not current and not total:
        return ""
    if detail.get("units"):
        return f"{current}/{total} {detail['units']}" if total else f"{current} {detail['units']}"
    if not total:
        return f"{human_size(current):>8}"
    bar = ""
    if width > 110:
        percent = min(int(current / total * 100) // 2, 50)
        spaces = " " * (50 - percent) if percent < 50 else ""
        bar = f"[{'=' * percent}>{spaces}] "
    size = f"{human_size(current):>8}"
    return f"{bar}{size}/{human_size(total)}" if current <= total else f"{bar}{size}"


def _drop(_: str | bytes) -> None:
    """Say nothing (``--quiet``)."""

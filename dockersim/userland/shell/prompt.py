"""The prompt: bash's backslash escapes in PS1 and PS2; the other shells expand parameters only (busybox both)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from dockersim.userland.shell.expand import Expander

_ESCAPE = re.compile(r"\\(\[|\]|[0-7]{3}|.)", re.DOTALL)


def prompt(shell: Expander, text: str) -> str:
    """``text`` as a prompt to be shown."""
    if shell.flavour == "dash":
        return text
    return _ESCAPE.sub(lambda match: _escape(shell, match.group(1)), text)


def _escape(shell: Expander, code: str) -> str:
    if code in _FIXED:
        return _FIXED[code]
    if code in "wW":
        return _directory(shell, code == "W")
    if code in "hH":
        name: str = shell.p.computer.hostname
        return name.split(".")[0] if code == "h" else name
    if code == "u":
        return shell.user_name()
    if code == "$":
        return "#" if shell.p.cred.uid == 0 else "$"
    if code == "s":
        return shell.arg0.rsplit("/", 1)[-1]
    if code in "!#":
        return str(len(shell.history) + 1)
    if code == "?":
        return str(shell.status)
    if code in _TIMES:
        return datetime.fromtimestamp(shell.p.sim.time(), UTC).strftime(_TIMES[code])
    if len(code) == 3:
        return chr(int(code, 8) & 0xFF)
    return "\\" + code


_FIXED = {
    "[": "",
    "]": "",
    "n": "\n",
    "r": "\r",
    "a": "\a",
    "e": "\x1b",
    "\\": "\\",
    "v": "5.2",
    "V": "5.2.21",
    "j": "0",
}
_TIMES = {"t": "%H:%M:%S", "T": "%I:%M:%S", "@": "%I:%M %p", "A": "%H:%M", "d": "%a %b %d"}


def _directory(shell: Expander, last: bool) -> str:
    cwd = shell.p.cwd
    home = (shell.get("HOME") or "").rstrip("/")
    if home and (cwd == home or cwd.startswith(home + "/")):
        cwd = "~" + cwd[len(home) :]
    return cwd.rsplit("/", 1)[-1] or "/" if last else cwd

"""File modes as chmod writes them: octal, or symbolic such as ``u+rwX,go-w``."""

from __future__ import annotations

import re

CLAUSE = re.compile(r"([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]|[0-7]+))+)")
WHO = {"u": 0o4700, "g": 0o2070, "o": 0o1007, "a": 0o7777}
PERMISSION = {"r": 0o444, "w": 0o222, "x": 0o111, "s": 0o6000, "t": 0o1000}


def change_mode(text: str, mode: int, is_dir: bool, umask: int) -> int | None:
    """The 12 bits after ``text``; ``None`` for what is no mode. Octal numbers keep a directory's set-id bits."""
    if re.fullmatch("[0-7]{1,5}", text):
        value = int(text, 8)
        if value > 0o7777:
            return None
        return value | (mode & 0o6000 if is_dir and len(text) < 5 else 0)
    for clause in text.split(","):
        found = CLAUSE.fullmatch(clause)
        if found is None:
            return None
        who, actions = found[1], found[2]
        mask = 0
        for letter in who:
            mask |= WHO[letter]
        cut = 0
        if not who:
            mask, cut = 0o7777, umask
        for operator, what in re.findall(r"([-+=])([^-+=]*)", actions):
            bits = _bits(what, mode, is_dir) & mask & ~cut
            if operator == "+":
                mode |= bits
            elif operator == "-":
                mode &= ~bits
            else:
                keep = mode & 0o6000 if is_dir else 0
                mode = (mode & ~(mask & 0o7777)) | bits | (keep & mask if not who or "s" not in what else 0)
    return mode


def _bits(what: str, mode: int, is_dir: bool) -> int:
    if what and what in "ugo":
        triple = mode >> {"u": 6, "g": 3, "o": 0}[what] & 7
        return triple * 0o111
    bits = 0
    for letter in what:
        if letter == "X":
            bits |= 0o111 if is_dir or mode & 0o111 else 0
        else:
            bits |= PERMISSION[letter]
    return bits

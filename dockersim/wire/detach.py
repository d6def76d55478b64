"""Detach keys: what is typed to leave a container running and come back to one's own shell.

Docker's default is Ctrl-P Ctrl-Q; ``--detach-keys`` names others, such as ``ctrl-a,z``.
"""

from __future__ import annotations

DEFAULT = b"\x10\x11"


def keys_of(text: str) -> bytes:
    """``ctrl-p,ctrl-q`` as bytes; the default for nothing. ``ValueError`` for what is no key."""
    if not text:
        return DEFAULT
    keys = bytearray()
    for name in text.split(","):
        letter = name.removeprefix("ctrl-")
        if name.startswith("ctrl-") and len(letter) == 1 and ("a" <= letter <= "z" or letter in "@[\\]^_"):
            keys.append(ord(letter.upper()) ^ 0x40)
        elif len(name) == 1 and name.isascii():
            keys.append(ord(name))
        else:
            raise ValueError(f"Unknown character: '{name}'")
    return bytes(keys)


class DetachKeys:
    """Watches typed bytes for the detach sequence; holds back a beginning of it until the next byte decides."""

    __slots__ = ("_held", "_keys")

    def __init__(self, keys: bytes) -> None:
        self._keys = keys
        self._held = b""

    def feed(self, data: bytes) -> tuple[bytes, bool]:
        """What to pass on, and whether the whole sequence was typed."""
        keys = self._keys
        if not keys:
            return data, False
        passed = bytearray()
        for byte in data:
            self._held += bytes((byte,))
            if self._held == keys:
                self._held = b""
                return bytes(passed), True
            if not keys.startswith(self._held):
                passed += self._held
                self._held = b""
        return bytes(passed), False

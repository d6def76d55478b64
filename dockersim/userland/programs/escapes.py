"""Backslash escapes as echo -e, printf and tr read them."""

from __future__ import annotations

SIMPLE = {
    "a": b"\a",
    "b": b"\b",
    "e": b"\x1b",
    "f": b"\f",
    "n": b"\n",
    "r": b"\r",
    "t": b"\t",
    "v": b"\v",
    "\\": b"\\",
}
OCTAL = "01234567"
HEX = "0123456789abcdefABCDEF"


def encode(text: str) -> bytes:
    """The bytes of an argument."""
    return text.encode("utf-8", "surrogateescape")


def unescape(text: str, *, zero: bool = True, quote: bool = False) -> tuple[bytes, bool]:
    """The bytes that ``text`` stands for, and whether ``\\c`` ended it.

    ``zero``: octal escapes start with a 0 of their own (``echo``, ``printf %b``); without it they need none.
    ``quote``: ``\\"`` is a quote, too (a format of ``printf``).
    """
    out = bytearray()
    at = 0
    while at < len(text):
        character = text[at]
        at += 1
        if character != "\\" or at == len(text):
            out += encode(character)
            continue
        letter = text[at]
        at += 1
        if letter == "c":
            return bytes(out), True
        if letter in SIMPLE:
            out += SIMPLE[letter]
        elif letter in OCTAL:
            start = at if zero and letter == "0" else at - 1
            end = start
            while end < min(len(text), start + 3) and text[end] in OCTAL:
                end += 1
            out.append(int(text[start:end] or "0", 8) & 0xFF)
            at = end
        elif letter == "x" and text[at : at + 1] and text[at] in HEX:
            end = at
            while end < min(len(text), at + 2) and text[end] in HEX:
                end += 1
            out.append(int(text[at:end], 16))
            at = end
        elif letter in "uU" and text[at : at + 1] and text[at] in HEX:
            end = at
            while end < min(len(text), at + (4 if letter == "u" else 8)) and text[end] in HEX:
                end += 1
            code = int(text[at:end], 16)
            out += chr(code).encode("utf-8", "replace") if code < 0x110000 else b"?"
            at = end
        elif quote and letter == '"':
            out += b'"'
        else:
            out += encode("\\" + letter)
    return bytes(out), False

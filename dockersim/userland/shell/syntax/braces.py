"""bash's brace expansion: ``{a,b}`` and ``{1..9..2}`` over the parts of a word, before any other expansion."""

from __future__ import annotations

import re

from dockersim.userland.shell.syntax.ast import Lit, Part

_RANGE = re.compile(r"(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?$|([A-Za-z])\.\.([A-Za-z])(?:\.\.(-?\d+))?$")
LIMIT = 100_000
"""Most words that one word may become; beyond it the braces stay as they are."""


def expand(parts: list[Part]) -> list[list[Part]]:
    """The words that ``parts`` becomes; itself alone where no brace expression is complete."""
    start = 0
    while (opened := _find(parts, start)) is not None:
        group = _group(parts, opened)
        if group is not None:
            alternatives, end = group
            before = _cut(parts, 0, opened)
            tails = expand(_cut(parts, end, len(parts) * _FAR))
            if len(alternatives) * len(tails) <= LIMIT:
                return [_join(before, middle, tail) for middle in alternatives for tail in tails]
        start = opened + 1
    return [parts]


# A place in the parts is part number * _FAR + offset inside a literal part.
_FAR = 1 << 32


def _find(parts: list[Part], start: int) -> int | None:
    for number in range(start // _FAR, len(parts)):
        part = parts[number]
        if type(part) is Lit:
            offset = part.text.find("{", start % _FAR if number == start // _FAR else 0)
            if offset >= 0:
                return number * _FAR + offset
    return None


def _group(parts: list[Part], opened: int) -> tuple[list[list[Part]], int] | None:
    """The alternatives of the brace at ``opened`` and the place behind its ``}``."""
    depth, commas = 0, [opened + 1]
    for number in range(opened // _FAR, len(parts)):
        part = parts[number]
        if type(part) is not Lit:
            continue
        first = opened % _FAR if number == opened // _FAR else 0
        for offset in range(first, len(part.text)):
            char = part.text[offset]
            depth += (char == "{") - (char == "}")
            place = number * _FAR + offset
            if char == "," and depth == 1:
                commas.append(place + 1)
            elif char == "}" and depth == 0:
                return _alternatives(parts, commas, place)
    return None


def _alternatives(parts: list[Part], commas: list[int], closed: int) -> tuple[list[list[Part]], int] | None:
    if len(commas) > 1:
        ends = [comma - 1 for comma in commas[1:]] + [closed]
        pieces = [_cut(parts, begin, end) for begin, end in zip(commas, ends, strict=True)]
        return [word for piece in pieces for word in expand(piece)], closed + 1
    inside = _cut(parts, commas[0], closed)
    if len(inside) == 1 and type(inside[0]) is Lit and (match := _RANGE.match(inside[0].text)):
        texts = _range(match)
        if texts is not None:
            return [[Lit(text)] for text in texts], closed + 1
    return None


def _range(match: re.Match[str]) -> list[str] | None:
    first, last, step, letter, last_letter, letter_step = match.groups()
    if letter:
        begin, end, by = ord(letter), ord(last_letter), int(letter_step or 1)
    else:
        begin, end, by = int(first), int(last), int(step or 1)
    by = abs(by) or 1
    if abs(end - begin) // by > LIMIT:
        return None
    numbers = range(begin, end + 1, by) if begin <= end else range(begin, end - 1, -by)
    if letter:
        return [chr(number) for number in numbers]
    padded = any(re.match(r"-?0\d", text) for text in (first, last))
    width = max(len(first), len(last)) if padded else 0
    return [f"{number:0{width}d}" for number in numbers]


def _cut(parts: list[Part], begin: int, end: int) -> list[Part]:
    found: list[Part] = []
    for number, part in enumerate(parts):
        place = number * _FAR
        if type(part) is Lit:
            text = part.text[max(0, begin - place) : max(0, end - place)]
            if text:
                found.append(Lit(text))
        elif begin <= place < end:
            found.append(part)
    return found


def _join(*pieces: list[Part]) -> list[Part]:
    """The pieces one after another, adjacent literals made one."""
    joined: list[Part] = []
    for piece in pieces:
        for part in piece:
            if joined and type(part) is Lit and type(last := joined[-1]) is Lit:
                joined[-1] = Lit(last.text + part.text)
            else:
                joined.append(part)
    return joined

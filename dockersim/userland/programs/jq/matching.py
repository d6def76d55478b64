"""jq's functions of regular expressions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from dockersim.userland.programs.jq.values import JqError, told

_FLAGS = {"i": re.I, "x": re.X, "s": re.S, "l": 0, "n": 0, "g": 0, "p": re.S}


def _pattern(pattern: Any, flags: Any) -> re.Pattern[str]:
    if not isinstance(pattern, str):
        raise JqError(f"{told(pattern)} cannot be matched, as it is not a string")
    bits = re.M
    for flag in flags or "":
        if flag not in _FLAGS:
            raise JqError(f"{flags} is not a valid modifier string")
        bits |= _FLAGS[flag]
    try:
        return re.compile(re.sub(r"\(\?<(?![=!])", "(?P<", pattern), bits)
    except re.error as error:
        raise JqError(f"{pattern} (at offset 0) is not a valid regex: {error}") from None


def _given(pattern: Any, flags: Any) -> tuple[Any, Any]:
    """A pattern with its flags may come as an array."""
    if isinstance(pattern, list):
        return pattern[0], pattern[1] if len(pattern) > 1 else None
    return pattern, flags


def matches(value: Any, pattern: Any, flags: Any = None) -> Iterator[re.Match[str]]:
    """The places that match: the first, or with ``g`` all."""
    if not isinstance(value, str):
        raise JqError(f"{told(value)} cannot be matched, as it is not a string")
    pattern, flags = _given(pattern, flags)
    found = _pattern(pattern, flags).finditer(value)
    if "g" in (flags or ""):
        yield from found
    else:
        for one in found:
            yield one
            return


def _view(found: re.Match[str]) -> dict[str, Any]:
    names = {number: name for name, number in found.re.groupindex.items()}
    captures = [
        {
            "offset": found.start(number),
            "length": len(found[number] or ""),
            "string": found[number],
            "name": names.get(number),
        }
        for number in range(1, found.re.groups + 1)
    ]
    return {"offset": found.start(), "length": len(found[0]), "string": found[0], "captures": captures}


def _test(value: Any, pattern: Any, flags: Any = None) -> bool:
    return next(matches(value, pattern, flags), None) is not None


def _all(value: Any, pattern: Any, flags: Any = None) -> list[Any]:
    return [_view(found) for found in matches(value, pattern, flags)]


def _captures(value: Any, pattern: Any, flags: Any = None) -> list[Any]:
    return [found.groupdict() for found in matches(value, pattern, flags)]


def _scan(value: Any, pattern: Any, flags: Any = None) -> list[Any]:
    pattern, flags = _given(pattern, flags)
    found = matches(value, pattern, (flags or "") + "g")
    return [list(one.groups()) if one.re.groups else one[0] for one in found]


def _split(value: Any, pattern: Any, flags: Any = None) -> list[str]:
    pattern, flags = _given(pattern, flags)
    parts, at = [], 0
    for found in matches(value, pattern, (flags or "") + "g"):
        parts.append(value[at : found.start()])
        at = found.end()
    return [*parts, value[at:]]


MATCHING: dict[tuple[str, int], Callable[..., Any]] = {
    **{("test", count): _test for count in (1, 2)},
    **{("_matches", count): _all for count in (1, 2)},
    **{("_captures", count): _captures for count in (1, 2)},
    **{("_scanned", count): _scan for count in (1, 2)},
    **{("_parts", count): _split for count in (1, 2)},
    ("split", 2): _split,
}

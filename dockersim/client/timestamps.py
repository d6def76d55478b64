"""``--since`` and ``--until``: an instant or a duration ago, as the client sends it (docker/cli's ``timestamp``)."""

from __future__ import annotations

import re

from dockersim.units import parse_duration
from dockersim.units.time import parse_rfc3339

SECOND = 1_000_000_000
_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:T(\d\d)(?::(\d\d))?(?::(\d\d(?:\.\d{1,9})?))?(Z|[+-]\d\d:\d\d)?)?|(\d{4}-\d\d-\d\d)(Z|[+-]\d\d:\d\d)"
)
_UNIX = re.compile(r"\d+(\.\d+)?")


def timestamp(text: str, now: int) -> str:
    """Unix time with nanoseconds for an instant, in seconds for a duration before ``now`` (unix nanoseconds).

    A number stays as it is. ``ValueError`` for anything else, in Docker's words.
    """
    try:
        return str((now - parse_duration(text)) // SECOND)
    except ValueError:
        pass
    found = _INSTANT.fullmatch(text)
    if found is not None:
        day, hour, minute, second, zone = found[1] or found[6], found[2], found[3], found[4], found[5] or found[7]
        try:
            instant = parse_rfc3339(f"{day}T{hour or '00'}:{minute or '00'}:{second or '00'}{zone or 'Z'}")
        except ValueError as error:
            raise ValueError(str(error)) from None
        return f"{instant // SECOND}.{instant % SECOND:09d}"
    if not _UNIX.fullmatch(text):
        raise ValueError(f'failed to parse value as time or duration: "{text}"')
    return text

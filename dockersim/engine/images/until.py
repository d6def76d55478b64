"""The ``until`` filter: a moment as a unix time, an RFC 3339 date or a duration before now."""

from __future__ import annotations

from dockersim.engine.times import timestamp as nanoseconds
from dockersim.errors import DockersimError, InvalidParameter
from dockersim.units.layouts import timestamp


def until(text: str, now: int, wrong: type[DockersimError] = InvalidParameter) -> int:
    """The moment in unix nanoseconds; ``now`` likewise. Raises ``wrong`` for what is none."""
    try:
        return nanoseconds(timestamp(text, now))
    except ValueError as error:
        raise wrong(str(error)) from None

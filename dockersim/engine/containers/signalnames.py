"""Signals as the daemon reads them: any whole number but 0, or a name of its own table (moby/sys/signal).

A number is taken on trust where it is only written down (``--stop-signal``, ``docker stop --signal``); ``docker kill``
asks whether there is such a signal.
"""

from __future__ import annotations

import re

from dockersim.errors import InvalidParameter
from dockersim.userland import signals

REAL_TIME_MINIMUM, REAL_TIME_MAXIMUM = 34, 64
NUMBERS = {
    **signals.NUMBERS,
    "CLD": signals.CHLD,
    "IOT": signals.NUMBERS["ABRT"],
    "POLL": signals.NUMBERS["IO"],
    "RTMIN": REAL_TIME_MINIMUM,
    **{f"RTMIN+{offset}": REAL_TIME_MINIMUM + offset for offset in range(1, 16)},
    **{f"RTMAX-{offset}": REAL_TIME_MAXIMUM - offset for offset in range(1, 15)},
    "RTMAX": REAL_TIME_MAXIMUM,
}
"""Every name that the daemon knows, without ``SIG``."""
EXISTING = frozenset(NUMBERS.values())
_NUMBER = re.compile(r"[+-]?[0-9]+")
LAST = 64
"""Numbers from 1 to this the kernel takes; two of them, the C library's own, have no name."""


def number_of(text: str) -> int:
    """The signal that a request means. InvalidParameter for no name and no number, and for 0."""
    number = int(text) if _NUMBER.fullmatch(text) else NUMBERS.get(text.upper().removeprefix("SIG"), 0)
    if not number:
        raise InvalidParameter(f"invalid signal: {text}")
    return number


def check_exists(number: int) -> None:
    """InvalidParameter where Linux has no such signal."""
    if number not in EXISTING:
        raise InvalidParameter(f"the linux daemon does not support signal {number}")

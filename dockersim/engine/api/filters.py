"""The ``filters`` query value: JSON of ``{"name": {"value": true}}`` or ``{"name": ["value"]}``."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable

from dockersim.engine.times import timestamp
from dockersim.errors import InvalidParameter
from dockersim.units import parse_duration
from dockersim.wire import Request

Filters = dict[str, list[str]]


def parse(request: Request, allowed: Collection[str] | None = None) -> Filters:
    """The request's filters; InvalidParameter for what is no filter or not one of ``allowed``."""
    text = request.query.get("filters", "")
    if not text:
        return {}
    try:
        raw = json.loads(text)
        filters = {str(key): [str(value) for value in values] for key, values in raw.items()}
    except (ValueError, AttributeError, TypeError):
        raise InvalidParameter("invalid filter") from None
    for key in filters:
        if allowed is not None and key not in allowed:
            raise InvalidParameter(f"invalid filter '{key}'")
    return filters


def boolean(filters: Filters, key: str) -> bool | None:
    """A filter that is true or false; ``None`` when absent."""
    if key not in filters:
        return None
    values = filters[key]
    truth = {value.lower() in ("1", "true") for value in values}
    if not values or any(value.lower() not in ("1", "0", "true", "false") for value in values) or len(truth) > 1:
        raise InvalidParameter(f"invalid filter '{key}=[{' '.join(values)}]'")
    return truth.pop()


def labels_match(filters: Filters, labels: dict[str, str] | None, key: str = "label") -> bool:
    """Whether ``labels`` have all of the ``label`` filters, each ``name`` or ``name=value``."""
    have = labels or {}
    for wanted in filters.get(key, ()):
        name, equals, value = wanted.partition("=")
        if name not in have or (equals and have[name] != value):
            return False
    return True


def any_matches(patterns: Iterable[str], text: str) -> bool:
    """Whether one of the patterns, regular expressions as the engine takes them, is found in ``text``."""
    for pattern in patterns:
        try:
            if re.search(pattern, text):
                return True
        except re.error:
            if pattern == text:
                return True
    return False


def until(filters: Filters, now: int) -> int:
    """The newest creation time (unix nanoseconds) that an ``until`` filter lets through; all without one."""
    values = filters.get("until", [])
    if not values:
        return 1 << 62
    if len(values) > 1:
        raise InvalidParameter("more than one until filter specified")
    try:
        return now - parse_duration(values[0])
    except ValueError:
        return timestamp(values[0])


def pruned(filters: Filters, labels: dict[str, str] | None) -> bool:
    """Whether ``label`` and ``label!`` let an object be pruned."""
    if not labels_match(filters, labels):
        return False
    return "label!" not in filters or not labels_match(filters, labels, "label!")

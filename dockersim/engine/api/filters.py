"""The ``filters`` query value: JSON of ``{"name": {"value": true}}`` or ``{"name": ["value"]}``."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable

from dockersim.engine.images.until import until as moment
from dockersim.errors import InvalidParameter
from dockersim.wire import Request

Filters = dict[str, list[str]]


def parse(request: Request, allowed: Collection[str] | None = None) -> Filters:
    """The request's filters; InvalidParameter for what is no filter or not one of ``allowed``."""
    text = request.query.get("filters", "")
    if not text:
        return {}
    try:
        filters = _read(json.loads(text))
    except ValueError:
        raise InvalidParameter("invalid filter") from None
    if allowed is not None:
        check(filters, allowed)
    return filters


def check(filters: Filters, allowed: Collection[str]) -> None:
    """InvalidParameter for filters that are not among ``allowed``."""
    for key in filters:
        if key not in allowed:
            raise InvalidParameter(f"invalid filter '{key}'" if key else "invalid filter")


def _read(raw: object) -> Filters:
    """All filters in one of the two forms, or ValueError."""
    if raw is None:
        return {}
    if isinstance(raw, dict):
        for kind, item in ((dict, bool), (list, str)):
            if all(one is None or (isinstance(one, kind) and _all_are(item, one)) for one in raw.values()):
                return {key: list(one or ()) for key, one in raw.items()}
    raise ValueError(raw)


def _all_are(kind: type, values: dict[str, object] | list[object]) -> bool:
    return all(isinstance(one, kind) for one in (values.values() if isinstance(values, dict) else values))


def boolean(filters: Filters, key: str) -> bool | None:
    """A filter that is true or false; ``None`` when absent."""
    if key not in filters:
        return None
    values = filters[key]
    if not values:
        raise InvalidParameter(f"invalid filter '{key}'")
    truth = {value in ("1", "true") for value in values if value in ("0", "1", "false", "true")}
    if len(truth) != 1:
        raise InvalidParameter(f"invalid filter '{key}=[{' '.join(sorted(values))}]'")
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
    return moment(values[0], now)


def pruned(filters: Filters, labels: dict[str, str] | None) -> bool:
    """Whether ``label`` and ``label!`` let an object be pruned."""
    if not labels_match(filters, labels):
        return False
    return "label!" not in filters or not labels_match(filters, labels, "label!")

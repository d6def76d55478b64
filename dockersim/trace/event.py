"""What an event is: a frozen, typed tuple; and how light it is while it is being recorded.

Recording keeps ``(kind, seconds, values)`` and nothing else; the typed event is made when somebody reads it.
"""

from __future__ import annotations

import base64
from operator import itemgetter
from typing import Any, ClassVar, dataclass_transform


@dataclass_transform(frozen_default=True, kw_only_default=False)
class Event(tuple[Any, ...]):
    """Base of all events. A subclass lists its fields as annotations; ``seconds`` comes first in every event.

    ``seconds`` is simulated time, in seconds since the world began. Events compare and hash by value.
    """

    __slots__ = ()
    FIELDS: ClassVar[tuple[str, ...]] = ("seconds",)
    KINDS: ClassVar[dict[str, type[Event]]] = {}
    seconds: float

    def __init_subclass__(cls) -> None:
        own = tuple(cls.__dict__.get("__annotations__", ()))  # noqa: RUF063 (inspect costs 10 ms at start-up)
        cls.FIELDS = ("seconds", *own)
        for index, name in enumerate(cls.FIELDS):
            setattr(cls, name, property(itemgetter(index)))
        Event.KINDS[cls.__name__] = cls

    def __new__(cls, seconds: float, *values: Any, **named: Any) -> Any:
        if named:
            values += tuple(named[field] for field in cls.FIELDS[1 + len(values) :])
        if len(values) + 1 != len(cls.FIELDS):
            raise TypeError(f"{cls.__name__} takes {cls.FIELDS}, got {len(values) + 1} values")
        return tuple.__new__(cls, (seconds, *values))

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={value!r}" for name, value in zip(self.FIELDS, self, strict=True))
        return f"{type(self).__name__}({inside})"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and tuple.__eq__(self, other)

    __hash__ = tuple.__hash__

    def as_dict(self) -> dict[str, Any]:
        """The event as plain JSON values: ``event`` is its kind, bytes are text or ``{"base64": ...}``."""
        named = {name: plain(value) for name, value in zip(self.FIELDS, self, strict=True)}
        return {"event": type(self).__name__, **named}


def plain(value: Any) -> Any:
    """``value`` in JSON's own types."""
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return value

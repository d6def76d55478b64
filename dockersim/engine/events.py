"""What the daemon tells ``docker events``: a bounded history, and whoever listens."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dockersim.engine.times import SECOND
from dockersim.trace import events as e

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine

Message = dict[str, Any]
HISTORY = 256
"""How many past events a daemon keeps for ``--since`` (moby, daemon/events)."""


class EventLog:
    """The daemon's events, in the Engine API's shape (operation ``SystemEvents``)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._listeners: list[Callable[[Message], None]] = []
        self.history: deque[Message] = deque(maxlen=HISTORY)

    def log(self, kind: str, action: str, actor: str, attributes: dict[str, str]) -> None:
        """Tell that ``action`` happened to the ``kind`` of object named ``actor``."""
        nanoseconds = self._engine.sim.nanoseconds()
        message: Message = {}
        if kind in ("container", "image"):
            message["status"], message["id"] = action, actor
            if kind == "container" and "image" in attributes:
                message["from"] = attributes["image"]
        message["Type"], message["Action"] = kind, action
        message["Actor"] = {"ID": actor, "Attributes": attributes}
        message["scope"] = "local"
        message["time"], message["timeNano"] = nanoseconds // SECOND, nanoseconds
        self.history.append(message)
        self._engine.sim.trace.record(e.EngineEvent, self._engine.name, message)
        for listener in list(self._listeners):
            listener(message)

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._listeners)

    def since(self, start: int, end: int = 0) -> list[Message]:
        """The kept events from ``start`` to ``end`` (0: no end), in unix nanoseconds."""
        return [one for one in self.history if one["timeNano"] >= start and (not end or one["timeNano"] <= end)]

    def listen(self, listener: Callable[[Message], None]) -> Callable[[], None]:
        """Call ``listener`` with each event from now on; the returned function ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

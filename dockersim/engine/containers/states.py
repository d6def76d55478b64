"""A container's states: one table. Illegal moves, and the drawn diagram, come from it.

The table says what each verb leads to from each state; what is not in it is refused (or is already so) in the words
of :data:`REFUSALS`.
"""

from __future__ import annotations

from dockersim.errors import Conflict, DockersimError, NotModified

CREATED, RUNNING, PAUSED, RESTARTING, EXITED, REMOVING, DEAD = (
    "created",
    "running",
    "paused",
    "restarting",
    "exited",
    "removing",
    "dead",
)

MOVES: dict[tuple[str, str], str] = {
    (CREATED, "start"): RUNNING,
    (EXITED, "start"): RUNNING,
    (RESTARTING, "start"): RUNNING,
    (RUNNING, "pause"): PAUSED,
    (PAUSED, "unpause"): RUNNING,
    (RUNNING, "die"): EXITED,
    (PAUSED, "die"): EXITED,
    (RUNNING, "back off"): RESTARTING,
    (RESTARTING, "give up"): EXITED,
    (CREATED, "fail"): CREATED,
    (EXITED, "fail"): EXITED,
    (RESTARTING, "fail"): EXITED,
    (CREATED, "remove"): REMOVING,
    (EXITED, "remove"): REMOVING,
    (DEAD, "remove"): REMOVING,
    (REMOVING, "remove fails"): DEAD,
}
"""(state, what happens) -> state."""

ALIVE = frozenset((RUNNING, PAUSED, RESTARTING))
"""States that ``docker ps`` shows without ``-a``."""

REFUSALS: dict[tuple[str, str], tuple[type[DockersimError], str]] = {
    (RUNNING, "start"): (NotModified, ""),
    (PAUSED, "start"): (Conflict, "cannot start a paused container, try unpause instead"),
    (REMOVING, "start"): (Conflict, "container is marked for removal and cannot be started"),
    (DEAD, "start"): (Conflict, "container is marked for removal and cannot be started"),
    (PAUSED, "pause"): (Conflict, "Container {id} is already paused"),
    (RESTARTING, "pause"): (Conflict, "Container {id} is restarting, wait until the container is running"),
    (CREATED, "pause"): (Conflict, "container {id} is not running"),
    (EXITED, "pause"): (Conflict, "container {id} is not running"),
}


def move(state: str, verb: str, container: str = "") -> str:
    """The state that ``verb`` leads to from ``state``. Raises what :data:`REFUSALS` has, or Conflict."""
    after = MOVES.get((state, verb))
    if after is not None:
        return after
    kind, words = REFUSALS.get((state, verb), (Conflict, f"cannot {verb} a container that is {state}"))
    raise kind(words.format(id=container))

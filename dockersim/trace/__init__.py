"""Floor 1: what happened, as typed frozen events in one trace; state at any step is a fold over it."""

from dockersim.trace.event import Event
from dockersim.trace.recorder import Trace
from dockersim.trace.scene import Scene

__all__ = ["Event", "Scene", "Trace"]

"""What an interpreter is besides the language: a process, how it waits, where its output goes."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, Self

from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.languages.python.values import Scope
from dockersim.userland.programs.network.connect import call

PER_STEP = 2e-7
"""Seconds of CPU for one node of the tree."""


class Machine:
    """Runs a program for a process.

    In the foreground it waits as the process does. For a request's handler (:meth:`behind`) it waits in whatever
    simulated process asks, and ``write(fd, text)`` takes its output. ``load`` finds a module by its name.
    """

    def __init__(self, p: Process, builtins: dict[str, Any], load: Callable[[Any, str], Any]) -> None:
        self.p = p
        self.foreground = True
        self.write: Callable[[int, str], None] = lambda fd, text: p.out(text) if fd == 1 else p.err(text)
        self.load = load
        outer = Scope()
        outer.names = builtins
        self.globals = Scope(outer)
        self.modules: dict[str, Any] = {}
        self.depth = 0

    def behind(self, write: Callable[[int, str], None]) -> Self:
        """The same program, for a handler that runs beside it."""
        other = object.__new__(type(self))
        other.__dict__ = self.__dict__ | {"foreground": False, "write": write, "depth": 0}
        return other

    def do(self, steps: Steps) -> Generator[Any, Any, Any]:
        """Wait for simulated work in the way that fits."""
        if self.foreground:
            yield from self.p.flush()
            return (yield from call(self.p, steps))
        return (yield from steps)

    def sleep(self, seconds: float) -> Steps:
        """Wait simulated time."""
        if self.foreground:
            yield from self.p.flush()
            yield from self.p.sleep(seconds)
        else:
            yield self.p.sim.timeout(max(0.0, seconds))

    def turn(self) -> Steps:
        """Account for the CPU time of one statement."""
        if self.foreground and self.p.charge(PER_STEP * 10):
            yield from self.p.flush()
            yield from self.p.pay()

"""Time and signals: how a process uses CPU time, how it waits, and what reaches it while it does."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, TypeAlias

from dockersim.fs import Cred
from dockersim.sim import Event, Interrupt, Running
from dockersim.trace import events as e
from dockersim.userland import limits, signals
from dockersim.userland.process.endings import Exited, Interrupted, Terminated

if TYPE_CHECKING:
    from dockersim.userland.computer import Computer

Steps: TypeAlias = Generator[Any, Any, Any]
Handler: TypeAlias = Callable[[int], None]

QUANTUM = 0.01
"""Seconds of CPU that a process may use before the clock must move."""
PATIENCE = 300
"""Quanta without any waiting after which a spinning process is charged more and more for each."""


def IGNORE(_: int) -> None:
    """The handler that drops a signal (SIG_IGN)."""


class Waiting:
    """A process as the clock and the kernel's signals see it.

    ``cpu`` is in simulated seconds; ``state`` is the letter that ``ps`` shows.
    """

    def __init__(self, computer: Computer, handlers: dict[int, Handler], cred: Cred) -> None:
        self.computer = computer
        self.sim = computer.sim
        self.handlers = handlers
        self.cred = cred
        self.pid = computer.next_pid()
        outer = computer.pids.outer
        self.host_pid = self.pid if outer is None else outer.next()
        self.cpu = 0.0
        self._warned = -1.0
        self.status: int | None = None
        self.state = "R"
        self._debt = 0.0
        self._spins = 0
        self._pending: list[int] = []
        self._waiting = False
        self._stopped: Event | None = None
        self._runner: Running | None = None

    def runs_as(self, steps: Running | None) -> bool:
        """Whether ``steps`` are this process's own, and not what goes on beside it on its behalf."""
        return steps is not None and steps is self._runner

    @property
    def orphaned(self) -> bool:
        """Whether its process group is an orphan's, which a terminal does not stop (setpgid(2))."""
        return False

    @property
    def gate(self) -> Event | None:
        """What a process that is stopped by a signal, or frozen with its whole computer, waits for."""
        return self.computer.frozen or self._stopped

    # ---- time

    def sleep(self, seconds: float) -> Steps:
        """Wait ``seconds`` of simulated time."""
        yield from self.block(self.sim.timeout(max(0.0, seconds)))

    def charge(self, seconds: float) -> bool:
        """Account for CPU time. ``True`` when it is time to ``yield from`` :meth:`pay`. Delivers pending signals."""
        self._debt += seconds
        if self._pending:
            self._deliver()
        return self._debt > QUANTUM

    def pay(self) -> Steps:
        """Let the clock move by the CPU time used."""
        debt, self._debt = self._debt, 0.0
        self.cpu += debt
        if "cpu" in self.computer.ulimits:
            self._check_cpu()
        self._spins += 1
        if self._spins > PATIENCE:
            self.sim.spins += 1
            debt = min(debt * 2 ** min(self._spins - PATIENCE, 40), 60.0)
        spins = self._spins
        share = self.computer.cpu_share
        yield from self.block(self.sim.timeout(debt / share if 0 < share < 1 else debt))
        self._spins = spins

    def _check_cpu(self) -> None:
        """RLIMIT_CPU: SIGXCPU each second from the soft limit on, SIGKILL at the hard one."""
        soft, hard = limits.of(self.computer, "cpu")
        if 0 <= hard <= self.cpu:
            self.signal(signals.KILL, outside=True)
        elif 0 <= soft <= self.cpu and self.cpu >= self._warned + 1:
            self._warned = self.cpu
            self.signal(signals.XCPU, outside=True)

    # ---- waiting

    def block(self, event: Event, interruptible: bool = False) -> Generator[Any, Any, Any]:
        """Wait for ``event`` and return its value. The one place where a process waits.

        A handled signal resumes the wait, unless ``interruptible``: then :class:`Interrupted`.
        """
        self._spins = 0
        while True:
            if self._pending:
                self._deliver_or(interruptible)
            if self._stopped is not None or self.computer.frozen is not None:
                yield from self._held()
                continue
            self._waiting = True
            self.state = "S"
            try:
                value = yield event
            except Interrupt:
                self._waiting = False
                continue
            self._waiting = False
            self.state = "R"
            if self._pending:
                self._deliver_or(interruptible)
            if self._stopped is not None or self.computer.frozen is not None:
                yield from self._held()
            return value

    def through(self, steps: Steps) -> Generator[Any, Any, Any]:
        """Run ``steps``, which know nothing of processes, with every wait a :meth:`block`; their value.

        Where a signal ends the process in the middle, the steps go on without it: a request that was sent is sent.
        What runs beside the process, on its behalf, waits by itself.
        """
        if self.sim.env.active_process is not self._runner:
            return (yield from steps)
        try:
            event = next(steps)
            while True:
                try:
                    value = yield from self.block(event)
                except (Terminated, Exited):
                    self.sim.process(_go_on(steps, event))
                    raise
                except Exception as error:
                    event = steps.throw(error)
                else:
                    event = steps.send(value)
        except StopIteration as end:
            return end.value

    def _held(self) -> Steps:
        """Wait while stopped by a signal or frozen with the whole computer; only SIGKILL gets through."""
        while (gate := self.gate) is not None:
            self.state = "D" if self.computer.frozen is not None else "T"
            self._waiting = True
            try:
                yield gate
            except Interrupt:
                pass
            finally:
                self._waiting = False
            if signals.KILL in self._pending:
                raise Terminated(signals.KILL)

    # ---- signals

    def signal(self, number: int, outside: bool = False) -> None:
        """A signal arrives. ``outside``: from beyond this computer, as the daemon sends it.

        PID 1 gets no default action: a signal that it has no handler for is dropped, unless it is SIGKILL or SIGSTOP
        from outside (pid_namespaces(7)).
        """
        if self.status is not None:
            return
        handler = self.handlers.get(number)
        outcome = "delivered"
        if number in signals.UNCATCHABLE:
            if self.pid == 1 and not outside:
                outcome = "ignored: PID 1 is protected from its own container"
        elif handler is IGNORE:
            outcome = "ignored: the process asked for that"
        elif handler is not None:
            outcome = "handled"
        elif number in signals.IGNORED_BY_DEFAULT:
            outcome = "ignored: that is its default"
        elif self.pid == 1 and self.computer.pid1_protected and number != signals.CONT:
            outcome = "ignored: PID 1 has no handler for it"
        elif number in signals.STOPPING and self.orphaned:
            outcome = "ignored: nobody of its session could let it go on"
        self.sim.trace.record(e.SignalSent, self.computer.name, self.pid, signals.name_of(number), outcome)
        if outcome.startswith("ignored"):
            return
        if number == signals.CONT or number == signals.KILL:
            self._continue()
        if number == signals.CONT and handler is None:
            return
        self._pending.append(number)
        if self._waiting and self._runner is not None:
            self._waiting = False
            self._runner.interrupt()

    def _continue(self) -> None:
        if self._stopped is not None:
            gate, self._stopped = self._stopped, None
            gate.succeed()

    def _deliver_or(self, interruptible: bool) -> None:
        handled = self._deliver()
        if handled and interruptible:
            raise Interrupted(handled)

    def _deliver(self) -> int:
        """Act on pending signals; the last one that a handler took, or 0. May raise :class:`Terminated` or more."""
        handled = 0
        while self._pending:
            number = self._pending.pop(0)
            handler = self.handlers.get(number) if number not in signals.UNCATCHABLE else None
            if handler is not None:
                handler(number)
                handled = number
            elif number in signals.STOPPING:
                if self._stopped is None:
                    self.stop(number)
            else:
                raise Terminated(number)
        return handled

    def stop(self, number: int) -> None:
        """The signal ``number`` stops the process."""
        self._stopped = self.sim.event()


def _go_on(steps: Steps, event: Any) -> Steps:
    """The rest of what :meth:`Process.through` began; nobody waits for its outcome."""
    try:
        while True:
            try:
                value = yield event
            except Exception as error:
                event = steps.throw(error)
            else:
                event = steps.send(value)
    except StopIteration:
        return
    except Exception:  # its party is gone; what it was told is no longer told to anybody
        return

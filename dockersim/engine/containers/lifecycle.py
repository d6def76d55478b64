"""A container's life: start, stop, kill, pause, and what happens when its PID 1 ends."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from dockersim.engine.containers import shim, signalnames, states
from dockersim.engine.containers.launch import StartFailed, launch
from dockersim.engine.containers.restarts import RestartManager
from dockersim.engine.times import SECOND
from dockersim.errors import Conflict, NotModified, System
from dockersim.sim import Event
from dockersim.trace import events as e
from dockersim.userland import signals

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine
    from dockersim.userland.process import Process

Steps = Generator[Any, Any, None]
START_SECONDS = 0.18
STOP_SECONDS = 0.02
STOP_TIMEOUT = 10
"""Seconds between the signal that asks for the end and SIGKILL, unless somebody says otherwise."""
UNSENT_TIMEOUT = 2
"""What that comes to where the signal could not be sent."""


class Lifecycle:
    """Moves containers through the table of :mod:`~dockersim.engine.containers.states`, with an event for each move."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._sim = engine.sim

    # ---- moving

    def move(self, container: Container, verb: str, reason: str) -> None:
        """Take the move, record it, and why."""
        before = container.state
        container.state = states.move(before, verb, container.id)
        self._sim.trace.record(
            e.ContainerMoved,
            self._engine.name,
            container.id,
            before,
            container.state,
            reason,
            container.ran.exit_code,
        )

    def log(self, container: Container, action: str, **attributes: str) -> None:
        """Tell ``docker events`` about a container."""
        labels = container.spec.config["Labels"]
        image = {"image": container.image_name, "name": container.name}
        self._engine.events.log("container", action, container.id, dict(sorted((labels | image | attributes).items())))

    # ---- starting

    def start(self, container: Container) -> Steps:
        """Start PID 1, by hand. NotModified when it runs; :class:`StartFailed` leaves the container as it was."""
        if container.state == states.RESTARTING:
            raise NotModified
        states.move(container.state, "start", container.id)
        run = container.run
        run.stopped_by_hand = False
        run.restarts, run.restart_manager = 0, RestartManager()
        yield from self._start(container)

    def _start(self, container: Container) -> Steps:
        yield self._sim.timeout(START_SECONDS)
        states.move(container.state, "start", container.id)
        run = container.run
        run.oom_killed = False
        run.error = ""
        try:
            process = launch(self._engine, container)
        except StartFailed as failed:
            self._fail(container, failed)
            raise
        run.process = process
        run.started = self._sim.nanoseconds()
        run.exit_code = 0
        if run.computer is not None:
            run.computer.on_oom = lambda victim: self._out_of_memory(container)
        self._adopt_waiting_clients(container)
        self.move(container, "start", "PID 1 runs: " + " ".join(container.spec.argv))
        self.log(container, "start")
        self._engine.health.watch(container)
        assert process.exited.callbacks is not None
        process.exited.callbacks.append(lambda event: self._ended(container, event))

    def _adopt_waiting_clients(self, container: Container) -> None:
        waiting = self._engine.containers.waiting_clients.pop(container.id, [])
        assert container.run.streams is not None
        for attach in waiting:
            attach(container.run.streams)

    def _fail(self, container: Container, failed: StartFailed) -> None:
        run = container.run
        run.exit_code = failed.exit_code
        run.error = failed.message
        self._engine.networks.detach(container)
        self._engine.volumes.unmount_from(container)
        self.move(container, "fail", failed.message)
        for close in self._engine.containers.waiting_clients.pop(container.id, []):
            close(None)
        if container.spec.host["AutoRemove"]:
            reason = "it could not start, and was to be removed (--rm)"
            self._engine.containers.remove(container, volumes=True, reason=reason)
        waiters, run.on_exit = run.on_exit, []
        for waiter in waiters:
            waiter(run.exit_code)

    def _out_of_memory(self, container: Container) -> None:
        container.run.oom_killed = True
        self.log(container, "oom")

    # ---- ending

    def _ended(self, container: Container, event: Event) -> None:
        """PID 1 ended, and with it every other process: of those that ``docker exec`` began one hears first."""
        others = self._engine.execs.processes(container)
        if others:
            self._sim.process(self._died_after(others, container, event))
        else:
            self._died(container, event)

    def _died_after(self, others: list[Process], container: Container, event: Event) -> Steps:
        yield self._sim.env.all_of([other.exited for other in others]) | self._sim.timeout(STOP_SECONDS / 2)
        self._died(container, event)

    def _died(self, container: Container, event: Event) -> None:
        """PID 1 ended: everything that follows from it."""
        run, sim = container.run, self._sim
        assert isinstance(event.value, int)
        status = event.value
        run.exit_code = status
        run.finished = sim.nanoseconds()
        reason = run.process.why if run.process is not None else ""
        run.process = None
        if run.streams is not None:
            run.streams.close()
        run.log.end_run(run.finished)
        duration = (run.finished - run.started) // SECOND
        delay = run.restart_manager.next_delay(
            container.host["RestartPolicy"], status, run.stopped_by_hand, (run.finished - run.started) / SECOND
        )
        again = delay is not None
        run.restarts += again
        self._engine.health.forget(container)
        self.move(container, "back off" if again else "die", _why(reason, delay))
        self._engine.networks.detach(container)
        self._engine.volumes.unmount_from(container)
        self.log(container, "die", execDuration=str(duration), exitCode=str(status))
        if run.computer is not None:
            shim.dismiss(self._engine, run.computer)
            run.computer.init = None
            run.computer = None
        waiters, run.on_exit = run.on_exit, []
        for waiter in waiters:
            waiter(status)
        if delay is not None:
            sim.process(self._restart_later(container, delay))
        elif container.spec.host["AutoRemove"] and not (run.restarting_by_hand or run.removed_by_hand):
            sim.process(self._remove_soon(container))

    def _remove_soon(self, container: Container) -> Steps:
        yield self._sim.timeout(STOP_SECONDS)
        if container.id in self._engine.containers:
            self._engine.containers.remove(container, volumes=True, reason="it ended, and was to be removed (--rm)")

    def _restart_later(self, container: Container, delay: float) -> Steps:
        run = container.run
        manager = run.restart_manager
        yield self._sim.timeout(delay)
        if container.state != states.RESTARTING or run.restart_manager is not manager or manager.cancelled:
            return
        try:
            yield from self._start(container)
        except (StartFailed, Conflict, NotModified):
            return

    # ---- by hand

    def signal(self, container: Container, number: int) -> Steps:
        """``docker kill``: send a signal to PID 1; after SIGKILL, wait for its end. Conflict when nothing runs."""
        run = container.ran
        if container.state == states.RESTARTING:
            self._give_up(container)
            return
        process = run.process
        if not container.running or process is None:
            raise Conflict(f"container {container.id} is not running")
        self._send(container, number)
        if number == signals.KILL and process.status is None:
            yield process.exited

    def _send(self, container: Container, number: int) -> bool:
        """Send a signal; one that asks for the end also ends the restarting, and thaws a paused container.

        Of a container that SIGKILL ends at once nobody hears that it was thawed. False where the kernel has no such
        signal.
        """
        run = container.run
        assert run.process is not None
        configured = container.spec.config.get("StopSignal")
        asks_for_end = not configured or number in (signals.KILL, self.stop_signal(container))
        if asks_for_end:
            run.restart_manager.cancelled = True
        run.stopped_by_hand = True
        if not 0 < number <= signalnames.LAST:
            return False
        thaws = asks_for_end and container.state == states.PAUSED
        self.log(container, "kill", signal=str(number))
        run.process.signal(number, outside=True)
        if thaws:
            self._thaw(container)
            if number != signals.KILL:
                self.log(container, "unpause")
        return True

    def _give_up(self, container: Container) -> None:
        run = container.run
        run.stopped_by_hand = run.restart_manager.cancelled = True
        self.move(container, "give up", "it was stopped by hand while waiting to be restarted")

    def stop_signal(self, container: Container) -> int:
        """The signal that asks this container to end: ``STOPSIGNAL``, or SIGTERM."""
        return signalnames.number_of(container.spec.config.get("StopSignal") or "SIGTERM")

    def stop(self, container: Container, seconds: float | None = None, signal: str = "") -> Steps:
        """Ask PID 1 to end; after ``seconds`` (10 unless the container says otherwise, below 0: never) kill it.

        NotModified when it does not run, InvalidParameter for what is no signal.
        """
        run = container.ran
        if container.state not in states.ALIVE:
            raise NotModified
        number = signalnames.number_of(signal) if signal else self.stop_signal(container)
        if container.state == states.RESTARTING:
            self._give_up(container)
            self.log(container, "stop")
            return
        if seconds is None:
            seconds = container.spec.config.get("StopTimeout", STOP_TIMEOUT)
        process = run.process
        assert process is not None
        sent = self._send(container, number)
        if process.status is None:
            if seconds >= 0 and not sent:
                seconds = UNSENT_TIMEOUT
            patience = self._sim.timeout(seconds) if seconds >= 0 else self._sim.event()
            yield process.exited | patience
        if process.status is None:
            reason = f"PID 1 did not end within {seconds} seconds of {signals.name_of(number)}"
            self._sim.trace.record(e.Decided, self._engine.name, container.id, "kill", reason)
            yield from self.signal(container, signals.KILL)
        yield self._sim.timeout(STOP_SECONDS)
        self.log(container, "stop")

    def kill_and_wait(self, container: Container) -> Steps:
        """SIGKILL, and wait until it has ended."""
        if container.state in states.ALIVE:
            yield from self.signal(container, signals.KILL)
            yield self._sim.timeout(STOP_SECONDS)

    def restart(self, container: Container, seconds: float | None = None, signal: str = "") -> Steps:
        """Stop where it runs, then start. ``--rm`` waits for an end that is one."""
        run = container.run
        run.restarting_by_hand = True
        try:
            if container.state in states.ALIVE:
                yield from self.stop(container, seconds, signal)
        finally:
            run.restarting_by_hand = False
        yield from self.start(container)
        self.log(container, "restart")

    def pause(self, container: Container) -> None:
        """Freeze all processes."""
        states.move(container.state, "pause", container.id)
        computer = container.ran.computer
        assert computer is not None
        computer.freeze()
        self._engine.health.forget(container)
        self.move(container, "pause", "docker pause froze its processes")
        self.log(container, "pause")

    def unpause(self, container: Container) -> None:
        """Let the processes go on."""
        if container.state != states.PAUSED:
            raise System(f"Container {container.id} is not paused")
        self._thaw(container)
        self.log(container, "unpause")

    def _thaw(self, container: Container) -> None:
        computer = container.ran.computer
        assert computer is not None
        computer.thaw()
        self.move(container, "unpause", "its processes go on")
        self._engine.health.resume(container)


def _why(reason: str, delay: float | None) -> str:
    return f"PID 1 {reason}" if delay is None else f"PID 1 {reason}; its restart policy starts it again in {delay:g} s"

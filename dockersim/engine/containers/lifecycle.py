"""A container's life: start, stop, kill, pause, and what happens when its PID 1 ends."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import simpy

from dockersim.engine.containers import states
from dockersim.engine.containers.launch import StartFailed, launch
from dockersim.errors import Conflict, InvalidParameter, NotModified
from dockersim.trace import events as e
from dockersim.userland import signals

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine

Steps = Generator[Any, Any, None]
START_SECONDS = 0.18
STOP_SECONDS = 0.02
STEADY = 10.0
"""A run of this many seconds resets the back-off between restarts (moby, restartmanager)."""
BACK_OFF = 0.1
BACK_OFF_MAXIMUM = 60.0


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
        """Start PID 1. NotModified when it runs; :class:`StartFailed` leaves the container as it was."""
        states.move(container.state, "start", container.id)
        yield self._sim.timeout(START_SECONDS)
        states.move(container.state, "start", container.id)
        run = container.run
        run.stopped_by_hand = False
        run.oom_killed = False
        run.error = ""
        try:
            self._engine.networks.attach(container)
            process = launch(self._engine, container)
        except StartFailed as failed:
            self._fail(container, failed)
            raise
        run.process = process
        run.started = self._sim.nanoseconds()
        run.finished = 0 if not run.finished else run.finished
        run.exit_code = 0
        if run.computer is not None:
            run.computer.on_oom = lambda victim: self._out_of_memory(container)
        self._adopt_waiting_clients(container)
        self.move(container, "start", "PID 1 runs: " + " ".join(container.spec.argv))
        self.log(container, "start")
        self._engine.health.watch(container)
        assert process.exited.callbacks is not None
        process.exited.callbacks.append(lambda event: self._died(container, event))

    def _adopt_waiting_clients(self, container: Container) -> None:
        waiting, self._engine.containers.waiting_clients[container.id] = (
            self._engine.containers.waiting_clients.get(container.id, []),
            [],
        )
        assert container.run.streams is not None
        for attach in waiting:
            attach(container.run.streams)

    def _fail(self, container: Container, failed: StartFailed) -> None:
        run = container.run
        run.exit_code = failed.exit_code
        run.error = failed.message
        self._engine.networks.detach(container)
        self.move(container, "fail", failed.message)
        for close in self._engine.containers.waiting_clients.pop(container.id, []):
            close(None)
        if container.spec.host["AutoRemove"]:
            self._engine.containers.remove(container, reason="it could not start, and was to be removed (--rm)")
        waiters, run.on_exit = run.on_exit, []
        for waiter in waiters:
            waiter(run.exit_code)

    def _out_of_memory(self, container: Container) -> None:
        container.run.oom_killed = True
        self.log(container, "oom")

    # ---- ending

    def _died(self, container: Container, event: simpy.Event) -> None:
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
        duration = (run.finished - run.started) // 1_000_000_000
        again = self._restarts(container)
        self._engine.health.forget(container)
        self.move(container, "back off" if again and container.state != states.PAUSED else "die", f"PID 1 {reason}")
        self._engine.networks.detach(container)
        self._engine.volumes.unmount_from(container)
        self.log(container, "die", execDuration=str(duration), exitCode=str(status))
        run.computer = None
        waiters, run.on_exit = run.on_exit, []
        for waiter in waiters:
            waiter(status)
        if again:
            sim.process(self._restart_later(container))
        elif container.spec.host["AutoRemove"]:
            sim.process(self._remove_soon(container))

    def _remove_soon(self, container: Container) -> Steps:
        yield self._sim.timeout(STOP_SECONDS)
        if container.id in self._engine.containers:
            self._engine.containers.remove(container, volumes=True, reason="it ended, and was to be removed (--rm)")

    def _restarts(self, container: Container) -> bool:
        """Whether the restart policy wants another run, and with which delay."""
        policy, run = container.host["RestartPolicy"], container.run
        name = policy.get("Name") or "no"
        if run.stopped_by_hand or name in ("no", ""):
            return False
        if name == "on-failure":
            limit = policy.get("MaximumRetryCount") or 0
            if run.exit_code == 0 or (limit and run.restarts >= limit):
                return False
        ran = (run.finished - run.started) / 1e9
        run.back_off = BACK_OFF if ran >= STEADY or not run.back_off else min(run.back_off * 2, BACK_OFF_MAXIMUM)
        return True

    def _restart_later(self, container: Container) -> Steps:
        run = container.run
        yield self._sim.timeout(run.back_off)
        if container.state != states.RESTARTING or run.stopped_by_hand:
            return
        run.restarts += 1
        try:
            yield from self.start(container)
        except (StartFailed, Conflict, NotModified):
            return

    # ---- by hand

    def signal(self, container: Container, number: int) -> None:
        """``docker kill``: send a signal to PID 1. Conflict when nothing runs."""
        run = container.ran
        if not container.running or run.process is None:
            raise Conflict(f"cannot kill container: {container.id}: container {container.id} is not running")
        if number == signals.KILL or number == self.stop_signal(container):
            run.stopped_by_hand = True
        self.log(container, "kill", signal=str(number))
        run.process.signal(number, outside=True)

    def stop_signal(self, container: Container) -> int:
        """The signal that asks this container to end: ``STOPSIGNAL``, or SIGTERM."""
        return signals.number_of(container.spec.config.get("StopSignal") or "SIGTERM") or signals.TERM

    def stop(self, container: Container, seconds: float | None = None, signal: str = "") -> Steps:
        """Ask PID 1 to end; after ``seconds`` (10 unless the container says otherwise) kill it. NotModified when stopped."""
        run = container.ran
        if container.state == states.RESTARTING:
            run.stopped_by_hand = True
            self.move(container, "give up", "it was stopped by hand while waiting to be restarted")
            self.log(container, "stop")
            return
        if not container.running or run.process is None:
            raise NotModified
        number = signals.number_of(signal) if signal else self.stop_signal(container)
        if number is None:
            raise InvalidParameter(f"invalid signal: {signal}")
        if seconds is None:
            seconds = container.spec.config.get("StopTimeout", 10)
        run.stopped_by_hand = True
        process = run.process
        self.log(container, "kill", signal=str(number))
        process.signal(number, outside=True)
        if process.status is None:
            patience = self._sim.timeout(seconds) if seconds >= 0 else self._sim.event()
            yield process.exited | patience
        if process.status is None:
            self._sim.trace.record(
                e.Decided,
                self._engine.name,
                container.id,
                "kill",
                f"PID 1 did not end within {seconds} seconds of {signals.name_of(number)}",
            )
            self.log(container, "kill", signal=str(signals.KILL))
            self._kill_all(container)
            yield process.exited
        yield self._sim.timeout(STOP_SECONDS)
        self.log(container, "stop")

    def _kill_all(self, container: Container) -> None:
        run = container.run
        if run.process is not None:
            run.process.signal(signals.KILL, outside=True)

    def kill_and_wait(self, container: Container) -> Steps:
        """SIGKILL, and wait until it has ended."""
        run = container.ran
        if run.process is None:
            return
        run.stopped_by_hand = True
        process = run.process
        self.log(container, "kill", signal=str(signals.KILL))
        self._kill_all(container)
        if process.status is None:
            yield process.exited
        yield self._sim.timeout(STOP_SECONDS)

    def restart(self, container: Container, seconds: float | None = None, signal: str = "") -> Steps:
        """Stop where it runs, then start."""
        try:
            yield from self.stop(container, seconds, signal)
        except NotModified:
            pass
        yield from self.start(container)
        self.log(container, "restart")

    def pause(self, container: Container) -> None:
        """Freeze all processes."""
        states.move(container.state, "pause", container.id)
        computer = container.ran.computer
        assert computer is not None
        computer.freeze()
        self.move(container, "pause", "docker pause froze its processes")
        self.log(container, "pause")

    def unpause(self, container: Container) -> None:
        """Let the processes go on."""
        if container.state != states.PAUSED:
            raise Conflict(f"Container {container.id} is not paused")
        computer = container.ran.computer
        assert computer is not None
        computer.thaw()
        self.move(container, "unpause", "docker unpause let its processes go on")
        self.log(container, "unpause")

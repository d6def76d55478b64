"""Health checks: a probe in the container at intervals, and what its results make of the container's health.

Behaviour follows moby's daemon/health.go: the first probe comes one interval after the start; failures within the
start period do not count while the container has never been healthy.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, NamedTuple

from dockersim.engine.containers.launch import StartFailed
from dockersim.engine.times import SECOND, rfc3339
from dockersim.errors import DockersimError
from dockersim.trace import events as e
from dockersim.units import format_duration
from dockersim.userland import signals

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine
    from dockersim.sim import Event

Json = dict[str, Any]
Steps = Generator[Any, Any, None]
STARTING, HEALTHY, UNHEALTHY = "starting", "healthy", "unhealthy"
INTERVAL, TIMEOUT, START_INTERVAL, RETRIES = 30 * SECOND, 30 * SECOND, 5 * SECOND, 3
LOG_ENTRIES, OUTPUT_LIMIT = 5, 4096
TIMED_OUT = -1


class ProbeResult(NamedTuple):
    """One probe: begin and end in unix nanoseconds, exit code (-1: it could not run to its end), output."""

    start: int
    end: int
    exit_code: int
    output: str

    def json(self) -> Json:
        return {
            "Start": rfc3339(self.start),
            "End": rfc3339(self.end),
            "ExitCode": self.exit_code,
            "Output": self.output,
        }


class HealthState:
    """What is known of a container's health: ``status``, failures in a row, and the last five probes."""

    __slots__ = ("log", "monitor", "status", "streak")

    def __init__(self) -> None:
        self.status = STARTING
        self.streak = 0
        self.log: list[ProbeResult] = []
        self.monitor: Event | None = None

    @property
    def word(self) -> str:
        """As ``docker ps`` puts it in brackets."""
        return "health: starting" if self.status == STARTING else self.status

    def note(self, result: ProbeResult, since_start: int, retries: int, start_period: int) -> str:
        """Take in a result, ``since_start`` nanoseconds after the container's start; why the status is what it is."""
        self.log = [*self.log, result][-LOG_ENTRIES:]
        if result.exit_code == 0:
            self.streak = 0
            self.status = HEALTHY
            return "the probe exited with 0"
        if self.status == STARTING and since_start < start_period:
            return "failures do not count in the start period"
        self.streak += 1
        if self.streak >= retries:
            self.status = UNHEALTHY
        return f"the probe failed {self.streak} times in a row, {retries} make it unhealthy"

    def json(self) -> Json:
        """``State.Health`` of ``docker inspect``."""
        return {
            "Status": self.status,
            "FailingStreak": self.streak,
            "Log": [result.json() for result in self.log],
        }


class Health:
    """Probes the running containers that have a health check."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def watch(self, container: Container) -> None:
        """A container started, or goes on after a pause."""
        config = container.spec.config.get("Healthcheck")
        if not config:
            return
        argv = probe_command(config, container.spec.config.get("Shell"))
        if argv is None:
            return
        run = container.run
        before = run.health.status if run.health is not None else ""
        run.health = state = run.health or HealthState()
        state.status, state.streak = STARTING, 0
        if before != STARTING:
            self._record(container, before, STARTING, "the container started")
        self._open(container, state, argv, config)

    def resume(self, container: Container) -> None:
        """A paused container goes on, and so do its probes."""
        state = container.ran.health
        if state is not None:
            config = container.spec.config["Healthcheck"]
            argv = probe_command(config, container.spec.config.get("Shell"))
            assert argv is not None
            self._open(container, state, argv, config)

    def forget(self, container: Container) -> None:
        """A container ended or was paused: no more probes, and it counts as unhealthy."""
        state = container.ran.health
        if state is None or state.monitor is None:
            return
        stop, state.monitor = state.monitor, None
        stop.succeed()
        before, state.status = state.status, UNHEALTHY
        if before != UNHEALTHY:
            self._record(container, before, UNHEALTHY, "nobody probes a container that does not run")

    def _open(self, container: Container, state: HealthState, argv: list[str], config: Json) -> None:
        state.monitor = self._engine.sim.event()
        self._engine.sim.process(self._monitor(container, state, state.monitor, argv, config))

    def _record(self, container: Container, before: str, after: str, reason: str) -> None:
        self._engine.sim.trace.record(e.HealthChanged, self._engine.name, container.id, before, after, reason)

    # ---- probing

    def _monitor(self, container: Container, state: HealthState, stop: Event, argv: list[str], config: Json) -> Steps:
        sim = self._engine.sim
        retries = config.get("Retries") or RETRIES
        start_period = config.get("StartPeriod") or 0
        started = container.ran.started
        while True:
            pause = interval(config, state.status, sim.nanoseconds() - started)
            yield sim.timeout(pause / SECOND) | stop
            if stop.triggered:
                return
            result = yield from self._probe(container, argv, config.get("Timeout") or TIMEOUT, stop)
            if stop.triggered or result is None:
                return
            before = state.status
            reason = state.note(result, result.start - started, retries, start_period)
            if state.status != before:
                self._record(container, before, state.status, reason)
                self._engine.lifecycle.log(container, f"health_status: {state.status}")

    def _probe(
        self, container: Container, argv: list[str], timeout: int, stop: Event
    ) -> Generator[Any, Any, ProbeResult | None]:
        engine, sim = self._engine, self._engine.sim
        start = sim.nanoseconds()
        output = bytearray()
        try:
            probe = engine.execs.create(container, {"Cmd": argv, "AttachStdout": True, "AttachStderr": True})
            probe.output = lambda stream, data: output.extend(data[: OUTPUT_LIMIT - len(output)])
            yield from engine.execs.start(probe)
        except StartFailed as failed:
            return ProbeResult(start, sim.nanoseconds(), TIMED_OUT, failed.message)
        except DockersimError:
            return None
        process = probe.process
        assert process is not None
        if process.status is None:
            limit = sim.timeout(max(0, timeout - (sim.nanoseconds() - start)) / SECOND)
            yield process.exited | limit | stop
        if stop.triggered:
            return None
        if process.status is None:
            process.why = f"killed: the probe took longer than {format_duration(timeout)}"
            process.signal(signals.KILL, outside=True)
            yield process.exited
            text = f"Health check exceeded timeout ({format_duration(timeout)})"
            printed = output.decode(errors="replace")
            return ProbeResult(start, sim.nanoseconds(), TIMED_OUT, f"{text}: {printed}" if printed else text)
        return ProbeResult(start, sim.nanoseconds(), process.status, output.decode(errors="replace"))


def interval(config: Json, status: str, since_start: int) -> int:
    """Nanoseconds until the next probe: the start interval while a container starts within its start period."""
    if status == STARTING and since_start < (config.get("StartPeriod") or 0):
        return config.get("StartInterval") or START_INTERVAL
    return config.get("Interval") or INTERVAL


def probe_command(config: Json, shell: list[str] | None) -> list[str] | None:
    """The probe's argv; ``None`` where there is no probe (no test, or ``NONE``)."""
    test = config.get("Test") or []
    if not test or test[0] not in ("CMD", "CMD-SHELL"):
        return None
    return list(test[1:]) if test[0] == "CMD" else [*(shell or ["/bin/sh", "-c"]), *test[1:]]

"""Health checks: what results make of a status, against a model; probes in a container, their times and events."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dockersim.engine.containers.health import (
    HEALTHY,
    LOG_ENTRIES,
    START_INTERVAL,
    STARTING,
    UNHEALTHY,
    HealthState,
    ProbeResult,
    interval,
    probe_command,
)
from dockersim.testing.engine import Api
from dockersim.trace import events as e
from dockersim.world import World

SECOND = 1_000_000_000
RESULTS = st.lists(st.tuples(st.integers(0, 30), st.sampled_from([0, 0, 1, 2, -1])), max_size=20)


@given(RESULTS, st.integers(1, 4), st.integers(0, 20))
def test_transitions(results: list[tuple[int, int]], retries: int, start_period: int) -> None:
    state = HealthState()
    status, streak, log = STARTING, 0, []
    for number, (since, code) in enumerate(results):
        result = ProbeResult(number, number, code, "")
        assert state.note(result, since * SECOND, retries, start_period * SECOND)
        log.append(result)
        if code == 0:
            status, streak = HEALTHY, 0
        elif status != STARTING or since >= start_period:
            streak += 1
            status = UNHEALTHY if streak >= retries else status
        assert (state.status, state.streak) == (status, streak)
        assert state.log == log[-LOG_ENTRIES:]


@given(st.integers(0, 60), st.integers(0, 60), st.sampled_from([STARTING, HEALTHY, UNHEALTHY]))
def test_the_next_probe_comes_sooner_only_while_it_starts(since: int, period: int, status: str) -> None:
    config = {"Interval": 9 * SECOND, "StartPeriod": period * SECOND}
    sooner = status == STARTING and since < period
    assert interval(config, status, since * SECOND) == (START_INTERVAL if sooner else 9 * SECOND)


def test_commands() -> None:
    assert probe_command({"Test": ["CMD", "curl", "x"]}, None) == ["curl", "x"]
    assert probe_command({"Test": ["CMD-SHELL", "a | b"]}, None) == ["/bin/sh", "-c", "a | b"]
    assert probe_command({"Test": ["CMD-SHELL", "a"]}, ["/bin/bash", "-ec"]) == ["/bin/bash", "-ec", "a"]
    assert probe_command({"Test": ["NONE"]}, None) is None
    assert probe_command({}, None) is None


def begin(api: Api, command: str, **more: Any) -> None:
    check = {"Test": ["CMD-SHELL", command], "Interval": SECOND, "Timeout": SECOND, "Retries": 2, **more}
    assert api.run("he", config={"Healthcheck": check}).status == 204


def wait(world: World, seconds: float) -> None:
    world.sim.env.run(until=world.sim.now + seconds)


def health(api: Api) -> Any:
    return api("GET", "/containers/he/json").body["State"]["Health"]


def test_it_becomes_unhealthy_and_well_again(world: World, api: Api) -> None:
    begin(api, "test -f /ok || { echo missing; exit 1; }")
    assert health(api) == {"Status": "starting", "FailingStreak": 0, "Log": []}
    wait(world, 2.5)
    seen = health(api)
    assert (seen["Status"], seen["FailingStreak"]) == ("unhealthy", 2)
    assert [(one["ExitCode"], one["Output"]) for one in seen["Log"]] == [(1, "missing\n")] * 2
    world.sh("docker exec he touch /ok")
    wait(world, 1.5)
    assert health(api)["Status"] == "healthy"
    changes = [(event.before, event.after) for event in world.trace if isinstance(event, e.HealthChanged)]
    assert changes == [("", "starting"), ("starting", "unhealthy"), ("unhealthy", "healthy")]
    told = [event.message["Action"] for event in world.trace if isinstance(event, e.EngineEvent)]
    assert [action for action in told if action.startswith("health")] == [
        "health_status: unhealthy",
        "health_status: healthy",
    ]


def test_a_probe_that_takes_too_long_is_killed(world: World, api: Api) -> None:
    begin(api, "sleep 10", Retries=1)
    wait(world, 2.5)
    seen = health(api)
    assert (seen["Status"], seen["FailingStreak"]) == ("unhealthy", 1)
    assert (seen["Log"][0]["ExitCode"], seen["Log"][0]["Output"]) == (-1, "Health check exceeded timeout (1s)")


def test_nobody_probes_what_does_not_run(world: World, api: Api) -> None:
    begin(api, "true")
    wait(world, 1.5)
    assert health(api)["Status"] == "healthy"
    api("POST", "/containers/he/stop?t=0")
    count = len(health(api)["Log"])
    wait(world, 10)
    assert len(health(api)["Log"]) == count
    api("POST", "/containers/he/start")
    assert health(api)["Status"] == "starting"


def test_failures_do_not_count_while_it_starts(world: World, api: Api) -> None:
    begin(api, "false", StartPeriod=30 * SECOND, StartInterval=2 * SECOND)
    wait(world, 20)
    assert (health(api)["Status"], health(api)["FailingStreak"]) == ("starting", 0)
    wait(world, 14)
    assert health(api)["Status"] == "unhealthy"

"""Restart policies: the schedule of delays against a model, and containers that are started again and again."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.engine.containers.restarts import FIRST, MAXIMUM, STEADY, RestartManager
from dockersim.testing.engine import Api
from dockersim.trace import events as e
from dockersim.world import World

RUNS = st.lists(st.tuples(st.integers(0, 2), st.floats(0, 20)), max_size=15)


def expected(name: str, limit: int, runs: list[tuple[int, float]]) -> list[float | None]:
    """100 ms, doubled up to a minute, from the beginning after ten steady seconds; then the policy decides."""
    delays: list[float | None] = []
    delay, tries = 0.0, 0
    for exit_code, ran in runs:
        delay = FIRST if ran >= STEADY or not delay else min(2 * delay, MAXIMUM)
        failing = exit_code != 0 and (limit == 0 or tries < limit)
        if name in ("always", "unless-stopped") or (name == "on-failure" and failing):
            tries += 1
            delays.append(delay)
        else:
            return [*delays, None]
    return delays


@given(st.sampled_from(["no", "always", "unless-stopped", "on-failure"]), st.integers(0, 4), RUNS)
def test_the_schedule(name: str, limit: int, runs: list[tuple[int, float]]) -> None:
    manager = RestartManager()
    policy = {"Name": name, "MaximumRetryCount": limit if name == "on-failure" else 0}
    got: list[float | None] = []
    for exit_code, ran in runs:
        got.append(manager.next_delay(policy, exit_code, False, ran))
        if got[-1] is None:
            break
    assert got == expected(name, limit, runs)


@given(st.sampled_from(["always", "unless-stopped", "on-failure"]))
def test_nothing_restarts_what_was_stopped(name: str) -> None:
    manager = RestartManager()
    manager.cancelled = True
    assert manager.next_delay({"Name": name}, 1, True, 1.0) is None


def test_always_restarts_what_a_signal_that_does_not_mean_the_end_ended() -> None:
    assert RestartManager().next_delay({"Name": "always"}, 137, True, 1.0) == FIRST
    assert RestartManager().next_delay({"Name": "unless-stopped"}, 137, True, 1.0) is None


def wait(world: World, seconds: float) -> None:
    world.sim.env.run(until=world.sim.now + seconds)


def test_on_failure_gives_up_after_so_many_tries(world: World, api: Api) -> None:
    api.run("re", "false", RestartPolicy={"Name": "on-failure", "MaximumRetryCount": 3})
    wait(world, 30)
    found = api("GET", "/containers/re/json").body
    assert (found["RestartCount"], found["State"]["Status"], found["State"]["ExitCode"]) == (3, "exited", 1)
    starts = [
        event.seconds for event in world.trace if isinstance(event, e.ContainerMoved) and event.after == "running"
    ]
    assert len(starts) == 4
    gaps = [later - earlier for earlier, later in itertools.pairwise(starts)]
    assert gaps == sorted(gaps)
    assert gaps[2] - gaps[1] == pytest.approx(0.2)


def test_stop_ends_the_restarting(world: World, api: Api) -> None:
    api.run("re", "false", RestartPolicy={"Name": "always"})
    wait(world, 20)
    assert api("GET", "/containers/re/json").body["State"]["Status"] == "restarting"
    refusal = api("DELETE", "/containers/re")
    assert (refusal.status, refusal.message) == (
        409,
        'cannot remove container "re": container is restarting: stop the container before removing or force remove',
    )
    assert api("POST", "/containers/re/stop").status == 204
    wait(world, 120)
    state = api("GET", "/containers/re/json").body["State"]
    assert (state["Status"], state["ExitCode"]) == ("exited", 1)
    assert api("POST", "/containers/re/start").status == 204
    assert api("GET", "/containers/re/json").body["RestartCount"] == 0


def test_kill_ends_it_too_and_start_by_hand_begins_anew(world: World, api: Api) -> None:
    api.run("re", "sleep", "1000", RestartPolicy={"Name": "always"})
    assert api("POST", "/containers/re/kill").status == 204
    wait(world, 10)
    assert api("GET", "/containers/re/json").body["State"]["Status"] == "exited"
    api("POST", "/containers/re/start")
    world.engine.containers.get("re").run.process.signal(9, outside=True)  # not by the daemon
    wait(world, 10)
    found = api("GET", "/containers/re/json").body
    assert (found["State"]["Status"], found["RestartCount"]) == ("running", 1)


def test_update_changes_the_policy(world: World, api: Api) -> None:
    api.run("re", "sleep", "5")
    assert api("POST", "/containers/re/update", {"RestartPolicy": {"Name": "always"}}).body == {"Warnings": None}
    wait(world, 8)
    found = api("GET", "/containers/re/json").body
    assert (found["State"]["Status"], found["RestartCount"]) == ("running", 1)

"""A container's life against the table of its states: every verb from every state, and what the trace says of it."""

from __future__ import annotations

import gc

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dockersim.engine.containers import states
from dockersim.testing.engine import Api
from dockersim.trace import events as e
from dockersim.world import World

GENTLE = ["sh", "-c", "trap 'exit 7' TERM; while :; do sleep 0.1; done"]
STUBBORN = ["sleep", "100000"]


class Life(RuleBasedStateMachine):
    """One container, its verbs through the API. The model is the table, and what PID 1 makes of signals."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(seed=0)
        self.world.sh("docker pull -q busybox")
        self.api = Api(self.world)
        self.state = ""
        self.exit_code = 0
        self.gentle = False

    @initialize(gentle=st.booleans())
    def create(self, gentle: bool) -> None:
        body = {"Image": "busybox", "Cmd": GENTLE if gentle else STUBBORN, "HostConfig": {}}
        assert self.api("POST", "/containers/create?name=it", body).status == 201
        self.state, self.gentle, self.exit_code = states.CREATED, gentle, 0

    def post(self, verb: str) -> int:
        return self.api("POST", f"/containers/it/{verb}").status

    @property
    def alive(self) -> bool:
        return self.state in states.ALIVE

    def expect(self, verb: str) -> int:
        """What the table makes of ``verb``: 204, or the status of the refusal."""
        if (self.state, verb) in states.MOVES:
            self.state = states.MOVES[self.state, verb]
            return 204
        return states.REFUSALS[self.state, verb][0].status

    @rule()
    def start(self) -> None:
        code = self.exit_code if self.alive else 0
        assert self.post("start") == self.expect("start")
        self.exit_code = code
        self.world.sim.env.run(until=self.world.sim.now + 0.5)

    @rule(seconds=st.integers(1, 3))
    def stop(self, seconds: int) -> None:
        assert self.post(f"stop?t={seconds}") == (204 if self.alive else 304)
        if self.alive:
            self.state, self.exit_code = states.EXITED, 7 if self.gentle else 137

    @rule()
    def kill(self) -> None:
        assert self.post("kill") == (204 if self.alive else 409)
        if self.alive:
            self.state, self.exit_code = states.EXITED, 137

    @rule()
    def hang_up(self) -> None:
        """PID 1 has no handler for it: nothing happens, except that a paused container goes on."""
        assert self.post("kill?signal=HUP") == (204 if self.alive else 409)
        if self.alive:
            self.state = states.RUNNING

    @rule()
    def pause(self) -> None:
        assert self.post("pause") == self.expect("pause")

    @rule()
    def unpause(self) -> None:
        assert self.post("unpause") == (204 if self.state == states.PAUSED else 500)
        if self.state == states.PAUSED:
            self.state = states.RUNNING

    @rule()
    def restart(self) -> None:
        assert self.post("restart?t=0") == 204
        self.state, self.exit_code = states.RUNNING, 0
        self.world.sim.env.run(until=self.world.sim.now + 0.5)

    @precondition(lambda self: self.state)
    @rule()
    def remove_is_refused_while_it_lives(self) -> None:
        if self.alive:
            assert self.api("DELETE", "/containers/it").status == 409

    @invariant()
    def inspect_shows_the_model(self) -> None:
        if not self.state:
            return
        seen = self.api("GET", "/containers/it/json").body["State"]
        assert (seen["Status"], seen["ExitCode"]) == (self.state, self.exit_code)
        assert seen["Running"] == (seen["Pid"] > 0) == self.alive

    @invariant()
    def the_trace_folds_to_it(self) -> None:
        if self.state:
            [view] = self.world.trace.scene().containers.values()
            assert view["state"] == self.state

    @invariant()
    def all_moves_are_in_the_table(self) -> None:
        allowed = {(before, after) for (before, _), after in states.MOVES.items()}
        for event in self.world.trace:
            if isinstance(event, e.ContainerMoved):
                assert (event.before, event.after) in allowed
                assert event.reason


TestLife = Life.TestCase
TestLife.settings = settings(stateful_step_count=25)


@pytest.mark.parametrize(
    ("verb", "status", "words"),
    [
        ("stop?signal=NOSUCH", 500, "cannot stop container: it: invalid signal: NOSUCH"),
        ("restart?signal=NOSUCH", 400, "Cannot restart container it: invalid signal: NOSUCH"),
        ("kill?signal=NOSUCH", 400, "cannot kill container: it: invalid signal: NOSUCH"),
        ("pause", 204, ""),
        ("unpause", 500, "Container {id} is not paused"),
        ("rename?name=it", 400, "Renaming a container with the same name as its current name"),
        (
            "rename?name=!x",
            400,
            "Error when allocating new name: Invalid container name (/!x), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed",
        ),
        ("wait?condition=nosuch", 400, 'invalid condition: "nosuch"'),
    ],
)
def test_words(api: Api, verb: str, status: int, words: str) -> None:
    api.run("it")
    identity = api("GET", "/containers/it/json").body["Id"]
    answer = api("POST", f"/containers/it/{verb}")
    assert answer.status == status
    if words:
        assert answer.message == words.format(id=identity)


def test_what_ends_with_its_first_process(world: World, api: Api) -> None:
    """Children of PID 1 die with it; a container that is removed at its end is gone."""
    api.run("it", "sh", "-c", "sleep 1000 & sleep 1", AutoRemove=True)
    world.sim.env.run(until=world.sim.now + 3)
    assert api("GET", "/containers/it/json").status == 404
    assert not [host for host, running in world.trace.scene().processes.items() if running and host != "laptop"]


def test_restarting_by_hand_does_not_remove(world: World, api: Api) -> None:
    api.run("it", AutoRemove=True)
    assert api("POST", "/containers/it/restart?t=0").status == 204
    assert api("GET", "/containers/it/json").body["State"]["Status"] == "running"


def test_out_of_memory(world: World) -> None:
    line = "docker run --name it -m 8m busybox sh -c 'x=$(dd if=/dev/zero bs=1M count=60 2>/dev/null | tr \"\\0\" a)'"
    assert world.sh(line).exit_code == 137
    state = Api(world)("GET", "/containers/it/json").body["State"]
    assert (state["OOMKilled"], state["ExitCode"]) == (True, 137)
    actions = [event.message["Action"] for event in world.trace if isinstance(event, e.EngineEvent)]
    assert actions.index("oom") < actions.index("die")


@pytest.mark.parametrize("what", ["busybox true", "-p 80:80 -v data:/data -m 64m busybox cat /etc/hosts"])
def test_what_ended_goes_without_a_search_for_cycles(world: World, what: str) -> None:
    """Else a fifth of the time of a life goes into Python's search for garbage."""
    line = f"docker run --rm {what}"
    assert world.sh(line).exit_code == 0
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            world.sh(line)
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        left = {type(one).__qualname__ for one in gc.garbage if type(one).__module__.startswith("dockersim")}
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert left == set()

"""``GET /events``: the past, the present, and filters against a plain model of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.engine.api.events import Filter
from dockersim.world import World

Message = dict[str, Any]


@pytest.fixture(scope="module")
def world() -> World:
    world = World(seed=0)
    world.sh("docker run --name ev1 -l a=b busybox true; docker network create net; docker network rm net; sleep 2")
    return world


def _past(world: World, options: str) -> list[Message]:
    text = world.sh(f"docker events --since 1h --until 0s --format json {options}").stdout
    return [json.loads(line) for line in text.splitlines()]


def test_the_past_is_told_in_order(world: World) -> None:
    found = _past(world, "")
    assert found == list(world.engine.events.history)[: len(found)]
    assert [one["Action"] for one in found if one["Type"] == "container"] == ["create", "attach", "start", "die"]
    line = world.sh("docker events --since 1h --until 0s -f event=die").stdout
    assert line.endswith("(a=b, execDuration=0, exitCode=0, image=busybox, name=ev1)\n")


@pytest.mark.parametrize(
    ("options", "actions"),
    [
        ("-f container=ev1 -f event=start", ["start"]),
        ("-f event=start -f event=die", ["start", "die"]),
        ("-f type=image", ["pull"]),
        ("-f label=a=b -f event=create", ["create"]),
        ("-f label=a=c", []),
        ("-f network=net", ["create", "destroy"]),
        ("-f image=busybox -f type=image", ["pull"]),
        ("-f nosuch=1 -f type=image", ["pull"]),
    ],
)
def test_filters(world: World, options: str, actions: list[str]) -> None:
    assert [one["Action"] for one in _past(world, options)] == actions


def test_the_present_is_told_until_a_moment_comes(world: World) -> None:
    result = world.sh(
        "docker events --until 5s --format '{{.Type}} {{.Action}} {{.Status}}' & sleep 1; docker volume create vv"
    )
    assert "vv\n" in result.stdout
    told = world.sh("docker events --since 0s --until -3s --format '{{.Action}}' & docker volume rm vv; wait")
    assert "destroy\n" in told.stdout
    assert world.engine.events.listeners == 0


def test_a_listener_that_is_interrupted_is_forgotten(world: World) -> None:
    world.sh("docker events > /dev/null & sleep 1; kill %1; wait")
    assert world.engine.events.listeners == 0


KINDS = st.sampled_from(["container", "image", "network", "volume"])
NAMES = st.sampled_from(["a", "ab", "b"])
MESSAGES = st.builds(
    lambda kind, action, name, attributes: {
        "Type": kind,
        "Action": action,
        "scope": "local",
        "Actor": {"ID": name, "Attributes": attributes},
    },
    KINDS,
    st.sampled_from(["create", "start", "exec_create: sh", "health_status: healthy"]),
    NAMES,
    st.dictionaries(st.sampled_from(["name", "image", "x"]), NAMES, max_size=3),
)


@given(
    MESSAGES,
    st.lists(KINDS, max_size=2),
    st.lists(st.sampled_from(["create", "exec_create", "health_status"]), max_size=2),
    st.lists(NAMES, max_size=2),
)
def test_a_filter_is_the_conjunction_of_its_parts(
    world: World, message: Message, kinds: list[str], actions: list[str], names: list[str]
) -> None:
    chosen = {key: values for key, values in (("type", kinds), ("event", actions), ("container", names)) if values}
    detailed = any(action != "create" for action in actions)
    actor = message["Actor"]
    expected = (
        (not kinds or message["Type"] in kinds)
        and (
            not actions
            or any(message["Action"] == a or (detailed and message["Action"].startswith(a)) for a in actions)
        )
        and (
            not names or any(t.startswith(n) for n in names for t in (actor["ID"], actor["Attributes"].get("name", "")))
        )
    )
    assert Filter(world.engine, chosen).lets_through(message) == expected

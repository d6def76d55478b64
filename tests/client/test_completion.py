"""Completion of docker command lines, from the table of commands and the names that the daemon knows."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockersim.client.completion import candidates
from dockersim.userland.process import Process
from dockersim.world import World


@pytest.fixture(scope="module")
def world() -> World:
    world = World(seed=0)
    for line in (
        "docker network create front",
        "docker volume create data",
        "docker run -d --name web nginx",
        "docker create --name spare busybox",
    ):
        assert world.sh(line).exit_code == 0
    return world


def of(world: World, line: str) -> list[str] | None:
    """What may stand at the end of ``line``."""
    process: Process = world.terminal().process
    *words, word = line.split(" ")
    return candidates(process, words, word)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("docker net", ["network"]),
        ("docker network r", ["rm"]),
        ("docker container res", ["restart"]),
        ("docker stop ", ["web"]),
        ("docker start ", ["spare"]),
        ("docker rm -f ", ["spare", "web"]),
        ("docker rm -f web ", ["spare"]),
        ("docker exec -it w", ["web"]),
        ("docker run --rm bu", ["busybox", "busybox:latest"]),
        ("docker run --name x ng", ["nginx", "nginx:latest"]),
        ("docker run --network f", ["front"]),
        ("docker network connect front ", ["spare", "web"]),
        ("docker volume inspect ", ["data"]),
        ("docker cp w", ["web:"]),
        ("docker ps --no", ["--no-trunc"]),
        ("docker ps ", []),
        ("docker run busybox ", None),
        ("docker build ", None),
    ],
)
def test_what_may_stand_at_the_cursor(world: World, line: str, found: list[str] | None) -> None:
    assert of(world, line) == found


def test_any_name_may_be_inspected(world: World) -> None:
    assert {"web", "nginx", "front", "data"} <= set(of(world, "docker inspect ") or ())


def test_looking_for_names_leaves_no_trace_and_takes_no_time(world: World) -> None:
    console = world.terminal()
    end, now = world.trace.end, world.sim.now
    assert candidates(console.process, ["docker", "logs"], "") == ["spare", "web"]
    assert (world.trace.end, world.sim.now) == (end, now)


def test_tab_at_the_laptops_prompt(world: World) -> None:
    assert world.terminal().type("docker netw\tconn\tf\tsp\t").endswith("docker network connect front spare ")


WORDS = st.sampled_from("docker run -it --name network rm container -- - --rm -p x= logs --help image buildx".split())


@given(st.lists(st.one_of(WORDS, st.text(max_size=5)), max_size=6), st.text(max_size=4))
@settings(max_examples=100, deadline=None)
def test_no_line_upsets_completion(world: World, words: list[str], word: str) -> None:
    candidates(world.laptop.init, ["docker", *words], word)  # type: ignore[arg-type]

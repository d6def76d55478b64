"""All laws, after random lines; and each law seen to fail when the world is tampered with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dockersim
from dockersim.engine.containers import states
from dockersim.laws import LAWS, Broken, check_all
from dockersim.trace import events as e

LINES = st.lists(
    st.sampled_from(
        [
            "docker run hello-world",
            "docker run --rm hello-world",
            "docker run --name one hello-world",
            "docker pull hello-world",
            "docker run nosuchimage",
            "docker run Bad",
            "docker images",
            "docker ps -a",
            "docker rm one",
            "docker run -d hello-world",
        ]
    ),
    max_size=5,
)


@given(LINES, st.integers(0, 3))
def test_all_laws_hold_after_every_line(lines: list[str], seed: int) -> None:
    world = dockersim.World(seed=seed)
    check_all(world)
    for line in lines:
        world.sh(line)
        check_all(world)
    assert world.laptop.kernel.crashes == []


@given(LINES, st.integers(0, 3))
def test_the_same_seed_gives_the_same_bytes(lines: list[str], seed: int) -> None:
    def play() -> tuple[list[tuple[bytes, bytes, int | None]], list[str]]:
        world = dockersim.World(seed=seed)
        results = [world.sh(line) for line in lines]
        return [(r.stdout_bytes, r.stderr_bytes, r.exit_code) for r in results], list(world.trace.json_lines())

    assert play() == play()


def test_another_seed_gives_other_ids() -> None:
    one, other = (dockersim.World(seed=seed).sh("docker run -d hello-world").stdout for seed in (0, 1))
    assert one != other


@pytest.fixture
def world() -> dockersim.World:
    world = dockersim.World(seed=0)
    world.sh("docker run --name one hello-world")
    return world


def test_laws_are_told_in_words_a_student_can_read() -> None:
    for law in LAWS:
        assert law.__doc__
        assert len(law.__doc__.split()) > 8, law.__name__


def broken_by(world: dockersim.World) -> str:
    with pytest.raises(Broken) as failure:
        check_all(world)
    return str(failure.value)


def test_a_container_that_claims_to_run_without_pid_1_breaks_a_law(world: dockersim.World) -> None:
    world.engine.containers.get("one").state = states.RUNNING
    assert "PID 1" in broken_by(world)


def test_a_change_without_an_event_breaks_a_law(world: dockersim.World) -> None:
    world.engine.content.delete(next(str(digest) for digest, _ in world.engine.content.walk()))
    world.trace.record(e.BlobStored, "daemon", "sha256:" + "0" * 64, 1, "")
    assert "the trace tells" in broken_by(world)

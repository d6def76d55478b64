"""Lines that never end by themselves: they come back to the learner, go on beside what follows, and end by Ctrl-C."""

from __future__ import annotations

import pytest

from dockersim.world import World
from dockersim.world.patience import BYTES


@pytest.mark.parametrize(
    "line",
    [
        "cat </dev/zero >/dev/null",
        "ping localhost",
        "while :; do :; done",
        "while sleep 1; do date; done",
        "sleep infinity",
    ],
)
def test_a_line_that_goes_on_comes_back_and_ends_by_control_c(line: str) -> None:
    world = World(seed=0)
    result = world.sh(line)
    assert result.running
    assert result.note == f"still running: {line}"
    assert world.sh("echo next").stdout == "next\n"
    assert world.interrupt().exit_code in (0, 130)
    with pytest.raises(ValueError, match="no line is running"):
        world.interrupt()


def test_it_comes_back_soon_while_others_tick() -> None:
    world = World(seed=0)
    world.sh("docker run -d --health-cmd true --health-interval 2s busybox sh -c 'while sleep 1; do date; done'")
    world.sh("docker pull -q nginx")
    began = world.sim.now
    assert world.sh("docker run --rm busybox sleep 300").exit_code == 0
    assert not world.sh("sleep 300").running
    assert world.sim.now - began > 600
    assert world.sh("docker run nginx").running
    assert world.sim.now - began < 2000


def test_endless_output_waits_for_somebody_to_look() -> None:
    world = World(seed=0)
    assert len(world.sh("yes").stdout_bytes) < 2 * BYTES
    assert world.sh("echo next").stdout == "next\n"
    assert world.interrupt().exit_code == 130


def test_what_a_server_prints_meanwhile_is_told_when_it_ends() -> None:
    world = World(seed=0)
    assert world.sh("docker run --rm -p 8080:80 nginx").running
    assert world.sh("curl -s localhost:8080 | grep -c nginx.org").stdout_bytes == b"1\n"
    ended = world.interrupt()
    assert ended.exit_code == 0
    assert '"GET / HTTP/1.1" 200' in ended.stdout


@pytest.mark.parametrize("tty", [False, True])
def test_control_c_breaks_a_loop_whose_command_it_ends(tty: bool) -> None:
    world = World(seed=0)
    assert world.sh("while true; do sleep infinity; echo again; done", tty=tty).running
    ended = world.interrupt()
    assert ended.exit_code == 130
    assert "again" not in ended.stdout


def test_a_job_in_the_background_prints_into_later_lines() -> None:
    world = World(seed=0)
    world.sh("(sleep 1; echo late) &")
    assert world.sh("wait").stdout == "late\n"

"""Random command lines, made from the client's own grammar: no fault of the simulator, and the world stays lawful."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dockersim
from dockersim.client.grammar import Command, Flag, command
from dockersim.client.main import COMMANDS
from dockersim.laws import check_all

WORDS = st.sampled_from(
    "web db job app data busybox busybox:latest hello-world nosuch 5 0 -1 1m 10s name=web label=a status=running json "
    "{{.ID}} {{json .}} {{.Nosuch}} table a=b 8080:80 80 tcp /tmp /etc/passwd web:/etc/passwd - . bridge host none "
    "TERM 9 always root 0:0 127.0.0.1 172.30.0.0/16 app:/x data:/d:ro type=volume,target=/v all '' é".split()
)
PROGRAMS = st.sampled_from(["", "true", "sh -c 'exit 3'", "echo hi", "nosuchprogram", "sleep 2", "cat /etc/hosts"])
PATHS = sorted(path for path in COMMANDS if not path.startswith(("buildx", "compose")))
SETTING = (
    "docker pull -q busybox",
    "docker network create app",
    "docker volume create data",
    "docker run -d --name web --network app -l a busybox sleep 100000",
    "docker create --name job busybox echo done",
)


def flag_text(flag: Flag) -> st.SearchStrategy[list[str]]:
    if flag.type == "bool":
        return st.sampled_from([[f"--{flag.name}"], [f"--{flag.name}=false"], [f"--{flag.name}=maybe"]])
    values = st.one_of(WORDS, st.text("abc019:/=,.-{}", max_size=6))
    return values.map(lambda value: [f"--{flag.name}", value])


@st.composite
def command_lines(draw: st.DrawFn) -> str:
    found = command(draw(st.sampled_from(PATHS)))
    assert isinstance(found, Command)
    flags = draw(st.lists(st.sampled_from(found.flags), max_size=3)) if found.flags else []
    words = ["docker", *found.path.split()]
    for flag in flags:
        if flag.name not in ("follow", "help"):
            words += draw(flag_text(flag))
    words += draw(st.lists(WORDS, max_size=3))
    line = shlex.join(words)
    if found.path in ("run", "create", "exec", "container run", "container exec"):
        line += " " + draw(PROGRAMS)
    return line


def typed(world: dockersim.World, line: str) -> None:
    result = world.sh(line)
    while result.running:
        result = world.interrupt()
        if result.running:
            world.sh("docker kill $(docker ps -q) 2>/dev/null")
            break
    for text in (result.stdout, result.stderr):
        assert "Traceback" not in text, line
        assert "fault in the simulator" not in text, f"{line}\n{text}"


def check(lines: list[str]) -> None:
    world = dockersim.World(seed=0)
    for line in (*SETTING, *lines):
        typed(world, line)
        check_all(world)
        assert world.laptop.kernel.crashes == [], line


@settings(max_examples=40)
@given(st.lists(command_lines(), min_size=1, max_size=6))
def test_random_command_lines_leave_a_lawful_world(lines: list[str]) -> None:
    check(lines)


@pytest.mark.campaign
@settings(max_examples=5000)
@given(st.lists(command_lines(), min_size=1, max_size=12))
def test_many_random_command_lines_leave_a_lawful_world(lines: list[str]) -> None:
    check(lines)

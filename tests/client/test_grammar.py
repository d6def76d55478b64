"""The table of commands is whole and consistent."""

from __future__ import annotations

import re

import pytest

from dockersim.client import grammar
from dockersim.client.flags.pflag import default
from dockersim.client.grammar import support


def test_every_line_reads() -> None:
    commands = grammar.every()
    assert len(commands) > 240
    assert len({c.path for c in commands}) == len(commands)


@pytest.mark.parametrize("command", grammar.every(), ids=lambda c: c.path)
def test_a_command_is_sound(command: grammar.Command) -> None:
    assert command.about
    assert command.group or re.fullmatch(r"any|=?(\d\+?|\d-\d)|", command.args)
    names = [flag.name for flag in command.flags]
    assert names == sorted(names)
    assert len(set(names)) == len(names)
    shorts = [flag.short for flag in command.flags if flag.short]
    assert len(set(shorts)) == len(shorts)
    for flag in command.flags:
        assert flag.about or flag.hidden
        assert not flag.target or command.flag(flag.target)
        default(flag)


@pytest.mark.parametrize(
    ("spelled", "home"),
    [
        ("container list", "container ls"),
        ("container ps", "container ls"),
        ("image list", "image ls"),
        ("network remove", "network rm"),
        ("stack down", "stack rm"),
        ("buildx b", "buildx build"),
        ("ps", "ps"),
    ],
)
def test_further_spellings(spelled: str, home: str) -> None:
    found = grammar.command(spelled)
    assert found is not None
    assert found.path == home


def test_unknown_words() -> None:
    assert grammar.command("nosuch") is None
    assert grammar.command("container nosuch") is None
    assert grammar.command("list") is None


def test_builds_go_to_buildx() -> None:
    assert grammar.forwarded("build") == "buildx build"
    assert grammar.forwarded("builder prune") == "buildx prune"
    assert grammar.forwarded("build", plugins=()) == "build"


def test_what_is_simulated_is_told() -> None:
    told = list(support.rows({"run", "images"}))
    assert ("docker run", "", "simulated", "") in told
    assert ("docker run", "--rm", "simulated", "") in told
    assert ("docker ps", "", "refused", "not simulated yet") in told
    assert [status for full, flag, status, _ in told if (full, flag) == ("docker images", "--tree")] == ["refused"]
    table = support.markdown({"run", "images"})
    assert "| `docker run` |  | simulated |  |" in table
    assert "| `docker images` | `--tree` | refused | " in table
    assert "`--rm`" not in table

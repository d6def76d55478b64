"""Every lesson's console transcript is run, and must show what the lesson says."""

from __future__ import annotations

from pathlib import Path

import pytest

import dockersim
from dockersim.testing.transcript import exchanges, play

LESSONS = sorted((Path(__file__).parents[2] / "lessons").glob("*.md"))


def test_there_are_lessons() -> None:
    assert [lesson.name for lesson in LESSONS][:1] == ["01-hello-world.md"]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_the_transcript_shows_what_really_happens(lesson: Path) -> None:
    world = dockersim.World(seed=0)
    played = play(lesson.read_text(), world)
    assert played
    for exchange, shown in played:
        assert shown == exchange.expected, f"{lesson.name}:{exchange.line}: $ {exchange.command}"
    assert world.laptop.kernel.crashes == []


def test_a_transcript_is_cut_into_commands_and_outputs() -> None:
    text = "words\n```console\n$ echo a\na\n$ cat <<E\n> b\n> E\nb\n```\n"
    assert [(one.command, one.expected, one.line) for one in exchanges(text)] == [
        ("echo a", "a\n", 3),
        ("cat <<E\nb\nE", "b\n", 5),
    ]


def test_output_before_a_command_is_refused() -> None:
    with pytest.raises(ValueError, match="output before any command"):
        exchanges("```console\nlost\n```\n")

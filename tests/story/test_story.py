"""The story of `docker run hello-world`, told from recorded events alone."""

from __future__ import annotations

import pytest

import dockersim
from dockersim.story import DEPTHS, Chapter, tell
from dockersim.trace import events as e


@pytest.fixture(scope="module")
def runs() -> list[list[Chapter]]:
    world = dockersim.World(seed=0)
    told = []
    for _ in range(2):
        first = world.trace.end
        world.sh("docker run hello-world")
        told.append(tell(world.trace.since(first), first))
    return told


def messages(chapter: Chapter) -> list[tuple[str, str, str, str, int]]:
    return [(m.source, m.target, m.method, m.operation.split("/")[-1], m.status) for m in chapter.messages]


def test_the_four_steps_are_those_of_the_programs_own_message(runs: list[list[Chapter]]) -> None:
    printed = b"".join(data for stream, data in runs[0][3].printed if stream == "stdout").decode()
    flat = " ".join(printed.split())
    for chapter in runs[0]:
        words = chapter.title.split()[2:5]
        assert " ".join(words) in flat, chapter.title


def test_each_step_has_the_messages_that_make_it_true_in_order(runs: list[list[Chapter]]) -> None:
    contact, pull, create, _ = runs[0]
    assert messages(contact) == [
        ("client", "daemon", "HEAD", "_ping", 200),
        ("client", "daemon", "POST", "create", 404),
    ]
    registry = "registry-1.docker.io"
    assert [(source, target, status) for source, target, _, _, status in messages(pull)][:4] == [
        ("client", "daemon", 200),
        ("daemon", registry, 401),
        ("daemon", "auth.docker.io", 200),
        ("daemon", registry, 200),
    ]
    kinds = [message.path.split("/")[-2] for message in pull.messages if message.target == registry][1:]
    assert kinds == ["manifests", "manifests", "manifests", "blobs", "blobs"]
    assert [(method, last, status) for _, _, method, last, status in messages(create)] == [
        ("POST", "create", 201),
        ("POST", "attach", 101),
        ("POST", "wait", 200),
        ("POST", "start", 204),
    ]


def test_the_second_run_skips_the_pull_and_says_why(runs: list[list[Chapter]]) -> None:
    pull = runs[1][1]
    assert pull.messages == []
    assert pull.skipped.startswith("the image is here already: sha256:")
    assert runs[0][1].skipped == ""


def test_every_event_belongs_to_exactly_one_step(runs: list[list[Chapter]]) -> None:
    world = dockersim.World(seed=0)
    first = world.trace.end
    world.sh("docker run hello-world")
    events = world.trace.since(first)
    chapters = tell(events, first)
    assert sorted(map(repr, (event for chapter in chapters for event in chapter.events))) == sorted(map(repr, events))
    assert chapters[-1].end == world.trace.end
    assert [chapter.end for chapter in chapters] == sorted(chapter.end for chapter in chapters)


def test_what_docker_printed_is_there_byte_for_byte(runs: list[list[Chapter]]) -> None:
    world = dockersim.World(seed=0)
    result = world.sh("docker run hello-world")
    told = {"stdout": b"", "stderr": b""}
    for chapter in runs[0]:
        for stream, data in chapter.printed:
            told[stream] += data
    assert told == {"stdout": result.stdout_bytes, "stderr": result.stderr_bytes}


def test_deeper_means_more_and_never_less(runs: list[list[Chapter]]) -> None:
    for chapter in runs[0]:
        shallow, deep = chapter.changes("messages"), chapter.changes("storage")
        assert [words for words in deep if words in shallow] == shallow
    assert DEPTHS == ("story", "messages", "storage")
    assert any("verified and stored a layer" in words for words in runs[0][1].changes("storage"))


def test_every_sentence_is_words_not_a_dump(runs: list[list[Chapter]]) -> None:
    for chapter in runs[0]:
        for words in chapter.changes("storage"):
            assert "<" not in words
            assert not words.endswith(("None", ": "))


def test_a_run_that_fails_is_told_as_far_as_it_went() -> None:
    world = dockersim.World(seed=0)
    first = world.trace.end
    world.sh("docker run nosuchimage")
    contact, pull, create, stream = tell(world.trace.since(first), first)
    assert contact.messages[-1].status == 404
    assert pull.messages[0].status in (200, 404)
    assert (create.messages, stream.messages) == ([], [])
    assert isinstance(stream.events, list)
    assert any(isinstance(event, e.CommandEnded) for chapter in (contact, pull) for event in chapter.events)

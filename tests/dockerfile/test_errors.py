"""What a recorded real Docker 28 said of wrong Dockerfiles, and: no text at all gives anything but that."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.dockerfile import DockerfileError, expand, parse
from dockersim.dockerfile.dockerignore import PatternMatcher, read_patterns
from dockersim.dockerfile.healthcheck import check_options, format_duration, parse_duration
from dockersim.dockerfile.instructions import NAMES
from dockersim.dockerfile.runflags import parse_mount

RECORDED = [
    (
        "FROM busybox\nRUNN echo hi\n",
        "dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?)",
        (2, 2),
    ),
    ("RUN echo hi\n", "no build stage in current context", (1, 1)),
    ("", "the Dockerfile cannot be empty", None),
    ("# only a comment\n", "file with no instructions", (1, 1)),
    ("FROM busybox\nENV ONLYNAME\n", "ENV must have two arguments", (2, 2)),
    (
        "FROM busybox alpine\n",
        "dockerfile parse error on line 1: FROM requires either one or three arguments",
        (1, 1),
    ),
    (
        "FROM busybox\nCOPY x\n",
        "dockerfile parse error on line 2: COPY requires at least two arguments, but only one was provided."
        " Destination could not be determined",
        (2, 2),
    ),
]


@pytest.mark.parametrize(("text", "message", "lines"), RECORDED, ids=lambda value: str(value)[:40])
def test_recorded_errors(text: str, message: str, lines: tuple[int, int] | None) -> None:
    with pytest.raises(DockerfileError) as caught:
        parse(text)
    assert caught.value.message == message
    assert caught.value.lines == lines


OTHERS = [
    ("FROM a\nCOPY --form=b x y\n", "unknown flag: --form (did you mean from?)"),
    ("FROM a\nCOPY --from=b --from=c x y\n", "duplicate flag specified: --from"),
    ("FROM a\nCOPY --from x y\n", "missing a value on flag: --from"),
    ("FROM a\nCOPY --link=x x y\n", "expecting boolean value for flag --link, not: x"),
    ("FROM a\nHEALTHCHECK NONE x\n", "HEALTHCHECK NONE takes no arguments"),
    ("FROM a\nHEALTHCHECK FOO x\n", 'Unknown type "FOO" in HEALTHCHECK (try CMD)'),
    ("FROM a\nHEALTHCHECK --interval=5 CMD x\n", 'time: missing unit in duration "5"'),
    ("FROM a\nHEALTHCHECK --retries=-1 CMD x\n", "--retries cannot be negative (-1)"),
    ("FROM a\nSHELL sh -c\n", "SHELL requires the arguments to be in JSON form: SHELL sh -c"),
    ("FROM a AS 1x\n", 'invalid name for build stage: "1x", name can\'t start with a number or contain symbols'),
    ("FROM a\nRUN --mount=type=cach,target=/x y\n", 'unsupported mount type "cach" (did you mean cache?)'),
]


@pytest.mark.parametrize(("text", "message"), OTHERS)
def test_errors_of_single_instructions(text: str, message: str) -> None:
    with pytest.raises(DockerfileError) as caught:
        parse(text)
    assert caught.value.message.split(": ", 1)[1] == message


def test_an_open_heredoc_names_its_lines() -> None:
    with pytest.raises(DockerfileError, match="unterminated heredoc") as caught:
        parse("FROM a\nRUN <<EOF\nx\n")
    assert caught.value.lines == (2, 3)


@pytest.mark.parametrize("text", ["#escape=x\nFROM a", "#escape=`\n#escape=`\nFROM a"])
def test_bad_directives(text: str) -> None:
    with pytest.raises(DockerfileError):
        parse(text)


WORD = st.text(alphabet="ab$_{}:-+?#%/\\'\"`<>= \t=[],1.*!", max_size=20)
LINE = st.builds(
    "{} {}{}".format, st.sampled_from([*NAMES, "#", "run", "FOO", ""]), WORD, st.sampled_from(["\n", "\\\n"])
)


@given(st.lists(LINE, max_size=6).map("".join) | st.text(max_size=60))
def test_no_text_crashes_the_parser(text: str) -> None:
    with contextlib.suppress(DockerfileError):
        assert parse(text).stages


@given(WORD, st.dictionaries(st.sampled_from(["a", "b", "ab"]), WORD))
def test_no_word_crashes_the_expansion(word: str, env: dict[str, str]) -> None:
    with contextlib.suppress(DockerfileError):
        assert isinstance(expand(word, env), str)


@given(st.text(max_size=40), WORD)
def test_no_ignore_file_crashes(text: str, path: str) -> None:
    with contextlib.suppress(DockerfileError):
        PatternMatcher(read_patterns(text)).matches(path or "x")


@given(st.integers(min_value=1, max_value=10**15))
def test_durations_read_back(nanoseconds: int) -> None:
    assert parse_duration(format_duration(nanoseconds)) == pytest.approx(nanoseconds, abs=nanoseconds * 1e-12 + 1)


def test_durations_as_go_writes_them() -> None:
    assert [format_duration(n) for n in (0, 5 * 10**9, 90 * 10**9, 3600 * 10**9, 1_500_000)] == [
        "0s",
        "5s",
        "1m30s",
        "1h0m0s",
        "1.5ms",
    ]
    assert check_options({"interval": "5s", "retries": "2"}) == {"Interval": 5 * 10**9, "Retries": 2}


def test_mounts() -> None:
    assert parse_mount("type=cache,target=/c,ro") == {"type": "cache", "target": "/c", "readonly": "true"}
    with pytest.raises(DockerfileError, match="unexpected key 'targt'"):
        parse_mount("type=cache,targt=/c")

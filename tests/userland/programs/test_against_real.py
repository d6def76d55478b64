"""Programs against the real busybox and the real GNU tools: same output, same status, same files left behind."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.userland.programs.differential import BUSYBOX, STDIN, difference, real_argv, run_real, run_simulated

CASES = Path(__file__).parent / "cases"
ONE_IN = 5
"""Of the recorded command lines, the share that runs without --campaign."""


def _busybox_version() -> str:
    try:
        return subprocess.run([BUSYBOX], capture_output=True, text=True, check=False).stdout[:14]
    except OSError:
        return ""


def _gnu_version() -> str:
    try:
        return subprocess.run(["sort", "--version"], capture_output=True, text=True, check=False).stdout[:25]
    except OSError:
        return ""


needs = {
    "busybox": pytest.mark.skipif(_busybox_version() != "BusyBox v1.35.", reason="needs busybox 1.35"),
    "gnu": pytest.mark.skipif(not _gnu_version().startswith("sort (GNU coreutils) 9.1"), reason="needs coreutils 9.1"),
}


def lines(flavour: str) -> list[str]:
    """The command lines that are the same for real, in order."""
    return [line for name in ("both", flavour) for line in (CASES / f"{name}.txt").read_text().splitlines()]


def differing(flavour: str, wanted: list[str]) -> list[str]:
    return [f"{line}\n{found}" for line in wanted if (found := difference(line, flavour))]


@pytest.mark.system
@pytest.mark.parametrize("flavour", [pytest.param(name, marks=needs[name]) for name in needs])
def test_some_command_lines_do_what_they_do_for_real(flavour: str) -> None:
    assert differing(flavour, lines(flavour)[::ONE_IN]) == []


@pytest.mark.campaign
@pytest.mark.system
@pytest.mark.parametrize("flavour", [pytest.param(name, marks=needs[name]) for name in needs])
def test_all_command_lines_do_what_they_do_for_real(flavour: str) -> None:
    assert differing(flavour, lines(flavour)) == []


WORDS = st.sampled_from(
    ["", "a", "b", "ab", "abc", "b a", "  x", "10", "9", "-3", "2.5", "A", "aXb", "one two", "x\ty"]
)
TEXTS = st.builds(
    lambda words, end: ("\n".join(words) + end).encode(), st.lists(WORDS, max_size=12), st.sampled_from(["", "\n"])
)


SED = ["N;P;D", "G", "$!N;s/\\n/-/", "1!G;h;$!d", "y/ab/xy/", "2q", "/a/{d}"]
AWK = [
    "{print $1}",
    "{print NR, NF}",
    "$1>5",
    "/a/{n++} END{print n+0}",
    '{$2="z"; print}',
    "{s+=$1} END{print s}",
    "length>2",
    "{print length($0), toupper($1)}",
    '{gsub(/a/,"[&]"); print}',
    "!s[$0]++",
]


def flags(*choices: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(choices), max_size=2, unique=True)


def commands() -> st.SearchStrategy[list[str]]:
    """Command lines of filters whose options both worlds have."""
    number = st.integers(0, 6).map(str)
    pattern = st.sampled_from(["a", "b*", "^a", "a$", "[ab]", "a.b", "\\(a\\)", "x*", "[[:digit:]]", "^$", "o.* t"])
    extended = st.sampled_from(["a|b", "(a|b)+", "a{1,2}", "b?", "^(one|10)", "[^a]"])
    plain = st.sampled_from(["1", "2", "-2", "2-"])  # busybox 1.35 adds a delimiter for a missing second range
    span = st.sampled_from(["1", "2-3", "-2", "2-", "1,3"])
    address = st.sampled_from(["2", "$", "/a/", "2,3", "/a/,/b/", "2!"])
    key = st.sampled_from(["1", "2", "1,1", "2n", "1.2"])
    make: list[st.SearchStrategy[list[str]]] = [
        st.builds(lambda f: ["cat", *f], flags("-e", "-t", "-v", "-A")),
        st.builds(lambda n: ["head", "-n", n], number),
        st.builds(lambda n: ["head", "-c", n], number),
        st.builds(lambda n: ["tail", "-n", n], number),
        st.builds(lambda n: ["tail", "-n", f"+{n}"], number),
        st.builds(lambda n: ["tail", "-c", n], number),
        st.builds(lambda f: ["wc", *f], flags("-l", "-w", "-c")),
        st.builds(lambda f: ["sort", *f], flags("-r", "-n", "-u", "-f", "-b")),
        st.builds(lambda f, k: ["sort", *f, "-k", k], flags("-r", "-s"), key),
        st.builds(lambda f: ["uniq", *f], flags("-c", "-i")),
        st.builds(lambda f: ["uniq", f], st.sampled_from(["-d", "-u"])),
        st.builds(lambda s: ["cut", "-c", s], span),
        st.builds(lambda s, d: ["cut", "-d", d, "-f", s], plain, st.sampled_from([" ", "a", "X"])),
        st.builds(lambda f, p: ["grep", *f, p], flags("-v", "-n", "-c", "-i", "-x"), pattern),
        st.builds(lambda f, p: ["grep", "-E", *f, p], flags("-v", "-n", "-c", "-o"), extended),
        st.builds(lambda n, p: ["grep", "-A", n, p], number, pattern),
        st.builds(lambda n, p: ["grep", "-C", n, p], number, pattern),
        st.builds(lambda p, f: ["sed", f"s/{p}/<&>/{f}"], pattern, st.sampled_from(["", "g", "2", "p"])),
        st.builds(lambda a, c: ["sed", "-n", f"{a}{c}"], address, st.sampled_from("pdl=")),
        st.builds(lambda s: ["sed", s], st.sampled_from(SED)),
        st.builds(lambda a, b: ["tr", a, b], st.sampled_from(["ab", "a-z"]), st.sampled_from(["xy", "A-Z"])),
        st.just(["tr", "[:lower:]", "[:upper:]"]),
        st.builds(lambda a: ["tr", "-d", a], st.sampled_from(["ab", "[:digit:]", "\\n"])),
        st.builds(lambda a: ["tr", "-s", a], st.sampled_from(["ab", " ", "[:alpha:]"])),
        st.builds(lambda s: ["awk", s], st.sampled_from(AWK)),
        st.just(["rev"]),
        st.just(["tac"]),
        st.just(["nl"]),
        st.builds(lambda w: ["fold", "-w", w], st.integers(1, 5).map(str)),
        st.just(["md5sum"]),
        st.just(["base64"]),
        st.just(["od", "-c"]),
        st.just(["hexdump", "-C"]),
    ]  # fmt: skip
    return st.one_of(make)


def is_quirk(argv: list[str]) -> bool:
    """Where busybox 1.35 itself is wrong: it crashes, forgets -r beside -s, or counts empty matches its own way."""
    sort = argv[0] == "sort" and {"-r", "-s"} <= {*argv}
    sed = argv[0] == "sed" and argv[1].endswith("/2") and "*" in argv[1]
    return sort or sed or (argv[0] == "grep" and {"-o", "-v"} <= {*argv})


def check(flavour: str, argv: list[str], text: bytes) -> None:
    real = real_argv(argv, flavour)
    if real is None:
        return
    expected = run_real(real, BUSYBOX if flavour == "busybox" else argv[0], text)
    got = run_simulated(argv, flavour, text)
    assert (got[0], got[1], got[3]) == (expected[0], expected[1], expected[3]), argv


@pytest.mark.system
@needs["busybox"]
@settings(derandomize=True)  # busybox has more quirks than is_quirk knows
@given(commands(), TEXTS)
def test_filters_are_busyboxs(argv: list[str], text: bytes) -> None:
    assume(not is_quirk(argv))
    check("busybox", argv, text)


@pytest.mark.system
@needs["gnu"]
@given(commands(), TEXTS)
def test_filters_are_gnus(argv: list[str], text: bytes) -> None:
    check("gnu", argv, text)


def test_the_harness_sees_a_difference() -> None:
    run: Callable[..., object] = run_simulated
    assert run(["cat"], "gnu", STDIN) != run(["tac"], "gnu", STDIN)

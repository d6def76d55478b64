"""The parser: any text gives a tree, Incomplete or SyntaxProblem; problems in the words of each shell."""

# ruff: noqa: E501 - a shell program on one line is easier to read than one that is wrapped

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.userland.shell import Incomplete, SyntaxProblem, parse
from dockersim.userland.shell.syntax.ast import List

FLAVOURS = st.sampled_from(["bash", "ash", "dash"])
PIECES = st.sampled_from(
    "if then else elif fi for in do done while until case esac { } ( ) (( )) [[ ]] $( ${ $(( ` \" ' \\ ; ;; & && | || < > << "
    "<<- <<< >& &> # ! = += a b=1 x[1]= x=( $x ${x:-y} {a,b} {1..3} * ? [ ] ~ $'x' $\" function select time EOF \n \t".split(
        " "
    )
)


def attempt(text: str, flavour: str) -> None:
    found: List | SyntaxProblem
    try:
        found = parse(text, flavour)
    except SyntaxProblem as problem:
        found = problem
    assert isinstance(found, List) or (found.words(flavour) and found.line >= 0)


@given(st.text(max_size=60), FLAVOURS)
def test_any_text(text: str, flavour: str) -> None:
    attempt(text, flavour)


@given(st.lists(st.one_of(PIECES, st.just(" "), st.just("\n")), max_size=40).map("".join), FLAVOURS)
def test_any_tokens(text: str, flavour: str) -> None:
    attempt(text, flavour)


@pytest.mark.campaign
@given(st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=200).map(" ".join), FLAVOURS)
def test_long_texts(text: str, flavour: str) -> None:
    attempt(text, flavour)


@pytest.mark.parametrize(
    "opening",
    [
        "(",
        "{ ",
        "$(",
        '"$(',
        "${x:-",
        "if ",
        "while ",
        "((",
        "$((",
        "`",
        "[[ ( ",
        "x=(",
        "case a in (",
        "f() ",
        "! ",
        "{a,",
    ],
)
@pytest.mark.parametrize("flavour", ["bash", "ash", "dash"])
def test_depth(opening: str, flavour: str) -> None:
    attempt(opening * 300, flavour)
    attempt("echo " + opening * 300, flavour)


@pytest.mark.parametrize(
    "text",
    ["if true", "if true; then", "while :; do", "case x in", "(echo", "{ echo", "echo 'a", 'echo "a', "echo $(", "echo `a",
     "cat <<E\nbody", "a &&", "a |", "f() {", "echo ${x", "echo $((1", "for i in a; do\n"],
)  # fmt: skip
def test_incomplete(text: str) -> None:
    for flavour in ("bash", "ash", "dash"):
        with pytest.raises(Incomplete):
            parse(text, flavour)


@pytest.mark.parametrize(
    ("text", "bash", "ash", "dash"),
    [
        ("echo )", "syntax error near unexpected token `)'", 'syntax error: unexpected ")"', 'Syntax error: ")" unexpected'),
        ("fi", "syntax error near unexpected token `fi'", 'syntax error: unexpected "fi"', 'Syntax error: "fi" unexpected'),
        ("if a; fi", "syntax error near unexpected token `fi'", 'syntax error: unexpected "fi" (expecting "then")',
         'Syntax error: "fi" unexpected (expecting "then")'),
        ("if a; then b", "syntax error: unexpected end of file", 'syntax error: unexpected end of file (expecting "fi")',
         'Syntax error: end of file unexpected (expecting "fi")'),
        ('echo "a', "unexpected EOF while looking for matching `\"'", "syntax error: unterminated quoted string",
         "Syntax error: Unterminated quoted string"),
        ("< <", "syntax error near unexpected token `<'", "syntax error: unexpected redirection",
         "Syntax error: redirection unexpected"),
        ("echo <\n", "syntax error near unexpected token `newline'", "syntax error: unexpected newline",
         "Syntax error: newline unexpected"),
        ("for x y", "syntax error near unexpected token `y'", 'syntax error: unexpected word (expecting "do")',
         'Syntax error: word unexpected (expecting "do")'),
        ("a;; b", "syntax error near unexpected token `;;'", 'syntax error: unexpected ";;"', 'Syntax error: ";;" unexpected'),
        ("f(a)", "syntax error near unexpected token `a'", 'syntax error: unexpected word (expecting ")")',
         'Syntax error: word unexpected (expecting ")")'),
    ],
)  # fmt: skip
def test_words(text: str, bash: str, ash: str, dash: str) -> None:
    for flavour, expected in (("bash", bash), ("ash", ash), ("dash", dash)):
        with pytest.raises(SyntaxProblem) as caught:
            parse(text, flavour)
        assert caught.value.words(flavour) == expected


@pytest.mark.campaign
def test_coverage_guided_fuzzing_finds_no_fault() -> None:
    pytest.importorskip("atheris", reason="the coverage-guided fuzzer is not installed")
    script = Path(__file__).with_name("fuzz_parser.py")
    done = subprocess.run(
        [sys.executable, str(script), "-max_total_time=120", "-max_len=256"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]

"""BuildKit's and patternmatcher's own cases (Apache-2.0; each JSON file names its commit), replayed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dockersim.dockerfile import DockerfileError, parse
from dockersim.dockerfile.dockerignore import PatternMatcher, read_patterns
from dockersim.dockerfile.expand import Lexer, pattern_to_regex
from dockersim.dockerfile.heredoc import announces, heredocs_of, parse_heredoc
from dockersim.dockerfile.instructions import parse_instruction
from dockersim.dockerfile.parser import Line, parse_lines
from dockersim.dockerfile.runflags import parse_device
from dockersim.dockerfile.words import json_array, quote, split_words

HERE = Path(__file__).parent
CASES: dict[str, Any] = json.loads((HERE / "dockerfile_cases.json").read_text())
IGNORE: dict[str, Any] = json.loads((HERE / "dockerignore_cases.json").read_text())


def dump(line: Line) -> str:
    """A line as BuildKit's parser test prints it."""
    name = line.instruction.lower()
    flags = " [" + " ".join(quote(flag) for flag in line.flags) + "]" if line.flags else ""
    if line.child:
        return f"{name}{flags} ({dump(line.child)})"
    words = list(line.args)
    if name in ("env", "label"):
        equals = "=" in split_words(line.original.split(None, 1)[1])[0]
        words = [word for pair in zip(words[::2], words[1::2], strict=True) for word in (*pair, "=" if equals else "")]
    return name + flags + "".join(" " + quote(word) for word in words)


@pytest.mark.parametrize("case", CASES["parser_testfiles"], ids=lambda case: case["name"])
def test_parses_as_buildkit_does(case: dict[str, Any]) -> None:
    source = parse_lines(case["dockerfile"])
    assert "".join(f"({dump(line)})\n" for line in source.lines).strip() == case["ast"].strip()


@pytest.mark.parametrize("case", CASES["parser_negative"], ids=lambda case: case["name"])
def test_refuses_what_buildkit_refuses(case: dict[str, Any]) -> None:
    with pytest.raises(DockerfileError):
        parse_lines(case["dockerfile"])


def environment(pairs: list[str]) -> dict[str, str]:
    return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}


@pytest.mark.parametrize(
    "case", [c for c in CASES["shell_envVarTest"] if c["platform"] != "W"], ids=lambda c: c["line"]
)
def test_word_expansion(case: dict[str, Any]) -> None:
    lexer = Lexer(environment(CASES["shell_envs_for_envVarTest"]))
    if case["error"]:
        with pytest.raises(DockerfileError):
            lexer.process(case["word"])
    else:
        assert lexer.process(case["word"])[0] == case["expect"]


@pytest.mark.parametrize("case", CASES["shell_wordsTest"], ids=lambda case: case["line"])
def test_word_splitting(case: dict[str, Any]) -> None:
    lexer = Lexer(environment(case["env"]))
    if case["error"]:
        with pytest.raises(DockerfileError):
            lexer.process(case["input"])
    else:
        assert lexer.process(case["input"])[1] == case["expect"]


@pytest.mark.parametrize("case", CASES["shell_processWithMatches"], ids=lambda case: case["input"])
def test_expansion_tells_which_names_it_met(case: dict[str, Any]) -> None:
    lexer = Lexer(case["envs"])
    if case["expectedErr"]:
        with pytest.raises(DockerfileError):
            lexer.process(case["input"])
        return
    assert lexer.process(case["input"])[0] == case["expected"]
    assert lexer.matched == set(case["matches"])
    assert lexer.unmatched == set(case["unmatched"])


@pytest.mark.parametrize("case", CASES["shell_mandatory"])
def test_mandatory_variables(case: dict[str, Any]) -> None:
    lexer = Lexer(environment(case["env"]))
    if case["error_contains"]:
        with pytest.raises(DockerfileError, match=case["error_contains"]):
            lexer.process(case["word"])
    else:
        assert lexer.process(case["word"])[0] == case["expect"]


@pytest.mark.parametrize(("pattern", "regex"), CASES["shell_pattern_to_regex"])
def test_shell_patterns(pattern: str, regex: str) -> None:
    assert "^" + pattern_to_regex(pattern, greedy=True) == regex


@pytest.mark.parametrize("pattern", CASES["shell_pattern_invalid"])
def test_bad_shell_patterns(pattern: str) -> None:
    with pytest.raises(ValueError, match="invalid escape"):
        pattern_to_regex(pattern, greedy=True)


def test_json_arrays() -> None:
    for text, expect in CASES["json_valid"]:
        assert json_array(text) == expect
    for text in CASES["json_invalid"]:
        with pytest.raises(DockerfileError, match="arrays must be comprised of strings only"):
            json_array(text)


def test_heredoc_announcements() -> None:
    for case in CASES["heredoc_from_line"]:
        assert [heredoc.name for heredoc in heredocs_of(case["line"])] == case["heredocNames"]
    for word in CASES["heredoc_not"]:
        assert parse_heredoc(word) is None
    for word in CASES["heredoc_valid"]:
        found = parse_heredoc(word)
        assert found is not None
        assert found.name == "EOF"
    for word in CASES["heredoc_invalid"]:
        assert announces(word) is None
        with pytest.raises(DockerfileError):
            parse_heredoc(word)


def test_words() -> None:
    for case in CASES["parse_words"]:
        assert split_words(case["input"][0]) == case["expect"]


def first(text: str) -> Any:
    return parse_instruction(parse_lines(text).lines[0])


def test_argument_counts() -> None:
    for name in CASES["instr_exactly_one_arg"]:
        with pytest.raises(DockerfileError, match=f"^{name} requires exactly one argument$"):
            first(name)
    for name in CASES["instr_at_least_one_arg"]:
        with pytest.raises(DockerfileError, match=f"^{name} requires at least one argument$"):
            first(name)
    for name in CASES["instr_no_dest"]:
        with pytest.raises(
            DockerfileError, match=f"^{name} requires at least two arguments, but only one was provided"
        ):
            first(f"{name} arg1")
    for name in CASES["instr_too_many"]:
        with pytest.raises(DockerfileError, match=f"^Bad input to {name}, too many arguments$"):
            parse_instruction(Line(name, ("a", "b", "c"), (), False, "", 1, 1))
    for name in CASES["instr_blank_names"]:
        with pytest.raises(DockerfileError, match=f"^{name} names can not be blank$"):
            first(f"{name} =arg2")


@pytest.mark.parametrize("case", CASES["instr_errors"] + CASES["instr_heredoc_errors"], ids=lambda case: case["name"])
def test_instruction_errors(case: dict[str, Any]) -> None:
    with pytest.raises(DockerfileError) as caught:
        first(case["dockerfile"])
    assert case["expectedError"] in caught.value.message


@pytest.mark.parametrize("case", CASES["instr_copy_heredoc"], ids=lambda case: case["dockerfile"])
def test_copy_heredocs(case: dict[str, Any]) -> None:
    instruction = first(case["dockerfile"])
    *sources, destination = instruction.args
    expect = case["sourcesAndDest"]
    assert destination == expect["DestPath"]
    assert [source for source in sources if not announces(source)] == expect["SourcePaths"]
    contents = [{"Data": h.text, "Expand": h.expand, "Path": h.name} for h in instruction.heredocs]
    assert contents == expect["SourceContents"]


@pytest.mark.parametrize("case", CASES["instr_run_heredoc"], ids=lambda case: case["dockerfile"])
def test_run_heredocs(case: dict[str, Any]) -> None:
    instruction = first(case["dockerfile"])
    assert list(instruction.args) == case["command"]
    assert instruction.json is not case["shell"]
    files = [{"Name": h.name, "Data": h.content, "Chomp": h.chomp} for h in instruction.heredocs]
    assert files == case["files"]


@pytest.mark.parametrize("case", CASES["instr_device"], ids=lambda case: case["input"])
def test_devices(case: dict[str, Any]) -> None:
    if case["expectedErr"]:
        with pytest.raises(DockerfileError) as caught:
            parse_device(case["input"])
        assert caught.value.message == case["expectedErr"].removeprefix("ERR:")
    else:
        name, required = parse_device(case["input"])
        assert {"Name": name, "Required": required} == case["expected"]


def test_ignore_patterns() -> None:
    for case in IGNORE["matches"]:
        assert PatternMatcher(case["patterns"]).matches(case["path"]) is case["match"], case
    for case in IGNORE["errors"]:
        with pytest.raises(DockerfileError):
            PatternMatcher(case["patterns"])


def test_file_name_patterns() -> None:
    for case in IGNORE["glob"]:
        if case["error"]:
            with pytest.raises(DockerfileError, match="syntax error in pattern"):
                PatternMatcher([case["pattern"]])
        else:
            assert PatternMatcher([case["pattern"]]).matches(case["s"]) is case["match"], case


def test_ignore_file() -> None:
    assert read_patterns(IGNORE["ignorefile"]["content"]) == IGNORE["ignorefile"]["expect"]


def test_parse_keeps_stages_and_arguments() -> None:
    dockerfile = parse("ARG V=1\nFROM a:$V AS one\nRUN x\nFROM one\nCMD y\n")
    assert [a.args for a in dockerfile.arguments] == [("V=1",)]
    assert [(s.base, s.name) for s in dockerfile.stages] == [("a:$V", "one"), ("one", "")]
    assert dockerfile.target() == 1
    assert dockerfile.target("ONE") == 0
    with pytest.raises(DockerfileError, match='target stage "nosuch" could not be found'):
        dockerfile.target("nosuch")

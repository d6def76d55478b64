"""References against the case tables of github.com/distribution/reference (Apache-2.0), and laws."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.errors import InvalidParameter
from dockersim.oci import Digest, Reference, familiar_match, parse_any
from dockersim.oci.reference import IDENTIFIER, NAME, REFERENCE

CASES: dict[str, Any] = json.loads((Path(__file__).parent / "reference_cases.json").read_text())
ONLY_SHA256 = "sha512:"  # the tables were made without SHA-512; the engine has it


def cases(topic: str) -> list[Any]:
    return list(CASES[topic])


@pytest.mark.parametrize("case", cases("parse"), ids=lambda case: case["input"][:40])
def test_parse(case: dict[str, Any]) -> None:
    if case["err"] and ONLY_SHA256 not in case["input"]:
        with pytest.raises(InvalidParameter) as caught:
            Reference.parse(case["input"])
        assert caught.value.message == case["err"].removeprefix("ERR:")
        return
    found = Reference.parse(case["input"])
    if not case["err"]:
        assert (found.domain, found.name, found.tag, found.digest) == (
            case["domain"],
            case["repository"],
            case["tag"],
            case["digest"],
        )
    assert str(found) == case["input"]


@pytest.mark.parametrize("text", cases("normalized_name_valid") + cases("remote_name_valid"))
def test_valid_names(text: str) -> None:
    assert Reference.normalized(text).domain


@pytest.mark.parametrize("text", cases("normalized_name_invalid") + cases("remote_name_invalid"))
def test_invalid_names(text: str) -> None:
    with pytest.raises(InvalidParameter):
        Reference.normalized(text)


@pytest.mark.parametrize("case", cases("parse_repository_info"), ids=lambda case: case["FullName"])
def test_all_ways_to_say_it(case: dict[str, str]) -> None:
    for text in (case["AmbiguousName"], case["FamiliarName"], case["FullName"]):
        if text:
            found = Reference.normalized(text)
            assert found.name == case["FullName"]
            assert found.familiar_name == case["FamiliarName"]
            assert (found.domain, found.path) == (case["Domain"], case["RemoteName"])


@pytest.mark.parametrize("case", cases("normalized_split_hostname"), ids=lambda case: case["input"])
def test_normalized_domain_and_path(case: dict[str, str]) -> None:
    found = Reference.normalized(case["input"])
    assert (found.domain, found.path) == (case["domain"], case["path"])


@pytest.mark.parametrize("case", cases("domain_and_path"), ids=lambda case: case["input"])
def test_domain_and_path(case: dict[str, str]) -> None:
    found = Reference.parse(case["input"])
    assert (found.domain, found.path) == (case["domain"], case["path"])


@pytest.mark.parametrize("case", cases("parse_any_reference"), ids=lambda case: case["Reference"][:40])
def test_names_and_digests(case: dict[str, str]) -> None:
    assert str(parse_any(case["Reference"])) == case["Equivalent"]


@pytest.mark.parametrize("case", cases("parse_docker_ref"), ids=lambda case: case["name"])
def test_what_pull_asks_for(case: dict[str, str]) -> None:
    assert str(Reference.docker(case["input"])) == case["expected"]


@pytest.mark.parametrize("case", cases("familiar_match"), ids=lambda case: case["pattern"] + " " + case["reference"])
def test_familiar_match(case: dict[str, Any]) -> None:
    assert familiar_match(case["pattern"], Reference.normalized(case["reference"])) is case["expected"]


@pytest.mark.parametrize("pattern", ["[", "a[b", "a\\", "[]", "[^]", "[-", "[a-]"])
def test_bad_pattern(pattern: str) -> None:
    with pytest.raises(InvalidParameter, match="syntax error in pattern"):
        familiar_match(pattern, Reference.normalized("busybox"))


@given(st.text("ab[]^-\\*?/!&~|", max_size=8))
def test_any_pattern_is_answered(pattern: str) -> None:
    with suppress(InvalidParameter):
        familiar_match(pattern, Reference.normalized("ab/b"))


@pytest.mark.parametrize("case", cases("full_name_regexp"), ids=lambda case: case["input"][:40])
def test_name_grammar(case: dict[str, Any]) -> None:
    found = NAME.fullmatch(case["input"])
    assert (found is not None) == case["match"]
    if found and case["subs"]:
        assert list(found.groups(default="")) == case["subs"]


@pytest.mark.parametrize("case", cases("reference_regexp"), ids=lambda case: case["input"][:40])
def test_reference_grammar(case: dict[str, Any]) -> None:
    found = REFERENCE.fullmatch(case["input"])
    assert (found is not None) == case["match"]
    if found and case["subs"]:
        assert list(found.groups(default="")) == case["subs"]


@pytest.mark.parametrize("case", cases("identifier_regexp"), ids=lambda case: case["input"][:20])
def test_identifier_grammar(case: dict[str, Any]) -> None:
    assert (IDENTIFIER.fullmatch(case["input"]) is not None) == case["match"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a::b", "invalid reference format"),
        ("", "invalid reference format"),
        ("busybox:", "invalid reference format"),
        ("Busybox", "invalid reference format: repository name (library/Busybox) must be lowercase"),
        ("a/B/c:Tag", "invalid reference format: repository name (a/B/c) must be lowercase"),
        ("f" * 64, f"invalid repository name ({'f' * 64}), cannot specify 64-byte hexadecimal strings"),
        ("a@sha256:" + "0" * 40, "invalid checksum digest length"),
    ],
)
def test_words_of_errors(text: str, words: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        Reference.normalized(text)
    assert caught.value.message == words


def test_hello_world() -> None:
    found = Reference.normalized("hello-world").tagged_or_latest()
    assert str(found) == "docker.io/library/hello-world:latest"
    assert (found.domain, found.path, found.tag) == ("docker.io", "library/hello-world", "latest")
    assert found.familiar == "hello-world:latest"


def test_frozen() -> None:
    found = Reference.normalized("busybox")
    with pytest.raises(AttributeError):
        found.tag = "x"
    assert found == Reference.normalized("docker.io/library/busybox")
    assert len({found, Reference.normalized("busybox"), found.with_tag("x")}) == 2


part = st.from_regex(r"[a-z0-9]{1,5}((\.|_|__|-{1,3})[a-z0-9]{1,4})?", fullmatch=True)
domain = st.sampled_from(["", "localhost", "localhost:5000", "docker.io", "Reg.io", "[::1]:80", "10.0.0.1:5000"])
tag = st.one_of(st.just(""), st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,9}", fullmatch=True))
digest = st.one_of(st.just(""), st.binary(max_size=3).map(Digest.of))


@given(domain, st.lists(part, min_size=1, max_size=3).map("/".join), tag, digest)
def test_a_reference_says_what_it_means(domain: str, path: str, tag: str, digest: str) -> None:
    text = (f"{domain}/" if domain else "") + path + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
    if IDENTIFIER.fullmatch(text):
        return
    found = Reference.normalized(text)
    assert (found.tag, found.digest) == (tag, digest)
    assert Reference.parse(str(found)) == found
    assert Reference.normalized(str(found)) == found
    first = found.path.partition("/")[0]
    if found.domain != "docker.io" or ("." not in first and first != "localhost"):
        assert Reference.normalized(found.familiar) == found


@given(st.text("aB0/:@._-[]s", max_size=20) | st.text(max_size=12))
def test_any_text_is_understood_or_refused(text: str) -> None:
    for reader in (Reference.parse, Reference.normalized, Reference.docker, parse_any):
        with suppress(InvalidParameter):
            assert str(reader(text))

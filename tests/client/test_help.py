"""Help pages against the real client's: usage lines, sections, flag names, types and defaults (the prose is ours)."""

from __future__ import annotations

import json
import pathlib
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.client import grammar, help
from dockersim.client.flags import parse

GOLDENS: dict[str, Any] = json.loads((pathlib.Path(__file__).parent / "goldens" / "help.json").read_text())
FLAG = re.compile(r"  (?:-(\w), |    )--(\S+)(?: (\S+))?(?:   +(.*))?")
# These hold commands that no page was recorded of.
PARTIAL = ("history inspect", "compose bridge transformations")


def read(page: str) -> dict[str, Any]:
    usage: list[str] = []
    flags: list[list[str]] = []
    commands: dict[str, list[str]] = {}
    found: dict[str, Any] = {"usage": usage, "flags": flags}
    section = ""
    for line in page.split("\n"):
        if line.startswith(("Usage:", "\tdocker")):
            usage.append(line.removeprefix("Usage:  "))
        elif re.fullmatch(r"[A-Z][\w ]+:", line):
            section = line[:-1]
        elif section == "Aliases" and line:
            found["aliases"] = line.strip()
        elif section.endswith("Commands") and line.startswith("  "):
            commands.setdefault(section, []).append(line.split()[0])
        elif section.endswith("Options") and (match := FLAG.fullmatch(line)):
            short, name, kind, text = match.groups(default="")
            flags.append([f"-{short}" if short else "", f"--{name}", kind or "bool", text])
        elif section.endswith("Options") and flags and line.startswith("      "):
            flags[-1][3] += " " + line.strip()
    for flag in flags:
        default = re.search(r'\(default (\S+|"[^"]*")\)$', flag[3])
        flag[3] = default[1] if default else ""
    found["flags"] = [" ".join(filter(None, flag)) for flag in flags]
    return {**found, **({"commands": commands} if commands else {})}


@pytest.mark.parametrize("path", GOLDENS)
def test_a_page_is_laid_out_as_the_real_one(path: str) -> None:
    asked = parse([*path.split(), "--help"])
    page = help.page(asked.command, asked.called)
    golden = dict(GOLDENS[path])
    golden["usage"] = [line.rstrip() for line in golden["usage"]]
    if path.endswith(PARTIAL):
        golden.pop("commands")
    assert read(page) == golden
    assert page.endswith("\n")
    assert not page.endswith("\n\n")


def test_a_page() -> None:
    shown = parse(["rm", "--help"]).command
    assert help.page(shown) == (
        "Usage:  docker rm [OPTIONS] CONTAINER [CONTAINER...]\n\n"
        "Remove containers\n\n"
        "Aliases:\n  docker container rm, docker container remove, docker rm\n\n"
        "Options:\n"
        "  -f, --force     Kill a running container first\n"
        "  -l, --link      Remove the link, not the container\n"
        "  -v, --volumes   Remove its anonymous volumes too\n"
    )


def test_plugins_and_features_show() -> None:
    root = parse([]).command
    assert "  buildx*     " in help.page(root)
    bare = help.page(root, plugins=())
    assert "buildx" not in bare
    assert "bake" not in bare
    assert "  checkpoint  " in help.page(root, features=frozenset(("experimental",)))
    run = parse(["run", "--help"]).command
    assert "--cpu-count" not in help.page(run)
    assert "--cpu-count int" in help.page(run, features=frozenset(("os windows",)))


@given(st.integers(1, 200))
def test_any_width_keeps_every_word(width: int) -> None:
    shown = grammar.command("run")
    assert shown is not None
    assert help.page(shown, width=width).split() == help.page(shown, width=500).split()

"""Compares replayed cases with the record, and says how many are equal and how the others differ."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from tests.fidelity.case import HTTP, Case
from tests.fidelity.masks import normal
from tests.fidelity.replay import Outcome, scenes

HERE = Path(__file__).parent
LEAST = 60
"""So long the end of a record must be, in letters, that stands for all of it."""

PARTS = ("stdout", "stderr", "exit", "post")


@dataclass(slots=True)
class Verdict:
    """How one case compares: for each part that differs, what was expected and what came, masked."""

    case: Case
    outcome: Outcome
    differences: dict[str, tuple[str, str]] = field(default_factory=dict)

    def equal(self, *parts: str) -> bool:
        """Whether all of ``parts`` are equal."""
        return not any(part in self.differences for part in parts)

    @property
    def all_equal(self) -> bool:
        return self.equal(*PARTS)

    def diff(self) -> str:
        """The differences, as a unified diff for each part."""
        made = []
        for part, (expected, got) in self.differences.items():
            lines = difflib.unified_diff(
                _lines_of(expected), _lines_of(got), f"{part}, recorded", f"{part}, simulated", lineterm="", n=2
            )
            made += [f"    {line}".replace("\x1b", "ESC").rstrip("\r") for line in lines]
        made += [f"    crashed: {crash}" for crash in self.outcome.crashes]
        return "\n".join(made)


def _lines_of(text: str) -> list[str]:
    """Lines for a diff; long ones, which are JSON, at their commas."""
    return [
        part for line in text.splitlines() for part in (re.split('(?<=,)(?=["{])', line) if len(line) > 200 else [line])
    ]


def judge(case: Case, outcome: Outcome) -> Verdict:
    """Compare a case with its record."""
    recorded = _recorded_value(case)
    verdict = Verdict(case, outcome)

    def compare(part: str, expected: str, got: str) -> None:
        if recorded and outcome.value and part != "exit":
            expected, got = _without(expected, recorded), _without(got, outcome.value)
        expected, got = normal(expected), normal(got)
        if case.id in scenes()["tails"]["cases"] and part == "stdout" and len(got) > LEAST:
            expected = expected[-len(got) :]
        if expected != got:
            verdict.differences[part] = expected, got

    compare("stdout", case.stdout, outcome.stdout)
    compare("stderr", case.stderr, outcome.stderr)
    compare("exit", str(case.exit_code), str(outcome.exit_code))
    compare("post", _posts(case.post), _posts(outcome.post))
    compare("http", _lines(case.http), _lines(outcome.http))
    return verdict


def _recorded_value(case: Case) -> str:
    value = scenes()["values"].get(case.id)
    if value is None:
        return ""
    found = [match[0] for word in case.argv if (match := re.search(value["word"], word))]
    return found[0] if found else ""


def _without(text: str, value: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "<value>", text)


def _posts(post: dict[str, str]) -> str:
    return "".join(f"$ {line}\n{output}" for line, output in post.items())


def _lines(http: tuple[HTTP, ...]) -> str:
    return "".join(f"{method} {unquote(path)} {status}\n" for method, path, status in http)


@cache
def reasons() -> dict[str, str]:
    """``reasons.toml``: why a case differs, where the difference is right or accepted."""
    found: dict[str, str] = tomllib.loads((HERE / "reasons.toml").read_text())
    return found


@cache
def known_equal() -> dict[str, str]:
    """``equal.txt``: cases that were equal, and whether the wire was, too (``http``)."""
    lines = (HERE / "equal.txt").read_text().splitlines()
    return {name: rest for name, _, rest in (line.partition(" ") for line in lines)}


def row(name: str, verdicts: list[Verdict]) -> list[str]:
    """One line of the report's table."""
    count = len(verdicts)
    numbers = [
        *(sum(one.equal(part) for one in verdicts) for part in ("stdout", "stderr", "exit")),
        sum(one.all_equal for one in verdicts),
        sum(one.equal("http") for one in verdicts),
    ]
    explained = sum(one.case.id in reasons() for one in verdicts if not one.all_equal)
    share = f"{100 * numbers[3] / count:.0f} %" if count else "-"
    return [name, str(count), *map(str, numbers[:4]), share, str(numbers[4]), str(explained)]


HEADINGS = ["topic", "cases", "stdout", "stderr", "exit", "all", "share", "http", "explained"]


def table(rows: list[list[str]]) -> str:
    """The report's table."""
    lines = [HEADINGS, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join(
        line[0].ljust(widths[0])
        + "".join(cell.rjust(width + 2) for cell, width in zip(line[1:], widths[1:], strict=True))
        for line in lines
    )

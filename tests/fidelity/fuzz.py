"""Random command lines beside a real engine: ``python -m tests.fidelity.fuzz --engine SOCKET --seed N --count M``.

Run it as root on the machine of an engine that may be emptied, with the stand-in images in its mirror
(``setting.py``). Lines (``lines.py``) go to both (``pair.py``), in sequences that begin with both fresh. A difference
is shown once for each command and shape, with the fewest lines before it that still show it; a sequence ends where
what was done differs, for what follows would only follow from it. Interesting finds become cases of the topic
``fuzzed``: write the lines into a TOML file for ``record.py``.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.fidelity.lines import Typist, spellings, vocabulary
from tests.fidelity.pair import Pair, answers
from tests.fidelity.report import Verdict

PARTS = ("stdout", "stderr", "exit", "post")
TRIES = 6
"""How often a sequence is shortened, at most."""

Shape = tuple[str, ...]
_POOL = sorted({re.escape(name) for kind in vocabulary()["names"].values() for name in kind.split()}, reverse=True)
_NAMES = re.compile(rf"\b(?:{'|'.join(_POOL)})\b")
_CHANGES = re.compile(
    r"docker (?:\w+ )?(?:run|create|start|stop|restart|kill|rm|rename|pause|unpause|update|cp|commit|tag|rmi|connect|"
    r"disconnect|exec|pull|prune|import)\b"
)


def shape(line: str, verdict: Verdict) -> Shape:
    """What makes two differences one: the command, and the first lines that differ, without names and numbers."""
    made = [command_of(line)]
    for sign in "-+":
        changed = [text[5:] for text in verdict.diff().split("\n") if re.match(rf"    \{sign}(?!\{sign}\{sign})", text)]
        made.append(_plain(changed[0]) if changed else "")
    return (*made, *verdict.outcome.crashes)


def _plain(text: str) -> str:
    text = re.sub(r"\d+", "0", _NAMES.sub("@", text))
    return re.sub(r"\"[^\"]*\"|\S*/\S+", "X", text)[:100]


def command_of(line: str) -> str:
    """The command that a line types, in its first spelling."""
    words = line[line.find("docker") :].split()[1:] if "docker" in line else line.split()
    for count in (2, 1):
        path = " ".join(words[:count])
        found = [canonical for canonical, paths in spellings().items() if path in paths]
        if found:
            return found[0]
    return path


def differs(verdict: Verdict) -> bool:
    """Whether a learner would see a difference, now or later."""
    return not verdict.equal(*PARTS) or bool(verdict.outcome.crashes)


@dataclass(slots=True)
class Find:
    """A shape of difference, where it was first seen, and how often."""

    lines: list[str]
    diff: str
    count: int = 1


@dataclass(slots=True)
class Hunt:
    """A campaign: what has been typed, and what has been found."""

    pair: Pair
    typist: Typist
    length: int
    typed: int = 0
    differing: int = 0
    finds: dict[Shape, Find] = field(default_factory=dict)
    commands: Counter[str] = field(default_factory=Counter)

    def sequence(self, most: int) -> None:
        """Type lines until one has done something else in the two, or the sequence is long enough."""
        self.pair.reset()
        before: list[str] = []
        for line in self.typist.lines():
            if len(before) >= min(self.length, most):
                return
            verdict = self.pair.run(line)
            self.typed += 1
            self.commands[command_of(line)] += 1
            if differs(verdict):
                self.differing += 1
                again = self._note(before, line, verdict)
                if again or not verdict.equal("exit", "post"):
                    return
            before.append(line)

    def _note(self, before: list[str], line: str, verdict: Verdict) -> bool:
        """Keep a difference; whether the two had to be made fresh for it."""
        kind = shape(line, verdict)
        if kind in self.finds:
            self.finds[kind].count += 1
            return False
        self.finds[kind] = find = Find([*before, line], verdict.diff())
        find.lines = self._shortest(before, line, kind)
        print(told(find), flush=True)
        return True

    def _shortest(self, before: list[str], line: str, kind: Shape) -> list[str]:
        """The fewest lines that still show the difference: none, those about the same, or what halving leaves."""
        if self._shows([], line, kind):
            return [line]
        kept = related(before, line)
        if not self._shows(kept, line, kind):
            kept = before
        size, tries = max(1, len(kept) // 2), 0
        while kept and tries < TRIES:
            tries += 1
            found = next((shorter for shorter in _shorter(kept, size) if self._shows(shorter, line, kind)), None)
            if found is not None:
                kept = found
            elif size == 1:
                break
            size = max(1, min(size, len(kept)) // 2)
        return [*kept, line]

    def _shows(self, before: list[str], line: str, kind: Shape) -> bool:
        self.pair.reset()
        for one in before:
            self.pair.do(one)
        return shape(line, self.pair.run(line)) == kind


def _shorter(lines: list[str], size: int) -> Iterator[list[str]]:
    return (lines[:start] + lines[start + size :] for start in range(0, len(lines), size))


def related(before: list[str], line: str) -> list[str]:
    """The lines of ``before`` that change something and name what ``line`` names."""
    names = _NAMES.findall(line)
    return [one for one in before if _CHANGES.search(one) and set(_NAMES.findall(one)) & set(names)]


def told(find: Find) -> str:
    """A find as text."""
    return "\n" + "".join(f"$ {line}\n" for line in find.lines) + find.diff


def main() -> int:
    """Type, compare, report."""
    parser = argparse.ArgumentParser(prog="python -m tests.fidelity.fuzz", description="Random lines beside an engine.")
    parser.add_argument("--engine", default="/var/run/docker.sock", help="the engine's socket; the engine is emptied")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=1000, help="how many lines")
    parser.add_argument("--length", type=int, default=40, help="lines of a sequence, at most")
    options = parser.parse_args()
    if not answers(options.engine):
        print(f"skipped: no engine answers on {options.engine}, and there is nothing to compare with without one")
        return 0
    hunt = Hunt(Pair(options.engine), Typist(options.seed), options.length)
    while hunt.typed < options.count:
        hunt.sequence(options.count - hunt.typed)
    _report(hunt)
    return 0


def _report(hunt: Hunt) -> None:
    print(f"\n{hunt.typed} lines, {hunt.differing} differ, in {len(hunt.finds)} shapes")
    by_command = Counter(dict.fromkeys(sorted({kind[0] for kind in hunt.finds}), 0))
    for kind, find in hunt.finds.items():
        by_command[kind[0]] += find.count
    for name, count in by_command.most_common():
        print(f"{name}: {count} of {hunt.commands[name]}")
        for kind, find in hunt.finds.items():
            if kind[0] == name:
                print(f"  {find.count} x {find.lines[-1]}\n      - {kind[1]}\n      + {kind[2]}")


if __name__ == "__main__":
    sys.exit(main())

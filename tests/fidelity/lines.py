"""Random but meaningful command lines, made from the client's grammar and ``vocabulary.toml``."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from dockersim.client.grammar import Command, Flag, command, every
from dockersim.client.main import COMMANDS

RUNS = ("run", "create", "exec")
"""Commands whose last words are a program."""


@cache
def vocabulary() -> dict[str, Any]:
    """``vocabulary.toml``."""
    return tomllib.loads((Path(__file__).parent / "vocabulary.toml").read_text())


@cache
def spellings() -> dict[str, list[str]]:
    """The commands to type, each with all its spellings; the first is the one that is typed most."""
    found: dict[str, list[str]] = {}
    left_out = vocabulary()["groups"]["left_out"].split()
    for one in every():
        simulated = one.canonical in COMMANDS and one.path.split()[0] not in left_out
        if not one.group and simulated and vocabulary()["weights"].get(one.canonical, 1):
            found.setdefault(one.canonical, [one.canonical]).append(one.path)
    return found


class Typist:
    """Types one line after the other. The same seed gives the same lines."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        weights = vocabulary()["weights"]
        self._commands = list(spellings())
        self._weights = [weights.get(name, 1) for name in self._commands]
        self._named = "web"

    def lines(self) -> Iterator[str]:
        """Lines without end: commands, and between them a look at what they have changed."""
        while True:
            line = self.line()
            named = re.search(r"docker (?:container )?(?:run|create) .*--name (\w+) ", line)
            if named and self._random.random() < 0.6:
                yield f"docker rm -f {named[1]}"
            yield line
            if self._random.random() < 0.35:
                yield self._filled(self._random.choice(vocabulary()["looks"]["any"]), stay=0.7)

    def line(self) -> str:
        """One command line."""
        canonical = self._random.choices(self._commands, self._weights)[0]
        paths = spellings()[canonical]
        found = command(paths[0] if self._random.random() < 0.85 else self._random.choice(paths))
        assert found is not None
        flags = self._flags(found)
        words = [word for flag in flags for word in self._flag(found, flag)]
        for often in vocabulary()["often"].get(canonical, ()):
            if "--name" in often or self._random.random() < 0.8:
                words.append(often)
        made = self._filled(" ".join(["docker", found.path, *words]), stay=0.3)
        made += "".join(f" {word}" for word in self._arguments(found, made) if word)
        return self._ended(canonical, self._mistyped(made), {flag.name for flag in flags})

    # ---- flags

    def _flags(self, found: Command) -> list[Flag]:
        left_out = vocabulary()["groups"]["flags_left_out"].split()
        known = [
            flag
            for flag in found.flags
            if flag.name not in left_out and "refused" not in flag.support and not flag.needs
        ]
        count = self._random.choices(range(5), (30, 30, 20, 12, 8))[0]
        return self._random.sample(known, min(count, len(known)))

    def _flag(self, found: Command, flag: Flag) -> list[str]:
        spelled = f"-{flag.short}" if flag.short and self._random.random() < 0.5 else f"--{flag.name}"
        if flag.type == "bool":
            wrong = self._random.random() < 0.03
            off = flag.default == "true" or self._random.random() < 0.1
            return [f"--{flag.name}=maybe" if wrong else f"{spelled}=false" if off else spelled]
        value = self._random.choice(self._values(found, flag))
        separator = "=" if spelled.startswith("--") and self._random.random() < 0.3 else " "
        return [f"{spelled}{separator}{value}"]

    def _values(self, found: Command, flag: Flag) -> list[str]:
        said = vocabulary()
        if flag.name == "format":
            return [*said["formats"].get(found.canonical, ()), *said["formats"]["any"][-5:]] or said["formats"]["any"]
        if flag.name == "filter":
            return said["filters"].get(found.canonical, said["filters"]["any"])
        own = said["values"].get(f"{found.canonical} {flag.key}") or said["values"].get(flag.key)
        return own or said["types"].get(flag.type) or said["types"]["string"]

    # ---- arguments

    def _arguments(self, found: Command, typed: str) -> Iterator[str]:
        usage = self._random.choice(found.usage or ("",)).removeprefix(f"docker {found.canonical} ")
        for word in usage.split():
            kind = re.sub(r"[][]|\.\.\.", "", word)
            if word == "[OPTIONS]" or (
                word.startswith("[") and self._random.random() < 0.6 and kind not in ("COMMAND",)
            ):
                continue
            if kind == "COMMAND" and found.canonical in RUNS:
                yield self._program(found.canonical, typed)
            elif kind in vocabulary()["words"]:
                yield self._filled(self._random.choice(vocabulary()["words"][kind] or [""]), stay=0.3)
        if found.canonical in ("save", "export") and " -o" not in typed and "--output" not in typed:
            yield "> /srv/labs/out.tar"

    def _program(self, canonical: str, typed: str) -> str:
        programs = vocabulary()["programs"]
        stays = re.search(r"--restart.(?!no\b|x\b|'')", typed) is not None
        detached = canonical == "create" or re.search(r" (-d|--detach)(?![=\w-])", typed) is not None
        if stays or (detached and self._random.random() < 0.7):
            return self._random.choice(programs["lasting"])
        return self._random.choice(programs["ending"])

    def _filled(self, text: str, stay: float) -> str:
        """``text`` with names in its places; a container is the one named before with probability ``stay``."""

        def name(found: re.Match[str]) -> str:
            kind = found[1]
            if kind == "c" and self._random.random() < stay:
                return self._named
            chosen: str = self._random.choice(vocabulary()["names"][kind].split())
            if kind == "c":
                self._named = chosen
            return chosen

        return re.sub(r"@([cnvi])\b", name, text)

    # ---- the whole line

    def _mistyped(self, line: str) -> str:
        """Now and then a word is missing, twice there, or misspelled."""
        words = line.split(" ")
        chance = self._random.random()
        if chance < 0.01 and len(words) > 2 and "'" not in line and '"' not in line:
            del words[self._random.randrange(2, len(words))]
        elif chance < 0.02 and "'" not in line and '"' not in line:
            words.insert(2, self._random.choice(words[2:] or ["x"]))
        elif chance < 0.03 and "--" in line:
            return line.replace("--", "---" if self._random.random() < 0.3 else "--x", 1)
        return " ".join(words)

    def _ended(self, canonical: str, line: str, flags: set[str]) -> str:
        ended = vocabulary()["ended"]
        waits = canonical in ended["always"].split() or (canonical not in RUNS and flags & set(ended["flags"].split()))
        return f"timeout -s KILL 2 {line}; echo $?" if waits else line

"""What may stand at the cursor of a ``docker`` command line: commands, flags, and the names that the daemon knows.

Which names fit comes from the command's own usage line. The daemon is asked beside the wire, so that looking for a
name takes no simulated time and leaves nothing in the trace.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from dockersim.client.grammar import Command, Flag, children, command
from dockersim.fs import FsError
from dockersim.userland.process import Process
from dockersim.wire import Request, Response

SOCKET = "/var/run/docker.sock"
RUNNING = frozenset("attach exec kill pause port stats stop top".split())
STOPPED = frozenset(("start",))


def candidates(p: Process, words: Sequence[str], word: str) -> list[str] | None:
    """What ``word`` may become after ``words`` (``docker`` itself is the first); ``None``: a file, perhaps."""
    place = _Place(words)
    flag = place.wants_value
    if flag is not None:
        return _matching(_of_flag(p, flag), word)
    if word.startswith("-") and place.flags_go_on:
        names = [f"--{flag.name}" for flag in place.command.flags if not flag.hidden]
        return sorted(name for name in [*names, "--help"] if name.startswith(word))
    if place.command.group or not place.command.path:
        return [
            found.name for found in children(place.command.path) if not found.hidden and found.name.startswith(word)
        ]
    return _matching(_of_argument(p, place), word, place.arguments)


class _Place:
    """Where in a command line the next word stands."""

    def __init__(self, words: Sequence[str]) -> None:
        root = command("")
        assert root is not None
        self.command: Command = root
        self.arguments: list[str] = []
        self.wants_value: Flag | None = None
        self.flags_go_on = True
        for word in words[1:]:
            self._pass(word)

    def _pass(self, word: str) -> None:
        if self.wants_value is not None:
            self.wants_value = None
        elif word.startswith("-") and word != "-" and self.flags_go_on:
            self._flag(word)
        elif (below := self._below(word)) is not None:
            self.command = below
        else:
            self.arguments.append(word)
            self.flags_go_on = self.flags_go_on and not self.command.options_first

    def _below(self, word: str) -> Command | None:
        path = self.command.path
        return command(f"{path} {word}".strip()) if self.command.group or not path else None

    def _flag(self, word: str) -> None:
        if "=" in word:
            return
        if word.startswith("--"):
            flag = self.command.flag(word[2:])
        else:
            flag = next((flag for flag in self.command.flags if flag.short == word[-1]), None)
        if flag is not None and flag.type != "bool":
            self.wants_value = flag


def _matching(names: list[str] | None, word: str, given: Sequence[str] = ()) -> list[str] | None:
    return None if names is None else sorted({name for name in names if name.startswith(word) and name not in given})


def _of_flag(p: Process, flag: Flag) -> list[str] | None:
    if flag.key in ("network", "net"):
        return _networks(p)
    if flag.key in ("volumes-from", "link"):
        return _containers(p, "")
    return None


def _of_argument(p: Process, place: _Place) -> list[str] | None:
    found = place.command
    usage = [token for token in (found.usage or ("",))[0].split() if token not in ("[OPTIONS]", "OPTIONS")]
    if found.canonical == "push":
        return _images(p)
    if not usage:
        return []
    number = len(place.arguments)
    if number >= len(usage) and not usage[-1].endswith("...]"):
        return []
    token = usage[min(number, len(usage) - 1)]
    if token == "NAME|ID":
        return [*_containers(p, ""), *_images(p), *_networks(p), *_volumes(p)]
    for name, names in _KINDS:
        if re.search(rf"\b(?:SOURCE_)?{name}\b", token):
            return names(p, found.canonical)
    return None


# ---- names


def _containers(p: Process, canonical: str) -> list[str]:
    rows = _ask(p, "/containers/json?all=1")
    if canonical in RUNNING:
        rows = [row for row in rows if row["State"] in ("running", "paused")]
    elif canonical in STOPPED:
        rows = [row for row in rows if row["State"] not in ("running", "paused")]
    ending = ":" if canonical == "cp" else ""
    return [row["Names"][0].removeprefix("/") + ending for row in rows]


def _images(p: Process) -> list[str]:
    tags = [tag for row in _ask(p, "/images/json") for tag in row["RepoTags"] or () if tag != "<none>:<none>"]
    return [tag.removesuffix(":latest") for tag in tags] + [tag for tag in tags if tag.endswith(":latest")]


def _networks(p: Process) -> list[str]:
    return [row["Name"] for row in _ask(p, "/networks")]


def _volumes(p: Process) -> list[str]:
    rows = _ask(p, "/volumes")
    return [row["Name"] for row in rows.get("Volumes") or ()] if isinstance(rows, dict) else []


_KINDS: tuple[tuple[str, Callable[[Process, str], list[str]]], ...] = (
    ("CONTAINER", _containers),
    ("IMAGE", lambda p, canonical: _images(p)),
    ("REPOSITORY", lambda p, canonical: _images(p)),
    ("NETWORK", lambda p, canonical: _networks(p)),
    ("VOLUME", lambda p, canonical: _volumes(p)),
)


def _ask(p: Process, target: str) -> Any:
    """What the daemon answers, where it does so at once; nothing where there is none, or no right to ask it."""
    try:
        service = p.computer.unix_service(SOCKET, "/", p.cred)
    except FsError:
        return []
    answer = service.handler(Request("GET", target))
    if not isinstance(answer, Response):
        try:
            next(answer)
        except StopIteration as end:
            answer = end.value
        else:
            answer.close()
            return []
    return json.loads(answer.body) if answer.status == 200 and isinstance(answer.body, bytes) else []

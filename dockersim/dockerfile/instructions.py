"""Logical lines to instruction values and build stages, checked; nothing is expanded or executed."""

from __future__ import annotations

import re
from typing import NamedTuple

from .errors import DockerfileError, suggest
from .heredoc import Heredoc
from .parser import Line, parse_lines
from .words import quote

NAMES = (
    *("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER"),
    *("ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
)

_COPY_FLAGS = {"chown": "string", "chmod": "string", "link": "bool", "exclude": "strings"}
_FLAGS: dict[str, dict[str, str]] = {
    "ADD": {**_COPY_FLAGS, "keep-git-dir": "bool", "checksum": "string", "unpack": "bool"},
    "COPY": {**_COPY_FLAGS, "from": "string", "parents": "bool"},
    "FROM": {"platform": "string"},
    "RUN": {"mount": "strings", "network": "string", "security": "string", "device": "strings"},
    "HEALTHCHECK": dict.fromkeys(("interval", "timeout", "start-period", "start-interval", "retries"), "string"),
}


class Instruction(NamedTuple):
    """One instruction, its words still quoted and unexpanded.

    What ``args`` holds: name, value, name, value ... for ENV and LABEL; ``name`` or ``name=value`` words for ARG;
    sources and then the destination for COPY and ADD; the command (``json``: exec form; else one shell text) for RUN,
    CMD, ENTRYPOINT and SHELL; the test as the image's configuration has it for HEALTHCHECK; the trigger's text for
    ONBUILD; the words as they stand for the rest. ``flags`` holds the last value of each flag, ``mounts`` all of
    RUN's ``--mount`` (and ``excludes`` all of COPY's ``--exclude``).
    """

    name: str
    args: tuple[str, ...]
    flags: dict[str, str]
    json: bool
    heredocs: tuple[Heredoc, ...]
    original: str
    start: int
    end: int
    repeated: dict[str, tuple[str, ...]]
    """The flags that may come several times (``mount``, ``exclude``, ``device``), all their values."""

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """ENV's and LABEL's names and values."""
        return tuple(zip(self.args[::2], self.args[1::2], strict=True))


class Stage(NamedTuple):
    """What one FROM begins. ``name`` is empty where there is no ``AS``; ``base`` is unexpanded."""

    base: str
    name: str
    platform: str
    instructions: list[Instruction]
    origin: Instruction


class Dockerfile(NamedTuple):
    """A whole Dockerfile: the ARGs before the first FROM, the stages, the escape character, the directives."""

    arguments: tuple[Instruction, ...]
    stages: tuple[Stage, ...]
    escape: str
    directives: dict[str, str]

    def target(self, name: str = "") -> int:
        """The index of the stage to build: the last one, or the one of that name or number."""
        if not name:
            return len(self.stages) - 1
        for i, stage in enumerate(self.stages):
            if stage.name == name.lower():
                return i
        if name.isdecimal() and int(name) < len(self.stages):
            return int(name)
        names = [stage.name for stage in self.stages if stage.name]
        raise DockerfileError(suggest(f"target stage {quote(name)} could not be found", name, names, fold=True))


def parse(text: str) -> Dockerfile:
    """A Dockerfile's instructions by stage. Raises :class:`DockerfileError`, worded as BuildKit words it."""
    source = parse_lines(text)
    arguments: list[Instruction] = []
    stages: list[Stage] = []
    for line in source.lines:
        try:
            instruction = parse_instruction(line)
            if instruction.name == "FROM":
                stages.append(_stage(instruction))
                continue
        except DockerfileError as error:
            message = f"dockerfile parse error on line {line.start}: {error.message}"
            raise DockerfileError(message, (line.start, line.end)) from None
        if stages:
            stages[-1].instructions.append(instruction)
        elif instruction.name == "ARG":
            arguments.append(instruction)
        else:
            raise DockerfileError("no build stage in current context", (line.start, line.end))
    if not stages:
        raise DockerfileError("dockerfile contains no stages to build")
    return Dockerfile(tuple(arguments), tuple(stages), source.escape, source.directives)


def parse_trigger(text: str) -> Instruction:
    """An ONBUILD trigger's text, as a base image's configuration holds it, to its instruction."""
    return parse_instruction(parse_lines(text).lines[0])


def parse_instruction(line: Line) -> Instruction:
    """One checked instruction. Raises :class:`DockerfileError`."""
    name = line.instruction.upper()
    if name not in NAMES:
        message = f"unknown instruction: {line.instruction}"
        raise DockerfileError(suggest(message, line.instruction, list(NAMES), fold=True))
    _check_count(name, line)
    flags, repeated = _flags(name, line)
    check = _CHECKS.get(name)
    args = check(line) if check else line.args
    if name == "HEALTHCHECK":
        from .healthcheck import check_options

        check_options(flags)
    if name == "RUN":
        from .runflags import check_run_flags

        check_run_flags(flags, repeated)
    return Instruction(
        name, args, flags, line.json, line.heredocs, line.original.strip(), line.start, line.end, repeated
    )


def _check_count(name: str, line: Line) -> None:
    count = len(line.args)
    if name in ("MAINTAINER", "WORKDIR", "USER", "STOPSIGNAL") and count != 1:
        raise DockerfileError(f"{name} requires exactly one argument")
    least_one = ("ENV", "LABEL", "ONBUILD", "HEALTHCHECK", "EXPOSE", "VOLUME", "ARG", "SHELL")
    if name in least_one and not count:
        raise DockerfileError(f"{name} requires at least one argument")
    if name in ("ADD", "COPY") and count < 2:
        raise DockerfileError(
            f"{name} requires at least two arguments, but only one was provided. Destination could not be determined"
        )
    if name in ("ENV", "LABEL"):
        if count % 2:
            raise DockerfileError(f"Bad input to {name}, too many arguments")
        if "" in line.args[::2]:
            raise DockerfileError(f"{name} names can not be blank")


def _flags(name: str, line: Line) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    known = _FLAGS.get(name, {})
    values: dict[str, str] = {}
    repeated: dict[str, tuple[str, ...]] = {}
    for word in line.flags:
        flag, equals, value = word[2:].partition("=")
        kind = known.get(flag)
        if kind is None:
            raise DockerfileError(suggest(f"unknown flag: --{flag}", flag, list(known)))
        if flag in values and kind != "strings":
            raise DockerfileError(f"duplicate flag specified: --{flag}")
        if kind == "bool":
            if equals and not value:
                raise DockerfileError(f"missing a value on flag: --{flag}")
            if value.lower() not in ("", "true", "false"):
                raise DockerfileError(f"expecting boolean value for flag --{flag}, not: {value}")
            value = value.lower() or "true"
        elif not equals:
            raise DockerfileError(f"missing a value on flag: --{flag}")
        if kind == "strings":
            repeated[flag] = (*repeated.get(flag, ()), value)
        values[flag] = value
    return values, repeated


def _copy(line: Line) -> tuple[str, ...]:
    if "<<" in line.args[-1]:
        from .heredoc import announces

        if announces(line.args[-1]):
            raise DockerfileError(f"{line.instruction.upper()} cannot accept a heredoc as a destination")
    return line.args


def _argument(line: Line) -> tuple[str, ...]:
    if any(word.startswith("=") for word in line.args):
        raise DockerfileError("ARG names can not be blank")
    return line.args


def _healthcheck(line: Line) -> tuple[str, ...]:
    from .healthcheck import test_of

    return test_of(line)


def _volume(line: Line) -> tuple[str, ...]:
    volumes = tuple(word.strip() for word in line.args)
    if "" in volumes:
        raise DockerfileError("VOLUME specified can not be an empty string")
    return volumes


def _shell(line: Line) -> tuple[str, ...]:
    if not line.json:
        raise DockerfileError(f"SHELL requires the arguments to be in JSON form: {line.original}")
    return line.args


def _onbuild(line: Line) -> tuple[str, ...]:
    trigger = line.args[0].upper()
    if trigger == "ONBUILD":
        raise DockerfileError("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")
    if trigger in ("MAINTAINER", "FROM"):
        raise DockerfileError(f"{trigger} isn't allowed as an ONBUILD trigger")
    text = re.sub(r"(?i)^\s*ONBUILD\s*", "", line.original)
    return (text + "".join(f"\n{heredoc.content}{heredoc.name}" for heredoc in line.heredocs),)


_CHECKS = {
    "ADD": _copy,
    "COPY": _copy,
    "ARG": _argument,
    "HEALTHCHECK": _healthcheck,
    "EXPOSE": lambda line: tuple(sorted(line.args)),
    "VOLUME": _volume,
    "SHELL": _shell,
    "ONBUILD": _onbuild,
}

_STAGE_NAME = re.compile(r"[a-z][a-z0-9_.-]*")


def _stage(instruction: Instruction) -> Stage:
    args = instruction.args
    name = ""
    if len(args) == 3 and args[1].lower() == "as":
        name = args[2].lower()
        if not _STAGE_NAME.fullmatch(name):
            raise DockerfileError(
                f"invalid name for build stage: {quote(args[2])}, name can't start with a number or contain symbols"
            )
    elif len(args) != 1:
        raise DockerfileError("FROM requires either one or three arguments")
    return Stage(args[0], name, instruction.flags.get("platform", ""), [], instruction)

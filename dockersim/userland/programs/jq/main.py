"""The program ``jq``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from dockersim.fs import FsError
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.jq import tree as t
from dockersim.userland.programs.jq.check import check
from dockersim.userland.programs.jq.evaluator import BreakOut, Evaluator, Names, TooLong
from dockersim.userland.programs.jq.library import Halt
from dockersim.userland.programs.jq.output import Style
from dockersim.userland.programs.jq.parser import parse
from dockersim.userland.programs.jq.settings import BadUsage, Settings
from dockersim.userland.programs.jq.values import JqError, fault, shown, text_of, true

USAGE_TEXT = """Usage:\tjq [OPTIONS] FILTER [FILES...]
\tjq [OPTIONS] -n FILTER
\tjq [OPTIONS] --args FILTER [ARGUMENTS...]
\tjq [OPTIONS] --jsonargs FILTER [JSON_VALUES...]
"""
SEE = """Use jq --help for help with command-line options,
or see the jq manpage, or online docs  at https://jqlang.github.io/jq
"""
PIECE = 200
"""Results that are printed before others get their turn."""


def jq(p: Process) -> Steps:
    """``jq [options] FILTER [file...]``: what the filter makes of each JSON value."""
    try:
        settings = Settings(p)
    except BadUsage as error:
        p.err(f"jq: {error}\n{SEE}")
        return 2
    if settings.asked:
        p.out(settings.asked)
        return 0
    if settings.filter is None:
        p.err(USAGE_TEXT + SEE)
        return 2
    try:
        tree = parse(settings.filter)
        check(tree, settings.filter, settings.variables)
    except t.BadFilter as error:
        p.err(f"jq: error: {error}\njq: 1 compile error\n")
        return 3
    inputs = Inputs(p, settings)
    if not settings.null_input or _reads(tree):
        yield from inputs.read()
    return (yield from _Run(p, settings, tree, inputs).run())


def _reads(tree: t.Node) -> bool:
    return "input" in repr(tree)


class BadInput(Exception):
    """What is no JSON."""


class Inputs:
    """The values to work on: from standard input or from files, one after the other."""

    def __init__(self, p: Process, settings: Settings) -> None:
        self._p = p
        self._settings = settings
        self._text = ""
        self._at = 0
        self.missing = False
        self._values = self._start()

    def read(self) -> Steps:
        """Get all text; what cannot be opened is told."""
        if not self._settings.files:
            self._text = (yield from self._p.read_all(0)).decode(errors="replace")
        for name in self._settings.files:
            try:
                self._text += self._p.read_file(name).decode(errors="replace")
            except FsError as error:
                self.missing = True
                self._p.err(f"jq: error: Could not open {name}: {error.strerror}\n")

    @property
    def line(self) -> int:
        """Lines that have been read so far."""
        end = self._text.find("\n", max(self._at - 1, 0))
        return self._text.count("\n", 0, len(self._text) if end < 0 else end + 1)

    @property
    def place(self) -> str:
        """Where an error happened, as jq tells it."""
        if self._settings.null_input:
            return "(at <unknown>)"
        return f"(at {self._settings.files[-1] if self._settings.files else '<stdin>'}:{self.line})"

    def __iter__(self) -> Iterator[Any]:
        return self._values

    def _start(self) -> Iterator[Any]:
        values = self._raw() if self._settings.raw_input else self._parsed()
        if self._settings.slurp:
            yield "".join(f"{one}\n" for one in values) if self._settings.raw_input else list(values)
        else:
            yield from values

    def _raw(self) -> Iterator[str]:
        for line in self._text.splitlines():
            self._at = min(len(self._text), self._at + len(line) + 1)
            yield line

    def _parsed(self) -> Iterator[Any]:
        decoder = json.JSONDecoder()
        while True:
            self._at += len(self._text[self._at :]) - len(self._text[self._at :].lstrip(" \t\r\n"))
            if self._at >= len(self._text):
                return
            try:
                value, self._at = decoder.raw_decode(self._text, self._at)
            except ValueError as error:
                raise BadInput(self._fault(error)) from None
            yield value

    def _fault(self, error: ValueError) -> str:
        return fault(self._text, getattr(error, "pos", 0))


class _Run:
    """One run over all inputs."""

    def __init__(self, p: Process, settings: Settings, tree: t.Node, inputs: Inputs) -> None:
        self._p = p
        self._settings = settings
        self._tree = tree
        self._inputs = inputs
        self._style = Style(settings, p)
        self._status = 0
        self._last: Any = None
        self._any = False
        self._names = Names()
        for name, value in settings.variables.items():
            self._names.variables[name] = value

    def run(self) -> Steps:
        self._evaluator = Evaluator(self._p.env, lambda: iter(self._inputs))
        try:
            for value in (None,) if self._settings.null_input else self._inputs:
                yield from self._one(value)
        except BadInput as error:
            self._p.err(f"jq: parse error: {error}\n")
            return 2
        except Halt as halt:
            if halt.value is not None:
                self._p.err(halt.value if isinstance(halt.value, str) else shown(halt.value) + "\n")
            return halt.status
        except (TooLong, RecursionError):
            self._p.err("jq: error: the filter takes more steps than are simulated\n")
            return 5
        if self._inputs.missing:
            return 2
        if self._status == 0 and self._settings.exit_status:
            return 4 if not self._any else 0 if true(self._last) else 1
        return self._status

    def _one(self, value: Any) -> Steps:
        try:
            for count, result in enumerate(self._evaluator.values(self._tree, self._names, value), 1):
                self._say()
                self._any, self._last = True, result
                self._p.out(self._style.text(result))
                if count % PIECE == 0:
                    yield from self._p.flush()
        except JqError as error:
            self._say()
            yield from self._p.flush()
            self._status = 5
            self._p.err(f"jq: error {self._inputs.place}{_message(error.value)}\n")
        except BreakOut:
            self._status = 5
            self._p.err(f"jq: error {self._inputs.place}: break\n")
        self._say()

    def _say(self) -> None:
        for message in self._evaluator.messages:
            self._p.err(message)
        self._evaluator.messages.clear()


def _message(value: Any) -> str:
    if isinstance(value, str):
        return f": {value}"
    if isinstance(value, (dict, list)):
        return f" (not a string): {shown(value)}"
    return f" (not a string): {text_of(value)}"

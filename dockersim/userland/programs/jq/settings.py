"""jq's options."""

from __future__ import annotations

import json
from typing import Any

from dockersim.fs import FsError
from dockersim.userland.process import Process

VERSION = "jq-1.7.1"
LONG = {
    "raw-output": "r", "compact-output": "c", "null-input": "n", "slurp": "s", "raw-input": "R", "exit-status": "e",
    "join-output": "j", "ascii-output": "a", "sort-keys": "S", "color-output": "C", "monochrome-output": "M",
    "unbuffered": "u", "tab": "t", "raw-output0": "0", "version": "V", "help": "h", "seq": "q",
}  # fmt: skip
TAKING = {"indent": 1, "arg": 2, "argjson": 2, "slurpfile": 2, "rawfile": 2, "from-file": 1}
HELP = """Usage:\tjq [OPTIONS] FILTER [FILES...]

jq is a tool for processing JSON inputs, applying the given filter to
its JSON text inputs and producing the filter's results as JSON on
standard output.
"""
_EXAMPLES = {
    "indent": "one parameter (e.g. --indent 2)",
    "from-file": "a parameter (e.g. --from-file file)",
    "arg": "two parameters (e.g. --arg varname value)",
    "argjson": "two parameters (e.g. --argjson varname text)",
    "slurpfile": "two parameters (e.g. --slurpfile varname filename)",
    "rawfile": "two parameters (e.g. --rawfile varname filename)",
}


class BadUsage(Exception):
    """Options that make no sense."""


class Settings:
    """What the command line asks for."""

    def __init__(self, p: Process) -> None:
        self._p = p
        self.flags: set[str] = set()
        self.indent: int | str | None = 2
        self.variables: dict[str, Any] = {}
        self.filter: str | None = None
        self.files: list[str] = []
        self._positional: list[Any] = []
        self._rest = ""
        self.asked = ""
        self._read(p.argv[1:])
        self.variables["ARGS"] = {
            "positional": self._positional,
            "named": {name: value for name, value in self.variables.items() if name != "ARGS"},
        }

    def _read(self, words: list[str]) -> None:
        options = True
        at = 0
        while at < len(words):
            word = words[at]
            at += 1
            if not options or not word.startswith("-") or not (word[1:2].isalpha() or word.startswith("--")):
                self._operand(word)
            elif word == "--":
                options = False
            elif word in ("--args", "--jsonargs"):
                self._rest = word
            elif word.startswith("--"):
                count = self._long(word[2:], words[at:])
                at += count
            else:
                self._short(word[1:])
        if self.filter is not None and "f" in self.flags:
            self._from_file()
        if self.indent == 0 or "c" in self.flags:
            self.indent = None
        if "t" in self.flags and "c" not in self.flags:
            self.indent = "\t"
        if "V" in self.flags:
            self.asked = VERSION + "\n"
        if "h" in self.flags:
            self.asked = HELP

    def _operand(self, word: str) -> None:
        if self.filter is None:
            self.filter = word
        elif self._rest == "--args":
            self._positional.append(word)
        elif self._rest == "--jsonargs":
            self._positional.append(self._json(word, "--jsonargs"))
        else:
            self.files.append(word)

    def _short(self, letters: str) -> None:
        for letter in letters:
            if letter not in "rcnsRejaSCMfhV":
                raise BadUsage(f"Unknown option: -{letters}")
        self.flags |= set(letters)

    def _long(self, name: str, words: list[str]) -> int:
        if name in LONG:
            self.flags.add(LONG[name])
            return 0
        if name not in TAKING:
            raise BadUsage(f"Unknown option: --{name}")
        count = TAKING[name]
        if len(words) < count:
            raise BadUsage(f"--{name} takes {_EXAMPLES[name]}")
        if name == "indent":
            self._indent(words[0])
        elif name == "from-file":
            self.flags.add("f")
            self._operand(words[0])
        else:
            self.variables[words[0]] = self._value(name, words[0], words[1])
        return count

    def _indent(self, text: str) -> None:
        number = int(text) if text.lstrip("-").isdigit() else 0
        if number < 0:
            raise BadUsage("Cannot indent less than zero")
        if number > 7:
            raise BadUsage("Cannot indent more than 7 characters")
        self.indent = number

    def _value(self, option: str, name: str, text: str) -> Any:
        if option == "arg":
            return text
        if option == "argjson":
            return self._json(text, option)
        try:
            content = self._p.read_file(text).decode(errors="replace")
        except FsError as error:
            raise BadUsage(f"Bad JSON in --{option} {name} {text}: Could not open {text}: {error.strerror}") from None
        if option == "rawfile":
            return content
        values, at, decoder = [], 0, json.JSONDecoder()
        while content[at:].strip():
            at += len(content[at:]) - len(content[at:].lstrip())
            value, at = decoder.raw_decode(content, at)
            values.append(value)
        return values

    def _json(self, text: str, option: str) -> Any:
        try:
            return json.loads(text)
        except ValueError:
            if option == "argjson":
                raise BadUsage("Invalid JSON text passed to --argjson") from None
            raise BadUsage("Invalid JSON text passed to --jsonargs") from None

    def _from_file(self) -> None:
        """With ``-f`` the first operand is the filter's file."""
        name = str(self.filter)
        try:
            self.filter = self._p.read_file(name).decode(errors="replace")
        except FsError as error:
            raise BadUsage(f"Could not open {name}: {error.strerror}") from None

    @property
    def null_input(self) -> bool:
        return "n" in self.flags

    @property
    def slurp(self) -> bool:
        return "s" in self.flags

    @property
    def raw_input(self) -> bool:
        return "R" in self.flags

    @property
    def exit_status(self) -> bool:
        return "e" in self.flags

"""node: console.log, and the Express and ``http`` servers of tutorials, recognised from their source."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Generator, Iterator
from itertools import pairwise
from typing import Any

from dockersim.fs import FsError
from dockersim.userland.process import Process
from dockersim.userland.programs.languages.web import Plan, run

VERSION = "24.11.1"
TAKEN = (
    "node:events:486\n      throw er; // Unhandled 'error' event\n      ^\n\n"
    "Error: listen EADDRINUSE: address already in use :::{port}\n"
)
CORE = frozenset("http https os fs path url util events crypto net child_process process".split())
MISSING = '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n<body>\n' \
          "<pre>Cannot GET %s</pre>\n</body>\n</html>\n"  # fmt: skip
STRING = r"""(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)"""


class Unsimulated(Exception):
    """A line that is beyond what is recognised."""


def node(p: Process) -> Generator[Any, Any, int]:
    """``node [-v] [-e program] [-p expression] [script]``."""
    words = p.argv[1:]
    while words and words[0].startswith("--") and words[0] != "--version":
        words.pop(0)
    if not words:
        return p.fail("the interactive prompt is not simulated; use node -e or a file")
    if words[0] in ("-v", "--version"):
        p.out(f"v{p.env.get('NODE_VERSION', VERSION)}\n")
        return 0
    if words[0] in ("-e", "--eval", "-p", "--print") and len(words) > 1:
        text = words[1] if words[0] in ("-e", "--eval") else f"console.log({words[1]})"
        return (yield from _execute(p, text, "[eval]"))
    name = words[0]
    path = posixpath.normpath(posixpath.join(p.cwd, name))
    if not p.vfs.exists(path) and p.vfs.exists(path + ".js"):
        path += ".js"
    try:
        text = p.read_file(path).decode(errors="replace")
    except FsError:
        p.err(
            f"node:internal/modules/cjs/loader:1423\n  throw err;\n  ^\n\nError: Cannot find module '{path}'\n"
            "    at Module._load (node:internal/modules/cjs/loader:1064:5) {\n  code: 'MODULE_NOT_FOUND',\n"
            f"  requireStack: []\n}}\n\nNode.js v{p.env.get('NODE_VERSION', VERSION)}\n"
        )
        return 1
    return (yield from _execute(p, text, path))


def _execute(p: Process, text: str, name: str) -> Generator[Any, Any, int]:
    for module in re.findall(r"(?:require\(|from\s+|import\s+)['\"]([^'\"./][^'\"]*)['\"]", text):
        if module.removeprefix("node:").split("/")[0] not in CORE and not _installed(p, module):
            p.err(f"node:internal/modules/cjs/loader:1423\n  throw err;\n  ^\n\nError: Cannot find module '{module}'\n"
                  f"Require stack:\n- {name}\n")  # fmt: skip
            return 1
    try:
        plan = Script(p, text).plan()
    except Unsimulated as unsimulated:
        p.err(f"node: {name}:{_line(text, str(unsimulated))}: this line is not simulated: {unsimulated}\n")
        return 1
    return (yield from run(p, plan, TAKEN))


def _line(text: str, piece: str) -> int:
    at = text.find(piece)
    return text.count("\n", 0, max(at, 0)) + 1


def _installed(p: Process, module: str) -> bool:
    name = "/".join(module.split("/")[: 2 if module.startswith("@") else 1])
    folder = p.cwd
    while True:
        if p.vfs.exists(f"{folder.rstrip('/')}/node_modules/{name}"):
            return True
        if folder == "/":
            return bool(p.vfs.exists(f"/usr/local/lib/node_modules/{name}"))
        folder = posixpath.dirname(folder)


class Script:
    """A source of the kind that is recognised: constants, console.log, routes with fixed answers, listen."""

    def __init__(self, p: Process, text: str) -> None:
        self.p = p
        self.text = re.sub(r"^\s*//.*$|/\*.*?\*/", "", text, flags=re.M | re.S)
        self.values: dict[str, str] = {}

    def plan(self) -> Plan:
        """What it comes down to. Raises :class:`Unsimulated`."""
        for name, value in re.findall(r"(?:const|let|var)\s+(\w+)\s*=\s*([^;\n]+)", self.text):
            try:
                self.values[name] = self.value(value)
            except Unsimulated:
                continue
        listens = re.search(r"\.listen\(\s*([^,)]+)", self.text)
        if listens is None:
            return Plan(self._prints(self.text))
        port = self.value(listens[1])
        if not port.isdigit():
            raise Unsimulated(listens[0])
        express = re.search(r"express\(\)", self.text) is not None
        routes = self._express() if express else self._plain()
        ready = self._prints(self.text[listens.start() :])
        return Plan("", int(port), routes, ready, MISSING, "express" if express else "node")

    def value(self, text: str) -> str:
        """A string or number: a literal, a known name, ``process.env``, ``a || b``, ``a + b``, simple arithmetic."""
        text = text.strip().rstrip(";").strip()
        if "||" in text or "??" in text:
            left, right = re.split(r"\|\||\?\?", text, maxsplit=1)
            return self.value(left) or self.value(right)
        literal = re.fullmatch(STRING, text)
        if literal:
            return self._literal(literal)
        if re.fullmatch(r"-?\d+(?:\.\d+)?", text):
            return text
        if text in self.values:
            return self.values[text]
        env = re.fullmatch(r"process\.env(?:\.(\w+)|\[['\"](\w+)['\"]\])", text)
        if env:
            return self.p.env.get(env[1] or env[2], "")
        known = {
            "os.hostname()": self.p.computer.hostname,
            "process.version": f"v{self.p.env.get('NODE_VERSION', VERSION)}",
            "process.pid": str(self.p.pid),
            "process.cwd()": self.p.cwd,
            "require('os').hostname()": self.p.computer.hostname,
        }
        if text in known:
            return known[text]
        sum_ = re.fullmatch(rf"({STRING}|[\w.]+(?:\(\))?)\s*([+*-])\s*(.+)", text, re.S)
        if sum_:
            return self._operate(self.value(sum_[1]), sum_[5], self.value(sum_[6]), quoted=text)
        raise Unsimulated(text)

    def _operate(self, left: str, mark: str, right: str, quoted: str) -> str:
        numbers = re.fullmatch(r"-?\d+", left) and re.fullmatch(r"-?\d+", right) and "'" not in quoted
        if numbers and '"' not in quoted and len(left) + len(right) < 16:
            first, second = int(left), int(right)
            return str({"+": first + second, "-": first - second, "*": first * second}[mark])
        if mark != "+":
            raise Unsimulated(quoted)
        return left + right

    def _literal(self, found: re.Match[str]) -> str:
        text = found[1] if found[1] is not None else found[2]
        if text is None:
            text = re.sub(r"\$\{([^}]*)\}", lambda inner: self.value(inner[1]), found[3])
        return re.sub(r"\\(.)", lambda one: {"n": "\n", "t": "\t"}.get(one[1], one[1]), text)

    def _prints(self, text: str) -> str:
        out = ""
        for found in re.finditer(r"console\.(?:log|info)\(", text):
            inside = _inside(text, found.end())
            if inside.strip():
                out += " ".join(self.value(part) for part in _arguments(inside))
            out += "\n"
        if (
            not out
            and text is self.text
            and re.sub(r"(?:const|let|var)[^;\n]*[;\n]?|['\"]use strict['\"];?", "", text).strip()
        ):
            raise Unsimulated(text.strip().splitlines()[0])
        return out

    def _express(self) -> dict[str, list[str]]:
        routes = {}
        for found in re.finditer(rf"\w+\.(?:get|all|use)\(\s*{STRING}\s*,", self.text):
            path = self._literal(found)  # the groups of STRING come first
            body = _inside(self.text, self.text.index("(", found.start()) + 1)
            routes[path] = self._sent(body)
        if not routes:
            raise Unsimulated(".listen(")
        return routes

    def _sent(self, body: str) -> list[str]:
        sent = re.search(r"\.(send|json|end)\(", body)
        if sent is None:
            raise Unsimulated(body.strip().splitlines()[0] if body.strip() else "an empty route")
        inside = _inside(body, sent.end()).strip()
        if sent[1] == "json" or inside.startswith("{"):
            return ["application/json; charset=utf-8", self._object(inside)]
        return ["text/html; charset=utf-8", self.value(inside)]

    def _object(self, text: str) -> str:
        parts = []
        for found in re.finditer(rf"['\"]?(\w+)['\"]?\s*:\s*({STRING}|[\w.()]+)", text):
            key, value = found[1], found[2]
            shown = value if re.fullmatch(r"\d+|true|false|null", value) else f'"{self.value(value)}"'
            parts.append(f'"{key}":{shown}')
        return "{" + ",".join(parts) + "}"

    def _plain(self) -> dict[str, list[str]]:
        kind = re.search(r"['\"]Content-Type['\"]\s*[,:]\s*['\"]([^'\"]+)", self.text)
        pieces = [self.value(_inside(self.text, found.end()))
                  for found in re.finditer(r"\bres(?:ponse)?\.(?:write|end)\(", self.text)
                  if _inside(self.text, found.end()).strip()]  # fmt: skip
        return {"/*": [kind[1] if kind else "", "".join(pieces)]}


def _bare(text: str, at: int = 0) -> Iterator[tuple[int, str, int]]:
    """What stands in no string from ``at`` on: offsets, characters, and how many brackets are open behind each."""
    depth, quote = 0, ""
    while at < len(text):
        character = text[at]
        if quote:
            at += character == "\\"
            quote = "" if character == quote else quote
        elif character in "'\"`":
            quote = character
        else:
            depth += (character in "([{") - (character in ")]}")
            yield at, character, depth
        at += 1


def _inside(text: str, begin: int) -> str:
    """What stands between a bracket before ``begin`` and its partner."""
    end = next((at for at, _, depth in _bare(text, begin) if depth < 0), len(text))
    return text[begin:end]


def _arguments(text: str) -> list[str]:
    """Split at the commas that are in no bracket and no string."""
    commas = [at for at, character, depth in _bare(text) if character == "," and not depth]
    return [text[begin + 1 : end] for begin, end in pairwise([-1, *commas, len(text)])]


def nodemon(p: Process) -> Generator[Any, Any, int]:
    """``nodemon script``: node, with its own first lines."""
    words = [word for word in p.argv[1:] if not word.startswith("-")]
    name = words[0] if words else "index.js"
    p.out("[nodemon] 3.1.11\n[nodemon] to restart at any time, enter `rs`\n[nodemon] watching path(s): *.*\n"
          f"[nodemon] watching extensions: js,mjs,cjs,json\n[nodemon] starting `node {name}`\n")  # fmt: skip
    p.argv = ["node", name]
    return (yield from node(p))

"""Every command and flag of the ``docker`` command line, version 28.2: one table for parsing, help and support.

The table is text, one module per group of commands, and a command is read when it is first asked for. A block::

    ps, container ls                                  every path that runs it; the last word decides the usage line
    aliases: container ls, container list, docker ps  what the help page lists; may hold further spellings
    usage: [OPTIONS] ...                              what follows the path in the usage line
    also: docker cp ...                               a second usage line, whole
    about: One line                                   our words, not Docker's
    long: A line of the page                          in place of `about`, where the page says more
    args: 0 | 2 | 1+ | 1-2 | any | =1                 how many arguments (`=` for the words of cobra itself)
    group                                             holds commands, runs nothing
    options-first                                     flags end at the first argument
    experimental, hidden: WHY, more: TEXT             notices and visibility
    flags: create, and                                all flags of that command, and those below
    support: simulated | refused SENTENCE             without the line: refused, not simulated yet
      -a, --attach list:attach=[] {MARK; MARK} Words  TYPE[:CHECK][=DEFAULT SHOWN]

Marks of a flag: ``hidden``, ``deprecated TEXT``, ``for OTHER`` (sets that flag; hidden), ``accepted WHY`` (parsed,
without effect), ``refused SENTENCE``, ``env NAME`` (the variable that has the default; with ``!`` its opposite), and
``os windows``, ``experimental``, ``swarm``: shown only where the daemon has it.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import NamedTuple

# The first word of a path to the module whose text has it.
_MODULES = {
    word: module
    for module, words in {
        "container": "container checkpoint attach commit cp create diff exec export kill logs pause port ps rename"
        " restart rm run start stats stop top unpause update wait",
        "image": "image history images import load pull push rmi save tag",
        "network": "network",
        "volume": "volume",
        "system": "system events info inspect login logout search version",
        "context": "context",
        "builder": "build builder",
        "buildx": "buildx",
        "compose": "compose",
        "manifest": "manifest",
        "plugin": "plugin",
        "trust": "trust",
        "swarm": "swarm node service stack secret config",
    }.items()
    for word in words.split()
}
# Paths whose block is not in the module of their group.
_ELSEWHERE = {"image build": "builder", "system events": "system", "system info": "system"}
PLUGINS = ("buildx", "compose")
COMMON = (
    "run",
    "exec",
    "ps",
    "build",
    "bake",
    "pull",
    "push",
    "images",
    "login",
    "logout",
    "search",
    "version",
    "info",
)
SWARM = ("config", "node", "secret", "service", "stack", "swarm")


class Flag(NamedTuple):
    """One flag: its spelling, the type that the help page names, and what a value is checked against."""

    name: str
    short: str = ""
    type: str = "bool"
    check: str = ""
    default: str = ""
    about: str = ""
    hidden: bool = False
    deprecated: str = ""
    target: str = ""
    needs: str = ""
    support: str = "simulated"
    env: str = ""

    @property
    def key(self) -> str:
        """The flag that a value is stored under (``--net`` stores ``network``)."""
        return self.target or self.name


class Command(NamedTuple):
    """One command as spelled at ``path`` (``"container ls"``); the root has the empty path.

    ``canonical`` is the first of its spellings (``"ps"``).
    """

    path: str
    usage: tuple[str, ...] = ()
    about: str = ""
    long: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    args: str = ""
    flags: tuple[Flag, ...] = ()
    group: bool = False
    options_first: bool = False
    experimental: bool = False
    hidden: str = ""
    more: str = ""
    support: str = ""
    canonical: str = ""

    @property
    def name(self) -> str:
        return self.path.rpartition(" ")[2]

    @property
    def full(self) -> str:
        """``docker container ls``: what cobra calls the command path."""
        return f"docker {self.path}" if self.path else "docker"

    @property
    def use(self) -> str:
        """cobra's use line, ``docker ps [OPTIONS]``; of two lines where the command has two forms."""
        first, *more = self.usage or ("",)
        return "\n\t".join((f"{self.full} {first}".rstrip(), *more))

    def flag(self, name: str) -> Flag | None:
        return next((f for f in self.flags if f.name == name), None)


def _flag(line: str) -> Flag:
    """One line; read by hand, for the longest command has a hundred of them and start-up waits."""
    short = line[3] if line[2] == "-" else ""
    name, _, rest = line[8:].partition(" ")
    typed, _, about = rest.lstrip().partition(" ")
    about = about.lstrip()
    marks = ""
    if about.startswith("{"):
        marks, _, about = about[1:].partition("}")
        about = about.lstrip()
    typed, _, default = typed.partition("=")
    kind, _, check = typed.partition(":")
    found = Flag(name, short, kind, check, default, about.replace("\\n", "\n"))
    return _marked(found, marks) if marks else found


def _marked(found: Flag, marks: str) -> Flag:
    extra: dict[str, str] = {}
    for mark in marks.split("; "):
        word, _, text = mark.partition(" ")
        extra[word] = text or word
    return found._replace(
        hidden="hidden" in extra or "for" in extra or "deprecated" in extra,
        deprecated=extra.get("deprecated", ""),
        target=extra.get("for", ""),
        needs=next((f"{w} {extra[w]}" if w == "os" else w for w in ("os", "experimental", "swarm") if w in extra), ""),
        env=extra.get("env", ""),
        support=next((f"{w} {extra[w]}" for w in ("accepted", "refused") if w in extra), "simulated"),
    )


def _command(path: str, block: str) -> Command:
    keys: dict[str, list[str]] = {}
    flags: list[Flag] = []
    for line in block.split("\n")[1:]:
        if line.startswith("  "):
            flags.append(_flag(line))
        else:
            word, _, text = line.partition(": ")
            keys.setdefault(word.rstrip(":"), []).append(text)
    if "flags" in keys:
        base = command(keys["flags"][0].partition(",")[0])
        own = {f.name for f in flags}
        flags += [f for f in base.flags if f.name not in own] if base else []
        flags.sort(key=lambda f: f.name)
    return Command(
        path=path,
        usage=(*keys.get("usage", ()), *keys.get("also", ())),
        about=keys["about"][0],
        long=tuple(keys.get("long", ())),
        aliases=tuple(keys["aliases"][0].split(", ")) if "aliases" in keys else (),
        args=keys.get("args", [""])[0],
        flags=tuple(flags),
        group="group" in keys,
        options_first="options-first" in keys,
        experimental="experimental" in keys,
        hidden=keys.get("hidden", [""])[0],
        more=keys.get("more", [""])[0],
        support=keys.get("support", [""])[0],
        canonical=block.partition("\n")[0].partition(", ")[0],
    )


@cache
def _blocks(module: str) -> dict[str, tuple[str, str]]:
    """Every spelling in a module's text, to the path that it stands for and its block."""
    text: str = import_module(f"dockersim.client.grammar.{module}").TEXT
    found: dict[str, tuple[str, str]] = {}
    for block in text.strip("\n").split("\n\n"):
        head, _, rest = block.partition("\n")
        paths = head.split(", ")
        for path in paths:
            found[path] = (path, block)
        if rest.startswith("aliases: "):
            for alias in rest.partition("\n")[0].removeprefix("aliases: ").split(", "):
                parent = alias.rpartition(" ")[0]
                home = next((p for p in paths if p.rpartition(" ")[0] == parent), None)
                if home is not None:
                    found.setdefault(alias, (home, block))
    return found


def _module_of(path: str) -> str | None:
    return _ELSEWHERE.get(path) or _MODULES.get(path.partition(" ")[0])


@cache
def command(path: str) -> Command | None:
    """The command at ``path``, in any of its spellings, or ``None``. ``""`` is ``docker`` itself."""
    if not path:
        return _root()
    module = _module_of(path)
    entry = _blocks(module).get(path) if module else None
    return _command(*entry) if entry else None


def _root() -> Command:
    from dockersim.client.grammar.root import TEXT

    return _command("", TEXT.strip("\n"))


def children(path: str) -> list[Command]:
    """The commands right below ``path``, by name, each spelled as the help page lists it; hidden ones too."""
    modules = dict.fromkeys(_MODULES.values()) if not path else dict.fromkeys((_module_of(path), *_ELSEWHERE.values()))
    depth = path.count(" ") + 2 if path else 1
    names = {
        home
        for module in modules
        if module
        for home, _ in _blocks(module).values()
        if home.count(" ") + 1 == depth and (not path or home.startswith(path + " "))
    }
    return [found for name in sorted(names) if (found := command(name))]


def forwarded(path: str, plugins: tuple[str, ...] = PLUGINS) -> str:
    """Where the client sends ``path``: builds go to the buildx plugin where it is installed."""
    if "buildx" not in plugins:
        return path
    if path in ("build", "image build"):
        return "buildx build"
    head, space, rest = path.partition(" ")
    return f"buildx{space}{rest}" if head == "builder" else "buildx bake" if path == "bake" else path


def every() -> list[Command]:
    """All commands, groups first seen before what they hold: the source of the table of what is simulated."""
    found: list[Command] = []
    todo = children("")[::-1]
    while todo:
        here = todo.pop()
        found.append(here)
        if here.group:
            todo += children(here.path)[::-1]
    return found

"""What a shell remembers: variables with their attributes and scopes, positional parameters, options, traps, jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from dockersim.userland.process import Process


class Assoc(dict[str, str]):
    """An associative array (``declare -A``)."""


Value: TypeAlias = "str | dict[int, str] | Assoc"


class ShellError(Exception):
    """An error that ends a script, or an interactive shell's line. ``message`` lacks the shell's name and line.

    In bash one that is not ``fatal`` gives up only the command line that it is in.
    """

    def __init__(self, message: str, status: int = 2, builtin: str = "", fatal: bool = False) -> None:
        super().__init__(message)
        self.fatal = fatal
        self.message = message
        self.status = status
        self.builtin = builtin


class Flow(Exception):
    """``break``, ``continue``, ``return`` or ``exit`` on its way; ``count`` is the number of loops or the status."""

    def __init__(self, kind: str, count: int) -> None:
        super().__init__(kind, count)
        self.kind = kind
        self.count = count


class LineBroken(Exception):
    """Ctrl-C at an interactive shell: the line is given up."""


OPTIONS = {
    "e": "errexit",
    "u": "nounset",
    "x": "xtrace",
    "f": "noglob",
    "n": "noexec",
    "v": "verbose",
    "a": "allexport",
    "C": "noclobber",
    "m": "monitor",
    "b": "notify",
    "h": "hashall",
    "i": "interactive",
    "I": "ignoreeof",
    "B": "braceexpand",
    "H": "histexpand",
    "E": "errtrace",
    "P": "physical",
    "T": "functrace",
    "k": "keyword",
    "p": "privileged",
    "t": "onecmd",
    "c": "",
    "s": "",
    "-": "pipefail",
}


class State:
    """Variables and all other memory of one shell. A subshell gets a copy."""

    def __init__(self, process: Process, flavour: str, arg0: str, params: list[str]) -> None:
        self.p = process
        self.flavour = flavour
        self.bash = flavour == "bash"
        self.arg0 = arg0
        self.params = params
        self.vars: dict[str, Any] = {}
        self.exported: set[str] = set()
        self.readonly: set[str] = set()
        self.integer: set[str] = set()
        self.casing: dict[str, str] = {}
        self.references: dict[str, str] = {}
        self.scopes: list[dict[str, tuple[Any, bool]]] = []
        self.options: set[str] = {"B", "h"} if self.bash else set()
        self.shopts: set[str] = set()
        self.functions: dict[str, Any] = {}
        self.aliases: dict[str, str] = {}
        self.hashed: dict[str, str] = {}
        self.traps: dict[str, str] = {}
        self.status = 0
        self.statuses: list[int] = [0]
        self.line = 1
        self.main_pid = process.pid
        self.last_async = 0
        self.started = process.sim.now
        self.getopts_at = (1, 0)
        self.directories: list[str] = []
        self.history: list[str] = []
        self.interactive = False
        self.farewell = ""
        self.breakable = False
        self.call_names: list[str] = []

    # ---- reading

    def get(self, name: str) -> str | None:
        """The value of a variable or a parameter; ``None`` where it is unset."""
        value = self.vars.get(name)
        if type(value) is str:
            return value
        if value is not None:
            key: Any = "0" if type(value) is Assoc else 0
            item: str | None = value.get(key)
            return item
        return self._special(name)

    def _special(self, name: str) -> str | None:
        if name.isdigit():
            number = int(name) if len(name) < 10 else 1 << 30
            if number == 0:
                return self.arg0
            return self.params[number - 1] if number <= len(self.params) else None
        if name in self.references:
            return self.get(self.references[name])
        special = _SPECIAL.get(name)
        if special is not None:
            return special(self)
        return _bash_special(self, name) if self.bash else None

    def array(self, name: str) -> list[str] | None:
        """All elements of an array in order of their indices; a plain variable is an array of one."""
        value = self.vars.get(name)
        if value is None:
            if name == "PIPESTATUS":
                return [str(status) for status in self.statuses]
            if name == "FUNCNAME" and self.call_names:
                return self.call_names[::-1]
            if name == "DIRSTACK":
                return [self.p.cwd, *self.directories]
            if name in self.references:
                return self.array(self.references[name])
            single = self.get(name)
            return None if single is None else [single]
        if type(value) is str:
            return [value]
        return list(value.values()) if type(value) is Assoc else [value[key] for key in sorted(value)]

    def keys(self, name: str) -> list[str]:
        """The indices of an array."""
        value = self.vars.get(name)
        if type(value) is Assoc:
            return list(value)
        if isinstance(value, dict):
            return [str(key) for key in sorted(value)]
        return [str(index) for index in range(len(self.array(name) or []))]

    def ifs(self) -> str:
        value = self.vars.get("IFS")
        return value if type(value) is str else " \t\n"

    def environment(self) -> dict[str, str]:
        """What a program that is started here finds in its environment."""
        values = self.vars
        return {name: value for name in self.exported if type(value := values.get(name)) is str}

    # ---- writing

    def check_writable(self, name: str) -> None:
        if name in self.readonly:
            raise ShellError(f"{name}: {'readonly variable' if self.bash else 'is read only'}", 1 if self.bash else 2)

    def set(self, name: str, value: str) -> None:
        """Assign a plain variable. Raises :class:`ShellError` for a read-only one."""
        if name in self.readonly:
            self.check_writable(name)
        if self.references and name in self.references:
            name = self.references[name]
        if name in self.casing:
            value = value.upper() if self.casing[name] == "u" else value.lower()
        before = self.vars.get(name)
        if isinstance(before, dict):
            before["0" if type(before) is Assoc else 0] = value
        else:
            self.vars[name] = value
        if name in _WATCHED:
            self._watch(name, value)
        if "a" in self.options:
            self.exported.add(name)

    def _watch(self, name: str, value: str) -> None:
        if name == "PATH":
            self.hashed.clear()
        elif name == "OPTIND":
            self.getopts_at = (int(value) if value.isdigit() else 1, 0)
        elif name == "RANDOM":
            del self.vars[name]
        elif name == "SECONDS":
            del self.vars[name]
            self.started = self.p.sim.now - (int(value) if value.isdigit() else 0)

    def element(self, name: str) -> Any:
        """The array of that name for writing, made from what there was."""
        self.check_writable(name)
        name = self.references.get(name, name)
        value = self.vars.get(name)
        if not isinstance(value, dict):
            value = self.vars[name] = {} if value is None else {0: value}
        return value

    def unset(self, name: str) -> None:
        self.check_writable(name)
        self.vars.pop(name, None)
        self.exported.discard(name)
        self.integer.discard(name)
        self.casing.pop(name, None)
        self.references.pop(name, None)
        if name == "OPTIND":
            self.getopts_at = (1, 0)

    def make_local(self, name: str) -> None:
        """From here to the end of the function, ``name`` is another variable."""
        scope = self.scopes[-1]
        if name not in scope:
            scope[name] = (self.vars.get(name), name in self.exported)
            if isinstance(scope[name][0], dict):
                del self.vars[name]

    def leave_scope(self) -> None:
        for name, (value, exported) in self.scopes.pop().items():
            if value is None:
                self.vars.pop(name, None)
            else:
                self.vars[name] = value
            if exported:
                self.exported.add(name)
            else:
                self.exported.discard(name)
            self.integer.discard(name)
            self.references.pop(name, None)
            if name == "PATH":
                self.hashed.clear()

    def flags(self) -> str:
        """``$-``"""
        order = {"bash": "efhimuvxBCEHTc", "ash": "ubaCvxcsnmiIfe", "dash": "efIimnsxvVCabu"}[self.flavour]
        shown = [letter for letter in order if letter in self.options]
        return "".join(shown)


_WATCHED = frozenset(("PATH", "OPTIND", "RANDOM", "SECONDS"))
_SPECIAL: dict[str, Callable[[State], str | None]] = {
    "?": lambda shell: str(shell.status),
    "#": lambda shell: str(len(shell.params)),
    "$": lambda shell: str(shell.main_pid),
    "!": lambda shell: str(shell.last_async) if shell.last_async else None,
    "-": lambda shell: shell.flags(),
    "LINENO": lambda shell: None if shell.flavour == "dash" else str(shell.line),
    "FUNCNAME": lambda shell: shell.call_names[-1] if shell.call_names and shell.flavour != "dash" else None,
    "OPTIND": lambda shell: str(shell.getopts_at[0]),
}


def _bash_special(shell: State, name: str) -> str | None:
    if name == "RANDOM":
        return str(int(shell.p.sim.rng.random() * 32768))
    if name == "SECONDS":
        return str(int(shell.p.sim.now - shell.started))
    if name in ("UID", "EUID"):
        return str(shell.p.cred.uid)
    if name == "BASHPID":
        return str(shell.p.pid)
    if name == "EPOCHSECONDS":
        return str(int(shell.p.sim.time()))
    if name == "PIPESTATUS":
        return str(shell.statuses[0])
    if name == "BASH_SUBSHELL":
        return "0" if shell.p.pid == shell.main_pid else "1"
    return None

"""The shell itself: texts run line by line in one process, and what happens between commands: errors, signals, traps.

How each kind of command is carried out stands in ``commands``. Output of builtins gathers in the process and is
written before anything else can see that it is missing.
"""

from __future__ import annotations

import copy
from collections.abc import Generator, Sequence
from contextlib import suppress
from typing import Any

from dockersim.fs import FsError
from dockersim.userland import signals
from dockersim.userland.process import Process
from dockersim.userland.process.waiting import Handler
from dockersim.userland.shell.commands import EXECUTE
from dockersim.userland.shell.commands.pipelines import list_
from dockersim.userland.shell.commands.subshells import stream, substitute
from dockersim.userland.shell.environment import take_environment
from dockersim.userland.shell.expand import Expander
from dockersim.userland.shell.jobs import Jobs
from dockersim.userland.shell.state import Flow, LineBroken, ShellError
from dockersim.userland.shell.syntax import ast
from dockersim.userland.shell.syntax.parser import Parser
from dockersim.userland.shell.syntax.problems import Incomplete, SyntaxProblem
from dockersim.userland.shell.syntax.program import Program, program

Run = Generator[Any, Any, int]

COMMAND_COST = 4e-6
"""CPU seconds of one builtin command."""


class Shell(Expander):
    """One shell: its memory and the process that it is.

    ``flavour`` is ``bash``, ``ash`` (busybox) or ``dash``. :meth:`run` carries out a text; variables, functions,
    directory and jobs stay from one to the next.
    """

    def __init__(
        self, process: Process, flavour: str = "bash", arg0: str | None = None, params: Sequence[str] = ()
    ) -> None:
        super().__init__(process, flavour, flavour if arg0 is None else arg0, list(params))
        self.jobs = Jobs(self)
        self.loops = 0
        self.quiet = 0
        self.sourced = 0
        self.named = False
        self.inside = ""
        self.nesting = 1
        self.command_string = False
        self.tail: ast.Command | None = None
        self.pending: list[int] = []
        self.trapping = self.entering = False
        self.own_handlers: dict[int, Handler] = {}
        """What signals without a trap do to this shell, other than to any program."""
        self.substituted = False
        self.streams: list[int] = []
        take_environment(self)

    # ---- messages

    def complain(self, message: str, builtin: str = "", status: int = 1) -> int:
        """An error message in the form of the flavour; returns ``status``."""
        self.p.err(f"{self.prefix(builtin)}{message}\n")
        return status

    def prefix(self, builtin: str = "") -> str:
        name = f"{builtin or self.inside}: " if builtin or self.inside else ""
        if self.flavour == "dash":
            return f"{self.arg0}: {self.line}: {name}"
        if self.flavour == "bash":
            line = "" if self.interactive else f"line {self.line}: "
            return f"{self.arg0}: {line}{f'{builtin}: ' if builtin else ''}"
        if self.interactive or not (name or self.named):
            return f"{self.arg0}: {name}"
        return f"{self.arg0}: {name}line {self.line}: "

    def syntax_error(self, problem: SyntaxProblem, where: str = "") -> int:
        """Report ``problem``; ``where`` is the builtin whose text it is in (``eval``)."""
        words = problem.words(self.flavour)
        self.line = problem.line
        if not self.bash:
            self.complain(words, where)
            return 2
        at = where or ("-c" if self.command_string else "")
        head = f"{self.arg0}: {at + ': ' if at else ''}"
        if not self.interactive or where:
            line = problem.line + (1 if problem.token == "end of file" and problem.kind == "token" else 0)
            head += f"line {line}: "
        self.p.err(f"{head}{words}\n")
        if not isinstance(problem, Incomplete) and problem.kind == "token" and not self.interactive:
            self.p.err(f"{head}`{problem.text}'\n")
        return 2

    def flush(self) -> Generator[Any, Any, None]:
        """Write the builtins' output; a descriptor that cannot be written is a message."""
        try:
            if not self.p.flush_now():
                yield from self.p.flush()
        except FsError as error:
            self.status = self.write_failed("echo", error)

    def write_failed(self, builtin: str, error: FsError) -> int:
        """Say that a builtin's output cannot be written, and forget it; the builtin's status."""
        self.p.drop_output()
        if self.flavour == "dash":
            return self.complain(f"{builtin}: I/O error", builtin)
        if self.bash:
            return self.complain(f"write error: {error.strerror}", builtin)
        self.p.err(f"{self.arg0}: write error: {error.strerror}\n")
        return 1

    # ---- texts

    def run(self, text: str, line: int = 1) -> Run:
        """Carry out ``text``, command line by command line; its exit status.

        ``exit`` ends the process; where the shell must survive that, see :meth:`run_line`.
        """
        parsed = program(text, self.flavour, line)
        if "v" in self.options or self.aliases or "alias" in text:
            return (yield from self._run_slowly(text, line))
        for delimiter, begin, end in parsed.unended if self.bash else ():
            self.line = end
            self.complain(f"warning: here-document at line {begin} delimited by end-of-file (wanted `{delimiter}')")
        for commands in parsed.lines:
            if "n" in self.options and not self.interactive:
                break
            if self.bash and not self.interactive:
                yield from self._one_line(commands)
            else:
                yield from self.execute(commands)
        return (yield from self._end_of_text(parsed))

    def _one_line(self, commands: ast.List) -> Run:
        """A line of a script: in bash, an error in an expansion ends the line and not the script."""
        quiet, loops = self.quiet, self.loops
        try:
            return (yield from list_(self, commands))
        except ShellError as error:
            if error.fatal or self.p.pid != self.main_pid:
                raise
            self.status = self.complain(error.message, error.builtin, error.status)
            self.quiet, self.loops = quiet, loops
            return self.status

    def _end_of_text(self, parsed: Program) -> Run:
        if parsed.problem is not None:
            self.status = self.syntax_error(parsed.problem)
            yield from self.flush()
            if not self.interactive:
                raise Flow("exit", self.status)
        return self.status

    def _run_slowly(self, text: str, line: int) -> Run:
        """Parse each line after the ones before have run: they may define aliases."""
        expanding = self.interactive or not self.bash or "expand_aliases" in self.shopts
        parser = Parser(text, self.flavour, line, aliases=self.aliases if expanding else {})
        try:
            while True:
                start = parser.at
                before = len(parser.source)
                commands = parser.next_line()
                if "v" in self.options:
                    shown = parser.source[start : parser.at] if len(parser.source) == before else text[start:]
                    self.p.err(shown)
                if commands is None:
                    return self.status
                if "n" not in self.options or self.interactive:
                    yield from self.execute(commands)
        except SyntaxProblem as problem:
            return (yield from self._end_of_text(Program((), problem, ())))

    def guarded(self, body: Run) -> Run:
        """Run ``body``; errors that end a shell end it here, as :class:`Flow` of kind ``exit``."""
        try:
            return (yield from body)
        except ShellError as error:
            self.status = self.complain(error.message, error.builtin, error.status)
            yield from self.flush()
            raise Flow("exit", self.status) from None
        except Flow as flow:
            if flow.kind in ("exit", "return"):
                self.status = flow.count
            if flow.kind == "exit":
                raise
            return self.status
        except LineBroken:
            raise Flow("exit", 128 + signals.INT) from None
        except RecursionError:
            self.p.err("Segmentation fault\n")
            raise Flow("exit", 139) from None

    def run_line(self, text: str) -> Run:
        """Carry out one typed line (or more); whatever it does, the shell goes on, unless it was told to ``exit``.

        Raises :class:`Incomplete` where the text needs more lines, and :class:`Flow` of kind ``exit``.
        """
        parsed = program(text, self.flavour)
        if isinstance(parsed.problem, Incomplete) and not self.aliases:
            raise parsed.problem
        self.line = 1
        try:
            yield from self._attempt(text)
            yield from self.flush()
        except LineBroken:
            self.status = 130
        self.loops = self.quiet = self.sourced = 0
        while self.scopes:
            self.leave_scope()
        self.call_names.clear()
        return self.status

    def _attempt(self, text: str) -> Generator[Any, Any, None]:
        try:
            yield from self.run(text)
        except ShellError as error:
            self.status = self.complain(error.message, error.builtin, error.status)
        except Flow as flow:
            if flow.kind == "exit":
                raise
        except RecursionError:
            self.status = self.complain("nested too deeply")

    # ---- commands

    def execute(self, command: ast.Command) -> Run:
        """Carry out ``command``; its exit status, which is also in ``status``."""
        run: Run = EXECUTE[type(command)](self, command)
        return run

    def substitute(self, program: ast.List) -> Generator[Any, Any, str]:
        return substitute(self, program)

    def stream(self, node: ast.ProcSub) -> Generator[Any, Any, str]:
        return stream(self, node)

    def after(self, status: int) -> Generator[Any, Any, None]:
        """Between two commands: traps of signals that have come, and what a ``status`` that is not 0 sets off."""
        if self.pending:
            yield from self.run_traps()
        if status:
            yield from self.failed(status)

    def failed(self, status: int) -> Generator[Any, Any, None]:
        """What a failing command sets off: the ERR trap, then ``set -e``."""
        if self.quiet:
            return
        if "ERR" in self.traps and not self.trapping and not (self.scopes and "E" not in self.options):
            yield from self.trap("ERR")
        if "e" in self.options:
            raise Flow("exit", status)

    def tick(self, seconds: float = COMMAND_COST) -> Generator[Any, Any, None]:
        """Account for CPU time; let the clock move when it is due; act on signals that have come."""
        if self.p.charge(seconds):
            yield from self.flush()
            yield from self.p.pay()
        if self.entering:
            self.entering = False
        elif self.pending:
            yield from self.run_traps()

    def copy(self) -> Shell:
        """This shell's memory for a subshell."""
        other = copy.copy(self)
        other.vars = {name: value if type(value) is str else copy.copy(value) for name, value in self.vars.items()}
        for name in ("exported", "readonly", "integer", "options", "shopts"):
            setattr(other, name, set(getattr(self, name)))
        for name in ("casing", "references", "functions", "aliases", "hashed"):
            setattr(other, name, dict(getattr(self, name)))
        other.params = list(self.params)
        other.directories = list(self.directories)
        other.call_names = list(self.call_names)
        other.scopes = [dict(scope) for scope in self.scopes]
        other.traps = {name: action for name, action in self.traps.items() if not action}
        other.pending = []
        other.streams = []
        other.own_handlers = {}
        other.jobs = Jobs(other)
        other.interactive = other.breakable = False
        return other

    def to_the_end(self, body: Run) -> Run:
        """Run ``body`` and then the EXIT trap: the life of a whole shell process."""
        status = 0
        try:
            status = yield from self.guarded(body)
        except Flow as flow:
            status = flow.count
        if self.pending:
            yield from self.run_traps()
        self.status = status
        if "EXIT" in self.traps:
            action, self.traps = self.traps.pop("EXIT"), dict(self.traps)
            try:
                yield from self.guarded(self.run(action))
            except Flow as flow:
                status = flow.count
        with suppress(LineBroken):  # Ctrl-C while the screen is held: what it did not show yet is lost
            yield from self.flush()
        return status

    # ---- prompts

    def expand_text(self, text: str) -> Generator[Any, Any, str]:
        """``text`` expanded as if between double quotes (PS1, PS4)."""
        if "$" not in text and "`" not in text:
            return text
        try:
            parts = Parser(text, self.flavour).double_quoted("")
        except SyntaxProblem:
            return text
        status = self.status
        expanded = yield from self.document(parts)
        self.status = status
        return expanded

    # ---- traps

    def trap(self, name: str) -> Generator[Any, Any, None]:
        """Run the action of a trap; ``$?`` is as before afterwards."""
        action = self.traps.get(name)
        if not action:
            return
        status, line = self.status, self.line
        trapping, self.trapping = self.trapping, True
        self.entering = True
        try:
            yield from self.run(action)
        finally:
            self.trapping, self.entering = trapping, False
        self.status, self.line = status, line

    def run_traps(self) -> Generator[Any, Any, None]:
        """Act on the signals that came."""
        while self.pending:
            self.pending.sort()
            number = self.pending.pop(0)
            name = signals.name_of(number).removeprefix("SIG")
            if number == signals.INT and name not in self.traps:
                raise Flow("exit", 128 + number)
            yield from self.trap(name)

    def arriving(self, number: int) -> None:
        """A signal that has a trap."""
        self.pending.append(number)

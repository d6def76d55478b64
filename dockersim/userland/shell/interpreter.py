"""The interpreter: commands carried out by one process, its subshells and the programs that it starts (XCU 2.9).

Every command is a generator, for it may have to wait; where nothing does, nothing is yielded. Output of builtins
gathers in the process and is written before anything else can see that it is missing.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Generator, Sequence
from typing import Any

from dockersim.fs import FsError
from dockersim.userland import signals
from dockersim.userland.files import OpenFile
from dockersim.userland.process import IGNORE, Interrupted, Process
from dockersim.userland.shell import ast, redirect
from dockersim.userland.shell.builtins import SPECIAL, builtin
from dockersim.userland.shell.expand import Expander
from dockersim.userland.shell.jobs import Job, Jobs
from dockersim.userland.shell.parser import Parser, Program, program
from dockersim.userland.shell.problems import Incomplete, SyntaxProblem
from dockersim.userland.shell.redirect import RedirectError
from dockersim.userland.shell.state import Flow, ShellError

Run = Generator[Any, Any, int]

COMMAND_COST = 4e-6
"""CPU seconds of one builtin command."""


class LineBroken(Exception):
    """Ctrl-C at an interactive shell: the line is given up."""


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
        self.trapping = False
        self._import_environment()

    def _import_environment(self) -> None:
        from dockersim.userland.shell.lexer import _NAME

        for name, value in self.p.env.items():
            if (match := _NAME.match(name)) and match.end() == len(name):
                self.vars[name] = value
                self.exported.add(name)
        self.vars["IFS"] = " \t\n"
        self.exported.discard("IFS")
        self.vars["PPID"] = str(self.p.ppid)
        self.vars["PWD"] = self.p.cwd
        self.vars.setdefault("PS4", "+ ")
        self.vars.setdefault("OPTIND", "1")
        if self.bash:
            level = self.vars.get("SHLVL", "0")
            defaults = {
                "BASH": "/bin/bash",
                "BASH_VERSION": "5.2.21(1)-release",
                "HOSTNAME": self.p.computer.hostname,
                "HOSTTYPE": "x86_64",
                "OSTYPE": "linux-gnu",
                "MACHTYPE": "x86_64-pc-linux-gnu",
            }
            self.vars["SHLVL"] = str(int(level) + 1 if level.isdigit() else 1)
            self.vars.setdefault("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            self.exported |= {"SHLVL", "PWD"}
            self.vars.setdefault("_", "/bin/bash")
        else:
            defaults = {"HOSTNAME": self.p.computer.hostname} if self.flavour == "ash" else {}
            self.vars.setdefault("PATH", "/sbin:/usr/sbin:/bin:/usr/bin")
            self.exported.add("PWD")
            if self.flavour == "ash":
                level = self.vars.get("SHLVL", "0")
                self.vars["SHLVL"] = str(int(level) + 1 if level.isdigit() else 1)
                self.exported.add("SHLVL")
        for name, value in defaults.items():
            self.vars.setdefault(name, value)

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
            self.p._output.clear()
            self.status = self.complain(f"write error: {error.strerror}", "echo")

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
        for commands, _ in parsed.lines:
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
            return (yield from self.list_(commands))
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
            yield from self.run(text)
        except ShellError as error:
            self.status = self.complain(error.message, error.builtin, error.status)
        except Flow as flow:
            if flow.kind == "exit":
                raise
        except LineBroken:
            self.status = 130
        except RecursionError:
            self.status = self.complain("nested too deeply")
        self.loops = self.quiet = self.sourced = 0
        while self.scopes:
            self.leave_scope()
        self.call_names.clear()
        yield from self.flush()
        return self.status

    # ---- commands

    def execute(self, command: ast.Command) -> Run:
        """Carry out ``command``; its exit status, which is also in ``status``."""
        return (yield from _EXECUTE[type(command)](self, command))

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
        if self.pending:
            yield from self.run_traps()

    def list_(self, node: ast.List) -> Run:
        for command in node.commands:
            yield from _EXECUTE[type(command)](self, command)
        if not node.commands:
            self.status = 0
        return self.status

    def and_or(self, node: ast.AndOr) -> Run:
        last = len(node.rest) - 1
        self.quiet += 1
        try:
            status = yield from self.execute(node.first)
            for number, (operator, command) in enumerate(node.rest):
                if (status == 0) == (operator == "&&"):
                    if number == last:
                        self.quiet -= 1
                        try:
                            status = yield from self.execute(command)
                        finally:
                            self.quiet += 1
                    else:
                        status = yield from self.execute(command)
        finally:
            self.quiet -= 1
        return status

    def async_(self, node: ast.Async) -> Run:
        yield from self.flush()
        fds = dict(self.p.fds)
        if not self.jobs.controlled:
            fds[0] = _devnull(self)
        command = node.command
        if isinstance(command, ast.Pipeline) and not command.bang:
            processes = self.start_pipeline(command.commands, fds)
        else:
            processes = [self.subshell(command, fds, "new" if self.jobs.controlled else None, background=True)]
        self.last_async = processes[-1].pid
        self.jobs.add(processes, node.source)
        self.status = 0
        return 0

    def pipeline(self, node: ast.Pipeline) -> Run:
        started = self.p.sim.now
        if len(node.commands) == 1:
            if node.bang:
                self.quiet += 1
            try:
                status = yield from self.execute(node.commands[0])
            finally:
                if node.bang:
                    self.quiet -= 1
        else:
            yield from self.flush()
            processes = self.start_pipeline(node.commands, self.p.fds)
            status = yield from self.jobs.foreground(Job(processes, node.source))
            if "-" in self.options:
                status = next((one for one in reversed(self.statuses) if one), 0)
        if node.timed:
            self._report_time(self.p.sim.now - started)
        if node.bang:
            status = int(not status)
        self.status = status
        if status and not node.bang and len(node.commands) > 1:
            yield from self.failed(status)
        return status

    def _report_time(self, real: float) -> None:
        minutes, seconds = divmod(real, 60)
        self.p.err(f"\nreal\t{int(minutes)}m{seconds:.3f}s\nuser\t0m0.000s\nsys\t0m0.000s\n")

    def start_pipeline(self, commands: Sequence[ast.Command], fds: dict[int, OpenFile]) -> list[Process]:
        """Start every command in a subshell, each one's output the next one's input."""
        processes: list[Process] = []
        group: Any = "new" if self.jobs.controlled else None
        source = fds.get(0)
        for number, command in enumerate(commands):
            mine = dict(fds)
            if source is not None:
                mine[0] = source
            if number < len(commands) - 1:
                source, sink = self.p.pipe()
                mine[1] = sink
            child = self.subshell(command, mine, group)
            if group == "new":
                group = child.group
            processes.append(child)
        return processes

    def subshell(
        self, command: ast.Command, fds: dict[int, OpenFile], group: Any = None, background: bool = False
    ) -> Process:
        """A child process that carries out ``command`` with a copy of this shell's memory."""
        if isinstance(command, ast.List) and len(command.commands) == 1:
            command = command.commands[0]
        memory = self.copy()
        memory.tail = command if isinstance(command, ast.Simple) else None

        def main(process: Process) -> Run:
            memory.p = process
            if background and not self.jobs.controlled:
                process.handlers[signals.INT] = process.handlers[signals.QUIT] = IGNORE
            return memory.to_the_end(memory.execute(command))

        try:
            return self.p.fork(main, fds, group)
        except FsError as error:
            raise ShellError(f"fork: {error.strerror}" if self.bash else f"can't fork: {error.strerror}", 254) from None

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
        yield from self.flush()
        return status

    def substitute(self, program: ast.List) -> Generator[Any, Any, str]:
        if self.bash and (path := _only_input(program)) is not None:
            return (yield from self._contents(path))
        yield from self.flush()
        reader, writer = self.p.pipe()
        reader.acquire()
        self.nesting += 1
        child = self.subshell(program, {**self.p.fds, 1: writer})
        self.nesting -= 1
        chunks = []
        while chunk := (yield from self.p.read(reader)):
            chunks.append(chunk)
            self.p.allocate(len(chunk))
        reader.release()
        self.p.allocate(-sum(map(len, chunks)))
        self.status = yield from self.p.wait(child)
        self.substituted = True
        output = b"".join(chunks).replace(b"\0", b"")
        return output.decode("utf-8", "surrogateescape").rstrip("\n")

    substituted = False

    def _contents(self, path: ast.Word) -> Generator[Any, Any, str]:
        """bash's ``$(< file)``."""
        name = yield from self.text(path)
        self.substituted = True
        try:
            data = self.p.read_file(name)
        except FsError as error:
            self.status = self.complain(f"{name}: {error.strerror}")
            return ""
        self.status = 0
        return data.replace(b"\0", b"").decode("utf-8", "surrogateescape").rstrip("\n")

    # ---- simple commands

    def simple(self, node: ast.Simple) -> Run:
        self.line = node.line
        argv: Sequence[str]
        if node.argv is not None:
            argv = node.argv
        else:
            self.substituted = False
            if _declares(node.words):
                from dockersim.userland.shell.arrays import declaration_fields

                argv = yield from declaration_fields(self, node.words)
            else:
                argv = yield from self.fields(node.words)
        if not argv:
            return (yield from self._assignments_only(node))
        if "x" in self.options:
            yield from self._trace(node.assigns, argv)
        name = argv[0]
        function = self.functions.get(name)
        command = None
        if function is None or name in SPECIAL:
            command = builtin(self, name)
            if command is not None and name in SPECIAL:
                function = None
        if function is None and command is None:
            return (yield from self._external(node, list(argv)))
        if not node.redirects and not node.assigns and command is not None:
            yield from self.tick()
            result = command(self, argv)
            status: int = result if type(result) is int else (yield from result)
        else:
            status = yield from self._inside(node, list(argv), function, command)
        self.status = status
        self.statuses = [status]
        if self.pending:
            yield from self.run_traps()
        if status and not self.quiet and (self.options or self.traps):
            yield from self.failed(status)
        return status

    def _inside(
        self, node: ast.Simple, argv: list[str], function: ast.Function | None, command: Callable[..., Any] | None
    ) -> Run:
        """A builtin or a function with its own assignments and redirections."""
        special = command is not None and argv[0] in SPECIAL
        undo: redirect.Undo | None = None
        before: list[tuple[str, Any, bool]] = []
        try:
            if node.redirects:
                undo = yield from redirect.apply(self, node.redirects)
            for assign in node.assigns:
                before.append((assign.name, self.vars.get(assign.name), assign.name in self.exported))
                yield from self.assign_word(assign)
                self.exported.add(assign.name)
            if "x" in self.options and not argv:
                yield from self._trace(node.assigns, argv)
            yield from self.tick()
            if function is not None:
                return (yield from self.call(function, argv))
            assert command is not None
            if argv[0] == "exec" and undo is not None and len(argv) == 1:
                redirect.keep(undo)
                undo = None
            result = command(self, argv)
            return result if type(result) is int else (yield from result)
        except RedirectError as error:
            status = self.complain(str(error), status=2 if self.flavour == "dash" else 1)
            if special and not self.bash and not self.interactive:
                yield from self.flush()
                raise Flow("exit", status) from None
            return status
        finally:
            if undo is not None:
                if not self.p.flush_now():
                    self.p._output.clear()
                redirect.restore(self, undo)
            if not special or self.bash:
                self._put_back(before)

    def _put_back(self, before: list[tuple[str, Any, bool]]) -> None:
        for name, value, exported in reversed(before):
            if value is None:
                self.vars.pop(name, None)
            else:
                self.vars[name] = value
            if not exported:
                self.exported.discard(name)
            if name == "PATH":
                self.hashed.clear()

    def _assignments_only(self, node: ast.Simple) -> Run:
        self.substituted = False
        undo: redirect.Undo = []
        status = 0
        try:
            undo = yield from redirect.apply(self, node.redirects) if node.redirects else _nothing()
            for assign in node.assigns:
                yield from self.assign_word(assign)
            if "x" in self.options and node.assigns:
                yield from self._trace(node.assigns, ())
        except RedirectError as error:
            status = self.complain(str(error), status=2 if self.flavour == "dash" else 1)
        redirect.restore(self, undo)
        yield from self.tick()
        if not status and (self.substituted or node.words):
            status = self.status if self.substituted else 0
        self.status = status
        self.statuses = [status]
        if status:
            yield from self.failed(status)
        return status

    def assign_word(self, assign: ast.Assign) -> Generator[Any, Any, None]:
        """One ``name=value`` of a command."""
        name, value = assign.name, assign.value
        if type(value) is ast.Word and assign.index is None and not assign.append and name not in self.integer:
            text = value.literal if value.literal is not None else (yield from self.text(value, assigning=True))
            self.set(name, text)
            return
        from dockersim.userland.shell.arrays import assign_other

        yield from assign_other(self, assign)

    def _trace(self, assigns: Sequence[ast.Assign], argv: Sequence[str]) -> Generator[Any, Any, None]:
        from dockersim.userland.shell.xtrace import shown

        level = (yield from self.expand_text(self.get("PS4") or "")) if self.vars.get("PS4") else ""
        words = [f"{assign.name}={shown(self, self.get(assign.name) or '')}" for assign in assigns if not argv]
        line = " ".join(words + [shown(self, word) for word in argv])
        level = level[:1] * (self.nesting if self.bash else 1) + level[1:]
        self.p.err(f"{level}{line}\n")

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

    def call(self, function: ast.Function, argv: Sequence[str]) -> Run:
        """Call a shell function."""
        params, self.params = self.params, list(argv[1:])
        loops, self.loops = self.loops, 0
        tail, self.tail = self.tail, None
        self.scopes.append({})
        self.call_names.append(argv[0])
        try:
            return (yield from self.execute(function.body))
        except Flow as flow:
            if flow.kind != "return":
                raise
            self.status = flow.count
            return self.status
        finally:
            self.params, self.loops, self.tail = params, loops, tail
            self.call_names.pop()
            self.leave_scope()

    # ---- programs

    def find(self, name: str, path: str | None = None) -> tuple[str | None, str]:
        """The file that ``name`` means, and what is wrong where there is none: ``""`` or an errno's name."""
        if "/" in name:
            return name, ""
        if path is None and name in self.hashed:
            return self.hashed[name], ""
        process, wrong = self.p, ""
        for directory in (self.get("PATH") or "" if path is None else path).split(":"):
            candidate = f"{directory.rstrip('/') or ('/' if directory else '.')}/{name}".replace("//", "/")
            try:
                if process.vfs.stat(candidate, cwd=process.cwd, cred=process.cred).kind != "file":
                    continue
                process.vfs.access(candidate, 1, cwd=process.cwd, cred=process.cred)
            except FsError as error:
                if error.code == "EACCES":
                    wrong = "EACCES"
                continue
            if path is None and candidate.startswith("/"):
                self.hashed[name] = candidate
            return candidate, ""
        return None, wrong

    def _external(self, node: ast.Simple, argv: list[str]) -> Run:
        undo: redirect.Undo = []
        try:
            if not self.p.flush_now():
                yield from self.p.flush()
            if node.redirects:
                undo = yield from self._redirect_child(node)
            env, path = yield from self._prefix_environment(node)
            status = yield from self.start(argv, env, path, node is self.tail, node)
        except RedirectError as error:
            status = self.complain(str(error), status=2 if self.flavour == "dash" else 1)
        except Exception:
            redirect.restore(self, undo)
            raise
        if undo:
            yield from self.flush()
            redirect.restore(self, undo)
        self.status = status
        self.statuses = [status]
        if self.pending:
            yield from self.run_traps()
        if status and not self.quiet and (self.options or self.traps):
            yield from self.failed(status)
        return status

    def _redirect_child(self, node: ast.Simple) -> Generator[Any, Any, redirect.Undo]:
        """Redirections of a program happen in its own process: an expansion error there ends only that."""
        try:
            return (yield from redirect.apply(self, node.redirects))
        except ShellError as error:
            raise RedirectError(error.message) from None

    def _prefix_environment(self, node: ast.Simple) -> Generator[Any, Any, tuple[dict[str, str], str | None]]:
        env = self.environment()
        path = None
        before: list[tuple[str, Any, bool]] = []
        for assign in node.assigns:
            before.append((assign.name, self.vars.get(assign.name), assign.name in self.exported))
            yield from self.assign_word(assign)
            env[assign.name] = self.get(assign.name) or ""
            if assign.name == "PATH":
                path = env["PATH"]
        self._put_back(before)
        return env, path

    def start(
        self, argv: list[str], env: dict[str, str], path: str | None, replace: bool, node: ast.Simple | None = None
    ) -> Run:
        """Run a program and wait for it, or become it (``replace``). 126 and 127 where it does not start."""
        name = argv[0]
        file, wrong = self.find(name, path)
        if file is None:
            return self._not_started(name, FsError(wrong or "ENOENT", name))
        if self.bash:
            env["_"] = file
        try:
            if replace and "EXIT" not in self.traps:
                self.p.exec(argv, path=file, env=env)
            group = "new" if self.jobs.controlled else None
            child = self.p.spawn(argv, path=file, env=env, group=group)
        except FsError as error:
            if error.code == "ENOEXEC" and not self._looks_binary(file):
                return (yield from self._script_without_header(argv, file, env))
            self.hashed.pop(name, None)
            return self._not_started(name, error)
        from dockersim.userland.shell.xtrace import reusable

        return (yield from self.jobs.foreground(Job([child], " ".join(map(reusable, argv)))))

    def _looks_binary(self, file: str) -> bool:
        try:
            head = self.p.vfs.read_file(file, cwd=self.p.cwd, cred=self.p.cred)[:128]
        except FsError:
            return True
        return b"\0" in head.split(b"\n", 1)[0]

    def _script_without_header(self, argv: list[str], file: str, env: dict[str, str]) -> Run:
        def main(process: Process) -> Run:
            process.env = env
            process.argv = list(argv)
            shell = Shell(process, self.flavour, file, argv[1:])
            shell.named = True
            text = process.read_file(file).decode("utf-8", "surrogateescape")
            return shell.to_the_end(shell.run(text))

        child = self.p.fork(main)
        return (yield from self.jobs.foreground(Job([child], " ".join(argv))))

    def _not_started(self, name: str, error: FsError) -> int:
        if error.code in ("ENOENT", "ENOTDIR"):
            if self.bash and self.inside == "exec":
                return self.complain(f"{name}: not found", "exec", 127)
            if self.bash:
                wanted = "No such file or directory" if "/" in name else "command not found"
                if "/" in name and error.code == "ENOTDIR":
                    return self.complain(f"{name}: Not a directory", status=126)
                if "/" in name and self.p.vfs.exists(name, cwd=self.p.cwd, cred=self.p.cred):
                    return self.complain(f"{name}: cannot execute: required file not found", status=127)
                return self.complain(f"{name}: {wanted}", status=127)
            return self.complain(f"{name}: not found", status=127)
        if self.bash and self.p.vfs.is_dir(name, cwd=self.p.cwd, cred=self.p.cred):
            return self.complain(f"{name}: Is a directory", status=126)
        if self.bash and error.code == "ENOEXEC":
            return self.complain(f"{name}: cannot execute binary file: Exec format error", status=126)
        return self.complain(f"{name}: {error.strerror}", status=126)

    # ---- compound commands

    def redirected(self, node: ast.Redirected) -> Run:
        try:
            undo = yield from redirect.apply(self, node.redirects)
        except RedirectError as error:
            self.status = self.complain(str(error), status=2 if self.flavour == "dash" else 1)
            yield from self.failed(self.status)
            return self.status
        try:
            status = yield from self.execute(node.command)
            yield from self.flush()
            return status
        finally:
            self.p.flush_now()
            redirect.restore(self, undo)

    def group(self, node: ast.Subshell) -> Run:
        yield from self.flush()
        child = self.subshell(node.body, self.p.fds, "new" if self.jobs.controlled else None)
        status = yield from self.jobs.foreground(Job([child], "(...)"))
        self.status = status
        if self.pending:
            yield from self.run_traps()
        if status:
            yield from self.failed(status)
        return status

    def condition(self, node: ast.List) -> Run:
        """A list whose failure is no failure."""
        self.quiet += 1
        try:
            return (yield from self.list_(node))
        finally:
            self.quiet -= 1

    def if_(self, node: ast.If) -> Run:
        for condition, body in node.arms:
            if (yield from self.condition(condition)) == 0:
                return (yield from self.list_(body))
        if node.otherwise is not None:
            return (yield from self.list_(node.otherwise))
        self.status = 0
        return 0

    def iteration(self, body: ast.List) -> Generator[Any, Any, bool]:
        """Once through a loop's body; ``False`` when the loop is over."""
        self.loops += 1
        try:
            yield from self.list_(body)
        except Flow as flow:
            if flow.kind not in ("break", "continue"):
                raise
            self.status = 0
            if flow.count > 1:
                raise Flow(flow.kind, flow.count - 1) from None
            return flow.kind == "continue"
        finally:
            self.loops -= 1
        return True

    def while_(self, node: ast.While) -> Run:
        status = 0
        while True:
            yield from self.tick()
            self.loops += 1
            try:
                done = ((yield from self.condition(node.condition)) == 0) == node.until
            except Flow as flow:
                if flow.kind not in ("break", "continue"):
                    raise
                if flow.count > 1:
                    raise Flow(flow.kind, flow.count - 1) from None
                status = 0
                if flow.kind == "continue":
                    continue
                break
            finally:
                self.loops -= 1
            if done:
                break
            going = yield from self.iteration(node.body)
            status = self.status
            if not going:
                break
        self.status = status
        return status

    def for_(self, node: ast.For) -> Run:
        self.line = node.line
        if not node.name.replace("_", "a").isalnum() or node.name[0].isdigit():
            raise ShellError(f"`{node.name}': not a valid identifier", 1)
        items = list(self.params) if node.words is None else (yield from self.fields(node.words))
        if node.select:
            from dockersim.userland.shell.builtins.bash import select

            return (yield from select(self, node, items))
        self.status = 0
        for item in items:
            yield from self.tick()
            self.set(node.name, item)
            if "x" in self.options and self.bash:
                yield from self._trace((), ["for", node.name, "in", *items])
            if not (yield from self.iteration(node.body)):
                break
        return self.status

    def c_for(self, node: ast.CFor) -> Run:
        self.status = 0
        yield from self.arithmetic(node.start)
        while not _written(node.test) or (yield from self.arithmetic(node.test)):
            yield from self.tick()
            if not (yield from self.iteration(node.body)):
                break
            yield from self.arithmetic(node.step)
        return self.status

    def case(self, node: ast.Case) -> Run:
        from dockersim.userland.shell.pattern import matches

        self.line = node.line
        text = yield from self.text(node.word)
        self.status = 0
        falling = False
        for patterns, body, end in node.arms:
            hit = falling
            for word in () if falling else patterns:
                if matches((yield from self.pattern(word)), text):
                    hit = True
                    break
            if not hit:
                continue
            yield from self.list_(body)
            falling = end == ";&"
            if end == ";;":
                break
        return self.status

    def function(self, node: ast.Function) -> Run:
        self.functions[node.name] = node
        self.status = 0
        return 0
        yield

    def arith_command(self, node: ast.ArithCommand) -> Run:
        self.line = node.line
        try:
            value = yield from self.arithmetic(node.expression)
            self.status = int(value == 0)
        except ShellError as error:
            self.status = self.complain(error.message, "((")
        yield from self.tick()
        if self.status:
            yield from self.failed(self.status)
        return self.status

    def cond(self, node: ast.Cond) -> Run:
        from dockersim.userland.shell.condition import double_bracket

        self.line = node.line
        self.status = yield from double_bracket(self, node.items)
        yield from self.tick()
        if self.status:
            yield from self.failed(self.status)
        return self.status

    # ---- traps

    def trap(self, name: str) -> Generator[Any, Any, None]:
        """Run the action of a trap; ``$?`` is as before afterwards."""
        action = self.traps.get(name)
        if not action:
            return
        status, line = self.status, self.line
        trapping, self.trapping = self.trapping, True
        try:
            yield from self.run(action)
        finally:
            self.trapping = trapping
        self.status, self.line = status, line

    def run_traps(self) -> Generator[Any, Any, None]:
        """Act on the signals that came."""
        while self.pending:
            yield from self.trap(signals.name_of(self.pending.pop(0)).removeprefix("SIG"))

    def arriving(self, number: int) -> None:
        """A signal that has a trap."""
        self.pending.append(number)

    def wait_interruptibly(self, waiting: Generator[Any, Any, Any]) -> Run:
        """Wait; 0, or 128 plus the signal whose trap cut it short."""
        try:
            yield from waiting
        except Interrupted as interrupted:
            return 128 + interrupted.signal
        return 0


def _only_input(program: ast.List) -> ast.Word | None:
    if len(program.commands) != 1 or not isinstance(only := program.commands[0], ast.Simple):
        return None
    bare = not only.words and not only.assigns and len(only.redirects) == 1
    return only.redirects[0].word if bare and only.redirects[0].op == "<" and only.redirects[0].fd == -1 else None


def _nothing() -> Generator[Any, Any, redirect.Undo]:
    return []
    yield


def _written(expression: ast.Arith) -> bool:
    return any(type(part) is not ast.Quo or part.text.strip() for part in expression.parts)


def _devnull(shell: Shell) -> OpenFile:
    from dockersim.userland.files import null

    return null()


_DECLARING = frozenset(("export", "readonly", "local", "declare", "typeset"))


def _declares(words: Sequence[ast.Word]) -> bool:
    first = words[0].literal
    return first in _DECLARING or (first == "command" and len(words) > 1 and words[1].literal in _DECLARING)


_EXECUTE: dict[type, Callable[[Shell, Any], Run]] = {
    ast.Simple: Shell.simple,
    ast.List: Shell.list_,
    ast.AndOr: Shell.and_or,
    ast.Async: Shell.async_,
    ast.Pipeline: Shell.pipeline,
    ast.Redirected: Shell.redirected,
    ast.Subshell: Shell.group,
    ast.If: Shell.if_,
    ast.For: Shell.for_,
    ast.CFor: Shell.c_for,
    ast.While: Shell.while_,
    ast.Case: Shell.case,
    ast.Function: Shell.function,
    ast.ArithCommand: Shell.arith_command,
    ast.Cond: Shell.cond,
}

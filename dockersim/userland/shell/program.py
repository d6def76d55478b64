"""The shell as a program: ``sh``, ``ash``, ``bash``, ``dash`` with their options, scripts, and the interactive loop."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import Any

from dockersim.fs import FsError
from dockersim.userland import signals
from dockersim.userland.process import Process
from dockersim.userland.shell.builtins.core import set_option
from dockersim.userland.shell.commands.programs import find
from dockersim.userland.shell.interpreter import Shell
from dockersim.userland.shell.state import OPTIONS, Flow, LineBroken
from dockersim.userland.shell.syntax.problems import Incomplete
from dockersim.userland.shell.syntax.program import program as parsed_program

Run = Generator[Any, Any, int]


class Invocation:
    """What a shell's command line asks for."""

    def __init__(self) -> None:
        self.command: str | None = None
        self.arg0: str | None = None
        self.script: str | None = None
        self.params: list[str] = []
        self.flags: list[tuple[str, bool]] = []
        self.named: list[tuple[str, bool]] = []
        self.interactive = False
        self.login = False
        self.from_stdin = False
        self.problem = ""
        self.version = False
        self.no_rc = False


def invocation(argv: list[str]) -> Invocation:
    """Read a shell's own command line (XCU sh)."""
    found = Invocation()
    found.login = argv[0].startswith("-")
    args = argv[1:]
    command = False
    while args and args[0][:1] in "-+" and len(args[0]) > 1:
        arg = args.pop(0)
        if arg == "--":
            break
        if arg.startswith("--"):
            _long(found, arg, args)
        else:
            command = _letters(found, arg, args) or command
        if found.problem:
            return found
    if args[:1] == ["-"]:
        args.pop(0)
    if command:
        if not args:
            found.problem = "-c"
            return found
        found.command = args.pop(0)
        if args:
            found.arg0 = args.pop(0)
    elif args and not found.from_stdin:
        found.script = found.arg0 = args.pop(0)
    found.params = args
    return found


def _long(found: Invocation, arg: str, args: list[str]) -> None:
    if arg == "--version":
        found.version = True
    elif arg == "--login":
        found.login = True
    elif arg in ("--rcfile", "--init-file"):
        del args[:1]
    elif arg == "--norc":
        found.no_rc = True
    elif arg not in ("--noprofile", "--noediting", "--posix", "--verbose"):
        found.problem = arg


def _letters(found: Invocation, arg: str, args: list[str]) -> bool:
    """Options of one letter each; whether ``-c`` is among them."""
    command = False
    for letter in arg[1:]:
        if letter == "c":
            command = True
        elif letter == "o":
            found.named.append((args.pop(0) if args else "", arg[0] == "-"))
        elif letter == "s":
            found.from_stdin = True
        elif letter == "i":
            found.interactive = True
        elif letter == "l":
            found.login = True
        elif letter in OPTIONS and OPTIONS[letter] and letter != "-":
            found.flags.append((letter, arg[0] == "-"))
        else:
            found.problem = arg[:1] + letter
            return False
    return command


def flavour_of(process: Process) -> str:
    """The flavour that a process named as this one is."""
    name = process.argv[0].lstrip("-").rsplit("/", 1)[-1] if process.argv else "sh"
    if name in ("bash", "rbash"):
        return "bash"
    return "ash" if name == "ash" or process.flavour == "busybox" else "dash"


def run(process: Process) -> Run:
    """Be a shell until it ends."""
    flavour = flavour_of(process)
    argv = process.argv or [flavour]
    asked = invocation(argv)
    name = argv[0].lstrip("-")
    if asked.version and flavour == "bash":
        process.out("GNU bash, version 5.2.21(1)-release (x86_64-pc-linux-gnu)\n")
        return 0
    if asked.problem or asked.version:
        return _bad_option(process, name, flavour, asked.problem or "--version")
    shell = Shell(process, flavour, asked.arg0 or argv[0], asked.params)
    shell.named = asked.arg0 is not None
    shell.options.update(letter for letter, on in asked.flags if on)
    for option, on in asked.named:
        if set_option(shell, option, on):
            return 2
    if process.pid == 1 and (asked.command is not None or asked.script is not None):
        act = _note_interrupt if shell.bash else _end_on_interrupt
        shell.own_handlers[signals.INT] = process.handlers[signals.INT] = partial(act, shell)
    if asked.command is not None:
        return (yield from _command(shell, asked.command))
    if asked.script is not None:
        return (yield from _script(shell, asked.script))
    if asked.interactive or (process.isatty(0) and process.isatty(2)):
        return (yield from interactive(shell, asked.login, asked.no_rc))
    return (yield from shell.to_the_end(_from_stdin(shell)))


def _bad_option(process: Process, name: str, flavour: str, option: str) -> int:
    if option == "-c":
        options = {"bash": "-c: option requires an argument", "dash": "0: -c requires an argument"}
        return process.fail(options.get(flavour, "-c requires an argument"), 2)
    if flavour == "bash":
        process.err(f"{name}: {option}: invalid option\nUsage:\t{name} [option] ... [-c command | script-file] ...\n")
        return 2
    words = "Illegal option" if flavour == "dash" else "illegal option"
    process.err(f"{name}: {'0: ' if flavour == 'dash' else ''}{words} {option[:2]}\n")
    return 2


def _command(shell: Shell, text: str) -> Run:
    shell.command_string = True
    shell.options.add("c")
    first = 0 if shell.flavour == "ash" else 1
    parsed = parsed_program(text, shell.flavour, first)
    if parsed.lines and parsed.problem is None:
        shell.tail = parsed.lines[-1].commands[-1]
    return (yield from shell.to_the_end(shell.run(text, first)))


def _script(shell: Shell, path: str) -> Run:
    process = shell.p
    if shell.bash and "/" not in path and not process.vfs.exists(path, cwd=process.cwd, cred=process.cred):
        path = find(shell, path)[0] or path
    try:
        data = process.read_file(path)
    except FsError as error:
        name = process.argv[0]
        missing = error.code in ("ENOENT", "ENOTDIR")
        if shell.bash:
            process.err(f"{name}: {path}: {error.strerror}\n")
            return 127 if missing else 126
        if shell.flavour == "dash":
            words = "No such file" if missing else error.strerror
            process.err(f"{name}: 0: cannot open {path}: {words}\n")
            return 2
        process.err(f"{name}: can't open '{path}': {error.strerror}\n")
        return 2
    if b"\0" in data[:80].split(b"\n", 1)[0]:
        process.err(f"{path}: {path}: cannot execute binary file\n" if shell.bash else f"{path}: not a script\n")
        return 126
    return (yield from shell.to_the_end(shell.run(data.decode("utf-8", "surrogateescape"))))


def _from_stdin(shell: Shell) -> Run:
    """Commands from standard input, each read as late as it can be: a command may read the next line itself."""
    text, line = "", 1
    count = 0
    shell.options.add("s")
    while True:
        data = yield from _line(shell)
        count += data.count("\n")
        text += data
        ended = not data.endswith("\n")
        if not ended and (text.endswith("\\\n") or not _complete(shell, text)):
            continue
        if text.strip():
            yield from shell.run(text, line)
            yield from shell.flush()
        if ended:
            return shell.status
        text, line = "", count + 1


def _complete(shell: Shell, text: str) -> bool:
    parsed = parsed_program(text, shell.flavour)
    return not isinstance(parsed.problem, Incomplete) and not parsed.unended


def _line(shell: Shell) -> Generator[Any, Any, str]:
    """One line of standard input, and not a byte more."""
    data = bytearray()
    while not data.endswith(b"\n"):
        byte = yield from shell.p.read(0, 1)
        if not byte:
            break
        data += byte
    return data.decode("utf-8", "surrogateescape")


# ---- interactive


def interactive(shell: Shell, login: bool, no_rc: bool = False) -> Run:
    """Prompt, read, run, until ``exit`` or the end of the input."""
    process = shell.p
    shell.interactive = shell.breakable = True
    shell.options.add("i")
    if process.pid != 1:
        process.handlers.setdefault(signals.TERM, _dropped)
    for number in (signals.TSTP, signals.TTIN, signals.TTOU):
        process.handlers[number] = _dropped
    shell.own_handlers[signals.INT] = process.handlers[signals.INT] = break_line
    if shell.bash and process.pid == 1:
        for number in _ENDING:
            shell.own_handlers[number] = process.handlers[number] = _end
    shell.jobs.take_control()
    if shell.bash:
        shell.vars.setdefault("PS1", r"\s-\v\$ ")
        shell.shopts.add("expand_aliases")
    default = "\\w \\$ " if shell.flavour == "ash" else "# " if process.cred.uid == 0 else "$ "
    shell.vars.setdefault("PS1", default)
    shell.vars.setdefault("PS2", "> ")
    return (yield from shell.to_the_end(_loop(shell, login, no_rc)))


_ENDING = tuple(
    signals.NUMBERS[name] for name in "HUP ILL TRAP ABRT BUS FPE SEGV PIPE ALRM USR1 USR2 XCPU XFSZ VTALRM SYS".split()
)
"""Signals that an interactive bash acts on before it ends itself by them: what is left to it where it is PID 1."""


def _end(number: int) -> None:
    raise Flow("exit", 128 + number)


def _dropped(number: int) -> None:
    """The shell itself is not touched; unlike SIG_IGN, this is not handed on to the programs that it starts."""


def _end_on_interrupt(shell: Shell, number: int) -> None:
    """What ash and dash do on SIGINT in a script, once the command in the foreground has ended.

    They end themselves by the signal, which does nothing to PID 1, and then by ``exit``.
    """
    if shell.jobs.waiting:
        shell.arriving(number)
    else:
        raise Flow("exit", 128 + number)


def _note_interrupt(shell: Shell, number: int) -> None:
    """What bash does on SIGINT in a script: it ends if the command in the foreground ends by it, too."""
    shell.jobs.interrupted = True


def break_line(number: int) -> None:
    """What a shell that reads lines from a person does on SIGINT."""
    raise LineBroken


def _start_files(shell: Shell, login: bool, no_rc: bool) -> Run:
    home = shell.get("HOME") or "/"
    if login:
        names = ["/etc/profile", f"{home}/.bash_profile" if shell.bash else f"{home}/.profile"]
    elif shell.bash:
        names = [] if no_rc else ["/etc/bash.bashrc", f"{home}/.bashrc"]
    else:
        names = [shell.get("ENV") or ""]
    for name in names:
        try:
            text = shell.p.read_file(name).decode("utf-8", "surrogateescape") if name else ""
        except FsError:
            continue
        yield from shell.run_line(text)
    return 0


def _loop(shell: Shell, login: bool, no_rc: bool) -> Run:
    from dockersim.userland.shell.prompt import prompt

    yield from _start_files(shell, login, no_rc)
    shell.farewell = "logout\n" if login and shell.bash else "exit\n" if shell.bash else ""
    editor = _editor(shell)
    text = ""
    while True:
        try:
            if not text:
                shell.jobs.notify()
            source = shell.get("PS2" if text else "PS1") or ""
            shown = yield from shell.expand_text(prompt(shell, source))
            yield from shell.flush()
            line = yield from (editor.read(shown) if editor is not None else _read(shell, shown))
        except LineBroken:
            shell.p.err("\n")
            shell.status, text = 130, ""
            continue
        if line:
            text = yield from _typed(shell, text + line, editor)
            continue
        shell.p.err(shell.farewell)
        if not shell.jobs.keep_shell():
            shell.p.err("\n" if editor is not None and not shell.bash else "")
            return shell.status


def _editor(shell: Shell) -> Any:
    """The flavour's line editor, where it has one and there is a terminal for it."""
    process = shell.p
    if shell.flavour == "dash" or process.tty is None or not (process.isatty(0) and process.isatty(2)):
        return None
    if shell.bash:
        from dockersim.userland.shell.editing import LineEditor

        return LineEditor(shell, process.tty)
    from dockersim.userland.shell.ashediting import AshEditor

    return AshEditor(shell, process.tty)


def _read(shell: Shell, shown: str) -> Generator[Any, Any, str]:
    """A line as the terminal hands it over, or as a pipe does."""
    shell.p.err(shown)
    yield from shell.flush()
    data = yield from shell.p.read(0, 65_536)
    return data.decode("utf-8", "surrogateescape")


def _typed(shell: Shell, text: str, editor: Any) -> Generator[Any, Any, str]:
    """Run what was typed; what is left because more must follow."""
    if text.endswith("\\\n") and not text.endswith("\\\\\n"):
        return text
    if not text.strip():
        return ""
    if not _complete(shell, text):
        return text
    shell.history.append(text.rstrip("\n"))
    if editor is not None:
        shell.p.tty.on_line(text.rstrip("\n"))
    shell.jobs.next_command()
    yield from shell.run_line(text)
    return ""

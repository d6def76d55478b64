"""The program ``sed``."""

from __future__ import annotations

from dockersim.userland.process import Process
from dockersim.userland.programs.options import Options, is_busybox, parse
from dockersim.userland.programs.sed.editor import Editor
from dockersim.userland.programs.sed.input import Input
from dockersim.userland.programs.sed.reader import parse_script
from dockersim.userland.programs.sed.script import BadScript
from dockersim.userland.programs.support import Files, Steps, open_input
from dockersim.userland.programs.usage import try_help


def sed(p: Process) -> Steps:
    """``sed [-nEsz] [-i[suffix]] script [file ...]``; 1 for a bad script, 2 and 4 for files as GNU sed has it."""
    options = parse(
        p,
        "nrEe:f:i::suzl:",
        "quiet=n silent=n regexp-extended=E expression:=e file:=f in-place?=i separate=s unbuffered=u null-data=z "
        "line-length:=l posix debug follow-symlinks sandbox",
    )
    operands = list(options.operands)
    text = yield from _script(p, options, operands)
    try:
        script = parse_script(text, options.any("r E"))
    except BadScript as error:
        return _refused(p, options, text, error)
    mark = b"\0" if "z" in options else b"\n"
    in_place = "i" in options
    source = Input(p, operands or ["-"], in_place or "s" in options, mark)
    quiet = "n" in options or text.startswith("#n\n") or text == "#n"
    editor = Editor(p, script, source, quiet=quiet, mark=mark)
    for command in script:
        known = command.file in ("", "/dev/stdout", "/dev/stderr", *editor.files)
        if command.name in "swW" and not known:
            editor.files[command.file] = p.open(command.file, "w")
    if in_place:
        _edit_in_place(p, editor, source, options.get("i"))
    try:
        status = yield from editor.run()
    except BadScript as error:
        return p.fail(str(error))
    if in_place:
        yield from _finish_in_place(editor, source)
    for file in editor.files.values():
        file.release()
    return status or source.status


def _script(p: Process, options: Options, operands: list[str]) -> Steps:
    """The text of the script: all of ``-e`` and ``-f``, or the first operand, which is taken away."""
    pieces = []
    for key, value in options.given:
        if key == "e":
            pieces.append(value)
        elif key == "f":
            file = open_input(p, value)
            data = yield from p.read_all(file)
            file.release()
            pieces.append(data.decode("utf-8", "surrogateescape").removesuffix("\n"))
    if not pieces:
        if not operands:
            try_help(p)
        pieces = [operands.pop(0)]
    return "\n".join(pieces)


def _refused(p: Process, options: Options, text: str, error: BadScript) -> int:
    if is_busybox(p):
        return p.fail(error.busybox)
    if error.at < 0:
        return p.fail(str(error), 4)
    where = f"-e expression #{max(1, len(options.all('e')))}, char {error.at}"
    if "f" in options and "e" not in options:
        where = f"file {options.get('f')} line {text[: error.at].count(chr(10)) + 1}"
    return p.fail(f"{where}: {error}")


def _edit_in_place(p: Process, editor: Editor, source: Input, suffix: str) -> None:
    files = Files(p)
    source.names = [name for name in source.names if name != "-"] if source.names != ["-"] else []
    editor.in_place = lambda data: None

    def store() -> Steps:
        name = source.current
        data = b"".join(editor.output)
        editor.output.clear()
        stat = files.stat(name)
        if suffix:
            backup = suffix.replace("*", name.rpartition("/")[2]) if "*" in suffix else name + suffix
            if files.present(backup):
                files.unlink(backup)
            files.rename(name, backup)
        else:
            files.unlink(name)
        files.write_file(name, data, stat.mode)
        files.chmod(name, stat.mode)
        if (stat.uid, stat.gid) != (p.cred.uid, p.cred.gid) and p.cred.privileged:
            files.chown(name, stat.uid, stat.gid)
        return
        yield

    source.on_change = store


def _finish_in_place(editor: Editor, source: Input) -> Steps:
    """After ``q``: the rest of the file stays as it was."""
    if source.file is None or source.on_change is None:
        return
    rest = yield from source.remainder()
    if rest:
        editor.put(rest)
    yield from source.on_change()

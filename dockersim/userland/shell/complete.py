"""Completion for a line editor: commands, variables and files that may stand at the cursor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dockersim.fs import FsError

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell

_WORD = re.compile(r"(?:\\.|[^\s|&;<>()`'\"\\])*$")
_SEPARATOR = re.compile(r"[|&;(`\n]|\bsudo\s")
_COMMAND = re.compile(r"(?:^|[|&;(`]|\$\(|\b(?:then|do|else|if|while|until|exec|sudo|time)\s|!\s)\s*$")

OPEN = ("/", ":", "=")
"""Endings after which a word goes on: no blank follows when it is the only one."""


def complete(shell: Shell, line: str, cursor: int | None = None) -> tuple[str, list[str]]:
    """The word before ``cursor`` and what it may become: whole words, a directory with a slash at its end."""
    before = line if cursor is None else line[:cursor]
    match = _WORD.search(before)
    word = match.group() if match else ""
    head = before[: len(before) - len(word)]
    dollar = re.search(r"\$\{?([A-Za-z0-9_]*)$", word)
    if dollar:
        stem = word[: dollar.start(1)]
        names = [name for name in shell.vars if name.startswith(dollar.group(1))]
        return word, sorted(stem + name + ("}" if stem.endswith("{") else "") for name in names)
    if _COMMAND.search(head) and "/" not in word:
        return word, _commands(shell, word)
    words = _SEPARATOR.split(head)[-1].split()
    completer = shell.p.computer.kernel.completers.get(words[0]) if words else None
    found = completer(shell.p, words, word) if completer is not None else None
    return word, _files(shell, word) if found is None else found


def _commands(shell: Shell, word: str) -> list[str]:
    from dockersim.userland.shell.builtins.naming import all_names

    found = {name for name in all_names(shell) if name.startswith(word)}
    process = shell.p
    for directory in (shell.get("PATH") or "").split(":"):
        try:
            names = process.vfs.listdir(directory or ".", cwd=process.cwd, cred=process.cred)
        except FsError:
            continue
        found.update(name for name in names if name.startswith(word))
    return sorted(found)


def _files(shell: Shell, word: str) -> list[str]:
    process = shell.p
    directory, slash, start = word.rpartition("/")
    where = directory or ("/" if slash else ".")
    if where.startswith("~"):
        where = (shell.get("HOME") or "") + where[1:]
    try:
        names = process.vfs.listdir(where, cwd=process.cwd, cred=process.cred)
    except FsError:
        return []
    found = []
    for name in names:
        if name.startswith(start) and (start.startswith(".") or not name.startswith(".")):
            path = f"{where.rstrip('/')}/{name}"
            end = "/" if process.vfs.is_dir(path, cwd=process.cwd, cred=process.cred) else ""
            found.append(directory + slash + re.sub(r"([ '\"$&;|()<>*?\\])", r"\\\1", name) + end)
    return sorted(found)

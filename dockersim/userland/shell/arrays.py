"""bash's less common assignments: arrays, elements, ``+=``, integers; and operands of ``declare`` and its kin."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from dockersim.userland.shell.state import Assoc, ShellError
from dockersim.userland.shell.syntax.ast import Array, Assign, Word
from dockersim.userland.shell.syntax.words import assignment

if TYPE_CHECKING:
    from dockersim.userland.shell.interpreter import Shell


class Declared(str):
    """An operand ``name=(...)`` of ``declare``: the text is the name, the value still to be made."""

    __slots__ = ("assign",)
    assign: Assign


def declaration_fields(shell: Shell, words: Sequence[Word]) -> Generator[Any, Any, list[str]]:
    """The fields of a command whose operands may be assignments: their values are not split."""
    fields: list[str] = []
    for word in words:
        assign = assignment(word) if fields else None
        if assign is None or assign.index is not None:
            fields += yield from shell.fields((word,))
        elif type(assign.value) is Array:
            declared = Declared(assign.name)
            declared.assign = assign
            fields.append(declared)
        else:
            assert type(assign.value) is Word
            text = yield from shell.text(assign.value, assigning=True)
            fields.append(f"{assign.name}{'+' if assign.append else ''}={text}")
    return fields


def assign_other(shell: Shell, assign: Assign) -> Generator[Any, Any, None]:
    """Carry out an assignment that is more than ``name=text``."""
    name = assign.name
    if type(assign.value) is Array:
        yield from _whole(shell, assign, assign.value)
        return
    assert type(assign.value) is Word
    text = yield from shell.text(assign.value, assigning=True)
    if assign.index is None:
        set_text(shell, name, text, assign.append)
        return
    if not assign.index.parts:
        raise ShellError(f"{name}[]: bad array subscript", 1)
    array = shell.element(name)
    key = yield from shell.key(name, assign.index)
    array[key] = _combined(shell, name, array.get(key, ""), text, assign.append)


def set_text(shell: Shell, name: str, text: str, append: bool) -> None:
    """``name=text`` or ``name+=text``, with the attributes of the name."""
    shell.set(name, _combined(shell, name, shell.get(name) or "", text, append))


def _combined(shell: Shell, name: str, before: str, text: str, append: bool) -> str:
    if name in shell.integer:
        return str(shell.calculate(f"({before or 0})+({text or 0})" if append else text))
    return before + text if append else text


def _whole(shell: Shell, assign: Assign, value: Array) -> Generator[Any, Any, None]:
    name = shell.references.get(assign.name, assign.name)
    shell.check_writable(name)
    before = shell.vars.get(name)
    fresh: Any = Assoc() if type(before) is Assoc else {}
    if assign.append:
        fresh = shell.element(name)
    if type(fresh) is Assoc:
        shell.vars[name] = fresh
    at = max(fresh, default=-1) + 1 if type(fresh) is dict else 0
    for index, word in value.items:
        if index is not None:
            text = yield from shell.text(index)
            key: Any = text if type(fresh) is Assoc else shell.calculate(text)
            fresh[key] = yield from shell.text(word, assigning=True)
            at = key + 1 if type(key) is int else at
            continue
        if type(fresh) is Assoc:
            raise ShellError(f"{name}: must use subscript when assigning associative array", 1)
        for field in (yield from shell.fields((word,))):
            fresh[at] = field
            at += 1
    shell.vars[name] = fresh

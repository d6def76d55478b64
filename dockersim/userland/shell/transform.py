"""The less common parameter expansions: patterns, substrings, case, indirection, ``@`` operators."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.userland.shell import pattern as patterns
from dockersim.userland.shell.expand import Expander
from dockersim.userland.shell.sinks import Text
from dockersim.userland.shell.state import ShellError
from dockersim.userland.shell.syntax.ast import Param
from dockersim.userland.shell.syntax.words import subscript_of_all


def transform(shell: Expander, part: Param, value: str | list[str] | None) -> Generator[Any, Any, str | list[str]]:
    """``value`` after the operator of ``part``, each element for itself."""
    op = part.op
    if op == ":":
        return (yield from _substring(shell, part, value))
    if op == "@":
        letter = part.word.literal if part.word is not None else ""
        return _each(value, lambda text: _at(shell, part, letter or "", text))
    assert part.word is not None
    pattern = yield from shell.pattern(part.word)
    if op[0] in "#%":
        return _each(value, lambda text: patterns.trim(text, pattern, op))
    if op[0] == "/":
        replacement = (yield from shell.text(part.word2)) if part.word2 is not None else ""
        return _each(value, lambda text: patterns.substitute(text, pattern, replacement, op))
    change = str.upper if op[0] == "^" else str.lower
    return _each(value, lambda text: _change_case(text, pattern or "?", change, len(op) > 1))


def _each(value: str | list[str] | None, change: Any) -> str | list[str]:
    if isinstance(value, list):
        return [change(text) for text in value]
    result: str = change(value or "")
    return result


def _change_case(text: str, pattern: str, change: Any, every: bool) -> str:
    reach = len(text) if every else 1
    return "".join(
        change(char) if at < reach and patterns.matches(pattern, char) else char for at, char in enumerate(text)
    )


def _at(shell: Expander, part: Param, letter: str, text: str) -> str:
    if letter == "Q":
        return quoted(text)
    if letter in ("U", "L"):
        return text.upper() if letter == "U" else text.lower()
    if letter == "u":
        return text[:1].upper() + text[1:]
    if letter == "E":
        from dockersim.userland.shell.text import unescape

        return unescape(text, "c")[0]
    if letter == "P":
        from dockersim.userland.shell.prompt import prompt

        return prompt(shell, text)
    if letter == "A":
        return f"{part.name}={quoted(text)}"
    raise ShellError(f"{part.source}: bad substitution", 1)


def quoted(text: str) -> str:
    """``text`` so that the shell reads it back (``${x@Q}``, ``printf %q`` in its simple cases)."""
    return "'" + text.replace("'", "'\\''") + "'"


def _substring(shell: Expander, part: Param, value: str | list[str] | None) -> Generator[Any, Any, str | list[str]]:
    assert part.word is not None
    text = yield from shell.text(part.word)
    offset = shell.calculate(text)
    length: int | None = None
    if part.word2 is not None:
        text = yield from shell.text(part.word2)
        length = shell.calculate(text)
    if part.name in "@*" and isinstance(value, list):
        value = [shell.arg0, *value] if offset <= 0 and not (offset == 0 and length == 0) else ["", *value]
        if offset < 0:
            value = value[1:]
    elif part.index is not None and isinstance(value, list):
        return _elements(shell, part.name, offset, length)
    source: Any = value if value is not None else ""
    if offset < 0:
        offset += len(source)
        if offset < 0:
            return [] if isinstance(source, list) else ""
    if length is None:
        end = len(source)
    elif length < 0:
        if isinstance(source, list) or len(source) + length < offset:
            if shell.bash:
                raise ShellError(f"{text}: substring expression < 0", 1)
            return ""
        end = len(source) + length
    else:
        end = offset + length
    result: str | list[str] = source[offset:end]
    return result


def _elements(shell: Expander, name: str, offset: int, length: int | None) -> list[str]:
    """``${array[@]:offset:length}``: from an index on, so many elements."""
    keys = shell.keys(name)
    if all(key.isdigit() for key in keys):
        offset = offset + int(keys[-1]) + 1 if offset < 0 and keys else offset
        pairs = [(key, text) for key, text in zip(keys, shell.array(name) or [], strict=True) if int(key) >= offset]
    else:
        pairs = list(zip(keys, shell.array(name) or [], strict=True))[max(offset - 1, 0) :]
    return [text for _, text in pairs][: length if length is None or length >= 0 else 0]


def indirect(shell: Expander, part: Param, sink: Text, quoted: bool) -> Generator[Any, Any, None]:
    """``${!name}``, ``${!prefix*}``, ``${!array[@]}``."""
    if part.op == "!":
        target = shell.get(part.name)
        if part.name in shell.references:
            sink.quoted(shell.references[part.name])
            return
        if not target:
            raise ShellError(f"{part.name}: invalid indirect expansion", 1)
        name, bracket, rest = target.partition("[")
        index = None
        if bracket:
            from dockersim.userland.shell.syntax.ast import Lit
            from dockersim.userland.shell.syntax.words import make_word

            index = make_word([Lit(rest.rstrip("]"))])
        yield from shell.parts((Param(name, "", None, None, index, target),), sink, quoted)
        return
    if part.op == "!keys":
        names = shell.keys(part.name)
        star = part.index is not None and subscript_of_all(part.index) == "*"
    else:
        names = sorted(name for name in shell.vars if name.startswith(part.name))
        star = part.source.endswith("*}")
    shell._many(names, sink, quoted, star)

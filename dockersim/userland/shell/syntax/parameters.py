"""``${...}``: parameters with their operators and subscripts, as they are written (XCU 2.6.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockersim.userland.shell.syntax.ast import Lit, Param, Part, Quo, Word
from dockersim.userland.shell.syntax.words import NAME, compiled, make_word, subscript_of_all

if TYPE_CHECKING:
    from dockersim.userland.shell.syntax.quoting import Quoting

_BRACE_PLAIN = r"[^$`\"'\\}]+"
_PARAMETER = rf"{NAME}|[0-9]+|[@*#?$!-]"
_LENGTH = rf"#({NAME}|[0-9]+|[@*#?$!-])(?=[}}\[])"
_INDIRECT = rf"!({NAME}|[0-9]+|[@*#])(?=[^A-Za-z0-9_])"
_END_OF_NAMES = r"[@*]?\}"
_OPERATORS = {
    "dash": r":?[-=?+]|##?|%%?",
    "ash": r":[-=?+]|[-=?+]|##?|%%?|//?|:",
    "bash": r":[-=?+]|[-=?+]|##?|%%?|//|/[#%](?!\})|/|\^\^?|,,?|@(?=[A-Za-z]\})|:",
}


def braced(reader: Quoting, quoted: bool, start: int) -> Param:
    """The parameter whose ``${`` stands at ``start`` and has been read; up to ``}``, which is consumed."""
    source = reader.source
    bash = reader.flavour == "bash"
    name, op = _name(reader)
    if not name:
        return _bad(reader, start)
    index = None
    if bash and source.startswith("[", reader.at):
        end = reader.closing_bracket(reader.at + 1)
        if end < 0:
            return _bad(reader, start)
        index = make_word(list(reader.nested(source[reader.at + 1 : end], reader.at).whole()))
        reader.at = end + 1
    if op == "!" and (match := compiled(_END_OF_NAMES).match(source, reader.at)):
        reader.at = match.end()
        keys = index is not None and subscript_of_all(index)
        op = "!keys" if keys else "!*" if match.end() - match.start() > 1 else "!"
        return Param(name, op, None, None, index, source[start : reader.at])
    if source.startswith("}", reader.at):
        reader.at += 1
        return Param(name, op, None, None, index, source[start : reader.at])
    if reader.at >= len(source):
        raise reader.incomplete("quote", "}", at=start)
    if op or not (match := compiled(_OPERATORS[reader.flavour]).match(source, reader.at)):
        return _bad(reader, start)
    op, reader.at = match.group(), match.end()
    literal_quotes = quoted and (op[-1] in "-=?+" or op == ":")
    word = _operand(reader, literal_quotes, ":" if op == ":" else "/" if op[0] == "/" else "", start)
    word2 = None
    if source[reader.at - 1] != "}":
        word2 = _operand(reader, literal_quotes, "", start)
    return Param(name, op, word, word2, index, source[start : reader.at])


def _name(reader: Quoting) -> tuple[str, str]:
    """The parameter's name, and ``len`` or ``!`` where that operator stands before it."""
    source, at = reader.source, reader.at
    match, op = compiled(_LENGTH).match(source, at), "len"
    if not match and reader.flavour == "bash":
        match, op = compiled(_INDIRECT).match(source, at), "!"
    if match:
        reader.at = match.end()
        return match.group(1), op
    match = compiled(_PARAMETER).match(source, at)
    if match:
        reader.at = match.end()
    return (match.group() if match else ""), ""


def _operand(reader: Quoting, literal_quotes: bool, separator: str, start: int) -> Word:
    """A word up to ``}`` or ``separator``, which is consumed."""
    source = reader.source
    parts: list[Part] = []
    while reader.at < len(source):
        char = source[reader.at]
        if char == "}" or (char == separator and not (separator == "/" and not parts)):
            reader.at += 1
            return make_word(parts)
        match = compiled(_BRACE_PLAIN).match(source, reader.at)
        if match:
            text = match.group()
            cut = text.find(separator, 0 if parts else 1) if separator else -1
            if cut >= 0:
                text = text[:cut]
            parts.append(Lit(text))
            reader.at += len(text)
        elif literal_quotes and char == "'":
            parts.append(Lit("'"))
            reader.at += 1
        elif literal_quotes and char == "\\":
            after = source[reader.at + 1 : reader.at + 2]
            reader.at += 2
            if after != "\n":
                parts.append(Quo(after if after and after in '$`\\"}' else "\\" + after))
        elif literal_quotes and char == "$":
            parts.append(reader.dollar(True))
        else:
            reader.special(char, parts)
    raise reader.incomplete("quote", "}", at=start)


def _bad(reader: Quoting, start: int) -> Param:
    """A substitution that no shell can make sense of is an error when it is reached, not before."""
    end = reader.source.find("}", reader.at)
    if end < 0:
        raise reader.incomplete("quote", "}", at=start)
    reader.at = end + 1
    return Param("", "bad", None, None, None, reader.source[start : reader.at])

"""Go's ``fmt.Sprintf`` for the values of a template, its complaints included."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from dockersim.client.template.format import address, show
from dockersim.client.template.values import Int, Map, Nil, Pointer, Slice, Struct, type_name
from dockersim.units.strconv import quote, quote_rune

_INDEX = re.compile(r"\[(\d*)\]|\[[^\]]*\]?")
_NUMBER = re.compile(r"\d+")
_UNSIGNED = re.compile(r"uint\d*")
_MOST = 1_000_000
"""The widest field that Go prints."""


class Form(NamedTuple):
    """One verb with what stands between it and its ``%``."""

    verb: str
    flags: str = ""
    width: int | None = None
    precision: int | None = None


def sprintf(layout: str, values: Sequence[Any]) -> str:
    """``layout`` with ``values`` for its verbs. What does not fit is said in the text: ``%!d(string=hi)``."""
    return _Printer(layout, values).run()


class _Printer:
    """Goes through a layout once."""

    def __init__(self, layout: str, values: Sequence[Any]) -> None:
        self._layout = layout
        self._values = values
        self._at = 0
        self._next = 0
        self._reordered = False
        self._good_index = True

    def run(self) -> str:
        out = ""
        while True:
            percent = self._layout.find("%", self._at)
            if percent < 0:
                return out + self._layout[self._at :] + self._extra()
            out += self._layout[self._at : percent]
            self._at = percent + 1
            out += self._directive()

    def _extra(self) -> str:
        left = self._values[self._next :]
        if self._reordered or not left:
            return ""
        return f"%!(EXTRA {', '.join('<nil>' if v is None else f'{type_name(v)}={show(v)}' for v in left)})"

    def _directive(self) -> str:
        self._good_index = True
        flags = self._while("-+# 0")
        after_index = self._index()
        width, complaint = self._size(after_index, "WIDTH")
        if width is not None and width < 0:
            flags, width = flags + "-", -width
        precision = None
        if self._layout.startswith(".", self._at):
            self._at += 1
            after_index = self._index()
            precision, more = self._size(after_index, "PREC")
            complaint += more
            precision = None if more else max(precision or 0, -1)
            precision = None if precision == -1 else precision
        self._index()
        if self._at >= len(self._layout):
            return complaint + "%!(NOVERB)"
        verb = self._layout[self._at]
        self._at += 1
        return complaint + self._verb(Form(verb, flags, width, precision))

    def _verb(self, form: Form) -> str:
        if form.verb == "%":
            return "%"
        if not self._good_index:
            return f"%!{form.verb}(BADINDEX)"
        if self._next >= len(self._values):
            return f"%!{form.verb}(MISSING)"
        value = self._values[self._next]
        self._next += 1
        return formatted(value, form)

    def _while(self, characters: str) -> str:
        start = self._at
        while self._at < len(self._layout) and self._layout[self._at] in characters:
            self._at += 1
        return self._layout[start : self._at]

    def _index(self) -> bool:
        """``[2]``: the next verb takes that value."""
        found = _INDEX.match(self._layout, self._at)
        if found is None:
            return False
        self._reordered = True
        closed = found[0].endswith("]")
        self._at = found.end() if closed else self._at + 1
        number = int(found[1] or 0) if found[1] else 0
        if not 1 <= number <= len(self._values):
            self._good_index = False
            return closed
        self._next = number - 1
        return True

    def _size(self, after_index: bool, what: str) -> tuple[int | None, str]:
        """A width or precision, and a complaint."""
        if self._layout.startswith("*", self._at):
            self._at += 1
            return self._star(what)
        found = _NUMBER.match(self._layout, self._at)
        if found is None:
            return None, ""
        self._at = found.end()
        if after_index:
            self._good_index = False
        return int(found[0]), ""

    def _star(self, what: str) -> tuple[int | None, str]:
        value = self._values[self._next] if self._next < len(self._values) else None
        self._next += self._next < len(self._values)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _MOST:
            return int(value), ""
        return None, f"%!(BAD{what})"


def formatted(value: Any, form: Form, nested: bool = False) -> str:
    """One value by one verb; what is inside it by the same verb."""
    if form.verb == "T" and not nested:
        return _padded(type_name(value), form)
    if value is None:
        return _padded("<nil>", form) if form.verb == "v" else f"%!{form.verb}(<nil>)"
    if form.verb == "v" and "#" in form.flags:
        return _go_syntax(value, nested)
    if isinstance(value, Struct | Int) and value.text is not None and form.verb in "vsxXq":
        return _string(value.text, form)
    if isinstance(value, Nil):
        return _padded("<nil>", form) if form.verb in "vs" else f"%!{form.verb}({value.type_name}=<nil>)"
    if isinstance(value, Pointer) or (isinstance(value, Struct) and value.pointer and nested):
        return _padded(address(value), form)
    inside = _inside(value, form)
    if inside is not None:
        return inside
    done = _scalar(value, form)
    return _misused(value, form) if done is None else done


def _misused(value: Any, form: Form) -> str:
    """What is said of a value that a verb is not for."""
    return f"%!{form.verb}({type_name(value)}={formatted(value, form._replace(verb='v'))})"


def _inside(value: Any, form: Form) -> str | None:
    """A struct, a map or a list; ``None`` for anything else."""
    if isinstance(value, Struct):
        named = form.verb == "v" and "+" in form.flags
        items = (f"{name}:" * named + formatted(item, form, True) for name, item in value.items())
        return f"{'&' * value.pointer}{{{' '.join(items)}}}"
    if isinstance(value, dict):
        pairs = (f"{formatted(key, form, True)}:{formatted(value[key], form, True)}" for key in sorted(value))
        return f"map[{' '.join(pairs)}]"
    if isinstance(value, list | tuple):
        return f"[{' '.join(formatted(item, form, True) for item in value)}]"
    return None


def _scalar(value: Any, form: Form) -> str | None:
    if isinstance(value, bool):
        return _padded(show(value), form) if form.verb in "tv" else None
    if isinstance(value, str):
        return _string(value, form) if form.verb in "vsxXq" else None
    if isinstance(value, int):
        return _integer(value, form)
    if isinstance(value, complex):
        return _padded(show(value), form) if form.verb == "v" else None
    return _float(value, form) if isinstance(value, float) else None


def _string(text: str, form: Form) -> str:
    if form.precision is not None and form.verb != "T":
        text = text[: form.precision]
    if form.verb in "xX":
        return _padded(_hex(text, form), form)
    if form.verb == "q":
        raw = "#" in form.flags and "`" not in text and text.isprintable()
        text = f"`{text}`" if raw else quote(text)
        if "+" in form.flags and not raw:
            text = "".join(char if char.isascii() else _ascii(char) for char in text)
    return _padded(str(text), form)


def _ascii(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def _hex(text: str, form: Form) -> str:
    raw = text.encode(errors="surrogateescape")
    prefix = "0x" if "#" in form.flags and raw else ""
    made = f" {prefix}".join(f"{byte:02x}" for byte in raw) if " " in form.flags else raw.hex()
    return (prefix + made).upper() if form.verb == "X" else prefix + made


def _integer(value: int, form: Form) -> str | None:
    verb = "d" if form.verb == "v" else form.verb
    value = int(value)
    if verb in "dobxXO":
        return _number(value, form, verb)
    char = chr(value) if 0 <= value < 0x110000 and not 0xD800 <= value < 0xE000 else "\ufffd"
    if verb == "U":
        shown = f" '{char}'" if "#" in form.flags and char.isprintable() else ""
        return _padded(f"U+{value & 0xFFFFFFFFFFFFFFFF:04X}{shown}", form)
    made = {"c": char, "q": quote_rune(char)}.get(verb)
    return None if made is None else _padded(made, form)


def _number(value: int, form: Form, verb: str) -> str:
    digits = format(abs(value), "o" if verb == "O" else verb)
    if form.precision is not None:
        digits = "" if form.precision == 0 and not value else digits.rjust(form.precision, "0")
    elif "0" in form.flags and "-" not in form.flags and form.width:
        taken = value < 0 or "+" in form.flags or " " in form.flags
        digits = digits.rjust(form.width - taken, "0")
    if verb == "O":
        digits = "0o" + digits
    elif "#" in form.flags and verb != "d":
        digits = {"o": "0", "x": "0x", "X": "0X", "b": "0b"}[verb] + digits
    flags = form.flags.replace("0", "") if form.precision is not None else form.flags
    return _padded(_sign(value < 0, form) + digits, form._replace(flags=flags))


def _sign(negative: bool, form: Form) -> str:
    if negative:
        return "-"
    plus = "+" in form.flags and form.verb != "v"
    return "+" if plus else " " if " " in form.flags else ""


def _float(value: float, form: Form) -> str | None:
    verb = "g" if form.verb == "v" else "f" if form.verb == "F" else form.verb
    if verb in "xX":
        text = _float_hex(abs(value))
        text = text.upper() if verb == "X" else text
    elif verb in "feEgG":
        exact = 6 if form.precision is None and verb in "feE" else form.precision
        text = _shortest(abs(value), verb) if exact is None else format(abs(value), f".{exact}{verb}")
    else:
        return None
    sign = _sign(value < 0, form)
    if "0" in form.flags and "-" not in form.flags and form.width:
        text = text.rjust(form.width - len(sign), "0")
    return _padded(sign + text, form)


def _shortest(value: float, verb: str) -> str:
    text = show(value)
    return text.upper() if verb == "G" else text


def _float_hex(value: float) -> str:
    mantissa, _, exponent = value.hex().partition("p")
    return f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}p{int(exponent):+03d}"


def _padded(text: str, form: Form) -> str:
    if form.width is None or len(text) >= form.width:
        return text
    if "-" in form.flags:
        return text.ljust(form.width)
    return text.rjust(form.width, "0" if "0" in form.flags else " ")


def _go_syntax(value: Any, nested: bool = False) -> str:
    """``%#v``: as it would stand in a program."""
    if value is None:
        return "interface {}(nil)"
    if isinstance(value, Nil):
        return f"({value.type_name})(nil)"
    if isinstance(value, Pointer) or (isinstance(value, Struct) and value.pointer and nested):
        return f"({type_name(value)})({address(value)})"
    if isinstance(value, Slice | Map) and value.nil:
        return f"{value.type_name}(nil)"
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, Struct):
        items = ", ".join(f"{name}:{_go_syntax(item, True)}" for name, item in value.items())
        return f"{'&' * value.pointer}{value.type_name}{{{items}}}"
    if isinstance(value, dict):
        items = ", ".join(f"{_go_syntax(key, True)}:{_go_syntax(value[key], True)}" for key in sorted(value))
        return f"{type_name(value)}{{{items}}}"
    if isinstance(value, list | tuple):
        return f"{type_name(value)}{{{', '.join(_go_syntax(item, True) for item in value)}}}"
    if isinstance(value, Int):
        return f"{int(value):#x}" if _UNSIGNED.match(value.type_name) else str(int(value))
    return show(value)

"""printf."""

from __future__ import annotations

import re

from dockersim.userland.process import Process
from dockersim.userland.programs.escapes import encode, unescape
from dockersim.userland.programs.options import is_busybox, missing_operand, quoted, shell_quoted

SPEC = re.compile(rb"%([-+ #0']*)(\*|\d+)?(?:\.(\*|-?\d*))?(?:[hlLqjzt]*)([a-zA-Z%])")


class _Printf:
    def __init__(self, p: Process, arguments: list[str]) -> None:
        self.p = p
        self.arguments = arguments
        self.status = 0
        self.ended = False
        self.used = False

    def next(self) -> str | None:
        if not self.arguments:
            return None
        self.used = True
        return self.arguments.pop(0)

    def number(self, text: str | None) -> int:
        if not text:
            return 0
        if text[0] in "'\"" and len(text) > 1:
            return encode(text[1:])[0] if encode(text[1:])[0] < 128 else ord(text[1])
        found = re.match(r"\s*[+-]?(0[xX][0-9a-fA-F]+|\d+)", text)
        digits = found[0].strip() if found else ""
        value = 0
        if digits:
            body = digits.lstrip("+-")
            base = (
                16
                if body[:2] in ("0x", "0X")
                else 8
                if body.startswith("0") and body.isdigit() and len(body) > 1
                else 10
            )
            try:
                value = int(body, base) * (-1 if digits.startswith("-") else 1)
            except ValueError:
                digits = ""
        if not found or digits != text.strip() or not digits:
            self.status = 1
            if is_busybox(self.p):
                self.p.err(f"{self.p.name}: invalid number '{text}'\n")
                return 0
            self.p.err(
                f"{self.p.name}: {quoted(text)}: "
                f"{'value not completely converted' if digits else 'expected a numeric value'}\n"
            )
        return value

    def real(self, text: str | None) -> float:
        if not text:
            return 0.0
        if text[0] in "'\"" and len(text) > 1:
            return float(ord(text[1]))
        try:
            return float(text)
        except ValueError:
            return float(self.number(text))

    def once(self, form: bytes) -> bytes:
        out = []
        at = 0
        for found in SPEC.finditer(form):
            out.append(form[at : found.start()])
            at = found.end()
            flags, kind = found[1].decode().replace("'", ""), found[4].decode()
            if kind == "%":
                out.append(b"%")
                continue
            width, precision = (found[2] or b"").decode(), None if found[3] is None else found[3].decode()
            if width == "*":
                amount = self.number(self.next())
                flags, width = flags + ("-" if amount < 0 else ""), str(abs(amount))
            if precision == "*":
                precision = str(self.number(self.next()))
            out.append(self.one(kind, flags, width, precision))
            if self.ended:
                return b"".join(out)
        out.append(form[at:])
        return b"".join(out)

    def one(self, kind: str, flags: str, width: str, precision: str | None) -> bytes:
        spec = "%" + flags + width + ("" if precision is None or precision.startswith("-") else f".{precision}")
        if kind in "di":
            return (spec + "d").encode() % self.number(self.next())
        if kind in "ouxX":
            value = self.number(self.next()) & (1 << 64) - 1
            return (spec + ("d" if kind == "u" else kind)).encode() % value if kind != "o" else self._octal(spec, value)
        if kind in "eEfFgGaA":
            return (spec + (kind if kind not in "aA" else "g")).encode() % self.real(self.next())
        text = self.next() or ""
        if kind == "c":
            data = encode(text)[:1]
        elif kind == "b":
            data, self.ended = unescape(text)
        elif kind == "q":
            plain = text and re.fullmatch(r"[\w./+,:@%=-]+", text)
            data = encode(text if plain else shell_quoted(text))
        elif kind == "s":
            data = encode(text)
        else:
            self.p.err(
                f"{self.p.name}: %{kind}: invalid conversion specification\n"
                if not is_busybox(self.p)
                else f"{self.p.name}: %{kind}: invalid format\n"
            )
            self.status = 1
            self.ended = True
            return b""
        if precision is not None and precision.lstrip("-").isdigit() and kind != "c":
            data = data[: int(precision)]
        size = int(width or 0)
        return data.ljust(size) if "-" in flags else data.rjust(size)

    @staticmethod
    def _octal(spec: str, value: int) -> bytes:
        text = (spec + "o") % value
        return text.replace("0o", "0").encode()


def _escaped(form: str) -> tuple[bytes, bool]:
    """The format with escapes resolved, but none inside a directive."""
    return unescape(form, zero=False, quote=True)


def printf(p: Process) -> int:
    words = p.argv[1:]
    if words[:1] == ["--"]:
        words.pop(0)
    if not words:
        missing_operand(p)
    form, ended = _escaped(words[0])
    run = _Printf(p, words[1:])
    while True:
        run.used = False
        p.out(run.once(form))
        if ended or run.ended or not run.arguments or not run.used:
            break
    if run.arguments and not run.ended and not ended and not is_busybox(p):
        p.fail(f"warning: ignoring excess arguments, starting with {quoted(run.arguments[0])}")
    return run.status

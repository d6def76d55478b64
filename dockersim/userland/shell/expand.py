"""Word expansion (POSIX XCU 2.6): tilde, parameters, commands, arithmetic, fields, file names.

Generators, because a command substitution waits for a process; nothing else in here does.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from dockersim.userland.shell.calculate import Calculator
from dockersim.userland.shell.sinks import Fields, Pattern, Text
from dockersim.userland.shell.state import Assoc, ShellError
from dockersim.userland.shell.syntax.ast import Arith, CmdSub, Dq, List, Lit, Param, Part, ProcSub, Quo, Word
from dockersim.userland.shell.syntax.words import subscript_of_all


class Expander(Calculator):
    """A shell's memory that can expand words."""

    def stream(self, node: ProcSub) -> Generator[Any, Any, str]:
        """The path of a process substitution."""
        raise NotImplementedError

    def substitute(self, program: List) -> Generator[Any, Any, str]:
        """The output of ``program`` in a subshell; the interpreter's part."""
        raise NotImplementedError
        yield

    # ---- words

    def fields(self, words: Sequence[Word]) -> Generator[Any, Any, list[str]]:
        """The fields of ``words``."""
        done: list[str] = []
        sink: Fields | None = None
        for word in words:
            if word.literal is not None:
                done.append(word.literal)
                continue
            if sink is None:
                sink = Fields(self)
            yield from self.parts(word.parts, sink, False)
            sink.finish()
            done += sink.fields
            sink.fields = []
        return done

    def text(self, word: Word, assigning: bool = False) -> Generator[Any, Any, str]:
        """``word`` as one text. ``assigning``: a tilde counts after a colon, too."""
        if word.literal is not None:
            return word.literal
        sink = Text()
        yield from self.parts(word.parts, sink, False, assigning)
        return sink.result()

    def pattern(self, word: Word) -> Generator[Any, Any, str]:
        """``word`` as a pattern."""
        sink = Pattern()
        yield from self.parts(word.parts, sink, False)
        return sink.result()

    def document(self, parts: Sequence[Part]) -> Generator[Any, Any, str]:
        """The text of a here-document or of an arithmetic expression."""
        sink = Text()
        yield from self.parts(parts, sink, True)
        return sink.result()

    def parts(
        self, parts: Sequence[Part], sink: Text, quoted: bool, assigning: bool = False, operand: bool = False
    ) -> Generator[Any, Any, None]:
        """Hand ``parts`` to ``sink``. ``operand``: unquoted text is split as an expansion is (``${x:-a b}``)."""
        for number, part in enumerate(parts):
            kind = type(part)
            if kind is Lit:
                text: str = part.text  # type: ignore[union-attr]
                if "~" in text and not quoted:
                    text = self._tildes(text, sink, number == 0, len(parts) == number + 1, assigning)
                if quoted:
                    sink.quoted(text)
                elif operand:
                    sink.expanded(text)
                elif text:
                    sink.literal(text)
            elif kind is Quo:
                sink.quoted(part.text)  # type: ignore[union-attr]
            elif kind is Param:
                if part.op or part.index is not None:  # type: ignore[union-attr]
                    yield from self._param(part, sink, quoted)  # type: ignore[arg-type]
                else:
                    self._simple_param(part.name, sink, quoted)  # type: ignore[union-attr]
            elif kind is Dq:
                inside = part.parts  # type: ignore[union-attr]
                if not _may_vanish(inside):
                    sink.touch()
                yield from self.parts(inside, sink, True)
            else:
                yield from self._computed(part, sink, quoted)

    def _computed(self, part: Part, sink: Text, quoted: bool) -> Generator[Any, Any, None]:
        """What a program or an expression gives."""
        if isinstance(part, CmdSub):
            value = yield from self.substitute(part.program)
        elif isinstance(part, ProcSub):
            value = yield from self.stream(part)
            quoted = True
        elif isinstance(part, Arith):
            value = str((yield from self.arithmetic(part)))
        else:
            raise ShellError("syntax error near unexpected token `('", 1)
        sink.quoted(value) if quoted else sink.expanded(value)

    def _tildes(self, text: str, sink: Text, first: bool, last: bool, assigning: bool) -> str:
        """Replace a leading ``~`` or ``~user`` (when assigning, also after ``:``); what is left to add."""
        pieces = text.split(":") if assigning else [text]
        for number, piece in enumerate(pieces):
            ends = "/" in piece or last or number < len(pieces) - 1
            if number:
                sink.literal(":")
            if piece.startswith("~") and ends and (first or number):
                user, slash, rest = piece[1:].partition("/")
                home = self.home(user)
                if home is not None:
                    sink.quoted(home)
                    piece = slash + rest
            if number < len(pieces) - 1:
                sink.literal(piece)
        return piece

    def home(self, user: str) -> str | None:
        """The directory that ``~user`` stands for."""
        if not user:
            return self.get("HOME") or self._passwd(str(self.p.cred.uid), 2) if self.bash else self.get("HOME")
        if self.bash and user in ("+", "-"):
            return self.p.cwd if user == "+" else self.get("OLDPWD")
        return self._passwd(user, 0)

    def _passwd(self, key: str, column: int) -> str | None:
        from dockersim.fs import FsError

        try:
            lines = self.p.vfs.read_file("/etc/passwd").decode(errors="replace").splitlines()
        except FsError:
            return None
        for line in lines:
            entry = line.split(":")
            if len(entry) >= 7 and entry[column] == key:
                home: str = entry[5]
                return home
        return None

    def user_name(self) -> str:
        """The name that belongs to the shell's user id."""
        from dockersim.fs import FsError

        try:
            lines = self.p.vfs.read_file("/etc/passwd").decode(errors="replace").splitlines()
        except FsError:
            lines = []
        names = [entry[0] for line in lines if len(entry := line.split(":")) > 2 and entry[2] == str(self.p.cred.uid)]
        return names[0] if names else "I have no name!"

    # ---- parameters

    def _simple_param(self, name: str, sink: Text, quoted: bool) -> None:
        if name == "@" or name == "*":
            self._many(self.params, sink, quoted, name == "*")
            return
        value = self.get(name)
        if value is None:
            if "u" in self.options:
                self.unbound(name)
            if quoted:
                sink.quoted("")
        elif quoted:
            sink.quoted(value)
        else:
            sink.expanded(value)

    def _many(self, values: Sequence[str], sink: Text, quoted: bool, star: bool) -> None:
        if (star and quoted) or ((star or not self.bash) and not isinstance(sink, Fields)):
            ifs = self.ifs()
            (sink.quoted if quoted else sink.expanded)(ifs[:1].join(values))
            return
        for number, value in enumerate(values):
            if number:
                sink.separate(quoted)
            if quoted:
                sink.quoted(value)
            else:
                sink.expanded(value)

    def _lookup(self, part: Param) -> Generator[Any, Any, str | list[str] | None]:
        """The value: a text, a list for ``@`` and ``*``, ``None`` where unset."""
        name = part.name
        if part.index is None:
            return self.params if name in "@*" else self.get(name)
        if subscript_of_all(part.index):
            return self.array(name) or []
        key = yield from self.key(name, part.index)
        value = self.vars.get(name)
        if isinstance(value, dict):
            item: str | None = value.get(key)
            return item
        elements = self.array(name) or []
        return elements[key] if isinstance(key, int) and -len(elements) <= key < len(elements) else None

    def key(self, name: str, index: Word) -> Generator[Any, Any, Any]:
        """The subscript ``index`` as a key of the array ``name``."""
        text = yield from self.text(index)
        value = self.vars.get(self.references.get(name, name))
        if type(value) is Assoc:
            return text
        number = self.calculate(text)
        if number < 0 and isinstance(value, dict) and value:
            number += max(value) + 1
        if number < 0:
            raise ShellError(f"{name}[{text}]: bad array subscript", 1)
        return number

    def _param(self, part: Param, sink: Text, quoted: bool) -> Generator[Any, Any, None]:
        op = part.op
        if op == "bad":
            raise ShellError(
                f"{part.source}: bad substitution" if self.bash
                else "Bad substitution" if self.flavour == "dash" else "syntax error: bad substitution",
                1 if self.bash else 2,
            )  # fmt: skip
        if op[:1] == "!":
            from dockersim.userland.shell.transform import indirect

            yield from indirect(self, part, sink, quoted)
            return
        value = yield from self._lookup(part)
        star = part.name == "*" or (part.index is not None and subscript_of_all(part.index) == "*")
        operator = op[-1:]
        if operator in "-=?+" and op and op != "len":
            empty = not value if op[0] == ":" else value is None or value == []
            if isinstance(value, list) and op[0] == ":":
                empty = not "".join(value)
            if operator == "+":
                if not empty:
                    yield from self._operand(part, sink, quoted)
                return
            if empty:
                yield from self._missing(part, operator, sink, quoted)
                return
        elif value is None and "u" in self.options:
            self.unbound(part.source[2:-1] if part.index is not None else part.name)
        if op == "len":
            value = str(len(self.params) if part.name in "@*" else len(value or ""))
        elif op and operator not in "-=?+":
            from dockersim.userland.shell.transform import transform

            value = yield from transform(self, part, value)
        if isinstance(value, list):
            self._many(value, sink, quoted, star)
        elif quoted:
            sink.quoted(value or "")
        else:
            sink.expanded(value or "")

    def _operand(self, part: Param, sink: Text, quoted: bool) -> Generator[Any, Any, None]:
        assert part.word is not None
        yield from self.parts(part.word.parts, sink, quoted, operand=True)

    def _missing(self, part: Param, operator: str, sink: Text, quoted: bool) -> Generator[Any, Any, None]:
        """The parameter is unset (or empty): its default, its new value, or the error."""
        assert part.word is not None
        if operator == "-":
            yield from self._operand(part, sink, quoted)
            return
        text = Text()
        yield from self.parts(part.word.parts, text, quoted)
        result = text.result()
        if operator == "=":
            if not (part.name[0].isalpha() or part.name[0] == "_"):
                if self.bash:
                    raise ShellError(f"${part.name}: cannot assign in this way", 1)
                raise ShellError("Bad substitution" if self.flavour == "dash" else "syntax error: bad substitution")
            if part.index is not None:
                key = yield from self.key(part.name, part.index)
                self.element(part.name)[key] = result
            else:
                self.set(part.name, result)
            sink.quoted(result) if quoted else sink.expanded(result)
            return
        default = "parameter null or not set" if part.op[0] == ":" else "parameter not set"
        raise ShellError(
            f"{part.name}: {result or ('parameter not set' if not self.bash and part.op[0] != ':' else default)}",
            self.unset_status(),
            fatal=True,
        )

    # ---- arithmetic

    def arithmetic(self, part: Arith) -> Generator[Any, Any, int]:
        if len(part.parts) == 1 and type(part.parts[0]) is Quo:
            return self.calculate(part.parts[0].text)
        text = yield from self.document(part.parts)
        return self.calculate(text)


def _may_vanish(parts: Sequence[Part]) -> bool:
    """Whether ``"$@"`` (or an array's) without elements leaves no field."""
    return len(parts) > 0 and all(
        type(part) is Param
        and (part.name == "@" or (part.index is not None and subscript_of_all(part.index) == "@"))
        and part.op != "len"
        for part in parts
    )

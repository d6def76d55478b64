"""The syntax tree of a shell program: frozen values, made by the parser and shared by every run of the same text."""

from __future__ import annotations

from typing import Any, ClassVar, TypeAlias, dataclass_transform


@dataclass_transform(frozen_default=True)
class Node:
    """A value whose fields are its annotations, in order. (Dataclasses would cost more at start-up than the parser.)"""

    __slots__: ClassVar[tuple[str, ...]] = ()
    _fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls._fields = tuple(cls.__annotations__)

    def __init__(self, *values: Any) -> None:
        for name, value in zip(self._fields, values, strict=True):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and all(getattr(self, n) == getattr(other, n) for n in self._fields)

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) for name in self._fields)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(repr(getattr(self, name)) for name in self._fields)})"


# ---- words


class Lit(Node):
    """Unquoted text: patterns and a leading tilde in it are special."""

    __slots__ = ("text",)
    text: str


class Quo(Node):
    """Quoted text."""

    __slots__ = ("text",)
    text: str


class Dq(Node):
    """What stands between double quotes."""

    __slots__ = ("parts",)
    parts: tuple[Part, ...]


class Param(Node):
    """``${name[index]op word}``.

    ``op`` is empty, one of POSIX's (``-`` ``:-`` ``=`` ``:=`` ``?`` ``:?`` ``+`` ``:+`` ``#`` ``##`` ``%`` ``%%``),
    ``len``, one of bash's (``/`` ``//`` ``/#`` ``/%`` ``:`` ``^`` ``^^`` ``,`` ``,,`` ``@``), ``!`` (indirect),
    ``!*`` (names), ``!keys``, or ``bad``. ``source`` is the text as it was written.
    """

    __slots__ = ("index", "name", "op", "source", "word", "word2")
    name: str
    op: str
    word: Word | None
    word2: Word | None
    index: Word | None
    source: str


class CmdSub(Node):
    """``$(program)`` or its form with backquotes."""

    __slots__ = ("program",)
    program: List


class ProcSub(Node):
    """bash's ``<(program)``, or ``>(program)`` with ``out``."""

    __slots__ = ("out", "program")
    program: List
    out: bool


class Arith(Node):
    """``$((text))``."""

    __slots__ = ("parts",)
    parts: tuple[Part, ...]


class Array(Node):
    """``(word [index]=word ...)`` as the value of an assignment."""

    __slots__ = ("items",)
    items: tuple[tuple[Word | None, Word], ...]


class Target(Node):
    """``name[index]=`` at the beginning of a word."""

    __slots__ = ("append", "index", "name")
    name: str
    index: Word
    append: bool


Part: TypeAlias = Lit | Quo | Dq | Param | CmdSub | ProcSub | Arith | Array | Target


class Word(Node):
    """``literal`` is the text where no expansion can change it, else ``None``."""

    __slots__ = ("literal", "parts")
    parts: tuple[Part, ...]
    literal: str | None


class Assign(Node):
    __slots__ = ("append", "index", "name", "value")
    name: str
    index: Word | None
    append: bool
    value: Word | Array


class HereDoc:
    """A here-document; the body arrives when the parser reaches the line after."""

    __slots__ = ("delimiter", "parts", "quoted", "strip")

    def __init__(self, delimiter: str, strip: bool, quoted: bool) -> None:
        self.delimiter = delimiter
        self.strip = strip
        self.quoted = quoted
        self.parts: tuple[Part, ...] = ()


class Redirect(Node):
    """``fd`` is -1 where the operator's own default holds, -2 for ``&>``."""

    __slots__ = ("fd", "here", "op", "word")
    fd: int
    op: str
    word: Word
    here: HereDoc | None


# ---- commands


class Simple(Node):
    """``argv`` is there where all words are literal."""

    __slots__ = ("argv", "assigns", "line", "redirects", "words")
    assigns: tuple[Assign, ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]
    line: int
    argv: tuple[str, ...] | None


class Pipeline(Node):
    __slots__ = ("bang", "commands", "source", "timed")
    commands: tuple[Command, ...]
    bang: bool
    timed: bool
    source: str


class AndOr(Node):
    """``rest`` holds pairs of ``&&`` or ``||`` and a command."""

    __slots__ = ("first", "rest")
    first: Command
    rest: tuple[tuple[str, Command], ...]


class Async(Node):
    """``command &``"""

    __slots__ = ("command", "source")
    command: Command
    source: str


class List(Node):
    __slots__ = ("commands",)
    commands: tuple[Command, ...]


class Redirected(Node):
    """A compound command with redirections."""

    __slots__ = ("command", "redirects")
    command: Command
    redirects: tuple[Redirect, ...]


class Subshell(Node):
    __slots__ = ("body",)
    body: List


class If(Node):
    """``arms`` are pairs of condition and body."""

    __slots__ = ("arms", "otherwise")
    arms: tuple[tuple[List, List], ...]
    otherwise: List | None


class For(Node):
    """``words`` is ``None`` for the positional parameters; ``select`` makes it bash's menu."""

    __slots__ = ("body", "line", "name", "select", "words")
    name: str
    words: tuple[Word, ...] | None
    body: List
    line: int
    select: bool


class CFor(Node):
    """``for ((start; test; step))``"""

    __slots__ = ("body", "start", "step", "test")
    start: Arith
    test: Arith
    step: Arith
    body: List


class While(Node):
    __slots__ = ("body", "condition", "until")
    condition: List
    body: List
    until: bool


class Case(Node):
    """``arms`` are patterns, body and the arm's end: ``;;``, ``;&`` or ``;;&``."""

    __slots__ = ("arms", "line", "word")
    word: Word
    arms: tuple[tuple[tuple[Word, ...], List, str], ...]
    line: int


class Function(Node):
    __slots__ = ("body", "name", "source")
    name: str
    body: Command
    source: str


class ArithCommand(Node):
    """``((text))``"""

    __slots__ = ("expression", "line")
    expression: Arith
    line: int


class Cond(Node):
    """``[[ ... ]]``: ``items`` are operator strings and words, in order of writing."""

    __slots__ = ("items", "line")
    items: tuple[str | Word, ...]
    line: int


Command: TypeAlias = (
    Simple | Pipeline | AndOr | Async | List | Redirected | Subshell | If | For | CFor | While | Case | Function
    | ArithCommand | Cond
)  # fmt: skip

"""Running a template: Go's ``text/template`` evaluation, its errors word for word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dockersim.client.template.format import printed
from dockersim.client.template.functions import FUNCTIONS
from dockersim.client.template.parse import Node
from dockersim.client.template.values import (
    Int,
    Map,
    Nil,
    Struct,
    TemplateError,
    Text,
    element_type,
    is_map,
    truth,
    type_name,
)
from dockersim.units.strconv import quote

# These leave a column's heading as it is when a table's headings go through the template of its rows.
_LEAVE_HEADINGS = frozenset(("json", "split", "join", "title", "lower", "upper", "truncate"))
# No value is piped in.
_MISSING: Any = object()
_ANY = "interface {}"


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


class _Variable:
    """A variable and the static type of its value: an element of a ``[]interface {}`` is an ``interface {}``."""

    __slots__ = ("kind", "name", "value")

    def __init__(self, name: str, value: Any, kind: str) -> None:
        self.name = name
        self.value = value
        self.kind = kind


class Execution:
    """One run of a template over one value."""

    def __init__(
        self, text: str, defined: dict[str, list[Node]], missing_key_error: bool, headers: bool, name: str = ""
    ) -> None:
        self._text = text
        self._called = name
        self._defined = defined
        self._strict = missing_key_error
        self._headers = headers
        self._variables: list[_Variable] = []
        self._out: list[str] = []
        self._node: Node | None = None
        # The static type of the dot.
        self._kind = ""
        self._name = name
        self._depth = 0

    def run(self, nodes: list[Node], data: Any) -> str:
        """The output. Raises :class:`TemplateError`, which holds what was written until then."""
        self._variables = [_Variable("$", data, type_name(data))]
        try:
            self._walk_with(nodes, data, type_name(data))
        except TemplateError as error:
            error.written = "".join(self._out)
            raise
        return "".join(self._out)

    def _fail(self, message: str, node: Node | None = None) -> TemplateError:
        at = node or self._node
        if at is None:
            return TemplateError(f"template: {self._called}: {message}")
        before = self._text[: at.pos]
        column = len(before.rpartition("\n")[2].encode(errors="surrogateescape"))
        where = f":{1 + before.count(chr(10))}:{column}"
        return TemplateError(f"template: {self._called}{where}: executing {quote(self._name)} at <{at}>: {message}")

    def _walk_with(self, nodes: list[Node], dot: Any, kind: str) -> None:
        """Walk with another dot, which is of the static type ``kind``."""
        held, self._kind = self._kind, kind
        try:
            self._walk(nodes, dot)
        finally:
            self._kind = held

    def _walk(self, nodes: list[Node], dot: Any) -> None:
        for node in nodes:
            self._node = node
            kind = node.kind
            if kind == "text":
                self._out.append(node.text)
            elif kind == "action":
                value = self._pipeline(dot, node.args[0])
                if not node.args[0].names:
                    self._out.append("<no value>" if value is None else printed(value))
            elif kind in ("if", "with"):
                self._if_or_with(node, dot)
            elif kind == "range":
                self._range(node, dot)
            elif kind == "template":
                self._template(node, dot)
            elif kind == "break":
                raise _Break
            elif kind == "continue":
                raise _Continue

    def _if_or_with(self, node: Node, dot: Any) -> None:
        held = len(self._variables)
        value = self._pipeline(dot, node.args[0])
        if not truth(value):
            self._walk(node.other, dot)
        elif node.kind == "with":
            self._walk_with(node.body, value, type_name(value))
        else:
            self._walk(node.body, dot)
        del self._variables[held:]

    def _template(self, node: Node, dot: Any) -> None:
        body = self._defined.get(node.text)
        if body is None:
            raise self._fail(f"template {quote(node.text)} not defined")
        if self._depth > 100:
            raise self._fail("exceeded maximum template depth (100000)")
        inner = self._pipeline(dot, node.args[0]) if node.args else None
        held, self._variables, name = self._variables, [_Variable("$", inner, type_name(inner))], self._name
        self._name = node.text
        self._depth += 1
        self._walk_with(body, inner, type_name(inner))
        self._depth -= 1
        self._variables, self._name = held, name

    def _range(self, node: Node, dot: Any) -> None:
        pipe = node.args[0]
        held = len(self._variables)
        value = self._pipeline(dot, pipe)
        names = pipe.names
        mark = len(self._variables)
        empty = True
        try:
            for key, item in self._items(value, node):
                empty = False
                kind = element_type(value, item)
                bound = ((key, type_name(key)), (item, kind))
                for name, (each, its_kind) in zip(names, bound if len(names) > 1 else bound[1:], strict=False):
                    self._assign(name, each, its_kind)
                try:
                    self._walk_with(node.body, item, kind)
                except _Continue:
                    pass
                finally:
                    del self._variables[mark:]
        except _Break:
            pass
        if empty:
            self._walk(node.other, dot)
        del self._variables[held:]

    def _items(self, value: Any, node: Node) -> Iterator[tuple[Any, Any]]:
        if isinstance(value, list | tuple):
            yield from enumerate(value)
        elif is_map(value):
            yield from ((key, value[key]) for key in sorted(value))
        elif isinstance(value, int) and not isinstance(value, bool):
            if len(node.args[0].names) > 1:
                raise self._fail(f"can't use {value} to iterate over more than one variable", self._node)
            yield from ((number, number) for number in range(value))
        elif value is not None:
            raise self._fail(f"range can't iterate over {printed(value)}", self._node)

    def _assign(self, name: str, value: Any, kind: str) -> None:
        variable = self._variable(name)
        variable.value, variable.kind = value, kind

    def _variable(self, name: str) -> _Variable:
        for variable in reversed(self._variables):
            if variable.name == name:
                return variable
        raise self._fail(f"undefined variable: {name}")

    def _pipeline(self, dot: Any, pipe: Node) -> Any:
        self._node = pipe
        value: Any = _MISSING
        for command in pipe.args:
            value = self._command(dot, command, value)
        for name in pipe.names:
            if pipe.text == "=":
                self._assign(name, value, type_name(value))
            else:
                self._variables.append(_Variable(name, value, type_name(value)))
        return value

    def _command(self, dot: Any, command: Node, final: Any) -> Any:
        first = command.args[0]
        if first.kind in ("field", "variable", "chain"):
            return self._path(dot, first, command.args, final)
        if first.kind == "word":
            return self._function(dot, first, command, final)
        if first.kind == "pipe":
            self._not_a_function(command.args, final)
            return self._pipeline(dot, first)
        self._node = first
        self._not_a_function(command.args, final)
        if first.kind == "nil":
            raise self._fail("nil is not a command")
        return dot if first.kind == "dot" else first.value

    def _not_a_function(self, args: Sequence[Node], final: Any) -> None:
        if len(args) > 1 or final is not _MISSING:
            raise self._fail(f"can't give argument to non-function {args[0]}")

    def _path(self, dot: Any, node: Node, args: Sequence[Node], final: Any) -> Any:
        """A field, a variable with fields or a chain; the last field may be a method that takes arguments."""
        self._node = node
        names = node.names
        if node.kind == "field":
            value, kind = dot, self._kind
        elif node.kind == "variable":
            variable = self._variable(names[0])
            value, kind = variable.value, variable.kind
            names = names[1:]
            if not names:
                self._not_a_function(args, final)
                return value
        else:
            inner = node.args[0]
            if inner.kind == "nil":
                raise self._fail(f"indirection through explicit nil in {node}")
            value = self._argument(dot, inner, "any")
            kind = type_name(value)
        for name in names[:-1]:
            value, kind = self._field(dot, name, node, (), _MISSING, value, kind)
        return self._field(dot, names[-1], node, args, final, value, kind)[0]

    def _field(
        self, dot: Any, name: str, node: Node, args: Sequence[Node], final: Any, value: Any, kind: str
    ) -> tuple[Any, str]:
        """One step; returns the value and Go's static type for it, which is what errors name."""
        if value is None:
            if self._strict:
                raise self._fail(f"nil data; no entry for key {quote(name)}")
            return None, _ANY
        given = len(args) > 1 or final is not _MISSING
        holder = value.holder(name) if isinstance(value, Struct) else value
        if isinstance(holder, Struct | Map | Text | Int) and name in holder.methods:
            found = self._call_method(dot, name, node, holder.methods[name], args, final)
            return found, type_name(found)
        if isinstance(holder, Struct):
            if given:
                raise self._fail(f"{name} has arguments but cannot be invoked as function")
            return holder[name], type_name(holder[name])
        if isinstance(value, Nil):
            raise self._fail(f"nil pointer evaluating {value.type_name}.{name}")
        if is_map(value) and (not isinstance(value, Map) or value.key == "string"):
            if given:
                raise self._fail(f"{name} is not a method but has arguments")
            if name not in value and self._strict:
                raise self._fail(f"map has no entry for key {quote(name)}")
            found = value.get(name)
            return found, element_type(value, found)
        raise self._fail(f"can't evaluate field {name} in type {kind}")

    def _call_method(self, dot: Any, name: str, node: Node, method: Any, args: Sequence[Node], final: Any) -> Any:
        given = [self._argument(dot, arg, "string") for arg in args[1:]]
        given += [] if final is _MISSING else [self._checked(final, "string")]
        self._node = node
        wanted = getattr(method, "__code__", None)
        count = wanted.co_argcount - (1 if hasattr(method, "__self__") else 0) if wanted else len(given)
        if count != len(given):
            raise self._fail(f"wrong number of args for {name}: want {count} got {len(given)}")
        try:
            return method(*given)
        except ValueError as error:
            raise self._fail(f"error calling {name}: {error}", node) from None

    def _function(self, dot: Any, word: Node, command: Node, final: Any) -> Any:
        self._node = word
        name, args = word.text, command.args[1:]
        if name in ("and", "or"):
            return self._logic(dot, name, args, final)
        if name == "call":
            raise self._call(dot, args, command)
        function, kinds, more = FUNCTIONS[name]
        if self._headers and name in _LEAVE_HEADINGS:
            function, kinds = (lambda first, *_: first), tuple("any" for _ in kinds)
        piped = final is not _MISSING
        count = len(args) + piped
        if count < len(kinds) if more else count != len(kinds):
            raise self._fail(
                f"wrong number of args for {name}: want {'at least ' if more else ''}{len(kinds)} got {count}"
            )
        wanted = [*kinds, *([more] * (count - len(kinds)))]
        given = [self._argument(dot, arg, kind) for arg, kind in zip(args, wanted, strict=False)]
        if piped:
            given.append(self._checked(final, wanted[-1]))
        try:
            return function(*given)
        except ValueError as error:
            raise self._fail(f"error calling {name}: {error}", command) from None

    def _call(self, dot: Any, args: Sequence[Node], command: Node) -> TemplateError:
        """``call`` needs a function, and no data has one."""
        if not args:
            return self._fail("wrong number of args for call: want at least 1 got 0")
        first, *_ = [self._argument(dot, arg, "any") for arg in args]
        if first is None:
            return self._fail("error calling call: call of nil", command)
        return self._fail(f"error calling call: non-function {args[0]} of type {type_name(first)}", command)

    def _logic(self, dot: Any, name: str, args: Sequence[Node], final: Any) -> Any:
        if not args and final is _MISSING:
            raise self._fail(f"wrong number of args for {name}: want at least 1 got 0")
        value: Any = None
        for arg in args:
            value = self._argument(dot, arg, "any")
            if truth(value) == (name == "or"):
                return value
        return value if final is _MISSING else final

    def _argument(self, dot: Any, node: Node, kind: str) -> Any:
        self._node = node
        if node.kind == "dot":
            return self._checked(dot, kind)
        if node.kind == "nil":
            if kind == "any":
                return None
            raise self._fail(f"cannot assign nil to {kind}")
        if node.kind in ("field", "variable", "chain"):
            return self._checked(self._path(dot, node, [node], _MISSING), kind)
        if node.kind == "pipe":
            return self._checked(self._pipeline(dot, node), kind)
        if node.kind == "word":
            return self._checked(self._function(dot, node, _alone(node), _MISSING), kind)
        if kind == "any" or _fits(node.value, kind):
            return node.value
        if kind == "int" and isinstance(node.value, float) and node.value.is_integer():
            return int(node.value)
        raise self._fail(
            {"string": "expected string; found ", "int": "expected integer; found "}.get(kind, "can't handle ")
            + (str(node) if kind in ("string", "int") else f"{node} for arg of type {kind}")
        )

    def _checked(self, value: Any, kind: str) -> Any:
        if kind == "any" or _fits(value, kind):
            return value
        if value is None:
            if kind == "[]string":
                return []
            raise self._fail(f"invalid value; expected {kind}")
        raise self._fail(f"wrong type for value; expected {kind}; got {type_name(value)}")


def _alone(node: Node) -> Node:
    command = Node("command", node.pos)
    command.args = [node]
    return command


def _fits(value: Any, kind: str) -> bool:
    if kind == "[]string" and type(value) in (list, tuple):
        return all(type(item) is str for item in value)
    return type_name(value) == kind or (kind == "[]string" and type_name(value) == "strslice.StrSlice")

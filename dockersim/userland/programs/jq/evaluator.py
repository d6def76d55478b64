"""Runs a tree: what each filter makes of a value, one result after the other.

A result is a path and a value. The path, from the value that ``path(f)`` was given, is ``None`` where nobody asks for
it, and :data:`NOWHERE` for what was made on the way and so has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from dockersim.userland.programs.jq import tree as t
from dockersim.userland.programs.jq.values import (
    JqError,
    Path,
    by_order,
    calculate,
    get,
    kind,
    put,
    remove,
    shown,
    told,
    true,
)

Result = tuple[Path | None, Any]
Results = Iterator[Result]
NOWHERE: Path = ("no path",)
STEPS = 3_000_000
"""Steps that a run may take: a filter that takes more would hold up the simulator."""


class TooLong(Exception):
    """A run that takes too many steps, or goes too deep."""


class BreakOut(Exception):
    """``break $name``, on its way to its label."""

    def __init__(self, label: object) -> None:
        super().__init__()
        self.label = label


class Function:
    """A function, or an argument: a filter with the names that it was written among."""

    __slots__ = ("body", "names", "parameters")

    def __init__(self, parameters: tuple[str, ...], body: t.Node) -> None:
        self.parameters = parameters
        self.body = body
        self.names: Names


class Names:
    """What names stand for at one place of a program."""

    __slots__ = ("functions", "outer", "variables")

    def __init__(self, outer: Names | None = None) -> None:
        self.outer = outer
        self.variables: dict[str, Any] = {}
        self.functions: dict[tuple[str, int], Function] = {}

    def variable(self, name: str) -> Any:
        """KeyError for one that nobody set."""
        here: Names | None = self
        while here is not None:
            if name in here.variables:
                return here.variables[name]
            here = here.outer
        raise KeyError(name)

    def function(self, name: str, count: int) -> Function | None:
        here: Names | None = self
        while here is not None:
            found = here.functions.get((name, count))
            if found is not None:
                return found
            here = here.outer
        return None

    def with_variable(self, name: str, value: Any) -> Names:
        """These names, and one more variable."""
        inner = Names(self)
        inner.variables[name] = value
        return inner


class Evaluator:
    """One run of a program."""

    def __init__(self, environment: dict[str, str], more: Callable[[], Iterator[Any]]) -> None:
        self.environment = environment
        self.more = more
        self.messages: list[str] = []
        self._left = STEPS

    def values(self, node: t.Node, names: Names, value: Any) -> Iterator[Any]:
        """The results of a filter, without paths."""
        for _, one in self.run(node, names, (None, value)):
            yield one

    def run(self, node: t.Node, names: Names, result: Result) -> Results:
        """The results of a filter for one value."""
        self._left -= 1
        if self._left < 0:
            raise TooLong
        return _RUN[type(node)](self, node, names, result)

    # ---- paths

    def _index(self, node: t.Index, names: Names, result: Result) -> Results:
        for path, value in self.run(node.term, names, result):
            for key in self.values(node.key, names, result[1]):
                yield step(path, key, value), get(value, key)

    def _slice(self, node: t.Slice, names: Names, result: Result) -> Results:
        for path, value in self.run(node.term, names, result):
            for end in self._end(node.end, names, result[1]):
                for start in self._end(node.start, names, result[1]):
                    key = {"start": start, "end": end}
                    if value is not None and not isinstance(value, (list, str)):
                        raise JqError(f"Cannot index {kind(value)} with object")
                    yield step(path, key, value), get(value, key)

    def _end(self, node: t.Node | None, names: Names, value: Any) -> Iterator[Any]:
        return iter((None,)) if node is None else self.values(node, names, value)

    def _iterate(self, node: t.Iterate, names: Names, result: Result) -> Results:
        for path, value in self.run(node.term, names, result):
            yield from each(path, value)

    # ---- values

    def _identity(self, node: t.Identity, names: Names, result: Result) -> Results:
        yield result

    def _literal(self, node: t.Literal, names: Names, result: Result) -> Results:
        yield made(result, node.value)

    def _text(self, node: t.Text, names: Names, result: Result) -> Results:
        from dockersim.userland.programs.jq.formats import formatted

        def parts(rest: tuple[str | t.Node, ...]) -> Iterator[str]:
            if not rest:
                yield ""
                return
            first = rest[0]
            for end in parts(rest[1:]):
                if isinstance(first, str):
                    yield first + end
                    continue
                for value in self.values(first, names, result[1]):
                    yield formatted(node.form, value) + end

        for text in parts(node.parts):
            yield made(result, text)

    def _format(self, node: t.Format, names: Names, result: Result) -> Results:
        from dockersim.userland.programs.jq.formats import formatted

        yield made(result, formatted(node.name, result[1]))

    def _array(self, node: t.Array, names: Names, result: Result) -> Results:
        yield made(result, [] if node.body is None else list(self.values(node.body, names, result[1])))

    def _object(self, node: t.Object, names: Names, result: Result) -> Results:
        def entries(rest: tuple[tuple[t.Node, t.Node], ...], so_far: dict[str, Any]) -> Iterator[dict[str, Any]]:
            if not rest:
                yield so_far
                return
            for key in self.values(rest[0][0], names, result[1]):
                if not isinstance(key, str):
                    raise JqError(f"Object keys must be strings, not {told(key)}")
                for value in self.values(rest[0][1], names, result[1]):
                    yield from entries(rest[1:], {**so_far, key: value})

        for whole in entries(node.entries, {}):
            yield made(result, whole)

    def _negation(self, node: t.Negation, names: Names, result: Result) -> Results:
        for value in self.values(node.term, names, result[1]):
            if kind(value) != "number":
                raise JqError(f"{told(value)} cannot be negated")
            yield made(result, -value)

    # ---- joined

    def _binary(self, node: t.Binary, names: Names, result: Result) -> Results:
        if node.operator == "|":
            for one in self.run(node.left, names, result):
                yield from self.run(node.right, names, one)
        elif node.operator == ",":
            yield from self.run(node.left, names, result)
            yield from self.run(node.right, names, result)
        elif node.operator == "//":
            yield from self._alternative(node, names, result)
        elif node.operator in ("and", "or"):
            for left in self.values(node.left, names, result[1]):
                if true(left) == (node.operator == "or"):
                    yield made(result, true(left))
                    continue
                for right in self.values(node.right, names, result[1]):
                    yield made(result, true(right))
        else:
            for right in self.values(node.right, names, result[1]):
                for left in self.values(node.left, names, result[1]):
                    yield made(result, calculate(node.operator, left, right))

    def _alternative(self, node: t.Binary, names: Names, result: Result) -> Results:
        found = False
        try:
            for one in self.run(node.left, names, result):
                if true(one[1]):
                    found = True
                    yield one
        except JqError:
            pass
        if not found:
            yield from self.run(node.right, names, result)

    def _assign(self, node: t.Assign, names: Names, result: Result) -> Results:
        value = result[1]
        if node.operator == "|=":
            yield made(result, self._modified(node, names, value))
            return
        for right in self.values(node.right, names, value):
            whole = value
            for path in list(self.paths(node.left, names, value)):
                new = right
                if node.operator == "//=":
                    old = at(whole, path)
                    new = old if true(old) else right
                elif node.operator != "=":
                    new = calculate(node.operator[:-1], at(whole, path), right)
                whole = put(whole, path, new)
            yield made(result, whole)

    def _modified(self, node: t.Assign, names: Names, value: Any) -> Any:
        gone: list[Path] = []
        for path in list(self.paths(node.left, names, value)):
            for new in self.values(node.right, names, at(value, path)):
                value = put(value, path, new)
                break
            else:
                gone.append(path)
        return without(value, gone)

    def paths(self, node: t.Node, names: Names, value: Any) -> Iterator[Path]:
        """Where a filter's results are in ``value``. Raises :class:`JqError` for one that is nowhere in it."""
        for path, one in self.run(node, names, ((), value)):
            assert path is not None
            if path is NOWHERE:
                raise JqError(f"Invalid path expression with result {_short(one)}")
            yield path

    # ---- choices and loops

    def _if(self, node: t.If, names: Names, result: Result) -> Results:
        for condition in self.values(node.condition, names, result[1]):
            yield from self.run(node.yes if true(condition) else node.no, names, result)

    def _try(self, node: t.Try, names: Names, result: Result) -> Results:
        try:
            yield from self.run(node.body, names, result)
        except JqError as error:
            if isinstance(error.value, dict) and error.value.get("__jq"):
                return
            if node.handler is not None:
                for value in self.values(node.handler, names, error.value):
                    yield made(result, value)

    def _reduce(self, node: t.Reduce, names: Names, result: Result) -> Results:
        for start in self.run(node.start, names, result):
            state: Result | None = start
            for value in self.values(node.source, names, result[1]):
                for inner in self.bound(node.pattern, names, value):
                    state = _last(self.run(node.step, inner, state or made(result, None)))
            yield state or made(result, None)

    def _foreach(self, node: t.Foreach, names: Names, result: Result) -> Results:
        for start in self.run(node.start, names, result):
            state = start
            for value in self.values(node.source, names, result[1]):
                for inner in self.bound(node.pattern, names, value):
                    before = state
                    for state in self.run(node.step, inner, before):
                        yield from self.run(node.extract, inner, state)

    def _label(self, node: t.Label, names: Names, result: Result) -> Results:
        label = object()
        try:
            yield from self.run(node.body, names.with_variable(f"*{node.name}", label), result)
        except BreakOut as out:
            if out.label is not label:
                raise

    def _break(self, node: t.Break, names: Names, result: Result) -> Results:
        raise BreakOut(names.variable(f"*{node.name}"))
        yield

    # ---- names

    def _bind(self, node: t.Bind, names: Names, result: Result) -> Results:
        for value in self.values(node.source, names, result[1]):
            yield from self._bind_one(node, node.patterns, names, value, result)

    def _bind_one(
        self, node: t.Bind, patterns: tuple[t.Pattern, ...], names: Names, value: Any, result: Result
    ) -> Results:
        for other in patterns if len(patterns) > 1 else ():
            for name in _names(other):
                names = names.with_variable(name, None)
        try:
            for inner in self.bound(patterns[0], names, value):
                yield from self.run(node.body, inner, result)
        except JqError:
            if len(patterns) == 1:
                raise
            yield from self._bind_one(node, patterns[1:], names, value, result)

    def bound(self, pattern: t.Pattern, names: Names, value: Any) -> Iterator[Names]:
        """The names, and those that a value gives to a pattern's variables."""
        if pattern.name:
            yield names.with_variable(pattern.name, value)
        elif pattern.items is not None:
            yield from self._bound_items(pattern.items, 0, names, value)
        else:
            yield from self._bound_fields(pattern.fields or (), names, value)

    def _bound_items(self, items: tuple[t.Pattern, ...], number: int, names: Names, value: Any) -> Iterator[Names]:
        if number == len(items):
            yield names
            return
        if value is not None and not isinstance(value, list):
            raise JqError(f"Cannot index {kind(value)} with number")
        for inner in self.bound(items[number], names, get(value, number)):
            yield from self._bound_items(items, number + 1, inner, value)

    def _bound_fields(
        self, fields: tuple[tuple[t.Node, str, t.Pattern | None], ...], names: Names, value: Any
    ) -> Iterator[Names]:
        if not fields:
            yield names
            return
        key_node, name, pattern = fields[0]
        for key in self.values(key_node, names, value):
            found = get(value, key)
            inner = names.with_variable(name, found) if name else names
            for more in self.bound(pattern, inner, found) if pattern is not None else (inner,):
                yield from self._bound_fields(fields[1:], more, value)

    def _define(self, node: t.Define, names: Names, result: Result) -> Results:
        inner = Names(names)
        function = Function(node.parameters, node.body)
        function.names = inner
        inner.functions[node.name, len(node.parameters)] = function
        return self.run(node.rest, inner, result)

    def _variable(self, node: t.Variable, names: Names, result: Result) -> Results:
        if node.name == "ENV":
            yield made(result, dict(self.environment))
            return
        yield made(result, names.variable(node.name))

    def _call(self, node: t.Call, names: Names, result: Result) -> Results:
        function = names.function(node.name, len(node.arguments))
        if function is not None:
            return self.apply(function, node.arguments, names, result)
        from dockersim.userland.programs.jq.library import NATIVE, written

        native = NATIVE.get((node.name, len(node.arguments)))
        if native is not None:
            return native(self, node.arguments, names, result)
        function = written(node.name, len(node.arguments))
        assert function is not None, "names are looked up before a program runs"
        return self.apply(function, node.arguments, names, result)

    def apply(self, function: Function, arguments: tuple[t.Node, ...], names: Names, result: Result) -> Results:
        """The results of a function: its filters see the caller's names, its values are each tried."""
        inner = Names(function.names)
        valued = []
        for parameter, argument in zip(function.parameters, arguments, strict=True):
            filter_ = Function((), argument)
            filter_.names = names
            inner.functions[parameter.removeprefix("$"), 0] = filter_
            if parameter.startswith("$"):
                valued.append((parameter[1:], argument))
        return self._with_values(function, inner, valued, names, result)

    def _with_values(
        self, function: Function, inner: Names, valued: list[tuple[str, t.Node]], names: Names, result: Result
    ) -> Results:
        if not valued:
            yield from self.run(function.body, inner, result)
            return
        name, argument = valued[0]
        for value in self.values(argument, names, result[1]):
            yield from self._with_values(function, inner.with_variable(name, value), valued[1:], names, result)


_RUN: dict[type[t.Node], Callable[[Evaluator, Any, Names, Result], Results]] = {
    t.Identity: Evaluator._identity,
    t.Literal: Evaluator._literal,
    t.Text: Evaluator._text,
    t.Format: Evaluator._format,
    t.Index: Evaluator._index,
    t.Slice: Evaluator._slice,
    t.Iterate: Evaluator._iterate,
    t.Array: Evaluator._array,
    t.Object: Evaluator._object,
    t.Negation: Evaluator._negation,
    t.Binary: Evaluator._binary,
    t.Assign: Evaluator._assign,
    t.If: Evaluator._if,
    t.Try: Evaluator._try,
    t.Reduce: Evaluator._reduce,
    t.Foreach: Evaluator._foreach,
    t.Label: Evaluator._label,
    t.Break: Evaluator._break,
    t.Bind: Evaluator._bind,
    t.Define: Evaluator._define,
    t.Variable: Evaluator._variable,
    t.Call: Evaluator._call,
}


def made(result: Result, value: Any) -> Result:
    """A value that was made on the way: it has no path."""
    return (None if result[0] is None else NOWHERE), value


def step(path: Path | None, key: Any, value: Any) -> Path | None:
    """The path one step on."""
    if path is NOWHERE:
        raise JqError(f"Invalid path expression with result {_short(value)}")
    return None if path is None else (*path, key)


def _short(value: Any) -> str:
    text = shown(value)
    return text if len(text.encode()) < 30 else text[:26] + "..."


def each(path: Path | None, value: Any) -> Results:
    """The members of an array or an object."""
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield step(path, number, value), one
    elif isinstance(value, dict):
        for key, one in value.items():
            yield step(path, key, value), one
    else:
        raise JqError(f"Cannot iterate over {told(value) if value is not None else 'null (null)'}")


def at(value: Any, path: Path) -> Any:
    """What is at a path; null from the first null on."""
    for key in path:
        if value is None:
            return None
        value = get(value, key)
    return value


def without(value: Any, paths: list[Path]) -> Any:
    """``value`` with nothing at these paths, the last ones first."""
    for path in sorted(paths, key=lambda one: by_order(list(one)), reverse=True):
        value = remove(value, path)
    return value


def _last(results: Results) -> Result | None:
    last = None
    for one in results:
        last = one
    return last


def _names(pattern: t.Pattern) -> Iterator[str]:
    if pattern.name:
        yield pattern.name
    for item in pattern.items or ():
        yield from _names(item)
    for _, name, inner in pattern.fields or ():
        if name:
            yield name
        if inner is not None:
            yield from _names(inner)

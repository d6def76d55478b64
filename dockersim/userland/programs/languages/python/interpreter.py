"""The interpreter: statements and expressions of the syntax tree, as generators that may wait."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Generator
from typing import Any

from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.languages.python.values import (
    EXCEPTIONS,
    MAX_SIZE,
    METHODS,
    ExceptionClass,
    Function,
    Native,
    Object,
    Raised,
    Scope,
    Unsimulated,
)
from dockersim.userland.programs.network.connect import call

PER_STEP = 2e-7
"""Seconds of CPU for one node of the tree."""
DEPTH = 60
"""Calls within calls that are followed; each takes several of the host's."""

BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
}
COMPARE: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
UNARY: dict[type, Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
    ast.Invert: operator.invert,
}
SYMBOLS = {"Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "FloorDiv": "//", "Mod": "%", "Pow": "** or pow()"}


class _Return(Exception):
    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


class Interpreter:
    """Runs a program for a process.

    In the foreground it waits as the process does. For a request's handler (:meth:`behind`) it waits in whatever
    simulated process asks, and ``write(fd, text)`` takes its output.
    """

    def __init__(self, p: Process, builtins: dict[str, Any], load: Callable[[Interpreter, str], Any]) -> None:
        self.p = p
        self.foreground = True
        self.write: Callable[[int, str], None] = lambda fd, text: p.out(text) if fd == 1 else p.err(text)
        self.load = load
        outer = Scope()
        outer.names = builtins
        self.globals = Scope(outer)
        self.modules: dict[str, Any] = {}
        self.depth = 0
        self.serving = False

    def behind(self, write: Callable[[int, str], None]) -> Interpreter:
        """The same program, for a handler that runs beside it."""
        other = object.__new__(Interpreter)
        other.__dict__ = self.__dict__ | {"foreground": False, "write": write, "depth": 0}
        return other

    def do(self, steps: Steps) -> Generator[Any, Any, Any]:
        """Wait for simulated work in the way that fits."""
        if self.foreground:
            yield from self.p.flush()
            return (yield from call(self.p, steps))
        return (yield from steps)

    def sleep(self, seconds: float) -> Steps:
        """Wait simulated time."""
        if self.foreground:
            yield from self.p.flush()
            yield from self.p.sleep(seconds)
        else:
            yield self.p.sim.timeout(max(0.0, seconds))

    # ---- statements

    def run(self, body: list[ast.stmt], scope: Scope) -> Steps:
        """Run statements one after the other."""
        for statement in body:
            if self.foreground and self.p.charge(PER_STEP * 10):
                yield from self.p.flush()
                yield from self.p.pay()
            action = getattr(self, f"_s_{type(statement).__name__}", None)
            if action is None:
                raise Unsimulated(f"{_name(statement)} statements", statement.lineno)
            try:
                steps = action(statement, scope)
                if steps is not None:
                    yield from steps
            except Raised as raised:
                raised.trail.append((statement.lineno, ""))
                raise

    def _s_Expr(self, node: ast.Expr, scope: Scope) -> Steps:
        yield from self.value(node.value, scope)

    def _s_Pass(self, node: ast.Pass, scope: Scope) -> None:
        return None

    def _s_Break(self, node: ast.Break, scope: Scope) -> None:
        raise _Break

    def _s_Continue(self, node: ast.Continue, scope: Scope) -> None:
        raise _Continue

    def _s_Global(self, node: ast.Global, scope: Scope) -> None:
        scope.globals |= set(node.names)

    def _s_Assign(self, node: ast.Assign, scope: Scope) -> Steps:
        value = yield from self.value(node.value, scope)
        for target in node.targets:
            yield from self._assign(target, value, scope)

    def _s_AnnAssign(self, node: ast.AnnAssign, scope: Scope) -> Steps:
        if node.value is not None:
            yield from self._assign(node.target, (yield from self.value(node.value, scope)), scope)

    def _s_AugAssign(self, node: ast.AugAssign, scope: Scope) -> Steps:
        before = yield from self.value(_loaded(node.target), scope)
        amount = yield from self.value(node.value, scope)
        yield from self._assign(node.target, self._binary(type(node.op), before, amount), scope)

    def _assign(self, target: ast.expr, value: Any, scope: Scope) -> Steps:
        if isinstance(target, ast.Name):
            scope.assign(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            values = list(self._items(value))
            if len(values) != len(target.elts):
                raise Raised(
                    "ValueError", f"not enough values to unpack (expected {len(target.elts)}, got {len(values)})"
                )
            for one, part in zip(target.elts, values, strict=True):
                yield from self._assign(one, part, scope)
        elif isinstance(target, ast.Subscript):
            holder = yield from self.value(target.value, scope)
            key = yield from self.value(target.slice, scope)
            if not isinstance(holder, list | dict):
                raise Raised("TypeError", f"'{type_name(holder)}' object does not support item assignment")
            _guarded(lambda: holder.__setitem__(key, value))
        elif isinstance(target, ast.Attribute):
            holder = yield from self.value(target.value, scope)
            if not isinstance(holder, Object):
                raise Raised("AttributeError", f"'{type_name(holder)}' object has no attribute '{target.attr}'")
            holder.attributes[target.attr] = value
        else:
            raise Unsimulated("this kind of assignment", target.lineno)

    def _s_If(self, node: ast.If, scope: Scope) -> Steps:
        test = yield from self.value(node.test, scope)
        yield from self.run(node.body if test else node.orelse, scope)

    def _s_While(self, node: ast.While, scope: Scope) -> Steps:
        while (yield from self.value(node.test, scope)):
            try:
                if self.foreground and self.p.charge(PER_STEP * 10):
                    yield from self.p.flush()
                    yield from self.p.pay()
                yield from self.run(node.body, scope)
            except _Break:
                return
            except _Continue:
                continue
        yield from self.run(node.orelse, scope)

    def _s_For(self, node: ast.For, scope: Scope) -> Steps:
        for item in self._items((yield from self.value(node.iter, scope))):
            yield from self._assign(node.target, item, scope)
            try:
                yield from self.run(node.body, scope)
            except _Break:
                return
            except _Continue:
                continue
        yield from self.run(node.orelse, scope)

    def _s_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> Steps:
        if node.args.vararg or node.args.kwarg or node.args.kwonlyargs:
            raise Unsimulated("functions with * or ** arguments", node.lineno)
        for inner in ast.walk(node):
            if isinstance(inner, ast.Yield | ast.YieldFrom):
                raise Unsimulated("yield expressions", inner.lineno)
        defaults = []
        for default in node.args.defaults:
            defaults.append((yield from self.value(default, scope)))
        value: Any = Function(node.name, node.args, node.body, scope, defaults)
        for decorator in reversed(node.decorator_list):
            wrapper = yield from self.value(decorator, scope)
            value = yield from self.invoke(wrapper, [value], {})
        scope.assign(node.name, value)

    _s_AsyncFunctionDef = _s_FunctionDef

    def _s_Return(self, node: ast.Return, scope: Scope) -> Steps:
        raise _Return((yield from self.value(node.value, scope)) if node.value is not None else None)

    def _s_Import(self, node: ast.Import, scope: Scope) -> Steps:
        for alias in node.names:
            module = yield from self._module(alias.name)
            top = alias.name.partition(".")[0]
            scope.assign(alias.asname or top, module if alias.asname else self.modules[top])

    def _s_ImportFrom(self, node: ast.ImportFrom, scope: Scope) -> Steps:
        module = yield from self._module(node.module or "")
        for alias in node.names:
            if alias.name not in module.attributes:
                raise Unsimulated(f"{node.module}.{alias.name}", node.lineno)
            scope.assign(alias.asname or alias.name, module.attributes[alias.name])

    def _module(self, name: str) -> Generator[Any, Any, Object]:
        parts = name.split(".")
        if parts[0] not in self.modules:
            loaded = self.load(self, parts[0])
            self.modules[parts[0]] = (yield from loaded) if isinstance(loaded, Generator) else loaded
        module: Object = self.modules[parts[0]]
        for part in parts[1:]:
            inner = module.attributes.get(part)
            if not isinstance(inner, Object):
                raise Raised("ModuleNotFoundError", f"No module named '{name}'")
            module = inner
        return module

    def _s_Try(self, node: ast.Try, scope: Scope) -> Steps:
        try:
            yield from self.run(node.body, scope)
        except Raised as raised:
            handler = yield from self._handler(node, raised, scope)
            if handler is None:
                yield from self.run(node.finalbody, scope)
                raise
            if handler.name:
                scope.assign(handler.name, _thrown(raised.kind, raised.arguments, str(raised)))
            try:
                yield from self.run(handler.body, scope)
            except Raised as again:
                yield from self.run(node.finalbody, scope)
                raise (raised if again.kind is RERAISE else again) from None
        else:
            yield from self.run(node.orelse, scope)
        yield from self.run(node.finalbody, scope)

    def _handler(self, node: ast.Try, raised: Raised, scope: Scope) -> Generator[Any, Any, ast.ExceptHandler | None]:
        for handler in node.handlers:
            if handler.type is None:
                return handler
            kinds = yield from self.value(handler.type, scope)
            for kind in kinds if isinstance(kinds, tuple) else (kinds,):
                if isinstance(kind, ExceptionClass) and raised.kind.is_a(kind):
                    return handler
        return None

    def _s_Raise(self, node: ast.Raise, scope: Scope) -> Steps:
        if node.exc is None:
            raise Raised(RERAISE)
        value = yield from self.value(node.exc, scope)
        if isinstance(value, ExceptionClass):
            raise Raised(value)
        if isinstance(value, Object) and isinstance(value.attributes.get("class"), ExceptionClass):
            raise Raised(value.attributes["class"], *value.attributes["args"])
        raise Raised("TypeError", "exceptions must derive from BaseException")

    def _s_Assert(self, node: ast.Assert, scope: Scope) -> Steps:
        if not (yield from self.value(node.test, scope)):
            words = [(yield from self.value(node.msg, scope))] if node.msg is not None else []
            raise Raised("AssertionError", *words)

    def _s_With(self, node: ast.With, scope: Scope) -> Steps:
        for item in node.items:
            value = yield from self.value(item.context_expr, scope)
            if item.optional_vars is not None:
                yield from self._assign(item.optional_vars, value, scope)
        yield from self.run(node.body, scope)

    def _s_Delete(self, node: ast.Delete, scope: Scope) -> Steps:
        for target in node.targets:
            if not isinstance(target, ast.Subscript):
                raise Unsimulated("deleting names", node.lineno)
            holder = yield from self.value(target.value, scope)
            key = yield from self.value(target.slice, scope)
            _guarded(lambda holder=holder, key=key: holder.__delitem__(key))  # type: ignore[misc]

    # ---- expressions

    def value(self, node: ast.expr, scope: Scope) -> Generator[Any, Any, Any]:
        """The value of an expression."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            found = scope.find(node.id)
            if found is None:
                raise Raised("NameError", f"name '{node.id}' is not defined")
            return found.names[node.id]
        action = getattr(self, f"_e_{type(node).__name__}", None)
        if action is None:
            raise Unsimulated(f"{_name(node)} expressions", node.lineno)
        return (yield from action(node, scope))

    def _all(self, nodes: list[ast.expr], scope: Scope) -> Generator[Any, Any, list[Any]]:
        values: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                values += self._items((yield from self.value(node.value, scope)))
            else:
                values.append((yield from self.value(node, scope)))
        return values

    def _e_List(self, node: ast.List, scope: Scope) -> Steps:
        return (yield from self._all(node.elts, scope))

    def _e_Tuple(self, node: ast.Tuple, scope: Scope) -> Steps:
        return tuple((yield from self._all(node.elts, scope)))

    def _e_Set(self, node: ast.Set, scope: Scope) -> Steps:
        return set((yield from self._all(node.elts, scope)))

    def _e_Dict(self, node: ast.Dict, scope: Scope) -> Steps:
        found: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            inner = yield from self.value(value, scope)
            if key is None:
                found.update(inner)
            else:
                found[(yield from self.value(key, scope))] = inner
        return found

    def _e_BinOp(self, node: ast.BinOp, scope: Scope) -> Steps:
        left = yield from self.value(node.left, scope)
        right = yield from self.value(node.right, scope)
        return self._binary(type(node.op), left, right)

    def _binary(self, kind: type, left: Any, right: Any) -> Any:
        if kind not in BINARY:
            raise Unsimulated(f"the operator {kind.__name__}")
        _limit(kind, left, right)
        try:
            return BINARY[kind](left, right)
        except ZeroDivisionError as error:
            raise Raised("ZeroDivisionError", str(error)) from None
        except (TypeError, ValueError, OverflowError) as error:
            if isinstance(error, TypeError) and kind is ast.Add and isinstance(left, str):
                raise Raised("TypeError", f'can only concatenate str (not "{type_name(right)}") to str') from None
            if isinstance(error, TypeError):
                names = f"'{type_name(left)}' and '{type_name(right)}'"
                symbol = SYMBOLS.get(kind.__name__, kind.__name__)
                raise Raised("TypeError", f"unsupported operand type(s) for {symbol}: {names}") from None
            raise Raised("ValueError", str(error)) from None

    def _e_UnaryOp(self, node: ast.UnaryOp, scope: Scope) -> Steps:
        value = yield from self.value(node.operand, scope)
        return _guarded(lambda: UNARY[type(node.op)](value))

    def _e_BoolOp(self, node: ast.BoolOp, scope: Scope) -> Steps:
        wanted = isinstance(node.op, ast.Or)
        value: Any = None
        for one in node.values:
            value = yield from self.value(one, scope)
            if bool(value) is wanted:
                break
        return value

    def _e_Compare(self, node: ast.Compare, scope: Scope) -> Steps:
        left = yield from self.value(node.left, scope)
        for kind, other in zip(node.ops, node.comparators, strict=True):
            right = yield from self.value(other, scope)
            pair = left, right
            if not _guarded(lambda kind=kind, pair=pair: COMPARE[type(kind)](*pair)):  # type: ignore[misc]
                return False
            left = right
        return True

    def _e_IfExp(self, node: ast.IfExp, scope: Scope) -> Steps:
        test = yield from self.value(node.test, scope)
        return (yield from self.value(node.body if test else node.orelse, scope))

    def _e_JoinedStr(self, node: ast.JoinedStr, scope: Scope) -> Steps:
        parts = []
        for part in node.values:
            parts.append(str((yield from self.value(part, scope))))
        return "".join(parts)

    def _e_FormattedValue(self, node: ast.FormattedValue, scope: Scope) -> Steps:
        value = yield from self.value(node.value, scope)
        form = (yield from self.value(node.format_spec, scope)) if node.format_spec is not None else ""
        if node.conversion in (ord("r"), ord("a")):
            value = repr(value)
        elif node.conversion == ord("s"):
            value = str(value)
        return formatted(value, form)

    def _e_Await(self, node: ast.Await, scope: Scope) -> Steps:
        return (yield from self.value(node.value, scope))

    def _e_Lambda(self, node: ast.Lambda, scope: Scope) -> Steps:
        body: list[ast.stmt] = [ast.Return(node.body, lineno=node.lineno, col_offset=0)]
        defaults = yield from self._all(node.args.defaults, scope)
        return Function("<lambda>", node.args, body, scope, defaults)

    def _e_ListComp(self, node: ast.ListComp, scope: Scope) -> Steps:
        found: list[Any] = []
        yield from self._comprehend(node.generators, [node.elt], Scope(scope), lambda values: found.append(values[0]))
        return found

    def _e_GeneratorExp(self, node: ast.GeneratorExp, scope: Scope) -> Steps:
        found: list[Any] = []
        yield from self._comprehend(node.generators, [node.elt], Scope(scope), lambda values: found.append(values[0]))
        return found

    def _e_SetComp(self, node: ast.SetComp, scope: Scope) -> Steps:
        found: set[Any] = set()
        yield from self._comprehend(node.generators, [node.elt], Scope(scope), lambda values: found.add(values[0]))
        return found

    def _e_DictComp(self, node: ast.DictComp, scope: Scope) -> Steps:
        found: dict[Any, Any] = {}
        parts = [node.key, node.value]
        yield from self._comprehend(node.generators, parts, Scope(scope), lambda values: found.update([tuple(values)]))
        return found

    def _comprehend(
        self, generators: list[ast.comprehension], parts: list[ast.expr], scope: Scope, add: Callable[[list[Any]], None]
    ) -> Steps:
        if not generators:
            add((yield from self._all(parts, scope)))
            return
        first, *rest = generators
        for item in self._items((yield from self.value(first.iter, scope))):
            yield from self._assign(first.target, item, scope)
            for condition in first.ifs:
                if not (yield from self.value(condition, scope)):
                    break
            else:
                yield from self._comprehend(rest, parts, scope, add)

    def _e_Subscript(self, node: ast.Subscript, scope: Scope) -> Steps:
        holder = yield from self.value(node.value, scope)
        key = yield from self.value(node.slice, scope)
        if isinstance(holder, Object) and isinstance(holder.attributes.get("__items__"), dict):
            holder = holder.attributes["__items__"]
        if not isinstance(holder, str | bytes | list | tuple | dict | range):
            raise Raised("TypeError", f"'{type_name(holder)}' object is not subscriptable")
        return _guarded(lambda: holder[key])

    def _e_Slice(self, node: ast.Slice, scope: Scope) -> Steps:
        parts = []
        for part in (node.lower, node.upper, node.step):
            parts.append((yield from self.value(part, scope)) if part is not None else None)
        return slice(*parts)

    def _e_Attribute(self, node: ast.Attribute, scope: Scope) -> Steps:
        holder = yield from self.value(node.value, scope)
        return self.attribute(holder, node.attr)

    def attribute(self, holder: Any, name: str) -> Any:
        """``holder.name``."""
        if isinstance(holder, Object):
            if name in holder.attributes:
                return holder.attributes[name]
            if holder.kind == "module":
                raise Raised("AttributeError", f"module '{holder.text}' has no attribute '{name}'")
        if isinstance(holder, str) and name == "format":
            return Native("format", lambda interpreter, arguments, keywords: format_text(holder, arguments, keywords))
        if isinstance(holder, list) and name == "sort":
            return Native("sort", lambda interpreter, arguments, keywords: interpreter.sort(holder, keywords))
        for kind, names in METHODS.items():
            if type(holder) is kind and name in names:
                return Native(name, lambda interpreter, arguments, keywords: _method(holder, name, arguments, keywords))
        if isinstance(holder, Function | ExceptionClass) and name == "__name__":
            return holder.name
        raise Raised("AttributeError", f"'{type_name(holder)}' object has no attribute '{name}'")

    def sort(self, items: list[Any], keywords: dict[str, Any]) -> Steps:
        """``list.sort``."""
        items[:] = yield from self.in_order(items, keywords)

    def in_order(self, items: list[Any], keywords: dict[str, Any]) -> Generator[Any, Any, list[Any]]:
        """``sorted``."""
        keys = []
        for item in items:
            keys.append((yield from self.invoke(keywords["key"], [item], {})) if keywords.get("key") else item)
        order = _guarded(lambda: sorted(range(len(items)), key=keys.__getitem__, reverse=bool(keywords.get("reverse"))))
        return [items[at] for at in order]

    def _e_Call(self, node: ast.Call, scope: Scope) -> Steps:
        function = yield from self.value(node.func, scope)
        arguments = yield from self._all(node.args, scope)
        keywords = {}
        for keyword in node.keywords:
            if keyword.arg is None:
                keywords.update((yield from self.value(keyword.value, scope)))
            else:
                keywords[keyword.arg] = yield from self.value(keyword.value, scope)
        return (yield from self.invoke(function, arguments, keywords))

    def invoke(self, function: Any, arguments: list[Any], keywords: dict[str, Any]) -> Generator[Any, Any, Any]:
        """Call anything that can be called."""
        if isinstance(function, Native):
            result = function.call(self, arguments, keywords)
            return (yield from result) if isinstance(result, Generator) else result
        if isinstance(function, ExceptionClass):
            text = ", ".join(map(str, arguments))
            return _thrown(function, tuple(arguments), text)
        if not isinstance(function, Function):
            raise Raised("TypeError", f"'{type_name(function)}' object is not callable")
        scope = Scope(function.scope)
        names = function.names
        if len(arguments) > len(names):
            count = f"{len(names)} positional argument{'' if len(names) == 1 else 's'} but {len(arguments)}"
            were = "was" if len(arguments) == 1 else "were"
            raise Raised("TypeError", f"{function.name}() takes {count} {were} given")
        tail = names[len(names) - len(function.defaults) :] if function.defaults else []
        scope.names = dict(zip(tail, function.defaults, strict=True))
        scope.names |= dict(zip(names, arguments, strict=False)) | keywords
        missing = [name for name in names if name not in scope.names]
        if missing:
            shown = " and ".join(f"'{name}'" for name in missing)
            plural = "" if len(missing) == 1 else "s"
            words = f"{function.name}() missing {len(missing)} required positional argument{plural}: {shown}"
            raise Raised("TypeError", words)
        if self.depth >= DEPTH:
            raise Raised("RuntimeError", "maximum recursion depth exceeded (the simulator follows 60 calls)")
        self.depth += 1
        try:
            yield from self.run(function.body, scope)
        except _Return as returned:
            return returned.value
        except Raised as raised:
            if raised.trail:
                line, _ = raised.trail[-1]
                raised.trail[-1] = line, function.name
            raise
        finally:
            self.depth -= 1
        return None

    def _items(self, value: Any) -> Any:
        if isinstance(value, Object) and "__iter__" in value.attributes:
            return value.attributes["__iter__"]
        if isinstance(value, str | bytes | list | tuple | set | range | dict) or type(value).__name__.startswith(
            "dict_"
        ):
            return value
        raise Raised("TypeError", f"'{type_name(value)}' object is not iterable")


RERAISE = ExceptionClass("re-raise")


def _thrown(kind: ExceptionClass, arguments: tuple[Any, ...], text: str) -> Object:
    """An exception as a value."""
    return Object(kind.name, {"class": kind, "args": arguments}, text)


def _loaded(target: ast.expr) -> ast.expr:
    """The expression that reads what a target writes."""
    return target


def _name(node: ast.AST) -> str:
    return {"ClassDef": "class", "Yield": "yield", "Match": "match", "NamedExpr": "walrus", "AsyncWith": "async with",
            "AsyncFor": "async for"}.get(type(node).__name__, type(node).__name__)  # fmt: skip


def type_name(value: Any) -> str:
    """What Python calls the type of a value."""
    if isinstance(value, Object):
        return value.kind
    if isinstance(value, Function):
        return "function"
    if isinstance(value, Native):
        return "builtin_function_or_method"
    return type(value).__name__


def _guarded(act: Callable[[], Any]) -> Any:
    """Do something to values of the program; what Python would complain about becomes the program's exception."""
    try:
        return act()
    except KeyError as error:
        raise Raised("KeyError", *error.args) from None
    except (IndexError, TypeError, ValueError, AttributeError, LookupError) as error:
        kind = type(error).__name__
        raise Raised(kind if kind in EXCEPTIONS else "ValueError", str(error)) from None


def _method(holder: Any, name: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    if name in ("ljust", "rjust", "center", "zfill") and arguments and isinstance(arguments[0], int):
        _check(arguments[0])
    if name in ("replace", "join") and len(holder) > 1 << 16:
        raise Raised("MemoryError")
    result = _guarded(lambda: getattr(holder, name)(*arguments, **keywords))
    return list(result) if type(result).__name__ in ("dict_keys", "dict_values", "dict_items") else result


def _check(size: int) -> None:
    if size > MAX_SIZE:
        raise Raised("MemoryError")


def _limit(kind: type, left: Any, right: Any) -> None:
    """Keep one operation from taking the host's memory or time."""
    if kind is ast.Mult:
        for one, other in ((left, right), (right, left)):
            if isinstance(one, str | bytes | list | tuple) and isinstance(other, int):
                _check(len(one) * max(0, other))
        if isinstance(left, int) and isinstance(right, int):
            _check((left.bit_length() + right.bit_length()) // 8)
    elif kind is ast.Pow and isinstance(left, int) and isinstance(right, int) and right > 0:
        _check(left.bit_length() * right // 64)
    elif kind is ast.LShift and isinstance(right, int):
        _check(right // 64)
    elif kind is ast.Mod and isinstance(left, str | bytes):
        text = left if isinstance(left, str) else left.decode("latin-1")
        if re.search(r"%[^a-zA-Z%]*\d{6}", text) or "*" in text:
            raise Raised("MemoryError")


def formatted(value: Any, form: str) -> str:
    """``format(value, form)``."""
    if re.search(r"\d{6}", form):
        raise Raised("MemoryError")
    return str(_guarded(lambda: format(value, form)))


def format_text(text: str, arguments: list[Any], keywords: dict[str, Any]) -> str:
    """``str.format`` with plain fields; no attributes and no items."""
    count = [0]

    def put(found: re.Match[str]) -> str:
        if found[0] in ("{{", "}}"):
            return found[0][0]
        name = found[1]
        if not re.fullmatch(r"\w*", name):
            raise Unsimulated(f"the format field {found[0]}")
        if not name:
            name, count[0] = str(count[0]), count[0] + 1
        try:
            value = arguments[int(name)] if name.isdigit() else keywords[name]
        except (IndexError, KeyError):
            raise Raised("IndexError", f"Replacement index {name} out of range for positional args tuple") from None
        return formatted(value, found[2] or "")

    return re.sub(r"\{\{|\}\}|\{([^{}:]*)(?::([^{}]*))?\}", put, text)

"""The interpreter: statements of the syntax tree, as generators that may wait.

It is built in layers: ``machine`` (the process) < ``expressions`` < ``calls`` < :class:`Interpreter`.
"""

from __future__ import annotations

import ast
from collections.abc import Generator
from typing import Any

from dockersim.userland.process import Steps
from dockersim.userland.programs.languages.python.calls import Calls, Return, thrown
from dockersim.userland.programs.languages.python.expressions import name_of
from dockersim.userland.programs.languages.python.operators import binary, guarded, items_of
from dockersim.userland.programs.languages.python.values import (
    ExceptionClass,
    Function,
    Object,
    Raised,
    Scope,
    Unsimulated,
)

RERAISE = ExceptionClass("re-raise")


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


class Interpreter(Calls):
    """``_s_Name`` runs the syntax tree's node ``Name``."""

    def run(self, body: list[ast.stmt], scope: Scope) -> Steps:
        """Run statements one after the other."""
        for statement in body:
            yield from self.turn()
            action = getattr(self, f"_s_{type(statement).__name__}", None)
            if action is None:
                raise Unsimulated(f"{name_of(statement)} statements", statement.lineno)
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
        before = yield from self.value(node.target, scope)
        amount = yield from self.value(node.value, scope)
        yield from self._assign(node.target, binary(type(node.op), before, amount), scope)

    def _s_If(self, node: ast.If, scope: Scope) -> Steps:
        test = yield from self.value(node.test, scope)
        yield from self.run(node.body if test else node.orelse, scope)

    def _s_While(self, node: ast.While, scope: Scope) -> Steps:
        while (yield from self.value(node.test, scope)):
            yield from self.turn()
            if (yield from self._broken(node.body, scope)):
                return
        yield from self.run(node.orelse, scope)

    def _s_For(self, node: ast.For, scope: Scope) -> Steps:
        for item in items_of((yield from self.value(node.iter, scope))):
            yield from self._assign(node.target, item, scope)
            if (yield from self._broken(node.body, scope)):
                return
        yield from self.run(node.orelse, scope)

    def _broken(self, body: list[ast.stmt], scope: Scope) -> Generator[Any, Any, bool]:
        """Once through a loop's body; whether it was left by ``break``."""
        try:
            yield from self.run(body, scope)
        except _Break:
            return True
        except _Continue:
            pass
        return False

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
        raise Return((yield from self.value(node.value, scope)) if node.value is not None else None)

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
                scope.assign(handler.name, thrown(raised.kind, raised.arguments, str(raised)))
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
            guarded(lambda holder=holder, key=key: holder.__delitem__(key))  # type: ignore[misc]

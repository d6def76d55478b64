"""Expressions, and the targets that values are assigned to."""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator
from typing import Any

from dockersim.userland.process import Steps
from dockersim.userland.programs.languages.python.formatting import formatted
from dockersim.userland.programs.languages.python.machine import Machine
from dockersim.userland.programs.languages.python.operators import (
    COMPARE,
    UNARY,
    binary,
    guarded,
    items_of,
    type_name,
)
from dockersim.userland.programs.languages.python.values import Function, Object, Raised, Scope, Unsimulated


class Expressions(Machine):
    """``_e_Name`` is the value of the syntax tree's node ``Name``."""

    def attribute(self, holder: Any, name: str) -> Any:
        """``holder.name``; the calls' part."""
        raise NotImplementedError

    def invoke(self, function: Any, arguments: list[Any], keywords: dict[str, Any]) -> Generator[Any, Any, Any]:
        """Call anything that can be called; the calls' part."""
        raise NotImplementedError

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
            raise Unsimulated(f"{name_of(node)} expressions", node.lineno)
        return (yield from action(node, scope))

    def _all(self, nodes: list[ast.expr], scope: Scope) -> Generator[Any, Any, list[Any]]:
        values: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                values += items_of((yield from self.value(node.value, scope)))
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
        return binary(type(node.op), left, right)

    def _e_UnaryOp(self, node: ast.UnaryOp, scope: Scope) -> Steps:
        value = yield from self.value(node.operand, scope)
        return guarded(lambda: UNARY[type(node.op)](value))

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
            if not guarded(lambda kind=kind, pair=pair: COMPARE[type(kind)](*pair)):  # type: ignore[misc]
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
        for item in items_of((yield from self.value(first.iter, scope))):
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
        return guarded(lambda: holder[key])

    def _e_Slice(self, node: ast.Slice, scope: Scope) -> Steps:
        parts = []
        for part in (node.lower, node.upper, node.step):
            parts.append((yield from self.value(part, scope)) if part is not None else None)
        return slice(*parts)

    def _e_Attribute(self, node: ast.Attribute, scope: Scope) -> Steps:
        holder = yield from self.value(node.value, scope)
        return self.attribute(holder, node.attr)

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

    # ---- targets

    def _assign(self, target: ast.expr, value: Any, scope: Scope) -> Steps:
        if isinstance(target, ast.Name):
            scope.assign(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            values = list(items_of(value))
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
            guarded(lambda: holder.__setitem__(key, value))
        elif isinstance(target, ast.Attribute):
            holder = yield from self.value(target.value, scope)
            if not isinstance(holder, Object):
                raise Raised("AttributeError", f"'{type_name(holder)}' object has no attribute '{target.attr}'")
            holder.attributes[target.attr] = value
        else:
            raise Unsimulated("this kind of assignment", target.lineno)


def name_of(node: ast.AST) -> str:
    """What a node that is not simulated is called."""
    return {"ClassDef": "class", "Yield": "yield", "Match": "match", "NamedExpr": "walrus", "AsyncWith": "async with",
            "AsyncFor": "async for"}.get(type(node).__name__, type(node).__name__)  # fmt: skip

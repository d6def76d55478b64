"""How words combine: ``!``, parentheses, and, or."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.userland.programs.find.actions import Actions
from dockersim.userland.programs.find.found import BadExpression, Found, Test, and_, or_
from dockersim.userland.programs.options import is_busybox


class Expression(Actions):
    """Reads the words. Raises :class:`BadExpression`."""

    def expression(self) -> Test:
        """The whole."""
        test = self.either()
        if self.at < len(self.words):
            word = self.word()
            raise BadExpression("you have too many ')'" if word == ")" else f"paths must precede expression: `{word}'")
        return test

    def either(self) -> Test:
        """``-o``"""
        left = self.both()
        while self.word() in ("-o", "-or"):
            self.at += 1
            left = or_(left, self.both())
        return left

    def both(self) -> Test:
        """``-a``, written or not."""
        left = self.negated()
        while self.word() and self.word() not in ("-o", "-or", ")", ","):
            if self.word() in ("-a", "-and"):
                self.at += 1
            left = and_(left, self.negated())
        return left

    def negated(self) -> Test:
        """``!`` and parentheses."""
        if self.word() in ("!", "-not"):
            self.at += 1
            inner = self.negated()

            def test(one: Found) -> Generator[Any, Any, bool]:
                return not (yield from inner(one))

            return test
        if self.word() == "(":
            self.at += 1
            inner = self.either()
            if self.word() != ")":
                raise BadExpression("invalid expression; I was expecting to find a ')' somewhere but did not see one.")
            self.at += 1
            return inner
        if not self.word():
            raise BadExpression("invalid expression")
        return self.primary()

    def primary(self) -> Test:
        """A test, an option or an action."""
        name = self.word()
        self.at += 1
        method = getattr(self, "p_" + name[1:].replace("-", "_"), None) if name.startswith("-") else None
        if method is None:
            if is_busybox(self.p):
                raise BadExpression(f"unrecognized: {name}")
            if not name.startswith("-"):
                raise BadExpression(f"paths must precede expression: `{name}'")
            raise BadExpression(f"unknown predicate `{name}'")
        test: Test = method(name)
        return test

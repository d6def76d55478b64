"""Paths to handlers: a table of routes, most specific first, with the path's variables in ``request.params``."""

from __future__ import annotations

import re
from collections.abc import Callable

from dockersim.errors import MethodNotAllowed, NotFound
from dockersim.wire.message import Handler, Request


class Router:
    """Routes such as ``/containers/{id}/json``; ``{name:path}`` also matches slashes.

    ``get``, ``post``, ... are decorators; :meth:`match` finds the handler, or raises :class:`NotFound`, or
    :class:`MethodNotAllowed` for a path that exists with another method.
    """

    def __init__(self) -> None:
        self._exact: dict[tuple[str, str], Handler] = {}
        self._patterns: dict[str, list[tuple[re.Pattern[str], Handler]]] = {}

    def add(self, method: str, template: str, handler: Handler) -> None:
        if "{" not in template:
            self._exact[method, template] = handler
            return
        self._patterns.setdefault(method, []).append((_compile(template), handler))

    def route(self, method: str, template: str) -> Callable[[Handler], Handler]:
        """Decorator form of :meth:`add`."""

        def keep(handler: Handler) -> Handler:
            self.add(method, template, handler)
            return handler

        return keep

    def match(self, request: Request, path: str | None = None) -> Handler:
        """The handler for ``request``; fills ``request.params``. ``path`` overrides the request's own."""
        path = request.path if path is None else path
        handler = self._find(request, request.method, path)
        if handler is not None:
            return handler
        for method in {m for m, _ in self._exact} | set(self._patterns):
            if method != request.method and self._find(request, method, path) is not None:
                raise MethodNotAllowed(f"method {request.method} not allowed on {path}")
        raise NotFound("page not found")

    def _find(self, request: Request, method: str, path: str) -> Handler | None:
        handler = self._exact.get((method, path))
        if handler is not None:
            return handler
        for pattern, candidate in self._patterns.get(method, ()):
            found = pattern.fullmatch(path)
            if found:
                request.params = found.groupdict()
                return candidate
        return None


def _compile(template: str) -> re.Pattern[str]:
    pieces = re.split(r"\{(\w+)(:path)?\}", template)
    text = re.escape(pieces[0])
    for name, is_path, literal in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        text += f"(?P<{name}>{'.+' if is_path else '[^/]+'})" + re.escape(literal)
    return re.compile(text)

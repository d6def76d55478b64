"""Paths to handlers: a table of routes, with the path's variables in ``request.params``."""

from __future__ import annotations

import re
from collections.abc import Callable

from dockersim.errors import MethodNotAllowed, NotFound
from dockersim.wire.message import Handler, Request


class Route:
    """One template. Its pattern, where it needs one, is compiled when a path first comes near it."""

    __slots__ = ("_deep", "_parts", "_pattern", "_template", "handler", "last")

    def __init__(self, template: str, handler: Handler) -> None:
        self.handler = handler
        self._template = template
        self._parts = template.replace(":path}", "}").split("/")
        self._deep = ":path}" in template
        self._pattern: re.Pattern[str] | None = None
        last = template.rpartition("/")[2]
        self.last = "" if last.startswith("{") else last
        """The last segment, where it is no variable: most other routes are ruled out by it."""

    def match(self, path: str, parts: list[str]) -> dict[str, str] | None:
        """The variables of ``path`` (``parts`` are its segments), or ``None`` for a path of another shape."""
        if len(parts) == len(self._parts):
            return self._by_part(parts)
        if not self._deep:
            return None
        if self._pattern is None:
            self._pattern = _compile(self._template)
        found = self._pattern.fullmatch(path)
        return found.groupdict() if found else None

    def _by_part(self, parts: list[str]) -> dict[str, str] | None:
        params = {}
        for wanted, part in zip(self._parts, parts, strict=True):
            if wanted[:1] == "{":
                if not part:
                    return None
                params[wanted[1:-1]] = part
            elif wanted != part:
                return None
        return params


class Router:
    """Routes such as ``/containers/{id}/json``; ``{name:path}`` also matches slashes.

    A path without variables wins; among the others the one that was added first. The first segment of a template is
    no variable. :meth:`match` finds the handler, or raises :class:`NotFound`, or :class:`MethodNotAllowed` for a path
    that exists with another method.
    """

    def __init__(self) -> None:
        self._exact: dict[tuple[str, str], Handler] = {}
        self._routes: dict[tuple[str, str], list[Route]] = {}

    def add(self, method: str, template: str, handler: Handler) -> None:
        """Let ``handler`` answer ``method`` on every path of this shape."""
        if "{" not in template:
            self._exact[method, template] = handler
        else:
            self._routes.setdefault((method, template.split("/")[1]), []).append(Route(template, handler))

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
        for method in {m for m, _ in self._exact} | {m for m, _ in self._routes}:
            if method != request.method and self._find(request, method, path) is not None:
                raise MethodNotAllowed(f"method {request.method} not allowed on {path}")
        raise NotFound("page not found")

    def _find(self, request: Request, method: str, path: str) -> Handler | None:
        handler = self._exact.get((method, path))
        if handler is not None:
            return handler
        parts = path.split("/")
        last = parts[-1]
        for route in self._routes.get((method, parts[1] if len(parts) > 1 else ""), ()):
            if route.last and route.last != last:
                continue
            params = route.match(path, parts)
            if params is not None:
                request.params = params
                return route.handler
        return None


def _compile(template: str) -> re.Pattern[str]:
    pieces = re.split(r"\{(\w+)(:path)?\}", template)
    text = re.escape(pieces[0])
    for name, is_path, literal in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        text += f"(?P<{name}>{'.+' if is_path else '[^/]+'})" + re.escape(literal)
    return re.compile(text)

"""Go's ``text/template`` with docker/cli's functions: what ``--format`` is written in.

Data is plain Python: ``dict`` is a Go map (``map[string]string`` if all its values are text), ``list`` a slice,
``str``, ``int``, ``float``, ``bool`` themselves, ``None`` nil. :class:`Struct` is a Go struct: it knows its fields and
the name of its type, so a wrong field is an error in Go's words. ``values`` has more that knows its Go type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dockersim.client.template.values import Map, Nil, Row, Struct, TemplateError

if TYPE_CHECKING:
    from dockersim.client.template.execute import Execution

__all__ = ["Map", "Nil", "Row", "Struct", "Template", "TemplateError", "parse"]


class Template:
    """A parsed template; :meth:`execute` as often as there are rows. ``name`` is what errors call it."""

    def __init__(self, text: str, name: str = "") -> None:
        from dockersim.client.template.parse import Parser

        self._text = text
        self._name = name
        self._parser = Parser(text, name)
        self._root = self._parser.parse()

    def execute(self, data: Any, missing_key_error: bool = False) -> str:
        """The text for ``data``. Raises :class:`TemplateError` (``template: :1:2: executing "" at <.X>: ...``).

        ``missing_key_error`` makes a missing key of a map an error, as `docker inspect`'s second try does.
        """
        return self._execution(missing_key_error, headers=False).run(self._root, data)

    def execute_partly(self, headers: Any) -> str:
        """The text for a table's headings: functions leave a heading as it is, and an error only ends the text."""
        try:
            return self._execution(False, headers=True).run(self._root, headers)
        except TemplateError as error:
            return error.written

    def _execution(self, missing_key_error: bool, headers: bool) -> Execution:
        from dockersim.client.template.execute import Execution

        return Execution(self._text, self._parser.defined, missing_key_error, headers, self._name)


def parse(text: str) -> Template:
    """Read a template. Raises :class:`TemplateError` (``template: :1: unclosed action``)."""
    return Template(text)

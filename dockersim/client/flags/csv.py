"""Go's ``encoding/csv``, one record: how ``--mount``, ``--network`` and their like are cut into fields."""

from __future__ import annotations


def read_record(text: str) -> list[str]:
    """The fields of the first record. Raises ``ValueError`` in Go's words ("EOF" for nothing at all)."""
    lines = [line for line in text.split("\n") if line not in ("", "\r")]
    if not lines:
        raise ValueError("EOF")
    if '"' not in lines[0]:
        return lines[0].removesuffix("\r").split(",")
    return _quoted("\n".join(lines))


def _quoted(text: str) -> list[str]:
    fields: list[str] = []
    at = 0
    while True:
        if text[at : at + 1] != '"':
            end = min((i for i in (text.find(",", at), text.find("\n", at)) if i >= 0), default=len(text))
            bare = text.find('"', at, end)
            if bare >= 0:
                raise ValueError(f'parse error on line 1, column {_column(text, bare)}: bare " in non-quoted-field')
            fields.append(text[at:end])
        else:
            value, end = _quoted_field(text, at + 1)
            fields.append(value)
        if end >= len(text) or text[end] == "\n":
            return fields
        at = end + 1


def _quoted_field(text: str, at: int) -> tuple[str, int]:
    value = ""
    while True:
        close = text.find('"', at)
        if close < 0:
            column = _column(text, len(text))
            raise ValueError(f'parse error on line 1, column {column}: extraneous or missing " in quoted-field')
        value += text[at:close]
        after = text[close + 1 : close + 2]
        if after == '"':
            value += '"'
            at = close + 2
        elif after in ("", ",", "\n"):
            return value, close + 1
        else:
            column = _column(text, close)
            raise ValueError(f'parse error on line 1, column {column}: extraneous or missing " in quoted-field')


def _column(text: str, at: int) -> int:
    return len(text[:at].encode(errors="surrogateescape")) + 1

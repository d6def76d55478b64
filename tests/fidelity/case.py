"""A recorded command: what was typed, in which state, and what a real Docker answered. Kept as gzipped JSON lines."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

RECORD = Path(__file__).parent / "record"
HTTP = tuple[str, str, int]
Step = tuple[float | str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One command of a topic.

    ``steps`` are ``(wait, send)``: seconds, or a text to see first; then text to type, ``["signal", NAME]`` or
    ``["eof"]``. ``background`` are ``(seconds, shell command)`` beside the command. ``tty`` is ``(rows, columns)``.
    ``killed`` is after how many seconds the recorder had to end it, ``seconds`` how long it took. ``http`` is
    ``(method, path, status)`` in order.
    """

    topic: str
    name: str
    argv: tuple[str, ...]
    stdin: str | None = None
    steps: tuple[Step, ...] = ()
    tty: tuple[int, int] | None = None
    cwd: str = "/root"
    env: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    setup: tuple[str, ...] = ()
    background: tuple[tuple[float, str], ...] = ()
    cleanup: tuple[str, ...] = ()
    killed: float = 0
    exit_code: int | None = 0
    stdout: str = ""
    stderr: str = ""
    post: dict[str, str] = field(default_factory=dict)
    http: tuple[HTTP, ...] = ()
    seconds: float = 0

    @property
    def id(self) -> str:
        return f"{self.topic}/{self.name}"

    def to_json(self) -> dict[str, Any]:
        """Only what is not the default."""
        plain = Case(topic="", name="", argv=())
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in values.items() if value != getattr(plain, name)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Case:
        return cls(**{name: _frozen(item) for name, item in value.items()})


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    return value


def topics() -> list[str]:
    """All recorded topics."""
    return sorted(path.name.removesuffix(".jsonl.gz") for path in RECORD.glob("*.jsonl.gz"))


def load(topic: str) -> Iterator[Case]:
    """The cases of a topic, in the order in which they were recorded."""
    with gzip.open(RECORD / f"{topic}.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            yield Case.from_json(json.loads(line))


def save(topic: str, cases: Iterable[Case]) -> None:
    """Write a topic's cases; the same cases give the same bytes."""
    text = "".join(json.dumps(case.to_json(), ensure_ascii=False) + "\n" for case in cases)
    RECORD.mkdir(exist_ok=True)
    (RECORD / f"{topic}.jsonl.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))

"""JSON documents that are named by their bytes: what arrived is kept, what is built is written stably."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from dockersim.errors import InvalidParameter
from dockersim.oci.digest import Digest
from dockersim.oci.value import Value, set_once


def canonical(value: Any, indent: int | None = None) -> bytes:
    """JSON as Go's ``json.Marshal`` writes it (compact) or ``json.MarshalIndent`` does: ``<``, ``>``, ``&`` escaped.

    Keys keep their order: whoever builds ``value`` lists them in the order of the field's own documents.
    """
    separators = (",", ":") if indent is None else (",", ": ")
    text = json.dumps(value, separators=separators, indent=indent, ensure_ascii=False)
    for char in "<>&\u2028\u2029":
        if char in text:
            text = text.replace(char, f"\\u{ord(char):04x}")
    return text.encode()


def load_object(raw: bytes, what: str) -> dict[str, Any]:
    """The JSON object in ``raw``. Raises :class:`InvalidParameter` naming ``what``."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise InvalidParameter(f"invalid {what}: {error}") from None
    if not isinstance(value, dict):
        raise InvalidParameter(f"invalid {what}: not a JSON object")
    return value


class Document(Value):
    """A JSON document under the digest of exactly its bytes. Equal when the bytes and the media type are."""

    __slots__ = ("_digest", "media_type", "raw")
    KIND: ClassVar[str] = "document"
    raw: bytes
    media_type: str
    _digest: Digest

    def __init__(self, raw: bytes, media_type: str) -> None:
        set_once(self, "raw", bytes(raw))
        set_once(self, "media_type", media_type)
        set_once(self, "_digest", Digest.of(raw))

    def _key(self) -> tuple[Any, ...]:
        return (self.media_type, self.raw)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._digest}>"

    @property
    def digest(self) -> Digest:
        return self._digest

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.raw)

    @property
    def document(self) -> dict[str, Any]:
        """The JSON value, a fresh one at each reading: changing it changes nothing here."""
        value: dict[str, Any] = json.loads(self.raw)
        return value


def listed(value: Mapping[str, Any], key: str, what: str) -> list[Any]:
    """The list under ``key``. Raises :class:`InvalidParameter` where there is none."""
    found = value.get(key)
    if not isinstance(found, list):
        raise InvalidParameter(f"invalid {what}: {key} is not a list")
    return found


__all__ = ["Document", "Self", "canonical", "listed", "load_object"]

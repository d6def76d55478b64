"""Digests: content named by its own hash (OCI image specification, descriptor.md, "Digests")."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256, sha512

from dockersim.errors import DataLoss, InvalidParameter

_FORMAT = re.compile(r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+")
_ALGORITHMS = {"sha256": sha256, "sha512": sha512}
_LENGTHS = {"sha256": 64, "sha512": 128}


class Digest(str):
    """``algorithm:encoded``, such as ``sha256:e3b0c4...``: a ``str`` that has been validated.

    Raises :class:`InvalidParameter` in the words of go-digest.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Digest:
        if type(text) is cls:
            return text
        algorithm, _, encoded = text.partition(":")
        if not _FORMAT.fullmatch(text):
            raise InvalidParameter("invalid checksum digest format")
        if algorithm not in _LENGTHS:
            raise InvalidParameter("unsupported digest algorithm")
        if len(encoded) != _LENGTHS[algorithm]:
            raise InvalidParameter("invalid checksum digest length")
        if not re.fullmatch("[a-f0-9]+", encoded):
            raise InvalidParameter("invalid checksum digest format")
        return str.__new__(cls, text)

    @classmethod
    def of(cls, data: bytes) -> Digest:
        """The SHA-256 digest of ``data``."""
        return str.__new__(cls, "sha256:" + sha256(data).hexdigest())

    @property
    def algorithm(self) -> str:
        return self.partition(":")[0]

    @property
    def encoded(self) -> str:
        """The hexadecimal part."""
        return self.partition(":")[2]

    @property
    def short(self) -> str:
        """The twelve digits that Docker shows."""
        return self.encoded[:12]

    def matches(self, data: bytes) -> bool:
        """Whether ``data`` hashes to this digest."""
        return _ALGORITHMS[self.algorithm](data).hexdigest() == self.encoded

    def verify(self, data: bytes) -> None:
        """Raises :class:`DataLoss` unless ``data`` hashes to this digest."""
        if not self.matches(data):
            raise DataLoss(f"failed to verify digest {self}: content is {Digest.of(data)}")


def chain_ids(diff_ids: Iterable[str]) -> list[Digest]:
    """The chain ID of each layer: what names it together with all below it (config.md, "Layer ChainID")."""
    chain: list[Digest] = []
    for diff_id in diff_ids:
        chain.append(Digest.of(f"{chain[-1]} {diff_id}".encode()) if chain else Digest(diff_id))
    return chain


def chain_id(diff_ids: Iterable[str]) -> str:
    """The chain ID of the topmost layer; empty for no layers."""
    chain = chain_ids(diff_ids)
    return chain[-1] if chain else ""

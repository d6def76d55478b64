"""Digests and chain IDs."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.errors import DataLoss, InvalidParameter
from dockersim.oci import Digest, chain_id, chain_ids

EMPTY = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_of_nothing() -> None:
    digest = Digest.of(b"")
    assert digest == EMPTY
    assert (digest.algorithm, digest.short, len(digest.encoded)) == ("sha256", "e3b0c44298fc", 64)


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_verifies_its_own_bytes_only(data: bytes, other: bytes) -> None:
    digest = Digest.of(data)
    digest.verify(data)
    assert Digest(str(digest)) == digest
    assert digest.matches(other) == (other == data)
    if other != data:
        with pytest.raises(DataLoss, match="failed to verify"):
            digest.verify(other)


def test_sha512() -> None:
    digest = Digest("sha512:" + hashlib.sha512(b"x").hexdigest())
    assert digest.matches(b"x")
    assert not digest.matches(b"y")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "invalid checksum digest format"),
        ("sha256", "invalid checksum digest format"),
        ("sha256:", "invalid checksum digest format"),
        ("sha256:abc", "invalid checksum digest length"),
        ("md5:" + "0" * 32, "unsupported digest algorithm"),
        ("sha256:" + "G" * 64, "invalid checksum digest format"),
        ("sha256:" + "A" * 64, "invalid checksum digest format"),
        (EMPTY + "\n", "invalid checksum digest format"),
    ],
)
def test_malformed(text: str, words: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        Digest(text)
    assert caught.value.message == words


def test_chain_of_one_layer_is_its_diff_id() -> None:
    assert chain_id([EMPTY]) == EMPTY
    assert chain_id([]) == ""


def test_chain_of_two_layers() -> None:
    """``ChainID(L0|L1) = Digest(ChainID(L0) + " " + DiffID(L1))``."""
    assert chain_ids([EMPTY, EMPTY])[1] == "sha256:" + hashlib.sha256(f"{EMPTY} {EMPTY}".encode()).hexdigest()


@given(st.lists(st.binary(max_size=2).map(Digest.of), min_size=1, max_size=5))
def test_chains_grow_from_their_beginnings(diff_ids: list[Digest]) -> None:
    chain = chain_ids(diff_ids)
    assert chain[:-1] == chain_ids(diff_ids[:-1])
    assert chain[-1] == chain_id(diff_ids)

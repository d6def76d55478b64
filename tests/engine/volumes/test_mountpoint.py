"""What ``-v``, ``--mount`` and ``--tmpfs`` may say, in the engine's words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.engine.volumes import mountpoint, tmpfs
from dockersim.errors import InvalidParameter, System

words = st.sampled_from(["rw", "ro", "z", "Z", "nocopy", "shared", "rprivate", "cached", "bad", ""])


@given(st.lists(words, max_size=4).map(",".join))
def test_a_mode_has_at_most_one_word_of_each_sort(mode: str) -> None:
    parts = mode.split(",") if mode else []
    sorts = [("rw", "ro"), ("z", "Z"), ("nocopy",), ("shared", "rprivate"), ("cached",)]
    known = [word for sort in sorts for word in sort]
    assert mountpoint.valid_mode(mode) == (
        all(word in known for word in parts) and all(sum(word in sort for word in parts) <= 1 for sort in sorts)
    )


@given(st.text(alphabet="ab/:,.ro", max_size=12))
def test_any_bind_is_a_mount_or_a_refusal(text: str) -> None:
    try:
        point = mountpoint.from_bind(text)
    except System:
        return
    assert point.destination.startswith("/")
    assert (point.type == "bind") == (text.startswith("/") and ":" in text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "vol1:data",
            "invalid volume specification: 'vol1:data': invalid mount config for type \"volume\": "
            "invalid mount path: 'data' mount path must be absolute",
        ),
        (
            "vol1:/",
            "invalid volume specification: 'vol1:/': invalid mount config for type \"volume\": "
            "invalid specification: destination can't be '/'",
        ),
        ("vol1:/data:bad", "invalid mode: bad"),
        ("/foo:rw", "invalid volume specification: '/foo:rw'"),
        ("a:/b:ro:c", "invalid volume specification: 'a:/b:ro:c'"),
    ],
)
def test_bad_binds(text: str, message: str) -> None:
    with pytest.raises(System) as refused:
        mountpoint.from_bind(text)
    assert refused.value.message == message


@pytest.mark.parametrize(
    ("spec", "wrong"),
    [
        ({"Type": "nosuch", "Target": "/x"}, "mount type unknown"),
        ({"Type": "bind", "Target": "/x"}, "field Source must not be empty"),
        ({"Type": "bind", "Source": "/no", "Target": "/x"}, "bind source path does not exist: /no"),
        ({"Type": "bind", "Source": "no", "Target": "/x"}, "invalid mount path: 'no' mount path must be absolute"),
        ({"Type": "tmpfs", "Source": "/a", "Target": "/x"}, "field Source must not be specified"),
        (
            {"Type": "volume", "Target": "/x", "ReadOnly": True},
            "must not set ReadOnly mode when using anonymous volumes",
        ),
        (
            {"Type": "volume", "Source": "v", "Target": "/x", "BindOptions": {}},
            "field BindOptions must not be specified",
        ),
        (
            {"Type": "bind", "Source": "/yes", "Target": "/x", "BindOptions": {"Propagation": "odd"}},
            "invalid propagation mode: odd",
        ),
    ],
)
def test_bad_mounts(spec: dict[str, Any], wrong: str) -> None:
    with pytest.raises(InvalidParameter) as refused:
        mountpoint.from_mount(spec, lambda path: path == "/yes")
    assert refused.value.message == f'invalid mount config for type "{spec["Type"]}": {wrong}'


def test_a_mount_of_a_tmpfs_spells_its_options_for_the_kernel() -> None:
    assert mountpoint.tmpfs_options({"SizeBytes": 1 << 20, "Mode": 0o700}, False) == "mode=700,size=1m"
    assert mountpoint.tmpfs_options({"SizeBytes": 1000}, True) == "ro,size=1000"


@pytest.mark.parametrize(
    ("text", "existing", "shown"),
    [
        ("size=1m", None, "nosuid,nodev,noexec,relatime,size=1024k"),
        ("size=64k,mode=700", 0o755, "nosuid,nodev,noexec,relatime,size=64k,mode=700"),
        ("", 0o755, "nosuid,nodev,noexec,relatime,mode=755"),
        ("exec,suid,uid=1000", 0o1777, "nodev,relatime,uid=1000"),
    ],
)
def test_tmpfs_options_as_proc_mounts_has_them(text: str, existing: int | None, shown: str) -> None:
    options = tmpfs.Options(text)
    assert options.shown(options.mode(existing)) == shown


def test_a_tmpfs_option_that_there_is_not() -> None:
    with pytest.raises(System, match='invalid tmpfs option "bad"'):
        tmpfs.Options("size=1m,bad")


def test_volumes_from() -> None:
    assert mountpoint.volumes_from("src") == ("src", "rw")
    assert mountpoint.volumes_from("src:ro") == ("src", "ro")
    with pytest.raises(InvalidParameter, match="invalid mode: nocopy"):
        mountpoint.volumes_from("src:nocopy")

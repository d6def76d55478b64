"""Limits of resources: CPU time, what /proc tells of them, and settings that not everybody may change."""

from __future__ import annotations

import pytest

from dockersim.fs import Cred, FsError
from dockersim.userland import limits
from dockersim.userland.kernelfs import mount_kernel_files
from tests.userland.conftest import Lab

LOOP = "while :; do :; done"


@pytest.mark.parametrize(("soft", "hard", "status"), [(1, 1, 137), (1, 3, 152), (2, limits.NONE, 152)])
def test_a_process_ends_at_its_limit_of_cpu_time(soft: int, hard: int, status: int) -> None:
    lab = Lab()
    one = lab.computer("one")
    one.ulimits = {"cpu": (soft, hard)}
    running = lab.run(one, "sh", "-c", LOOP)
    assert running.status == status
    assert soft <= running.process.cpu < soft + 1


def test_proc_tells_of_every_limit() -> None:
    lab = Lab()
    one = lab.computer("one")
    one.ulimits = {"nofile": (10, 20)}
    lines = limits.table(one).splitlines()
    assert len(lines) == 1 + len(limits.RESOURCES)
    assert "Max open files            10                   20                   files     " in lines


@pytest.mark.parametrize(
    ("granted", "value", "error"), [("NET_ADMIN", "0", ""), ("NET_ADMIN", "x", "EINVAL"), ("NET_RAW", "0", "EPERM")]
)
def test_settings_of_the_kernel(granted: str, value: str, error: str) -> None:
    lab = Lab()
    one = lab.computer("one")
    one.capabilities = frozenset([granted])
    mount_kernel_files(one)
    path = "/proc/sys/net/ipv4/ip_forward"
    if not error:
        one.vfs.write_file(path, value.encode())
        assert one.vfs.read_file(path) == b"0\n"
        return
    with pytest.raises(FsError) as refused:
        one.vfs.write_file(path, value.encode())
    assert refused.value.code == error


def test_who_may_give_files_away() -> None:
    lab = Lab()
    vfs = lab.computer("one").vfs
    with pytest.raises(FsError):
        vfs.chown("/desk", 33, 33, cred=Cred(0, 0, gives_away=False))
    vfs.chown("/desk", 33, 33, cred=Cred(0, 0))
    assert vfs.stat("/desk").uid == 33

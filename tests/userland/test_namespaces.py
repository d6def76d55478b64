"""lsns and nsenter: a container's namespaces, one by one."""

from __future__ import annotations

import pytest

import dockersim


@pytest.fixture(scope="module")
def world() -> dockersim.World:
    world = dockersim.World(seed=0)
    world.sh("docker pull -q alpine; docker run -d --name box -h inside alpine sleep 1000")
    world.sh("P=$(docker inspect -f '{{.State.Pid}}' box)")
    return world


@pytest.mark.parametrize(
    ("letters", "command", "shown"),
    [
        ("-u", "hostname", "inside\n"),
        ("-n", "hostname", "laptop\n"),
        ("-n", "ip -o -4 addr show eth0 | grep -c 172.17.0.2", "1\n"),
        ("-m", "head -1 /etc/os-release", 'NAME="Alpine Linux"\n'),
        ("-u", "head -1 /etc/os-release", 'PRETTY_NAME="Ubuntu 24.04.3 LTS"\n'),
        ("-a", "ps -o pid,args | sed -n 2p", "    1 sleep 1000\n"),
    ],
)
def test_only_the_chosen_namespaces_are_the_container_s(
    world: dockersim.World, letters: str, command: str, shown: str
) -> None:
    assert world.sh(f"sudo nsenter -t $P {letters} sh -c '{command}'").stdout == shown


def test_it_is_for_root_and_needs_a_process(world: dockersim.World) -> None:
    assert world.sh("nsenter -t $P -n true").stderr.endswith("/ns/net: Permission denied\n")
    assert world.sh("sudo nsenter -t 99999 -n true").stderr == (
        "nsenter: cannot open /proc/99999/ns/net: No such file or directory\n"
    )
    assert world.sh("sudo nsenter -t $P -m nosuch").stderr == (
        "nsenter: failed to execute nosuch: No such file or directory\n"
    )


def test_a_privileged_container_enters_the_machine(world: dockersim.World) -> None:
    line = "docker run --rm --privileged --pid=host alpine nsenter -t 1 -m -u -n -i sh -c 'hostname; id -un'"
    assert world.sh(line).stdout == "laptop\nroot\n"


def test_each_container_has_its_own_and_shares_the_machine_s_users(world: dockersim.World) -> None:
    rows = [line.split() for line in world.sh("sudo lsns").stdout.splitlines()[1:]]
    assert {row[1] for row in rows if row[5:] == ["sleep", "1000"]} == {"cgroup", "pid", "uts", "ipc", "net", "mnt"}
    assert {row[1] for row in rows if row[3] == "1"} == {
        "cgroup", "pid", "uts", "ipc", "net", "mnt", "user", "time",
    }  # fmt: skip

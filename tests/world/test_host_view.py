"""What the laptop sees of its containers: processes like others, namespaces, control groups."""

from __future__ import annotations

import pytest

import dockersim
from dockersim.laws import Broken, the_machine_sees_every_process


@pytest.fixture
def world() -> dockersim.World:
    world = dockersim.World(seed=0)
    world.sh("docker pull -q busybox; docker run -d --name box --memory 64m busybox sleep 1000")
    return world


def pid(world: dockersim.World, name: str = "box") -> str:
    return world.sh(f"docker inspect -f '{{{{.State.Pid}}}}' {name}").stdout.strip()


def test_a_container_is_a_process_of_the_machine(world: dockersim.World) -> None:
    number = pid(world)
    row = world.sh(f"ps -o user,ppid,args -p {number}").stdout.splitlines()[1].split()
    assert row[0] == "root"
    assert row[2:] == ["sleep", "1000"]
    assert "containerd-shim" in world.sh(f"ps -o args -p {row[1]}").stdout
    assert world.sh("pgrep sleep").stdout == f"{number}\n"
    assert world.sh("docker exec box ps -o pid,args").stdout.splitlines()[1].split() == ["1", "sleep", "1000"]
    assert f"{number}\n" in world.sh("docker run --rm --pid host busybox ps -o pid").stdout.replace(" ", "")


def test_the_host_s_root_may_kill_it_and_others_may_not(world: dockersim.World) -> None:
    assert "Operation not permitted" in world.sh(f"kill {pid(world)}").stderr
    world.sh(f"sudo kill {pid(world)}")  # PID 1 has no handler: from outside that is no different
    assert world.sh("docker ps -q").stdout
    world.sh(f"sudo kill -9 {pid(world)}")
    assert world.sh("docker inspect -f '{{.State.Status}} {{.State.ExitCode}}' box").stdout == "exited 137\n"
    assert world.sh("pgrep -f containerd-shim").exit_code == 1


def test_without_its_shim_a_container_ends(world: dockersim.World) -> None:
    assert world.sh("sudo pkill -9 -f 'containerd-shi[m]'").exit_code == 0
    assert world.sh("docker ps -q").stdout == ""
    assert "Operation not permitted" in world.sh("sudo kill $(pgrep dockerd)").stderr


def test_namespaces_are_shared_where_that_was_asked_for(world: dockersim.World) -> None:
    world.sh("docker run -d --name friend --network container:box --pid container:box busybox sleep 1000")
    world.sh("docker run -d --name guest --network host --uts host --ipc host busybox sleep 1000")

    def namespaces(name: str) -> set[str]:
        return set(world.sh(f"sudo readlink /proc/{name}/ns/*").stdout.split())

    def kinds(found: set[str]) -> set[str]:
        return {link.partition(":")[0] for link in found}

    box, friend, guest, host = (namespaces(n) for n in (pid(world), pid(world, "friend"), pid(world, "guest"), "1"))
    assert kinds(box & friend) == {"net", "pid", "user", "time"}
    assert kinds(box & host) == {"user", "time"}
    assert kinds(guest & host) == {"net", "uts", "ipc", "user", "time"}


def test_limits_and_members_are_in_the_control_group(world: dockersim.World) -> None:
    identity = world.sh("docker ps -q --no-trunc").stdout.strip()
    group = f"/sys/fs/cgroup/system.slice/docker-{identity}.scope"
    assert world.sh(f"cat {group}/memory.max").stdout == f"{64 << 20}\n"
    assert world.sh(f"cat {group}/cgroup.procs").stdout.strip() == pid(world)
    assert world.sh(f"cat /proc/{pid(world)}/cgroup").stdout == f"0::/system.slice/docker-{identity}.scope\n"
    assert world.sh("docker exec box cat /proc/1/cgroup").stdout == "0::/\n"
    assert world.sh("docker exec box cat /sys/fs/cgroup/memory.max").stdout == f"{64 << 20}\n"
    world.sh("docker rm -f box")
    assert world.sh(f"ls {group}").exit_code == 2


def test_the_root_of_its_process_is_the_container_s_tree(world: dockersim.World) -> None:
    world.sh("docker exec box sh -c 'echo hi > /inside'")
    assert world.sh(f"sudo cat /proc/{pid(world)}/root/inside").stdout == "hi\n"


def test_a_container_outside_the_machine_s_table_breaks_the_law(world: dockersim.World) -> None:
    the_machine_sees_every_process(world)
    world.laptop.kernel.pids.processes.pop(int(pid(world)))
    with pytest.raises(Broken, match="does not see"):
        the_machine_sees_every_process(world)

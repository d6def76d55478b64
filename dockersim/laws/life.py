"""Laws of life: processes, states, names."""

from __future__ import annotations

from dockersim.laws.law import require
from dockersim.world import World


def containers_run_while_pid_1_does(world: World) -> None:
    """A container runs if and only if its PID 1 does."""
    for container in world.engine.containers:
        process = container.ran.process
        alive = process is not None and process.status is None
        require(
            container.running == alive,
            f"{container.name} is {container.state}, but its PID 1 {'runs' if alive else 'does not run'}",
        )


def the_machine_sees_every_process(world: World) -> None:
    """Every process of a container is a process of the machine, under another number, beside the shim that keeps it;
    where no container runs there is no shim and no control group."""
    kernel = world.laptop.kernel
    groups = set()
    for container in world.engine.containers:
        computer = container.ran.computer
        if computer is None:
            continue
        groups.add(computer.cgroup)
        for process in computer.own_processes():
            found = kernel.pids.processes.get(process.host_pid)
            require(found is process, f"the machine does not see {process} of {container.name}")
        keeper = computer.keeper
        require(keeper is not None and keeper.alive, f"{container.name} runs without its shim")
    require(set(kernel.cgroups) == groups, "there are control groups of containers that do not run")
    shims = sum(process.name.startswith("containerd-shim") for process in kernel.pids.processes.values())
    require(shims == len(groups), f"{shims} shims keep {len(groups)} containers")


def names_and_ids_are_unique(world: World) -> None:
    """No two containers have the same name or the same id, and each is found by both."""
    names, ids = set(), set()
    for container in world.engine.containers:
        require(container.name not in names, f"two containers are called {container.name}")
        require(container.id not in ids, f"two containers have the id {container.id}")
        names.add(container.name)
        ids.add(container.id)
        require(world.engine.containers.get(container.name) is container, f"{container.name} is not found by its name")
        require(world.engine.containers.get(container.id) is container, f"{container.name} is not found by its id")


def host_ports_have_one_owner(world: World) -> None:
    """No two running containers are published on one port of one address of the laptop."""
    owners: dict[tuple[str, int, str], str] = {}
    for forward in world.engine.stack.forwards:
        key = (forward.address, forward.port, forward.protocol)
        owner = owners.setdefault(key, forward.target.name)
        require(owner == forward.target.name, f"port {forward.port} leads to two containers")


def addresses_have_one_owner(world: World) -> None:
    """On one network no two containers have the same address, and every address is one of the network's own."""
    for network in world.engine.networks:
        segment = network.segment
        if segment is None:
            continue
        for address, interface in segment.members.items():
            own = address in segment or address in interface.more
            require(own, f"{address} is not an address of {network.name}")
            require(address in interface.addresses, f"{address} of {network.name} belongs to {interface.address}")

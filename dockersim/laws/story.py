"""The law that events and state never disagree."""

from __future__ import annotations

from dockersim.laws.law import require
from dockersim.trace import Scene
from dockersim.world import World


def the_trace_tells_the_state(world: World) -> None:
    """Everything that has happened is in the trace: folding its events from the beginning gives just what the daemon
    and the registries hold now."""
    scene = world.trace.scene()
    _same(
        "images at the daemon", set(scene.images.get("daemon", {})), {image.id for image in world.engine.images.all()}
    )
    _same("names at the daemon", scene.references.get("daemon", {}), dict(world.engine.images.references.items()))
    stores = {"daemon": world.engine.content, **{one.name: one.storage.content for one in world.all_registries}}
    for host, store in stores.items():
        _same(f"blobs at {host}", set(scene.blobs.get(host, {})), {str(digest) for digest, _ in store.walk()})
    _containers(world, scene)
    _same(
        "networks",
        {key: (view["name"], view["endpoints"]) for key, view in scene.networks.items()},
        {
            network.id: (network.name, {key: endpoint.address for key, endpoint in network.endpoints.items()})
            for network in world.engine.networks
        },
    )
    _same("published ports", set(scene.ports), _published(world))
    _same("volumes", set(scene.volumes), {volume.name for volume in world.engine.volumes})


def _published(world: World) -> set[tuple[str, int, str]]:
    """The host's ports that lead to containers; a port of all addresses counts once, not again for IPv6."""
    sandboxes = (container.ran.sandbox for container in world.engine.containers)
    return {
        (binding.host_ip, binding.host_port, binding.protocol)
        for sandbox in sandboxes
        if sandbox is not None
        for binding in sandbox.bindings
        if binding.told
    }


def _containers(world: World, scene: Scene) -> None:
    told = {
        key: (view["name"], view["image"], view["state"], view["exit_code"]) for key, view in scene.containers.items()
    }
    held = {
        container.id: (container.name, container.image.id, container.state, container.ran.exit_code)
        for container in world.engine.containers
    }
    _same("containers", told, held)
    for container in world.engine.containers:
        processes = container.ran.computer.processes if container.ran.computer is not None else {}
        alive = {pid for pid, process in processes.items() if process.status is None}
        _same(f"processes of {container.name}", set(scene.processes.get(container.id, {})), alive)
        mounted = {point.destination for point in container.mounts or () if point.mounted}
        _same(f"mounts of {container.name}", set(scene.containers[container.id]["mounts"]), mounted)


def _same(what: str, told: object, held: object) -> None:
    require(told == held, f"{what}: the trace tells {told!r}, the world holds {held!r}")

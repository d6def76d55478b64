"""Links of old: ``--link`` on the default bridge, with lines in ``/etc/hosts`` and variables in the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockersim.engine.networks.ports import split
from dockersim.errors import InvalidParameter, NotFound, System

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine


class Links:
    """Who was linked to whom, by container id: alias to the linked container."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._children: dict[str, dict[str, Container]] = {}

    def __bool__(self) -> bool:
        return bool(self._children)

    def register(self, container: Container) -> None:
        """Take down the links of a new container. InvalidParameter for what cannot be linked to."""
        for text in container.host["Links"] or ():
            name, _, alias = text.partition(":")
            alias = alias or name.rpartition("/")[2]
            child = self._find(name)
            while child.host["NetworkMode"].startswith("container:"):
                child = self._find(child.host["NetworkMode"].partition(":")[2])
            if child.host["NetworkMode"] == "host":
                raise InvalidParameter(
                    "conflicting options: host type networking can't be used with links. "
                    "This would result in undefined behavior"
                )
            mine = self._children.setdefault(container.id, {})
            mine.setdefault(alias, child)  # a second one of the name is ignored, as in life

    def _find(self, name: str) -> Container:
        if not name:
            raise InvalidParameter('could not get container for : invalid name or ID supplied: ""')
        try:
            return self._engine.containers.get(name)
        except (NotFound, InvalidParameter) as missing:
            raise InvalidParameter(f"could not get container for {name}: {missing.message}") from None

    def forget(self, container: Container) -> None:
        """A container is gone, and all links from and to it."""
        self._children.pop(container.id, None)
        for mine in self._children.values():
            for alias in [alias for alias, child in mine.items() if child is container]:
                del mine[alias]

    def remove(self, container: Container, alias: str) -> None:
        """``docker rm --link``. NotFound for a link that there is not."""
        if self._children.get(container.id, {}).pop(alias, None) is None:
            raise NotFound(f"No such container: {container.name}/{alias}")

    def children(self, container: Container) -> dict[str, Container]:
        return self._children.get(container.id, {})

    def parents(self, container: Container) -> list[tuple[Container, str]]:
        """Who has a link to ``container``, and under which alias."""
        return [
            (self._engine.containers.get(parent), alias)
            for parent, mine in self._children.items()
            for alias, child in mine.items()
            if child is container
        ]

    def shown(self, container: Container) -> list[str] | None:
        """``HostConfig.Links`` of ``docker inspect``."""
        mine = self._children.get(container.id)
        if not mine:
            return None
        return sorted(f"/{child.name}:/{container.name}/{alias}" for alias, child in mine.items())

    def hosts_entries(self, container: Container) -> list[tuple[str, str]]:
        """Lines for ``/etc/hosts``: alias, host name and name of each linked container."""
        entries = []
        for alias, child in self.children(container).items():
            address = _address(child)
            if address:
                names = [alias, child.hostname, *([child.name] if child.name != alias else [])]
                entries.append((address, " ".join(names)))
        return entries

    def check_running(self, container: Container) -> None:
        """System when a linked container cannot be reached."""
        for alias, child in self.children(container).items():
            if not child.running:
                raise System(f"Cannot link to a non running container: /{child.name} AS /{container.name}/{alias}")
            if not _address(child):
                raise System(f"container {child.id} not attached to default bridge network")

    def environment(self, container: Container) -> list[str]:
        """Variables for a container that starts, as ``NAME=value``."""
        variables: list[str] = []
        for alias, child in self.children(container).items():
            variables += _variables(f"/{container.name}/{alias}", alias, child)
        return variables


def _address(child: Container) -> str:
    endpoint = (child.endpoints or {}).get("bridge")
    return endpoint.address if endpoint is not None else ""


def _variables(path: str, alias: str, child: Container) -> list[str]:
    prefix, address = alias.upper().replace("-", "_"), _address(child)
    ports = sorted(map(split, child.spec.config.get("ExposedPorts") or ()), key=lambda p: (p[1] != "tcp", p[1], p[0]))
    found = []
    for index, (port, protocol) in enumerate(ports):
        url = f"{protocol}://{address}:{port}"
        if index == 0:
            found.append(f"{prefix}_PORT={url}")
        name = f"{prefix}_PORT_{port}_{protocol.upper()}"
        found += [f"{name}={url}", f"{name}_ADDR={address}", f"{name}_PORT={port}", f"{name}_PROTO={protocol}"]
    found += _ranges(prefix, address, ports)
    found.append(f"{prefix}_NAME={path}")
    for entry in child.spec.config["Env"] or ():
        name, equals, value = entry.partition("=")
        if equals and name not in ("HOME", "PATH"):
            found.append(f"{prefix}_ENV_{name}={value}")
    return found


def _ranges(prefix: str, address: str, ports: list[tuple[int, str]]) -> list[str]:
    """Where ports follow each other, the first and the last once more."""
    runs: list[list[tuple[int, str]]] = []
    for port, protocol in ports:
        if runs and runs[-1][-1] == (port - 1, protocol):
            runs[-1].append((port, protocol))
        else:
            runs.append([(port, protocol)])
    found = []
    for run in runs:
        if len(run) == 1:
            continue
        (first, protocol), (last, _) = run[0], run[-1]
        name = f"{prefix}_PORT_{first}_{protocol.upper()}"
        found += [f"{name}_START={protocol}://{address}:{first}", f"{name}_PORT_START={first}"]
        found += [f"{name}_END={protocol}://{address}:{last}", f"{name}_PORT_END={last}"]
    return found

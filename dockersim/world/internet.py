"""What the simulated internet has: Docker Hub with its token service, and registries beside the laptop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dockersim.registry import Basic, PullLimit, Registry, Rules, TokenAuth, TokenService
from dockersim.sim import Net, Service, Simulation, Stack

HUB, AUTH = "registry-1.docker.io", "auth.docker.io"
HUB_SERVICE = "registry.docker.io"
ADDRESSES = {HUB: "44.208.254.194", AUTH: "98.85.153.80"}


class Hub:
    """Docker Hub: the registry, the token service, and the catalogue behind missing repositories.

    The catalogue is read when somebody first asks for a repository.
    """

    def __init__(self, sim: Simulation, net: Net, users: Mapping[str, str]) -> None:
        key = sim.rng.randbytes(32)
        self._catalogue: Any = None
        realm = f"https://{AUTH}/token"
        self.registry = Registry(
            HUB,
            sim,
            auth=TokenAuth(sim, HUB, realm=realm, service=HUB_SERVICE, key=key),
            source=self._provide,
            limit=PullLimit(sim),
            scheme="https",
        )
        rules = Rules(self._exists)
        self.tokens = TokenService(AUTH, sim, service=HUB_SERVICE, key=key, users=users, rules=rules)
        _serve(net, HUB, self.registry.handle)
        _serve(net, AUTH, self.tokens.handle)

    @property
    def catalogue(self) -> Any:
        """The images that there are (:class:`dockersim.hub.Catalogue`)."""
        if self._catalogue is None:
            from dockersim.hub import Catalogue

            self._catalogue = Catalogue()
        return self._catalogue

    def _exists(self, repository: str) -> bool:
        return self.registry.storage.has(repository) or repository in self.catalogue.repositories()

    def _provide(self, repository: str, reference: str) -> bool:
        provide: Callable[[str, str], bool] = self.catalogue.source(self._store)
        return provide(repository, reference)

    def _store(self, name: str, tags: tuple[str, ...], package: Any) -> None:
        storage = self.registry.storage
        for digest, data in package.blobs.items():
            storage.put_blob(name, data, digest)
        for manifest in package.manifests:
            storage.put_manifest(name, str(manifest.digest), manifest.raw, manifest.media_type)
        for tag in tags:
            storage.put_manifest(name, tag, package.index.raw, package.index.media_type)

    def search(self, term: str) -> list[dict[str, Any]]:
        """What ``GET /images/search`` answers."""
        return [
            {
                "star_count": found.stars,
                "is_official": found.official,
                "name": found.name,
                "is_automated": False,
                "description": found.description,
            }
            for found in self.catalogue.search(term)
        ]


def _serve(net: Net, name: str, handler: Any) -> Stack:
    stack = net.add_server(name, ADDRESSES[name])
    stack.listen(443, service=Service(name, handler))
    return stack


def private_registry(sim: Simulation, host: Stack, address: str, users: Mapping[str, str]) -> Registry:
    """A registry at ``localhost:PORT`` beside the laptop, open or for ``users`` (name to password)."""
    _, _, port = address.partition(":")
    registry = Registry(address, sim, auth=Basic(users) if users else None, deletes=True)
    host.listen(int(port), service=Service(address, registry.handle))
    return registry

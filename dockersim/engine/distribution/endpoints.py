"""Where a repository is asked for: mirrors first, and which registries may speak plain HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockersim.oci.reference import DEFAULT_DOMAIN
from dockersim.trace import events as e

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine

HUB = "registry-1.docker.io"


class Endpoint:
    """One registry to try: ``url`` without a path, and what it is made of."""

    __slots__ = ("host", "mirror", "port", "scheme", "url")

    def __init__(self, url: str, *, mirror: bool = False) -> None:
        self.url = url.rstrip("/")
        self.mirror = mirror
        self.scheme, _, rest = self.url.partition("://")
        host, _, port = rest.partition("/")[0].partition(":")
        self.host = host
        self.port = int(port) if port.isascii() and port.isdigit() else 443 if self.scheme == "https" else 80

    @property
    def authority(self) -> str:
        """Host and port as a ``Host`` header has them."""
        return self.url.partition("://")[2].partition("/")[0]

    @property
    def secure(self) -> bool:
        return self.scheme == "https"


def endpoints(engine: Engine, domain: str, *, mirrors: bool) -> list[Endpoint]:
    """What to try for ``domain``, in order. ``mirrors`` stand in for Docker Hub, for pulls only."""
    if domain in (DEFAULT_DOMAIN, "index.docker.io"):
        copies = [Endpoint(url, mirror=True) for url in engine.mirrors] if mirrors else []
        return [*copies, Endpoint(f"https://{HUB}")]
    host = domain.partition(":")[0]
    if host == "localhost" or host.startswith("127.") or domain in engine.images.insecure_registries:
        reason = "a registry on this machine, or one listed as insecure, may be spoken to without TLS"
        engine.sim.trace.record(e.Decided, engine.name, domain, "plain HTTP", reason)
        return [Endpoint(f"http://{domain}")]
    return [Endpoint(f"https://{domain}")]

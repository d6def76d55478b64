"""Health checks: a probe in the container at intervals, and what its results make of the container's health."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine


class Health:
    """Probes the running containers that have a health check."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def watch(self, container: Container) -> None:
        """A container started."""

    def forget(self, container: Container) -> None:
        """A container ended."""

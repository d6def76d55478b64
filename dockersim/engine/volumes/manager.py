"""Volumes, and the mounts of containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dockersim.fs import Vfs

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine


class Volumes:
    """Volumes by name."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def prepare(self, container: Container) -> None:
        """What a new container asks to have mounted."""

    def mount_into(self, container: Container, vfs: Vfs) -> None:
        """Mount what a container that starts asked for."""

    def unmount_from(self, container: Container) -> None:
        """A container ended."""

    def release(self, container: Container, anonymous: bool) -> None:
        """A container was removed; its ``anonymous`` volumes go with it where that was asked."""

    def mount_points(self, container: Container) -> list[dict[str, Any]]:
        """``Mounts`` of ``docker inspect``."""
        return []

    def matches(self, container: Container, wanted: list[str] | None) -> bool:
        """The filter ``volume`` of ``docker ps``."""
        return wanted is None

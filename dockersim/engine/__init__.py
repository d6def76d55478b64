"""Floor 5: the daemon. Images, containers, networks, volumes and the builder behind the Engine API."""

from dockersim.engine.daemon import Engine

__all__ = ["Engine"]

"""The daemon's volumes, and what is mounted into containers."""

from dockersim.engine.volumes.manager import MountFailed, Volumes

__all__ = ["MountFailed", "Volumes"]

"""The daemon's volumes, and what is mounted into containers."""

from dockersim.engine.volumes.manager import Volumes

__all__ = ["Volumes"]

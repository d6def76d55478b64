"""The daemon's volumes, and what is mounted into containers."""

from dockersim.engine.volumes.manager import Volumes
from dockersim.engine.volumes.places import MountFailed

__all__ = ["MountFailed", "Volumes"]

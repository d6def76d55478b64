"""The daemon's networks: bridges with their addresses, and the plugs of containers in them."""

from dockersim.engine.networks.manager import Networks

__all__ = ["Networks"]

"""MOVED: dockersim/units (floor 0), because the engine needs them too. Import from there; this shim goes soon."""

from dockersim.units import *  # noqa: F403

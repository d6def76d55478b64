"""Floor 7: laptop, daemon, registries and wires put together: the world that a learner holds in hand."""

from dockersim.world.session import Result
from dockersim.world.world import World

__all__ = ["Result", "World"]

"""Docker with the lid off: an educational simulator of registry, daemon, client, images and containers.

>>> import dockersim
>>> world = dockersim.World(seed=0)
>>> world.sh("docker run hello-world").exit_code
0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dockersim.world import Result, World

__version__ = "0.1.0"
__all__ = ["Result", "World", "__version__"]


def __getattr__(name: str) -> object:
    # The world is imported when it is first asked for: `import dockersim.trace` should not pay for it.
    if name in ("Result", "World"):
        from dockersim import world

        return getattr(world, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

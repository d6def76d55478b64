"""Floor 8: displays for notebooks: plain mime bundles, SVG or HTML with a text form beside it, no scripts.

>>> import dockersim
>>> from dockersim.notebook import Sequence, Story
>>> world = dockersim.World(seed=0)
>>> result = world.sh("docker run hello-world")
>>> Sequence(result.events)
<Sequence: 28 messages>
"""

from dockersim.notebook.displays import Sequence, Story

__all__ = ["Sequence", "Story"]

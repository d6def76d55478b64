from dockersim.units.size import *  # noqa: F403

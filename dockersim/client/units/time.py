from dockersim.units.time import *  # noqa: F403

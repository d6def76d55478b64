from dockersim.units.duration import *  # noqa: F403

from dockersim.units.strconv import *  # noqa: F403

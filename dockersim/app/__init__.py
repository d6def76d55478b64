"""Floor 9: the ``python -m dockersim`` command line."""

from dockersim.app.main import main

__all__ = ["main"]

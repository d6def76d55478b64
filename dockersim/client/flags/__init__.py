"""Command lines as pflag and cobra read them: :func:`parse` turns ``docker``'s arguments into an :class:`Invocation`.

The values of single flags are judged by pure functions beside this file: ``values`` (labels, ulimits, CPUs, ...),
``env``, ``ports``, ``mounts``, ``network``, ``devices``, ``policy``.
"""

from dockersim.client.flags.cobra import Invocation, UsageError, parse
from dockersim.client.flags.pflag import Options

__all__ = ["Invocation", "Options", "UsageError", "parse"]

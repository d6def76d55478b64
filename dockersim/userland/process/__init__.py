"""Processes: what a simulated program sees of its computer, and how it starts, waits, is signalled and ends.

A program is a function of one argument, its process. It is a plain function that returns its exit status, or a
generator function when it may have to wait: for input, for room in a pipe, for a child, for time. All waiting goes
through :meth:`Process.block`, so that signals, freezing and the end of the world reach a process wherever it is.

:class:`Process` is built in three layers: ``waiting`` (CPU time, waiting, signals) < ``descriptors`` (output, files)
< ``process`` (children, and a process's own life). A :class:`Resident` has no steps of its own.
"""

from dockersim.userland.process.descriptors import LineReader
from dockersim.userland.process.endings import Exited, Interrupted, Terminated
from dockersim.userland.process.process import Process, Program, descendants
from dockersim.userland.process.resident import Resident
from dockersim.userland.process.waiting import IGNORE, Steps

__all__ = [
    "IGNORE", "Exited", "Interrupted", "LineReader", "Process", "Program", "Resident", "Steps", "Terminated",
    "descendants",
]  # fmt: skip

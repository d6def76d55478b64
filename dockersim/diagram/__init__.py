"""Floor 2: events to pictures, as SVG text. Reads the trace and nothing else."""

from dockersim.diagram.sequence import sequence

__all__ = ["sequence"]

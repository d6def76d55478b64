"""Floor 4: Dockerfile text to instruction values, without executing anything; .dockerignore patterns."""

from .errors import DockerfileError
from .expand import expand, expand_words
from .instructions import Dockerfile, Instruction, Stage, parse, parse_trigger

__all__ = ["Dockerfile", "DockerfileError", "Instruction", "Stage", "expand", "expand_words", "parse", "parse_trigger"]

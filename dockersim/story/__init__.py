"""Floor 2: events to words. Reads the trace and nothing else."""

from dockersim.story.chapters import DEPTHS, Chapter, tell
from dockersim.story.messages import Message, shortened
from dockersim.story.words import sentence

__all__ = ["DEPTHS", "Chapter", "Message", "sentence", "shortened", "tell"]

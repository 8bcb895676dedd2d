"""Runs in words: narration, reasons why nothing happens, the moments a step stops at; in Korean and English."""

from simulator.story.meaning import is_meaningful, meaningful
from simulator.story.narrate.idea import idea
from simulator.story.narrate.narration import narrate, sentence
from simulator.story.why.now import reasons, why

__all__ = ["idea", "is_meaningful", "meaningful", "narrate", "reasons", "sentence", "why"]

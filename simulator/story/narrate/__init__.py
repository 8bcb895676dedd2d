"""Narration: a sentence for each event, and the idea behind it."""

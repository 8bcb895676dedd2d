"""Playback: a run prepared for going back and forth in it, and what it did over time."""

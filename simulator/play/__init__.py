"""Playback: a run prepared for moving back and forth, and its history over time."""

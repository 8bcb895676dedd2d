"""The event journal of a run in progress."""

from __future__ import annotations

from collections.abc import Callable

from simulator.trace.events import Event

Note = Callable[[Event], int]
"""Appends an event and returns its index, which later events name as their cause."""


class Journal:
    """All events so far, in order."""

    def __init__(self) -> None:
        """Start with no events."""
        self.events: list[Event] = []

    def __len__(self) -> int:
        return len(self.events)

    def note(self, event: Event) -> int:
        """Append an event; return its index."""
        events = self.events
        events.append(event)
        return len(events) - 1

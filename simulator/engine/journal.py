"""The event journal of a run in progress."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from simulator.trace.events import Event

Note = Callable[[Event], int]
"""Appends an event and returns its index, which later events name as their cause."""


class Journal:
    """All events so far, in order."""

    def __init__(self) -> None:
        """Start with no events."""
        self.events: list[Event] = []
        self.note: Note = _writer(self.events)

    def __len__(self) -> int:
        return len(self.events)


def _writer(events: list[Event]) -> Note:
    append, index = events.append, count().__next__

    def note(event: Event) -> int:
        append(event)
        return index()

    return note

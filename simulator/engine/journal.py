"""The events of a run, as they happen."""

from __future__ import annotations

from simulator.trace.events import Event


class Journal:
    """Every event so far, in order."""

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self.events: list[Event] = []

    def __len__(self) -> int:
        return len(self.events)

    def note(self, event: Event) -> int:
        """Write an event down; its index, which is what later events name as their cause."""
        events = self.events
        events.append(event)
        return len(events) - 1

"""The event journal of a run in progress."""

from __future__ import annotations

from simulator.trace.events import Event


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

"""The event journal of a run in progress."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Sequence
from typing import Final, Protocol

from simulator.trace.events import Event

KEPT: Final = 1_000_000
"""Microseconds for which a journal that hands its events on keeps them, so that the engine can look back at them."""


class EventSink(Protocol):
    """A reader of a run's events that makes a trace unnecessary."""

    def take(self, events: Sequence[Event]) -> None:
        """Read the next events, in order."""

    def forget(self, copies: Container[str]) -> None:
        """Forget the tasks that have ended and are not among `copies`: no event that matters follows."""


class Journal:
    """The events so far, in order: all of them, or with a `sink` only the last, the others handed on."""

    def __init__(self, sink: EventSink | None = None) -> None:
        """Start with no events."""
        self.events: list[Event] = []
        self.handed_on = 0
        """Number of events that are with the sink."""
        self.sink = sink

    def __len__(self) -> int:
        return self.handed_on + len(self.events)

    def note(self, event: Event) -> int:
        """Append an event; return its index."""
        events = self.events
        events.append(event)
        return self.handed_on + len(events) - 1

    def recent(self, index: int) -> Event | None:
        """Return the event at `index`; None if it was handed on, and so is older than `KEPT`."""
        return self.events[index - self.handed_on] if index >= self.handed_on else None

    def hand_on(self, before: int) -> None:
        """Hand the events before a time on to the sink, if there is one."""
        if self.sink is None:
            return
        count = bisect_left(self.events, before, key=_time_of)
        self.sink.take(self.events[:count])
        del self.events[:count]
        self.handed_on += count


def _time_of(event: Event) -> int:
    return event.t

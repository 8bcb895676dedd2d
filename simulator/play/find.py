"""Text search over events."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.trace.events import Event, TaskSent
from simulator.trace.time import MICROS
from simulator.trace.trace import Trace

MAX_HITS = 500
"""Limit of search results."""


@dataclass(frozen=True, slots=True)
class Found:
    """A matching event."""

    index: int
    time: int
    """Microseconds."""


def find_events(trace: Trace, text: str, start: int, end: int) -> list[Found]:
    """Return events in [`start`, `end`) that contain every word of a text, at most `MAX_HITS`."""
    words = text.casefold().split()
    if not words:
        return []
    found = []
    for index in range(start, end):
        event = trace.events[index]
        content = searchable(event)
        if all(word in content for word in words):
            found.append(Found(index, event.t))
            if len(found) >= MAX_HITS:
                break
    return found


def searchable(event: Event) -> str:
    """Return the searchable text of an event."""
    parts = [event.type, f"{event.t / MICROS:.2f}"]
    parts += [
        str(getattr(event, name)) for name in ("uuid", "hostname", "queue", "exception", "why") if hasattr(event, name)
    ]
    if isinstance(event, TaskSent):
        parts.append(event.name)
    return " ".join(parts).casefold()

"""Finding events by what stands in them."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.trace.events import Event, TaskSent
from simulator.trace.time import MICROS
from simulator.trace.trace import Trace

MOST = 500
"""More than so many would help nobody."""


@dataclass(frozen=True, slots=True)
class Found:
    """An event that fits."""

    index: int
    time: int
    """Microseconds."""


def find_events(trace: Trace, text: str, start: int, end: int) -> list[Found]:
    """Events from `start` up to `end` that hold every word of a text, the first ones of many."""
    words = text.casefold().split()
    if not words:
        return []
    found = []
    for index in range(start, end):
        event = trace.events[index]
        content = searchable(event)
        if all(word in content for word in words):
            found.append(Found(index, event.t))
            if len(found) >= MOST:
                break
    return found


def searchable(event: Event) -> str:
    """What can be found of an event."""
    parts = [event.type, f"{event.t / MICROS:.2f}"]
    parts += [
        str(getattr(event, name)) for name in ("uuid", "hostname", "queue", "exception", "why") if hasattr(event, name)
    ]
    if isinstance(event, TaskSent):
        parts.append(event.name)
    return " ".join(parts).casefold()

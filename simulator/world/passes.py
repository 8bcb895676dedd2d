"""Passes over a trace: computed on first use, cached with the trace, continued as the trace grows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any, ClassVar, TypeVar

from simulator.trace.collecting import without_collecting
from simulator.trace.events import Event
from simulator.trace.trace import Trace

Handlers = Mapping[type[Event], Callable[[Any, Any, int], None]]
"""Handlers by event type, called with the pass, the event and its index; other types are skipped."""


class Pass:
    """The result of reading the events once.

    A pass only appends, so a read at a cursor gives the same before and after the trace has grown.
    """

    HANDLERS: ClassVar[Handlers]

    def __init__(self, trace: Trace) -> None:
        """Start before the first event; subclasses add what they collect."""
        self.trace = trace
        self.count = 0
        """Number of events read."""

    def extend(self, trace: Trace) -> None:
        """Continue in a trace that begins with the events read so far."""
        self.trace = trace
        self.read(islice(trace.events, self.count, None))

    def read(self, events: Iterable[Event]) -> None:
        """Read the next events."""
        handler_of, index = self.HANDLERS.get, self.count - 1
        for index, event in enumerate(events, self.count):
            handler = handler_of(type(event))
            if handler is not None:
                handler(self, event, index)
        self.count = index + 1


P = TypeVar("P", bound=Pass)


def pass_over(trace: Trace, kind: type[P]) -> P:
    """Return the pass of type `kind` over a whole trace, cached with it."""
    found: P | None = trace.derived.get(kind)
    if found is None:
        found = kind(trace)
        _extend(found, trace)
        trace.derived[kind] = found
    elif found.count < len(trace.events):
        _extend(found, trace)
    elif found.trace is not trace and found.count == len(trace.events):
        found.trace = trace
    return found


def _extend(found: Pass, trace: Trace) -> None:
    with without_collecting():
        found.extend(trace)

"""A pass over a trace: made when it is first wanted, kept with the trace, continued when the trace has grown."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, ClassVar, TypeVar

from simulator.trace.events import Event
from simulator.trace.trace import Trace

Handlers = Mapping[type[Event], Callable[[Any, Any, int], None]]
"""What a pass does at each type of event, called with itself, the event and its index; other types are skipped."""


class Pass:
    """What one reading of the events comes to.

    It only ever adds: whoever looks at a cursor sees the same before and after the trace has grown.
    """

    HANDLERS: ClassVar[Handlers]

    def __init__(self, trace: Trace) -> None:
        """Begin before the first event; subclasses add what they collect."""
        self.trace = trace
        self.count = 0
        """How many events were read."""

    def extend(self, trace: Trace) -> None:
        """Read on in a trace that begins with what was read."""
        self.trace = trace
        start, self.count = self.count, len(trace.events)
        handler_of = self.HANDLERS.get
        for index, event in enumerate(islice(trace.events, start, None), start):
            handler = handler_of(type(event))
            if handler is not None:
                handler(self, event, index)


P = TypeVar("P", bound=Pass)


def pass_over(trace: Trace, kind: type[P]) -> P:
    """The pass of a kind over all of a trace, kept with it."""
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
    """Read on, without the garbage collector: all that a pass makes is kept, and it would look at that many times."""
    collects = gc.isenabled()
    gc.disable()
    try:
        found.extend(trace)
    finally:
        if collects:
            gc.enable()

"""Which events a step stops at: all but declarations, heartbeats and questions that were asked in vain before."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from simulator.trace import events as ev
from simulator.trace.trace import Trace

_KNOWN: WeakKeyDictionary[Trace, bytearray] = WeakKeyDictionary()


def is_meaningful(trace: Trace, index: int) -> bool:
    """Whether stepping stops at an event; see `meaningful`."""
    return bool(meaningful(trace)[index])


def meaningful(trace: Trace) -> bytearray:
    """For each event 1 where stepping stops and 0 where it goes on; computed once for a trace.

    Stepping goes on over queues, workers and children that are there from the start, over heartbeats, and over empty polls but the first one
    of a worker since it last got something or came online.
    """
    found = _KNOWN.get(trace)
    if found is None:
        found = _KNOWN[trace] = _scan(trace)
    return found


def _scan(trace: Trace) -> bytearray:
    marks = bytearray(b"\x01") * len(trace.events)
    declaring = True
    in_vain: set[str] = set()
    """Workers whose last question was in vain."""
    for index, event in enumerate(trace.events):
        kind = type(event)
        if kind is ev.Poll:
            declaring = False
            if event.found:  # type: ignore[attr-defined]
                in_vain.discard(event.hostname)  # type: ignore[attr-defined]
            elif event.hostname in in_vain:  # type: ignore[attr-defined]
                marks[index] = 0
            else:
                in_vain.add(event.hostname)  # type: ignore[attr-defined]
        elif kind is ev.QueueDeclared:
            marks[index] = 0
        elif kind is ev.WorkerOnline:
            in_vain.discard(event.hostname)  # type: ignore[attr-defined]
            marks[index] = not declaring
        elif kind is ev.ChildStarted:
            marks[index] = not declaring
        elif kind is ev.WorkerHeartbeat:
            marks[index] = 0
        else:
            declaring = False
            if kind is ev.TaskStarted:  # perhaps one it had held for its ETA
                in_vain.discard(event.hostname)  # type: ignore[attr-defined]
    return marks

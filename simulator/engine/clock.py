"""The seam to SimPy: `at(time, rank, index, callback)`, and the rule for when a run is over.

Callbacks, not processes: a light event of our own goes through SimPy's public `env.schedule`, whose integer priority
carries the order at one instant: the rank of what happens, then the order of declaration, then of scheduling.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any

import msgspec
import simpy

INDEX_BITS = 20
"""Bits of a priority below the rank: room for a million declarations."""


class Rank(IntEnum):
    """What comes first at one instant. Part of the scenario language."""

    FAULT = 1
    COMPLETION = 2
    PUBLISH = 3
    TIMER = 4
    DELIVERY = 5
    LAST = 6


SOON = 16
"""Microseconds: longer than the longest chain of Celery's hops."""

WATCH = 0x3FF
"""The run is watched every 1024 calls."""

MANY = 8
"""More calls than these are the heap's business."""


def priority(rank: Rank, index: int) -> int:
    """SimPy's priority for something of that rank, declared as the `index`-th of its kind."""
    return int(rank) << INDEX_BITS | index


LAST = priority(Rank.LAST, 0)


class Call(msgspec.Struct):
    """A scheduled callback; shaped like a SimPy event that has already succeeded."""

    callbacks: Any
    run: Callable[[Any], None]
    arg: Any
    time: int
    priority: int
    daemon: bool
    _ok: bool = True


class Clock:
    """Simulated time and the calls to come."""

    def __init__(self, is_idle: Callable[[], bool], watch: Callable[[], None]) -> None:
        """Start at time 0.

        Args:
            is_idle: whether nothing waits that somebody will serve; asked when no work is scheduled.
            watch: called now and then, to raise where a run has become too large.
        """
        self.env = simpy.Environment(initial_time=0)
        self.now = 0
        """The current time in microseconds."""
        self.reached = 0
        """The highest priority that has run at this instant: what stands below it has had its turn."""
        self._work = 0
        self._checking = False
        self._is_idle = is_idle
        self._watch = watch
        self._steps = 0
        self._done = self.env.event()
        self._callbacks = (self._fire,)
        self._schedule: Any = self.env.schedule
        self._peek = self.env.peek
        self._soon: list[Call] = []
        """Calls that are due within `SOON`; see `_drain`."""
        self._fired = 0
        """SimPy's own time: that of the last call that came through its heap."""

    def at(self, time: int, priority: int, run: Callable[[Any], None], arg: Any = None, daemon: bool = False) -> Call:
        """Call `run(arg)` at `time`. A daemon call (a poll, a tick) does not keep the run alive."""
        call = Call(self._callbacks, run, arg, time, priority, daemon)
        if not daemon:
            self._work += 1
        if time - self.now <= SOON:
            self._soon.append(call)
        else:
            self._schedule(call, priority, time - self._fired)
        return call

    def cancel(self, call: Call) -> None:
        """A call that has not run yet never will."""
        if call.run is not _nothing:
            call.run = _nothing
            if not call.daemon:
                call.daemon = True
                self._work -= 1

    def run(self, until: int) -> bool:
        """Run until nothing is left to do (True) or the clock would reach `until` (False)."""
        self._schedule(Call(self._callbacks, self._stop, None, until, 0, True), 0, until)
        self._consider()
        self._flush()
        self.env.run(until=self._done)
        return bool(self._done.value)

    def _fire(self, call: Call) -> None:
        """SimPy has come to a call: run it, and then what it planned for the next moment."""
        self._fired = call.time
        self._step(call)
        if self._soon:
            self._drain()
        if not self._work and not self._checking:
            self._consider()
            self._flush()

    def _drain(self) -> None:
        """Run what is due at this instant or a few hops away, past SimPy's heap, while it comes before all in it.

        The order is the one the heap would give: by time, by priority, then by scheduling. Where the heap has
        something due as early, or there are many, they go into it.
        """
        soon = self._soon
        while soon:
            place = 0 if len(soon) == 1 else _first(soon)
            call = soon[place]
            if call.time >= self._peek() or len(soon) > MANY:
                self._flush()
                return
            del soon[place]
            self._step(call)

    def _step(self, call: Call) -> None:
        if call.time != self.now:
            self.now = call.time
            self.reached = call.priority
        elif call.priority > self.reached:
            self.reached = call.priority
        if not call.daemon:
            self._work -= 1
        self._steps += 1
        if not self._steps & WATCH:
            self._watch()
        # What runs is no longer to come: cancelling it, as what it leads to may, changes nothing.
        run, call.run = call.run, _nothing
        run(call.arg)

    def _flush(self) -> None:
        for call in self._soon:
            self._schedule(call, call.priority, call.time - self._fired)
        self._soon.clear()

    def _consider(self) -> None:
        """No work is scheduled: look again when this instant is over."""
        if not self._work and not self._checking and self._is_idle():
            self._checking = True
            self.at(self.now, LAST, self._end_of_instant, daemon=True)

    def _end_of_instant(self, _: Any) -> None:
        self._checking = False
        if not self._work and self._is_idle() and not self._done.triggered:
            self._done.succeed(True)

    def _stop(self, _: Any) -> None:
        if not self._done.triggered:
            self._done.succeed(False)


def _first(calls: list[Call]) -> int:
    """The place of the call that comes first; of equals, the one scheduled first."""
    best, first = calls[0], 0
    for place, call in enumerate(calls):
        if call.time < best.time or (call.time == best.time and call.priority < best.priority):
            best, first = call, place
    return first


def _nothing(_: Any) -> None:
    return None

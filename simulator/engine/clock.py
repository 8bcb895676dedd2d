"""Simulated time: the agenda of scheduled calls, and the rule that ends a run.

SimPy's loop drives it (`kernel`); the agenda holds plain callbacks, ordered by time, then by an integer priority (the
rank of what happens, then the order of declaration), then by the order of scheduling.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from heapq import heappop, heappush, heappushpop
from itertools import count
from typing import Any, NoReturn

from simpy.core import StopSimulation

from simulator.engine.kernel import Kernel

INDEX_BITS = 20
"""Bits of a priority below the rank: room for a million declarations."""

WATCH = 0x3FF
"""Bit mask: `watch` is called every 1024 calls."""


class Rank(IntEnum):
    """The order of what happens at one instant, lowest first. Part of the scenario language."""

    FAULT = 1
    COMPLETION = 2
    PUBLISH = 3
    TIMER = 4
    DELIVERY = 5
    LAST = 6


def priority(rank: Rank, index: int) -> int:
    """Return the agenda priority for `rank` and the declaration index `index`; lower runs first."""
    return int(rank) << INDEX_BITS | index


LAST = priority(Rank.LAST, 0)

Call = list[Any]
"""A scheduled callback: `[time, priority, order of scheduling, run, arg, daemon]`. A list, because nothing is faster to
create and compare; the first three decide every comparison."""

TIME, PRIORITY, RUN, ARG, DAEMON = 0, 1, 3, 4, 5


class Clock:
    """Simulated time in integer microseconds, and the scheduled calls."""

    def __init__(self, is_idle: Callable[[], bool], watch: Callable[[], None]) -> None:
        """Start at time 0.

        Args:
            is_idle: whether no message waits for a consumer that will take it; asked when no work is scheduled.
            watch: called periodically; raises if the run has become too large.
        """
        self.now = 0
        """The current time."""
        self.reached = 0
        """The highest priority that has run at this instant: whoever has a lower one has had its turn."""
        self._heap: list[Call] = []
        self._next: Call | None = None
        """The last call scheduled, not in the heap yet: often it is the very next one."""
        self._order = count()
        self._idle = 0
        """Calls to come that keep no run alive: daemons, and what was cancelled."""
        self._checking = False
        self._is_idle = is_idle
        self._watch = watch

    def __len__(self) -> int:
        """Return the number of calls to come."""
        return len(self._heap) + (self._next is not None)

    def at(self, time: int, priority: int, run: Callable[[Any], None], arg: Any = None, daemon: bool = False) -> Call:
        """Call `run(arg)` at `time`. A daemon call (a poll, a tick) does not keep the run alive."""
        call = [time, priority, next(self._order), run, arg, daemon]
        if daemon:
            self._idle += 1
        if self._next is None:
            self._next = call
        else:
            heappush(self._heap, call)
        return call

    def cancel(self, call: Call) -> None:
        """Cancel a pending call; a running or finished one is left alone."""
        if call[RUN] is not _nothing:
            call[RUN] = _nothing
            if not call[DAEMON]:
                call[DAEMON] = True
                self._idle += 1

    def play(self, until: int) -> bool:
        """Run until no work is left (return True) or the clock would reach `until` (return False)."""
        self.at(until, 0, self._stop, False, daemon=True)
        self._check_idle()
        return bool(Kernel(self).run())

    def step(self) -> None:
        """Run the next calls, up to the next call of `watch`.

        The kernel calls this until `StopSimulation` is raised; batching calls in one step avoids its loop's overhead.
        """
        heap, now, reached, done = self._heap, self.now, self.reached, _nothing
        for _ in range(WATCH + 1):
            call = self._next
            if call is None:
                call = heappop(heap)
            else:
                self._next = None
                call = heappushpop(heap, call)
            time, priority, _, run, arg, daemon = call
            if time != now:
                self.now = now = time
                self.reached = reached = priority
            elif priority > reached:
                self.reached = reached = priority
            if daemon:
                self._idle -= 1
            # The call is no longer pending: if its own consequences cancel it, nothing changes.
            call[RUN] = done
            run(arg)
            if len(heap) <= self._idle:
                self._check_idle()
        self._watch()

    def _check_idle(self) -> None:
        """If no work is scheduled, check again at the end of this instant."""
        if self._checking or len(self._heap) + (self._next is not None) != self._idle:
            return
        if self._is_idle():
            self._checking = True
            self.at(self.now, LAST, self._end_of_instant, daemon=True)

    def _end_of_instant(self, _: Any) -> None:
        self._checking = False
        if len(self._heap) + (self._next is not None) == self._idle and self._is_idle():
            self._stop(True)

    def _stop(self, finished: bool) -> NoReturn:
        raise StopSimulation(finished)


def _nothing(_: Any) -> None:
    return None

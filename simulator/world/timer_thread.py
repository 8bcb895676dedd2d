"""The thread that fires a worker's timers where there is no event loop, for the engine and for whoever watches.

It sleeps until its next entry, a second at most, and no new entry wakes it. So what is set while it sleeps fires when
it wakes: an ETA, the countdown of a retry or a token of a rate limit comes up to a second late.
"""

from __future__ import annotations

from heapq import heappop, heappush

from simulator.trace.time import to_micros

HEARTBEAT = to_micros(2.0)
"""The entry that every worker has. Source: celery.worker.heartbeat: Heart."""
LONGEST_SLEEP = to_micros(1.0)
"""Source: celery.app.defaults: worker.timer_precision."""


class TimerThread:
    """The times at which it wakes.

    Source: celery.utils.timer2: Timer (run, _next_entry: `sleep`, and a wait that an entry ends only where there is
    none, but the heartbeat's always is); kombu.asynchronous.timer: Timer (min(eta - now, max_interval));
    celery.worker.components: Timer (`worker_timer_precision`); recordings timers_filesystem, retry_solo_filesystem.
    """

    __slots__ = ("_entries", "_since", "_wake")

    def __init__(self, since: int) -> None:
        """Start it with the heartbeat, at a connection that was made at `since` (microseconds)."""
        self._since = since
        self._wake = since
        """End of the present sleep, or a wake since when nobody has asked."""
        self._entries: list[int] = []
        """Times at which entries fire; a heap."""

    def copy(self) -> TimerThread:
        """Return an independent copy."""
        other = TimerThread(self._since)
        other._wake, other._entries = self._wake, self._entries.copy()
        return other

    def enter(self, now: int, when: int, *, by_timer: bool = False) -> int:
        """Set a timer for `when`; return when it fires. Times in microseconds, each call no earlier than the last.

        `by_timer`: a timer that fires sets it. The thread looks at it before it sleeps again, so it is in time.
        """
        if not by_timer:
            while self._wake <= now:
                self._sleep(now)
            when = max(when, self._wake)
        heappush(self._entries, when)
        return when

    def _sleep(self, now: int) -> None:
        """Go on to the end of the next sleep; where only heartbeats are left, of the one that ends after `now`."""
        woke, entries = self._wake, self._entries
        while entries and entries[0] <= woke:
            heappop(entries)
        passed = woke - self._since
        if not entries and not passed % LONGEST_SLEEP:
            self._wake = now - (now - woke) % LONGEST_SLEEP + LONGEST_SLEEP
            return
        head = woke - passed % HEARTBEAT + HEARTBEAT
        self._wake = min(woke + LONGEST_SLEEP, head, *entries[:1])

"""The timers of the rate limits in a worker's event loop, which fires ten of them a turn.

Each throttled message that arrives starts a timer of its own, and each timer that fires starts another as long as
anything is held back, so there are as many as messages have been throttled. If ten timers have fired in one turn, the
loop does not look whether more are due: it waits up to 1 s for an event. A start makes three events (its message is
written to a child, accepted, and its result read; two in threads), a new message makes one. Others come by themselves:
the heartbeats of other workers, of which gossip tells, and on Redis the renewal of a BRPOP. With more timers than such
turns can fire, about one task a second starts, whatever its rate. Left out are the worker's own timers that count among
the ten (its heartbeat, Redis's checks) and the echo of its heartbeat.

Source: kombu.asynchronous.hub: Hub.fire_timers (max_timers, min_delay), call_soon (a thread that accepts or ends a task
wakes the loop); celery.worker.consumer.consumer: Consumer._limit_task, _schedule_bucket_request;
celery.worker.consumer.gossip: Gossip; recordings rate_limit_woken_redis, rate_limit_woken_rabbitmq. Measured on Celery
5.7 with Redis: of 60 tasks at 5/s, one worker with a window of 16 starts 36 in 7.1 s, and the others 1.02 to 1.06 s
apart.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any, Protocol

from simulator.engine.clock import Call, Clock
from simulator.engine.worker.life import Life
from simulator.engine.worker.limits import Bucket
from simulator.trace.time import NEVER, to_micros

TIMERS_A_TURN = 10
"""Source: kombu.asynchronous.hub: Hub.fire_timers (max_timers)."""

LONGEST_POLL = to_micros(1.0)
"""Time that the loop waits for an event once it has fired that many. Source: the same (min_delay)."""

REACTION = to_micros(0.003)
"""Time that a child or a thread takes to accept a task."""


class WhenEvent(Protocol):
    """The loop's way to run something when an event wakes it."""

    def __call__(self, run: Callable[[Any], None]) -> None:
        """Run an action at the next event."""


class HubTimers:
    """The timers of one worker's rate limits."""

    def __init__(self, clock: Clock, life: Life, pour: Callable[[Bucket], bool]) -> None:
        """Create a loop without timers; `pour` starts what a bucket lets go and returns True if something started."""
        self.clock = clock
        self.life = life
        self.when_event: WhenEvent | None = None
        """Set by the worker once it has its loop."""
        self.woken: Callable[[], None] | None = None
        """Called when a timer ends the loop's wait; set likewise."""
        self.next_event: Callable[[], int] = _never
        """Tells when the next of the events comes that repeat by themselves; set likewise."""
        self._pour = pour
        self._heap: list[tuple[int, int, Bucket]] = []
        self._count = 0
        self._call: Call | None = None
        self._waits = False
        """True while the loop waits for an event although timers may be due."""
        self._listens = False
        """True while the loop is to tell of the next event."""

    def add(self, bucket: Bucket) -> None:
        """Start a timer for the next token of a bucket."""
        self._push(bucket)
        if not self._waits:
            self._plan(self._heap[0][0])

    def clear(self) -> None:
        """Drop all timers: the connection is lost (celery.worker.consumer.consumer: Consumer.on_close)."""
        self._heap.clear()
        self._waits = False
        self._cancel()

    def _push(self, bucket: Bucket) -> None:
        self._count += 1
        heappush(self._heap, (bucket.next_token, self._count, bucket))

    def _cancel(self) -> None:
        if self._call is not None:
            self.clock.cancel(self._call)
            self._call = None

    def _plan(self, time: int) -> None:
        if self._call is None or self._call[0] != time:
            self._cancel()
            self._call = self.clock.at(max(time, self.clock.now), self.life.on_timer, self._fire)

    def _fire(self, _: object) -> None:
        """Turn the loop because a timer ends its wait."""
        self._waits = False
        if self.woken is not None:
            self.woken()
        self._turn(None)

    def _turn(self, _: object) -> None:
        """Fire the timers that are due, ten at most, then wait for the next one or for an event."""
        if not self.life.runs or not self._heap:
            return
        self._call, self._waits = None, False
        heap, now, fired, started = self._heap, self.clock.now, 0, False
        while fired < TIMERS_A_TURN and heap and heap[0][0] <= now:
            bucket = heappop(heap)[2]
            started |= self._pour(bucket)
            if bucket.waiting:
                self._push(bucket)
            fired += 1
        if not heap:
            return
        if fired < TIMERS_A_TURN:
            self._plan(heap[0][0])
            return
        self._plan(min(now + LONGEST_POLL, self.next_event()))
        self._waits = True
        if self.when_event is not None and not self._listens:
            self._listens = True
            self.when_event(self._heard)
        if started:
            if self.life.prefork:  # its child's pipe can be written to
                self.clock.at(now, self.life.on_timer, self._event, None, True)
            self.clock.at(now + REACTION, self.life.on_timer, self._event, None, True)

    def _heard(self, _: object) -> None:
        self._listens = False
        self._event(None)

    def _event(self, _: object) -> None:
        """Turn the loop: an event has ended its wait."""
        if self._waits:
            self._cancel()
            self._turn(None)


def _never() -> int:
    return NEVER

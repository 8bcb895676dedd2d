"""The warm shutdown of a prefork worker, from worker-offline to the closed connection.

Source: celery.concurrency.asynpool: ResultHandler.on_stop_not_started, _flush_outqueue;
celery.concurrency.prefork: TaskPool.on_stop; billiard.pool: Worker._do_exit. Held against runs on Redis and RabbitMQ.
"""

from __future__ import annotations

from collections.abc import Callable

from simulator.engine.context import Context
from simulator.engine.executions import Execution
from simulator.engine.worker.life import Life
from simulator.engine.worker.slots import Slots
from simulator.trace.time import to_micros

STOP = to_micros(0.03)
"""Time to cancel the consumers before the pool is stopped."""

PAUSE = to_micros(0.5)
"""Time that the parent sleeps at each child that has no result yet."""

CLOSINGS = tuple(map(to_micros, (1.0, 1.5)))
"""From the last result to the closed connection. A child sleeps for 1 s before it exits, and the parent checks every
0.5 s whether all have exited, so it is one of these."""

USUAL = 1


class WarmShutdown:
    """Reads the remaining results child by child, then closes the connection."""

    def __init__(self, context: Context, life: Life, slots: Slots, close: Callable[[int], None]) -> None:
        """Create a shutdown that has not begun; `close` ends the worker and gets the index of the causing event."""
        self.clock = context.clock
        self.chances = context.chances
        self.life = life
        self.slots = slots
        self.close = close
        self.cause = -1
        self.unread: set[int] = set()
        """Slots whose child has sent a result that the parent has not read."""
        self.is_over = False
        """True if all results are read."""
        self._order: list[int] = []
        self._first = True

    def begin(self, cause: int) -> None:
        """Start reading results in turn; `cause` is the index of worker-offline."""
        self.cause = cause
        self.slots.tell = self.keep
        now, count = self.clock.now, self.slots.size
        first = 0
        if count > 1 and self.slots.active:
            first = self.chances.draw("result_order", self.life.hostname, now, [1.0] * count, usual=0)
        self._order = [(first + place) % count + 1 for place in range(count)]
        self.clock.at(now + STOP, self.life.on_timer, self._read, 0)

    def keep(self, execution: Execution) -> None:
        """Keep a result until it is its child's turn."""
        self.unread.add(execution.slot)

    def _read(self, place: int) -> None:
        """Visit the children in turn, from `place` on: read a result, or sleep at a running child that has none."""
        slots = self.slots
        while self.life.alive and not self.is_over:
            slots.reap_children()
            if not slots.active:
                self._end()
                return
            slot = self._order[place % len(self._order)]
            place += 1
            if slot in self.unread:
                self.unread.discard(slot)
                slots.reported(slots.active[slot])
            elif slot in slots.active or self._first:
                # An idle child exits at once, but not before the very first visit.
                self._first = False
                self.clock.at(self.clock.now + PAUSE, self.life.on_timer, self._read, place)
                return
            self._first = False

    def _end(self) -> None:
        """Close the connection once the last child has exited."""
        self.is_over = True
        now = self.clock.now
        fell = self.chances.draw("warm_return", self.life.hostname, now, [1.0] * len(CLOSINGS), usual=USUAL)
        self.clock.at(now + CLOSINGS[fell], self.life.on_timer, self.close, self.cause)

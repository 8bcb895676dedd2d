"""The loop of a worker whose pool runs greenlets: it does one thing after the other, and nothing wakes it in between.

`Pool.spawn` blocks it while all greenlets are busy, so one message is received beyond those that run, whatever the
prefetch count. What it notices only between two messages, such as a changed window or room for a message on Redis, it
may notice two seconds late. On RabbitMQ it also looks for events on a second connection for 0.1 s each time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from simulator.engine.clock import Call, Clock
from simulator.engine.state import Delivery
from simulator.engine.worker.life import Life
from simulator.trace.time import to_micros

DRAIN_TIMEOUT = to_micros(2.0)
"""Longest wait for a message (celery.worker.loops: synloop)."""
QUICK_DRAIN = to_micros(0.1)
"""Time for which the events' connection is drained after each (celery.worker.loops: synloop, _quick_drain)."""


class Synloop:
    """Reads messages one by one.

    Source: celery.worker.loops: synloop; celery.concurrency.gevent: TaskPool.on_apply; gevent.pool: Pool.spawn;
    kombu.transport.redis: MultiChannelPoller.get (asks `can_consume` once); recordings greenlets_rabbitmq,
    greenlets_redis, greenlets_late_redis.
    """

    def __init__(
        self,
        clock: Clock,
        life: Life,
        pause: int,
        take: Callable[[Delivery], None],
        is_blocked: Callable[[], bool],
        update: Callable[[int], bool],
        settle: Callable[[int], None],
    ) -> None:
        """Create the loop of a worker that is not connected.

        Args:
            clock: the clock of the run.
            life: the worker.
            pause: microseconds between a message and the next look for one.
            take: receives a message.
            is_blocked: tells whether a hand-over blocks the loop.
            update: tells the broker of a changed window; returns whether there was anything to tell.
            settle: asks the transport for messages, if there is room.
        """
        self.clock = clock
        self.life = life
        self.pause = pause
        self.cycle = DRAIN_TIMEOUT + pause
        self.take = take
        self.is_blocked = is_blocked
        self.update = update
        self.settle = settle
        self.inbox: deque[Delivery] = deque()
        """Messages that have arrived in the connection and are not read."""
        self._in_wait = 0
        """Number of them that are read while the loop waits for the broker's answer to `basic.qos`."""
        self._turned_at = 0
        """Time at which it began, or begins, to wait for a message."""
        self._is_first = False
        """True until the first turn, which sends the prefetch count once more."""
        self._reading: Call | None = None
        self._turning: Call | None = None

    def connect(self, delay: int) -> None:
        """Start anew; what arrives within `delay` microseconds is read back to back."""
        self.clear()
        self._turned_at = self.clock.now + delay
        self._is_first = True
        self._turning = self.clock.at(self._turned_at, self.life.on_timer, self._turn, -1)

    def clear(self) -> None:
        """Forget what has not been read."""
        self.inbox.clear()
        self._in_wait = 0
        for call in (self._reading, self._turning):
            if call is not None:
                self.clock.cancel(call)
        self._reading = self._turning = None

    def arrived(self, delivery: Delivery) -> None:
        """Read a message when it is its turn."""
        delivery.call = None
        self.inbox.append(delivery)
        self._read()

    def go_on(self, cause: int) -> None:
        """Continue after a hand-over that had blocked the loop."""
        self._handed_over(cause)
        self._read()

    def turned(self) -> None:
        """Begin to wait for the next message, which the transport has been asked for."""
        self._turned_at = self.clock.now

    def at_next_turn(self, cause: int) -> None:
        """Let a waiting loop notice a change when it turns for want of a message."""
        if self._turning is None and not self.is_blocked():
            waited = max(self.clock.now - self._turned_at, 0)
            when = self._turned_at + -(-waited // self.cycle) * self.cycle
            self._turning = self.clock.at(when, self.life.on_timer, self._turn, cause, True)

    def _read(self) -> None:
        while self.inbox and not self.is_blocked():
            if self._in_wait:
                self._in_wait -= 1
            elif (when := self._next_look()) > self.clock.now:
                if self._reading is None:
                    self._reading = self.clock.at(when, self.life.on_delivery, self._look)
                return
            delivery = self.inbox.popleft()
            self.take(delivery)
            if not self.is_blocked():
                self._handed_over(delivery.cause)

    def _next_look(self) -> int:
        """Return when it next looks for a message: at once, unless it is busy with the other connection."""
        now, since = self.clock.now, self._turned_at
        if now <= since:
            return since
        passed = (now - since) % self.cycle
        return now if passed <= DRAIN_TIMEOUT else now - passed + self.cycle

    def _look(self, _: object) -> None:
        if self.clock.now < self.life.asleep_until:
            self._reading = self.clock.at(self.life.asleep_until, self.life.on_delivery, self._look)
            return
        self._reading = None
        self._read()

    def _handed_over(self, cause: int) -> None:
        """Begin the next turn, after a pause, unless it still waits for the broker's answer."""
        if self._in_wait:
            return
        if self._turning is not None:
            self.clock.cancel(self._turning)
        self._turned_at = self.clock.now + self.pause
        self._turning = self.clock.at(self._turned_at, self.life.on_timer, self._turn, cause, True)

    def _turn(self, cause: int) -> None:
        """Tell the broker of the window if it has changed; what has arrived is read before the answer."""
        if self.clock.now < self.life.asleep_until:
            self._turning = self.clock.at(self.life.asleep_until, self.life.on_timer, self._turn, cause, True)
            return
        self._turning = None
        if self.is_blocked() or not self.life.alive:
            return
        if self.update(cause) or self._is_first:
            self._in_wait = len(self.inbox)
        self._is_first = False
        self.settle(cause)
        self._read()

"""The loop of a worker whose pool runs greenlets: it does one thing after the other, and nothing wakes it in between.

`Pool.spawn` blocks it while all greenlets are busy, so one message is received beyond those that run, whatever the
prefetch count. What it notices only between two messages, such as a changed window or room for a message on Redis, it
may notice two seconds late. On RabbitMQ it also looks for events on a second connection for 0.1 s each time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from simulator.engine.clock import Call
from simulator.engine.context import Context
from simulator.engine.state import Delivery
from simulator.engine.worker.life import Life
from simulator.engine.worker.loop import Loop, Receiver
from simulator.engine.worker.slots import Slots
from simulator.trace.time import to_micros

DRAIN_TIMEOUT = to_micros(2.0)
"""Longest wait for a message (celery.worker.loops: synloop)."""
QUICK_DRAIN = to_micros(0.1)
"""Time for which the events' connection is drained after each (celery.worker.loops: synloop, _quick_drain)."""


class GreenLoop(Loop):
    """Reads messages one by one.

    Source: celery.worker.loops: synloop; celery.concurrency.gevent: TaskPool.on_apply; gevent.pool: Pool.spawn;
    kombu.transport.redis: MultiChannelPoller.get (asks `can_consume` once); recordings greenlets_rabbitmq,
    greenlets_redis, greenlets_late_redis.
    """

    def __init__(self, context: Context, life: Life, pool: Slots, receiver: Receiver, turns: bool) -> None:
        """Create the loop of a worker that is not connected."""
        super().__init__(context, life, pool, receiver, turns)
        self.qos.is_asynchronous = False
        self.pause = QUICK_DRAIN if self.announces and context.settings.startup_drain else 0
        """Microseconds between a message and the next look for one."""
        self.cycle = DRAIN_TIMEOUT + self.pause
        self.answer = 2 * context.settings.hop + 1
        """Microseconds until the broker's answer; what arrives until then is read back to back."""
        self.inbox: deque[Delivery] = deque()
        """Messages that have arrived in the connection and are not read."""
        self._handing_over: Delivery | None = None
        """The request whose hand-over blocks it."""
        self._widens: set[int] = set()
        """Delivery tags of tasks whose ETA has come and that widen the window until they have a slot."""
        self._in_wait = 0
        """Number of messages that are read while it waits for the broker's answer to `basic.qos`."""
        self._turned_at = 0
        """Time at which it began, or begins, to wait for a message."""
        self._is_first = False
        """True until the first turn, which sends the prefetch count once more."""
        self._reading: Call | None = None
        self._turning: Call | None = None

    # -- the connection ----------------------------------------------------------------------------------------

    def connect(self) -> None:
        """Start anew."""
        super().connect()
        self._forget_unread()
        self._turned_at = self.clock.now + self.answer
        self._is_first = True
        self._turning = self.clock.at(self._turned_at, self.life.on_timer, self._turn, -1)

    def clear(self) -> None:
        """Forget all that has not been handed over."""
        super().clear()
        self._handing_over = None
        self._widens.clear()
        self._forget_unread()

    def _forget_unread(self) -> None:
        self.inbox.clear()
        self._in_wait = 0
        for call in (self._reading, self._turning):
            if call is not None:
                self.clock.cancel(call)
        self._reading = self._turning = None

    # -- who wakes it ------------------------------------------------------------------------------------------

    def is_busy(self) -> bool:
        """Return True if a greenlet computes."""
        return self.clock.now < self.life.asleep_until

    def is_blocked(self) -> bool:
        """Return True if a hand-over blocks it (gevent.pool: Pool.spawn)."""
        return self._handing_over is not None

    def hands_over(self, delivery: Delivery) -> None:
        """Block until a message just received has a greenlet."""
        self._handing_over = delivery

    def handed_over(self, delivery: Delivery, cause: int) -> None:
        """Continue after a hand-over that has blocked it; a task that was held gives back its room in the window."""
        if self._widens and delivery.tag in self._widens:
            self._widens.remove(delivery.tag)
            self.window.shrink()
            self._at_next_turn(cause)
        if delivery is self._handing_over:
            self._handing_over = None
            self._begin_turn(cause)
            self._read()

    # -- messages ----------------------------------------------------------------------------------------------

    def _handler(self) -> Callable[[Delivery], None]:
        return self._arrived if self.announces else super()._handler()

    def _arrived(self, delivery: Delivery) -> None:
        """Read a message when it is its turn."""
        delivery.call = None
        self.inbox.append(delivery)
        self._read()

    def turned(self) -> None:
        """Begin to wait for the next message, which the transport has been asked for."""
        if not self.is_blocked():
            self._turned_at = self.clock.now

    def _read(self) -> None:
        while self.inbox and not self.is_blocked():
            if self._in_wait:
                self._in_wait -= 1
            elif (when := self._next_look()) > self.clock.now:
                if self._reading is None:
                    self._reading = self.clock.at(when, self.life.on_delivery, self._look)
                return
            delivery = self.inbox.popleft()
            self.receiver.take(delivery)
            if not self.is_blocked():
                self._begin_turn(delivery.cause)

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

    # -- the prefetch count ------------------------------------------------------------------------------------

    def settle(self, cause: int) -> None:
        """Notice room for a message: on Redis it asks only when it turns."""
        if self.announces:
            super().settle(cause)
        else:
            self._at_next_turn(cause)

    def keeps_room(self, delivery: Delivery) -> bool:
        """Return True: the window stays wider for a task whose ETA has come until it has a slot."""
        self._widens.add(delivery.tag)
        return True

    def _at_next_turn(self, cause: int) -> None:
        """Let a waiting loop notice a change when it turns for want of a message."""
        if self._turning is None and not self.is_blocked():
            waited = max(self.clock.now - self._turned_at, 0)
            when = self._turned_at + -(-waited // self.cycle) * self.cycle
            self._turning = self.clock.at(when, self.life.on_timer, self._turn, cause, True)

    def _begin_turn(self, cause: int) -> None:
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
        if self.qos.update(cause) or self._is_first:
            self._in_wait = len(self.inbox)
        self._is_first = False
        if not self.announces and self.receiver.is_consuming():
            super().settle(cause)
        self._read()

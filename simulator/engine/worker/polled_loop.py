"""The loop of a worker whose transport has no file descriptors to wait on: it polls, and blocks in each hand-over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.engine.clock import Call
from simulator.engine.context import Context
from simulator.engine.state import Delivery
from simulator.engine.worker.life import Life
from simulator.engine.worker.loop import Loop, Receiver
from simulator.engine.worker.slots import Slots
from simulator.world.timer_thread import TimerThread


class PolledLoop(Loop):
    """Takes a message, hands it over, and only then looks for the next one.

    Nothing wakes it: it sees at its next poll what has changed. No broker is told of its window. In Celery a thread
    fires its timers, often late.

    Source: celery.worker.loops: synloop; kombu.transport.virtual.base: Transport.drain_events.
    """

    def __init__(self, context: Context, life: Life, pool: Slots, receiver: Receiver, turns: bool) -> None:
        """Create the loop of a worker that is not connected."""
        super().__init__(context, life, pool, receiver, turns)
        has_thread = context.settings.timer_thread and context.transport.timer_thread and not life.green
        self.times_overdue = self.has_timer_thread = has_thread
        self._timer_thread: TimerThread | None = None
        """The thread that fires its timers; None where they fire in time."""
        self._fires = False
        """True while a timer is fired."""

    def connect(self) -> None:
        """Begin with a new connection, and a new heartbeat."""
        super().connect()
        if self.has_timer_thread:
            self._timer_thread = TimerThread(self.clock.now)

    def is_busy(self) -> bool:
        """Return True if a task keeps it from anything else: any in a solo pool, one that computes in a greenlet."""
        if self.life.green:
            return self.clock.now < self.life.asleep_until
        return super().is_busy()

    def fires_at(self, time: int) -> int:
        """Return when a timer fires that is set now for `time`: not before the thread wakes."""
        if self._timer_thread is None:
            return time
        return self._timer_thread.enter(self.clock.now, time, by_timer=self._fires)

    def call_at(self, time: int, run: Callable[[Any], None], arg: Any) -> Call:
        """Set a timer."""
        return super().call_at(time, self._fire, (run, arg))

    def _fire(self, called: tuple[Callable[[Any], None], Any]) -> None:
        """Fire a timer. Whatever timer that sets, the thread looks at before it sleeps again."""
        run, arg = called
        self._fires = True
        run(arg)
        self._fires = False

    def _due(self, delivery: Delivery) -> None:
        """Take back a task whose ETA has come; what limits its rate may set a timer."""
        self._fires = True
        super()._due(delivery)
        self._fires = False

"""A worker's event loop: it sleeps in poll() until something happens: a message, a child's reply, a timer.

Some things are checked only between two polls, such as a changed prefetch count or a pending shutdown; they wait for
the loop to wake.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.engine.clock import TIME, Call
from simulator.engine.context import Context
from simulator.engine.journal import Journal
from simulator.engine.state import Delivery
from simulator.engine.worker.life import Life
from simulator.engine.worker.loop import Loop, Receiver
from simulator.engine.worker.slots import Slots
from simulator.trace.events import MessageQueued
from simulator.trace.time import NEVER, to_micros
from simulator.world.intake import DRAIN, overdue_fires_at
from simulator.world.timer_thread import HEARTBEAT

ALONE = to_micros(0.05)
"""Messages that were published so recently come one by one: no producer publishes two at the same instant."""


class EventLoop(Loop):
    """Runs actions at the next turn of a worker's event loop, and its timers between two turns.

    Source: celery.worker.loops: asynloop (state.maybe_shutdown and update_qos before each turn);
    kombu.asynchronous.hub: Hub.create_loop.
    """

    sees_signals_late = True
    times_overdue = True

    def __init__(self, context: Context, life: Life, pool: Slots, receiver: Receiver, turns: bool) -> None:
        """Create a loop with nothing pending."""
        super().__init__(context, life, pool, receiver, turns)
        self.journal: Journal = context.journal
        self.pending: list[tuple[Callable[[Any], object], Any]] = []
        """Actions for the next turn, in order."""
        self.timers.append(lambda: (life.online_at, HEARTBEAT))
        if context.transport.wakes:
            wakes = to_micros(context.transport.wakes)
            self.timers.append(lambda: (receiver.since, wakes))
        self.qos.when_loop_turns = self.when_it_turns
        self.drains = context.settings.startup_drain and context.transport.drains
        self._draining: Call | None = None
        self._call: Call | None = None
        self._keeps = False
        """True if the planned wake-up keeps the run alive."""

    # -- who wakes it ------------------------------------------------------------------------------------------

    def when_it_turns(self, run: Callable[[Any], object], arg: Any = None, *, keeps: bool = False) -> None:
        """Run an action at the next turn: when an event wakes the loop, or at the latest a timer."""
        self.pending.append((run, arg))
        if self._call is None or (keeps and not self._keeps):
            if self._call is not None:
                self.clock.cancel(self._call)
            self._keeps = keeps
            self._call = self.clock.at(self._next_wake(), self.life.on_timer, self._wake, None, not keeps)
            self._attend()

    def when_event(self, run: Callable[[Any], object]) -> None:
        """Run an action when an event wakes the loop: a message or a result. No timer wakes it for this."""
        self.pending.append((run, None))
        self._attend()

    def _next_wake(self) -> int:
        """Return when the next timer fires, or the next event comes by itself."""
        return min(self._next([timer() for timer in self.timers]), self.next_event())

    def next_event(self) -> int:
        """Return when the next event comes by itself: the renewal of a BRPOP, or another worker's heartbeat."""
        return self._next([self.pending_request(), *self.gossip()])

    def _next(self, repeating: list[tuple[int, int]]) -> int:
        now = self.clock.now
        times = [since + max((now - since) // every + 1, 1) * every for since, every in repeating if every]
        return min(times, default=NEVER)

    def _wake(self, _: object) -> None:
        self.turn()

    def turn(self) -> None:
        """Run what is pending: an event has woken the loop."""
        if self._call is not None:
            self.clock.cancel(self._call)
            self._call = None
        if self.pending:
            pending, self.pending = self.pending, []
            for run, arg in pending:
                if self.life.alive:
                    run(arg)

    def slot_is_free(self, cause: int) -> None:
        """Continue after a task: its result has woken the loop."""
        if self._goes_on:
            self._go_on(cause)
        elif self.pending:
            self.turn()

    def _attend(self) -> None:
        """Turn the loop at the next message that arrives."""
        if self.arrived != self._arrived_asleep:
            self.arrived = self._arrived_awaited

    def _arrived_awaited(self, delivery: Delivery) -> None:
        """Take a message that wakes the loop while actions are pending."""
        self.arrived = self._awake
        self._awake(delivery)
        if self.is_busy():
            return
        self.turn()

    # -- messages ----------------------------------------------------------------------------------------------

    def drain(self, delivery: Delivery) -> None:
        """Wait for more messages before a fresh worker's loop turns, if it has found some; a new one ends the wait.

        Source: celery.worker.loops: asynloop, _quick_drain.
        """
        if delivery.message.ready_since > self.life.online:
            self.drains = False
            if self._draining is not None:
                self.clock.cancel(self._draining)
                self._drained(None)
        elif self._draining is None:
            self.pool.paused = self.qos.holds_back = True
            until = max(self.receiver.since + DRAIN, self.clock.now)
            self._draining = self.clock.at(until, self.life.on_timer, self._drained)

    def _drained(self, _: object) -> None:
        if self._draining is not None:
            self._draining, self.drains = None, False
            self.pool.paused = self.qos.holds_back = False
            self.receiver.next_request(-1)
            self.turn()

    # -- timers ------------------------------------------------------------------------------------------------

    def fires_at(self, time: int) -> int:
        """Return when a timer fires that is set now for `time`: at the next turn if that has passed.

        Source: kombu.asynchronous.hub: Hub.create_loop (timers fire after the prefetch count is sent); recordings
        overdue_eta_redis, overdue_eta_rabbitmq.
        """
        if time > self.clock.now:
            return time
        drained = 0 if self._draining is None else self._draining[TIME]
        return overdue_fires_at(self.clock.now, self.qos.answer_at, drained)

    def grown(self, delivery: Delivery, eta: int) -> None:
        """Tell RabbitMQ of the larger window, at a turn of the loop."""
        if not self.announces:
            super().grown(delivery, eta)
            return
        now = self.clock.now
        published = self.journal.recent(delivery.message.ready_since) if eta > now else None
        self.qos.widened(delivery.cause, isinstance(published, MessageQueued) and now - published.t < ALONE)

    def _due(self, delivery: Delivery) -> None:
        """Take back a task whose ETA has come.

        Its timer ends the loop's wait, and between two turns comes whatever is pending: a shutdown that SIGTERM has
        asked for begins before the timer fires.

        Source: celery.worker.consumer.consumer: Consumer.apply_eta_task, _limit_post_eta; celery.worker.loops:
        asynloop (state.maybe_shutdown before each turn); recordings eta_after_sigterm_redis,
        eta_after_sigterm_rabbitmq.
        """
        if not self.is_busy():
            self.turn()
            if delivery.tag not in self._etas:
                return
        super()._due(delivery)

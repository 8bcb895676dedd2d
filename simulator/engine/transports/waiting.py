"""`redis://` and `sqs://`: a worker waits at the broker for one message, and only leases what it is given."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import TYPE_CHECKING

from simulator.engine.clock import Call
from simulator.engine.parts import Delivery
from simulator.engine.transports.order import Cycle
from simulator.trace.events import NO_CAUSE
from simulator.trace.time import NEVER

if TYPE_CHECKING:
    from simulator.engine.broker import Queue
    from simulator.engine.consumer import Consumer
    from simulator.engine.simulation import Simulation


class Waiting:
    """Blocking questions: Redis' BRPOP, SQS' long poll.

    A worker with room has one question open at the broker. It is renewed when it has been open for the wait time
    (SQS pauses first), and who has had a question open for longest is served. What is handed over is only leased:
    not acknowledged within the visibility timeout, it is restored.

    Source: kombu.transport.redis: MultiChannelPoller.on_poll_start, Channel._brpop_start, QoS.restore_visible.
    """

    rejected = "back"
    turns = True

    def __init__(self, simulation: Simulation) -> None:
        settings = simulation.settings
        self.simulation = simulation
        self.clock = simulation.clock
        self.period = settings.wait_time
        """From one question to the next, where nothing comes."""
        self.open = settings.wait_time
        """For how much of it the question is open."""
        if settings.transport == "sqs":
            self.period += settings.polling_interval
        self.order = settings.queue_order_strategy if settings.transport == "redis" else "round_robin"
        self.cycles: dict[Consumer, Cycle] = {}
        self.waiting: dict[str, list[tuple[int, int, Consumer]]] = {}
        """By queue, (phase of its question, declaration index) of who waits, sorted."""
        self.serving: set[str] = set()
        self._sweep: Call | None = None

    def subscribe(self, consumer: Consumer, cause: int) -> None:
        """Sweep once, then wait."""
        self.cycles[consumer] = Cycle(consumer.queues, self.order)
        consumer.room_since = cause
        if self.simulation.settings.visibility_sweep:
            self._restore(None)
        self._join(consumer)
        self._plan()

    def unsubscribe(self, consumer: Consumer) -> None:
        """Wait no more."""
        self._leave(consumer)
        if self.cycles.pop(consumer, None) is not None:
            self._plan()

    def ready(self, queue: Queue) -> None:
        """Serve when the instant has come to deliveries."""
        name = queue.name
        if name not in self.serving and queue.ready and self.waiting.get(name):
            self.serving.add(name)
            self.clock.at(self.clock.now, queue.on_delivery, self._serve, queue)

    def settle(self, consumer: Consumer, cause: int) -> None:
        """With room again, ask."""
        consumer.room_since = cause
        if not consumer.in_hand:
            self._join(consumer)

    def filled(self, consumer: Consumer) -> None:
        """The open question is not withdrawn in Celery; here it is, since nothing may come by it."""
        self._leave(consumer)

    def turned(self, consumer: Consumer, cause: int) -> None:
        """It has taken the message in: ask for the next one."""
        consumer.room_since = cause
        self._join(consumer)

    def abandon(self, consumer: Consumer, cause: int, why: str, closed: bool) -> None:
        """Who closes puts back what it holds, one by one, each at the front; else all waits until the leases are up.

        Source: kombu.transport.redis: QoS.restore_unacked.
        """
        held = list(consumer.held.values())
        consumer.held.clear()
        if closed:
            for delivery in held:
                self.simulation.broker.requeue(delivery, cause, why, "front")
                self._serve_now(delivery.message.queue)
        self._plan()

    def silent_polls(self, name: str, end: int) -> int:
        """A question renewed is not counted as a poll."""
        return 0

    def _join(self, consumer: Consumer) -> None:
        if consumer.asked_at != NEVER or consumer not in self.cycles or not consumer.has_room():
            return
        consumer.asked_at = now = self.clock.now
        entry = (now % self.period, consumer.index, consumer)
        for queue in consumer.queues:
            insort(self.waiting.setdefault(queue.name, []), entry, key=_by_phase)
        queue_or_none = self.cycles[consumer].first()
        if queue_or_none is not None:
            self.ready(queue_or_none)

    def _leave(self, consumer: Consumer) -> None:
        if consumer.asked_at == NEVER:
            return
        phase = consumer.asked_at % self.period
        consumer.asked_at = NEVER
        for queue in consumer.queues:
            waiting = self.waiting[queue.name]
            del waiting[bisect_left(waiting, (phase, consumer.index), key=_by_phase)]

    def _serve(self, queue: Queue) -> None:
        self.serving.discard(queue.name)
        self._serve_now(queue)

    def _serve_now(self, queue: Queue) -> None:
        waiting = self.waiting.get(queue.name)
        now = self.clock.now
        while queue.ready and waiting:
            consumer = self._longest(waiting, now)
            if (now - consumer.asked_at) % self.period >= self.open:
                # All pause (SQS): the next one to ask is served then.
                self.clock.at(
                    now + self.period - (now - consumer.asked_at) % self.period,
                    queue.on_delivery,
                    self._serve,
                    queue,
                    True,
                )
                return
            cycle = self.cycles[consumer]
            source = cycle.first() or queue
            self._leave(consumer)
            cycle.served(source)
            consumer.in_hand = True
            message = source.ready[0]
            self.simulation.broker.deliver(source, consumer, max(message.ready_since, consumer.room_since))
            if self._sweep is None:
                self._plan()

    def _longest(self, waiting: list[tuple[int, int, Consumer]], now: int) -> Consumer:
        """Who has had its question open for longest: the first whose phase comes after this moment's."""
        place = bisect_right(waiting, now % self.period, key=lambda entry: entry[0])
        for offset in range(len(waiting)):
            consumer = waiting[(place + offset) % len(waiting)][2]
            if (now - consumer.asked_at) % self.period < self.open:
                return consumer
        return waiting[place % len(waiting)][2]

    # -- leases ------------------------------------------------------------------------------------------------

    def _plan(self) -> None:
        """Plan the moment at which the oldest lease is found to be up."""
        if self._sweep is not None:
            self.clock.cancel(self._sweep)
            self._sweep = None
        leased = self.simulation.broker.leased
        if not leased or not self.cycles:
            return
        settings, now = self.simulation.settings, self.clock.now
        due = max(next(iter(leased.values())).at + settings.visibility_timeout, now)
        when, index = due, 0
        if settings.visibility_sweep and settings.transport == "redis":
            every = settings.restore_interval
            when, index = min((c.since + max(1, -((c.since - due) // every)) * every, c.on_timer) for c in self.cycles)
        self._sweep = self.clock.at(
            max(when, now + 1), index or next(iter(self.cycles)).on_timer, self._restore, None, True
        )

    def _restore(self, _: object) -> None:
        """A sweep: the newest leases that are up come back first, each to the front."""
        settings, broker, now = self.simulation.settings, self.simulation.broker, self.clock.now
        if broker.down or broker.leased is None:
            return
        up: list[Delivery] = []
        for delivery in broker.leased.values():
            if now - delivery.at < settings.visibility_timeout:
                break
            up.append(delivery)
        for delivery in up[::-1][: settings.restore_limit]:
            broker.requeue(delivery, NO_CAUSE, "visibility-timeout", "front", kept=True)
            self._serve_now(delivery.message.queue)
        self._plan()


def _by_phase(entry: tuple[int, int, Consumer]) -> tuple[int, int]:
    return entry[0], entry[1]

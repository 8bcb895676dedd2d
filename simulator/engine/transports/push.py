"""`amqp://`: the broker pushes."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.engine.broker import Queue
    from simulator.engine.consumer import Consumer
    from simulator.engine.simulation import Simulation


class Push:
    """RabbitMQ: round robin over the consumers that have credit.

    A consumer without credit leaves the ring and rejoins at its end when it has some again, as RabbitMQ's queues do
    with consumers that `basic.qos` blocks.
    """

    rejected = "original"
    turns = False

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.clock = simulation.clock
        self.rings: dict[str, deque[Consumer]] = {}
        """By queue, who may be next; a worker without credit is in none."""
        self.dispatching: set[str] = set()
        self._watched: set[Consumer] = set()
        """Consumers for which a look at their oldest delivery is planned."""

    def subscribe(self, consumer: Consumer, cause: int) -> None:
        """Join the end of each queue's ring."""
        consumer.room_since = cause
        consumer.blocked = False
        for queue in consumer.queues:
            ring = self.rings.setdefault(queue.name, deque())
            if consumer not in ring:
                ring.append(consumer)
            self.ready(queue)

    def unsubscribe(self, consumer: Consumer) -> None:
        """Leave every ring."""
        for queue in consumer.queues:
            ring = self.rings.get(queue.name)
            if ring is not None and consumer in ring:
                ring.remove(consumer)

    def ready(self, queue: Queue) -> None:
        """Dispatch when the instant has come to deliveries."""
        name = queue.name
        if name not in self.dispatching and self.rings.get(name) and queue.ready:
            self.dispatching.add(name)
            self.clock.at(self.clock.now, queue.on_delivery, self._dispatch, queue)

    def settle(self, consumer: Consumer, cause: int) -> None:
        """A worker that was blocked rejoins the rings, at their end."""
        consumer.room_since = cause
        if consumer.blocked:
            consumer.blocked = False
            for queue in consumer.queues:
                ring = self.rings[queue.name]
                if consumer not in ring:
                    ring.append(consumer)
                    self.ready(queue)

    def filled(self, consumer: Consumer) -> None:
        """It is found to be full at the next dispatch."""

    def turned(self, consumer: Consumer, cause: int) -> None:
        """The broker does not wait for it."""

    def abandon(self, consumer: Consumer, cause: int, why: str, closed: bool) -> None:
        """A closed connection or a dead one: every message is ready again at once, where it stood."""
        lost = sorted(consumer.held.values(), key=lambda delivery: delivery.message.seq)
        consumer.held.clear()
        for delivery in lost:
            self.simulation.broker.requeue(delivery, cause, why, "original")

    def silent_polls(self, name: str, end: int) -> int:
        """Nobody polls here."""
        return 0

    def _dispatch(self, queue: Queue) -> None:
        name = queue.name
        self.dispatching.discard(name)
        broker = self.simulation.broker
        ring, ready, deliver = self.rings[name], queue.ready, broker.deliver
        while ready and ring:
            if ready[0].dies <= self.clock.now:
                broker.bury(queue)
                continue
            consumer = ring.popleft()
            if consumer.unacked < consumer.limit:
                ring.append(consumer)
                # What came last made it possible: the message, or the room for it.
                deliver(queue, consumer, max(ready[0].ready_since, consumer.room_since))
                if consumer not in self._watched:
                    self._watch(consumer)
            else:
                consumer.blocked = True

    def _watch(self, consumer: Consumer) -> None:
        """Plan the tick at which the oldest delivery of a consumer could be too old.

        Source: RabbitMQ's `consumer_timeout`, looked at every `channel_tick_interval` of the channel.
        """
        oldest = next(iter(consumer.held.values()), None)
        if oldest is None:
            return
        self._watched.add(consumer)
        every = self.simulation.settings.channel_tick_interval
        due = oldest.at + oldest.message.queue.consumer_timeout
        ticks = (due - consumer.since) // every + 1
        self.clock.at(consumer.since + ticks * every, consumer.on_timer, self._tick, consumer, True)

    def _tick(self, consumer: Consumer) -> None:
        self._watched.discard(consumer)
        now = self.clock.now
        if not consumer.connected:
            return
        if any(now - d.at > d.message.queue.consumer_timeout for d in consumer.held.values()):
            consumer.worker.quit("consumer-timeout")
        else:
            self._watch(consumer)

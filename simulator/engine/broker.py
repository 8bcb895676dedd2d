"""The broker: queues of ready messages, deliveries, acknowledgements."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from simulator.engine.clock import Rank, priority
from simulator.engine.parts import Delivery, Message
from simulator.trace.events import (
    NO_CAUSE,
    MessageAcked,
    MessageDelivered,
    MessageDropped,
    MessageQueued,
    MessageRequeued,
    QueueDeclared,
)

if TYPE_CHECKING:
    from simulator.engine.simulation import Simulation
    from simulator.engine.worker import Worker


class Queue:
    """A queue: what is ready, first in first out."""

    __slots__ = ("arrivals", "name", "on_delivery", "ready", "subscribers")

    def __init__(self, name: str, index: int) -> None:
        self.name = name
        self.on_delivery = priority(Rank.DELIVERY, index)
        self.ready: deque[Message] = deque()
        self.arrivals = 0
        """How many messages were ever put into it."""
        self.subscribers = 0
        """How many living workers consume from it."""


class Broker:
    """Keeps messages until they are acknowledged. When they reach a worker is the transport's affair."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.clock = simulation.clock
        self.events = simulation.events
        self.queues: dict[str, Queue] = {}
        self.deliveries = 0

    def queue(self, name: str) -> Queue:
        """The queue of that name, declared at its first use (`task_create_missing_queues`)."""
        queue = self.queues.get(name)
        if queue is None:
            queue = self.queues[name] = Queue(name, len(self.queues))
            self.events.append(QueueDeclared(self.clock.now, NO_CAUSE, name))
        return queue

    def has_work(self) -> bool:
        """Whether a message is ready that somebody consumes."""
        return any(queue.ready and queue.subscribers for queue in self.queues.values())

    def publish(self, message: Message, cause: int) -> None:
        """A message has arrived: it goes to the end of its queue."""
        queue: Queue = message.queue
        message.seq = queue.arrivals
        queue.arrivals += 1
        events = self.events
        message.ready_since = len(events)
        events.append(MessageQueued(self.clock.now, cause, message.uuid, message.id, queue.name, len(queue.ready)))
        queue.ready.append(message)
        self.simulation.transport.ready(queue)

    def deliver(self, queue: Queue, worker: Worker, cause: int) -> None:
        """Hand the next ready message of a queue to a worker."""
        message = queue.ready.popleft()
        self.deliveries = tag = self.deliveries + 1
        events = self.events
        delivery = Delivery(tag, message, worker, len(events))
        worker.held[tag] = delivery
        worker.unacked += 1
        events.append(
            MessageDelivered(
                self.clock.now,
                cause,
                message.uuid,
                message.id,
                queue.name,
                tag,
                worker.hostname,
                message.redelivered,
            )
        )
        worker.expect(delivery)

    def ack(self, delivery: Delivery, cause: int) -> int:
        """A worker acknowledges: the message is forgotten, the room it took is free one hop later."""
        worker, message = delivery.worker, delivery.message
        del worker.held[delivery.tag]
        events = self.events
        index = len(events)
        events.append(
            MessageAcked(
                self.clock.now,
                cause,
                message.uuid,
                message.id,
                message.queue.name,
                delivery.tag,
                worker.hostname,
            )
        )
        worker.release(index)
        return index

    def reject(self, delivery: Delivery, cause: int) -> int:
        """A worker rejects without requeueing: the message is dropped."""
        worker, message = delivery.worker, delivery.message
        del worker.held[delivery.tag]
        index = len(self.events)
        self.events.append(
            MessageDropped(
                self.clock.now,
                cause,
                message.uuid,
                message.id,
                message.queue.name,
                "rejected",
                delivery.tag,
                worker.hostname,
            )
        )
        worker.release(index)
        return index

    def connection_lost(self, worker: Worker, cause: int) -> None:
        """All that a worker had not acknowledged is ready again, each message where it stood."""
        lost = sorted(worker.held.values(), key=lambda delivery: delivery.message.seq)
        worker.held.clear()
        for delivery in lost:
            self._restore(delivery, cause, "connection-lost")

    def _restore(self, delivery: Delivery, cause: int, why: str) -> None:
        message = delivery.message
        queue: Queue = message.queue
        message.redelivered = True
        position = 0
        for other in queue.ready:
            if other.seq > message.seq:
                break
            position += 1
        queue.ready.insert(position, message)
        message.ready_since = len(self.events)
        self.events.append(
            MessageRequeued(
                self.clock.now,
                cause,
                message.uuid,
                message.id,
                queue.name,
                position,
                delivery.tag,
                delivery.worker.hostname,
                why,
            )
        )
        self.simulation.transport.ready(queue)

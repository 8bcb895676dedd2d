"""The broker: queues of ready messages, deliveries, acknowledgements."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from simulator.engine.clock import Rank, priority
from simulator.engine.parts import Delivery, Message
from simulator.scenario.schema import Queue as QueueSpec
from simulator.trace.events import (
    NO_CAUSE,
    MessageAcked,
    MessageDeadLettered,
    MessageDelivered,
    MessageDropped,
    MessageQueued,
    MessageRequeued,
    QueueDeclared,
)
from simulator.trace.time import NEVER

if TYPE_CHECKING:
    from simulator.engine.simulation import Simulation
    from simulator.engine.worker import Worker


class Queue:
    """A queue: what is ready, by priority where it has some, then first in first out."""

    __slots__ = ("arrivals", "limit", "name", "on_delivery", "priorities", "ready", "rejects", "subscribers")

    def __init__(self, name: str, index: int, spec: QueueSpec, by_priority: bool) -> None:
        self.name = name
        self.on_delivery = priority(Rank.DELIVERY, index)
        self.ready: deque[Message] = deque()
        self.arrivals = 0
        """How many messages were ever put into it."""
        self.subscribers = 0
        """How many living workers consume from it."""
        self.limit = spec.max_length or NEVER
        self.rejects = spec.overflow == "reject-publish"
        """Whether a full queue refuses what comes (else it drops its head)."""
        self.priorities = spec.max_priority or (255 if by_priority else 0)
        """The highest priority it tells from lower ones; 0: none."""

    def insert(self, message: Message) -> int:
        """Put a message where its priority and its age say; its position."""
        ready, key = self.ready, (message.rank, message.seq)
        if not ready or (ready[-1].rank, ready[-1].seq) < key:
            ready.append(message)
            return len(ready) - 1
        position = next(place for place, other in enumerate(ready) if (other.rank, other.seq) > key)
        ready.insert(position, message)
        return position


class Broker:
    """Keeps messages until they are acknowledged. When they reach a worker is the transport's affair."""

    def __init__(self, simulation: Simulation, specs: dict[str, QueueSpec | None]) -> None:
        self.simulation = simulation
        self.clock = simulation.clock
        self.events = simulation.events
        self.queues: dict[str, Queue] = {}
        self.deliveries = 0
        self.down = False
        self._specs = specs

    def queue(self, name: str) -> Queue:
        """The queue of that name, declared at its first use (`task_create_missing_queues`)."""
        queue = self.queues.get(name)
        if queue is None:
            spec = self._specs.get(name) or QueueSpec()
            by_priority = self.simulation.settings.transport == "guide"
            queue = self.queues[name] = Queue(name, len(self.queues), spec, by_priority)
            arguments = spec.model_dump(exclude_defaults=True)
            self.events.append(QueueDeclared(self.clock.now, NO_CAUSE, name, arguments))
        return queue

    def has_work(self) -> bool:
        """Whether a message is ready that somebody consumes."""
        return not self.down and any(queue.ready and queue.subscribers for queue in self.queues.values())

    def refuses(self, queue: Queue) -> str | None:
        """Why nothing can be published to a queue now, or None."""
        if self.down:
            return "broker-down"
        return "max-length" if queue.rejects and len(queue.ready) >= queue.limit else None

    def publish(self, message: Message, cause: int) -> None:
        """A message has arrived: it goes into its queue, at the end of its priority."""
        queue: Queue = message.queue
        position = self._place(message, queue, cause)
        events = self.events
        message.ready_since = len(events)
        events.append(MessageQueued(self.clock.now, cause, message.uuid, message.id, queue.name, position))
        self.simulation.transport.ready(queue)

    def dead_letter(self, message: Message, cause: int, why: str) -> None:
        """A copy that the application has sent to a dead-letter queue has arrived there."""
        queue: Queue = message.queue
        position = self._place(message, queue, cause)
        message.ready_since = len(self.events)
        self.events.append(
            MessageDeadLettered(self.clock.now, cause, message.uuid, message.id, queue.name, position, why)
        )
        self.simulation.transport.ready(queue)

    def _place(self, message: Message, queue: Queue, cause: int) -> int:
        """Insert a new message; a full queue loses its head first."""
        if len(queue.ready) >= queue.limit:
            head = queue.ready.popleft()
            self.events.append(MessageDropped(self.clock.now, cause, head.uuid, head.id, queue.name, "max-length"))
        if message.priority and queue.priorities:
            message.rank = -min(message.priority, queue.priorities)
        message.seq = queue.arrivals
        queue.arrivals += 1
        ready = queue.ready
        if ready and ready[-1].rank > message.rank:
            return queue.insert(message)
        ready.append(message)
        return len(ready) - 1

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

    def connection_lost(self, worker: Worker, cause: int, why: str) -> None:
        """All that a worker had not acknowledged is ready again, each message where it stood."""
        lost = sorted(worker.held.values(), key=lambda delivery: delivery.message.seq)
        worker.held.clear()
        for delivery in lost:
            message = delivery.message
            queue: Queue = message.queue
            message.redelivered = True
            position = queue.insert(message)
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
                    worker.hostname,
                    why,
                )
            )
            if not self.down:
                self.simulation.transport.ready(queue)

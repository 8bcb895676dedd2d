"""The broker: queues of ready messages, deliveries, acknowledgements, dead letters."""

from __future__ import annotations

from bisect import bisect_right
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
from simulator.trace.time import NEVER, to_micros

if TYPE_CHECKING:
    from simulator.engine.consumer import Consumer
    from simulator.engine.simulation import Simulation
    from simulator.scenario.profiles import Settings


class Queue:
    """A queue: what is ready, by priority where it has some, then first in first out."""

    __slots__ = (
        "arrivals",
        "consumer_timeout",
        "dead_letters",
        "delivery_limit",
        "front",
        "limit",
        "mortal",
        "name",
        "on_delivery",
        "on_timer",
        "priorities",
        "ready",
        "rejects",
        "steps",
        "subscribers",
        "ttl",
    )

    def __init__(self, name: str, index: int, spec: QueueSpec, settings: Settings) -> None:
        self.name = name
        self.on_delivery = priority(Rank.DELIVERY, index)
        self.on_timer = priority(Rank.TIMER, index)
        self.ready: deque[Message] = deque()
        self.arrivals = 0
        """How many messages were ever put into it."""
        self.front = 0
        """The `seq` of what was last put before all others."""
        self.subscribers = 0
        """How many living workers consume from it."""
        self.limit = spec.max_length or NEVER
        self.rejects = spec.overflow == "reject-publish"
        """Whether a full queue refuses what comes (else it drops its head)."""
        self.steps = settings.priority_steps if settings.transport == "redis" else ()
        """Redis: its lists, by their lowest priority; 0 is served first."""
        self.priorities = 0
        """The highest priority it tells from lower ones; 0: none."""
        if settings.transport == "guide":
            self.priorities = spec.max_priority or 255
        elif settings.transport == "amqp":
            self.priorities = spec.max_priority or settings.task_queue_max_priority or 0
        amqp = settings.transport == "amqp"
        self.ttl = to_micros(spec.message_ttl) if amqp and spec.message_ttl is not None else NEVER
        self.mortal = amqp
        """Whether messages in it have a time to live."""
        self.dead_letters = spec if amqp and spec.dead_letter_exchange is not None else None
        self.delivery_limit = NEVER if spec.delivery_limit is None or not amqp else spec.delivery_limit
        timeout = spec.consumer_timeout
        self.consumer_timeout = settings.consumer_timeout if timeout is None else to_micros(timeout)

    def rank(self, given: int | None) -> int:
        """How a message with that priority stands to others: lower goes first."""
        if self.steps:
            return max(0, bisect_right(self.steps, given or 0) - 1)
        return -min(given, self.priorities) if given and self.priorities else 0

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
        leases = simulation.settings.visibility_timeout < NEVER
        self.leased: dict[int, Delivery] | None = {} if leases else None
        """By message, the last delivery of what is not acknowledged, oldest first, where the broker keeps such a list
        (Redis' `unacked`, SQS). Who acknowledges by any delivery of a message takes it off."""
        self._specs = specs

    def queue(self, name: str) -> Queue:
        """The queue of that name, declared at its first use (`task_create_missing_queues`)."""
        queue = self.queues.get(name)
        if queue is None:
            spec = self._specs.get(name) or QueueSpec()
            queue = self.queues[name] = Queue(name, len(self.queues), spec, self.simulation.settings)
            arguments = spec.model_dump(exclude_defaults=True)
            self.events.append(QueueDeclared(self.clock.now, NO_CAUSE, name, arguments))
        return queue

    def has_work(self) -> bool:
        """Whether a message is ready that somebody consumes, or will be once somebody has swept."""
        if self.down:
            return False
        if self.leased and any(worker.alive for worker in self.simulation.workers.values()):
            return True
        return any(queue.ready and self._changes(queue) for queue in self.queues.values())

    def _changes(self, queue: Queue) -> bool:
        """Whether something will become of what is ready: somebody consumes it or is about to, or it dies of age."""
        if queue.subscribers or queue.ready[0].dies < NEVER:
            return True
        workers = self.simulation.workers.values()
        return any(
            worker.runs and not worker.consumer.connected and queue in worker.consumer.queues for worker in workers
        )

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
        if queue.mortal and (message.expires is not None or queue.ttl != NEVER):
            self._limit_life(message, queue)
        self.simulation.transport.ready(queue)

    def dead_letter(
        self, message: Message, cause: int, why: str, source: str = "", delivery: Delivery | None = None
    ) -> None:
        """A message comes into a dead-letter queue: a copy that the application has sent, or one the broker moves."""
        queue: Queue = message.queue
        position = self._place(message, queue, cause)
        message.ready_since = len(self.events)
        tag, hostname = (delivery.tag, delivery.consumer.hostname) if delivery is not None else (0, "")
        self.events.append(
            MessageDeadLettered(
                self.clock.now, cause, message.uuid, message.id, queue.name, position, why, source, tag, hostname
            )
        )
        self.simulation.transport.ready(queue)

    def _place(self, message: Message, queue: Queue, cause: int) -> int:
        """Insert a new message; a full queue loses its head first."""
        while len(queue.ready) >= queue.limit:
            self.discard(queue.ready[0], cause, "max-length")
        message.rank = queue.rank(message.priority) if message.priority or queue.steps else 0
        message.seq = queue.arrivals
        queue.arrivals += 1
        ready = queue.ready
        if ready and ready[-1].rank > message.rank:
            return queue.insert(message)
        ready.append(message)
        return len(ready) - 1

    def _limit_life(self, message: Message, queue: Queue) -> None:
        """RabbitMQ: the queue's `message_ttl`, or the message's own expiration, which Celery sets with `expires`."""
        message.dies = self.clock.now + queue.ttl
        if message.expires is not None:
            message.dies = min(message.dies, message.expires)
        self.clock.at(max(message.dies, self.clock.now), queue.on_timer, self.bury, queue, True)

    def bury(self, queue: Queue) -> None:
        """Discard what has outlived its time and stands first: RabbitMQ looks at the head of a queue only."""
        while queue.ready and queue.ready[0].dies <= self.clock.now and not self.down:
            message = queue.ready[0]
            self.discard(message, message.ready_since, "expired")

    def deliver(self, queue: Queue, consumer: Consumer, cause: int) -> None:
        """Hand the next ready message of a queue to a worker."""
        message = queue.ready.popleft()
        self.deliveries = tag = self.deliveries + 1
        events, now = self.events, self.clock.now
        delivery = Delivery(tag, message, consumer, now, len(events), consumer.connection)
        consumer.held[tag] = delivery
        consumer.unacked += 1
        if self.leased is not None:
            self.leased.pop(message.id, None)
            self.leased[message.id] = delivery
        events.append(
            MessageDelivered(
                now, cause, message.uuid, message.id, queue.name, tag, consumer.hostname, message.redelivered
            )
        )
        consumer.expect(delivery)

    def ack(self, delivery: Delivery, cause: int) -> int:
        """A worker acknowledges: the message is forgotten, the room it took is free one hop later."""
        consumer, message = delivery.consumer, delivery.message
        del consumer.held[delivery.tag]
        if self.leased is not None:
            self.leased.pop(message.id, None)
        events = self.events
        index = len(events)
        events.append(
            MessageAcked(
                self.clock.now, cause, message.uuid, message.id, message.queue.name, delivery.tag, consumer.hostname
            )
        )
        consumer.release(delivery, index)
        return index

    def reject(self, delivery: Delivery, cause: int, requeue: bool = False) -> int:
        """A worker rejects: the message is ready again, or discarded."""
        consumer = delivery.consumer
        del consumer.held[delivery.tag]
        index = len(self.events)
        if requeue:
            self.requeue(delivery, cause, "rejected", self.simulation.transport.rejected)
        elif self._is_ours(delivery):
            self.discard(delivery.message, cause, "rejected", delivery)
        consumer.release(delivery, index if index < len(self.events) else cause)
        return index if index < len(self.events) else cause

    def requeue(self, delivery: Delivery, cause: int, why: str, place: str, kept: bool = False) -> None:
        """A delivered message is ready again.

        Args:
            delivery: by which it had left its queue.
            cause: index of the event that led to it.
            why: the reason the event gives.
            place: `original` (by its age), `front` or `back` of its priority.
            kept: whether the worker still has it in its memory and may yet run it.
        """
        message = delivery.message
        if not self._is_ours(delivery):
            return  # somebody has acknowledged the message, or put it back, by another delivery
        queue: Queue = message.queue
        message.redelivered = True
        message.returns += 1
        if message.returns > queue.delivery_limit:
            self.discard(message, cause, "delivery-limit", delivery)
            return
        if place == "front":
            queue.front -= 1
            message.seq = queue.front
        elif place == "back":
            message.seq = queue.arrivals
            queue.arrivals += 1
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
                "" if kept else delivery.consumer.hostname,
                why,
            )
        )
        if not self.down:
            self.simulation.transport.ready(queue)

    def _is_ours(self, delivery: Delivery) -> bool:
        """Whether the broker still has the message of a delivery as unacknowledged; it is not from now on."""
        return self.leased is None or self.leased.pop(delivery.message.id, None) is not None

    def discard(self, message: Message, cause: int, why: str, delivery: Delivery | None = None) -> None:
        """A message is dropped, or becomes a dead letter where its queue says so.

        Without a delivery it is ready and leaves its queue. A dead letter that would come back to a queue it has died
        in, without anybody's having rejected it on the way, is dropped: RabbitMQ breaks such a cycle.
        """
        queue: Queue = message.queue
        target = self._dead_letter_queue(queue)
        if delivery is None:
            queue.ready.remove(message)
        message.graves = () if why == "rejected" else (*message.graves, queue.name)
        if target is not None and target.name not in message.graves:
            message.queue, message.dies = target, NEVER
            self.dead_letter(message, cause, why, queue.name, delivery)
            return
        tag, hostname = (delivery.tag, delivery.consumer.hostname) if delivery is not None else (0, "")
        self.events.append(
            MessageDropped(self.clock.now, cause, message.uuid, message.id, queue.name, why, tag, hostname)
        )

    def _dead_letter_queue(self, queue: Queue) -> Queue | None:
        """Where a queue's `dead_letter_exchange` sends a message: the queue bound to it with the routing key."""
        spec = queue.dead_letters
        if spec is None:
            return None
        key = spec.dead_letter_routing_key or queue.name
        bound = (
            name
            for name, other in self._specs.items()
            if other is not None
            and spec.dead_letter_exchange
            and other.exchange == spec.dead_letter_exchange
            and (other.routing_key or name) == key
        )
        return self.queue(next(bound, key))

    def holds(self, uuid: str) -> bool:
        """Whether a message of a task is ready, or leased to somebody."""
        if any(message.uuid == uuid for queue in self.queues.values() for message in queue.ready):
            return True
        return self.leased is not None and any(d.message.uuid == uuid for d in self.leased.values())

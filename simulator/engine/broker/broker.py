"""The broker: queues of ready messages, deliveries, acknowledgements, dead letters."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from simulator.engine.broker.leases import Leases
from simulator.engine.broker.ports import Transport
from simulator.engine.clock import LAST
from simulator.engine.context import Context
from simulator.engine.state import Delivery, Message, PriorityQueue, Queue, Sink
from simulator.scenario.schema import Queue as QueueSpec
from simulator.trace.events import (
    NO_CAUSE,
    DiscardReason,
    MessageAcked,
    MessageDeadLettered,
    MessageDelivered,
    MessageDropped,
    MessageQueued,
    MessageRequeued,
    QueueDeclared,
    RefusalReason,
    ReturnReason,
)
from simulator.trace.time import MICROS, NEVER

MAX_PRIORITY = 255
"""The highest priority a message can have (AMQP)."""


class Broker:
    """Keeps messages until they are acknowledged; the transport decides when each reaches a worker."""

    transport: Transport
    """Notified when a message becomes ready; attached by `transport_of`."""

    def __init__(
        self, context: Context, specs: Mapping[str, QueueSpec | None] | None = None, *, prioritised: bool = True
    ) -> None:
        """Create a broker without queues.

        Args:
            context: shared state of the run.
            specs: queue settings from the scenario, by name.
            prioritised: whether any message has a priority.
        """
        self.settings = context.settings
        self.kind = context.transport
        self.clock = context.clock
        self.journal = context.journal
        self.note = context.journal.note
        self.copies = context.copies
        self.queues: dict[str, Queue] = {}
        self.deliveries = 0
        self.down = False
        self.leases = Leases(context.copies) if context.settings.visibility_timeout < NEVER else None
        self._hidden_for = context.settings.wait_time if context.transport.hides_returned else 0
        """Microseconds for which what a worker returns stays invisible."""
        self._specs = specs or {}
        self.has_quorum = False
        """True with a quorum queue: all prefetch windows are static then, one for each queue that a worker consumes."""
        self._prioritised = prioritised

    # -- queues ------------------------------------------------------------------------------------------------

    def queue(self, name: str) -> Queue:
        """Return the queue `name`, declaring it on first use (`task_create_missing_queues`)."""
        queue = self.queues.get(name)
        if queue is None:
            spec = self._specs.get(name) or QueueSpec()
            queue = self.queues[name] = self._make(name, spec)
            said = spec.model_dump(exclude_defaults=True) | ({"queue_type": "quorum"} if queue.is_quorum else {})
            self.note(QueueDeclared(self.clock.now, NO_CAUSE, name, said))
        return queue

    def _make(self, name: str, spec: QueueSpec) -> Queue:
        index, kind, timeout = len(self.queues), self.kind, self.settings.consumer_timeout
        is_quorum = self.is_quorum(name, spec)
        self.has_quorum |= is_quorum
        ranks = self._ranks(spec) if self._prioritised and not is_quorum else ()
        if len(ranks) > 1:
            return PriorityQueue(
                *(name, index, spec, ranks),
                has_arguments=kind.has_ttl,
                consumer_timeout=timeout,
                redrives=kind.redrives,
            )
        return Queue(
            *(name, index, spec),
            has_arguments=kind.has_ttl,
            consumer_timeout=timeout,
            redrives=kind.redrives,
            is_quorum=is_quorum,
        )

    def is_quorum(self, name: str, spec: QueueSpec) -> bool:
        """Return whether a queue is a quorum queue (RabbitMQ only); what has a delivery limit is one.

        Source: celery.app.amqp: AMQP.Queues (`task_default_queue_type`), Queues.new_missing; RabbitMQ ignores
        `x-delivery-limit` on classic queues.
        """
        if not self.kind.has_ttl:
            return False
        if spec.queue_type is not None or spec.delivery_limit is not None:
            return spec.queue_type != "classic"
        default, others = self.settings.quorum
        return default if name == self.settings.task_default_queue else others

    def delays(self, message: Message) -> int:
        """Return the microseconds for which RabbitMQ itself holds back a message with an ETA: whole seconds.

        Celery has it do so if the application has any quorum queue and the message's exchange is not a direct one.
        The message keeps its ETA, so a worker holds it for what is left of a second. (A delay of less than a second
        raises ValueError in Celery 5.7; here it is none.)

        Source: celery.app.base: Celery.send_task (detect_quorum_queues); kombu.transport.native_delayed_delivery.
        """
        if message.eta is None or not self.has_quorum:
            return 0
        declared, others = self.settings.topic
        name = message.queue.name
        is_topic = declared if name == self.settings.task_default_queue or name in self._specs else others
        return max(0, message.eta - self.clock.now) // MICROS * MICROS if is_topic else 0

    def _ranks(self, spec: QueueSpec) -> list[int]:
        """Return the rank of each priority from 0 in such a queue; lower ranks go first."""
        if self.kind.priorities == "steps":
            steps = self.settings.priority_steps
            return [max(0, bisect_right(steps, given) - 1) for given in range(MAX_PRIORITY + 1)]
        highest = 0
        if self.kind.priorities == "all":
            highest = spec.max_priority or MAX_PRIORITY
        elif self.kind.priorities == "declared":
            highest = spec.max_priority or self.settings.task_queue_max_priority or 0
        return [-given for given in range(highest + 1)]

    def refuses(self, queue: Queue) -> RefusalReason | None:
        """Return why a queue refuses publishes now; None if it accepts them."""
        if self.down:
            return "broker-down"
        return "max-length" if queue.rejects and queue.size >= queue.limit else None

    # -- incoming ----------------------------------------------------------------------------------------------

    def arrive(self, message: Message) -> None:
        """Append an arriving message to its queue; its `ready_since` is the event that sent it."""
        queue, cause, uuid = message.queue, message.ready_since, message.uuid
        if queue.size >= queue.limit:
            self._make_room(queue, cause)
        position = queue.add(message)
        self.copies.add(uuid)
        message.ready_since = self.note(MessageQueued(self.clock.now, cause, uuid, message.id, queue.name, position))
        if queue.has_ttl and (message.expires is not None or queue.ttl != NEVER):
            self._apply_ttl(message, queue, message.expires)
        self.transport.ready(queue)

    def arrive_dead(self, message: Message) -> None:
        """Append a copy that the application published to a dead-letter queue."""
        self._dead_letter(message, message.ready_since, "failed")

    def _dead_letter(
        self, message: Message, cause: int, why: DiscardReason, source: str = "", delivery: Delivery | None = None
    ) -> None:
        """Put a message into a dead-letter queue: a copy from the application, or one the broker moves."""
        queue = message.queue
        if queue.size >= queue.limit:
            self._make_room(queue, cause)
        position = queue.add(message)
        self.copies.add(message.uuid)
        now, name = self.clock.now, queue.name
        tag, hostname = (delivery.tag, delivery.consumer.hostname) if delivery is not None else (0, "")
        message.ready_since = self.note(
            MessageDeadLettered(now, cause, message.uuid, message.id, name, position, why, source, tag, hostname)
        )
        if queue.ttl != NEVER:
            # RabbitMQ takes the message's own expiration away when it moves it.
            self._apply_ttl(message, queue, None)
        self.transport.ready(queue)

    def _make_room(self, queue: Queue, cause: int) -> None:
        """Discard the head of a full queue."""
        while queue.size >= queue.limit:
            self.discard(queue.head(), cause, "max-length")

    def _apply_ttl(self, message: Message, queue: Queue, expires: int | None) -> None:
        """Apply the queue's `message_ttl` or the message's expiration, which Celery sets from `expires` (RabbitMQ).

        What has expired already has a time to live of 0: only a consumer that waits for a message gets it.

        Source: RabbitMQ, Time-To-Live and Expiration; celery.app.base: Celery.send_task; found by `tests.real.search`.
        """
        now = self.clock.now
        message.expires_at = now + queue.ttl
        if expires is not None:
            message.expires_at = min(message.expires_at, expires)
        if message.expires_at <= now:
            message.expires_at = now
            self.clock.at(now, LAST, self.expire_head, queue, True)
        else:
            self.clock.at(message.expires_at, queue.on_timer, self.expire_head, queue, True)

    def expire_head(self, queue: Queue) -> None:
        """Discard expired messages at the head: RabbitMQ only checks the head of a queue."""
        while queue.size and not self.down:
            message = queue.head()
            if message.expires_at > self.clock.now:
                return
            self.discard(message, message.ready_since, "expired")

    # -- deliveries and returns ---------------------------------------------------------------------------------

    def deliver(self, queue: Queue, consumer: Sink, cause: int, by_chance: bool = False) -> None:
        """Hand the next ready message of a queue to a worker; `by_chance`: another queue might have been served."""
        message = queue.take()
        self.deliveries = tag = self.deliveries + 1
        now = self.clock.now
        index = self.note(
            MessageDelivered(
                now,
                cause,
                message.uuid,
                message.id,
                queue.name,
                tag,
                consumer.hostname,
                message.redelivered,
                by_chance,
            )
        )
        consumer.held[tag] = delivery = Delivery(tag, message, consumer, now, index, consumer.connection)
        consumer.unacked += 1
        if self.leases is not None:
            self.leases.begin(delivery)
        consumer.expect(delivery)

    def ack(self, delivery: Delivery, cause: int) -> int:
        """Forget an acknowledged message; its place in the prefetch window is free one hop later."""
        consumer, message = delivery.consumer, delivery.message
        del consumer.held[delivery.tag]
        delivery.is_held = False
        if not (delivery.is_leased or delivery.is_running):
            self.copies.remove(message.uuid)
        if self.leases is not None:
            self.leases.end(message)
        delivery.cause = index = self.note(
            MessageAcked(
                self.clock.now, cause, message.uuid, message.id, message.queue.name, delivery.tag, consumer.hostname
            )
        )
        consumer.release(delivery)
        return index

    def reject(self, delivery: Delivery, cause: int, requeue: bool = False) -> int:
        """Requeue or discard a rejected message; with a redrive policy, leave it to its lease instead.

        Source: kombu.transport.SQS: Channel.basic_reject, _delete_rejected_message.
        """
        self._let_go(delivery)
        index = len(self.journal)
        if requeue:
            self.requeue(delivery, cause, "rejected", self.transport.rejected)
        elif not delivery.message.queue.redrives and self._settle(delivery):
            self.discard(delivery.message, cause, "rejected", delivery)
        if index == len(self.journal):
            index = cause
        delivery.cause = index
        delivery.consumer.release(delivery)
        return index

    def _let_go(self, delivery: Delivery) -> None:
        """Mark a delivery as no longer held by its worker."""
        del delivery.consumer.held[delivery.tag]
        delivery.is_held = False
        self.copies.check(delivery, delivery.message.uuid)

    def abandon(self, consumer: Sink) -> list[Delivery]:
        """Return the unacknowledged deliveries of a closed connection, in order of delivery."""
        lost = list(consumer.held.values())
        for delivery in lost:
            self._let_go(delivery)
        return lost

    def requeue(self, delivery: Delivery, cause: int, why: ReturnReason, place: str, kept: bool = False) -> None:
        """Make a delivered message ready again.

        Args:
            delivery: the one by which it left its queue.
            cause: index of the event that led to it.
            why: the reason the event gives.
            place: `original` (by its age), `front` or `back` of its priority.
            kept: whether the worker still has it in its memory and may yet run it.
        """
        if self._hidden_for and why != "visibility-timeout":
            self._hide(delivery, cause, why, place)
            return
        if not self._settle(delivery):
            return  # already acknowledged or requeued through another delivery
        self._make_ready(delivery, cause, why, place, kept)

    def _hide(self, delivery: Delivery, cause: int, why: ReturnReason, place: str) -> None:
        """Keep a returned message invisible for the wait time, whatever its lease says, before it is ready again.

        Source: kombu.transport.SQS: Channel._put (ChangeMessageVisibility to `wait_time_seconds`).
        """
        until = self.clock.now + self._hidden_for
        if self.leases is not None and self.leases.hide(delivery.message, until):
            returned = (delivery, cause, why, place)
            self.clock.at(until, delivery.message.queue.on_timer, self._appear, returned)

    def _appear(self, returned: tuple[Delivery, int, ReturnReason, str]) -> None:
        delivery, cause, why, place = returned
        if self._settle(delivery):
            self._make_ready(delivery, cause, why, place, kept=False)

    def _make_ready(self, delivery: Delivery, cause: int, why: ReturnReason, place: str, kept: bool) -> None:
        message = delivery.message
        queue = message.queue
        if queue.is_quorum:
            # Measured on RabbitMQ 3.10: without a delivery limit, a rejected message is put behind all others.
            place = "back" if why == "rejected" and queue.delivery_limit == NEVER else "returned"
        message.redelivered = True
        message.returns += 1
        if message.returns > queue.delivery_limit:
            self.discard(message, cause, "delivery-limit", delivery)
            return
        position = queue.put_back(message, place)
        self.copies.add(message.uuid)
        now, name = self.clock.now, queue.name
        hostname = "" if kept else delivery.consumer.hostname
        message.ready_since = self.note(
            MessageRequeued(now, cause, message.uuid, message.id, name, position, delivery.tag, hostname, why)
        )
        if not self.down:
            self.transport.ready(queue)

    def _settle(self, delivery: Delivery) -> bool:
        """Settle a delivery; return whether its message was still unacknowledged."""
        return self.leases is None or self.leases.end(delivery.message)

    def drop(self, delivery: Delivery, cause: int, why: DiscardReason) -> None:
        """Discard a delivered message that will not be requeued."""
        message, now, hostname = delivery.message, self.clock.now, delivery.consumer.hostname
        self.note(MessageDropped(now, cause, message.uuid, message.id, message.queue.name, why, delivery.tag, hostname))

    def discard(self, message: Message, cause: int, why: DiscardReason, delivery: Delivery | None = None) -> None:
        """Drop a message, or dead-letter it where its queue is configured to.

        Without a delivery, the message is ready and leaves its queue. A dead letter that would return to a queue it was
        dead-lettered from, with no rejection on the way, is dropped: RabbitMQ breaks such cycles.
        """
        queue = message.queue
        moves = why == "delivery-limit" or not queue.redrives
        target = self._dead_letter_queue(queue) if moves else None
        if delivery is None:
            queue.remove(message)
            self.copies.remove(message.uuid)
        been = () if why == "rejected" else (*message.dead_lettered_from, queue.name)
        message.dead_lettered_from = been
        if target is not None and target.name not in been:
            message.queue, message.expires_at = target, NEVER
            self._dead_letter(message, cause, why, queue.name, delivery)
            return
        tag, hostname = (delivery.tag, delivery.consumer.hostname) if delivery is not None else (0, "")
        self.note(MessageDropped(self.clock.now, cause, message.uuid, message.id, queue.name, why, tag, hostname))

    def _dead_letter_queue(self, queue: Queue) -> Queue | None:
        """Return the queue bound to a queue's `dead_letter_exchange` by its routing key; None if there is none."""
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

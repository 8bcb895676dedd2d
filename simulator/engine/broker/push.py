"""`amqp://`: the broker pushes messages to consumers."""

from __future__ import annotations

from collections import deque

from simulator.engine.broker.broker import Broker
from simulator.engine.broker.ports import Subscriber, Subscription, Transport
from simulator.engine.context import Context
from simulator.engine.state import Delivery, Queue
from simulator.trace.events import ReleaseReason
from simulator.trace.time import NEVER

NEXT_QUEUE = "next_queue"
"""The draw of the queue that gets the next credit of a consumer."""


class PushTransport(Transport):
    """RabbitMQ: round robin over the consumers that have credit.

    A consumer without credit leaves the ring and rejoins at its end once it has credit again, as RabbitMQ's queues do
    with consumers that `basic.qos` blocks. Where several of its queues have messages, a new consumer is served by the
    first queue of `-Q` first, and each credit that is freed later goes to one of them at random.

    Source: rabbit_limiter: notify_queues (the blocked queues are told in an order whose beginning is random; the first
    to ask gets the credit); rabbit_amqqueue_process: run_message_queue; celery.worker.consumer.tasks: Tasks.start.
    """

    rejected = "original"
    turns = False

    def __init__(self, context: Context, broker: Broker) -> None:
        """Start with no consumers."""
        self.clock = context.clock
        self.draw = context.chances.draw
        self.broker = broker
        self.tick = context.settings.channel_tick_interval
        self.rings: dict[Queue, deque[PushSubscription]] = {}
        """Consumers with credit by queue, the next one first."""
        self._dispatching: set[Queue] = set()

    def subscription(self, subscriber: Subscriber) -> PushSubscription:
        """Return the subscription of a new consumer."""
        return (StaticSubscription if self.broker.has_quorum else PushSubscription)(self, subscriber)

    def ready(self, queue: Queue) -> None:
        """Schedule dispatch for the delivery phase of this instant."""
        if queue not in self._dispatching and queue.size and self.rings.get(queue):
            self._dispatching.add(queue)
            self.clock.at(self.clock.now, queue.on_delivery, self.dispatch, queue)

    def dispatch(self, queue: Queue, by_chance: PushSubscription | None = None) -> None:
        """Deliver what is ready in a queue while a consumer has credit; `by_chance`: whose credit was drawn for it."""
        self._dispatching.discard(queue)
        ring, broker = self.rings[queue], self.broker
        while queue.size and ring:
            head = queue.head()
            if head.expires_at < self.clock.now:
                broker.expire_head(queue)
                continue
            subscription = ring.popleft()
            consumer = subscription.subscriber
            if subscription.has_credit(queue):
                ring.append(subscription)
                # Caused by whichever came last: the message or the credit.
                cause = head.ready_since if head.ready_since > subscription.room_since else subscription.room_since
                broker.deliver(queue, consumer, cause, subscription is by_chance)
                if not subscription.is_watched:
                    subscription.watch()
            else:
                subscription.left.append(queue)

    def has_message(self, queue: Queue) -> bool:
        """Return whether a queue has a message to deliver; what has expired at its head is dropped first."""
        while queue.size:
            if queue.head().expires_at >= self.clock.now:
                return True
            self.broker.expire_head(queue)
        return False


class PushSubscription(Subscription):
    """One consumer registered with the broker."""

    request_opened_at = NEVER
    delivery_in_transit = False

    def __init__(self, transport: PushTransport, subscriber: Subscriber) -> None:
        """Start outside every ring."""
        self.transport = transport
        self.subscriber = subscriber
        self.room_since = -1
        """Index of the event that last gave it room."""
        self.left: list[Queue] = []
        """Queues that have passed it over for want of credit."""
        self.is_watched = False
        """True if a check of its oldest delivery is scheduled."""
        self.is_open = False
        self._is_offered = False
        """True if its credit is about to be offered to the queues in `left`."""

    def open(self, cause: int) -> None:
        """Join the end of each queue's ring; the first queue of `-Q` comes first."""
        self.room_since = cause
        self.left = []
        self.is_open = True
        transport, queues = self.transport, self.subscriber.queues
        for queue in queues:
            transport.rings.setdefault(queue, deque()).append(self)
        if len(queues) == 1:
            transport.ready(queues[0])
        elif any(queue.size for queue in queues):
            first = min(queue.on_delivery for queue in queues)
            transport.clock.at(transport.clock.now, first, self._serve_in_order)

    def _serve_in_order(self, _: object) -> None:
        if self.is_open:
            for queue in self.subscriber.queues:
                self.transport.dispatch(queue)

    def close(self) -> None:
        """Leave every ring."""
        self.is_open = False
        for queue in self.subscriber.queues:
            if queue not in self.left:
                self.transport.rings[queue].remove(self)

    def has_credit(self, queue: Queue) -> bool:
        """Return whether the broker may push another message of a queue; the window is shared by all of them."""
        return self.subscriber.unacked < self.subscriber.qos.known

    def settle(self, cause: int) -> None:
        """Offer new credit to the queues that have passed the consumer over: to one at once, to several by chance."""
        self.room_since = cause
        if len(self.left) == 1:
            queue = self.left.pop()
            self.transport.rings[queue].append(self)
            self.transport.ready(queue)
        elif self.left and not self._is_offered:
            self._is_offered = True
            first = min(queue.on_delivery for queue in self.left)
            self.transport.clock.at(self.transport.clock.now, first, self._offer)

    def _offer(self, _: object) -> None:
        """Give credit, message by message, to a blocked queue at random; queues without messages just rejoin.

        In RabbitMQ each queue begins the order equally often; a queue that has become empty passes the credit on. Here
        all that have a message are equally likely.
        """
        self._is_offered = False
        transport, consumer = self.transport, self.subscriber
        while self.is_open and self.left and consumer.unacked < consumer.qos.known:
            waiting = [queue for queue in self.subscriber.queues if queue in self.left and transport.has_message(queue)]
            for queue in [queue for queue in self.left if queue not in waiting]:
                self._rejoin(queue)
            if len(waiting) > 1:
                names = [queue.name for queue in waiting]
                even = [1.0] * len(names)
                fell = transport.draw(NEXT_QUEUE, consumer.hostname, transport.clock.now, even, among=names)
                self._serve(waiting[fell])
            elif waiting:
                self._rejoin(waiting[0])

    def _rejoin(self, queue: Queue, by_chance: PushSubscription | None = None) -> None:
        self.left.remove(queue)
        self.transport.rings[queue].append(self)
        self.transport.dispatch(queue, by_chance)

    def _serve(self, queue: Queue) -> None:
        """Take one message of a queue; where other consumers have credit too, take turns with them."""
        if self.transport.rings[queue]:
            self._rejoin(queue, self)
            return
        head = queue.head()
        cause = head.ready_since if head.ready_since > self.room_since else self.room_since
        self.transport.broker.deliver(queue, self.subscriber, cause, by_chance=True)
        if not self.is_watched:
            self.watch()

    def filled(self) -> None:
        """Do nothing: the next dispatch finds the consumer full."""

    def turned(self, cause: int) -> None:
        """Do nothing: the broker does not wait for the worker's loop."""

    def abandon(self, cause: int, why: ReleaseReason, closed: bool) -> None:
        """Requeue every held message at once, however the connection ended: in a classic queue at its old position."""
        broker = self.transport.broker
        for delivery in sorted(broker.abandon(self.subscriber), key=_age):
            broker.requeue(delivery, cause, why, "original")

    def silent_polls(self, end: int) -> int:
        """Return 0: nothing polls here."""
        return 0

    def watch(self) -> None:
        """Schedule the tick at which the oldest delivery may exceed the consumer timeout.

        Source: RabbitMQ's `consumer_timeout`, checked every `channel_tick_interval` of the channel.
        """
        consumer = self.subscriber
        oldest = next(iter(consumer.held.values()), None)
        if oldest is None:
            return
        self.is_watched = True
        every, since = self.transport.tick, consumer.since
        due = oldest.at + oldest.message.queue.consumer_timeout
        time = since + ((due - since) // every + 1) * every
        self.transport.clock.at(time, consumer.on_timer, self._tick, None, True)

    def _tick(self, _: object) -> None:
        self.is_watched = False
        now = self.transport.clock.now
        if not self.is_open:
            return
        held = self.subscriber.held.values()
        if any(now - delivery.at > delivery.message.queue.consumer_timeout for delivery in held):
            self.subscriber.quit("consumer-timeout")
        else:
            self.watch()


class StaticSubscription(PushSubscription):
    """A worker's consumers where each has credit of its own, since there is a quorum queue.

    Source: celery.worker.consumer.tasks: Tasks.qos_global; measured on RabbitMQ 3.10 (`basic.qos` with `global` off
    counts for each consumer, of a classic queue too, and changes nothing for those that run already).
    """

    def has_credit(self, queue: Queue) -> bool:
        """Return whether the broker may push another message of a queue; each queue has a window of its own."""
        limit = self.subscriber.window.limit
        return limit == NEVER or limit > sum(d.message.queue is queue for d in self.subscriber.held.values())

    def settle(self, cause: int) -> None:
        """Rejoin the rings of the queues whose window has room again."""
        self.room_since = cause
        for queue in [queue for queue in self.left if self.has_credit(queue)]:
            self.left.remove(queue)
            self.transport.rings[queue].append(self)
            self.transport.ready(queue)


def _age(delivery: Delivery) -> int:
    """Return the place of a message among those of its queue: by arrival, in a quorum queue by delivery."""
    return delivery.tag if delivery.message.queue.is_quorum else delivery.message.seq

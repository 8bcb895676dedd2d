"""`amqp://`: the broker pushes messages to consumers."""

from __future__ import annotations

from collections import deque

from simulator.engine.broker.broker import Broker
from simulator.engine.broker.ports import Subscriber
from simulator.engine.context import Context
from simulator.engine.state import Delivery, Queue
from simulator.trace.events import PartingReason
from simulator.trace.time import NEVER


class PushTransport:
    """RabbitMQ: round robin over the consumers that have credit.

    A consumer without credit leaves the ring and rejoins at its end once it has credit again, as RabbitMQ's queues do
    with consumers that `basic.qos` blocks.
    """

    rejected = "original"
    turns = False

    def __init__(self, context: Context, broker: Broker) -> None:
        """Start with no consumers."""
        self.clock = context.clock
        self.broker = broker
        self.tick = context.settings.channel_tick_interval
        self.rings: dict[Queue, deque[PushSubscription]] = {}
        """Consumers with credit by queue, the next one first."""
        self._dispatching: set[Queue] = set()

    def subscription(self, subscriber: Subscriber) -> PushSubscription:
        """Return the subscription of a new consumer."""
        return PushSubscription(self, subscriber)

    def ready(self, queue: Queue) -> None:
        """Schedule dispatch for the delivery phase of this instant."""
        if queue not in self._dispatching and queue.size and self.rings.get(queue):
            self._dispatching.add(queue)
            self.clock.at(self.clock.now, queue.on_delivery, self._dispatch, queue)

    def _dispatch(self, queue: Queue) -> None:
        self._dispatching.discard(queue)
        ring, broker = self.rings[queue], self.broker
        while queue.size and ring:
            head = queue.head()
            if head.expires_at <= self.clock.now:
                broker.expire_head(queue)
                continue
            subscription = ring.popleft()
            consumer = subscription.subscriber
            if consumer.unacked < consumer.window.limit:
                ring.append(subscription)
                # Caused by whichever came last: the message or the credit.
                cause = head.ready_since if head.ready_since > subscription.room_since else subscription.room_since
                broker.deliver(queue, consumer, cause)
                if not subscription.is_watched:
                    subscription.watch()
            else:
                subscription.left.append(queue)


class PushSubscription:
    """One consumer registered with the broker."""

    asked_at = NEVER
    in_hand = False

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

    def open(self, cause: int) -> None:
        """Join the end of each queue's ring."""
        self.room_since = cause
        self.left = []
        self.is_open = True
        for queue in self.subscriber.queues:
            self.transport.rings.setdefault(queue, deque()).append(self)
            self.transport.ready(queue)

    def close(self) -> None:
        """Leave every ring."""
        self.is_open = False
        for queue in self.subscriber.queues:
            if queue not in self.left:
                self.transport.rings[queue].remove(self)

    def settle(self, cause: int) -> None:
        """Rejoin the rings at their end if the consumer was blocked."""
        self.room_since = cause
        if self.left:
            left, self.left = self.left, []
            if len(left) > 1:
                left.sort(key=self.subscriber.queues.index)
            for queue in left:
                self.transport.rings[queue].append(self)
                self.transport.ready(queue)

    def filled(self) -> None:
        """Do nothing: the next dispatch finds the consumer full."""

    def turned(self, cause: int) -> None:
        """Do nothing: the broker does not wait for the worker's loop."""

    def abandon(self, cause: int, why: PartingReason, closed: bool) -> None:
        """Requeue every held message at once at its original position, however the connection ended."""
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


def _age(delivery: Delivery) -> int:
    return delivery.message.seq

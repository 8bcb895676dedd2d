"""`redis://` and `sqs://`: workers block on the broker for messages, which they only lease."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.engine.broker.broker import Broker
from simulator.engine.broker.cycle import Cycle
from simulator.engine.broker.lines import WaitingLine, WaitingLines
from simulator.engine.broker.ports import Subscriber, Subscription, Transport
from simulator.engine.clock import Call
from simulator.engine.context import Context
from simulator.engine.state import Queue
from simulator.trace.events import NO_CAUSE, ReleaseReason
from simulator.trace.time import NEVER


class BlockingTransport(Transport):
    """Blocking reads: Redis' BRPOP, SQS' long poll.

    A worker with room keeps one request open at the broker. It is renewed after the wait time
    (SQS pauses first, and a worker without room looks for it at the same interval); the longest-open request is served
    first. A delivered message is only
    leased: unless it is acknowledged within the visibility timeout, it is restored.

    Source: kombu.transport.redis: MultiChannelPoller.on_poll_start, Channel._brpop_start, QoS.restore_visible;
    kombu.transport.SQS: Channel._loop1, _schedule_queue.
    """

    turns = True

    def __init__(self, context: Context, broker: Broker) -> None:
        """Start with no consumers."""
        settings = context.settings
        self.settings = settings
        self.clock = context.clock
        self.broker = broker
        self.open_for = max(settings.wait_time, 1)
        """Time that a blocking request stays open; one that does not wait is answered in its own instant."""
        self.pauses = context.transport.pauses
        hides = context.transport.hides_returned
        self.rejected, self.front = ("original", "original") if hides else ("back", "front")
        """Place of rejected messages, and of those that a worker returns or a sweep restores."""
        self.looks_every = settings.polling_interval if self.pauses else 0
        """Time after which a worker that had no room looks again; 0: it asks as soon as it has room."""
        self.period = settings.wait_time + (settings.polling_interval if self.pauses else 0)
        """Time from one request to the next if none receives a message."""
        self.by_steps = context.transport.priorities == "steps"
        self.lines: WaitingLines[BlockingSubscription] = WaitingLines()
        self._by_worker = settings.visibility_sweep and context.transport.leases_by_worker
        self._open: dict[BlockingSubscription, None] = {}
        """Connected consumers, in the order of their connections."""
        self._sweep: Call | None = None
        self._locked_until = 0
        """Time until which `unacked_mutex` stays that a dead worker has left behind."""

    def subscription(self, subscriber: Subscriber) -> BlockingSubscription:
        """Return the subscription of a new consumer."""
        return BlockingSubscription(self, subscriber)

    def opened(self, subscription: BlockingSubscription) -> None:
        """Register a consumer that has connected; where workers sweep for expired leases, it sweeps once."""
        self._open[subscription] = None
        if self.settings.visibility_sweep:
            self._restore(subscription)
        subscription.open_request()
        self._plan()

    def closed(self, subscription: BlockingSubscription) -> None:
        """Unregister a consumer that has disconnected."""
        del self._open[subscription]
        self._plan()

    def ready(self, queue: Queue) -> None:
        """Serve an open request at once: the broker does not wait for what is sent next.

        Source: redis/src/blocked.c: signalKeyAsReady, handleClientsBlockedOnKeys (after each command).
        """
        self.serve_now(queue)

    def serve_now(self, queue: Queue) -> None:
        """Serve open requests while both requests and ready messages remain."""
        lines = self.lines.of(queue)
        now = self.clock.now
        while queue.size:
            subscription = self._longest(lines, now)
            if subscription is None:
                return
            if self.pauses:
                open_since = (now - subscription.request_opened_at) % self.period
                if open_since >= self.open_for:
                    # All pause: the next one to ask is served then.
                    self.clock.at(now + self.period - open_since, queue.on_delivery, self.serve_now, queue, True)
                    return
            source = subscription.cycle.next() or queue
            subscription.withdraw()
            subscription.delivery_in_transit = True
            since, room_since = source.head().ready_since, subscription.room_since
            self.broker.deliver(source, subscription.subscriber, since if since > room_since else room_since)
            if self._sweep is None:
                self._plan()

    def _longest(self, lines: Sequence[WaitingLine[BlockingSubscription]], now: int) -> BlockingSubscription | None:
        """Return the subscription whose request has been open longest: the first with a phase after the current one.

        If all are pausing, return the first of those.
        """
        if len(lines) == 1:
            entries = lines[0].entries
            if len(entries) == 1:
                return entries[0][2]
            return self._first(lines[0], now) if entries else None
        best: tuple[bool, int, int] | None = None
        found: BlockingSubscription | None = None
        for line in lines:
            if not line.entries:
                continue
            first = self._first(line, now)
            elapsed = (now - first.request_opened_at) % self.period
            # As in one line: by phase from this moment on, whoever has just asked last.
            key = (elapsed >= self.open_for, (first.phase - now % self.period - 1) % self.period, first.index)
            if best is None or key < best:
                best, found = key, first
        return found

    def _first(self, line: WaitingLine[BlockingSubscription], now: int) -> BlockingSubscription:
        phase = now % self.period
        first = line.at_or_after(phase + 1, -1)
        if not self.pauses or (now - first.request_opened_at) % self.period < self.open_for:
            return first
        for subscription in line.after(phase):
            if (now - subscription.request_opened_at) % self.period < self.open_for:
                return subscription
        return first

    # -- leases ------------------------------------------------------------------------------------------------

    def _plan(self) -> None:
        """Schedule the sweep that finds the oldest lease expired."""
        if self._sweep is not None:
            self.clock.cancel(self._sweep)
            self._sweep = None
        leases = self.broker.leases
        oldest = leases.oldest() if leases and self._open else None
        if oldest is None:
            return
        when, sweeper = self._first_sweep(oldest.at)
        now, index = self.clock.now, sweeper.subscriber.on_timer
        self._sweep = self.clock.at(max(when, now + 1), index, self._restore, sweeper, True)

    def _first_sweep(self, at: int) -> tuple[int, BlockingSubscription]:
        """Return the time (microseconds) and the worker of the sweep that will find a lease up that began at `at`."""
        now = max(self.clock.now, self._locked_until)
        if self._by_worker:
            when, _, sweeper = min(
                (subscription.next_sweep(at, now), subscription.subscriber.on_timer, subscription)
                for subscription in self._open
            )
            return when, sweeper
        # Nobody looks: it happens the moment the shortest timeout has passed.
        sweeper = min(self._open, key=_timeout)
        return at + _timeout(sweeper), sweeper

    def returns(self) -> dict[int, int]:
        """Return when each leased message would be ready again, by message id; without workers, when its lease ends."""
        leases = self.broker.leases
        if leases is None:
            return {}
        if self._open:
            found = {lease.message.id: self._first_sweep(lease.at)[0] for lease in leases}
        else:
            timeout = self.settings.worker_options.visibility_timeout
            found = {lease.message.id: lease.at + timeout for lease in leases}
        return found | leases.visible_at

    def _restore(self, sweeper: BlockingSubscription) -> None:
        """Sweep for leases older than this worker's own visibility timeout, whoever consumes their queues.

        The newest is restored first, each to the front of its queue. One Redis database has one `unacked` for all
        applications in it, and `restore_visible` asks it for everything older than `now - visibility_timeout`.

        Source: kombu.transport.redis: QoS.restore_visible, Channel.unacked_restore_limit (None).
        """
        broker, options = self.broker, sweeper.subscriber.options
        if broker.down or broker.leases is None:
            return
        now = sweeper.swept_at = self.clock.now
        if now < self._locked_until:
            return
        for delivery in broker.leases.newest_up(now, options.visibility_timeout, options.restore_limit):
            broker.requeue(delivery, NO_CAUSE, "visibility-timeout", self.front, kept=True)
            self.serve_now(delivery.message.queue)
        self._plan()

    def lock(self, expire: int) -> int:
        """Leave `unacked_mutex` locked, unless it is; return until when, or 0.

        Nothing releases it but its expiry: whoever finds it held skips the sweep.

        Source: kombu.transport.redis: Mutex, QoS.restore_visible (MutexHeld), Channel.unacked_mutex_expire.
        """
        if self.clock.now < self._locked_until:
            return 0
        self._locked_until = self.clock.now + expire
        self._plan()
        return self._locked_until

    def replan(self) -> None:
        """Reschedule the sweep after the leases changed by more than an acknowledgement."""
        self._plan()


class BlockingSubscription(Subscription):
    """One consumer's blocking request."""

    def __init__(self, transport: BlockingTransport, subscriber: Subscriber) -> None:
        """Start with no open request."""
        self.transport = transport
        self.subscriber = subscriber
        self.index = subscriber.index
        self.clock = transport.clock
        self.delivery_in_transit = False
        """True if a message it has waited for is in transit to it."""
        self.request_opened_at = NEVER
        """Time at which its request was opened."""
        self.phase = 0
        self.room_since = -1
        """Index of the event that last gave it room."""
        self.looked_at = 0
        """Time at which it last took a message, and looked whether there is room for another."""
        self._look: Call | None = None
        """Its next look for room, if it waits for one."""
        self.is_open = False
        self.swept_at = -1
        """Time of its last sweep for expired leases."""
        self.cycle = Cycle((), "round_robin")
        self.lines: list[WaitingLine[BlockingSubscription]] = []

    def open(self, cause: int) -> None:
        """Sweep once, then open a request."""
        transport, queues = self.transport, self.subscriber.queues
        self.lines = transport.lines.join_for(queues)
        ready = self.lines[0].ready if self.lines else None
        order = self.subscriber.options.queue_order_strategy
        self.cycle = Cycle(queues, order, by_steps=transport.by_steps, ready=ready)
        self.room_since = cause
        self.is_open = True
        transport.opened(self)

    def close(self) -> None:
        """Withdraw the open request and leave."""
        self.withdraw()
        if self._look is not None:
            self.clock.cancel(self._look)
            self._look = None
        self.is_open = False
        self.transport.closed(self)

    def settle(self, cause: int) -> None:
        """Open a request now that there is room, or when it looks for some."""
        self.room_since = cause
        if self.delivery_in_transit or self.request_opened_at != NEVER or self._look is not None:
            return
        when = self._looks_at(self.clock.now)
        if when > self.clock.now:
            self._look = self.clock.at(when, self.subscriber.on_timer, self._looks, None)
        else:
            self.open_request()

    def _looks_at(self, now: int) -> int:
        """Return when it looks for room from `now` on; a loop that a body blocks looks late, when that has ended."""
        every = self.transport.looks_every
        if not every or (self.subscriber.is_loop and now - self.looked_at >= every):
            return now
        return now + (self.looked_at - now) % every

    def _looks(self, _: None) -> None:
        self._look = None
        self.open_request()

    def filled(self) -> None:
        """Withdraw the open request. Celery leaves it open, but no message may be delivered through it."""
        self.withdraw()

    def turned(self, cause: int) -> None:
        """Open the next request once the message has been taken in."""
        self.room_since = cause
        self.looked_at = self.clock.now
        self.open_request()

    def open_request(self) -> None:
        """Open a request if there is room for a message."""
        if self.request_opened_at != NEVER or not self.is_open or not self.subscriber.has_room():
            return
        self.request_opened_at = now = self.clock.now
        self.phase = now % self.transport.period
        for line in self.lines:
            line.join(self)
        queue = self.cycle.first()
        if queue is not None:
            self.transport.ready(queue)

    def withdraw(self) -> None:
        """Close the open request, if any."""
        if self.request_opened_at != NEVER:
            self.request_opened_at = NEVER
            for line in self.lines:
                line.leave(self)

    def abandon(self, cause: int, why: ReleaseReason, closed: bool) -> None:
        """Requeue held messages at the front, one by one, on a clean close; otherwise leave them to lease expiry.

        Source: kombu.transport.redis: QoS.restore_unacked.
        """
        broker = self.transport.broker
        held = broker.abandon(self.subscriber)
        if closed:
            for delivery in held:
                broker.requeue(delivery, cause, why, self.transport.front)
                self.transport.serve_now(delivery.message.queue)
        self.transport.replan()

    def silent_polls(self, end: int) -> int:
        """Return 0: a renewed request does not count as a poll."""
        return 0

    def next_sweep(self, delivered: int, now: int) -> int:
        """Return the time of its first sweep from `now` on that finds a lease expired which began at `delivered`."""
        since, every = self.subscriber.since, self.subscriber.options.restore_interval
        due = max(delivered + _timeout(self), now, self.swept_at + 1)
        return since + max(1, -((since - due) // every)) * every

    def leave_lock(self) -> int:
        """Take the lock of a sweep and leave it behind; return until when it stays, 0 if another holds it."""
        return self.transport.lock(self.subscriber.options.mutex_expire)


def _timeout(subscription: BlockingSubscription) -> int:
    return subscription.subscriber.options.visibility_timeout

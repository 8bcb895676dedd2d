"""`guide://`, `memory://`, `filesystem://`: workers poll, and wait for an interval after an empty poll."""

from __future__ import annotations

from simulator.engine.broker.broker import Broker
from simulator.engine.broker.cycle import Cycle
from simulator.engine.broker.lines import WaitingLine, WaitingLines
from simulator.engine.broker.ports import Subscriber, Subscription, Transport
from simulator.engine.clock import TIME, Call, Rank, priority
from simulator.engine.context import Context
from simulator.engine.state import Delivery, Queue
from simulator.trace.events import NO_CAUSE, Poll, ReleaseReason
from simulator.trace.time import NEVER

_FIRST_ASKER = priority(Rank.DELIVERY, 0)
_AFTER_ASKING = priority(Rank.LAST, 0)


class PollingTransport(Transport):
    """Polling: a worker polls until it finds nothing, then waits for its interval.

    In the guide profile a worker polls at its phase, when it becomes free, and at whole intervals after an empty poll.
    In Kombu's polled transports its loop sleeps through everything but the end of a hand-over that blocks the loop
    (source: kombu.transport.virtual.base: Transport.drain_events).

    With `polls: found`, a worker parks after an empty poll and its further polls are only counted. The invariant
    then: for every non-empty queue, its earliest parked subscriber has a scheduled tick (`ready`); restored
    after each enqueue, poll, park, start and stop.
    """

    turns = False

    def __init__(self, context: Context, broker: Broker) -> None:
        """Start with no consumers."""
        settings = context.settings
        self.clock = context.clock
        self.note = context.journal.note
        self.broker = broker
        self.interval = settings.polling_interval
        self.every = settings.polls == "every"
        self.sleeps = context.transport.waits_in_pool
        """True if a worker without room sleeps as if all queues were empty; else it polls when it is free."""
        self.loses = context.transport.loses_unacked
        self.rejected = "back" if self.loses else "original"
        self.pause = settings.hop * 2
        """Time from an answer to the next poll."""
        self.lines: WaitingLines[PollingSubscription] = WaitingLines()
        self.parked = 0
        """Number of workers in the lines: those that are parked and have room."""
        self.silent: dict[str, int] = {}
        """Number of empty polls without an event, by worker."""

    def subscription(self, subscriber: Subscriber) -> PollingSubscription:
        """Return the subscription of a new consumer."""
        self.silent.setdefault(subscriber.hostname, 0)
        return PollingSubscription(self, subscriber)

    def ready(self, queue: Queue) -> None:
        """Schedule a poll by the earliest parked subscriber, if there is a message for it."""
        if not self.parked or not queue.size:
            return
        best: tuple[int, int] | None = None
        woken: PollingSubscription | None = None
        for line in self.lines.of(queue):
            if line.entries:
                time, subscription = self._earliest(line)
                if best is None or (time, subscription.index) < best:
                    best, woken = (time, subscription.index), subscription
        if best is None or woken is None:
            return
        time, now = best[0], self.clock.now
        if time == now and woken.parked_at == now:
            time += self.interval  # its poll at this instant has just come back empty
        if woken.next_poll is not None:
            if woken.next_poll[TIME] <= time:
                return
            self.clock.cancel(woken.next_poll)
        woken.schedule(time)

    def _earliest(self, line: WaitingLine[PollingSubscription]) -> tuple[int, PollingSubscription]:
        """Return the time and subscription of the next poll among those parked in a line."""
        now, reached, interval = self.clock.now, self.clock.reached, self.interval
        phase = now % interval
        # One whose turn at this instant is past (by rank and index) polls again an interval later.
        if reached < _FIRST_ASKER:
            first = line.at_or_after(phase, 0)
        elif reached < _AFTER_ASKING:
            first = line.at_or_after(phase, reached - _FIRST_ASKER + 1)
        else:
            first = line.at_or_after(phase + 1, 0)
        wait = first.phase - phase
        if wait < 0 or (wait == 0 and first.index <= reached - _FIRST_ASKER):
            wait += interval
        return now + wait, first


class PollingSubscription(Subscription):
    """One consumer's polls."""

    request_opened_at = NEVER
    delivery_in_transit = False

    def __init__(self, transport: PollingTransport, subscriber: Subscriber) -> None:
        """Start with no scheduled poll."""
        self.transport = transport
        self.subscriber = subscriber
        self.index = subscriber.index
        self.hostname = subscriber.hostname
        self.clock = transport.clock
        self.next_poll: Call | None = None
        """Its next poll, if one is scheduled."""
        self.parked_at = NEVER
        """Time of its last empty poll, while it is parked."""
        self.phase = 0
        """That time modulo the interval."""
        self.mute = False
        """True if it is parked for want of room, so that it does not poll."""
        self.room_since = NO_CAUSE
        """Index of the event that last gave it room."""
        self.is_open = False
        self._blink = transport.pause if transport.sleeps and subscriber.is_loop else 0
        """Time until the loop polls again after a message that it may have run itself: by then the ACK is there.

        Source: celery.worker.loops: synloop (a body of a solo pool runs inside drain_events, which then returns).
        """
        self.cycle = Cycle((), "round_robin")
        self.queues: list[Queue] = []
        self.lines: list[WaitingLine[PollingSubscription]] = []
        self._ready: set[Queue] | None = None
        """Those of its queues that have a message, where there are many."""

    def open(self, cause: int) -> None:
        """Schedule the first poll at the worker's phase."""
        self.queues = self.subscriber.queues
        self.lines = self.transport.lines.join_for(self.queues)
        self._ready = self.lines[0].ready if self.lines else None
        self.cycle = Cycle(self.queues, self.subscriber.options.queue_order_strategy, ready=self._ready)
        self.is_open = True
        self.schedule(self.clock.now + self.subscriber.phase)

    def close(self) -> None:
        """Cancel scheduled polls; wake others that may be needed for the messages it leaves."""
        self._silence()
        self.is_open = False

    def filled(self) -> None:
        """Stop polling while busy; polling resumes as soon as there is room."""
        if not self.transport.sleeps:
            self._silence()
        elif self.parked_at != NEVER and self.subscriber.is_blocked():
            # The loop notices when it wakes, and then blocks instead of polling on.
            now, since, interval = self.clock.now, self.parked_at, self.transport.interval
            self._unpark(now - 1)
            if self.next_poll is None:
                self.schedule(max(since + -((since - now) // interval) * interval, now))

    def settle(self, cause: int) -> None:
        """Poll at once now that there is room; a sleeping loop notices when it wakes."""
        if self.parked_at != NEVER:
            if self.mute and self.subscriber.has_room():
                # Its polls count again from here; the rhythm stays.
                self.mute = False
                interval = self.transport.interval
                self.parked_at += (self.clock.now - self.parked_at) // interval * interval
                self._join()
                self._look()
        elif self.next_poll is None and self.is_open:
            self.room_since = cause
            self.schedule(self.clock.now + self._blink)

    def turned(self, cause: int) -> None:
        """Do nothing: polling does not wait for the loop."""

    def abandon(self, cause: int, why: ReleaseReason, closed: bool) -> None:
        """Requeue held messages: in the guide profile all at once, at their original positions.

        In a polled transport nothing notices a death, so what was taken out is gone; a clean close requeues at the end.

        Source: kombu.transport.virtual.base: QoS.restore_unacked_once.
        """
        broker = self.transport.broker
        lost = broker.abandon(self.subscriber)
        if self.transport.loses and not closed:
            for delivery in lost:
                broker.drop(delivery, cause, why)
            return
        for delivery in sorted(lost, key=_age):
            broker.requeue(delivery, cause, why, self.transport.rejected)

    def silent_polls(self, end: int) -> int:
        """Return the silent polls counted so far plus those since parking."""
        counted = self.transport.silent[self.hostname]
        if self.parked_at == NEVER or self.mute:
            return counted
        return counted + (end - self.parked_at) // self.transport.interval

    def schedule(self, time: int) -> None:
        """Schedule a poll at `time`."""
        self.next_poll = self.clock.at(time, self.subscriber.on_delivery, self._ask, None, True)

    def _silence(self) -> None:
        if self.parked_at != NEVER:
            # A poll due at this very instant has not run yet: faults and timers come first.
            self._unpark(self.clock.now - 1)
        if self.next_poll is not None:
            self.clock.cancel(self.next_poll)
            self.next_poll = None
        self._look()

    def _ask(self, _: object) -> None:
        now, transport = self.clock.now, self.transport
        self.next_poll = None
        if self.parked_at != NEVER:
            self._unpark(now - 1)
        consumer = self.subscriber
        if not consumer.has_room():
            self._full(now)
            return
        cause, self.room_since = self.room_since, NO_CAUSE
        queue = self.cycle.next()
        if queue is not None:
            index = transport.note(Poll(now, cause, self.hostname, consumer.queue_names, 1))
            transport.broker.deliver(queue, consumer, index)
            self._poll_on(now)
        elif transport.every:
            # Empty: poll again an interval later,
            transport.note(Poll(now, cause, self.hostname, consumer.queue_names, 0))
            self.schedule(now + transport.interval)
            return
        else:
            # or park until there may be a message.
            transport.silent[self.hostname] += 1
            self._park(now)
        if transport.parked:
            self._look()

    def _poll_on(self, now: int) -> None:
        """With room left, poll again at once, unless taking the message already scheduled a poll."""
        if self.next_poll is None:
            if self._blink or self.subscriber.has_room():
                self.schedule(now + self.transport.pause)
            else:
                self._full(now)

    def _look(self) -> None:
        """Wake a parked worker if one of the queues has a message."""
        for queue in self.queues if self._ready is None else sorted(self._ready, key=_index):
            if queue.size:
                self.transport.ready(queue)

    def _full(self, now: int) -> None:
        """Handle a full window: the guide's worker polls once free, Kombu's loop sleeps as if all queues were empty."""
        if not self.transport.sleeps or self.subscriber.is_blocked():
            return
        if self.transport.every:
            self.schedule(now + self.transport.interval)
        else:
            self._park(now, mute=True)

    def _park(self, now: int, mute: bool = False) -> None:
        """Park: further polls fall at whole intervals from `now`; `mute`: there is none while there is no room."""
        self.parked_at, self.mute = now, mute
        self.phase = now % self.transport.interval
        if not mute:
            self._join()

    def _join(self) -> None:
        """Join the lines of those that a message may wake."""
        self.transport.parked += 1
        for line in self.lines:
            line.join(self)

    def _unpark(self, last: int) -> None:
        """Leave the lines and count the silent polls up to and including `last` (microseconds)."""
        since, self.parked_at = self.parked_at, NEVER
        if self.mute:
            return
        polls = (last - since) // self.transport.interval
        if polls > 0:
            self.transport.silent[self.hostname] += polls
        self.transport.parked -= 1
        for line in self.lines:
            line.leave(self)


def _age(delivery: Delivery) -> int:
    return delivery.message.seq


def _index(queue: Queue) -> int:
    return queue.on_delivery

"""`guide://`, `memory://`, `filesystem://`: a worker asks, and asks again after a while where there was nothing."""

from __future__ import annotations

from simulator.engine.broker.broker import Broker
from simulator.engine.broker.cycle import Cycle
from simulator.engine.broker.lines import Line, Lines
from simulator.engine.broker.ports import Subscriber
from simulator.engine.clock import TIME, Call, Rank, priority
from simulator.engine.context import Context
from simulator.engine.state import Delivery, Queue
from simulator.trace.events import NO_CAUSE, PartingReason, Poll
from simulator.trace.time import NEVER

_FIRST_ASKER = priority(Rank.DELIVERY, 0)
_AFTER_ASKING = priority(Rank.LAST, 0)


class PollingTransport:
    """A worker asks until there is nothing, then waits for its interval.

    In the guide a worker asks at its phase and whenever it becomes free, and after an empty answer at whole intervals.
    In Kombu's polled transports its loop sleeps through everything but the end of a hand-over that it stands in itself
    (source: kombu.transport.virtual.base: Transport.drain_events).

    With `polls: found`, a worker that asked in vain parks and its further questions are only counted. What must hold
    then: for every queue that is not empty, its earliest parked subscriber has a scheduled tick (`ready`); restored
    after each enqueue, poll, park, start and stop.
    """

    turns = False

    def __init__(self, context: Context, broker: Broker) -> None:
        """No consumer is there yet."""
        settings = context.settings
        self.clock = context.clock
        self.note = context.journal.note
        self.broker = broker
        self.interval = settings.polling_interval
        self.every = settings.polls == "every"
        self.sleeps = context.transport.waits_in_pool
        """Whether a worker that has no room goes to sleep as if there were nothing; else it asks when it is free."""
        self.loses = context.transport.loses_unacked
        self.rejected = "back" if self.loses else "original"
        self.order = settings.queue_order_strategy
        self.pause = settings.hop * 2
        """From an answer to the next question."""
        self.lines: Lines[PollingSubscription] = Lines()
        self.parked = 0
        """How many workers are parked."""
        self.silent: dict[str, int] = {}
        """By worker, the empty answers that are no events."""

    def subscription(self, subscriber: Subscriber) -> PollingSubscription:
        """The record of a consumer that has just been made."""
        self.silent.setdefault(subscriber.hostname, 0)
        return PollingSubscription(self, subscriber)

    def ready(self, queue: Queue) -> None:
        """Schedule the question of the earliest parked subscriber, if there is something for it."""
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
            time += self.interval  # it has just been told that there is nothing
        if woken.question is not None:
            if woken.question[TIME] <= time:
                return
            self.clock.cancel(woken.question)
        woken.schedule(time)

    def _earliest(self, line: Line[PollingSubscription]) -> tuple[int, PollingSubscription]:
        """Who asks next of those parked in a line, and when."""
        now, reached, interval = self.clock.now, self.clock.reached, self.interval
        phase = now % interval
        # Who has had its turn at this instant (by rank and index) asks again one interval later.
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


class PollingSubscription:
    """One consumer's questions."""

    in_hand = False

    def __init__(self, transport: PollingTransport, subscriber: Subscriber) -> None:
        """Nothing is asked yet."""
        self.transport = transport
        self.subscriber = subscriber
        self.index = subscriber.index
        self.hostname = subscriber.hostname
        self.clock = transport.clock
        self.question: Call | None = None
        """Its next question to the broker, where one is scheduled."""
        self.parked_at = NEVER
        """When it last asked in vain, while it is parked."""
        self.phase = 0
        """The same, modulo the interval."""
        self.mute = False
        """Whether it is parked because there is no room, so that it does not ask."""
        self.room_since = NO_CAUSE
        """Index of the event that last gave it room."""
        self.is_open = False
        self.cycle = Cycle((), transport.order)
        self.queues: list[Queue] = []
        self.lines: list[Line[PollingSubscription]] = []
        self._ready: set[Queue] | None = None
        """Those of its queues that have a message, where there are many."""

    def open(self, cause: int) -> None:
        """Ask for the first time at the worker's phase."""
        self.queues = self.subscriber.queues
        self.lines = self.transport.lines.join_for(self.queues)
        self._ready = self.lines[0].ready if self.lines else None
        self.cycle = Cycle(self.queues, self.transport.order, ready=self._ready)
        self.is_open = True
        self.schedule(self.clock.now + self.subscriber.phase)

    def close(self) -> None:
        """Forget its questions; others may have to be woken for what it left."""
        self._silence()
        self.is_open = False

    def filled(self) -> None:
        """Who is busy does not ask, and asks at once when it is free again."""
        if not self.transport.sleeps:
            self._silence()
        elif self.parked_at != NEVER and self.subscriber.stands():
            # It finds out when it wakes, and then stands still instead of asking on.
            now, since, interval = self.clock.now, self.parked_at, self.transport.interval
            self._unpark(now - 1)
            if self.question is None:
                self.schedule(max(since + -((since - now) // interval) * interval, now))

    def settle(self, cause: int) -> None:
        """Who becomes free asks at once; a sleeping loop finds out when it wakes."""
        if self.parked_at != NEVER:
            if self.mute and self.subscriber.has_room():
                # What it asks from now on are questions again; it keeps its rhythm.
                self.mute = False
                interval = self.transport.interval
                self.parked_at += (self.clock.now - self.parked_at) // interval * interval
                self._look()
        elif self.question is None and self.is_open:
            self.room_since = cause
            self.schedule(self.clock.now)

    def turned(self, cause: int) -> None:
        """Nothing is held back until then."""

    def abandon(self, cause: int, why: PartingReason, closed: bool) -> None:
        """In the guide, all is back at once, where it stood.

        A polled transport has nobody to notice a death: what was taken out is gone; who closes puts it back at the end.

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
        """Those counted so far, and those that it has asked since it parked."""
        counted = self.transport.silent[self.hostname]
        if self.parked_at == NEVER or self.mute:
            return counted
        return counted + (end - self.parked_at) // self.transport.interval

    def schedule(self, time: int) -> None:
        """Ask at that time."""
        self.question = self.clock.at(time, self.subscriber.on_delivery, self._ask, None, True)

    def _silence(self) -> None:
        if self.parked_at != NEVER:
            # A question due at this very instant has not been asked: faults and timers come first.
            self._unpark(self.clock.now - 1)
        if self.question is not None:
            self.clock.cancel(self.question)
            self.question = None
        self._look()

    def _ask(self, _: object) -> None:
        now, transport = self.clock.now, self.transport
        self.question = None
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
            # Who still has room asks again at once, unless what was taken has already made it ask.
            if self.question is None:
                if consumer.has_room():
                    self.schedule(now + transport.pause)
                else:
                    self._full(now)
        elif transport.every:
            # There was nothing: ask again an interval later,
            transport.note(Poll(now, cause, self.hostname, consumer.queue_names, 0))
            self.schedule(now + transport.interval)
            return
        else:
            # or park until there may be something.
            transport.silent[self.hostname] += 1
            self._park(now)
        if transport.parked:
            self._look()

    def _look(self) -> None:
        """Where there is something in one of its queues, somebody who is parked may have to ask."""
        for queue in self.queues if self._ready is None else sorted(self._ready, key=_index):
            if queue.size:
                self.transport.ready(queue)

    def _full(self, now: int) -> None:
        """No room: the guide's worker asks when it is free, Kombu's loop goes to sleep as if all were empty."""
        if not self.transport.sleeps or self.subscriber.stands():
            return
        if self.transport.every:
            self.schedule(now + self.transport.interval)
        else:
            self._park(now, mute=True)

    def _park(self, now: int, mute: bool = False) -> None:
        """The next questions are at whole intervals from now; mute, they are none while there is no room."""
        self.parked_at, self.mute = now, mute
        self.phase = now % self.transport.interval
        self.transport.parked += 1
        for line in self.lines:
            line.join(self)

    def _unpark(self, last: int) -> None:
        """Leave the lines, and count its questions up to and including the time `last`."""
        if not self.mute:
            polls = (last - self.parked_at) // self.transport.interval
            if polls > 0:
                self.transport.silent[self.hostname] += polls
        self.parked_at = NEVER
        self.transport.parked -= 1
        for line in self.lines:
            line.leave(self)


def _age(delivery: Delivery) -> int:
    return delivery.message.seq


def _index(queue: Queue) -> int:
    return queue.on_delivery

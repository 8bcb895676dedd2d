"""`guide://`, `memory://`, `filesystem://`: a worker asks, and asks again after a while where there was nothing."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING

from simulator.engine.clock import Rank, priority
from simulator.engine.transports.order import Cycle
from simulator.trace.events import NO_CAUSE, MessageDropped, Poll
from simulator.trace.time import NEVER

if TYPE_CHECKING:
    from simulator.engine.broker import Queue
    from simulator.engine.consumer import Consumer
    from simulator.engine.simulation import Simulation


_FIRST_ASKER = priority(Rank.DELIVERY, 0)
_AFTER_ASKING = priority(Rank.LAST, 0)


class Asking:
    """A worker asks until there is nothing, then waits for its interval.

    In the guide a worker asks at its phase and whenever it becomes free, and after an empty answer at whole intervals.
    In Kombu's polled transports its loop sleeps through everything but the end of a hand-over that it stands in itself
    (source: kombu.transport.virtual.base: Transport.drain_events).

    With `polls: found`, a worker that asked in vain parks and its further questions are only counted. What must hold
    then: for every queue that is not empty, its earliest parked subscriber has a scheduled tick (`_wake`); restored
    after each enqueue, poll, park, start and stop.
    """

    turns = False

    def __init__(self, simulation: Simulation) -> None:
        settings = simulation.settings
        self.simulation = simulation
        self.interval = settings.polling_interval
        self.every = settings.polls == "every"
        self.guide = settings.transport == "guide"
        self.rejected = "original" if self.guide else "back"
        self.order = settings.queue_order_strategy
        self.clock = simulation.clock
        self.events = simulation.events
        self.cycles: dict[Consumer, Cycle] = {}
        self.parked: dict[str, list[tuple[int, int, str]]] = {}
        """By queue, (phase, declaration index, hostname) of who waits there, sorted."""
        self.silent: dict[str, int] = {}
        """By worker, the empty answers that are no events."""

    def subscribe(self, consumer: Consumer, cause: int) -> None:
        """Ask for the first time at the worker's phase."""
        self.cycles[consumer] = Cycle(consumer.queues, self.order)
        self.silent.setdefault(consumer.hostname, 0)
        self._schedule(consumer, self.clock.now + consumer.phase)

    def unsubscribe(self, consumer: Consumer) -> None:
        """Forget its questions; others may have to be woken for what it left."""
        self._silence(consumer)
        self.cycles.pop(consumer, None)

    def _silence(self, consumer: Consumer) -> None:
        if consumer.parked_at != NEVER:
            # A question due at this very instant has not been asked: faults and timers come first.
            self._unpark(consumer, self.clock.now - 1)
        if consumer.question is not None:
            self.clock.cancel(consumer.question)
            consumer.question = None
        for queue in consumer.queues:
            self._wake(queue)

    def filled(self, consumer: Consumer) -> None:
        """Who is busy does not ask, and asks at once when it is free again."""
        if self.guide:
            self._silence(consumer)
        elif consumer.parked_at != NEVER and consumer.worker.pool.stands:
            # It finds out when it wakes, and then stands still instead of asking on.
            now, since = self.clock.now, consumer.parked_at
            self._unpark(consumer, now - 1)
            if consumer.question is None:
                self._schedule(consumer, max(since + -((since - now) // self.interval) * self.interval, now))

    def ready(self, queue: Queue) -> None:
        """Somebody who is parked may have to ask."""
        if not self.every:
            self._wake(queue)

    def settle(self, consumer: Consumer, cause: int) -> None:
        """Who becomes free asks at once; a sleeping loop finds out when it wakes."""
        if consumer.parked_at != NEVER:
            if consumer.mute and consumer.has_room():
                # What it asks from now on are questions again; it keeps its rhythm.
                consumer.mute = False
                consumer.parked_at += (self.clock.now - consumer.parked_at) // self.interval * self.interval
                for queue in consumer.queues:
                    self._wake(queue)
        elif consumer.question is None and consumer in self.cycles:
            consumer.room_since = cause
            self._schedule(consumer, self.clock.now)

    def turned(self, consumer: Consumer, cause: int) -> None:
        """Nothing is held back until then."""

    def abandon(self, consumer: Consumer, cause: int, why: str, closed: bool) -> None:
        """In the guide, all is back at once, where it stood.

        A polled transport has nobody to notice a death: what was taken out is gone; who closes puts it back at the end.

        Source: kombu.transport.virtual.base: QoS.restore_unacked_once.
        """
        lost = list(consumer.held.values())
        consumer.held.clear()
        broker = self.simulation.broker
        if not self.guide and not closed:
            for delivery in lost:
                message = delivery.message
                self.events.append(
                    MessageDropped(
                        self.clock.now,
                        cause,
                        message.uuid,
                        message.id,
                        message.queue.name,
                        why,
                        delivery.tag,
                        consumer.hostname,
                    )
                )
            return
        for delivery in sorted(lost, key=lambda held: held.message.seq):
            broker.requeue(delivery, cause, why, self.rejected)

    def silent_polls(self, name: str, end: int) -> int:
        """Those counted so far, and those a parked worker has asked since."""
        counted, consumer = self.silent.get(name, 0), self.simulation.workers[name].consumer
        if consumer.parked_at == NEVER or consumer.mute:
            return counted
        return counted + (end - consumer.parked_at) // self.interval

    def _schedule(self, consumer: Consumer, time: int) -> None:
        consumer.question = self.clock.at(time, consumer.on_delivery, self._ask, consumer, True)

    def _ask(self, consumer: Consumer) -> None:
        now = self.clock.now
        consumer.question = None
        if consumer.parked_at != NEVER:
            self._unpark(consumer, now - 1)
        if not consumer.has_room():
            self._full(consumer, now)
            return
        cause, consumer.room_since = consumer.room_since, NO_CAUSE
        cycle = self.cycles[consumer]
        queue = cycle.first()
        if queue is not None:
            cycle.served(queue)
            index = len(self.events)
            self.events.append(Poll(now, cause, consumer.hostname, consumer.queue_names, 1))
            self.simulation.broker.deliver(queue, consumer, index)
            self._go_on(consumer)
        else:
            self._in_vain(consumer, now, cause)
        if not self.every:
            for queue in consumer.queues:
                if queue.ready:
                    self._wake(queue)

    def _go_on(self, consumer: Consumer) -> None:
        """Who still has room asks again at once, unless what was taken has already made it ask."""
        if consumer.question is None and consumer.has_room():
            self._schedule(consumer, self.clock.now + self.simulation.hop * 2)
        elif consumer.question is None:
            self._full(consumer, self.clock.now)

    def _full(self, consumer: Consumer, now: int) -> None:
        """No room: the guide's worker asks when it is free, Kombu's loop goes to sleep as if all were empty."""
        if self.guide or consumer.worker.pool.stands:
            return
        if self.every:
            self._schedule(consumer, now + self.interval)
        else:
            self._sleep(consumer, now, mute=True)

    def _in_vain(self, consumer: Consumer, now: int, cause: int) -> None:
        """There was nothing: ask again an interval later, or park until there may be something."""
        name = consumer.hostname
        if self.every:
            self.events.append(Poll(now, cause, name, consumer.queue_names, 0))
            self._schedule(consumer, now + self.interval)
            return
        self.silent[name] += 1
        self._sleep(consumer, now)

    def _sleep(self, consumer: Consumer, now: int, mute: bool = False) -> None:
        """Park: the next questions are at whole intervals from now; mute, they are none while there is no room."""
        name = consumer.hostname
        consumer.parked_at, consumer.mute = now, mute
        entry = (now % self.interval, consumer.index, name)
        for queue in consumer.queues:
            insort(self.parked.setdefault(queue.name, []), entry)

    def _unpark(self, consumer: Consumer, last: int) -> None:
        """Take a worker from the parking lists and count its questions up to and including the time `last`."""
        name, since = consumer.hostname, consumer.parked_at
        consumer.parked_at = NEVER
        if not consumer.mute:
            self.silent[name] += max(0, (last - since) // self.interval)
        entry = (since % self.interval, consumer.index, name)
        for queue in consumer.queues:
            parked = self.parked[queue.name]
            del parked[bisect_left(parked, entry)]

    def _wake(self, queue: Queue) -> None:
        """Schedule the tick of the earliest parked subscriber, if there is something for it."""
        parked = self.parked.get(queue.name)
        if not parked or not queue.ready:
            return
        now, reached = self.clock.now, self.clock.reached
        phase = now % self.interval
        # Who has had its turn at this instant (by rank and index) asks again one interval later.
        if reached < _FIRST_ASKER:
            place = bisect_left(parked, (phase, 0, ""))
        elif reached < _AFTER_ASKING:
            place = bisect_left(parked, (phase, reached - _FIRST_ASKER + 1, ""))
        else:
            place = bisect_left(parked, (phase + 1, 0, ""))
        later = place == len(parked)
        tick, _, name = parked[0 if later else place]
        time = now - phase + tick + (self.interval if later else 0)
        consumer = self.simulation.workers[name].consumer
        if time == now and consumer.parked_at == now:
            time += self.interval  # it has just been told that there is nothing
        if consumer.question is not None:
            if consumer.question.time <= time:
                return
            self.clock.cancel(consumer.question)
        self._schedule(consumer, time)

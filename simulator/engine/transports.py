"""How a ready message reaches a worker: pushed by the broker, or asked for.

A transport has four methods. `subscribe` and `unsubscribe`: a worker comes and goes. `ready`: a queue has a message
more. `settle`: a worker has room again.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from typing import TYPE_CHECKING, Protocol

from simulator.engine.clock import Rank, priority
from simulator.trace.events import NO_CAUSE, Poll
from simulator.trace.time import NEVER

if TYPE_CHECKING:
    from simulator.engine.broker import Queue
    from simulator.engine.simulation import Simulation
    from simulator.engine.worker import Worker


_FIRST_ASKER = priority(Rank.DELIVERY, 0)
_AFTER_ASKING = priority(Rank.LAST, 0)


class Transport(Protocol):
    """What the broker and the workers need of a transport; `cause` is always an event's index."""

    def subscribe(self, worker: Worker, cause: int) -> None:
        """A worker begins to consume its queues."""

    def unsubscribe(self, worker: Worker) -> None:
        """A worker is gone."""

    def ready(self, queue: Queue) -> None:
        """A message became ready in a queue."""

    def settle(self, worker: Worker, cause: int) -> None:
        """A worker may hold a message more than before."""

    def filled(self, worker: Worker) -> None:
        """A worker has no room any more, without having been given a message: its window has shrunk."""

    def silent_polls(self, name: str, end: int) -> int:
        """Empty polls of a worker that no event tells of, up to and including the time `end`."""


class Push:
    """`amqp://`: the broker pushes, round robin over the consumers that have credit.

    A consumer without credit leaves the ring and rejoins at its end when it has some again, as RabbitMQ's queues do
    with consumers that `basic.qos` blocks.
    """

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.clock = simulation.clock
        self.rings: dict[str, deque[Worker]] = {}
        """By queue, who may be next; a worker without credit is in none."""
        self.dispatching: set[str] = set()

    def subscribe(self, worker: Worker, cause: int) -> None:
        """Join the end of each queue's ring."""
        worker.room_since = cause
        worker.blocked = False
        for queue in worker.queues:
            self.rings.setdefault(queue.name, deque()).append(worker)
            self.ready(queue)

    def unsubscribe(self, worker: Worker) -> None:
        """Leave every ring."""
        for queue in worker.queues:
            ring = self.rings.get(queue.name)
            if ring is not None and worker in ring:
                ring.remove(worker)

    def ready(self, queue: Queue) -> None:
        """Dispatch when the instant has come to deliveries."""
        name = queue.name
        if name not in self.dispatching and self.rings.get(name) and queue.ready:
            self.dispatching.add(name)
            self.clock.at(self.clock.now, queue.on_delivery, self._dispatch, queue)

    def settle(self, worker: Worker, cause: int) -> None:
        """A worker that was blocked rejoins the rings, at their end."""
        worker.room_since = cause
        if worker.blocked:
            worker.blocked = False
            for queue in worker.queues:
                ring = self.rings[queue.name]
                if worker not in ring:
                    ring.append(worker)
                    self.ready(queue)

    def filled(self, worker: Worker) -> None:
        """It is found to be full at the next dispatch."""

    def silent_polls(self, name: str, end: int) -> int:
        """Nobody polls here."""
        return 0

    def _dispatch(self, queue: Queue) -> None:
        name = queue.name
        self.dispatching.discard(name)
        ring, ready, deliver = self.rings[name], queue.ready, self.simulation.broker.deliver
        while ready and ring:
            worker = ring.popleft()
            if worker.unacked < worker.limit:
                ring.append(worker)
                # What came last made it possible: the message, or the room for it.
                deliver(queue, worker, max(ready[0].ready_since, worker.room_since))
            else:
                worker.blocked = True


class Asking:
    """`guide://`: a worker asks at its phase and whenever it becomes free; after an empty answer at its interval.

    With `polls: found`, a worker that asked in vain parks and its further questions are only counted. What must hold
    then: for every queue that is not empty, its earliest parked subscriber has a scheduled tick (`_wake`); restored
    after each enqueue, poll, park, start and stop.
    """

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.interval = simulation.settings.polling_interval
        self.every = simulation.settings.polls == "every"
        self.clock = simulation.clock
        self.events = simulation.events
        self.parked: dict[str, list[tuple[int, int, str]]] = {}
        """By queue, (phase, declaration index, hostname) of who waits there, sorted."""
        self.silent: dict[str, int] = {}
        """By worker, the empty answers that are no events."""

    def subscribe(self, worker: Worker, cause: int) -> None:
        """Ask for the first time at the worker's phase."""
        self._schedule(worker, self.clock.now + worker.phase)

    def unsubscribe(self, worker: Worker) -> None:
        """Forget its questions; others may have to be woken for what it left."""
        if worker.parked_at != NEVER:
            # A question due at this very instant has not been asked: faults and timers come first.
            self._unpark(worker, self.clock.now - 1)
        if worker.question is not None:
            self.clock.cancel(worker.question)
            worker.question = None
        for queue in worker.queues:
            self._wake(queue)

    def filled(self, worker: Worker) -> None:
        """Who is busy does not ask, and asks at once when it is free again."""
        self.unsubscribe(worker)

    def ready(self, queue: Queue) -> None:
        """Somebody who is parked may have to ask."""
        if not self.every:
            self._wake(queue)

    def settle(self, worker: Worker, cause: int) -> None:
        """Who becomes free asks at once."""
        if worker.question is None and worker.parked_at == NEVER:
            worker.room_since = cause
            self._schedule(worker, self.clock.now)

    def silent_polls(self, name: str, end: int) -> int:
        """Those counted so far, and those a parked worker has asked since."""
        counted, worker = self.silent.get(name, 0), self.simulation.workers[name]
        if worker.parked_at == NEVER:
            return counted
        return counted + (end - worker.parked_at) // self.interval

    def _schedule(self, worker: Worker, time: int) -> None:
        worker.question = self.clock.at(time, worker.on_delivery, self._ask, worker, True)

    def _ask(self, worker: Worker) -> None:
        now = self.clock.now
        worker.question = None
        if worker.parked_at != NEVER:
            self._unpark(worker, now - 1)
        if worker.unacked >= worker.limit:
            return
        cause, worker.room_since = worker.room_since, NO_CAUSE
        queue = next((queue for queue in worker.queues if queue.ready), None)
        if queue is not None:
            index = len(self.events)
            self.events.append(Poll(now, cause, worker.hostname, worker.queue_names, 1))
            self.simulation.broker.deliver(queue, worker, index)
            self._go_on(worker)
        else:
            self._in_vain(worker, now, cause)
        if not self.every:
            for queue in worker.queues:
                if queue.ready:
                    self._wake(queue)

    def _go_on(self, worker: Worker) -> None:
        """Who still has room asks again at once, unless what was taken has already made it ask."""
        if worker.question is None and worker.unacked < worker.limit:
            self._schedule(worker, self.clock.now)

    def _in_vain(self, worker: Worker, now: int, cause: int) -> None:
        """There was nothing: ask again an interval later, or park until there may be something."""
        name = worker.hostname
        if self.every:
            self.events.append(Poll(now, cause, name, worker.queue_names, 0))
            self._schedule(worker, now + self.interval)
            return
        self.silent[name] = self.silent.get(name, 0) + 1
        worker.parked_at = now
        entry = (now % self.interval, worker.index, name)
        for queue in worker.queues:
            insort(self.parked.setdefault(queue.name, []), entry)

    def _unpark(self, worker: Worker, last: int) -> None:
        """Take a worker from the parking lists and count its questions up to and including the time `last`."""
        name, since = worker.hostname, worker.parked_at
        worker.parked_at = NEVER
        self.silent[name] += max(0, (last - since) // self.interval)
        entry = (since % self.interval, worker.index, name)
        for queue in worker.queues:
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
        worker = self.simulation.workers[name]
        if time == now and worker.parked_at == now:
            time += self.interval  # it has just been told that there is nothing
        if worker.question is not None:
            if worker.question.time <= time:
                return
            self.clock.cancel(worker.question)
        self._schedule(worker, time)

"""The port of a worker's loop: who wakes it, when its timers fire, when its prefetch count goes out.

Celery has three. An event loop sleeps until anything happens (`event_loop`). A loop of greenlets does one thing after
the other and nothing wakes it in between (`green_loop`). On a transport without file descriptors a loop polls, and is
blocked by whatever it hands over (`polled_loop`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from typing import Any

from simulator.engine.broker.ports import Subscriber, Subscription
from simulator.engine.clock import ARG, Call
from simulator.engine.context import Context
from simulator.engine.state import Delivery
from simulator.engine.worker.life import Life
from simulator.engine.worker.qos import Qos
from simulator.engine.worker.slots import Slots
from simulator.trace.time import NEVER

Timer = Callable[[], tuple[int, int]]
"""A repeating timer: returns when it was started and its interval, in microseconds (0: it does not run)."""


class Receiver(Subscriber):
    """A consumer, as its loop sees it."""

    reserved: deque[Delivery]
    """Received messages that wait for a slot."""
    subscription: Subscription

    def take(self, delivery: Delivery) -> None:
        """Receive a message."""
        raise NotImplementedError

    def ripe(self, delivery: Delivery) -> None:
        """Take back a task that was held until its ETA."""
        raise NotImplementedError

    def next_request(self, cause: int) -> None:
        """Take the next request for a free slot."""
        raise NotImplementedError

    def is_consuming(self) -> bool:
        """Return True if it is connected to a broker that is up."""
        raise NotImplementedError


class Loop:
    """A worker's loop between the connection and the pool. What differs between the three is a method of each."""

    sees_signals_late = False
    """True if SIGTERM takes effect only when something ends the loop's wait."""
    times_overdue = False
    """True if a task whose ETA has passed when it comes is held until the timers fire, as any with an ETA."""

    has_timer_thread = False
    """True if a thread fires its timers, often late."""

    def __init__(self, context: Context, life: Life, pool: Slots, receiver: Receiver, turns: bool) -> None:
        """Create the loop of a worker that is not connected.

        Args:
            context: the ground of the run.
            life: the worker.
            pool: what it hands over to.
            receiver: the consumer.
            turns: whether the transport waits for the loop's turns.
        """
        settings = context.settings
        self.clock = context.clock
        self.life = life
        self.pool = pool
        self.receiver = receiver
        self.window = receiver.window
        self.qos = Qos(context.clock, life, self.window, settings.hop, self.notice_room)
        self.announces = context.transport.delivers == "push"
        """True if the broker has to be told of a changed window."""
        self.turns = turns
        self.timers: list[Timer] = []
        """Repeating timers that end the loop's wait, where anything does."""
        self.gossip: Callable[[], Iterable[tuple[int, int]]] = tuple
        """Returns the heartbeats that it hears, each in the form of a timer."""
        self.drains = False
        """True until it has looked for more messages, if it does so after the start."""
        self.is_body = life.solo
        """True if a task runs in the loop itself."""
        self.may_block = life.solo or pool.waits_in_line
        """True if a hand-over or a task may block it."""
        self.arrived: Callable[[Delivery], None] = self._handler()
        """Handler of a message that has arrived in the connection."""
        self._awake = self.arrived
        life.falls_asleep = self._fall_asleep
        self._goes_on = self.may_block or settings.worker_disable_prefetch
        """True if a slot that becomes free lets it continue."""
        self._later: deque[tuple[Callable[[Any], None], Any]] = deque()
        """Calls postponed until it continues."""
        self._etas: dict[int, Call] = {}
        """The timers of tasks that are held for their ETA, by delivery tag."""
        self._late: list[tuple[int, int, Delivery]] = []
        """Those of them whose timer fires only after the ETA, with ETA and delivery tag; a heap."""
        self._wait_time = settings.wait_time

    # -- the connection ----------------------------------------------------------------------------------------

    def connect(self) -> None:
        """Begin with a new connection."""
        if self.announces:
            self.qos.connect()

    def clear(self) -> None:
        """Forget all that has not been handed over."""
        for call in self._etas.values():
            self.clock.cancel(call)
        self._etas.clear()
        self._late.clear()
        self._later.clear()

    def pending_request(self) -> tuple[int, int]:
        """Return when the pending BRPOP was sent and its timeout (0: none is pending), in microseconds."""
        asked = self.receiver.subscription.request_opened_at
        return asked, self._wait_time if asked != NEVER else 0

    # -- who wakes it ------------------------------------------------------------------------------------------

    def is_busy(self) -> bool:
        """Return True if a running task keeps it from anything else."""
        return self.is_body and bool(self.pool.active)

    def is_blocked(self) -> bool:
        """Return True if a hand-over or a task blocks it, so that it cannot take a message.

        Source: billiard.pool: Pool.apply_async (waitforslot), celery.worker.components: Pool.create (putlocks).
        """
        return (self.pool.waits_in_line and bool(self.receiver.reserved)) or (self.is_body and bool(self.pool.active))

    def when_free(self, run: Callable[[Any], None], arg: Any) -> None:
        """Run an action in the loop: now, or when it continues (solo: a running task is the loop)."""
        if self.is_busy():
            self._later.append((run, arg))
        else:
            run(arg)

    def when_it_turns(self, run: Callable[[Any], object], arg: Any = None, *, keeps: bool = False) -> None:
        """Run an action at the next turn: at once, unless the loop waits for events.

        Args:
            run: the action.
            arg: its argument.
            keeps: whether the run goes on until then.
        """
        run(arg)

    def when_event(self, run: Callable[[Any], object]) -> None:
        """Run an action when an event ends its wait. Only an event loop waits for any."""
        raise NotImplementedError

    def next_event(self) -> int:
        """Return when the next event comes that ends its wait although nothing is to be done; likewise."""
        raise NotImplementedError

    def turn(self) -> None:
        """Take note that an event has ended its wait, if it waits for any."""

    def slot_is_free(self, cause: int) -> None:
        """Continue after a task."""
        if self._goes_on:
            self._go_on(cause)

    def _go_on(self, cause: int) -> None:
        while self._later and not self.is_busy():
            run, arg = self._later.popleft()
            run(arg)
        if not self.is_busy():
            self.turn()
            self.notice_room(cause)

    def _fall_asleep(self) -> None:
        """Block for a while."""
        self.arrived = self._arrived_asleep

    # -- messages ----------------------------------------------------------------------------------------------

    def _handler(self) -> Callable[[Delivery], None]:
        """Return the handler of arriving messages while the loop is free."""
        if self.is_body:
            return self._arrived_in_body
        return self.receive if self.turns else self.receiver.take

    def _arrived_asleep(self, delivery: Delivery) -> None:
        """Keep an arriving message in the connection while the loop is blocked."""
        if self.clock.now < self.life.asleep_until:
            delivery.call = self.clock.at(self.life.asleep_until, self.life.on_delivery, self._arrived_asleep, delivery)
        else:
            self.arrived = self._awake
            self._awake(delivery)

    def _arrived_in_body(self, delivery: Delivery) -> None:
        """Take an arriving message in a worker whose tasks run in its loop."""
        if self.pool.active:
            self._later.append((self.receive, delivery))
        else:
            self.receive(delivery)

    def receive(self, delivery: Delivery) -> None:
        """Take a message into memory.

        Source: celery.worker.strategy: default (the task-received event, then to the pool or the reserved ones).
        """
        if not self.turns:
            self.receiver.take(delivery)
            return
        subscription = self.receiver.subscription
        subscription.delivery_in_transit = False
        self.receiver.take(delivery)
        if not (self.is_body and self.pool.active):
            subscription.turned(delivery.cause)
            self.turned()

    def turned(self) -> None:
        """Take note that the transport has been asked for the next message."""

    def drain(self, delivery: Delivery) -> None:
        """Wait for more messages before the first turn."""

    def hands_over(self, delivery: Delivery) -> None:
        """Take note that a message just received finds no free slot."""

    def handed_over(self, delivery: Delivery, cause: int) -> None:
        """Take note that a request that had to wait was handed to the pool."""

    # -- timers ------------------------------------------------------------------------------------------------

    def fires_at(self, time: int) -> int:
        """Return when a timer fires that is set now for `time`."""
        return time

    def call_at(self, time: int, run: Callable[[Any], None], arg: Any) -> Call:
        """Set a timer."""
        return self.clock.at(self.fires_at(time), self.life.on_timer, run, arg)

    def hold(self, delivery: Delivery, eta: int) -> None:
        """Hold a task until its ETA; the window grows by one meanwhile.

        Those whose timers fire late, together, come back in the order of their ETAs.

        Source: celery.worker.strategy: default (consumer.qos.increment_eventually, timer.call_at).
        """
        self.window.grow()
        self.grown(delivery, eta)
        when = self.fires_at(eta)
        if when > eta:
            heappush(self._late, (eta, delivery.tag, delivery))
        run = self._late_due if when > eta else self._due
        self._etas[delivery.tag] = self.clock.at(when, self.life.on_timer, run, delivery)

    def _late_due(self, _: Delivery) -> None:
        self._due(heappop(self._late)[2])

    def _due(self, delivery: Delivery) -> None:
        """Take back a task whose ETA has come (celery.worker.consumer.consumer: Consumer.apply_eta_task)."""
        del self._etas[delivery.tag]
        self.when_free(self.receiver.ripe, delivery)

    def held(self) -> list[Delivery]:
        """Return the tasks that are held for their ETA, or wait for the loop after it."""
        ripe = self.receiver.ripe
        return [*(call[ARG] for call in self._etas.values()), *(arg for run, arg in self._later if run == ripe)]

    # -- the prefetch count ------------------------------------------------------------------------------------

    def settle(self, cause: int) -> None:
        """Ask the transport for messages where the window has room."""
        self.receiver.subscription.settle(cause)

    def notice_room(self, cause: int) -> None:
        """Take note that there may be room, if it consumes."""
        if self.receiver.is_consuming():
            self.settle(cause)

    def grown(self, delivery: Delivery, eta: int) -> None:
        """Take note that the window has grown by one for a task that is held."""
        if not self.announces and not self.turns:
            self.notice_room(delivery.cause)

    def widened(self, cause: int) -> None:
        """Take note that the window has another size for good."""
        if self.announces:
            self.qos.update(cause)
            return
        self.notice_room(cause)
        if self.receiver.unacked >= self.window.limit:
            self.receiver.subscription.filled()

    def keeps_room(self, delivery: Delivery) -> bool:
        """Return True if the window stays wider for a task whose ETA has come until it has a slot."""
        return False

    def shrunk(self, cause: int) -> None:
        """Take note that the window has given back the room of a task that was held."""
        if self.announces:
            self.qos.update(cause)
        elif self.receiver.unacked >= self.window.limit:
            self.receiver.subscription.filled()

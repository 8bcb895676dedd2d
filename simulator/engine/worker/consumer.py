"""A worker's consumer: the prefetch window, received messages, and their hand-over to the pool."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any, Literal

from simulator.engine.broker import Broker, Subscription, Transport
from simulator.engine.broker.ports import Subscriber
from simulator.engine.clock import ARG, TIME, Call
from simulator.engine.context import Context
from simulator.engine.state import Delivery
from simulator.engine.worker.application import Application
from simulator.engine.worker.life import Life
from simulator.engine.worker.qos import Qos
from simulator.engine.worker.rate_limits import RateLimits
from simulator.engine.worker.slots import Slots
from simulator.engine.worker.synloop import QUICK_DRAIN, Synloop
from simulator.scenario.profiles import Settings
from simulator.trace.events import (
    MessageQueued,
    ReleaseReason,
    ResultLost,
    ResultStored,
    TaskFailed,
    TaskReceived,
    TaskRevoked,
    TaskScheduled,
)
from simulator.trace.time import to_micros
from simulator.world.intake import DRAIN, PrefetchWindow, StaticWindow, overdue_fires_at

ALONE = to_micros(0.05)
"""Messages that were published so recently come one by one: no producer publishes two at the same instant."""


class Consumer(Subscriber):
    """A worker's messages between the broker and the pool."""

    def __init__(
        self,
        context: Context,
        life: Life,
        application: Application,
        broker: Broker,
        transport: Transport,
        pool: Slots,
        quit: Callable[[Literal["consumer-timeout"]], None],
    ) -> None:
        """A consumer that is not connected.

        Args:
            context: the ground of the run.
            life: the worker.
            application: what it has loaded.
            broker: where its queues are.
            transport: how messages reach it.
            pool: what runs them.
            quit: told why the broker has closed the channel.
        """
        settings, spec = context.settings, life.spec
        self.clock = context.clock
        self.note = context.journal.note
        self.journal = context.journal
        self.results = context.results
        self.life = life
        self.options = life.options
        self.application = application
        self.tasks = application.tasks
        self.broker = broker
        self.pool = pool
        self.quit = quit
        self.requested: Callable[[int], None] | None = None
        """Called with each request that nothing holds back any more; None unless the pool autoscales."""
        self.hop = settings.hop
        self.hostname = life.hostname
        self.index = life.index
        self.on_delivery = life.on_delivery
        self.on_completion = life.on_completion
        self.on_timer = life.on_timer
        self.phase = life.phase
        self.is_loop = life.solo
        multiplier = spec.prefetch_multiplier
        self.multiplier = settings.worker_prefetch_multiplier if multiplier is None else multiplier
        window = StaticWindow if broker.has_quorum else PrefetchWindow
        self.window = window(self.multiplier * life.max_slots, settings.worker_eta_task_limit)
        self.announcer = Qos(context.clock, life, self.window, settings.hop, self.has_changed)
        self.qos = self.announcer
        self._announces = context.transport.delivers == "push"
        """True if the broker has to be told of a changed window."""
        names = spec.queues or [settings.task_default_queue]
        self.queues = [broker.queue(name) for name in dict.fromkeys(names)]
        self.queue_names = tuple(queue.name for queue in self.queues)
        self.connected = False
        self.connection = 0
        """Number of its connections to the broker so far."""
        self.since = 0
        """Time of its last connection."""
        self.held: dict[int, Delivery] = {}
        """Unacknowledged deliveries by tag."""
        self.unacked = 0
        """Their number as the broker knows it: an acknowledgement takes a hop to get there."""
        self.reserved: deque[Delivery] = deque()
        """Received messages that wait for a slot."""
        self.scheduled: dict[int, Call] = {}
        """Calls at which scheduled tasks reach their ETA, by delivery tag."""
        self._overdue: list[tuple[int, int, Delivery]] = []
        """Tasks whose ETA had passed when they came, with ETA and delivery tag; a heap."""
        self._times_overdue = context.transport.has_loop and not life.green
        """True if such a task waits for the next turn of the loop, as any with an ETA does."""
        self.limits = RateLimits(context, life, self.tasks, pool, self._submit, self.when_free)
        self.revoked: set[str] = set()
        """Ids of revoked tasks."""
        self.subscription: Subscription = transport.subscription(self)
        """The transport's state for this consumer."""
        self.synloop = self._make_synloop(settings) if life.green and context.transport.has_loop else None
        """The loop of a pool of greenlets; None: an event loop, or that of a polled transport."""
        self._handing_over: Delivery | None = None
        """The request whose hand-over blocks a loop of greenlets."""
        self._widens: set[int] = set()
        """Delivery tags of tasks whose ETA has come and that widen the window until they have a slot (greenlets)."""
        self._settle = self.subscription.settle
        if self.synloop is not None and not self._announces:
            self._settle = self.synloop.at_next_turn
        self._turns = transport.turns
        taken = self._receive if transport.turns else self._take
        if self.synloop is not None and self._announces:
            taken = self.synloop.arrived
        self._arrived: Callable[[Delivery], None] = self._arrived_in_loop if life.solo else taken
        """Handler of a message that has arrived."""
        self._awake = self._arrived
        life.falls_asleep = self._fall_asleep
        self.woken: Callable[[], None] = _nobody_waits
        """Called when an event wakes the loop."""
        self.expect: Callable[[Delivery], None] = self._expect_later if self.hop else self._expect_now
        self.release: Callable[[Delivery], None] = self._release_later if self.hop else self._released
        self._later: deque[tuple[Callable[[Any], None], Any]] = deque()
        """Calls postponed until a blocked loop continues."""
        self._may_block = life.solo or pool.waits_in_line
        self._checks_at_start = life.prefork and not context.transport.waits_in_pool
        """True if a request is asked whether it has expired or was revoked when it gets a slot; else it is asked when
        it is handed over, and then waits inside the pool, where nobody asks again.

        Source: celery.worker.components: Pool.create (only prefork in an event loop hands over by a semaphore:
        WorkController._process_task_sem); celery.worker.request: Request.execute_using_pool.
        """
        self._reduces = settings.reduces_prefetch
        self._restores = False
        """True while the window is smaller than it should be, after a reconnect."""
        self._pool_only = settings.worker_disable_prefetch
        self._drains = settings.startup_drain and context.transport.drains and not life.green
        self._draining: Call | None = None

    def _make_synloop(self, settings: Settings) -> Synloop:
        """Create the loop of a pool of greenlets."""
        pause = QUICK_DRAIN if self._announces and settings.startup_drain else 0
        self.announcer.is_asynchronous = False
        return Synloop(
            self.clock, self.life, pause, self._take, self.is_blocked, self.announcer.update, self._settle_now
        )

    def _settle_now(self, cause: int) -> None:
        """Ask the transport for messages; RabbitMQ pushes them unasked."""
        if self.connected and not self.broker.down and not self._announces:
            self.subscription.settle(cause)

    def is_loop_busy(self) -> bool:
        """Return True if a running task blocks the loop: any in a solo pool, one that computes among greenlets."""
        if self.life.green:
            return self.clock.now < self.life.asleep_until
        return self.is_loop and bool(self.pool.active)

    def is_blocked(self) -> bool:
        """Return True if a hand-over or a task blocks its loop, so that it cannot take a message.

        Source: billiard.pool: Pool.apply_async (waitforslot), celery.worker.components: Pool.create (putlocks);
        gevent.pool: Pool.spawn.
        """
        if self.synloop is not None:
            return self._handing_over is not None
        return (self.pool.waits_in_line and bool(self.reserved)) or (self.is_loop and bool(self.pool.active))

    # -- connection --------------------------------------------------------------------------------------------

    def connect(self, cause: int) -> None:
        """Start consuming its queues."""
        self.connected = True
        self.connection += 1
        self.since = self.clock.now
        for queue in self.queues:
            queue.subscribers += 1
        if self._announces:
            self.announcer.connect()
        if self.synloop is not None:
            self.synloop.connect(2 * self.hop + 1)
        if self._reduces and self.window.size and self.connection > 1:
            # celery.worker.consumer.consumer: on_connection_error_after_connected
            reduced = self.window.size - self.pool.count_busy() * self.multiplier
            self.window.limit = max(self.multiplier, reduced)
            self._restores = self.window.limit < self.window.size
        self.subscription.open(cause)

    def disconnect(self) -> None:
        """Stop consuming; unacknowledged messages stay held."""
        if self.connected:
            self.connected = False
            for queue in self.queues:
                queue.subscribers -= 1
            self.subscription.close()

    def lose(self, cause: int, why: ReleaseReason, closed: bool = False) -> None:
        """Handle a lost connection: drop all waiting messages; the broker decides their fate."""
        self.disconnect()
        self.forget_waiting()
        self.unacked = 0
        self.connection += 1
        self.subscription.abandon(cause, why, closed)

    def forget_waiting(self) -> None:
        """Drop everything that has not been handed to the pool."""
        for delivery in self.held.values():
            if delivery.call is not None:
                self.clock.cancel(delivery.call)
                delivery.call = None
        for call in self.scheduled.values():
            self.clock.cancel(call)
        self._later.clear()
        self.subscription.delivery_in_transit = False
        self.scheduled.clear()
        self._overdue.clear()
        self._handing_over = None
        self._widens.clear()
        if self.synloop is not None:
            self.synloop.clear()
        self.window.reset()
        self.reserved.clear()
        self.limits.clear()

    def set_queues(self, queues: list[str], cause: int) -> None:
        """Replace the queues it consumes."""
        was = self.connected
        self.disconnect()
        self.queues = [self.broker.queue(name) for name in queues]
        self.queue_names = tuple(queues)
        if was:
            self.connected = True
            for queue in self.queues:
                queue.subscribers += 1
            self.subscription.open(cause)

    # -- the window --------------------------------------------------------------------------------------------

    def has_room(self) -> bool:
        """Return True if it would take another message now."""
        if self.unacked >= self.window.limit or (self._may_block and self.is_blocked()):
            return False
        return not self._pool_only or self.reserved_or_active() < self.life.max_slots

    def reserved_or_active(self) -> int:
        """Return the number of reserved or active requests, without those waiting for an ETA or a rate limit."""
        return len(self.reserved) + self.pool.count_busy()

    def waiting(self) -> list[Delivery]:
        """Messages received and not handed to the pool: they wait for a slot, an ETA, a token or the loop."""
        found = [*self.reserved, *(call[ARG] for call in self.scheduled.values()), *self.limits.waiting()]
        return [*found, *(arg for run, arg in self._later if run == self._ripe)]

    def _release_later(self, delivery: Delivery) -> None:
        """Let the broker learn, a hop from now, that a delivery is settled."""
        self.clock.at(self.clock.now + self.hop, self.on_completion, self._released, delivery)

    def _released(self, delivery: Delivery) -> None:
        if delivery.connection == self.connection:
            self.unacked -= 1
            if self._restores:
                self._restore_window()
            if self.connected and not self.broker.down:
                self._settle(delivery.cause)

    def _restore_window(self) -> None:
        """Widen a window that is smaller since the last reconnect.

        Source: celery.worker.consumer.consumer: Consumer._restore_prefetch_count_after_connection_restart.
        """
        self.window.limit = min(self.window.size, self.window.limit + self.multiplier)
        self._restores = self.window.limit < self.window.size

    def has_changed(self, cause: int) -> None:
        """Notice that there may be room now."""
        if self.connected and not self.broker.down:
            self._settle(cause)

    def has_shrunk(self) -> None:
        """Notice that the pool is smaller: with `worker_disable_prefetch`, an open request may be good for nothing now.

        Source: celery.worker.consumer.tasks: Tasks.start (can_consume); kombu.transport.redis:
        MultiChannelPoller.on_readable; recording shrunk_no_prefetch_redis.
        """
        if self._pool_only and self.connected and not self.has_room():
            self.subscription.filled()

    def widen(self, by: int, cause: int) -> None:
        """Change the window permanently (`pool_grow`, `autoscale`)."""
        if self.window.size:
            self.window.widen(by)
            if self._announces:
                self.announcer.update(cause)
                return
            self.has_changed(cause)
            if self.unacked >= self.window.limit:
                self.subscription.filled()

    # -- receiving ---------------------------------------------------------------------------------------------

    def _expect_later(self, delivery: Delivery) -> None:
        """Note a message in transit to this worker."""
        delivery.call = self.clock.at(self.clock.now + self.hop, self.on_delivery, self._arrived, delivery)

    def _expect_now(self, delivery: Delivery) -> None:
        self._arrived(delivery)

    def when_free(self, run: Callable[[Any], None], arg: Any) -> None:
        """Run an action in the worker's loop: now, or when the loop continues (solo: a running task is the loop)."""
        if self.is_loop_busy():
            self._later.append((run, arg))
        else:
            run(arg)

    def go_on(self, cause: int) -> None:
        """Continue the loop after a task has run in it."""
        while self._later and not self.is_loop_busy():
            run, arg = self._later.popleft()
            run(arg)
        if not self.is_loop_busy():
            self.woken()
            self.has_changed(cause)

    def _fall_asleep(self) -> None:
        """Block the loop for a while."""
        self._arrived = self._arrived_asleep

    def _arrived_asleep(self, delivery: Delivery) -> None:
        """Keep an arriving message in the connection while the loop is blocked."""
        if self.clock.now < self.life.asleep_until:
            delivery.call = self.clock.at(self.life.asleep_until, self.on_delivery, self._arrived_asleep, delivery)
        else:
            self._arrived = self._awake
            self._awake(delivery)

    def attend(self) -> None:
        """Turn the loop at the next message that arrives."""
        if self._arrived != self._arrived_asleep:
            self._arrived = self._arrived_awaited

    def _arrived_awaited(self, delivery: Delivery) -> None:
        """Take a message that wakes the loop while actions are pending."""
        self._arrived = self._awake
        self._awake(delivery)
        if not self.is_loop_busy():
            self.woken()

    def _arrived_in_loop(self, delivery: Delivery) -> None:
        """Take an arriving message in a worker whose tasks run in its loop."""
        if self.pool.active:
            self._later.append((self._receive, delivery))
        else:
            self._receive(delivery)

    def _receive(self, delivery: Delivery) -> None:
        """Take a message into memory.

        Source: celery.worker.strategy: default (the task-received event, then to the pool or the reserved ones).
        """
        if not self._turns:
            self._take(delivery)
            return
        self.subscription.delivery_in_transit = False
        self._take(delivery)
        if not (self.is_loop and self.pool.active):
            self.subscription.turned(delivery.cause)
            if self.synloop is not None and not self.is_blocked():
                self.synloop.turned()

    def _take(self, delivery: Delivery) -> None:
        message, now = delivery.message, self.clock.now
        delivery.call = None
        task = self.tasks.get(message.name)
        if task is None:
            self._unregistered(delivery)
            return
        expires, eta = message.expires, message.eta
        if (expires is not None and now >= expires) or (self.revoked and message.uuid in self.revoked):
            self._revoke(delivery, delivery.cause)
            return
        delivery.cause = cause = self.note(
            TaskReceived(
                now,
                delivery.cause,
                self.hostname,
                message.uuid,
                message.name,
                message.id,
                delivery.tag,
                message.args,
                message.kwargs,
                message.retries,
                eta,
                expires,
            )
        )
        if self._drains:
            self._drain(delivery)
        if eta is not None and (eta > now or self._times_overdue):
            if eta > now:
                self._schedule(delivery, eta)
            else:
                self._schedule_overdue(delivery, eta)
            return
        limits = self.limits
        if (task.rate or limits.rates) and limits.rate(message.name):
            limits.hold(delivery)
            return
        if self.requested is not None:
            self.requested(cause)
        pool = self.pool
        if pool.free and not pool.paused and not self.reserved and self.life.runs:
            pool.begin(delivery, cause)
        else:
            self._handing_over = delivery
            self._reserve(delivery)

    def _drain(self, delivery: Delivery) -> None:
        """Wait for more messages before a fresh worker's loop turns, if it has found some; a new one ends the wait.

        Source: celery.worker.loops: asynloop, _quick_drain.
        """
        if delivery.message.ready_since > self.life.online:
            self._drains = False
            if self._draining is not None:
                self.clock.cancel(self._draining)
                self._drained(None)
        elif self._draining is None:
            self.pool.paused = self.announcer.holds_back = True
            self._draining = self.clock.at(max(self.since + DRAIN, self.clock.now), self.on_timer, self._drained)

    def _drained(self, _: object) -> None:
        if self._draining is not None:
            self._draining, self._drains = None, False
            self.pool.paused = self.announcer.holds_back = False
            self.next_request(-1)
            self.woken()

    def _unregistered(self, delivery: Delivery) -> None:
        """Reject a task of an unknown name: FAILURE is stored, and task-failed is sent without task-received.

        Source: celery.worker.consumer.consumer: Consumer.on_unknown_task; confirmed by a recording.
        """
        message, now, tag = delivery.message, self.clock.now, delivery.tag
        exception = f"NotRegistered({message.name!r})"
        rejected = self.broker.reject(delivery, delivery.cause)
        if self.results.backend_down:
            self._lose_result(delivery, rejected, "FAILURE")
            return
        index = self.note(
            ResultStored(now, rejected, self.hostname, message.uuid, message.id, tag, "FAILURE", exception)
        )
        self.results.finish(message.uuid, exception, index)
        if message.canvas is not None:
            self.application.workflow.unregistered(message.canvas, exception)
        self.note(TaskFailed(now, index, self.hostname, message.uuid, message.id, tag, exception))

    def _schedule(self, delivery: Delivery, eta: int) -> None:
        """Hold a task until its ETA; the window grows by one meanwhile.

        Source: celery.worker.strategy: default (consumer.qos.increment_eventually, timer.call_at).
        """
        message, now, tag = delivery.message, self.clock.now, delivery.tag
        index = self.note(TaskScheduled(now, delivery.cause, self.hostname, message.uuid, message.id, tag, eta))
        delivery.cause = index
        self.scheduled[delivery.tag] = self.clock.at(eta, self.on_timer, self._due, delivery)
        self.window.grow()
        if self._announces:
            published = self.journal.recent(message.ready_since)
            alone = isinstance(published, MessageQueued) and now - published.t < ALONE
            if self.synloop is None:
                self.announcer.widened(index, alone)
        elif not self._turns:
            self.has_changed(index)

    def _schedule_overdue(self, delivery: Delivery, eta: int) -> None:
        """Hold a task whose ETA has passed until the loop's timers fire, at its next turn, in the order of the ETAs.

        Meanwhile the window is larger by one, and the broker may send one message more.

        Source: celery.worker.strategy: default (schedules whatever has an ETA); kombu.asynchronous.hub: Hub.create_loop
        (timers fire after the prefetch count is sent); recordings overdue_eta_redis, overdue_eta_rabbitmq.
        """
        self.window.grow()
        if self._announces:
            self.announcer.widened(delivery.cause, alone=False)
        drained = 0 if self._draining is None else self._draining[TIME]
        when = overdue_fires_at(self.clock.now, self.announcer.answer_at, drained)
        heappush(self._overdue, (eta, delivery.tag, delivery))
        self.scheduled[delivery.tag] = self.clock.at(when, self.on_timer, self._overdue_due, delivery)

    def _overdue_due(self, _: Delivery) -> None:
        self._due(heappop(self._overdue)[2])

    def _due(self, delivery: Delivery) -> None:
        """Queue a task whose ETA has come behind the reserved ones.

        Its timer ends the loop's wait, and between two turns comes whatever is pending: a shutdown that SIGTERM has
        asked for begins before the timer fires.

        Source: celery.worker.consumer.consumer: Consumer.apply_eta_task, _limit_post_eta; celery.worker.loops:
        asynloop (state.maybe_shutdown before each turn); recordings eta_after_sigterm_redis,
        eta_after_sigterm_rabbitmq.
        """
        if self._times_overdue and not self.is_loop_busy():
            self.woken()
            if delivery.tag not in self.scheduled:
                return
        del self.scheduled[delivery.tag]
        self.when_free(self._ripe, delivery)

    def _ripe(self, delivery: Delivery) -> None:
        if self.synloop is not None and not self.limits.rate(delivery.message.name):
            self._widens.add(delivery.tag)
            self._submit(delivery)
            return
        self.window.shrink()
        if self._announces:
            self.announcer.update(delivery.cause)
        elif self.unacked >= self.window.limit:
            self.subscription.filled()
        if self.limits.rate(delivery.message.name):
            self.limits.hold(delivery)
        else:
            self._submit(delivery)

    # -- to the pool -------------------------------------------------------------------------------------------

    def _submit(self, delivery: Delivery) -> None:
        """Hand a request that nothing holds back to the pool, or queue it behind the others."""
        pool = self.pool
        starts = pool.free and not pool.paused and not self.reserved and self.life.runs
        if starts or (not self._checks_at_start and self._is_void(delivery)):
            self._run(delivery, delivery.cause)
        else:
            self._reserve(delivery)

    def _reserve(self, delivery: Delivery) -> None:
        """Queue a request behind the others."""
        self.reserved.append(delivery)
        if self.pool.waits_in_line and self.is_blocked():
            self.subscription.filled()

    def _is_void(self, delivery: Delivery) -> bool:
        """Return True if a request has expired or was revoked (celery.worker.request: Request.revoked)."""
        message = delivery.message
        expires = message.expires
        return (expires is not None and self.clock.now >= expires) or (
            bool(self.revoked) and message.uuid in self.revoked
        )

    def _run(self, delivery: Delivery, cause: int, checks: bool = True) -> None:
        """Hand a request to the pool, unless it has expired or was revoked, if that `checks`."""
        if checks and self._is_void(delivery):
            self._revoke(delivery, cause)
        else:
            self.pool.begin(delivery, cause)
        if self._widens and delivery.tag in self._widens:
            self._widens.remove(delivery.tag)
            self.window.shrink()
            if self.synloop is not None:
                self.synloop.at_next_turn(cause)

    def _revoke(self, delivery: Delivery, cause: int) -> None:
        """Acknowledge an expired or revoked task without running it.

        Source: celery.worker.request: Request.revoked, maybe_expire.
        """
        message, now, tag = delivery.message, self.clock.now, delivery.tag
        expired = message.expires is not None and now >= message.expires
        acked = self.broker.ack(delivery, cause) if delivery.is_held else cause
        exception = f"TaskRevokedError({'expired' if expired else 'revoked'!r})"
        if self.results.backend_down:
            index = self.note(TaskRevoked(now, acked, self.hostname, message.uuid, message.id, tag, expired=expired))
            self._lose_result(delivery, index, "REVOKED")
            return
        index = self.note(ResultStored(now, acked, self.hostname, message.uuid, message.id, tag, "REVOKED", exception))
        self.results.finish(message.uuid, exception, index)
        self.note(TaskRevoked(now, index, self.hostname, message.uuid, message.id, tag, expired=expired))
        if message.canvas is not None:
            self.application.workflow.revoked(self.life, message, message.canvas, exception, index)

    def _lose_result(self, delivery: Delivery, cause: int, state: str) -> None:
        """Handle a result that cannot be stored, of a task that never ran."""
        message, now, tag = delivery.message, self.clock.now, delivery.tag
        self.note(self.results.lose(ResultLost(now, cause, self.hostname, message.uuid, message.id, tag, 0, state)))

    def next_request(self, cause: int) -> None:
        """Take the next request for a free slot."""
        pool = self.pool
        while self.reserved and pool.free and not pool.paused and self.life.runs:
            delivery = self.reserved.popleft()
            self._run(delivery, cause, self._checks_at_start)
            if delivery is self._handing_over:
                self._handing_over = None
                if self.synloop is not None:
                    self.synloop.go_on(cause)


def _nobody_waits() -> None:
    return None

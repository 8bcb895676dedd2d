"""A worker's consumer: the prefetch window, received messages, and their hand-over to the pool."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Literal

from simulator.engine.broker import Broker, Subscription, Transport
from simulator.engine.context import Context
from simulator.engine.state import Delivery
from simulator.engine.worker.application import Application
from simulator.engine.worker.life import Life
from simulator.engine.worker.loop import Receiver
from simulator.engine.worker.loops import loop_of
from simulator.engine.worker.rate_limits import RateLimits
from simulator.engine.worker.slots import Slots
from simulator.trace.events import (
    ReleaseReason,
    ResultLost,
    ResultStored,
    TaskFailed,
    TaskReceived,
    TaskRevoked,
    TaskScheduled,
)
from simulator.world.intake import PrefetchWindow, StaticWindow


class Consumer(Receiver):
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
        self.loop = loop_of(context, life, pool, self, transport.turns)
        self.qos = self.loop.qos
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
        self.limits = RateLimits(context, life, self.tasks, pool, self._submit, self.loop.when_free, self.loop.call_at)
        if self.limits.hub_timers is not None:
            self.limits.hub_timers.when_event = self.loop.when_event
            self.limits.hub_timers.woken = self.loop.turn
            self.limits.hub_timers.next_event = self.loop.next_event
        self.revoked: set[str] = set()
        """Ids of revoked tasks."""
        self.subscription: Subscription = transport.subscription(self)
        """The transport's state for this consumer."""
        self.expect: Callable[[Delivery], None] = self._expect_later if self.hop else self._expect_now
        self.release: Callable[[Delivery], None] = self._release_later if self.hop else self._released
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

    def is_blocked(self) -> bool:
        """Return True if a hand-over or a task blocks its loop, so that it cannot take a message."""
        return self.loop.is_blocked()

    def is_consuming(self) -> bool:
        """Return True if it is connected to a broker that is up."""
        return self.connected and not self.broker.down

    # -- connection --------------------------------------------------------------------------------------------

    def connect(self, cause: int) -> None:
        """Start consuming its queues."""
        self.connected = True
        self.connection += 1
        self.since = self.clock.now
        for queue in self.queues:
            queue.subscribers += 1
        self.loop.connect()
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
        """Drop everything that has not been handed to the pool; what waits in the pool's own queue, if any, goes on."""
        for delivery in self.held.values():
            if delivery.call is not None:
                self.clock.cancel(delivery.call)
                delivery.call = None
        self.loop.clear()
        self.subscription.delivery_in_transit = False
        self.window.reset()
        if self.pool.has_queue:
            for delivery in self.reserved:
                delivery.is_running = True
        else:
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
        if self.unacked >= self.window.limit or (self.loop.may_block and self.loop.is_blocked()):
            return False
        return not self._pool_only or self.reserved_or_active() < self.life.max_slots

    def reserved_or_active(self) -> int:
        """Return the number of reserved or active requests, without those waiting for an ETA or a rate limit."""
        return len(self.reserved) + self.pool.count_busy()

    def waiting(self) -> list[Delivery]:
        """Messages received and not handed to the pool: they wait for a slot, an ETA, a token or the loop."""
        return [*self.reserved, *self.loop.held(), *self.limits.waiting()]

    def _release_later(self, delivery: Delivery) -> None:
        """Let the broker learn, a hop from now, that a delivery is settled."""
        self.clock.at(self.clock.now + self.hop, self.on_completion, self._released, delivery)

    def _released(self, delivery: Delivery) -> None:
        if delivery.connection == self.connection:
            self.unacked -= 1
            if self._restores:
                self._restore_window()
            if self.connected and not self.broker.down:
                self.loop.settle(delivery.cause)

    def _restore_window(self) -> None:
        """Widen a window that is smaller since the last reconnect.

        Source: celery.worker.consumer.consumer: Consumer._restore_prefetch_count_after_connection_restart.
        """
        self.window.limit = min(self.window.size, self.window.limit + self.multiplier)
        self._restores = self.window.limit < self.window.size

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
            self.loop.widened(cause)

    # -- receiving ---------------------------------------------------------------------------------------------

    def _expect_later(self, delivery: Delivery) -> None:
        """Note a message in transit to this worker."""
        delivery.call = self.clock.at(self.clock.now + self.hop, self.on_delivery, self.loop.arrived, delivery)

    def _expect_now(self, delivery: Delivery) -> None:
        self.loop.arrived(delivery)

    def take(self, delivery: Delivery) -> None:
        """Receive a message: reject it, revoke it, hold it back, or hand it to the pool."""
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
        if self.loop.drains:
            self.loop.drain(delivery)
        if eta is not None and (eta > now or self.loop.times_overdue):
            self._schedule(delivery, eta)
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
            self.loop.hands_over(delivery)
            self._reserve(delivery)

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
        """Hold a task until its ETA. Nothing tells of one whose ETA has passed, and that is held for a moment."""
        message, now = delivery.message, self.clock.now
        if eta > now:
            delivery.cause = self.note(
                TaskScheduled(now, delivery.cause, self.hostname, message.uuid, message.id, delivery.tag, eta)
            )
        self.loop.hold(delivery, eta)

    def ripe(self, delivery: Delivery) -> None:
        """Queue a task whose ETA has come behind the reserved ones.

        Source: celery.worker.consumer.consumer: Consumer.apply_eta_task, _limit_post_eta.
        """
        limited = self.limits.rate(delivery.message.name)
        if limited or not self.loop.keeps_room(delivery):
            self.window.shrink()
            self.loop.shrunk(delivery.cause)
        if limited:
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
        if self.pool.waits_in_line and self.loop.is_blocked():
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
        self.loop.handed_over(delivery, cause)

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

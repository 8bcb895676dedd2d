"""A worker's consumer: the prefetch window, what was received and waits, when it is handed to the pool."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simulator.engine import canvas
from simulator.engine.clock import Call, Rank, priority
from simulator.engine.limits import Bucket
from simulator.engine.parts import Delivery
from simulator.trace.events import (
    ResultStored,
    TaskFailed,
    TaskReceived,
    TaskRevoked,
    TaskScheduled,
)
from simulator.trace.time import MICROS, NEVER, to_micros

if TYPE_CHECKING:
    from simulator.engine.worker import Worker

DRAIN = to_micros(0.1)
"""How long a fresh worker's loop looks for more messages before it does anything (celery.worker.loops: asynloop,
_quick_drain; amqp only)."""


class Consumer:
    """What a worker has taken from the broker and not run yet."""

    def __init__(self, worker: Worker) -> None:
        simulation, spec = worker.simulation, worker.spec
        settings = simulation.settings
        self.worker = worker
        self.simulation = simulation
        self.clock = simulation.clock
        self.events = simulation.events
        self.broker = simulation.broker
        self.hop = settings.hop
        self.hostname = worker.hostname
        self.index = worker.index
        self.on_delivery = priority(Rank.DELIVERY, worker.index)
        self.on_completion = priority(Rank.COMPLETION, worker.index)
        self.on_timer = priority(Rank.TIMER, worker.index)
        self.phase = to_micros(spec.phase)
        multiplier = spec.prefetch_multiplier
        self.multiplier = settings.worker_prefetch_multiplier if multiplier is None else multiplier
        self.window = self.multiplier * worker.most
        """Its prefetch_count, as Kombu has it: 0 is no limit."""
        self.limit = self.window or NEVER
        """How many unacknowledged messages it may hold."""
        names = spec.queues or [settings.task_default_queue]
        self.queues = [simulation.broker.queue(name) for name in dict.fromkeys(names)]
        self.queue_names = tuple(queue.name for queue in self.queues)
        self.connected = False
        self.connection = 0
        """Counts its connections to the broker."""
        self.since = 0
        """When it last connected."""
        self.held: dict[int, Delivery] = {}
        """Deliveries it has not acknowledged, by tag."""
        self.unacked = 0
        """The same as the broker counts it: an acknowledgement takes a hop to get there."""
        self.in_hand = False
        """Whether a message it has waited for is on its way to it."""
        self.reserved: deque[Delivery] = deque()
        """Received and waiting for a slot."""
        self.scheduled: dict[int, Call] = {}
        """By delivery tag, what waits for its ETA."""
        self.buckets: dict[str, Bucket] = {}
        """By task, what its rate limit holds back."""
        self.rates: dict[str, float] = {}
        """By task, the rate that remote control has set here."""
        self.revoked: set[str] = set()
        """Tasks it was told not to run."""
        self.room_since = -1
        """Index of the event that last gave it room."""
        self.blocked = False
        """Whether a push transport has passed it over for want of credit."""
        self.question: Call | None = None
        """Its next question to the broker (polled transports), where one is scheduled."""
        self.parked_at = NEVER
        """When it last asked in vain, while it is parked (polled transports)."""
        self.mute = False
        """Whether it is parked because there is no room, so that it does not ask."""
        self.asked_at = NEVER
        """Since when its question is open, while it waits (blocking transports)."""
        self._arriving: dict[int, Call] = {}
        self._later: deque[tuple[Callable[[Any], None], Any]] = deque()
        """What a loop that stands still will do when it goes on."""
        self._pool_only = settings.worker_disable_prefetch
        self._eta_limit = settings.worker_eta_task_limit or NEVER
        self._limits_rates = not settings.worker_disable_rate_limits
        self._drains = settings.startup_drain and settings.transport == "amqp"
        self._draining: Call | None = None

    # -- connection --------------------------------------------------------------------------------------------

    def connect(self, cause: int) -> None:
        """Consume from its queues."""
        self.connected = True
        self.connection += 1
        self.since = self.clock.now
        for queue in self.queues:
            queue.subscribers += 1
        self.simulation.transport.subscribe(self, cause)

    def disconnect(self) -> None:
        """Consume no more; what is held stays held."""
        if self.connected:
            self.connected = False
            for queue in self.queues:
                queue.subscribers -= 1
            self.simulation.transport.unsubscribe(self)

    def lose(self, cause: int, why: str, closed: bool = False) -> None:
        """The connection is gone: forget what waits here; the broker knows what it does with it."""
        self.disconnect()
        self.forget_waiting()
        self.unacked = 0
        self.connection += 1
        self.simulation.transport.abandon(self, cause, why, closed)

    def forget_waiting(self) -> None:
        """Drop everything that has not been handed to the pool."""
        for call in [*self._arriving.values(), *self.scheduled.values()]:
            self.clock.cancel(call)
        self._arriving.clear()
        self._later.clear()
        self.in_hand = False
        for _ in range(len(self.scheduled)):
            self._shrink()
        self.scheduled.clear()
        self.reserved.clear()
        for bucket in self.buckets.values():
            bucket.waiting.clear()

    def set_queues(self, queues: list[str], cause: int) -> None:
        """Consume from these queues from now on."""
        was = self.connected
        self.disconnect()
        self.queues = [self.broker.queue(name) for name in queues]
        self.queue_names = tuple(queues)
        if was:
            self.connected = True
            for queue in self.queues:
                queue.subscribers += 1
            self.simulation.transport.subscribe(self, cause)

    # -- the window --------------------------------------------------------------------------------------------

    def has_room(self) -> bool:
        """Whether it would take another message now."""
        if self.unacked >= self.limit or self.worker.pool.stands:
            return False
        return not self._pool_only or self.reserved_or_active() < self.worker.most

    def reserved_or_active(self) -> int:
        """Requests it answers for that do not wait for an ETA or a rate limit."""
        return len(self.reserved) + len(self.worker.pool.busy)

    def waiting(self) -> list[Delivery]:
        """What it has received and not handed to the pool: for want of a slot, an ETA, a token, the loop."""
        found = [*self.reserved, *(call.arg for call in self.scheduled.values())]
        for bucket in self.buckets.values():
            found += bucket.waiting
        return [*found, *(arg for run, arg in self._later if run == self._ripe)]

    def release(self, delivery: Delivery, cause: int) -> None:
        """The broker learns, a hop from now, that a delivery is settled."""
        delivery.cause = cause
        if self.hop:
            self.clock.at(self.clock.now + self.hop, self.on_completion, self._released, delivery)
        else:
            self._released(delivery)

    def _released(self, delivery: Delivery) -> None:
        if delivery.connection == self.connection:
            self.unacked -= 1
            self.has_changed(delivery.cause)

    def has_changed(self, cause: int) -> None:
        """There may be room now."""
        if self.connected and not self.broker.down:
            self.simulation.transport.settle(self, cause)

    def widen(self, by: int, cause: int) -> None:
        """Change the window for good (`pool_grow`, `autoscale`)."""
        if self.window:
            self.window += by
            self.limit += by
            self.has_changed(cause)
            if self.unacked >= self.limit:
                self.simulation.transport.filled(self)

    def _grow(self) -> None:
        if self.window:
            self.limit = min(self.limit + 1, max(self._eta_limit, self.window))

    def _shrink(self) -> None:
        if self.window:
            self.limit = max(self.limit - 1, 1)

    # -- receiving ---------------------------------------------------------------------------------------------

    def expect(self, delivery: Delivery) -> None:
        """A message is on its way here."""
        if self.hop:
            self._arriving[delivery.tag] = self.clock.at(
                self.clock.now + self.hop, self.on_delivery, self._arrived, delivery
            )
        else:
            self._arrived(delivery)

    def when_free(self, run: Callable[[Any], None], arg: Any) -> None:
        """Do something in the worker's loop: now, or when it goes on (solo: a running task is the loop)."""
        if self.worker.pool.stops_the_loop:
            self._later.append((run, arg))
        else:
            run(arg)

    def go_on(self, cause: int) -> None:
        """The loop goes on after a task has run in it."""
        while self._later and not self.worker.pool.stops_the_loop:
            run, arg = self._later.popleft()
            run(arg)
        if not self.worker.pool.stops_the_loop:
            self.has_changed(cause)

    def _arrived(self, delivery: Delivery) -> None:
        if self.hop:
            del self._arriving[delivery.tag]
        if self.worker.pool.stops_the_loop:
            self._later.append((self._receive, delivery))
        else:
            self._receive(delivery)

    def _receive(self, delivery: Delivery) -> None:
        """The consumer takes a message into memory.

        Source: celery.worker.strategy: default (the task-received event, then to the pool or the reserved ones).
        """
        self.in_hand = False
        self._take(delivery)
        if self.simulation.transport.turns and not self.worker.pool.stops_the_loop:
            self.simulation.transport.turned(self, delivery.cause)

    def _take(self, delivery: Delivery) -> None:
        message, now = delivery.message, self.clock.now
        task = self.simulation.tasks.get(message.name)
        if task is None:
            self._unregistered(delivery)
            return
        expires = message.expires
        if (expires is not None and now >= expires) or message.uuid in self.revoked:
            self._revoke(delivery, delivery.cause)
            return
        events = self.events
        cause, delivery.cause = delivery.cause, len(events)
        events.append(
            TaskReceived(
                now,
                cause,
                self.hostname,
                message.uuid,
                message.name,
                message.id,
                delivery.tag,
                message.args,
                message.kwargs,
                message.retries,
                message.eta,
                expires,
            )
        )
        if self._drains:
            self._drain(delivery)
        if message.eta is not None and message.eta > now:
            self._schedule(delivery, message.eta)
        elif (task.rate or self.rates) and self._limits_rates and self.rate(message.name):
            self._limit(delivery)
        else:
            self.worker.scaled(delivery.cause)
            self._submit(delivery)

    def _drain(self, delivery: Delivery) -> None:
        """A fresh worker that has found one message waits for more before its loop turns; a second one ends that."""
        if self._draining is not None:
            self.clock.cancel(self._draining)
            self._drained(None)
        elif not self.worker.pool.paused and delivery.message.ready_since < self.worker.online:
            self.worker.pool.paused = True
            self._draining = self.clock.at(max(self.since + DRAIN, self.clock.now), self.on_timer, self._drained)
        self._drains = self._draining is not None

    def _drained(self, _: object) -> None:
        if self._draining is not None:
            self._draining, self._drains = None, False
            self.worker.pool.paused = False
            self.next_request(-1)

    def _unregistered(self, delivery: Delivery) -> None:
        """No function of that name: rejected, FAILURE stored, task-failed without task-received.

        Source: celery.worker.consumer.consumer: Consumer.on_unknown_task; recording 51_unregistered_redis.
        """
        message, now, tag = delivery.message, self.clock.now, delivery.tag
        exception = f"NotRegistered({message.name!r})"
        rejected = self.broker.reject(delivery, delivery.cause)
        stored = ResultStored(now, rejected, self.hostname, message.uuid, message.id, tag, "FAILURE", exception)
        index = len(self.events)
        self.events.append(stored)
        self.simulation.finish(message.uuid, exception, index)
        self.events.append(TaskFailed(now, index, self.hostname, message.uuid, message.id, tag, exception))

    def _schedule(self, delivery: Delivery, eta: int) -> None:
        """Hold a task until its ETA; the window grows by one meanwhile.

        Source: celery.worker.strategy: default (consumer.qos.increment_eventually, timer.call_at).
        """
        message = delivery.message
        index = len(self.events)
        event = TaskScheduled(
            self.clock.now, delivery.cause, self.hostname, message.uuid, message.id, delivery.tag, eta
        )
        self.events.append(event)
        delivery.cause = index
        self.scheduled[delivery.tag] = self.clock.at(eta, self.on_timer, self._due, delivery)
        self._grow()
        if not self.simulation.transport.turns:
            self.has_changed(index)

    def _due(self, delivery: Delivery) -> None:
        """A task's ETA has come: it queues behind what is reserved already.

        Source: celery.worker.consumer.consumer: Consumer.apply_eta_task, _limit_post_eta.
        """
        del self.scheduled[delivery.tag]
        self.when_free(self._ripe, delivery)

    def _ripe(self, delivery: Delivery) -> None:
        self._shrink()
        if self.unacked >= self.limit:
            self.simulation.transport.filled(self)
        if self._limits_rates and self.rate(delivery.message.name):
            self._limit(delivery)
        else:
            self._submit(delivery)

    # -- rate limits -------------------------------------------------------------------------------------------

    def rate(self, name: str) -> float:
        """Tasks a second of that type; 0.0: no limit."""
        return self.rates.get(name, self.simulation.tasks[name].rate)

    def _limit(self, delivery: Delivery) -> None:
        """Into the task's bucket; it leaves when there is a token.

        Source: celery.worker.consumer.consumer: Consumer._limit_task, _schedule_bucket_request.
        """
        bucket = self.buckets.get(delivery.message.name)
        if bucket is None:
            bucket = self.buckets[delivery.message.name] = Bucket()
        bucket.waiting.append(delivery)
        self._pour(bucket, self.rate(delivery.message.name))

    def limit_rate(self, name: str, rate: float) -> None:
        """A new rate for a task (`rate_limit`); its bucket starts full."""
        self.rates[name] = rate
        bucket = self.buckets.get(name)
        if bucket is not None:
            if bucket.call is not None:
                self.clock.cancel(bucket.call)
                bucket.call = None
            bucket.next_token = 0
            self._pour(bucket, rate)

    def _pour(self, bucket: Bucket, rate: float) -> None:
        now = self.clock.now
        while bucket.waiting and (not rate or now >= bucket.next_token):
            if rate:
                bucket.next_token = now + round(MICROS / rate)
            self._submit(bucket.waiting.popleft())
        if bucket.waiting and bucket.call is None:
            bucket.call = self.clock.at(bucket.next_token, self.on_timer, self._token, bucket)

    def _token(self, bucket: Bucket) -> None:
        bucket.call = None
        self.when_free(self._poured, bucket)

    def _poured(self, bucket: Bucket) -> None:
        if bucket.waiting:
            self._pour(bucket, self.rate(bucket.waiting[0].message.name))

    # -- to the pool -------------------------------------------------------------------------------------------

    def _submit(self, delivery: Delivery) -> None:
        """A request that nothing holds back any more: to the pool, or behind the others."""
        pool = self.worker.pool
        if pool.free and not pool.paused and not self.reserved and self.worker.runs:
            self._run(delivery, delivery.cause)
        else:
            self.reserved.append(delivery)
            if pool.stands_in_line:
                self.simulation.transport.filled(self)

    def _run(self, delivery: Delivery, cause: int) -> None:
        """Hand a request to the pool, unless it has expired or was revoked by now."""
        message = delivery.message
        if (message.expires is not None and self.clock.now >= message.expires) or message.uuid in self.revoked:
            self._revoke(delivery, cause)
        else:
            self.worker.pool.begin(delivery, cause)

    def _revoke(self, delivery: Delivery, cause: int) -> None:
        """An expired or revoked task is acknowledged and not run.

        Source: celery.worker.request: Request.revoked, maybe_expire.
        """
        message, now, tag = delivery.message, self.clock.now, delivery.tag
        expired = message.expires is not None and now >= message.expires
        acked = self.broker.ack(delivery, cause) if tag in self.held else cause
        index = len(self.events)
        exception = f"TaskRevokedError({'expired' if expired else 'revoked'!r})"
        self.events.append(ResultStored(now, acked, self.hostname, message.uuid, message.id, tag, "REVOKED", exception))
        self.simulation.finish(message.uuid, exception, index)
        self.events.append(TaskRevoked(now, index, self.hostname, message.uuid, message.id, tag, expired=expired))
        if message.canvas is not None:
            canvas.revoked(self.worker, message, exception, index)

    def next_request(self, cause: int) -> None:
        """A slot has become free."""
        pool = self.worker.pool
        while self.reserved and pool.free and not pool.paused and self.worker.runs:
            self._run(self.reserved.popleft(), cause)

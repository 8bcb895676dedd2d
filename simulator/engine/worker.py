"""A worker: its consumer with the prefetch window, its pool of slots, the life of an execution."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from simulator.engine.clock import Call, Rank, priority
from simulator.engine.parts import Delivery
from simulator.engine.pool import Pool
from simulator.trace.events import (
    NO_CAUSE,
    ResultStored,
    SettingChanged,
    TaskFailed,
    TaskLost,
    TaskReceived,
    TaskRevoked,
    TaskScheduled,
    WorkerLost,
    WorkerOffline,
    WorkerOnline,
)
from simulator.trace.time import NEVER, as_seconds, to_micros

if TYPE_CHECKING:
    from simulator.engine.simulation import Simulation
    from simulator.scenario.schema import Worker as WorkerSpec


class Worker:
    """One life of a worker process: a restarted one is another object."""

    def __init__(self, simulation: Simulation, hostname: str, index: int, spec: WorkerSpec) -> None:
        settings = simulation.settings
        self.simulation = simulation
        self.clock = simulation.clock
        self.events = simulation.events
        self.broker = simulation.broker
        self.hop = settings.hop
        self.hostname = hostname
        self.index = index
        self.on_delivery = priority(Rank.DELIVERY, index)
        self.on_completion = priority(Rank.COMPLETION, index)
        self.on_timer = priority(Rank.TIMER, index)
        self.phase = to_micros(spec.phase)
        self.concurrency = spec.concurrency or settings.worker_concurrency
        multiplier = spec.prefetch_multiplier
        if multiplier is None:
            multiplier = settings.worker_prefetch_multiplier
        self.window = multiplier * self.concurrency
        """Its prefetch_count, as Kombu has it: 0 is no limit."""
        self.limit = self.window or NEVER
        """How many unacknowledged messages it may hold."""
        names = spec.queues or [settings.task_default_queue]
        self.queues = [simulation.broker.queue(name) for name in dict.fromkeys(names)]
        self.queue_names = tuple(queue.name for queue in self.queues)
        self.alive = True
        self.held: dict[int, Delivery] = {}
        """Deliveries it has not acknowledged, by tag."""
        self.unacked = 0
        """The same as the broker counts it: an acknowledgement takes a hop to get there."""
        self.reserved: deque[Delivery] = deque()
        """Received and waiting for a slot."""
        self.scheduled: dict[int, Call] = {}
        """By delivery tag, what waits for its ETA."""
        self.stopping: int | None = None
        """Index of the event that asked it to shut down, where somebody has."""
        self.pool = Pool(self)
        self.room_since = NO_CAUSE
        """Index of the event that last gave it room."""
        self.blocked = False
        """Whether a push transport has passed it over for want of credit."""
        self.question: Call | None = None
        """Its next question to the broker (polled transports), where one is scheduled."""
        self.parked_at = NEVER
        """When it last asked in vain, while it is parked (polled transports)."""
        self._arriving: dict[int, Call] = {}

    def start(self) -> None:
        """Come online and consume."""
        settings = self.simulation.settings
        polled = settings.transport == "guide"
        index = len(self.events)
        self.events.append(
            WorkerOnline(
                self.clock.now,
                NO_CAUSE,
                self.hostname,
                self.queue_names,
                "prefork",
                self.concurrency,
                self.window,
                {
                    "task_acks_late": settings.task_acks_late,
                    "transport": settings.transport,
                    **({"polling_interval": as_seconds(settings.polling_interval)} if polled else {}),
                },
            )
        )
        for queue in self.queues:
            queue.subscribers += 1
        if not self.broker.down:
            self.simulation.transport.subscribe(self, index)

    def kill(self) -> None:
        """SIGKILL: it says nothing; what it had not acknowledged returns, what it ran acknowledged is lost."""
        index = len(self.events)
        self.events.append(WorkerLost(self.clock.now, NO_CAUSE, self.hostname))
        self._end(index)

    def stop(self, how: str) -> None:
        """Shut down: `warm` finishes what runs and gives the rest back, `cold` gives up what runs too.

        Source: celery.apps.worker: the handlers of SIGTERM and SIGQUIT.
        """
        index = len(self.events)
        self.events.append(SettingChanged(self.clock.now, NO_CAUSE, self.hostname, "shutdown", how))
        if self.stopping is None:
            for queue in self.queues:
                queue.subscribers -= 1
            self.simulation.transport.unsubscribe(self)
        self.stopping = index
        if how == "cold" or not self.pool.active:
            self._offline()

    def _offline(self) -> None:
        index = len(self.events)
        self.events.append(
            WorkerOffline(self.clock.now, NO_CAUSE if self.stopping is None else self.stopping, self.hostname)
        )
        self._end(index)

    def _end(self, cause: int) -> None:
        """It is gone: its children too; the broker takes back what was not acknowledged."""
        simulation = self.simulation
        self.alive = False
        if self.stopping is None:
            for queue in self.queues:
                queue.subscribers -= 1
            simulation.transport.unsubscribe(self)
        self._forget_waiting()
        self.pool.kill()
        running = [execution.delivery for execution in self.pool.active.values()]
        acknowledged = [delivery for delivery in running if delivery.tag not in self.held]
        self.broker.connection_lost(self, cause, "shutdown" if self.stopping is not None else "connection-lost")
        for delivery in acknowledged:
            message = delivery.message
            if not simulation.survives(message.uuid, self):
                self.events.append(
                    TaskLost(self.clock.now, cause, message.uuid, message.id, delivery.tag, self.hostname, "acked")
                )

    def _forget_waiting(self) -> None:
        for call in [*self._arriving.values(), *self.scheduled.values()]:
            self.clock.cancel(call)
        self._arriving.clear()
        self.limit -= len(self.scheduled)
        self.scheduled.clear()
        self.reserved.clear()

    def lose_connection(self, cause: int) -> None:
        """The broker is gone: what waits here is forgotten, what runs goes on and cannot be acknowledged.

        Source: celery.worker.consumer.consumer: Consumer.on_connection_error_after_connected.
        """
        self.simulation.transport.unsubscribe(self)
        self._forget_waiting()
        self.broker.connection_lost(self, cause, "connection-lost")
        self.unacked = 0

    def reconnect(self, cause: int) -> None:
        """The broker is back: consume again, and ask at once where one asks."""
        self.phase = 0
        if self.stopping is None:
            self.simulation.transport.subscribe(self, cause)

    def expect(self, delivery: Delivery) -> None:
        """A message is on its way here."""
        if self.hop:
            self._arriving[delivery.tag] = self.clock.at(
                self.clock.now + self.hop, self.on_delivery, self._receive, delivery
            )
        else:
            self._receive(delivery)

    def release(self, cause: int) -> None:
        """The broker learns, a hop from now, that a delivery is settled."""
        if self.hop:
            self.clock.at(self.clock.now + self.hop, self.on_completion, self._released, cause)
        else:
            self._released(cause)

    def _released(self, cause: int) -> None:
        if self.alive:
            self.unacked = max(0, self.unacked - 1)
            self._has_room(cause)

    def _has_room(self, cause: int) -> None:
        if self.stopping is None and not self.broker.down:
            self.simulation.transport.settle(self, cause)

    def _receive(self, delivery: Delivery) -> None:
        """The consumer takes a message into memory.

        Source: celery.worker.strategy: default (the task-received event, then to the pool or the reserved ones).
        """
        if self.hop:
            del self._arriving[delivery.tag]
        message = delivery.message
        if message.name not in self.simulation.tasks:
            self._unregistered(delivery)
            return
        if message.expires is not None and self.clock.now >= message.expires:
            self._revoke(delivery, delivery.cause)
            return
        events = self.events
        cause, delivery.cause = delivery.cause, len(events)
        events.append(
            TaskReceived(
                self.clock.now,
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
                message.expires,
            )
        )
        if message.eta is not None and message.eta > self.clock.now:
            self._schedule(delivery, message.eta)
        elif self.pool.free:
            self._run(delivery, delivery.cause)
        else:
            self.reserved.append(delivery)

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
        self.simulation.finished.add(message.uuid)
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
        self.limit += 1
        self._has_room(index)

    def _due(self, delivery: Delivery) -> None:
        """A task's ETA has come: it queues behind what is reserved already."""
        del self.scheduled[delivery.tag]
        self.limit -= 1
        if self.unacked >= self.limit:
            self.simulation.transport.filled(self)
        if self.pool.free:
            self._run(delivery, delivery.cause)
        else:
            self.reserved.append(delivery)

    def _run(self, delivery: Delivery, cause: int) -> None:
        """Hand a request to the pool, unless it has expired by now."""
        expires = delivery.message.expires
        if expires is not None and self.clock.now >= expires:
            self._revoke(delivery, cause)
        else:
            self.pool.begin(delivery, cause)

    def _revoke(self, delivery: Delivery, cause: int) -> None:
        """An expired task is acknowledged and not run.

        Source: celery.worker.request: Request.revoked, maybe_expire.
        """
        message, now, tag = delivery.message, self.clock.now, delivery.tag
        acked = self.broker.ack(delivery, cause)
        index = len(self.events)
        exception = "TaskRevokedError('expired')"
        self.events.append(ResultStored(now, acked, self.hostname, message.uuid, message.id, tag, "REVOKED", exception))
        self.simulation.finished.add(message.uuid)
        self.events.append(TaskRevoked(now, index, self.hostname, message.uuid, message.id, tag, expired=True))

    def next_request(self, cause: int) -> None:
        """A slot has become free."""
        while self.reserved and self.pool.free and self.stopping is None:
            self._run(self.reserved.popleft(), cause)
        if self.stopping is not None and not self.pool.active and self.alive:
            self._offline()

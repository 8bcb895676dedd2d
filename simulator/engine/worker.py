"""A worker: its consumer with the prefetch window, its pool of slots, the life of an execution."""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from simulator.engine.clock import Call, Rank, priority
from simulator.engine.parts import Delivery, Execution
from simulator.trace.events import (
    NO_CAUSE,
    ResultStored,
    TaskFailed,
    TaskLost,
    TaskReceived,
    TaskStarted,
    TaskSucceeded,
    WorkerLost,
    WorkerOnline,
)
from simulator.trace.time import NEVER, as_seconds, to_micros

if TYPE_CHECKING:
    from simulator.engine.simulation import Simulation
    from simulator.scenario.schema import Worker as WorkerSpec

REPORT_HOPS = 3
"""A child publishes and stores in sequence and then reports to its parent."""


class Worker:
    """One life of a worker process: a restarted one is another object."""

    def __init__(self, simulation: Simulation, hostname: str, index: int, spec: WorkerSpec) -> None:
        settings = simulation.settings
        self.simulation = simulation
        self.clock = simulation.clock
        self.events = simulation.events
        self.broker = simulation.broker
        self.hop = settings.hop
        self.latency = settings.result_latency
        self.hostname = hostname
        self.index = index
        self.on_delivery = priority(Rank.DELIVERY, index)
        self.on_completion = priority(Rank.COMPLETION, index)
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
        self.free = list(range(1, self.concurrency + 1))
        self.active: dict[int, Execution] = {}
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
        self.simulation.transport.subscribe(self, index)

    def kill(self) -> None:
        """SIGKILL: it says nothing; what it had not acknowledged returns, what it ran acknowledged is lost."""
        simulation, now = self.simulation, self.clock.now
        self.alive = False
        index = len(self.events)
        self.events.append(WorkerLost(now, NO_CAUSE, self.hostname))
        for queue in self.queues:
            queue.subscribers -= 1
        for call in [*self._arriving.values(), *(e.call for e in self.active.values() if e.call is not None)]:
            self.clock.cancel(call)
        running = [execution.delivery for execution in self.active.values()]
        acknowledged = [delivery for delivery in running if delivery.tag not in self.held]
        simulation.transport.unsubscribe(self)
        self.broker.connection_lost(self, index)
        for delivery in acknowledged:
            message = delivery.message
            if not simulation.survives(message.uuid, self):
                self.events.append(TaskLost(now, index, message.uuid, message.id, delivery.tag, self.hostname, "acked"))

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
            self.unacked -= 1
            self.simulation.transport.settle(self, cause)

    def _released(self, cause: int) -> None:
        if self.alive:
            self.unacked -= 1
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
            )
        )
        if self.free:
            self._begin(delivery, delivery.cause)
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

    def _begin(self, delivery: Delivery, cause: int) -> None:
        """Hand a request to a free slot's child."""
        slot = heappop(self.free)
        execution = self.active[slot] = Execution(delivery, slot)
        if self.hop:
            delivery.cause = cause
            execution.call = self.clock.at(self.clock.now + self.hop, self.on_completion, self._handed_over, execution)
        else:
            self._accepted(execution, cause)

    def _handed_over(self, execution: Execution) -> None:
        self._accepted(execution, execution.delivery.cause)

    def _accepted(self, execution: Execution, cause: int) -> None:
        """The child has it: early acknowledgement now, then it runs.

        Source: celery.worker.request: Request.on_accepted (ack, then the task-started event).
        """
        delivery = execution.delivery
        message, now = delivery.message, self.clock.now
        task = self.simulation.tasks[message.name]
        if not task.acks_late:
            cause = self.broker.ack(delivery, cause)
        events = self.events
        execution.started = len(events)
        execution.started_at = now
        events.append(TaskStarted(now, cause, self.hostname, message.uuid, message.id, delivery.tag, execution.slot))
        duration = task.run(message, execution) + self.latency
        execution.call = self.clock.at(now + duration, self.on_completion, self._stored, execution)

    def _stored(self, execution: Execution) -> None:
        """The function has returned or raised, and the child has stored the result, before it tells its parent."""
        delivery, now = execution.delivery, self.clock.now
        message, exception = delivery.message, execution.exception
        execution.stored = len(self.events)
        execution.stored_at = now
        self.events.append(
            ResultStored(
                now,
                execution.started,
                self.hostname,
                message.uuid,
                message.id,
                delivery.tag,
                "SUCCESS" if exception is None else "FAILURE",
                execution.result if exception is None else exception,
            )
        )
        self.simulation.finished.add(message.uuid)
        if self.hop:
            execution.call = self.clock.at(now + REPORT_HOPS * self.hop, self.on_completion, self._reported, execution)
        else:
            self._reported(execution)

    def _reported(self, execution: Execution) -> None:
        """The parent hears of it: late acknowledgement, the event, and the slot is free.

        Source: celery.worker.request: Request.on_success, on_failure (acknowledge, then the event).
        """
        delivery, slot = execution.delivery, execution.slot
        execution.call = None  # the call holds the execution: a circle
        message, tag, cause = delivery.message, delivery.tag, execution.stored
        if tag in self.held:
            cause = self.broker.ack(delivery, cause)
        now, runtime = self.clock.now, execution.stored_at - execution.started_at
        events, exception = self.events, execution.exception
        index = len(events)
        event: TaskSucceeded | TaskFailed
        if exception is None:
            event = TaskSucceeded(
                now, cause, self.hostname, message.uuid, message.id, tag, slot, runtime, execution.result
            )
        else:
            event = TaskFailed(now, cause, self.hostname, message.uuid, message.id, tag, exception, slot, runtime)
        events.append(event)
        del self.active[slot]
        heappush(self.free, slot)
        if self.reserved:
            self._begin(self.reserved.popleft(), index)

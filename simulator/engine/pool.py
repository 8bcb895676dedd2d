"""A worker's pool: slots, and the life of an execution in one of them."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from simulator.engine.clock import Rank, priority
from simulator.engine.failures import Retry
from simulator.engine.parts import Delivery, Execution, Message
from simulator.trace.events import Effect, ResultStored, TaskFailed, TaskRetried, TaskStarted, TaskSucceeded

if TYPE_CHECKING:
    from simulator.engine.services import Service
    from simulator.engine.tasks import Task
    from simulator.engine.worker import Worker

REPORT_HOPS = 3
"""A child publishes and stores in sequence and then reports to its parent."""


class Pool:
    """The children of one worker."""

    def __init__(self, worker: Worker) -> None:
        simulation = worker.simulation
        self.worker = worker
        self.simulation = simulation
        self.clock = simulation.clock
        self.events = simulation.events
        self.broker = simulation.broker
        self.hop = simulation.settings.hop
        self.latency = simulation.settings.result_latency
        self.on_completion = priority(Rank.COMPLETION, worker.index)
        self.free = list(range(1, worker.concurrency + 1))
        """Slots that run nothing."""
        self.active: dict[int, Execution] = {}
        """Executions by slot."""

    def kill(self) -> None:
        """All children die with their parent."""
        for execution in self.active.values():
            if execution.call is not None:
                self.clock.cancel(execution.call)
            if execution.effect is not None:
                self.clock.cancel(execution.effect)
            if execution.calling is not None:
                execution.calling.finish()

    def begin(self, delivery: Delivery, cause: int) -> None:
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
        if not task.acks_late and delivery.tag in self.worker.held:
            cause = self.broker.ack(delivery, cause)
        events = self.events
        execution.started = len(events)
        execution.started_at = now
        events.append(
            TaskStarted(
                now,
                cause,
                self.worker.hostname,
                message.uuid,
                message.id,
                delivery.tag,
                execution.slot,
                log=task.log_line(message) if task.logs else None,
            )
        )
        service = task.service
        duration = task.run(message, execution) if service is None else self._call(service, task, message, execution)
        share = execution.effect_at
        if share == 0:
            self._take_effect(execution)
        elif share is not None and share < 1:
            when = now + round(duration * share)
            execution.effect = self.clock.at(when, self.on_completion, self._take_effect, execution)
        execution.call = self.clock.at(now + duration, self.on_completion, self._returned, execution)

    def _take_effect(self, execution: Execution) -> None:
        """The body has its side effect now: once a task where it is idempotent, however often it runs."""
        execution.effect = None
        message, effects = execution.delivery.message, self.simulation.effects
        if self.simulation.tasks[message.name].idempotent and message.uuid in effects:
            return
        effects.add(message.uuid)
        hostname, tag = self.worker.hostname, execution.delivery.tag
        self.events.append(Effect(self.clock.now, execution.started, hostname, message.uuid, message.id, tag))

    def _call(self, service: Service, task: Task, message: Message, execution: Execution) -> int:
        """The body calls its service before anything else; a refusal is its exception."""
        refused = service.call(self.clock.now)
        if refused is not None:
            execution.failure, execution.exception = refused, f"{refused}()"
            return service.latency
        execution.calling = service
        return service.latency + task.run(message, execution)

    def _returned(self, execution: Execution) -> None:
        """The function has returned or raised: a retry is published from here, by the child itself."""
        if execution.calling is not None:
            execution.calling.finish()
            execution.calling = None
        message = execution.delivery.message
        if execution.effect_at == 1 and execution.failure is None:
            self._take_effect(execution)
        if execution.failure is not None:
            task = self.simulation.tasks[message.name]
            decision = task.policy.decide(execution.failure, message.retries, message.entry.identity, message.number)
            if isinstance(decision, Retry):
                self._retry(execution, message, decision.delay)
            elif decision.exception != execution.failure:
                execution.failure, execution.exception = decision.exception, f"{decision.exception}()"
        if self.latency:
            execution.call = self.clock.at(self.clock.now + self.latency, self.on_completion, self._stored, execution)
        else:
            self._stored(execution)

    def _retry(self, execution: Execution, message: Message, delay: int) -> None:
        """Publish the next attempt: a new message of the same task, with the same absolute expiry.

        Source: celery.app.task: Task.retry, signature_from_request.
        """
        execution.retried = self.simulation.publish(
            Message(
                self.simulation.next_message(),
                message.uuid,
                message.name,
                message.args,
                message.kwargs,
                message.entry,
                message.number,
                message.queue,
                eta=self.clock.now + delay if delay else None,
                expires=message.expires,
                priority=message.priority,
                retries=message.retries + 1,
            ),
            self.worker.hostname,
            execution.started,
            self.on_completion,
        )

    def _stored(self, execution: Execution) -> None:
        """The child has stored the result, before it tells its parent."""
        delivery, now = execution.delivery, self.clock.now
        message, exception = delivery.message, execution.exception
        state = "SUCCESS" if exception is None else "RETRY" if execution.retried else "FAILURE"
        execution.stored = len(self.events)
        execution.stored_at = now
        self.events.append(
            ResultStored(
                now,
                execution.started,
                self.worker.hostname,
                message.uuid,
                message.id,
                delivery.tag,
                state,
                execution.result if exception is None else exception,
            )
        )
        if not execution.retried:
            self.simulation.finished.add(message.uuid)
            dead = self.simulation.dead_letter_queue(message.name) if exception is not None else None
            if dead is not None:
                self.simulation.dead_letter(message, dead, self.worker, execution.stored)
        if self.hop:
            execution.call = self.clock.at(now + REPORT_HOPS * self.hop, self.on_completion, self._reported, execution)
        else:
            self._reported(execution)

    def _reported(self, execution: Execution) -> None:
        """The parent hears of it: late acknowledgement, the event, and the slot is free.

        Source: celery.worker.request: Request.on_success, on_failure, on_retry (acknowledge, then the event).
        """
        delivery, slot, worker = execution.delivery, execution.slot, self.worker
        execution.call = None  # the call holds the execution: a circle
        message, tag, cause = delivery.message, delivery.tag, execution.stored
        if tag in worker.held:
            cause = self.broker.ack(delivery, cause)
        now, runtime = self.clock.now, execution.stored_at - execution.started_at
        events, exception, hostname = self.events, execution.exception, worker.hostname
        index = len(events)
        event: TaskSucceeded | TaskFailed | TaskRetried
        if exception is None:
            event = TaskSucceeded(now, cause, hostname, message.uuid, message.id, tag, slot, runtime, execution.result)
        elif execution.retried:
            event = TaskRetried(now, cause, hostname, message.uuid, message.id, tag, slot, exception, runtime)
        else:
            event = TaskFailed(now, cause, hostname, message.uuid, message.id, tag, exception, slot, runtime)
        events.append(event)
        del self.active[slot]
        heappush(self.free, slot)
        worker.next_request(index)

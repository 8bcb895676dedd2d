"""Outcomes: how the worker's main process acknowledges, rejects and reports executions that end.

Source: celery.worker.request: Request.on_success, on_failure, on_retry, on_timeout, terminate, cancel.
"""

from __future__ import annotations

from simulator.engine.broker import Broker
from simulator.engine.context import Context
from simulator.engine.executions import Execution
from simulator.engine.worker.application import Application
from simulator.engine.worker.life import Life
from simulator.engine.worker.slots import Slots
from simulator.trace.events import (
    ResultLost,
    ResultStored,
    TaskCancelled,
    TaskFailed,
    TaskIgnored,
    TaskLost,
    TaskRejected,
    TaskRetried,
    TaskRevoked,
    TaskSucceeded,
)
from simulator.trace.time import as_seconds

SIGNALS = {"SIGQUIT": 3, "SIGKILL": 9, "SIGUSR1": 10, "SIGTERM": 15}
"""Signal numbers by name, of the signals that end a child."""


class Outcomes:
    """Handles the end of every execution of a pool."""

    def __init__(self, context: Context, life: Life, application: Application, broker: Broker, slots: Slots) -> None:
        """Connect to the pool and the broker."""
        self.clock = context.clock
        self.note = context.journal.note
        self.results = context.results
        self.copies = context.copies
        self.life = life
        self.hostname = life.hostname
        self.application = application
        self.broker = broker
        self.slots = slots
        self.stores_rejection = context.settings.stores_rejection
        self.requeues_timeout = context.settings.requeues_timeout
        self.acks_at_end = life.solo and context.transport.has_loop
        """True if an early acknowledgement is sent only when the body has ended: it is left to the event loop, and a
        solo worker's stands still meanwhile, so a death loses nothing. Source: celery.worker.consumer.consumer:
        Consumer.call_soon_ack; workers on Redis and RabbitMQ whose message was still unacknowledged when they died."""

    def reported(self, execution: Execution) -> None:
        """Handle a child's report: late acknowledgement, the event, then free the slot."""
        failure = execution.failure
        if self.acks_at_end and not execution.task.acks_late:
            execution.stored = self._ack(execution, execution.stored)
        if failure is not None and not execution.retried:
            if failure == "Reject":
                self._rejected(execution)
            elif failure == "Ignore":
                self._ignored(execution, self._ack(execution, execution.stored))
            else:
                self._failed(execution)
            return
        # Success or a retry: acknowledge, then the event.
        delivery = execution.delivery
        message, tag, slot = delivery.message, delivery.tag, execution.slot
        cause = execution.stored
        if delivery.is_held:
            cause = self.broker.ack(delivery, cause)
        now, runtime, hostname = self.clock.now, execution.stored_at - execution.started_at, self.hostname
        if execution.retried:
            exception = self._reported_exception(execution)
            index = self.note(
                TaskRetried(now, cause, hostname, message.uuid, message.id, tag, slot, exception, runtime)
            )
        else:
            index = self.note(
                TaskSucceeded(now, cause, hostname, message.uuid, message.id, tag, slot, runtime, execution.result)
            )
        self.slots.leave(execution, index)

    def _reported_exception(self, execution: Execution) -> str:
        """Return the exception for task-retried: a child sends the cause, the worker's own process the Retry."""
        exception = str(execution.exception)
        if self.life.prefork:
            return exception
        return f"Retry(Retry(...), {exception}, {as_seconds(execution.delay):g})"

    def _failed(self, execution: Execution) -> None:
        """Handle a failure; it is acknowledged like a success, unless `acks_on_failure` is off."""
        task, cause = execution.task, execution.stored
        if task.acks_on_failure or not task.acks_late:
            cause = self._ack(execution, cause)
        else:
            cause = self._reject(execution, cause, requeue=False)
        self.slots.leave(execution, self._report_failure(execution, cause))

    def _rejected(self, execution: Execution) -> None:
        """Handle `raise Reject(...)`; without requeue, the parent stores and reports a failure."""
        task, cause = execution.task, execution.stored
        if task.reject != "requeue" and not self.stores_rejection:
            if not execution.delivery.is_held:
                self._ignored(execution, cause)
                return
        elif task.reject != "requeue":
            cause = self._report_failure(execution, self._store(execution, cause, "FAILURE", execution.exception))
        elif not execution.delivery.is_held:
            self._ignored(execution, cause)  # already acknowledged: too late to reject
            return
        cause = self._reject(execution, cause, requeue=task.reject == "requeue")
        self.slots.leave(execution, cause)
        self._report_lost(execution, cause)

    def _report_lost(self, execution: Execution, cause: int) -> None:
        """Emit task-lost if the task has neither a copy nor a final state."""
        delivery = execution.delivery
        message = delivery.message
        if message.uuid in self.results.finished or message.uuid in self.copies:
            return
        self.results.finished.add(message.uuid)
        self.note(TaskLost(self.clock.now, cause, message.uuid, message.id, delivery.tag, self.hostname, "gone"))

    def _ignored(self, execution: Execution, cause: int) -> None:
        """End an ignored execution: no result, no task event from Celery; the slot becomes free."""
        message, now, tag = execution.delivery.message, self.clock.now, execution.delivery.tag
        self.results.finished.add(message.uuid)
        index = self.note(TaskIgnored(now, cause, self.hostname, message.uuid, message.id, tag, execution.slot))
        self.slots.leave(execution, index)

    def unstored(self, execution: Execution, state: str) -> None:
        """Handle a result that the child could not store: acknowledged, but not reported."""
        index = self._lose_result(execution, self._ack(execution, execution.started), state)
        self.slots.leave(execution, index)

    def _lose_result(self, execution: Execution, cause: int, state: str) -> int:
        message, now, tag = execution.delivery.message, self.clock.now, execution.delivery.tag
        lost = ResultLost(now, cause, self.hostname, message.uuid, message.id, tag, execution.slot, state)
        return self.note(self.results.lose(lost))

    def lost(self, execution: Execution, cause: int) -> int:
        """Handle the loss of a running task's child: WorkerLostError.

        Returns:
            The index of the last event it led to.
        """
        task = execution.task
        execution.exception = "WorkerLostError('Worker exited prematurely: signal 9 (SIGKILL).')"
        if task.acks_late and task.reject_on_worker_lost:
            return self._reject(execution, cause, requeue=True)
        if task.acks_late and not task.acks_on_failure:
            cause = self._reject(execution, cause, requeue=False)
        else:
            cause = self._ack(execution, cause)
        return self._report_failure(execution, self._store(execution, cause, "FAILURE", execution.exception))

    def time_is_up(self, execution: Execution) -> None:
        """Enforce the hard time limit: fail the task at once and kill the child."""
        self.slots.interrupt(execution)
        self.slots.end_child(execution, "time-limit", self.out_of_time(execution))

    def out_of_time(self, execution: Execution) -> int:
        """Report that a hard time limit is over; return the index of the last event it led to."""
        task = execution.task
        execution.exception = f"TimeLimitExceeded({as_seconds(execution.hard_limit):g})"
        stored = self._store(execution, execution.started, "FAILURE", execution.exception)
        told = self._report_failure(execution, stored)
        if task.acks_late:
            requeue = self.requeues_timeout
            told = self._ack(execution, told) if task.acks_on_timeout else self._reject(execution, told, requeue)
        return told

    def terminate(self, execution: Execution, signal: str) -> None:
        """Handle `revoke(terminate=True)`: report at once and signal the child."""
        if execution.started < 0:
            execution.terminated = signal
            return
        self.slots.interrupt(execution)
        delivery = execution.delivery
        message = delivery.message
        index = self.note(
            TaskRevoked(
                self.clock.now,
                execution.started,
                self.hostname,
                message.uuid,
                message.id,
                delivery.tag,
                terminated=True,
                signum=SIGNALS[signal],
            )
        )
        stored = self._store(execution, index, "REVOKED", "TaskRevokedError('terminated')")
        self.slots.end_child(execution, "terminated", self._ack(execution, stored))

    def cancel(self, execution: Execution, cause: int) -> None:
        """Cancel an execution on cold shutdown; if already acknowledged, it is stored as RETRY and lost."""
        self.slots.interrupt(execution)
        delivery = execution.delivery
        message, now = delivery.message, self.clock.now
        index = self.note(
            TaskCancelled(now, cause, self.hostname, message.uuid, message.id, delivery.tag, execution.slot)
        )
        if not delivery.is_held:
            self._store(execution, index, "RETRY", "Retry('cancelled by Celery')", final=False)
        execution.over = True

    def _ack(self, execution: Execution, cause: int) -> int:
        delivery = execution.delivery
        return self.broker.ack(delivery, cause) if delivery.is_held else cause

    def _reject(self, execution: Execution, cause: int, requeue: bool) -> int:
        """Reject the message if it is not acknowledged yet, and emit task-rejected."""
        delivery = execution.delivery
        if not delivery.is_held:
            return cause
        message, slot = delivery.message, execution.slot
        cause = self.broker.reject(delivery, cause, requeue)
        now, tag = self.clock.now, delivery.tag
        return self.note(TaskRejected(now, cause, self.hostname, message.uuid, message.id, tag, slot, requeue))

    def _store(self, execution: Execution, cause: int, state: str, exception: str | None, final: bool = True) -> int:
        message, now, tag = execution.delivery.message, self.clock.now, execution.delivery.tag
        index = cause
        if self.results.backend_down and not execution.task.ignore_result:
            execution.stored_at = now
            return self._lose_result(execution, cause, state)
        if not execution.task.ignore_result:
            index = self.note(ResultStored(now, cause, self.hostname, message.uuid, message.id, tag, state, exception))
        execution.stored_at = now
        if final:
            self.results.finish(message.uuid, exception, index)
            if message.canvas is not None:
                execution.stored, execution.exception = index, exception
                self.application.workflow.stored(self.life, message, message.canvas, execution, index)
        return index

    def _report_failure(self, execution: Execution, cause: int) -> int:
        if self.results.backend_down and not execution.task.ignore_result:
            return cause  # the parent's callback has raised before it came to that
        delivery, now = execution.delivery, self.clock.now
        message = delivery.message
        runtime = (execution.stored_at or now) - execution.started_at
        exception, slot = str(execution.exception), execution.slot
        return self.note(
            TaskFailed(now, cause, self.hostname, message.uuid, message.id, delivery.tag, exception, slot, runtime)
        )

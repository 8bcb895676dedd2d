"""How executions end, as the worker's main process hears of it: what is acknowledged, rejected, reported.

Source: celery.worker.request: Request.on_success, on_failure, on_retry, on_timeout, terminate, cancel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.engine import canvas
from simulator.engine.parts import Execution
from simulator.trace.events import (
    ResultStored,
    TaskCancelled,
    TaskFailed,
    TaskIgnored,
    TaskRejected,
    TaskRetried,
    TaskRevoked,
    TaskSucceeded,
)
from simulator.trace.time import as_seconds

if TYPE_CHECKING:
    from simulator.engine.pool import Pool

SIGNALS = {"SIGQUIT": 3, "SIGKILL": 9, "SIGUSR1": 10, "SIGTERM": 15}
"""Numbers of the signals that end a child."""


class Outcomes:
    """The end of every execution of a pool."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.worker = pool.worker
        self.simulation = pool.simulation
        self.clock = pool.clock
        self.events = pool.events
        self.broker = pool.broker

    def reported(self, execution: Execution) -> None:
        """The parent hears how a task ended: late acknowledgement, the event, and the slot is free."""
        failure = execution.failure
        if failure is None or execution.retried:
            self._settled(execution)
        elif failure == "Reject":
            self._rejected(execution)
        elif failure == "Ignore":
            self._ignored(execution, self._ack(execution, execution.stored))
        else:
            self._failed(execution)

    def _settled(self, execution: Execution) -> None:
        """Success or a retry: acknowledge, then the event."""
        delivery = execution.delivery
        message, tag, slot = delivery.message, delivery.tag, execution.slot
        cause = self._ack(execution, execution.stored)
        now, runtime = self.clock.now, execution.stored_at - execution.started_at
        hostname, index = self.worker.hostname, len(self.events)
        event: TaskSucceeded | TaskRetried
        if execution.retried:
            exception = self._as_told(execution)
            event = TaskRetried(now, cause, hostname, message.uuid, message.id, tag, slot, exception, runtime)
        else:
            result = execution.result
            event = TaskSucceeded(now, cause, hostname, message.uuid, message.id, tag, slot, runtime, result)
        self.events.append(event)
        self.pool.leave(execution, index)

    def _as_told(self, execution: Execution) -> str:
        """The exception of task-retried: a child hands over the cause, in the worker's own process it is the Retry."""
        exception = str(execution.exception)
        if self.pool.prefork:
            return exception
        return f"Retry(Retry(...), {exception}, {as_seconds(execution.delay):g})"

    def _failed(self, execution: Execution) -> None:
        """A failure is a handled outcome: acknowledged too, unless `acks_on_failure` says otherwise."""
        task = self.simulation.tasks[execution.delivery.message.name]
        cause = execution.stored
        if task.acks_on_failure or not task.acks_late:
            cause = self._ack(execution, cause)
        else:
            cause = self._reject(execution, cause, requeue=False)
        self._tell_failure(execution, cause)
        self.pool.leave(execution, len(self.events) - 1)

    def _rejected(self, execution: Execution) -> None:
        """`raise Reject(...)`: without requeue the parent stores a failure and says so."""
        task = self.simulation.tasks[execution.delivery.message.name]
        cause = execution.stored
        if task.reject != "requeue":
            cause = self._tell_failure(execution, self._store(execution, cause, "FAILURE", execution.exception))
        elif execution.delivery.tag not in self.worker.consumer.held:
            self._ignored(execution, cause)  # too late: it is acknowledged
            return
        cause = self._reject(execution, cause, requeue=task.reject == "requeue")
        self.pool.leave(execution, cause)

    def _ignored(self, execution: Execution, cause: int) -> None:
        """Nothing is stored and nobody is told; the slot is free."""
        delivery, index = execution.delivery, len(self.events)
        message, hostname = delivery.message, self.worker.hostname
        self.simulation.finished.add(message.uuid)
        self.events.append(
            TaskIgnored(self.clock.now, cause, hostname, message.uuid, message.id, delivery.tag, execution.slot)
        )
        self.pool.leave(execution, index)

    def lost(self, execution: Execution, cause: int) -> int:
        """The parent notices that the child of a running task is gone: WorkerLostError.

        Returns:
            The index of the last event it led to.
        """
        task = self.simulation.tasks[execution.delivery.message.name]
        execution.exception = "WorkerLostError('Worker exited prematurely: signal 9 (SIGKILL).')"
        if task.acks_late and task.reject_on_worker_lost:
            return self._reject(execution, cause, requeue=True)
        if task.acks_late and not task.acks_on_failure:
            cause = self._reject(execution, cause, requeue=False)
        else:
            cause = self._ack(execution, cause)
        return self._tell_failure(execution, self._store(execution, cause, "FAILURE", execution.exception))

    def time_is_up(self, execution: Execution) -> None:
        """The hard time limit: the parent fails the task at once and kills the child."""
        task = self.simulation.tasks[execution.delivery.message.name]
        self.pool.interrupt(execution)
        execution.exception = f"TimeLimitExceeded({as_seconds(execution.hard_limit):g})"
        stored = self._store(execution, execution.started, "FAILURE", execution.exception)
        told = self._tell_failure(execution, stored)
        if task.acks_late:
            told = self._ack(execution, told) if task.acks_on_timeout else self._reject(execution, told, requeue=True)
        self._end_child(execution, "time-limit", told)

    def terminate(self, execution: Execution, signal: str) -> None:
        """`revoke(terminate=True)`: said at once, the child gets the signal."""
        if execution.started < 0:
            execution.terminated = signal
            return
        self.pool.interrupt(execution)
        delivery = execution.delivery
        message, index = delivery.message, len(self.events)
        self.events.append(
            TaskRevoked(
                self.clock.now,
                execution.started,
                self.worker.hostname,
                message.uuid,
                message.id,
                delivery.tag,
                terminated=True,
                signum=SIGNALS[signal],
            )
        )
        stored = self._store(execution, index, "REVOKED", "TaskRevokedError('terminated')")
        self._end_child(execution, "terminated", self._ack(execution, stored))

    def cancel(self, execution: Execution, cause: int) -> None:
        """A cold shutdown gives up what runs; what was acknowledged before is stored as RETRY, and lost."""
        self.pool.interrupt(execution)
        delivery = execution.delivery
        message, index = delivery.message, len(self.events)
        self.events.append(
            TaskCancelled(
                self.clock.now, cause, self.worker.hostname, message.uuid, message.id, delivery.tag, execution.slot
            )
        )
        if delivery.tag not in self.worker.consumer.held:
            self._store(execution, index, "RETRY", "Retry('cancelled by Celery')", final=False)
        execution.over = True

    def _end_child(self, execution: Execution, why: str, cause: int) -> None:
        """The parent kills the child of an execution it has already reported on."""
        execution.over = True
        if self.pool.prefork:
            self.pool.children.exit(execution.slot, why, cause)
        else:
            self.pool.leave(execution, cause)

    def _ack(self, execution: Execution, cause: int) -> int:
        delivery = execution.delivery
        return self.broker.ack(delivery, cause) if delivery.tag in self.worker.consumer.held else cause

    def _reject(self, execution: Execution, cause: int, requeue: bool) -> int:
        """Reject what is not acknowledged yet, and say so."""
        delivery = execution.delivery
        if delivery.tag not in self.worker.consumer.held:
            return cause
        message, slot = delivery.message, execution.slot
        cause = self.broker.reject(delivery, cause, requeue)
        index = len(self.events)
        hostname = self.worker.hostname
        self.events.append(
            TaskRejected(self.clock.now, cause, hostname, message.uuid, message.id, delivery.tag, slot, requeue)
        )
        return index

    def _store(self, execution: Execution, cause: int, state: str, exception: str | None, final: bool = True) -> int:
        delivery = execution.delivery
        message = delivery.message
        index = cause
        if not self.simulation.tasks[message.name].ignore_result:
            index, hostname = len(self.events), self.worker.hostname
            self.events.append(
                ResultStored(self.clock.now, cause, hostname, message.uuid, message.id, delivery.tag, state, exception)
            )
        execution.stored_at = self.clock.now
        if final:
            self.simulation.finish(message.uuid, exception, index)
            if message.canvas is not None:
                execution.stored, execution.exception = index, exception
                canvas.stored(self.worker, execution)
        return index

    def _tell_failure(self, execution: Execution, cause: int) -> int:
        delivery = execution.delivery
        message, index = delivery.message, len(self.events)
        runtime = (execution.stored_at or self.clock.now) - execution.started_at
        self.events.append(
            TaskFailed(
                self.clock.now,
                cause,
                self.worker.hostname,
                message.uuid,
                message.id,
                delivery.tag,
                str(execution.exception),
                execution.slot,
                runtime,
            )
        )
        return index

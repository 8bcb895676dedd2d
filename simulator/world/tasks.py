"""Views of a task at a moment, built from its own events rather than the fold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator.trace import events as ev


@dataclass(slots=True)
class TaskAttempt:
    """One delivery of a task and its outcome; times in microseconds, None for what has not happened."""

    message: int
    delivery_tag: int
    hostname: str
    delivered_at: int | None = None
    received_at: int | None = None
    started_at: int | None = None
    stored_at: int | None = None
    acked_at: int | None = None
    ended_at: int | None = None
    slot: int = 0
    redelivered: bool = False
    """True if the message had been delivered before."""
    outcome: str = ""
    """`succeeded`, `failed`, `retried`, `rejected`, `cancelled`, `ignored`, `revoked`, `requeued`, `dropped`,
    `dead-lettered`, `lost`; empty before."""
    effect_at: int | None = None
    """Time of its side effect, if its task declares one."""
    why: str = ""


@dataclass(slots=True)
class TaskView:
    """A task at a moment."""

    uuid: str
    name: str = ""
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    queue: str = ""
    producer: str = ""
    retries: int = 0
    priority: int | None = None
    sent_at: int = 0
    message: int = 0
    """Its latest message."""
    state: str = "PENDING"
    """Celery's state, derived from its events."""
    place: str = "sent"
    """`sent` (on its way), `queued`, `delivered`, `reserved`, `active`, `stored` (result there, not reported), `done`,
    `scheduled` (held for its ETA), `dead` (in a dead-letter queue), `dropped`, `lost`."""
    hostname: str = ""
    """The worker that holds it, or held it last."""
    result: Any = None
    exception: str | None = None
    eta: int | None = None
    """The ETA until which a worker holds it, or last held it."""
    attempts: list[TaskAttempt] = field(default_factory=list)
    history: list[int] = field(default_factory=list)
    """Indices of its events so far."""

    @property
    def runs(self) -> int:
        """The number of times it was started."""
        return sum(attempt.started_at is not None for attempt in self.attempts)


def view_task(uuid: str, events: Sequence[ev.Event], history: list[int]) -> TaskView:
    """Build the view of a task from the events at the indices in `history`."""
    task = TaskView(uuid, history=history)
    attempts: dict[int, TaskAttempt] = {}
    for index in history:
        _apply(task, attempts, events[index])
    task.attempts = list(attempts.values())
    return task


def _apply(task: TaskView, attempts: dict[int, TaskAttempt], event: ev.Event) -> None:
    """Apply one of a task's own events to its view."""
    match event:
        case ev.TaskSent():
            if not task.name:
                task.sent_at = event.t
                task.producer = event.hostname
            task.name, task.args, task.kwargs = event.name, event.args, event.kwargs
            task.queue, task.retries, task.message = event.queue, event.retries, event.message
            task.priority = event.priority
            task.place = "sent"
        case ev.MessageQueued():
            task.place = "queued"
        case ev.MessageDeadLettered(delivery_tag=0):
            task.place = "dead"
        case ev.MessageDropped(delivery_tag=0):
            task.place = "dropped"
        case ev.PublishFailed() | ev.ResultStored(message=0):
            pass
        case ev.MessageDelivered():
            attempt = TaskAttempt(event.message, event.delivery_tag, event.hostname, delivered_at=event.t)
            attempt.redelivered = event.redelivered
            attempts[event.delivery_tag] = attempt
            task.place, task.hostname = "delivered", event.hostname
        case _:
            _apply_to_attempt(task, attempts, event)


def _apply_to_attempt(task: TaskView, attempts: dict[int, TaskAttempt], event: Any) -> None:
    """Apply an event of one delivery."""
    attempt = attempts.setdefault(
        event.delivery_tag, TaskAttempt(event.message, event.delivery_tag, getattr(event, "hostname", ""))
    )
    match event:
        case ev.TaskReceived():
            attempt.received_at = event.t
            task.state, task.place = "RECEIVED", "reserved"
        case ev.TaskScheduled():
            task.place, task.eta = "scheduled", event.eta
        case ev.TaskRetried():
            attempt.ended_at, attempt.outcome = event.t, "retried"
            task.exception = event.exception
            if task.message == event.message:
                task.state = "RETRY"
        case ev.TaskRevoked():
            attempt.ended_at, attempt.outcome = event.t, "revoked"
            task.state, task.place = "REVOKED", "done"
        case ev.MessageDeadLettered():
            attempt.outcome, attempt.why, attempt.ended_at = "dead-lettered", event.why, event.t
            task.place = "dead"
        case ev.TaskStarted():
            attempt.started_at, attempt.slot = event.t, event.slot
            task.state, task.place = "STARTED", "active"
        case ev.Effect():
            attempt.effect_at = event.t
        case ev.TaskRejected() | ev.TaskCancelled():
            # A neighbouring event says where the message went, which is more specific.
            attempt.outcome = attempt.outcome or event.type.removeprefix("task-")
            attempt.ended_at = event.t
            if isinstance(event, ev.TaskRejected) and not event.requeue:
                task.state = "REJECTED"
        case ev.ResultStored():
            attempt.stored_at = event.t
            task.place = "stored"
        case ev.MessageAcked():
            attempt.acked_at = event.t
        case ev.TaskSucceeded() | ev.TaskFailed():
            succeeded = isinstance(event, ev.TaskSucceeded)
            attempt.ended_at, attempt.outcome = event.t, "succeeded" if succeeded else "failed"
            task.state = "SUCCESS" if succeeded else "FAILURE"
            task.place = "dead" if task.place == "dead" else "done"
            task.result = event.result if isinstance(event, ev.TaskSucceeded) else None
            task.exception = event.exception if isinstance(event, ev.TaskFailed) else None
        case ev.MessageRequeued():
            attempt.outcome, attempt.why, attempt.ended_at = "requeued", event.why, event.t
            task.state, task.place = "PENDING", "queued"
        case ev.MessageDropped():
            attempt.outcome, attempt.why, attempt.ended_at = "dropped", event.why, event.t
            task.place = "dropped"
        case ev.TaskIgnored() | ev.ResultLost():
            attempt.ended_at, attempt.outcome = event.t, "ignored"
            task.place = "done" if task.message == event.message else task.place
        case ev.TaskLost():
            attempt.outcome, attempt.why, attempt.ended_at = "lost", event.why, event.t
            task.place = "lost"
        case _:
            raise TypeError(type(event))

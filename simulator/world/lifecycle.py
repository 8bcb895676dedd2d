"""The lifecycle of tasks: the one place that decides what ends, waits, runs, is lost, dropped or ignored.

A new type of event that ends a task, ends an execution, or moves a ready message has its row in one of these tables.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.trace import events as ev

OUTCOMES = ("succeeded", "failed", "revoked", "ignored", "dropped", "lost")
"""Outcomes of a task; one without an outcome is alive."""

ALIVE = "alive"

STORED: dict[str, str] = {"SUCCESS": "succeeded", "FAILURE": "failed", "REVOKED": "revoked"}
"""The outcome of a task by the final state in the result backend.

A worker may die between storing and reporting; the task has ended all the same.
"""

STATES: dict[str, str] = {outcome: state for state, outcome in STORED.items()}
"""Celery's final state by outcome; ignored, dropped and lost tasks have none."""

ENDS: dict[type[ev.Event], str] = {
    ev.TaskSucceeded: "succeeded",
    ev.TaskFailed: "failed",
    ev.TaskRevoked: "revoked",
    ev.TaskIgnored: "ignored",
    ev.TaskLost: "lost",
}
"""The outcome by event type, for events that always end a task; the first end counts."""


MAY_END = frozenset({*ENDS, ev.ResultStored, ev.ResultLost, ev.MessageDropped})
"""The event types that may end a task."""


def end_of(event: ev.Event) -> str:
    """Return the outcome an event gives its task (one of `OUTCOMES`); empty if it does not end it."""
    kind = type(event)
    if kind is ev.ResultStored:
        # A canvas stores FAILURE for tasks it never sends: without a message there is no task to end.
        return STORED.get(event.state, "") if event.message else ""  # type: ignore[attr-defined]
    if kind is ev.ResultLost:
        return "" if event.state == "RETRY" else "ignored"  # type: ignore[attr-defined]
    if kind is ev.MessageDropped:
        # With a delivery, a worker's rejection settled it: `task-lost` follows where no other copy is left.
        return "" if event.delivery_tag else "dropped"  # type: ignore[attr-defined]
    return ENDS.get(kind, "")


RUN_ENDS: dict[type[ev.Event], str] = {
    ev.TaskSucceeded: "succeeded",
    ev.TaskFailed: "failed",
    ev.TaskRetried: "retried",
    ev.TaskRejected: "rejected",
    ev.TaskCancelled: "cancelled",
    ev.TaskIgnored: "ignored",
    ev.ResultLost: "ignored",
}
"""The outcome of an execution by event type. Besides, an execution ends as `revoked` if its task is terminated, and as
`lost` with its child or its worker."""

STEPS: dict[type[ev.Event], int] = {ev.MessageQueued: 1, ev.MessageRequeued: 1, ev.MessageDelivered: -1}
"""The fixed change in ready messages of an event's queue, by event type."""


def _dropped(event: ev.MessageDropped) -> tuple[tuple[str, int], ...]:
    return () if event.delivery_tag else ((event.queue, -1),)


def _dead_lettered(event: ev.MessageDeadLettered) -> tuple[tuple[str, int], ...]:
    left = ((event.source, -1),) if event.source and not event.delivery_tag else ()
    return (*left, (event.queue, 1))


MOVES: dict[type[ev.Event], Callable[[Any], tuple[tuple[str, int], ...]]] = {
    ev.MessageDropped: _dropped,
    ev.MessageDeadLettered: _dead_lettered,
}
"""For the other events that move ready messages: a function to the (queue, change) pairs."""


def moves_of(event: ev.Event) -> tuple[tuple[str, int], ...]:
    """Return (queue, change in ready messages) for each queue that an event changes."""
    kind = type(event)
    step = STEPS.get(kind)
    if step is not None:
        return ((event.queue, step),)  # type: ignore[attr-defined]
    moves = MOVES.get(kind)
    return moves(event) if moves is not None else ()

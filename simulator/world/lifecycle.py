"""What ends, waits, runs, is lost, dropped or ignored: decided here, once, for whoever counts, draws or tells.

A new type of event that ends a task, ends an execution, or moves a ready message has its row in one of these tables.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.trace import events as ev

OUTCOMES = ("succeeded", "failed", "revoked", "ignored", "dropped", "lost")
"""How a task may end; one that has not is alive."""

ALIVE = "alive"

STORED: dict[str, str] = {"SUCCESS": "succeeded", "FAILURE": "failed", "REVOKED": "revoked"}
"""How a task has ended, by the state that the result backend keeps for good.

A worker may die between storing and reporting; the task has ended all the same.
"""

STATES: dict[str, str] = {outcome: state for state, outcome in STORED.items()}
"""Celery's state of a task that has ended, by how; of one that is ignored, dropped or lost Celery keeps none."""

ENDS: dict[type[ev.Event], str] = {
    ev.TaskSucceeded: "succeeded",
    ev.TaskFailed: "failed",
    ev.TaskRevoked: "revoked",
    ev.TaskIgnored: "ignored",
    ev.TaskLost: "lost",
}
"""How a task ends by an event that always ends one; its first end counts."""


MAY_END = frozenset({*ENDS, ev.ResultStored, ev.ResultLost, ev.MessageDropped})
"""The types of event by which a task may end."""


def end_of(event: ev.Event) -> str:
    """How the task of an event ends by it (one of `OUTCOMES`); empty where it does not."""
    kind = type(event)
    if kind is ev.ResultStored:
        # A canvas stores FAILURE for what it will never send: no message, and nothing that could end.
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
"""How the execution of an event's delivery ends by it. One also ends as `revoked` where a task is terminated, and as
`lost` with its child or its worker."""

STEPS: dict[type[ev.Event], int] = {ev.MessageQueued: 1, ev.MessageRequeued: 1, ev.MessageDelivered: -1}
"""By how much the number of ready messages in an event's queue always changes."""


def _dropped(event: ev.MessageDropped) -> tuple[tuple[str, int], ...]:
    return () if event.delivery_tag else ((event.queue, -1),)


def _dead_lettered(event: ev.MessageDeadLettered) -> tuple[tuple[str, int], ...]:
    left = ((event.source, -1),) if event.source and not event.delivery_tag else ()
    return (*left, (event.queue, 1))


MOVES: dict[type[ev.Event], Callable[[Any], tuple[tuple[str, int], ...]]] = {
    ev.MessageDropped: _dropped,
    ev.MessageDeadLettered: _dead_lettered,
}
"""For the other events that move ready messages: (queue, by how much) of each queue that changes."""


def moves_of(event: ev.Event) -> tuple[tuple[str, int], ...]:
    """(queue, by how much) of each queue whose number of ready messages changes with an event."""
    kind = type(event)
    step = STEPS.get(kind)
    if step is not None:
        return ((event.queue, step),)  # type: ignore[attr-defined]
    moves = MOVES.get(kind)
    return moves(event) if moves is not None else ()

"""The things a run is made of: messages, deliveries, executions.

They are msgspec structs because those are made several times faster than instances of a plain class.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Message(msgspec.Struct):
    """One publish of a task."""

    id: int
    uuid: str
    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    entry: Any
    """The producers' `Entry` that sent it: what the task's draws are named after."""
    number: int
    """Its place among the tasks of its entry, from 0."""
    queue: Any
    """The broker's `Queue` it is for."""
    eta: int | None = None
    """Not to be started before this time."""
    expires: int | None = None
    """Not to be started at or after this time."""
    priority: int | None = None
    retries: int = 0
    redelivered: bool = False
    rank: int = 0
    """Minus the priority its queue gives it: lower goes first."""
    seq: int = 0
    """Its place in the history of its queue: what "original position" means."""
    ready_since: int = -1
    """Index of the event that last made it ready."""


class Delivery(msgspec.Struct):
    """One hand-over of a message to a worker."""

    tag: int
    message: Message
    worker: Any
    """The `Worker` that has it."""
    cause: int
    """Index of the event that brought it to where it is: delivered, then received."""


class Execution(msgspec.Struct):
    """A pool slot that runs a task."""

    delivery: Delivery
    slot: int
    started: int = -1
    """Index of its task-started event; -1 until the child has accepted it."""
    started_at: int = 0
    stored: int = -1
    """Index of its result-stored event."""
    stored_at: int = 0
    result: Any = None
    failure: str | None = None
    """The name of the exception it ends with."""
    exception: str | None = None
    """The same as Python writes it: repr."""
    effect_at: float | None = None
    """After which share of its run it has its side effect; None where it has none, or none that is told."""
    effect: Any = None
    """The `Call` for its side effect."""
    retried: bool = False
    """Whether the next attempt has been published."""
    calling: Any = None
    """The `Service` whose accepted call goes on."""
    call: Any = None
    """The `Call` for what happens to it next, so that a death can cancel it."""

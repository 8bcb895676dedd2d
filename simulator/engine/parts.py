"""The things a run is made of: messages, deliveries, executions.

They are msgspec structs because those are made several times faster than instances of a plain class.
"""

from __future__ import annotations

from typing import Any

import msgspec

from simulator.trace.time import NEVER


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
    returns: int = 0
    """How often it has come back to its queue."""
    dies: int = NEVER
    """When the broker discards it, if it is ready and first in its queue (its time to live)."""
    graves: tuple[str, ...] = ()
    """Queues it has become a dead letter in since it was last rejected."""
    rank: int = 0
    """Minus the priority its queue gives it: lower goes first."""
    seq: int = 0
    """Its place in the history of its queue: what "original position" means."""
    ready_since: int = -1
    """Index of the event that last made it ready."""
    canvas: Any = None
    """Its `Place` in a canvas: what follows it, and whose child it is."""


class Delivery(msgspec.Struct):
    """One hand-over of a message to a worker."""

    tag: int
    message: Message
    consumer: Any
    """The `Consumer` that has it."""
    at: int
    """When it was handed over."""
    cause: int
    """Index of the event that brought it to where it is: delivered, then received."""
    connection: int = 0
    """Which of the consumer's connections it came by: what came by a lost one cannot be acknowledged."""


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
    delay: int = 0
    """How long that next attempt waits, in microseconds."""
    kills: str | None = None
    """What its body kills in place of returning: child or worker."""
    over: bool = False
    """Whether the parent has already said how it ended, while the child was still to be replaced."""
    terminated: str | None = None
    """The signal it is to be terminated with as soon as the child has accepted it."""
    calling: Any = None
    """The `Service` whose accepted call goes on."""
    call: Any = None
    """The `Call` for what happens to it next, so that a death can cancel it."""
    limits: Any = ()
    """The `Call`s of its time limits."""
    hard_limit: int = 0
    """The hard time limit it runs under, in microseconds."""
    waiting: Any = None
    """Where it stands in its line of results, while its body waits in `result.get()`; see `subtasks`."""
    got: int = -1
    """Index of the event that stored the last result it has taken."""
    computing: Any = None
    """Its place among those who share the cores."""

"""A pool slot that runs a task."""

from __future__ import annotations

from typing import Protocol

from simulator.engine.clock import Call
from simulator.engine.services import Service
from simulator.engine.state import Delivery
from simulator.engine.tasks import Attempt, Task


class Waiting(Protocol):
    """A body that waits for the results of others."""

    def forget(self) -> None:
        """It waits no longer."""


class Share:
    """A computing task among those that share the cores: what is left of it, in microseconds at full speed."""

    __slots__ = ("execution", "left")

    def __init__(self, execution: Execution, left: float) -> None:
        self.execution = execution
        self.left = left


class Execution(Attempt, kw_only=False):
    """One run of a delivered message in a slot."""

    delivery: Delivery
    slot: int
    task: Task
    started: int = -1
    """Index of its task-started event; -1 until the child has accepted it."""
    started_at: int = 0
    stored: int = -1
    """Index of its result-stored event."""
    stored_at: int = 0
    effect: Call | None = None
    """What will have its side effect."""
    retried: bool = False
    """Whether the next attempt has been published."""
    delay: int = 0
    """How long that next attempt waits, in microseconds."""
    over: bool = False
    """Whether the parent has already said how it ended, while the child was still to be replaced."""
    terminated: str | None = None
    """The signal it is to be terminated with as soon as the child has accepted it."""
    calling: Service | None = None
    """The service whose accepted call goes on."""
    call: Call | None = None
    """What happens to it next, so that a death can cancel it."""
    limits: tuple[Call, ...] = ()
    """Its time limits."""
    hard_limit: int = 0
    """The hard time limit it runs under, in microseconds."""
    waiting: Waiting | None = None
    """Where it stands in its line of results, while its body waits in `result.get()`."""
    failures: int = 0
    """How often it has tried in vain to publish, in an outage."""
    got: int = -1
    """Index of the event that stored the last result it has taken."""
    computing: Share | None = None
    """Its place among those who share the cores."""

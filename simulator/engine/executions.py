"""Executions: one run of a delivered message in a pool slot."""

from __future__ import annotations

from typing import Protocol

from simulator.engine.clock import Call
from simulator.engine.services import Service
from simulator.engine.state import Delivery
from simulator.engine.tasks import CallOutcome, Task


class Waiting(Protocol):
    """The wait of a body for the results of other tasks."""

    def forget(self) -> None:
        """Cancel the wait."""


class Share:
    """A CPU-bound execution's remaining work, in microseconds at full speed."""

    __slots__ = ("execution", "left")

    def __init__(self, execution: Execution, left: float) -> None:
        self.execution = execution
        self.left = left


class Execution(CallOutcome, kw_only=False):
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
    """The scheduled side effect."""
    retried: bool = False
    """True if the next attempt has been published."""
    delay: int = 0
    """The countdown of that next attempt, in microseconds."""
    over: bool = False
    """True if the parent has reported its outcome while the child is yet to be replaced."""
    terminated: str | None = None
    """The signal to terminate it with once the child has accepted it."""
    calling: Service | None = None
    """The service with an accepted call in progress."""
    call: Call | None = None
    """Its next scheduled call, to be cancelled if its process dies."""
    limits: tuple[Call, ...] = ()
    """The scheduled calls of its time limits."""
    hard_limit: int = 0
    """The hard time limit it runs under, in microseconds."""
    waiting: Waiting | None = None
    """The wait of its body in `result.get()`, if any."""
    lock: str = ""
    """The key of the lock that its body holds; empty if it holds none."""
    called_at: int = 0
    """Time at which it first tried to publish what it waits to publish."""
    failures: int = 0
    """Failed attempts to publish during an outage."""
    got: int = -1
    """Index of the event that stored the last result it has read."""
    computing: Share | None = None
    """Its share of the cores, while it computes."""

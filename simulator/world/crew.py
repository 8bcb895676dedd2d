"""All workers at once: who is free, has room, holds something, consumes a queue.

A frame asks this of hundreds of workers, of which an event touches one: only those touched are looked at again.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from enum import StrEnum

from simulator.world.groups import Fact
from simulator.world.intake import Intake
from simulator.world.state import State, WorkerState


class Is(StrEnum):
    """A fact about a worker, true until an event says otherwise."""

    ONLINE = "online"
    LOST = "lost"
    BUSY = "busy"
    """It runs something."""
    FREE = "free"
    """A slot of it is not busy."""
    MOVING = "moving"
    """Messages are on their way to it."""
    RESERVING = "reserving"
    SCHEDULING = "scheduling"
    """It holds tasks for an ETA, which may have come."""
    ROOMY = "roomy"
    """It may be given a message."""
    VARYING = "varying"
    """It has to be asked if it has room: that depends on the time or on the queue."""


RUNNING, QUEUES, TRANSPORT = "running", "queues", "transport"
"""Further facts, which have a value: the number of its executions, what it consumes, and over which transport."""


class Crew:
    """The workers of a moment, by name."""

    def __init__(self, state: State) -> None:
        """Look again at those workers of a state that have been touched since the last time."""
        if state.touched:
            touched = {name: worker for name, worker in state.workers.items() if name in state.touched}
            # In this order: another thread that copies the state takes `touched` first.
            state.groups = state.groups.after({name: _facts(state, worker) for name, worker in touched.items()})
            state.touched = set()
        self._groups = state.groups

    def having(self, *facts: Is, among: Set[str] | None = None) -> Set[str]:
        """Return the workers (those `among` these) of which all of this is true."""
        sets = sorted((self._groups.of((fact, True)) for fact in facts), key=len)
        sets += [] if among is None else [among]
        return frozenset(sets[0]).intersection(*sets[1:])

    def consuming(self, queue: str) -> Set[str]:
        """Return the workers that consume a queue, the dead included."""
        found = (names for queues, names in self._groups.values(QUEUES) if queue in queues)
        return frozenset[str]().union(*found)

    def transports(self) -> Iterator[tuple[str | None, Set[str]]]:
        """Yield every transport with the workers that use it."""
        return self._groups.values(TRANSPORT)

    def in_order(self, names: Set[str]) -> list[str]:
        """Return workers in the order in which they first came online."""
        return self._groups.in_order(names)

    @property
    def running(self) -> int:
        """The number of executions that run."""
        return sum(count * len(names) for count, names in self._groups.values(RUNNING))


def _facts(state: State, worker: WorkerState) -> Set[Fact]:
    """All facts of a worker."""
    intake, busy = worker.intake, len(worker.active)
    varies = bool(intake.pending or intake.buckets or worker.info.settings.get("static_window"))
    changed = state.settings.get((worker.info.hostname, "queues"))
    facts: set[Fact] = {
        (RUNNING, busy),
        (QUEUES, worker.info.queues if changed is None else tuple(changed)),
        (TRANSPORT, worker.info.settings.get("transport")),
    }
    for fact, is_true in (
        (Is.ONLINE, worker.life == "online"),
        (Is.LOST, worker.life == "lost"),
        (Is.BUSY, busy),
        (Is.FREE, busy < worker.size),
        (Is.MOVING, worker.transit),
        (Is.RESERVING, worker.reserved),
        (Is.SCHEDULING, worker.scheduled),
        (Is.VARYING, varies),
        (Is.ROOMY, not varies and has_room(state, worker, intake)),
    ):
        if is_true:
            facts.add((fact, True))
    return frozenset(facts)


def has_room(state: State, worker: WorkerState, intake: Intake, queue: str | None = None) -> bool:
    """Return True if a worker may be given another message: by its window, its pool, or its loop if that runs the task.

    Args:
        state: the state that the worker is part of.
        worker: the worker.
        intake: its limits at this time.
        queue: the one the message is in, which matters where each queue has a window of its own.
    """
    settings = worker.info.settings
    waiting = len(worker.transit) + len(worker.reserved) + len(worker.scheduled)
    if settings.get("worker_disable_prefetch"):
        aside = len(intake.pending) + sum(len(bucket.waiting) for bucket in intake.buckets.values())
        if len(worker.active) + waiting - aside >= worker.size:
            return False
    window = intake.window.limit if intake.window.size else None
    if window is not None and queue is not None and settings.get("static_window"):
        held_here = state.queues[queue].unacked.values()
        return sum(hostname == worker.info.hostname for _, hostname in held_here) < window
    if window is None or waiting + len(worker.active) < window:
        return True
    unacked = [state.queues[name].unacked for name in worker.info.queues if name in state.queues]
    running = ((tag, message) for tag, message, _ in worker.active.values())
    held = sum(any(one.get(message, (0, ""))[0] == tag for one in unacked) for tag, message in running)
    return waiting + held < window

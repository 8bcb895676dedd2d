"""What is known of a cluster besides its events."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from simulator.real.raw import Raw

UNKNOWN = "?"
"""A queue, a task's name or a publisher that nobody reported."""


@dataclass(frozen=True)
class KnownWorker:
    """What is known of a worker besides its events; None: not known."""

    queues: tuple[str, ...] = ()
    pool: str = "prefork"
    concurrency: int | None = None
    prefetch_count: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """What is known besides the events, from who ran the recording or from `celery inspect`."""

    workers: Mapping[str, KnownWorker] = field(default_factory=dict)
    """By worker, as it is called in the trace."""
    queues: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The declared queues and their arguments."""
    late: Collection[str] = ()
    """Names of the tasks that are acknowledged late; all others are early, as Celery's default is."""
    leases: bool = False
    """Whether the broker has a visibility timeout (Redis, SQS), so that what runs may come back meanwhile."""
    queue_prefix: str = ""
    """What the names of all queues begin with; it is taken off."""
    offsets: Mapping[str, float] = field(default_factory=dict)
    """By hostname as Celery reports it: seconds that its clock is ahead."""


def with_evidence(raws: Iterable[Raw], known: Known) -> Known:
    """What a whole recording says of its tasks: one that was started and received once more is acknowledged late."""
    names: dict[str, str] = {}
    started: set[tuple[str, int]] = set()
    latest: dict[str, int] = {}
    late = set(known.late)
    for raw in sorted(raws, key=lambda raw: float(raw.get("timestamp") or 0)):
        uuid = str(raw.get("uuid"))
        if raw.get("type") == "task-received":
            names[uuid] = str(raw.get("name") or UNKNOWN)
            key = (uuid, int(raw.get("retries") or 0))
            if key in started:
                late.add(names[uuid])
            latest[uuid] = key[1]
        elif raw.get("type") == "task-started":
            started.add((uuid, latest.get(uuid, 0)))
    return replace(known, late=frozenset(late))

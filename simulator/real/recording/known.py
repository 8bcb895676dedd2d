"""Facts about a cluster besides its events."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from simulator.real.recording.raw import Raw
from simulator.scenario.values.routes import Routes

UNKNOWN = "?"
"""Name of a queue, task or publisher that nobody reported."""


@dataclass(frozen=True)
class KnownWorker:
    """Facts about a worker besides its events; None: unknown."""

    queues: tuple[str, ...] = ()
    pool: str = "prefork"
    concurrency: int | None = None
    prefetch_count: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Routing:
    """Routes by which producers find the queue of a task, from their configuration."""

    routers: Sequence[Routes[Mapping[str, Any]]] = ()
    own: Mapping[str, str] = field(default_factory=dict)
    """The queues that tasks name themselves."""
    default: str = "celery"

    def queue_of(self, task: str) -> str:
        """Return the queue of a call that names none. Source: celery.app.routes: Router.route."""
        for router in self.routers:
            found = router.find(task)
            if found:
                return str(found.get("queue") or self.own.get(task) or self.default)
        return self.own.get(task, self.default)


@dataclass(frozen=True)
class Known:
    """Facts besides the events, from the recording's own stage or from `celery inspect`."""

    workers: Mapping[str, KnownWorker] = field(default_factory=dict)
    """Workers by their name in the trace."""
    queues: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The declared queues and their arguments."""
    late: Collection[str] = ()
    """Names of the tasks that are acknowledged late; all others early, as is Celery's default."""
    leases: bool = False
    """True if the broker has a visibility timeout (Redis, SQS), so that a running task may be redelivered."""
    queue_prefix: str = ""
    """Common prefix of all queue names; it is removed."""
    offsets: Mapping[str, float] = field(default_factory=dict)
    """Seconds by which each clock is ahead, by hostname as Celery reports it."""
    routing: Routing | None = None
    """The producers' routes; None: unknown."""

    def queue_of(self, task: str, worker: str) -> str | None:
        """Return the queue from which a worker got a task, as far as routes and consumers tell it.

        A call may name another queue than its route does: what the worker does not consume is not believed.
        """
        consumed = self.workers[worker].queues if worker in self.workers else ()
        routed = self.routing.queue_of(task) if self.routing is not None else None
        if routed is not None and (routed in consumed or not consumed):
            return routed
        return consumed[0] if len(consumed) == 1 else None


def with_evidence(raws: Iterable[Raw], known: Known) -> Known:
    """Add evidence from a whole recording: a task that was started and received again is acknowledged late."""
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

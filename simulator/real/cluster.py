"""A running cluster's answers to remote control: workers, pools, queues, current tasks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.real.known import Known, KnownWorker

TIMEOUT = 1.0
"""Seconds that workers have to answer. A busy `solo` worker does not answer."""

_POOLS = ("prefork", "threads", "solo", "gevent", "eventlet", "processes")
_IMPLEMENTATIONS = {"thread": "threads"}
_SETTINGS = ("task_acks_late", "task_reject_on_worker_lost", "task_track_started", "task_time_limit",
             "task_soft_time_limit")  # fmt: skip

Answers = Mapping[str, Any]
"""Answers by worker, under the name it reports."""


@dataclass(frozen=True)
class Cluster:
    """Workers' answers to `celery inspect`; empty if none answered."""

    stats: Answers = field(default_factory=dict)
    queues: Answers = field(default_factory=dict)
    conf: Answers = field(default_factory=dict)
    tasks: Answers = field(default_factory=dict)
    """`active` and `reserved` together."""
    registered: Answers = field(default_factory=dict)

    @property
    def workers(self) -> list[str]:
        """Names of the workers that answered, sorted."""
        return sorted({*self.stats, *self.queues})

    @property
    def running(self) -> dict[str, str]:
        """Names of the tasks that had been received before, by id."""
        return {
            str(task["id"]): str(task["name"])
            for listed in self.tasks.values()
            for task in listed
            if task.get("id") and task.get("name")
        }

    @property
    def late(self) -> Collection[str]:
        """Names of the tasks that are acknowledged late."""
        found = set()
        for lines in self.registered.values():
            for line in lines:
                name, _, options = str(line).partition(" [")
                if "acks_late=True" in options:
                    found.add(name)
        return found

    def known(self, *, transport: str, leases: bool) -> Known:
        """The same in the form that the conversion of events needs; `offsets` may still be changed."""
        workers = {name_of(host): self._worker(host, transport) for host in self.workers}
        queues: dict[str, dict[str, Any]] = {}
        for listed in self.queues.values():
            for queue in listed or ():
                queues.setdefault(str(queue["name"]), dict(queue.get("queue_arguments") or {}))
        return Known(workers=workers, queues=queues, late=self.late, leases=leases, offsets={})

    def _worker(self, host: str, transport: str) -> KnownWorker:
        stats, conf = self.stats.get(host) or {}, self.conf.get(host) or {}
        pool = stats.get("pool") or {}
        size = pool.get("max-concurrency")
        settings = {key: conf[key] for key in _SETTINGS if conf.get(key) is not None}
        return KnownWorker(
            queues=tuple(str(queue["name"]) for queue in self.queues.get(host) or ()),
            pool=_pool(str(pool.get("implementation", "")), conf),
            concurrency=size if isinstance(size, int) and size > 0 else None,
            prefetch_count=int(stats.get("prefetch_count") or 0),
            settings={**settings, "transport": transport},
        )


def _pool(implementation: str, conf: Mapping[str, Any]) -> str:
    """The kind of pool; Celery's default if it is not reported."""
    for text in (implementation, str(conf.get("worker_pool", ""))):
        for part in (text, text.partition(":")[0].rpartition(".")[2]):
            named = _IMPLEMENTATIONS.get(part, part)
            if named in _POOLS:
                return named
    return "prefork"


def name_of(hostname: str) -> str:
    """As `Conversion.name`: `w1` of `w1@host`; Celery's default name stays whole."""
    bare = hostname.partition("@")[0]
    return hostname if bare in ("celery", "") else bare


def ask_cluster(app: Any) -> Cluster:
    """Inspect all workers at once; one that does not answer within a second stays unknown."""
    inspect = app.control.inspect(timeout=TIMEOUT)
    stats = inspect.stats() or {}
    if not stats:
        return Cluster()
    only = app.control.inspect(destination=list(stats), timeout=TIMEOUT, limit=len(stats))
    tasks: dict[str, list[Any]] = {}
    for answers in (only.active() or {}, only.reserved() or {}):
        for host, listed in answers.items():
            tasks.setdefault(host, []).extend(listed or ())
    return Cluster(
        stats=stats,
        queues=only.active_queues() or {},
        conf=only.conf() or {},
        tasks=tasks,
        registered=only.registered("acks_late") or {},
    )

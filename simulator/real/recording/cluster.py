"""A running cluster's answers to remote control: workers, pools, queues, settings, current tasks."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec

from simulator.real.recording.known import Known, KnownWorker, Routing
from simulator.real.recording.raw import Raw
from simulator.scenario.values.routes import Routes, routers_in
from simulator.trace.bounds import MOST, SLOTS, Violation, check_value

TIMEOUT = 1.0
"""Seconds that workers have to answer. A busy `solo` worker does not answer."""

_POOLS = ("prefork", "threads", "solo", "gevent", "eventlet", "processes")
_IMPLEMENTATIONS = {"thread": "threads"}
_SETTINGS = ("task_acks_late", "task_reject_on_worker_lost", "task_track_started", "task_time_limit",
             "task_soft_time_limit")  # fmt: skip

ASKED = (
    *("rate_limit", "max_retries", "default_retry_delay", "retry_backoff", "retry_backoff_max", "retry_jitter"),
    *("acks_late", "acks_on_failure_or_timeout", "reject_on_worker_lost", "time_limit", "soft_time_limit"),
    *("ignore_result", "expires", "priority", "queue"),
)
"""Attributes of tasks that decide how they are handled, under the names that a scenario has for them too.

Celery tells those that are not None, as text (celery.worker.control: registered)."""

_ATTRIBUTE = re.compile(rf"(?:^| )({'|'.join(ASKED)})=")

_CONNECTION = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_DECIDES = re.compile(r"(task|worker|result|beat)_(?!.*(password|secret|key$|certificate))|broker_transport_options$")
"""Settings that decide how tasks are handled, which a recording keeps; of addresses, only the scheme."""

Answers = Mapping[str, Any]
"""Answers by worker, under the name it reports."""


_Size = Annotated[int, msgspec.Meta(ge=0, le=SLOTS)] | None


class _Pool(msgspec.Struct, rename={"most": "max-concurrency"}):
    most: _Size = None


class _Scaler(msgspec.Struct):
    current: _Size = None
    max: _Size = None
    min: _Size = None


class _Stats(msgspec.Struct):
    pool: _Pool | None = None
    autoscaler: _Scaler | None = None
    prefetch_count: Annotated[int, msgspec.Meta(ge=0, le=MOST)] | None = None


class _Queue(msgspec.Struct):
    name: str
    queue_arguments: dict[str, Any] | None = None


class _Held(msgspec.Struct):
    id: str | None = None
    name: str | None = None
    delivery_info: dict[str, Any] | None = None


_SHAPES: Mapping[str, Any] = {
    "stats": _Stats,
    "queues": list[_Queue] | None,
    "conf": dict[str, Any] | None,
    "active": list[_Held] | None,
    "reserved": list[_Held] | None,
    "registered": list[str] | None,
}
"""Types of what is read of each answer, as Celery sends them (celery.worker.control)."""


def readable_answers(kind: str, answers: Any) -> dict[str, Any]:
    """Return the answers to a question (a field of `Cluster`) that a worker can have given, by its name.

    >>> readable_answers("stats", {"w1@h": {"prefetch_count": 4}, "w2@h": {"error": "no"}, "w3@h": 5})
    {'w1@h': {'prefetch_count': 4}, 'w2@h': {'error': 'no'}}
    """
    if not isinstance(answers, dict):
        return {}
    return {host: said for host, said in answers.items() if isinstance(host, str) and _is_readable(kind, said)}


def _is_readable(kind: str, said: Any) -> bool:
    try:
        msgspec.convert(said, _SHAPES[kind])
        json.dumps(said, ensure_ascii=False, allow_nan=False).encode()
        check_value(kind, said)
    except (msgspec.ValidationError, ValueError, TypeError, RecursionError, Violation):
        return False
    return True


@dataclass(frozen=True)
class Cluster:
    """Workers' answers to `celery inspect`; empty if none answered."""

    stats: Answers = field(default_factory=dict)
    queues: Answers = field(default_factory=dict)
    conf: Answers = field(default_factory=dict)
    active: Answers = field(default_factory=dict)
    reserved: Answers = field(default_factory=dict)
    registered: Answers = field(default_factory=dict)

    @property
    def workers(self) -> list[str]:
        """Names of the workers that answered, sorted."""
        return sorted({*self.stats, *self.queues})

    @property
    def running(self) -> dict[str, str]:
        """Names of the tasks that had been received before, by id."""
        return {raw["uuid"]: raw["name"] for raw, _ in self.held()}

    def held(self) -> Iterator[tuple[Raw, bool]]:
        """Each task that a worker holds, as an event would tell it, and whether it is running."""
        for answers, is_running in ((self.active, True), (self.reserved, False)):
            for host, listed in answers.items():
                for task in listed or ():
                    if task.get("id") and task.get("name"):
                        about = {"uuid": str(task["id"]), "name": str(task["name"]), "hostname": host}
                        yield {**about, "args": repr(task.get("args")), "kwargs": repr(task.get("kwargs"))}, is_running

    def priorities(self) -> Iterator[tuple[str, str, int]]:
        """Yield id, name and priority of each task that a worker holds and that has one."""
        for answers in (self.active, self.reserved):
            for listed in answers.values():
                for task in listed or ():
                    found = (task.get("delivery_info") or {}).get("priority")
                    if isinstance(found, int) and task.get("id"):
                        yield str(task["id"]), str(task.get("name")), found

    @property
    def tasks(self) -> dict[str, dict[str, Any]]:
        """Attributes of each registered task that decide how it is handled, by its name."""
        found: dict[str, dict[str, Any]] = {}
        for lines in self.registered.values():
            for line in lines or ():
                name, _, options = str(line).partition(" [")
                found.setdefault(name, dict(_attributes(options.removesuffix("]"))))
        return found

    @property
    def late(self) -> Collection[str]:
        """Names of the tasks that are acknowledged late."""
        return {name for name, options in self.tasks.items() if options.get("acks_late") is True}

    def known(self, *, transport: str, leases: bool) -> Known:
        """The same in the form that the conversion of events needs; `offsets` and `workers` may still be changed."""
        workers = {name_of(host): self.worker(host, transport) for host in self.workers}
        queues: dict[str, dict[str, Any]] = {}
        for listed in self.queues.values():
            for queue in listed or ():
                queues.setdefault(str(queue["name"]), dict(queue.get("queue_arguments") or {}))
        return Known(workers=workers, queues=queues, late=self.late, leases=leases, offsets={}, routing=self._routing())

    def _routing(self) -> Routing | None:
        """The routes of the first worker's configuration, which producers are taken to share."""
        conf = next((self.conf[host] for host in sorted(self.conf) if self.conf[host]), None)
        if conf is None:
            return None
        routers, _ = routers_in(conf.get("task_routes"))
        own = {name: str(options["queue"]) for name, options in self.tasks.items() if options.get("queue")}
        return Routing([Routes(router) for router in routers], own, str(conf.get("task_default_queue") or "celery"))

    def worker(self, host: str, transport: str) -> KnownWorker:
        """Facts about a worker, as it said them."""
        stats, conf = self.stats.get(host) or {}, self.conf.get(host) or {}
        pool, scaler = stats.get("pool") or {}, stats.get("autoscaler") or {}
        size = scaler.get("current", pool.get("max-concurrency"))
        settings = {key: conf[key] for key in _SETTINGS if conf.get(key) is not None}
        if isinstance(scaler.get("max"), int) and isinstance(scaler.get("min"), int):
            settings["autoscale"] = [scaler["max"], scaler["min"]]
        return KnownWorker(
            queues=tuple(str(queue["name"]) for queue in self.queues.get(host) or ()),
            pool=_pool(str(pool.get("implementation", "")), conf),
            concurrency=size if isinstance(size, int) and size > 0 else None,
            prefetch_count=int(stats.get("prefetch_count") or 0),
            settings={**settings, "transport": transport},
        )

    def told(self) -> dict[str, Any]:
        """Facts that a recording keeps: the settings of workers, those that share them together, and of tasks."""
        groups: list[dict[str, Any]] = []
        for host in sorted(self.conf):
            settings = dict(sorted(_deciding(self.conf[host] or {})))
            same = next((group for group in groups if group["settings"] == settings), None)
            if same is not None:
                same["workers"].append(name_of(host))
            elif settings:
                groups.append({"workers": [name_of(host)], "settings": settings})
        found = {"conf": groups, "tasks": dict(sorted(self.tasks.items()))}
        return {key: value for key, value in found.items() if value}


def _attributes(text: str) -> Iterator[tuple[str, Any]]:
    """Read the attributes of a registered task, which Celery separates by spaces that a value may contain too."""
    pieces = _ATTRIBUTE.split(text)
    for key, value in zip(pieces[1::2], pieces[2::2], strict=True):
        yield key, _value(value)


def _value(text: str) -> Any:
    """A number or truth value from its text.

    >>> _value("True"), _value("4/s"), _value("2"), _value("0.5")
    (True, '4/s', 2, 0.5)
    """
    if text in ("True", "False"):
        return text == "True"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _deciding(conf: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in conf.items():
        if key in ("broker_url", "result_backend"):
            scheme = _CONNECTION.match(str(value))
            if scheme is not None:
                yield key, scheme.group()
        elif key == "beat_schedule" and isinstance(value, dict):
            yield key, {name: _without_arguments(entry) for name, entry in value.items()}
        elif key == "broker_transport_options" and isinstance(value, dict):
            yield key, {name: one for name, one in value.items() if not re.search("password|secret|username", name)}
        elif _DECIDES.match(key) and value is not None:
            yield key, value


def _without_arguments(entry: Any) -> Any:
    return {k: v for k, v in entry.items() if k not in ("args", "kwargs")} if isinstance(entry, dict) else entry


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


def ask_cluster(app: Any, hosts: Sequence[str] | None = None) -> Cluster:
    """Inspect all workers at once, or some; one that does not answer within a second stays unknown."""
    more = {} if hosts is None else {"destination": list(hosts), "limit": len(hosts)}
    stats = readable_answers("stats", app.control.inspect(timeout=TIMEOUT, **more).stats())
    if not stats:
        return Cluster()
    only = app.control.inspect(destination=list(stats), timeout=TIMEOUT, limit=len(stats))
    return Cluster(
        stats=stats,
        queues=readable_answers("queues", only.active_queues()),
        conf=readable_answers("conf", only.conf()),
        active=readable_answers("active", only.active()),
        reserved=readable_answers("reserved", only.reserved()),
        registered=readable_answers("registered", only.registered(*ASKED)),
    )


def ask_sizes(app: Any, hosts: Sequence[str]) -> dict[str, int]:
    """Ask workers that autoscale how large their pools are now."""
    inspect = app.control.inspect(destination=list(hosts), timeout=TIMEOUT, limit=len(hosts))
    stats = readable_answers("stats", inspect.stats())
    sizes = {host: (said.get("autoscaler") or {}).get("current") for host, said in stats.items()}
    return {host: size for host, size in sizes.items() if size is not None}


def ask_held(app: Any) -> Cluster:
    """Ask all workers for the tasks that they hold."""
    active = readable_answers("active", app.control.inspect(timeout=TIMEOUT).active())
    if not active:
        return Cluster()
    only = app.control.inspect(destination=list(active), timeout=TIMEOUT, limit=len(active))
    return Cluster(active=active, reserved=readable_answers("reserved", only.reserved()))

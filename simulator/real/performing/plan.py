"""The plan: everything the processes of a stage need to know, stored as JSON in the stage's folder."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from simulator.scenario.schema.faults import GRACE
from simulator.trace import to_micros
from simulator.trace.events import WorkerOnline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.real.performing.rehearsal import Rehearsal
    from simulator.scenario import Scenario
    from simulator.scenario.schema.faults import Fault
    from simulator.trace.events import Event

Row = dict[str, Any]

PREFIX = "ackademy.verify."
"""Common prefix of every queue, exchange and key of a stage."""
EXPIRES = 600_000
"""Milliseconds after which RabbitMQ deletes an unused queue, should a stage never clean up."""
SCHEMES = {
    **dict.fromkeys(("redis", "rediss"), "redis"),
    **dict.fromkeys(("amqp", "amqps", "pyamqp"), "amqp"),
    "memory": "memory",
}
"""Transports by scheme of the broker URL."""
FILES = "file://"
"""URL scheme of a result backend in the stage's own folder."""
RESULTS = "results"
ARGUMENTS = {
    "max_priority": "x-max-priority",
    "max_length": "x-max-length",
    "overflow": "x-overflow",
    "message_ttl": "x-message-ttl",
    "dead_letter_exchange": "x-dead-letter-exchange",
    "dead_letter_routing_key": "x-dead-letter-routing-key",
    "delivery_limit": "x-delivery-limit",
    "consumer_timeout": "x-consumer-timeout",
}
MILLISECONDS = {"message_ttl", "consumer_timeout"}
NOT_CELERYS = {
    *("broker_url", "broker_transport_options", "result_backend", "task_routes", "hop", "consumer_timeout"),
    *("channel_tick_interval", "visibility_sweep", "child_death", "shutdown_return", "startup_drain"),
    *("task_default_exchange_type", "task_create_missing_queue_exchange_type"),
    *(
        "reconnect",
        "outage_crash",
        "autoscale_check",
        "rate_limit_timers",
        "timer_thread",
        "task_default_queue",
        "worker_prefetch_multiplier",
        "task_default_rate_limit",
    ),
}
"""Keys of `config` that a real Celery does not get unchanged."""
ENDS = ("task-succeeded", "task-failed", "task-retried", "task-rejected", "task-cancelled", "child-exited")
"""Events that free a slot."""
OPTIONS = (
    *("acks_late", "acks_on_failure", "acks_on_timeout", "acks_on_failure_or_timeout", "reject_on_worker_lost"),
    *("time_limit", "soft_time_limit", "rate_limit", "track_started", "ignore_result", "max_retries"),
    *("default_retry_delay", "retry_backoff", "retry_backoff_max", "retry_jitter", "priority", "expires"),
)
"""Options of a scenario's task that are passed to the real task."""


@dataclass(frozen=True)
class Plan:
    """A stage's plan, ready for JSON; times in seconds."""

    run: str
    """Unique name of this stage, and its prefix."""
    broker: str
    backend: str | None
    conf: dict[str, Any]
    queues: list[Row]
    tasks: dict[str, Row]
    exceptions: dict[str, str]
    behaviours: dict[str, list[Row]]
    workers: dict[str, Row]
    beat: dict[str, Row]
    sends: list[Row]
    control: list[Row]
    faults: list[Row]
    end: float
    folder: str = ""
    exchanges: list[str] = field(default_factory=list)

    @property
    def prefix(self) -> str:
        """Common prefix of all queue names."""
        return f"{self.run}."

    @property
    def transport(self) -> str:
        """`redis`, `amqp` or `memory`."""
        return transport_of(self.broker)

    def save(self) -> Path:
        """Save it where its processes read it, readable by the owner only, as it holds the broker's password."""
        path = Path(self.folder) / "plan.json"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
            json.dump(asdict(self), stream)
        return path


def load_plan(path: str) -> Plan:
    """Load a plan from its file."""
    return Plan(**json.loads(Path(path).read_text(encoding="utf-8")))


def transport_of(url: str) -> str:
    """The transport of a broker URL; empty if a stage cannot use it."""
    return SCHEMES.get(url.partition("://")[0], "")


def backend_of(scenario: Scenario, broker: str, given: str | None) -> str | None:
    """The result backend of a stage as a URL: the one that was `given`, else one like the scenario's.

    A chord's header is counted in Redis; if the scenario's backend cannot count, one made of files is used.
    """
    if given is not None:
        return given
    transport, asked = transport_of(broker), scenario.model.config.result_backend
    if transport == "memory":
        return "cache+memory://"
    if asked is not None and not scenario.settings.chord_counter:
        return None if asked.startswith("rpc://") else FILES
    return broker if transport == "redis" else None


def without_password(url: str) -> str:
    """A URL, or each of a failover list, without its password and its query, fit for display."""
    return ";".join(map(_without_password, url.split(";")))


def _without_password(url: str) -> str:
    try:
        parts = urlsplit(url)
        query = "..." if parts.query else ""  # a password may stand there, too
        if parts.password is None:
            return urlunsplit(parts._replace(query=query)) if query else url
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return f"{url.partition(':')[0][:40]}:..."
    return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:***@{host}", query=query))


def new_run() -> str:
    """A unique name for a stage."""
    return f"{PREFIX}{os.getpid()}-{secrets.token_hex(4)}"


def make_plan(scenario: Scenario, rehearsal: Rehearsal, end: float, broker: str, backend: str | None) -> Plan:
    """Make the plan of a stage from a scenario and its rehearsal."""
    run = new_run()
    model = scenario.model
    queues = _queues(scenario, rehearsal, f"{run}.")
    return Plan(
        run=run,
        broker=broker,
        backend=backend,
        conf=_conf(scenario),
        queues=queues,
        tasks={name: _task(spec) for name, spec in model.tasks.items()},
        exceptions=dict(model.exceptions),
        behaviours={**rehearsal.behaviours, **rehearsal.beat_behaviours()},
        workers={name: _worker(scenario, name) for name in model.workers},
        beat={name: _beat(scenario, name) for name in model.beat_schedule},
        sends=rehearsal.sends,
        control=[line.model_dump(exclude_defaults=True) for line in model.control],
        faults=[_fault(line, rehearsal.context.journal.events) for line in model.faults],
        end=end,
        exchanges=sorted({queue["exchange"] for queue in queues if queue["exchange"]}),
    )


def _conf(scenario: Scenario) -> dict[str, Any]:
    settings, written = scenario.settings, scenario.model.config.written()
    conf = {key: value for key, value in written.items() if key not in NOT_CELERYS}
    conf["task_default_queue"] = settings.task_default_queue
    conf["worker_prefetch_multiplier"] = settings.worker_prefetch_multiplier
    if settings.task_default_rate_limit:
        conf["task_default_rate_limit"] = settings.task_default_rate_limit
    conf["broker_transport_options"] = written.get("broker_transport_options", {})
    routes = scenario.model.config.task_routes or {}
    conf["task_routes"] = {name: {"queue": route.queue} for name, route in routes.items() if route.queue is not None}
    return conf


def _queues(scenario: Scenario, rehearsal: Rehearsal, prefix: str) -> list[Row]:
    """The queues by name in the scenario, with AMQP's arguments, under names of this stage's own."""
    rows = []
    for name in rehearsal.broker.queues:
        spec = scenario.model.queues.get(name)
        said = spec.model_dump(exclude_defaults=True) if spec is not None else {}
        arguments: Row = {"x-expires": EXPIRES}
        if scenario.settings.task_queue_max_priority is not None:
            arguments["x-max-priority"] = scenario.settings.task_queue_max_priority
        is_quorum = rehearsal.broker.queues[name].is_quorum
        if is_quorum:
            arguments["x-queue-type"] = "quorum"
        for key, argument in ARGUMENTS.items():
            if key in said:
                arguments[argument] = int(said[key] * 1000) if key in MILLISECONDS else said[key]
        for argument in ("x-dead-letter-exchange", "x-dead-letter-routing-key"):
            if arguments.get(argument):
                arguments[argument] = prefix + arguments[argument]
        exchange = said.get("exchange", "")
        rows.append(
            {
                "name": name,
                "durable": is_quorum,
                "arguments": arguments,
                "exchange": prefix + exchange if exchange else "",
                "routing_key": prefix + str(said.get("routing_key") or name) if exchange else prefix + name,
            }
        )
    return rows


def _fault(line: Fault, events: Sequence[Event]) -> Row:
    """A fault; with the task, if any, that the child to be killed is running in the rehearsal."""
    row = line.model_dump(exclude_defaults=True, by_alias=True)
    if line.restarts:
        row["restarts"] = line.restarts
        row["grace"] = GRACE if line.grace is None else line.grace
        row |= {"then": line.then or "cold", "start_up": line.start_up or 0.0}
    row["early"] = _is_early(line, events)
    if line.kill_child is not None:
        running = _running(events, line.kill_child, to_micros(line.at))
        slot = line.slot if line.slot is not None else min(running, default=1)
        row["runs"] = running.get(slot, "")
    return row


def _is_early(line: Fault, events: Sequence[Event]) -> bool:
    """Return True if the worker that a fault is to end comes online only later: nothing happens in the rehearsal."""
    name, when = line.kill or line.stop or line.kill_child, to_micros(line.at)
    online = [e.t for e in events if isinstance(e, WorkerOnline) and e.hostname == name]
    return bool(online) and min(online) > when


def _running(events: Sequence[Event], hostname: str, when: int) -> dict[int, str]:
    """The task running in each slot of a worker at a time."""
    running: dict[int, str] = {}
    for event in events:
        if event.t >= when:
            break
        slot = getattr(event, "slot", 0)
        if slot and getattr(event, "hostname", "") == hostname:
            if event.type == "task-started":
                running[slot] = event.uuid  # type: ignore[attr-defined]
            elif event.type in ENDS:
                running.pop(slot, None)
    return running


def _task(spec: Any) -> Row:
    options = {key: getattr(spec, key) for key in OPTIONS if key in spec.model_fields_set}
    if options.get("rate_limit") is not None:
        options["rate_limit"] = str(options["rate_limit"])
    row: Row = {"options": options, "signature": spec.signature, "catches": spec.catches_soft_limit, "cpu": spec.cpu}
    row["queue"] = spec.queue
    row["lock"] = spec.lock.model_dump() if spec.lock is not None else None
    row["autoretry_for"], row["dont_autoretry_for"] = spec.autoretry_for, spec.dont_autoretry_for
    row["retry_kwargs"] = spec.retry_kwargs.model_dump(exclude_none=True) if spec.retry_kwargs is not None else {}
    row["retry"] = spec.retry.model_dump() if spec.retry is not None else None
    return row


def _worker(scenario: Scenario, name: str) -> Row:
    spec, settings = scenario.model.workers[name], scenario.settings
    row: Row = {
        "queues": spec.queues or [settings.task_default_queue],
        "pool": spec.pool or settings.worker_pool,
        "concurrency": spec.concurrency or settings.worker_concurrency,
        "starts_at": spec.starts_at,
        "speed": spec.speed,
        "beat": spec.beat,
        "without_gossip": spec.without_gossip,
    }
    for key in ("prefetch_multiplier", "autoscale", "max_tasks_per_child"):
        if getattr(spec, key) is not None:
            row[key] = getattr(spec, key)
    if spec.broker_transport_options is not None:
        row["broker_transport_options"] = spec.broker_transport_options.model_dump(exclude_none=True)
    return row


def _beat(scenario: Scenario, name: str) -> Row:
    spec = scenario.model.beat_schedule[name]
    call = spec.call
    return {
        "task": spec.task,
        "schedule": spec.schedule.interval,
        "args": spec.args,
        "kwargs": spec.kwargs,
        "options": {
            key: value
            for key, value in (
                ("countdown", call.countdown),
                ("expires", call.expires),
                ("priority", call.priority),
                ("queue", spec.options.queue),
            )
            if value is not None
        },
    }

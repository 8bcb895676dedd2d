"""Settings without effect: legal and simulated, but they change nothing in this scenario. A table of rules.

A rule looks at written settings (`keys`) and decides from the whole scenario whether one is idle. A setting is not idle
if a variant gives it an effect, or if a knob, an exercise or a `set` in the middle of the run may change it or a
setting it depends on (`through`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from simulator.scenario import schema
from simulator.scenario.checks.scope import RuleScope, raised_by
from simulator.scenario.source import Path
from simulator.scenario.transports import TRANSPORTS, TransportTraits
from simulator.scenario.values.paths import PathError, parse_path


def _can_fail(task: schema.Task) -> bool:
    """Return True if a task can fail, also by wrong arguments or by a service that the user may take down."""
    return any(raised_by(task)) or task.calls is not None or task.gets is not None or task.signature is not None


def _value(scope: RuleScope, path: Path) -> Any:
    value: Any = scope.data
    for part in path:
        value = value[part]
    return value


def _call(scope: RuleScope, path: Path) -> schema.Call:
    send = scope.model.send[int(path[1])]
    return send.each[int(path[3])] if path[2] == "each" and send.each is not None else send


def _starts_what_runs(scope: RuleScope, path: Path) -> bool:
    fault = scope.fault(path)
    ended = scope.ends.get(str(fault.start), fault.at + 1) <= fault.at
    worker = scope.model.workers.get(str(fault.start))  # beat may be a process of its own
    return not ended and (worker is None or worker.starts_at <= fault.at)


def _all_workers(scope: RuleScope, key: str) -> bool:
    workers = scope.model.workers.values()
    return bool(workers) and all(getattr(worker, key) is not None for worker in workers)


def _where(can: Callable[[TransportTraits], object]) -> Test:
    """Condition that the transport lacks a capability."""
    return lambda scope, path: not can(TRANSPORTS[scope.settings.transport])


_leases = _where(lambda transport: transport.visibility_timeout is not None)
_sweeps = _where(lambda transport: transport.leases_by_worker)


def _pools(scope: RuleScope, path: Path) -> set[str]:
    """Pool kinds that a setting applies to: one worker's, those a command names, or all."""
    model, default = scope.model, scope.settings.worker_pool
    names = [*model.workers]
    if path[0] == "workers":
        names = [str(path[1])]
    elif path[0] == "control":
        line = model.control[int(path[1])]
        whom = getattr(line, line.command)
        names = line.destination or names if line.command in schema.ABOUT_TASKS else names if whom == "all" else [whom]
    found = {model.workers[name].pool or default for name in names if name in model.workers}
    return {"prefork" if kind == "processes" else kind for kind in found} or {"prefork"}


def _is_half_redrive(scope: RuleScope, path: Path) -> bool:
    """Return True on SQS for a delivery limit without a dead letter queue, or the reverse."""
    queue = scope.model.queues[str(path[1])] or schema.Queue()
    has_both = queue.delivery_limit is not None and queue.dead_letter_exchange is not None
    return TRANSPORTS[scope.settings.transport].redrives and not has_both


def _off_prefork(scope: RuleScope, path: Path) -> bool:
    return "prefork" not in _pools(scope, path)


def _keeps_no_limit(scope: RuleScope, path: Path) -> bool:
    """Return True if no pool enforces a time limit: prefork enforces both limits, greenlets the hard one."""
    soft = str(path[-1]) in ("soft_time_limit", "task_soft_time_limit", "soft")
    return not _pools(scope, path) & ({"prefork"} if soft else {"prefork", "gevent", "eventlet"})


def _acks_early(scope: RuleScope, path: Path) -> bool:
    """Return True if none of the tasks that a setting applies to is acknowledged late."""
    default = scope.settings.task_acks_late
    tasks = [scope.task(path)] if path[0] == "tasks" else [*scope.model.tasks.values()]
    return not any(default if task.acks_late is None else task.acks_late for task in tasks)


def _revokes_nothing(scope: RuleScope, path: Path) -> bool:
    """Return True if no call has the id to be revoked; ids that are not written derive from the task's name."""
    uuid = _value(scope, path)
    if not isinstance(uuid, str):
        return False
    written = {call.id for call in scope.calls if call.id is not None}
    name, _, number = uuid.rpartition("_")
    return uuid not in written and not (number.isdigit() and (name in scope.queues_of_task or scope.sends_by_beat))


def _without_autoscale(scope: RuleScope, path: Path) -> bool:
    whom = _value(scope, path)
    return not any(
        worker.autoscale is not None for name, worker in scope.model.workers.items() if whom in ("all", name)
    )


Test = Callable[[RuleScope, Path], Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """A way for settings to have no effect."""

    code: str
    keys: tuple[str, ...]
    """The settings that the rule checks: paths, `*` for any part."""
    through: tuple[str, ...]
    """Paths whose change could give these settings an effect."""
    idle: Test


_AUTORETRY = ("retry_backoff", "retry_backoff_max", "retry_jitter", "retry_kwargs", "dont_autoretry_for")
_RETRY = ("tasks.*.autoretry_for", "tasks.*.retry")
_FAILURE = ("tasks.*.raises", "tasks.*.calls", "tasks.*.signature")
_TRANSPORT = ("profile", "config.broker_url")
_SWEEP = (
    *("unacked_restore_interval", "unacked_restore_throttle", "unacked_restore_limit"),
    "unacked_mutex_expire",
)
_POOLS = ("config.worker_pool", "workers.*.pool")
_QUEUES = ("send", "tasks.*.queue", "workers.*.queues", "config.task_routes", "config.task_default_queue")

RULES: tuple[Rule, ...] = (
    Rule(
        "idle.acks_late",
        ("config.task_acks_late", "tasks.*.acks_late"),
        ("faults", "config.worker_prefetch_multiplier", "workers.*.prefetch_multiplier"),
        lambda scope, path: not (scope.loses_workers or scope.sets_windows or scope.depends_on_acks),
    ),
    Rule(
        "idle.pushed",
        ("config.broker_transport_options.polling_interval", "polls", "workers.*.phase"),
        _TRANSPORT,
        lambda scope, path: scope.is_pushed(),
    ),
    Rule(
        "idle.no_gossip",
        ("workers.*.without_gossip",),
        _TRANSPORT,
        _where(lambda transport: transport.mingles),
    ),
    Rule(
        "idle.no_autoretry",
        tuple(f"tasks.*.{key}" for key in _AUTORETRY),
        ("tasks.*.autoretry_for",),
        lambda scope, path: not scope.task(path).autoretry_for,
    ),
    Rule(
        "idle.no_backoff",
        ("tasks.*.retry_backoff_max", "tasks.*.retry_jitter"),
        ("tasks.*.retry_backoff",),
        lambda scope, path: scope.task(path).autoretry_for and not scope.task(path).retry_backoff,
    ),
    Rule(
        "idle.backoff_wins",
        ("tasks.*.retry_kwargs.countdown",),
        ("tasks.*.retry_backoff",),
        lambda scope, path: scope.task(path).autoretry_for and scope.task(path).retry_backoff,
    ),
    Rule(
        "idle.no_retry",
        ("tasks.*.max_retries", "tasks.*.default_retry_delay"),
        _RETRY,
        lambda scope, path: not scope.task(path).autoretry_for and scope.task(path).retry is None,
    ),
    Rule(
        "idle.never_fails",
        ("tasks.*.dead_letter_queue", *_RETRY),
        _FAILURE,
        lambda scope, path: _value(scope, path) and not _can_fail(scope.task(path)),
    ),
    Rule(
        "idle.priority",
        ("send.*.priority", "send.*.each.*.priority"),
        ("queues", *_QUEUES, *_TRANSPORT),
        lambda scope, path: not scope.sorts(scope.queue_of(_call(scope, path))),
    ),
    Rule(
        "idle.priority",
        ("tasks.*.priority",),
        ("queues", *_QUEUES, *_TRANSPORT),
        lambda scope, path: not any(map(scope.sorts, scope.queues_of_task.get(str(path[1]), ()))),
    ),
    Rule(
        "idle.priority",
        ("config.task_default_priority",),
        ("queues", *_QUEUES, *_TRANSPORT),
        lambda scope, path: not any(map(scope.sorts, scope.sent_to)),
    ),
    Rule(
        "idle.not_consumed",
        ("send.*.task", "send.*.each.*.task"),
        ("workers", *_QUEUES),
        lambda scope, path: scope.model.workers and scope.queue_of(_call(scope, path)) not in scope.consumed,
    ),
    Rule(
        "idle.nothing_sent",
        ("workers.*.queues.*",),
        _QUEUES,
        lambda scope, path: _value(scope, path) not in scope.sent_to,
    ),
    Rule(
        "idle.queue",
        ("queues.*",),
        _QUEUES,
        lambda scope, path: str(path[1]) not in scope.sent_to | scope.consumed,
    ),
    Rule(
        "idle.overflow",
        ("queues.*.overflow",),
        ("queues.*.max_length",),
        lambda scope, path: getattr(scope.model.queues[str(path[1])], "max_length", None) is None,
    ),
    Rule(
        "idle.service",
        ("services.*",),
        ("tasks.*.calls",),
        lambda scope, path: path[1] != "result_backend" and path[1] not in scope.called,
    ),
    Rule(
        "idle.result_backend",
        ("services.result_backend.rate_limit", "services.result_backend.capacity"),
        ("tasks.*.calls",),
        lambda scope, path: "result_backend" not in scope.called,
    ),
    Rule(
        "idle.exception",
        ("exceptions.*",),
        ("tasks.*.raises", "faults"),
        lambda scope, path: path[1] not in scope.raised,
    ),
    Rule(
        "idle.route",
        ("config.task_routes.*",),
        ("send",),
        lambda scope, path: path[2] not in scope.used_routes,
    ),
    Rule(
        "idle.all_workers",
        ("config.worker_concurrency",),
        ("workers",),
        lambda scope, path: _all_workers(scope, "concurrency"),
    ),
    Rule(
        "idle.all_workers",
        ("config.worker_prefetch_multiplier",),
        ("workers",),
        lambda scope, path: _all_workers(scope, "prefetch_multiplier"),
    ),
    Rule(
        "idle.no_leases",
        (
            "config.broker_transport_options.visibility_timeout",
            "config.visibility_sweep",
        ),
        _TRANSPORT,
        _leases,
    ),
    Rule(
        "idle.redis_only",
        (
            *(f"config.broker_transport_options.{key}" for key in ("priority_steps", "brpop_timeout", *_SWEEP)),
            *(f"workers.*.broker_transport_options.{key}" for key in ("visibility_timeout", *_SWEEP)),
        ),
        _TRANSPORT,
        _sweeps,
    ),
    Rule(
        "idle.redis_only",
        ("config.maxmemory",),
        _TRANSPORT,
        _where(lambda transport: transport.disables_prefetch),
    ),
    Rule(
        "idle.redis_only",
        ("config.worker_disable_prefetch",),
        _TRANSPORT,
        lambda scope, path: (
            bool(_value(scope, path)) and _where(lambda transport: transport.disables_prefetch)(scope, path)
        ),
    ),
    Rule(
        "idle.sqs_only",
        ("config.broker_transport_options.wait_time_seconds",),
        _TRANSPORT,
        _where(lambda transport: transport.pauses),
    ),
    Rule(
        "idle.amqp_only",
        (
            "queues.*.message_ttl",
            "queues.*.consumer_timeout",
            "config.consumer_timeout",
            "config.channel_tick_interval",
            "config.broker_channel_error_retry",
            "config.task_queue_max_priority",
            "queues.*.queue_type",
            "config.task_default_queue_type",
            "config.task_create_missing_queue_type",
        ),
        _TRANSPORT,
        _where(lambda transport: transport.has_ttl),
    ),
    Rule(
        "idle.dead_letters",
        ("queues.*.dead_letter_exchange", "queues.*.delivery_limit"),
        _TRANSPORT,
        _where(lambda transport: transport.has_ttl or transport.redrives),
    ),
    Rule(
        "idle.half_redrive",
        ("queues.*.dead_letter_exchange", "queues.*.delivery_limit"),
        ("queues", *_TRANSPORT),
        _is_half_redrive,
    ),
    Rule(
        "idle.no_dead_letters",
        ("queues.*.dead_letter_routing_key",),
        ("queues.*.dead_letter_exchange",),
        lambda scope, path: getattr(scope.model.queues[str(path[1])], "dead_letter_exchange", None) is None,
    ),
    Rule(
        "idle.no_time_limits",
        (
            "tasks.*.time_limit",
            "tasks.*.soft_time_limit",
            "config.task_time_limit",
            "config.task_soft_time_limit",
            "control.*.time_limit",
        ),
        _POOLS,
        _keeps_no_limit,
    ),
    Rule(
        "idle.no_children",
        (
            "workers.*.max_tasks_per_child",
            "workers.*.max_memory_per_child",
            "workers.*.child_startup",
            "config.worker_max_tasks_per_child",
            "config.worker_max_memory_per_child",
            "config.worker_proc_alive_timeout",
            "faults.*.kill_child",
        ),
        _POOLS,
        lambda scope, path: (
            _off_prefork(scope, path) if path[0] != "faults" else scope.pool_of(_value(scope, path)) != "prefork"
        ),
    ),
    Rule(
        "idle.rate_limits_off",
        ("tasks.*.rate_limit", "config.task_default_rate_limit", "control.*.rate_limit"),
        ("config.worker_disable_rate_limits",),
        lambda scope, path: scope.settings.worker_disable_rate_limits,
    ),
    Rule(
        "idle.not_late",
        tuple(
            f"{place}{key}"
            for place in ("config.task_", "tasks.*.")
            for key in ("acks_on_failure", "acks_on_timeout", "acks_on_failure_or_timeout", "reject_on_worker_lost")
        ),
        ("config.task_acks_late", "tasks.*.acks_late", "profile"),
        _acks_early,
    ),
    Rule(
        "idle.solo",
        ("control.*.pool_grow", "control.*.pool_shrink"),
        _POOLS,
        lambda scope, path: _pools(scope, path) == {"solo"},
    ),
    Rule("idle.no_autoscale", ("control.*.autoscale",), ("workers.*.autoscale",), _without_autoscale),
    Rule("idle.revokes_nothing", ("control.*.revoke", "control.*.revoke.*"), ("send", "tasks"), _revokes_nothing),
    Rule(
        "idle.no_terminate",
        ("control.*.terminate",),
        _POOLS,
        lambda scope, path: _pools(scope, path) <= {"threads", "solo"},
    ),
    Rule(
        "idle.after_end",
        ("control.*.at", "faults.*.at", "send.*.at", "send.*.from", "chapters.*.at", "workers.*.starts_at"),
        ("until",),
        lambda scope, path: scope.after_end(_value(scope, path)),
    ),
    Rule(
        "idle.start",
        ("faults.*.start",),
        ("faults", "workers.*.starts_at"),
        _starts_what_runs,
    ),
)
"""Every rule that is checked."""


def find_idle(scope: RuleScope, others: Iterable[RuleScope]) -> Iterator[tuple[str, Path]]:
    """Settings that have no effect in a scenario nor in the `others` (its variants): code and path."""
    found = [*_all_idle(scope)]
    for other in others if found else ():
        again = {*_all_idle(other)}
        found = [item for item in found if item in again]
    yield from found


def _all_idle(scope: RuleScope) -> Iterator[tuple[str, Path]]:
    turned = [*_changeable(scope.model)]
    for rule in RULES:
        if not any(_overlap(parts, turn) for parts in _parts((*rule.keys, *rule.through)) for turn in turned):
            for path in _idle(rule, scope):
                yield rule.code, path


def _idle(rule: Rule, scope: RuleScope) -> Iterator[Path]:
    for pattern in _parts(rule.keys):
        for path in _written(scope.data, pattern):
            if rule.idle(scope, path):
                yield path


def _parts(patterns: Iterable[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(pattern.split(".")) for pattern in patterns)


def _written(data: Any, pattern: tuple[str, ...], path: Path = ()) -> Iterator[Path]:
    """Written paths that match a pattern; null counts as not written, unless a name stands for something there."""
    if not pattern:
        if data is not None or path[:1] in (("queues",), ("services",)):
            yield path
        return
    part, rest = pattern[0], pattern[1:]
    if isinstance(data, dict):
        for key in data if part == "*" else [part] if part in data else []:
            yield from _written(data[key], rest, (*path, key))
    elif isinstance(data, list) and part == "*":
        for index, item in enumerate(data):
            yield from _written(item, rest, (*path, index))


def _changeable(model: schema.ScenarioFile) -> Iterator[tuple[str, ...]]:
    """Paths that a knob or an exercise may change, or that change in the middle of the run."""
    knobs = (knob.path for knob in model.knobs)
    running = (path for fault in model.faults for path in fault.set or ())
    for text in (*knobs, *running, *(model.exercise.may_change if model.exercise else ())):
        try:
            yield parse_path(text)
        except PathError:
            continue  # reported where it is written


def _overlap(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return True if one of two paths leads to the other, or into it."""
    return all(a == b or "*" in (a, b) for a, b in zip(one, other, strict=False))

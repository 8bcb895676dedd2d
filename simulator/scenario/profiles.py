"""Profiles: named sets of defaults, without code. A scenario's own `config` overrides them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.scenario.transports import TRANSPORTS, TransportTraits
from simulator.scenario.versions import NEWEST, is_before
from simulator.trace.rates import parse_rate
from simulator.trace.time import NEVER, to_micros

_SWITCHES = (
    "visibility_sweep",
    "shutdown_return",
    "startup_drain",
    "reconnect",
    "outage_crash",
    "autoscale_check",
    "rate_limit_timers",
    "timer_thread",
)

_IDEAL = dict.fromkeys(_SWITCHES, "ideal")

_REAL = dict.fromkeys(_SWITCHES, "real")

_CELERY: dict[str, Any] = {
    "task_acks_late": False,
    "worker_prefetch_multiplier": 4,
    "broker_transport_options": {},
    "hop": 0.000001,
    "child_death": "missed",
    **_REAL,
}

PROFILES: dict[str, dict[str, Any]] = {
    "guide": {
        "polls": "every",
        "default_retry_delay": 60,
        "child_startup": 0.0,
        "config": {
            "broker_url": "guide://",
            "task_publish_retry": False,
            "task_acks_late": True,
            "worker_prefetch_multiplier": 1,
            "broker_transport_options": {"polling_interval": 1.0},
            "hop": 0.0,
            "child_death": "at_once",
            **_IDEAL,
        },
    },
    **{
        profile: {
            "polls": "found",
            "default_retry_delay": 180,
            "child_startup": 0.1,
            "config": {"broker_url": url, **_CELERY},
        }
        for profile, url in (
            ("celery-redis", "redis://"),
            ("celery-rabbitmq", "amqp://"),
            ("celery-filesystem", "filesystem://"),
            ("celery-sqs", "sqs://"),
        )
    },
}
"""Defaults of each profile; the manual has the table."""

DEFAULT_POLLING_INTERVAL = 1.0
"""Seconds, as in Kombu's polled transports (kombu.transport.virtual.base: Transport.polling_interval)."""

PRIORITY_STEPS = (0, 3, 6, 9)
"""Source: kombu.transport.redis: PRIORITY_STEPS."""

MUTEX_EXPIRE = 300.0
"""Seconds (kombu.transport.redis: Channel.unacked_mutex_expire)."""

LONGEST_WAIT = 2.0
"""Longest wait of a worker's loop on a polled transport, in seconds (celery.worker.loops: synloop)."""

CONSUMER_TIMEOUT, CHANNEL_TICK = 1800.0, 60.0
"""RabbitMQ's defaults, in seconds."""
COUNTING_BACKENDS = ("redis://", "rediss://", "cache+memcached://")
"""Result backends with a counter for chords (celery.backends.base: KeyValueStoreBackend.implements_incr)."""


@dataclass(frozen=True, slots=True)
class PublishRetry:
    """`task_publish_retry_policy`: how long a call waits for a broker that is down; times in microseconds.

    Source: celery.app.defaults: task.publish_retry_policy; kombu.utils.functional: retry_over_time.
    """

    max_retries: int | None
    start: int
    step: int
    longest: int

    def wait(self, failures: int) -> int | None:
        """Microseconds that a call waits after its n-th failure (1, 2, ...) before it retries; None: it gives up."""
        if self.max_retries is not None and failures > self.max_retries:
            return None
        return self.start + min(self.step * (failures - 1), self.longest)


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """`broker_transport_options` as one worker has them; times in microseconds."""

    visibility_timeout: int
    """Longest time that a delivery may stay unacknowledged; `NEVER` if the broker has no such limit."""
    restore_interval: int
    """Interval between its sweeps for deliveries past that."""
    restore_limit: int
    """Number of deliveries that one of its sweeps restores at most."""
    mutex_expire: int
    """Time that the lock of its sweep stays if it dies inside it."""
    queue_order_strategy: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a run, resolved from profile and scenario; times in microseconds."""

    transport: str
    """The scheme of `broker_url`."""
    polls: str
    """`every` poll is an event, or only those that `found` a message."""
    polling_interval: int
    """Polled transports: wait after an empty poll; SQS: wait after an empty long poll."""
    wait_time: int
    """Time that a blocking poll stays open: Redis renews its BRPOP, SQS ends its long poll."""
    transport_options: Mapping[str, Any]
    """`broker_transport_options` as written, which a worker may override."""
    worker_options: WorkerOptions
    """Those of a worker that overrides none."""
    priority_steps: tuple[int, ...]
    """Redis: lowest priority of each list of a queue."""
    consumer_timeout: int
    channel_tick_interval: int
    hop: int
    """Time that a message takes from one process to the next."""
    task_acks_late: bool
    task_acks_on_failure: bool
    task_acks_on_timeout: bool
    task_reject_on_worker_lost: bool
    task_ignore_result: bool
    task_track_started: bool
    task_time_limit: int
    """0: no limit; so for the next."""
    task_soft_time_limit: int
    task_default_rate_limit: float
    """Tasks a second; 0: no limit."""
    task_default_queue: str
    quorum: tuple[bool, bool]
    """True for quorum queues if nothing else is said: the default queue, other queues."""
    topic: tuple[bool, bool]
    """True for a topic exchange: of declared queues and the default one, of other queues."""
    task_default_priority: int | None
    task_inherit_parent_priority: bool
    task_queue_max_priority: int | None
    publish_retry: PublishRetry | None
    """Retry policy of a call while the broker is down; None: it fails at once."""
    worker_concurrency: int
    worker_pool: str
    worker_prefetch_multiplier: int
    worker_disable_prefetch: bool
    worker_disable_rate_limits: bool
    worker_eta_task_limit: int | None
    worker_max_tasks_per_child: int | None
    worker_max_memory_per_child: int | None
    """KiB."""
    stores_rejection: bool
    """True if a task that raises Reject without requeue is stored as FAILURE and reported (since Celery 5.7)."""
    requeues_timeout: bool
    """True if a hard time limit without an ACK requeues the message (since 5.5); else the message is rejected."""
    reduces_prefetch: bool
    """True if a worker that reconnects to Redis first takes less (before 5.7)."""
    soft_shutdown_on_idle: bool
    saves_state: bool
    """True if a worker that exits saves its revoked ids (`worker_state_db`)."""
    worker_proc_alive_timeout: int
    """Time within which a replaced child must be up."""
    worker_soft_shutdown_timeout: int
    cancels_on_connection_loss: bool
    broker_channel_error_retry: bool
    """True if a worker whose channel the broker closes connects anew instead of exiting."""
    connection_attempts: int
    """Number of times that a worker tries to reconnect before it gives up."""
    child_startup: int
    child_memory: float
    """Memory of an idle child, in MB."""
    default_retry_delay: int
    """Delay of a retry if its task sets none; Celery: 180 s, the guide's examples: 60 s."""
    result_latency: int
    """Time that the result backend takes to store a result."""
    visibility_sweep: bool
    """True if the real, slow sweep is simulated; the switches below work likewise."""
    child_death: str
    """A parent's reaction to the death of a child: `missed` at first, seen `at_once`, or `drawn` for each child."""
    shutdown_return: bool
    startup_drain: bool
    reconnect: bool
    outage_crash: bool
    """True if a worker that waits for messages while it holds some does not survive the loss of Redis (since 5.7)."""
    autoscale_check: bool
    rate_limit_timers: bool
    timer_thread: bool
    heartbeats: bool
    chord_counter: bool
    """True if the result backend counts the finished tasks of a chord's header; else celery.chord_unlock polls."""
    chord_retry_interval: int
    """Time that celery.chord_unlock waits before it looks again."""

    @property
    def visibility_timeout(self) -> int:
        """Longest time that a delivery may stay unacknowledged, unless a worker sets its own; `NEVER`: no lease."""
        return self.worker_options.visibility_timeout

    def options_of(self, given: Mapping[str, Any]) -> WorkerOptions:
        """Return the options of a worker that sets `given` over those of `config`."""
        if not given:
            return self.worker_options
        return _worker_options(TRANSPORTS[self.transport], {**self.transport_options, **given})


def resolve_settings(
    profile: str,
    polls: str | None,
    config: dict[str, Any],
    result_latency: float,
    heartbeats: bool = False,
    version: str = NEWEST,
) -> Settings:
    """Resolve a profile and a validated config (only what was written) to settings."""
    base = PROFILES[profile]
    merged = {**base["config"], **config}
    options = {**base["config"]["broker_transport_options"], **config.get("broker_transport_options", {})}
    transport = str(merged["broker_url"]).partition("://")[0]
    on_either = merged.get("task_acks_on_failure_or_timeout", True)
    retries = merged.get("broker_connection_retry", True)
    switches = {switch: merged[switch] == "real" for switch in _SWITCHES}
    switches["outage_crash"] &= TRANSPORTS[transport].leases_by_worker and not is_before(version, "5.7")
    return Settings(
        transport=transport,
        polls=polls or base["polls"],
        hop=to_micros(merged["hop"]),
        task_acks_late=merged["task_acks_late"],
        task_acks_on_failure=merged.get("task_acks_on_failure", on_either),
        task_acks_on_timeout=merged.get("task_acks_on_timeout", on_either),
        task_reject_on_worker_lost=merged.get("task_reject_on_worker_lost", False),
        task_ignore_result=merged.get("task_ignore_result", False),
        task_track_started=merged.get("task_track_started", False),
        task_time_limit=to_micros(merged.get("task_time_limit", 0)),
        task_soft_time_limit=to_micros(merged.get("task_soft_time_limit", 0)),
        task_default_rate_limit=parse_rate(merged.get("task_default_rate_limit")),
        task_default_queue=merged.get("task_default_queue", "celery"),
        quorum=_are(merged, "quorum", "task_default_queue_type", "task_create_missing_queue_type"),
        topic=_are(merged, "topic", "task_default_exchange_type", "task_create_missing_queue_exchange_type"),
        task_default_priority=merged.get("task_default_priority"),
        task_inherit_parent_priority=merged.get("task_inherit_parent_priority", False),
        task_queue_max_priority=merged.get("task_queue_max_priority"),
        publish_retry=_publish_retry(merged) if merged.get("task_publish_retry", True) else None,
        worker_concurrency=merged.get("worker_concurrency", 1),
        worker_pool=merged.get("worker_pool", "prefork"),
        worker_prefetch_multiplier=merged["worker_prefetch_multiplier"],
        worker_disable_prefetch=TRANSPORTS[transport].disables_prefetch
        and merged.get("worker_disable_prefetch", False),
        worker_disable_rate_limits=merged.get("worker_disable_rate_limits", False),
        worker_eta_task_limit=merged.get("worker_eta_task_limit"),
        worker_max_tasks_per_child=merged.get("worker_max_tasks_per_child"),
        worker_max_memory_per_child=merged.get("worker_max_memory_per_child"),
        stores_rejection=not is_before(version, "5.7"),
        requeues_timeout=not is_before(version, "5.5"),
        reduces_prefetch=is_before(version, "5.7") and TRANSPORTS[transport].disables_prefetch,
        soft_shutdown_on_idle=merged.get("worker_enable_soft_shutdown_on_idle", False),
        saves_state=bool(merged.get("worker_state_db")),
        worker_proc_alive_timeout=to_micros(merged.get("worker_proc_alive_timeout", 4.0)),
        worker_soft_shutdown_timeout=to_micros(merged.get("worker_soft_shutdown_timeout", 0)),
        cancels_on_connection_loss=merged.get("worker_cancel_long_running_tasks_on_connection_loss", False),
        broker_channel_error_retry=merged.get("broker_channel_error_retry", False),
        connection_attempts=merged.get("broker_connection_max_retries", 100) or NEVER if retries else 0,
        child_startup=to_micros(base["child_startup"]),
        child_memory=50.0,
        default_retry_delay=to_micros(base["default_retry_delay"]),
        result_latency=to_micros(result_latency),
        heartbeats=heartbeats,
        consumer_timeout=to_micros(merged.get("consumer_timeout", CONSUMER_TIMEOUT)),
        channel_tick_interval=to_micros(merged.get("channel_tick_interval", CHANNEL_TICK)),
        **_of_transport(TRANSPORTS[transport], options),
        **switches,
        child_death=merged["child_death"],
        chord_counter=merged.get("result_backend", "redis://").startswith(COUNTING_BACKENDS),
        chord_retry_interval=to_micros(merged.get("result_chord_retry_interval", 1.0)),
    )


def _are(config: Mapping[str, Any], value: str, default: str, others: str) -> tuple[bool, bool]:
    return config.get(default) == value, config.get(others) == value


def _publish_retry(config: dict[str, Any]) -> PublishRetry:
    policy = {"max_retries": 3, "interval_start": 0.0, "interval_step": 0.2, "interval_max": 1.0}
    policy |= config.get("task_publish_retry_policy") or {}
    intervals = [to_micros(policy[f"interval_{name}"] or 0.0) for name in ("start", "step", "max")]
    return PublishRetry(policy["max_retries"], *intervals)  # type: ignore[arg-type]


def _of_transport(transport: TransportTraits, options: dict[str, Any]) -> dict[str, Any]:
    """Settings from `broker_transport_options`, with the transport's own defaults."""
    interval = options.get("polling_interval")
    wait = transport.wait if transport.pauses or not interval else interval  # Redis has polling_interval too
    pause = DEFAULT_POLLING_INTERVAL if interval is None else interval
    if transport.waits_in_pool:
        pause = min(pause, LONGEST_WAIT)
    return {
        "transport_options": options,
        "worker_options": _worker_options(transport, options),
        "polling_interval": to_micros(pause),
        "wait_time": to_micros(options.get(transport.wait_option, wait) if transport.wait_option else 0.0),
        "priority_steps": tuple(sorted(options.get("priority_steps", PRIORITY_STEPS))),
    }


def _worker_options(transport: TransportTraits, options: Mapping[str, Any]) -> WorkerOptions:
    leases = transport.visibility_timeout
    visibility = None if leases is None else options.get("visibility_timeout", leases)
    every = options.get("unacked_restore_interval", 10.0) * options.get("unacked_restore_throttle", 10)
    order = options.get("queue_order_strategy", transport.queue_order)
    return WorkerOptions(
        visibility_timeout=NEVER if visibility is None else to_micros(visibility),
        restore_interval=to_micros(every),
        mutex_expire=to_micros(options.get("unacked_mutex_expire", MUTEX_EXPIRE)),
        restore_limit=options.get("unacked_restore_limit") or NEVER,
        queue_order_strategy=order if transport.orders_queues else "round_robin",
    )

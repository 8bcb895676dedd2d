"""Profiles: named sets of settings, no code. A scenario's own `config` goes over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulator.trace.time import to_micros

PROFILES: dict[str, dict[str, Any]] = {
    "guide": {
        "polls": "every",
        "default_retry_delay": 60,
        "config": {
            "broker_url": "guide://",
            "task_acks_late": True,
            "worker_prefetch_multiplier": 1,
            "broker_transport_options": {"polling_interval": 1.0},
            "hop": 0.0,
        },
    },
    "celery-rabbitmq": {
        "polls": "found",
        "default_retry_delay": 180,
        "config": {
            "broker_url": "amqp://",
            "task_acks_late": False,
            "worker_prefetch_multiplier": 4,
            "broker_transport_options": {},
            "hop": 0.000001,
        },
    },
}
"""What a profile decides; see the table in the manual."""

DEFAULT_POLLING_INTERVAL = 1.0
"""Seconds, as in Kombu's polled transports (kombu.transport.virtual.base: Transport.polling_interval)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings a run uses, from profile and scenario together; times in microseconds."""

    transport: str
    """The scheme of `broker_url`: `guide` or `amqp`."""
    polls: str
    """`every` or `found`: which polls are events."""
    polling_interval: int
    hop: int
    """How long a message takes from one process to the next."""
    task_acks_late: bool
    worker_prefetch_multiplier: int
    worker_concurrency: int
    task_default_queue: str
    task_default_priority: int | None
    default_retry_delay: int
    """How long a retry waits where its task does not say; Celery: 180 s, the guide's examples: 60 s."""
    result_latency: int
    """How long the result backend takes to store a result."""


def resolve_settings(profile: str, polls: str | None, config: dict[str, Any], result_latency: float) -> Settings:
    """Profile and config (as validated, only what was written) to settings."""
    base = PROFILES[profile]
    merged = {**base["config"], **config}
    options = {**base["config"]["broker_transport_options"], **config.get("broker_transport_options", {})}
    return Settings(
        transport=str(merged["broker_url"]).split(":", 1)[0],
        polls=polls or base["polls"],
        polling_interval=to_micros(options.get("polling_interval", DEFAULT_POLLING_INTERVAL)),
        hop=to_micros(merged["hop"]),
        task_acks_late=merged["task_acks_late"],
        worker_prefetch_multiplier=merged["worker_prefetch_multiplier"],
        worker_concurrency=merged.get("worker_concurrency", 1),
        task_default_queue=merged.get("task_default_queue", "celery"),
        task_default_priority=merged.get("task_default_priority"),
        default_retry_delay=to_micros(base["default_retry_delay"]),
        result_latency=to_micros(result_latency),
    )

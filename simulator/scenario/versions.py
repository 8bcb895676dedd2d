"""The versions of Celery that can be simulated, and what an older one lacks.

Compared in the sources of Celery 5.3.6 (Kombu 5.3.7) and 5.7.0: `celery.app.defaults`, `celery.worker.request`,
`celery.worker.consumer.consumer`, `celery.apps.worker`.
"""

from __future__ import annotations

from collections.abc import Mapping

NEWEST = "5.7"

VERSIONS = ("5.3", NEWEST)
"""Allowed values of `celery_version`."""

SINCE: Mapping[str, str] = {
    "worker_soft_shutdown_timeout": "5.5",
    "worker_enable_soft_shutdown_on_idle": "5.5",
    "how: soft": "5.5",
    "task_default_queue_type": "5.5",
    "task_create_missing_queue_type": "5.5",
    "task_create_missing_queue_exchange_type": "5.5",
    "broker_native_delayed_delivery_queue_type": "5.5",
    "worker_detect_quorum_queues": "5.5",
    "queue_type": "5.5",
    "delivery_limit": "5.5",
    "worker_eta_task_limit": "5.6",
    "worker_disable_prefetch": "5.6",
    "task_acks_on_failure": "5.7",
    "task_acks_on_timeout": "5.7",
    "acks_on_failure": "5.7",
    "acks_on_timeout": "5.7",
}
"""By setting or option, the version that has brought it; before, Celery ignores the setting. A quorum queue's consumer
asks for a window of its own since then; before, RabbitMQ refuses it."""


def lacks(version: str, key: str) -> str | None:
    """Return the version that has brought a setting, if `version` is older; else None."""
    since = SINCE.get(key)
    return since if since is not None and _number(version) < _number(since) else None


def is_before(version: str, other: str) -> bool:
    """Return True if `version` is older than `other`."""
    return _number(version) < _number(other)


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))

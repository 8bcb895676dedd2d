"""`config`: Celery's settings."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field

from simulator.scenario.schema.basics import Name, Seconds, Span, Strict, problem
from simulator.scenario.schema.workers import WorkerTransportOptions
from simulator.scenario.transports import TRANSPORTS
from simulator.scenario.values.routes import Routes, compile_pattern
from simulator.trace.rates import parse_rate

Effect = Literal["ideal", "real"]
"""Simulate an effect of the real thing's slow bookkeeping, or leave it out so that the idea shows."""


class TransportOptions(WorkerTransportOptions):
    """`config.broker_transport_options`: Kombu's, by transport."""

    polling_interval: Span | None = None
    priority_steps: Annotated[list[Annotated[int, Field(ge=0, le=255)]], Field(min_length=1)] | None = None
    brpop_timeout: Span | None = None
    wait_time_seconds: Annotated[float, Field(ge=0, le=20)] | None = None


def _broker_url(value: Any) -> str:
    known = [f"{scheme}://" for scheme in TRANSPORTS]
    if not isinstance(value, str) or value.partition("://")[0] not in TRANSPORTS or "://" not in value:
        raise problem("broker_url", value=str(value)[:60], known=known)
    return value


RESULT_BACKENDS = ("redis://", "rediss://", "cache+memcached://", "db+", "mongodb://", "file://", "rpc://")
"""Allowed beginnings of `config.result_backend`. Redis and Memcached count a chord's header; rpc has no chords."""


def _result_backend(value: Any) -> str:
    if not isinstance(value, str) or not value.startswith(RESULT_BACKENDS):
        raise problem("result_backend", value=str(value)[:60], known=list(RESULT_BACKENDS))
    return value


def rate(value: Any) -> Any:
    """A rate as Celery writes it: `10/m`, `2/s`, a number a second; 0 or nothing: no limit."""
    try:
        parse_rate(value)
    except ValueError:
        raise problem("rate", value=str(value)[:40]) from None
    return value


Rate = Annotated[str | int | float | None, BeforeValidator(rate, json_schema_input_type=str | float)]


def _route(value: Any) -> Any:
    return {"queue": value} if isinstance(value, str) else value


def _route_key(value: Any) -> Any:
    if isinstance(value, str):
        try:
            compile_pattern(value)
        except re.error as error:
            raise problem("route.pattern", value=value[:60], column=(error.pos or 0) + 1) from None
    return value


def _timezone(value: Any) -> str:
    try:
        ZoneInfo(str(value))
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise problem("value.timezone", value=str(value)[:40]) from None
    return str(value)


class Annotation(Strict):
    """`config.task_annotations.<task>`: options that go over those of the task itself."""

    rate_limit: Rate = None
    time_limit: Seconds | None = None
    soft_time_limit: Seconds | None = None
    acks_late: bool | None = None
    acks_on_failure: bool | None = None
    acks_on_timeout: bool | None = None
    acks_on_failure_or_timeout: bool | None = None
    reject_on_worker_lost: bool | None = None
    track_started: bool | None = None
    ignore_result: bool | None = None
    max_retries: Annotated[int, Field(ge=0)] | None = None
    default_retry_delay: Seconds | None = None
    queue: Name | None = None
    priority: Annotated[int, Field(ge=0, le=255)] | None = None
    expires: Seconds | None = None

    def changes(self) -> dict[str, Any]:
        """Return the options that are set; a rate limit or a number of retries may be set to none."""
        found = {key: getattr(self, key) for key in self.model_fields_set}
        if "rate_limit" in found and found["rate_limit"] is None:
            found["rate_limit"] = 0
        return {key: value for key, value in found.items() if value is not None or key == "max_retries"}


class Route(Strict):
    """`config.task_routes.<task>`: where a task is sent."""

    queue: Name | None = None
    routing_key: Name | None = None
    dead_letter_queue: Name | None = Field(default=None, description="only in the profile guide")


class PublishRetryPolicy(Strict):
    """`config.task_publish_retry_policy`: how long a call waits for a broker that does not answer."""

    max_retries: Annotated[int, Field(ge=0)] | None = Field(default=3, description="null: for ever")
    interval_start: Seconds = 0.0
    interval_step: Seconds = 0.2
    interval_max: Seconds = 1.0


class Config(Strict):
    """`config`: Celery's settings, under Celery's names; at the end what only a simulator has."""

    broker_url: Annotated[str, BeforeValidator(_broker_url)] | None = None
    broker_transport_options: TransportOptions | None = None
    result_backend: Annotated[str, BeforeValidator(_result_backend)] | None = None
    result_expires: Seconds | None = Field(
        default=None, description="seconds that a result is kept (Redis, Memcached), 86400 by default; 0: for ever"
    )
    maxmemory: Annotated[float, Field(gt=0, le=10_000_000)] | None = Field(
        default=None, description="Redis's own, in MB: messages beyond it are refused (noeviction)"
    )
    result_chord_retry_interval: Span | None = Field(
        default=None, description="seconds between two looks of celery.chord_unlock (backends without a counter)"
    )
    task_acks_late: bool | None = None
    task_acks_on_failure: bool | None = None
    task_acks_on_timeout: bool | None = None
    task_acks_on_failure_or_timeout: bool | None = None
    task_reject_on_worker_lost: bool | None = None
    task_ignore_result: bool | None = None
    task_track_started: bool | None = None
    task_time_limit: Seconds | None = None
    task_soft_time_limit: Seconds | None = None
    task_default_rate_limit: Rate = None
    task_default_queue: Name | None = None
    task_default_queue_type: Literal["classic", "quorum"] | None = None
    task_create_missing_queue_type: Literal["classic", "quorum"] | None = Field(
        default=None, description="of queues other than the default one"
    )
    task_default_exchange_type: Literal["direct", "topic"] | None = Field(
        default=None, description="topic: RabbitMQ delays tasks with an ETA itself if there is a quorum queue"
    )
    task_create_missing_queue_exchange_type: Literal["direct", "topic"] | None = Field(
        default=None, description="of queues that are neither the default one nor under `queues`"
    )
    task_default_priority: Annotated[int, Field(ge=0, le=255)] | None = None
    task_inherit_parent_priority: bool | None = None
    task_queue_max_priority: Annotated[int, Field(ge=1, le=255)] | None = None
    task_routes: (
        dict[
            Annotated[Name, BeforeValidator(_route_key, json_schema_input_type=str)],
            Annotated[Route, BeforeValidator(_route, json_schema_input_type=str | Route)],
        ]
        | None
    ) = Field(
        default=None,
        description="by task: its exact name, else the first glob (`shop.*`) or regular expression (`/.../`) to match",
    )
    task_annotations: dict[Name, Annotation] | None = Field(
        default=None, description="by task, or `*`: options that go over the task's own; `*` goes over both"
    )
    task_publish_retry: bool | None = None
    task_publish_retry_policy: PublishRetryPolicy | None = None
    worker_concurrency: Annotated[int, Field(ge=1, le=1000)] | None = None
    worker_pool: Literal["prefork", "threads", "solo", "gevent", "eventlet", "processes"] | None = None
    worker_prefetch_multiplier: Annotated[int, Field(ge=0, le=10_000)] | None = None
    worker_disable_prefetch: bool | None = None
    worker_disable_rate_limits: bool | None = None
    worker_eta_task_limit: Annotated[int, Field(ge=1)] | None = None
    worker_max_tasks_per_child: Annotated[int, Field(ge=1)] | None = None
    worker_max_memory_per_child: Annotated[int, Field(ge=1)] | None = Field(default=None, description="KiB")
    worker_proc_alive_timeout: Span | None = Field(
        default=None, description="seconds within which a new child must be up, or it is killed"
    )
    worker_enable_soft_shutdown_on_idle: bool | None = None
    worker_state_db: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="any name: each worker then remembers its revoked tasks, unless it is killed"
    )
    timezone: Annotated[str, BeforeValidator(_timezone)] | None = Field(
        default=None, description="of crontabs, and of the scenario's `time_zero`; without it UTC"
    )
    worker_soft_shutdown_timeout: Seconds | None = None
    worker_cancel_long_running_tasks_on_connection_loss: bool | None = None
    broker_connection_retry: bool | None = None
    broker_connection_max_retries: Annotated[int, Field(ge=0)] | None = None
    broker_channel_error_retry: bool | None = Field(
        default=None, description="true: a worker whose channel is closed (consumer_timeout) connects anew"
    )
    consumer_timeout: Span | None = Field(
        default=None, description="RabbitMQ's own: seconds a delivery may stay unacknowledged"
    )
    channel_tick_interval: Span | None = Field(
        default=None, description="RabbitMQ's own: how often it looks for such deliveries"
    )
    hop: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=None, description="seconds a message takes from one process to the next"
    )
    visibility_sweep: Effect | None = Field(
        default=None, description="ideal: a message is restored the moment its visibility timeout has passed"
    )
    child_death: Literal["missed", "at_once", "drawn"] | None = Field(
        default=None,
        description="whether a parent misses the death of a child until it looks next, as it often does, or not",
    )
    shutdown_return: Effect | None = Field(
        default=None, description="ideal: a worker that shuts down gives its messages back at once"
    )
    startup_drain: Effect | None = Field(
        default=None, description="ideal: a new worker starts the first waiting task at once"
    )
    reconnect: Effect | None = Field(
        default=None, description="ideal: workers are connected the moment the broker is back"
    )
    outage_crash: Effect | None = Field(
        default=None, description="ideal: a worker that holds messages survives an outage of Redis"
    )
    rate_limit_timers: Effect | None = Field(
        default=None, description="ideal: a task that has its token starts, however many the worker holds back"
    )
    timer_thread: Effect | None = Field(
        default=None, description="ideal: timers of a worker that polls fire in time; real: once a thread wakes"
    )
    autoscale_check: Effect | None = Field(
        default=None, description="ideal: a pool shrinks the moment it has been large enough for 30 s"
    )

    @cached_property
    def routes(self) -> Routes[Route]:
        """`task_routes`, compiled."""
        return Routes(self.task_routes or {})

    def written(self) -> dict[str, Any]:
        """Only what the scenario sets."""
        found = self.model_dump(exclude_none=True)
        if self.task_publish_retry_policy is not None:  # where null is a value
            found["task_publish_retry_policy"] = self.task_publish_retry_policy.model_dump()
        return found

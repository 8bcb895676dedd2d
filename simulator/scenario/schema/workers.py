"""`workers`: the worker processes."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from simulator.scenario.schema.basics import Argument, Name, Seconds, Span, Strict, problem

MAX_WORKERS = 2000


class WorkerTransportOptions(Strict):
    """`workers.<name>.broker_transport_options`: what applications that share a broker may set each in its own way."""

    visibility_timeout: Span | None = None
    queue_order_strategy: Literal["round_robin", "priority", "sorted"] | None = None
    unacked_restore_interval: Span | None = None
    unacked_restore_throttle: Annotated[int, Field(ge=1)] | None = None
    unacked_restore_limit: Annotated[int, Field(ge=1)] | None = None
    unacked_mutex_expire: Span | None = None


def _expand_tasks(value: Any) -> Any:
    return dict.fromkeys(value) if isinstance(value, list) and all(isinstance(name, str) for name in value) else value


class Worker(Strict):
    """`workers.<name>`: one worker process, options as on its command line."""

    queues: list[Name] | None = None
    concurrency: Annotated[int, Field(ge=1, le=1000)] | None = None
    pool: Literal["prefork", "threads", "solo", "gevent", "eventlet", "processes"] | None = None
    prefetch_multiplier: Annotated[int, Field(ge=0, le=10_000)] | None = None
    autoscale: Annotated[list[Annotated[int, Field(ge=0, le=1000)]], Field(min_length=2, max_length=2)] | None = Field(
        default=None, description="[max, min], as on the command line"
    )
    max_tasks_per_child: Annotated[int, Field(ge=1)] | None = None
    max_memory_per_child: Annotated[int, Field(ge=1)] | None = Field(default=None, description="KiB")
    child_startup: Seconds | None = Field(default=None, description="how long a new child takes to be ready")
    memory: Annotated[float, Field(ge=0, le=1_000_000)] | None = Field(
        default=None, description="MB of a child at rest"
    )
    broker_transport_options: WorkerTransportOptions | None = Field(
        default=None, description="over those of `config`: this worker's application has its own"
    )
    memory_limit: Annotated[float, Field(gt=0, le=10_000_000)] | None = Field(
        default=None, description="MB that its processes may take together; beyond, the kernel kills the largest"
    )
    cores: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="what its tasks that compute share; without it, as many as needed"
    )
    tasks: Annotated[
        dict[Name, list[Argument] | None] | None,
        BeforeValidator(_expand_tasks, json_schema_input_type=list[Name] | dict[Name, list[Argument] | None]),
    ] = Field(
        default=None,
        description="what its version of the code registers: names, or names with the arguments that they take there",
    )
    speed: Annotated[float, Field(gt=0, le=1000)] = Field(default=1.0, description="2: everything takes half as long")
    without_gossip: bool = Field(
        default=False, description="--without-gossip: other workers' heartbeats do not wake its loop"
    )
    beat: bool = Field(default=False, description="-B: beat runs inside it and dies with it")
    starts_at: Seconds = 0.0
    phase: Seconds = Field(default=0.0, description="when it asks first, after its start (polled transports)")

    @model_validator(mode="after")
    def _largest_first(self) -> Self:
        if self.autoscale is not None and (self.autoscale[0] < self.autoscale[1] or self.autoscale[0] < 1):
            raise problem("worker.autoscale")
        return self


def expand_workers(value: Any) -> Any:
    """Expand the short form of `workers`, a count."""
    if isinstance(value, int) and not isinstance(value, bool):
        if not 0 <= value <= MAX_WORKERS:
            raise problem("workers.count", value=value, limit=MAX_WORKERS)
        return {f"worker{n}": {} for n in range(1, value + 1)}
    if isinstance(value, dict) and len(value) > MAX_WORKERS:
        raise problem("workers.count", value=len(value), limit=MAX_WORKERS)
    return value

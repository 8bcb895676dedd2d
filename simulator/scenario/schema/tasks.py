"""`tasks`: the behaviour of registered tasks."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from simulator.scenario.schema.basics import Argument, Name, Seconds, Span, Strict, problem
from simulator.scenario.schema.config import Rate
from simulator.scenario.schema.gets import Gets, Subtask, expand_gets
from simulator.scenario.values.distributions import MAX_SECONDS, Distribution, Quantity


def _raises(value: Any) -> Any:
    """Always one exception, one per attempt, or by probability."""
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, list) and all(isinstance(item, str) or item is None for item in value):
        return value
    if isinstance(value, dict) and value:
        shares = list(value.values())
        if (
            all(isinstance(s, int | float) and not isinstance(s, bool) and 0 <= s <= 1 for s in shares)
            and sum(shares) <= 1
        ):
            return {str(key): float(share) for key, share in value.items()}
    raise problem("raises")


Raises = Annotated[
    str | list[str | None] | dict[str, float] | None,
    BeforeValidator(_raises, json_schema_input_type=str | list[str] | dict[str, float]),
]


def _effect_at(value: Any) -> Any:
    """The fraction of an execution after which its side effect happens."""
    if value is None:
        return None
    if isinstance(value, str) and value in ("start", "end"):
        return float(value == "end")
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    raise problem("effect_at")


EffectAt = Annotated[
    float | None, BeforeValidator(_effect_at, json_schema_input_type=Literal["start", "end"] | float | None)
]


def _backoff(value: Any) -> Any:
    if isinstance(value, bool) or (isinstance(value, int | float) and 0 <= value <= MAX_SECONDS):
        return value
    raise problem("task.retry_backoff", value=str(value)[:40])


Backoff = Annotated[float | bool, BeforeValidator(_backoff, json_schema_input_type=float | bool)]


class RetryKwargs(Strict):
    """`retry_kwargs` of `autoretry_for`: what is handed to `Task.retry`."""

    max_retries: Annotated[int, Field(ge=0)] | None = Field(default=None, description="none: the task's own")
    countdown: Seconds | None = None


class BodyRetry(Strict):
    """`retry`: exceptions for which the task's body calls `self.retry(...)`."""

    on: list[Name]
    countdown: Seconds | None = None
    exc: bool = Field(default=False, description="whether it passes exc=, so that the last failure is the original one")


class Lock(Strict):
    """`lock`: a lock with a lease, as celery-once takes it with each send, or a body for itself."""

    by: Literal["send", "body"]
    lease: Span | None = Field(default=3600.0, description="seconds until it ends if nobody releases it; null: never")
    held: Literal["skip", "raise"] = Field(
        default="skip", description="what a body does that does not get it: return at once, or raise LockError"
    )
    key: Name | None = Field(default=None, description="what is locked; by default the task with its arguments")


def expand_task(value: Any) -> Any:
    """Expand the short forms of a task: nothing, or only its duration."""
    if value is None:
        return {}
    return value if isinstance(value, dict) and not _is_quantity(value) else {"duration": value}


def _is_quantity(value: dict[str, Any]) -> bool:
    return len(value) == 1 and set(value) <= {
        "exponential",
        "uniform",
        "normal",
        "lognormal",
        "choice",
        "list",
    }


class Task(Strict):
    """`tasks.<name>`: the behaviour of a registered task. A quantity alone is its duration."""

    duration: Quantity = Distribution("constant", (0.0,))
    returns: Any = None
    log: str | None = Field(default=None, description="a line that the body logs when it begins")
    signature: list[Argument] | None = Field(
        default=None, description="names of its arguments; `name=default` may be left out"
    )
    raises: Raises = None
    calls: Name | None = None
    gets: Annotated[
        Gets | None, BeforeValidator(expand_gets, json_schema_input_type=str | list[str | Subtask] | Gets | None)
    ] = Field(default=None, description="tasks that its body sends first, and whose results it waits for")
    kills: Literal["child", "worker"] | list[Literal["child", "worker"] | None] | None = Field(
        default=None, description="its body ends by killing its process, in every attempt or in those listed"
    )
    reject: Literal["discard", "requeue"] | None = Field(
        default=None, description="its body raises Reject in place of failing"
    )
    ignore: bool = Field(default=False, description="its body raises Ignore in place of failing")
    catches_soft_limit: bool = Field(default=False, description="its body catches SoftTimeLimitExceeded and returns")
    cpu: bool = Field(default=False, description="it computes all the time, so it needs a core")
    memory: Annotated[float, Field(ge=0, le=1_000_000)] = Field(default=0.0, description="MB while it runs")
    payload: Annotated[float, Field(ge=0, le=1_000_000)] | None = Field(default=None, description="MB of each message")
    leak: Annotated[float, Field(ge=0, le=1_000_000)] = Field(
        default=0.0, description="MB that the child keeps after each run"
    )
    acks_late: bool | None = None
    acks_on_failure: bool | None = None
    acks_on_timeout: bool | None = None
    acks_on_failure_or_timeout: bool | None = None
    reject_on_worker_lost: bool | None = None
    time_limit: Seconds | None = None
    soft_time_limit: Seconds | None = None
    rate_limit: Rate = None
    track_started: bool | None = None
    ignore_result: bool | None = None
    queue: Name | None = None
    priority: Annotated[int, Field(ge=0, le=255)] | None = None
    expires: Seconds | None = None
    autoretry_for: list[Name] = []
    dont_autoretry_for: list[Name] = []
    retry_kwargs: RetryKwargs | None = None
    retry: BodyRetry | None = None
    max_retries: Annotated[int, Field(ge=0)] | None = 3
    default_retry_delay: Seconds | None = None
    retry_backoff: Backoff = False
    retry_backoff_max: Annotated[int, Field(ge=0)] = 600
    retry_jitter: bool = True
    dead_letter_queue: Name | None = None
    lock: Lock | None = None
    idempotent: bool | Literal["args"] | None = Field(
        default=None,
        description="whether its side effect happens only once: for each task id, or `args`: for each set of arguments",
    )
    effect_at: EffectAt = Field(
        default=None, description="when in its run the side effect happens: start, end, or a share from 0 to 1"
    )

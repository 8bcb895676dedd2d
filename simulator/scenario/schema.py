"""The scenario format as pydantic models: what may be written, with which types.

A field's description is what an editor shows (JSON Schema). Times are seconds, as people write them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from simulator.scenario.distributions import MAX_SECONDS, Distribution, Quantity
from simulator.scenario.problems import nearest
from simulator.scenario.profiles import PROFILES

FORMAT_VERSION = 1
"""Version of the scenario format (`schema:` in a file)."""

MAX_WORKERS = 2000
LANGUAGES = ("ko", "en")


def _error(code: str, **params: Any) -> PydanticCustomError:
    return PydanticCustomError(code, "", params)


class Strict(BaseModel):
    """Every model here: no unknown keys, no silent conversions, immutable."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_SECONDS:
        raise _error("seconds", value=str(value)[:40])
    return float(value)


Seconds = Annotated[float, BeforeValidator(_seconds, json_schema_input_type=float)]


def _name(value: Any) -> str:
    if not isinstance(value, str) or not value or len(value) > 200 or not value.isprintable():
        raise _error("name", value=str(value)[:40])
    return value


Name = Annotated[str, BeforeValidator(_name, json_schema_input_type=str)]


def _identifier(value: Any) -> str:
    if not isinstance(value, str) or not value.isidentifier():
        raise _error("identifier", value=str(value)[:40])
    return value


Identifier = Annotated[str, BeforeValidator(_identifier, json_schema_input_type=str)]


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return dict.fromkeys(LANGUAGES, value)
    if not isinstance(value, dict) or not value or set(value) - set(LANGUAGES):
        raise _error("text")
    if not all(isinstance(words, str) for words in value.values()):
        raise _error("text")
    return value


Text = Annotated[dict[str, str], BeforeValidator(_text, json_schema_input_type=str | dict[str, str])]
"""Words by language; a plain string serves all."""


class Worded(Strict):
    """Something with inline `ko:` and `en:` beside its other keys."""

    ko: str | None = None
    en: str | None = None

    @property
    def text(self) -> dict[str, str]:
        """The words by language."""
        return {k: v for k, v in (("ko", self.ko), ("en", self.en)) if v is not None}


class TransportOptions(Strict):
    """`config.broker_transport_options`."""

    polling_interval: Annotated[float, Field(gt=0, le=MAX_SECONDS)] | None = None


def _broker_url(value: Any) -> str:
    if value not in ("guide://", "amqp://"):
        raise _error("broker_url", value=str(value)[:60], known=["guide://", "amqp://"])
    return str(value)


class Route(Strict):
    """`config.task_routes.<task>`: where a task is sent."""

    queue: Name | None = None
    routing_key: Name | None = None
    dead_letter_queue: Name | None = Field(default=None, description="only in the profile guide")


class Config(Strict):
    """`config`: Celery's settings, under Celery's names."""

    broker_url: Annotated[str, BeforeValidator(_broker_url)] | None = None
    broker_transport_options: TransportOptions | None = None
    task_acks_late: bool | None = None
    worker_prefetch_multiplier: Annotated[int, Field(ge=0, le=10_000)] | None = None
    worker_concurrency: Annotated[int, Field(ge=1, le=1000)] | None = None
    task_default_queue: Name | None = None
    task_default_priority: Annotated[int, Field(ge=0, le=255)] | None = None
    task_routes: dict[Name, Route] | None = None
    hop: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=None, description="seconds a message takes from one process to the next"
    )

    def written(self) -> dict[str, Any]:
        """Only what the scenario sets."""
        return self.model_dump(exclude_none=True)


class Queue(Strict):
    """`queues.<name>`: limits of a queue."""

    max_length: Annotated[int, Field(ge=1)] | None = None
    overflow: Literal["drop-head", "reject-publish"] = "drop-head"
    max_priority: Annotated[int, Field(ge=1, le=255)] | None = None


class Service(Strict):
    """`services.<name>`: something that tasks or workers call."""

    latency: Seconds = 0.0
    rate_limit: Annotated[float, Field(gt=0)] | None = Field(
        default=None, description="calls a second; more are refused"
    )
    capacity: Annotated[int, Field(ge=1)] | None = Field(default=None, description="calls at once; more are refused")


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
    raise _error("raises")


Raises = Annotated[
    str | list[str | None] | dict[str, float] | None,
    BeforeValidator(_raises, json_schema_input_type=str | list[str] | dict[str, float]),
]


def _effect_at(value: Any) -> Any:
    """The share of an execution after which its side effect happens."""
    if value is None:
        return None
    if isinstance(value, str) and value in ("start", "end"):
        return float(value == "end")
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    raise _error("effect_at")


EffectAt = Annotated[
    float | None, BeforeValidator(_effect_at, json_schema_input_type=Literal["start", "end"] | float | None)
]


class RetryKwargs(Strict):
    """`retry_kwargs` of `autoretry_for`: what is handed to `Task.retry`."""

    max_retries: Annotated[int, Field(ge=0)] | None = 3
    countdown: Seconds | None = None


class BodyRetry(Strict):
    """`retry`: exceptions for which the body itself calls `self.retry(...)`."""

    on: list[Name]
    countdown: Seconds | None = None
    exc: bool = Field(default=False, description="whether it passes exc=, so that the last failure is the original one")


def expand_task(value: Any) -> Any:
    """The short forms of a task: nothing, or only its duration."""
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
    """`tasks.<name>`: what a registered task does. A quantity alone is its duration."""

    duration: Quantity = Distribution("constant", (0.0,))
    returns: Any = None
    signature: list[Identifier] | None = None
    raises: Raises = None
    calls: Name | None = None
    acks_late: bool | None = None
    queue: Name | None = None
    priority: Annotated[int, Field(ge=0, le=255)] | None = None
    expires: Seconds | None = None
    autoretry_for: list[Name] = []
    dont_autoretry_for: list[Name] = []
    retry_kwargs: RetryKwargs | None = None
    retry: BodyRetry | None = None
    max_retries: Annotated[int, Field(ge=0)] | None = 3
    default_retry_delay: Seconds | None = None
    retry_backoff: Annotated[float, Field(ge=0)] | bool = False
    retry_backoff_max: Annotated[int, Field(ge=0)] = 600
    retry_jitter: bool = True
    dead_letter_queue: Name | None = None
    idempotent: bool | None = Field(default=None, description="whether its side effect happens only once a task id")
    effect_at: EffectAt = Field(
        default=None, description="when in its run the side effect happens: start, end, or a share from 0 to 1"
    )


class Worker(Strict):
    """`workers.<name>`: one worker process, options as on its command line."""

    queues: list[Name] | None = None
    concurrency: Annotated[int, Field(ge=1, le=1000)] | None = None
    prefetch_multiplier: Annotated[int, Field(ge=0, le=10_000)] | None = None
    starts_at: Seconds = 0.0
    phase: Seconds = Field(default=0.0, description="when it asks first, after its start (polled transports)")


def expand_workers(value: Any) -> Any:
    """The short form of `workers`: how many."""
    if isinstance(value, int) and not isinstance(value, bool):
        if not 0 <= value <= MAX_WORKERS:
            raise _error("workers.count", value=value, limit=MAX_WORKERS)
        return {f"worker{n}": {} for n in range(1, value + 1)}
    if isinstance(value, dict) and len(value) > MAX_WORKERS:
        raise _error("workers.count", value=len(value), limit=MAX_WORKERS)
    return value


class Call(Strict):
    """What is called, as by `apply_async`: a task with its arguments and options."""

    id: Identifier | None = None
    task: Name
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    queue: Name | None = None
    countdown: Seconds | None = None
    eta: Seconds | None = None
    expires: Seconds | None = None
    priority: Annotated[int, Field(ge=0, le=255)] | None = None

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        if self.countdown is not None and self.eta is not None:
            raise _error("send.countdown_or_eta")
        return self


class Send(Call):
    """One line under `send`: a producer calls a task (or `each` of several) once, several times, or again and again."""

    task: Name | None = None  # type: ignore[assignment]
    each: Annotated[list[Call], Field(min_length=1)] | None = None
    producer: Name = "producer"
    at: Seconds | None = None
    from_: Seconds | None = Field(default=None, alias="from")
    until: Seconds | None = None
    every: Quantity | None = None
    count: Annotated[int, Field(ge=1, le=100_000_000)] | None = Field(default=None, description="how many occasions")
    burst: Annotated[int, Field(ge=1, le=1_000_000)] = Field(default=1, description="how many at each occasion")

    @property
    def calls(self) -> list[Call]:
        """What is called at each occasion."""
        return self.each if self.each is not None else [self]

    @model_validator(mode="after")
    def _what(self) -> Self:
        if (self.task is None) == (self.each is None):
            raise _error("send.task_or_each")
        options = {"id", "args", "kwargs", "queue", "countdown", "eta", "expires", "priority"}
        if self.each is not None and options & self.model_fields_set:
            raise _error("send.each_has_options", keys=", ".join(sorted(options & self.model_fields_set)))
        return self

    @model_validator(mode="after")
    def _times(self) -> Self:
        if self.every is None and (self.from_ is not None or self.until is not None):
            raise _error("send.needs_every")
        if self.every is not None and self.at is not None:
            raise _error("send.at_or_every")
        if self.every is not None and self.every.kind == "constant" and self.every.numbers[0] == 0:
            raise _error("send.every_zero")
        return self


class Fault(Strict):
    """One line under `faults`: what happens to whom."""

    at: Seconds
    kill: Name | None = None
    stop: Name | None = None
    start: Name | None = None
    down: Name | None = Field(default=None, description="broker, or services.<name>")
    how: Literal["warm", "cold"] | None = None
    for_: Seconds | None = Field(default=None, alias="for")
    raises: Name | None = None

    @model_validator(mode="after")
    def _one_action(self) -> Self:
        if sum(x is not None for x in (self.kill, self.stop, self.start, self.down)) != 1:
            raise _error("fault.one_action", known=["kill", "stop", "start", "down"])
        if self.for_ is not None and self.down is None:
            raise _error("fault.belongs", key="for", action="down")
        if self.how is not None and self.stop is None:
            raise _error("fault.belongs", key="how", action="stop")
        if self.raises is not None and not (self.down or "").startswith("services."):
            raise _error("fault.belongs", key="raises", action="down: services.<name>")
        return self


class Moment(Strict):
    """Before or after which event (or fault) something stands."""

    event: str | None = None
    uuid: str | None = None
    task: str | None = None
    hostname: str | None = None
    kill: str | None = None
    stop: str | None = None
    start: str | None = None
    nth: Annotated[int, Field(ge=1)] = 1

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if sum(x is not None for x in (self.event, self.kill, self.stop, self.start)) != 1:
            raise _error("moment.one")
        return self


class Stop(Worded):
    """When a caption or question stands."""

    at: Seconds | None = None
    before: Moment | None = None
    after: Moment | None = None

    @model_validator(mode="after")
    def _one_moment(self) -> Self:
        if sum(x is not None for x in (self.at, self.before, self.after)) != 1:
            raise _error("stop.one_moment")
        if not self.text:
            raise _error("stop.no_words")
        return self


class Say(Stop):
    """A caption."""

    look: list[str] = []
    stop: bool = True


def _expand_choice(value: Any) -> Any:
    return {"id": value, "ko": value, "en": value} if isinstance(value, str) else value


class Choice(Worded):
    """One answer to choose."""

    id: str | None = None
    because: Text | None = None

    @property
    def key(self) -> str:
        """What an answer is matched by: its id, else its English (or only) words."""
        return self.id or self.en or self.ko or ""


class Ask(Stop):
    """A question, asked before the event that answers it."""

    id: Identifier | None = None
    choices: Annotated[
        list[Annotated[Choice, BeforeValidator(_expand_choice, json_schema_input_type=str | Choice)]],
        Field(min_length=2, max_length=4),
    ]
    answer: str | dict[str, str]
    why: Text | None = None
    points: Annotated[int, Field(ge=0)] = 1


def _expand_goal(value: Any) -> Any:
    return {"test": value} if isinstance(value, str) else value


class Goal(Worded):
    """A test on the run."""

    test: str
    points: Annotated[int, Field(ge=0)] = 1


Goals = list[Annotated[Goal, BeforeValidator(_expand_goal, json_schema_input_type=str | Goal)]]


class Chapter(Worded):
    """A part of the run, from `at` on."""

    at: Seconds


class Knob(Worded):
    """A setting that a learner may turn: the `path` of it, and what it may be."""

    path: str
    range: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None
    values: Annotated[list[Any], Field(min_length=2)] | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.range is None) == (self.values is None):
            raise _error("knob.range_or_values")
        return self


class Variant(Worded):
    """The same scenario with something else in it."""

    set: dict[str, Any] = {}
    goals: Goals = []


def _profile(value: Any) -> str:
    if value not in PROFILES:
        raise _error("profile", value=str(value)[:60], known=list(PROFILES), meant=nearest(str(value), PROFILES))
    return str(value)


class ScenarioFile(Strict):
    """A whole scenario. Every key is optional."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    id: str | None = None
    extends: str | None = Field(default=None, description="another scenario, which this one changes")
    title: Text | None = None
    summary: Text | None = None
    profile: Annotated[str, BeforeValidator(_profile)] = "guide"
    seed: Annotated[int, Field(ge=0, le=2**63)] = 1
    until: Annotated[float, Field(gt=0, le=MAX_SECONDS)] | None = None
    polls: Literal["every", "found"] | None = None
    exceptions: dict[Identifier, Identifier] = {}
    config: Config = Config()
    queues: dict[Name, Queue | None] = {}
    services: dict[Name, Service] = {}
    tasks: dict[Name, Annotated[Task, BeforeValidator(expand_task, json_schema_input_type=Quantity | Task | None)]] = {}
    workers: Annotated[
        dict[Name, Annotated[Worker, BeforeValidator(lambda v: {} if v is None else v)]],
        BeforeValidator(expand_workers, json_schema_input_type=int | dict[str, Worker | None]),
    ] = Field(default_factory=lambda: {"worker1": Worker(), "worker2": Worker()})
    send: list[Send] = []
    faults: list[Fault] = []
    say: list[Say] = []
    ask: list[Ask] = []
    chapters: list[Chapter] = []
    knobs: list[Knob] = []
    goals: Goals = []
    variants: dict[Identifier, Variant] = {}


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file, for editors."""
    schema = ScenarioFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Ackademy scenario"}

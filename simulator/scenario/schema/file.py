"""The whole file, and its JSON Schema."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from simulator.scenario.problems import nearest
from simulator.scenario.profiles import PROFILES
from simulator.scenario.schema.basics import Identifier, Name, Span, Strict, Text, problem
from simulator.scenario.schema.beat import BeatEntry
from simulator.scenario.schema.config import Config
from simulator.scenario.schema.control import Control
from simulator.scenario.schema.course import Ask, Challenge, Chapter, Exercise, Goals, Knob, Say, Variant
from simulator.scenario.schema.descriptions import describe
from simulator.scenario.schema.faults import Fault
from simulator.scenario.schema.queues import Queue, Service
from simulator.scenario.schema.scale import Scale
from simulator.scenario.schema.sends import Send
from simulator.scenario.schema.tasks import Task, expand_task
from simulator.scenario.schema.workers import Worker, expand_workers
from simulator.scenario.values.distributions import Quantity
from simulator.scenario.versions import NEWEST, VERSIONS

FORMAT_VERSION = 1
"""Version of the scenario format (`schema:` in a file)."""


def _profile(value: Any) -> str:
    if not isinstance(value, str) or value not in PROFILES:
        raise problem("profile", value=str(value)[:60], known=list(PROFILES), meant=nearest(str(value), PROFILES))
    return str(value)


def _celery_version(value: Any) -> str:
    if str(value) not in VERSIONS:
        raise problem("value.celery_version", value=str(value)[:20], known=list(VERSIONS))
    return str(value)


def _time_zero(value: Any) -> str:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise problem("value.time_zero", value=str(value)[:40])
    return found.isoformat()


class ScenarioFile(Strict):
    """A complete scenario. Every key is optional."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    id: str | None = None
    extends: str | None = Field(default=None, description="another scenario, which this one changes")
    title: Text | None = None
    summary: Text | None = None
    profile: Annotated[str, BeforeValidator(_profile)] = "guide"
    seed: Annotated[int, Field(ge=0, le=2**63)] = 1
    until: Span | None = None
    polls: Literal["every", "found"] | None = None
    celery_version: Annotated[str, BeforeValidator(_celery_version)] = Field(
        default=NEWEST, description="5.3 chooses the rules of that version where they differ"
    )
    time_zero: Annotated[str, BeforeValidator(_time_zero)] | None = Field(
        default=None, description="local date and time at which the run begins, for crontabs: 2024-03-30T22:00"
    )
    heartbeats: bool = Field(default=False, description="whether workers' heartbeats are events")
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
    beat_schedule: dict[Name, BeatEntry] = {}
    faults: list[Fault] = []
    scale: list[Scale] = []
    control: list[Control] = []
    say: list[Say] = []
    ask: list[Ask] = []
    chapters: list[Chapter] = []
    knobs: list[Knob] = []
    goals: Goals = []
    exercise: Exercise | None = None
    challenge: Challenge | None = None
    variants: dict[Identifier, Variant] = {}

    @model_validator(mode="after")
    def _annotate(self) -> Self:
        """Put `task_annotations` over the tasks: a task's own first, then `*`.

        Source: celery.app.annotations: resolve_all; celery.app.task: Task.annotate.
        """
        given = self.config.task_annotations
        if given:
            for name, task in self.tasks.items():
                own = [given[key].changes() for key in (name, "*") if key in given]
                if own:
                    self.tasks[name] = task.model_copy(update={k: v for one in own for k, v in one.items()})
        return self

    def queue_of(self, task: str) -> str:
        """Return the queue of a task whose call names none: its own `queue`, its route, or the default.

        Source: celery.app.routes: Router.route; celery.app.task: Task.queue goes over the route.
        """
        declared = self.tasks.get(task)
        if declared is not None and declared.queue is not None:
            return declared.queue
        route = self.config.routes.find(task)
        return (route.queue if route is not None else None) or self.config.task_default_queue or "celery"

    @property
    def has_own_beat(self) -> bool:
        """True if beat is a separate process named `beat`: there is a schedule, and no worker embeds it."""
        return bool(self.beat_schedule) and not any(worker.beat for worker in self.workers.values())


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file, for editors."""
    schema = describe(ScenarioFile.model_json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Ackademy scenario"}

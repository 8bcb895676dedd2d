"""Teaching material: captions, questions, goals, chapters, knobs and variants."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from simulator.scenario.schema.basics import Identifier, Seconds, Strict, Text, Worded, problem


class Moment(Strict):
    """The event (or fault) before or after which something appears."""

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
            raise problem("moment.one")
        return self


class Stop(Worded):
    """The moment at which a caption or question appears."""

    at: Seconds | None = None
    before: Moment | None = None
    after: Moment | None = None

    @model_validator(mode="after")
    def _one_moment(self) -> Self:
        if sum(x is not None for x in (self.at, self.before, self.after)) != 1:
            raise problem("stop.one_moment")
        if not self.text:
            raise problem("stop.no_words")
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
        """Key that identifies an answer: its id, else its English (or only) words."""
        return self.id or self.en or self.ko or ""


def _answer(value: Any) -> Any:
    tests = [value] if isinstance(value, str) else list(value.values()) if isinstance(value, dict) else []
    if not tests or not all(isinstance(test, str) for test in tests):
        raise problem("ask.answer")
    return value


class Ask(Stop):
    """A question, asked before the event that answers it."""

    id: Identifier | None = None
    choices: Annotated[
        list[Annotated[Choice, BeforeValidator(_expand_choice, json_schema_input_type=str | Choice)]],
        Field(min_length=2, max_length=4),
    ]
    answer: Annotated[str | dict[str, str], BeforeValidator(_answer, json_schema_input_type=str | dict[str, str])]
    why: Text | None = None
    points: Annotated[int, Field(ge=0)] = 1


def _expand_goal(value: Any) -> Any:
    return {"test": value} if isinstance(value, str) else value


class Goal(Worded):
    """A condition on the run."""

    test: str
    points: Annotated[int, Field(ge=0)] = 1
    guard: bool = Field(
        default=False, description="of an exercise: already met; earns nothing, costs its points if broken"
    )


Goals = list[Annotated[Goal, BeforeValidator(_expand_goal, json_schema_input_type=str | Goal)]]


class Chapter(Worded):
    """A part of the run, from `at` on."""

    at: Seconds


class Knob(Worded):
    """A setting that a learner may turn: its `path` and allowed values."""

    path: str
    range: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None
    values: Annotated[list[Any], Field(min_length=2)] | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.range is None) == (self.values is None):
            raise problem("knob.range_or_values")
        return self


class Budget(Strict):
    """`exercise.budget`: resources that a solution may use."""

    processes: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="pool slots of all workers together"
    )


class Misconception(Worded):
    """A wrong belief, by the settings that somebody would change who has it; `ko` and `en` name it."""

    set: Annotated[dict[str, Any], Field(min_length=1, description="what one changes who believes it")]
    misses: list[Annotated[int, Field(ge=0)]] = Field(
        default=[], description="the exercise's goals that it misses, by number from 1; 0 is the budget"
    )


class Exercise(Worded):
    """Something to change until the goals are met."""

    may_change: Annotated[list[str], Field(min_length=1)] = Field(description="paths; everything else stays")
    why: Text | None = Field(default=None, description="why a solution works, told once it passes")
    in_production: Text | None = Field(default=None, description="what one would do in production, told once it passes")
    budget: Budget | None = None
    goals: Goals = []
    misconceptions: list[Misconception] = Field(
        default=[], description="wrong answers to expect, told by name where a class is graded"
    )


class Count(Worded):
    """`challenge.counts`: what costs points, each time it happens."""

    measure: str = Field(description="a number in the language of goals")
    cost: Annotated[float, Field(ge=0, le=1_000_000)] = Field(default=1, description="points for each")


class Challenge(Strict):
    """A scenario as a game: points that one keeps by losing none."""

    points: Annotated[int, Field(ge=1, le=1_000_000)] = Field(default=1000, description="points at the start")
    counts: Annotated[list[Count], Field(min_length=1)] = Field(
        description="what costs points; the first: what is lost"
    )


class Variant(Worded):
    """The same scenario with something else in it."""

    set: dict[str, Any] = {}
    goals: Goals = []

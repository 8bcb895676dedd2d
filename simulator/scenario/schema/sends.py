"""`send`: the calls that producers make."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from simulator.scenario.schema.basics import Identifier, Name, Seconds, Span, Strict, problem
from simulator.scenario.values.distributions import Distribution, Quantity


class Call(Strict):
    """A call, as `apply_async` makes it: a task with its arguments and options."""

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
            raise problem("send.countdown_or_eta")
        return self


class Part(Call):
    """A part of a canvas: a call, or again a `chain`, a `group` or a `chord`.

    The result of a part is the first argument of what follows it, unless that is `immutable`.
    """

    task: Name | None = None  # type: ignore[assignment]
    immutable: bool = Field(default=False, description="does not take the result of what it follows (Celery's .si())")
    chain: Annotated[list[Part], Field(min_length=1)] | None = Field(default=None, description="one after the other")
    group: Annotated[list[Part], Field(min_length=1)] | None = Field(default=None, description="all at once")
    chord: Chord | None = Field(default=None, description="a header all at once, then its body")

    @property
    def is_canvas(self) -> bool:
        """True if it is more than one call."""
        return self.task is None

    @property
    def parts(self) -> list[tuple[tuple[str | int, ...], Part]]:
        """Direct parts in order, each with the path to it."""
        if self.chord is not None:
            header = [(("chord", "header", index), part) for index, part in enumerate(self.chord.header)]
            return [*header, (("chord", "body"), self.chord.body)]
        key, listed = ("chain", self.chain) if self.chain is not None else ("group", self.group)
        return [((key, index), part) for index, part in enumerate(listed or ())]

    @property
    def leaves(self) -> list[tuple[tuple[str | int, ...], Part]]:
        """Its calls, in the order they are written, each with the path to it."""
        if not self.is_canvas:
            return [((), self)]
        return [((*path, *deeper), leaf) for path, part in self.parts for deeper, leaf in part.leaves]

    @model_validator(mode="after")
    def _what(self) -> Self:
        if sum(x is not None for x in (self.task, self.chain, self.group, self.chord)) != 1:
            raise problem("canvas.one_kind")
        if self.is_canvas:
            self._refuse_options("canvas.has_options")
        return self

    def _refuse_options(self, code: str) -> None:
        options = {"id", "args", "kwargs", "queue", "countdown", "eta", "expires", "priority", "immutable"}
        if options & self.model_fields_set:
            raise problem(code, keys=", ".join(sorted(options & self.model_fields_set)))


class Chord(Strict):
    """`chord`: tasks that run at once, and one that gets the list of their results."""

    header: Annotated[list[Part], Field(min_length=1)]
    body: Part


class Send(Part):
    """One line under `send`: a producer calls a task, `each` of several, or a canvas: once, or again and again.

    A line with a `recording` has been replaced by those of its arrivals before anything is validated.
    """

    recording: str | None = Field(
        default=None,
        description="a recorded run whose arrivals these are: those of `task`, or all; relative to this file",
    )
    each: Annotated[list[Call], Field(min_length=1)] | None = None
    producer: Name = "producer"
    at: Seconds | None = None
    from_: Seconds | None = Field(default=None, alias="from")
    until: Seconds | None = None
    every: Quantity | None = None
    count: Annotated[int, Field(ge=1, le=100_000_000)] | None = Field(default=None, description="how many occasions")
    burst: Annotated[int, Field(ge=1, le=1_000_000)] = Field(default=1, description="how many at each occasion")
    load: Annotated[float, Field(gt=0, le=1_000_000)] = Field(
        default=1.0,
        description="2: twice as much of all this in the same time: intervals are divided by it, a `count` multiplied",
    )
    commits: Seconds | None = Field(
        default=None,
        description="made in a transaction that commits so much later; a run before that raises DoesNotExist",
    )
    outbox: Span | None = Field(
        default=None, description="written into a table with the data; a relay sends what is there, so often"
    )

    @property
    def interval(self) -> Distribution | None:
        """Seconds from one occasion to the next, under the line's load; None: all are at one instant."""
        if self.every is None or self.load == 1:
            return self.every
        return self.every.scaled(1 / self.load)

    @property
    def occasions(self) -> int | None:
        """Number of occasions, under the line's load (rounded, at least one); None: as many as there is time for."""
        if self.count is None and self.every is not None:
            return None
        return max(1, round((self.count or 1) * self.load))

    @property
    def placed_calls(self) -> list[tuple[tuple[str | int, ...], Call]]:
        """Calls of each occasion (at once or later, by a canvas), each with the path to it."""
        if self.each is not None:
            return [(("each", index), call) for index, call in enumerate(self.each)]
        return list(self.leaves)

    @property
    def calls(self) -> list[Call]:
        """Calls of each occasion, made at once or later by a canvas."""
        return [call for _, call in self.placed_calls]

    @model_validator(mode="after")
    def _what(self) -> Self:
        if self.recording is not None:
            return self  # what is wrong with it has been said
        if sum(x is not None for x in (self.task, self.each, self.chain, self.group, self.chord)) != 1:
            raise problem("send.task_or_each")
        if self.commits is not None and self.outbox is not None:
            raise problem("send.commits_or_outbox")
        if self.commits is not None and self.is_canvas and self.each is None:
            raise problem("send.commits_canvas")
        if self.each is not None:
            self._refuse_options("send.each_has_options")
        elif self.is_canvas:
            self._refuse_options("canvas.has_options")
        elif self.immutable:
            raise problem("canvas.immutable")
        return self

    @model_validator(mode="after")
    def _times(self) -> Self:
        if self.every is None and (self.from_ is not None or self.until is not None):
            raise problem("send.needs_every")
        if self.every is not None and self.at is not None:
            raise problem("send.at_or_every")
        if self.every is not None and self.every.kind == "constant" and self.every.numbers[0] == 0:
            raise problem("send.every_zero")
        return self

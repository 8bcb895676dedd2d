"""`send`: what producers call."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from simulator.scenario.distributions import Quantity
from simulator.scenario.schema.basics import Identifier, Name, Seconds, Strict, problem


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
            raise problem("send.countdown_or_eta")
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
            raise problem("send.task_or_each")
        options = {"id", "args", "kwargs", "queue", "countdown", "eta", "expires", "priority"}
        if self.each is not None and options & self.model_fields_set:
            raise problem("send.each_has_options", keys=", ".join(sorted(options & self.model_fields_set)))
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

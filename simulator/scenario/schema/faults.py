"""`faults`: what breaks, and what changes in the middle of a run."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from simulator.scenario.schema.basics import Name, Seconds, Strict, problem


class Fault(Strict):
    """One line under `faults`: what happens to whom."""

    at: Seconds
    kill: Name | None = None
    stop: Name | None = None
    start: Name | None = None
    down: Name | None = Field(default=None, description="broker, or services.<name>")
    set: Annotated[dict[str, Any], Field(min_length=1)] | None = Field(
        default=None, description="from then on: tasks.<name>.duration or raises, services.<name>.latency and limits"
    )
    how: Literal["warm", "cold"] | None = None
    for_: Seconds | None = Field(default=None, alias="for")
    raises: Name | None = None

    @model_validator(mode="after")
    def _one_action(self) -> Self:
        if sum(x is not None for x in (self.kill, self.stop, self.start, self.down, self.set)) != 1:
            raise problem("fault.one_action", known=["kill", "stop", "start", "down", "set"])
        if self.for_ is not None and self.down is None:
            raise problem("fault.belongs", key="for", action="down")
        if self.how is not None and self.stop is None:
            raise problem("fault.belongs", key="how", action="stop")
        if self.raises is not None and not (self.down or "").startswith("services."):
            raise problem("fault.belongs", key="raises", action="down: services.<name>")
        return self

"""`control`: Celery's remote-control commands, sent at a time."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from simulator.scenario.schema.basics import Name, Seconds, Strict, problem
from simulator.scenario.schema.config import Rate

OPTIONS: dict[str, frozenset[str]] = {
    "revoke": frozenset({"terminate", "signal"}),
    "rate_limit": frozenset({"rate"}),
    "time_limit": frozenset({"soft", "hard"}),
    "pool_grow": frozenset({"n"}),
    "pool_shrink": frozenset({"n"}),
    "autoscale": frozenset({"max", "min"}),
    "add_consumer": frozenset({"queue"}),
    "cancel_consumer": frozenset({"queue"}),
    "shutdown": frozenset(),
}
"""Options of each command. The first three name a task (an id or a type), the others a worker or `all`."""

ABOUT_TASKS = frozenset({"revoke", "rate_limit", "time_limit"})


class Control(Strict):
    """One line under `control`: `{at: 3, revoke: pay_1, terminate: true}`."""

    at: Seconds
    revoke: Name | list[Name] | None = None
    rate_limit: Name | None = None
    time_limit: Name | None = None
    pool_grow: Name | None = None
    pool_shrink: Name | None = None
    autoscale: Name | None = None
    add_consumer: Name | None = None
    cancel_consumer: Name | None = None
    shutdown: Name | None = None
    destination: list[Name] | None = Field(default=None, description="workers; without it, all of them")
    terminate: bool = False
    signal: Literal["SIGTERM", "SIGKILL", "SIGQUIT", "SIGUSR1"] | None = None
    rate: Rate = None
    soft: Seconds | None = None
    hard: Seconds | None = None
    n: Annotated[int, Field(ge=1, le=1000)] = 1
    max: Annotated[int, Field(ge=1, le=1000)] | None = None
    min: Annotated[int, Field(ge=0, le=1000)] | None = None
    queue: Name | None = None

    @property
    def command(self) -> str:
        """The name of the one command that is given."""
        return next(name for name in OPTIONS if getattr(self, name) is not None)

    @model_validator(mode="after")
    def _one_command(self) -> Self:
        given = [name for name in OPTIONS if getattr(self, name) is not None]
        if len(given) != 1:
            raise problem("control.one_command", known=list(OPTIONS))
        allowed = {"at", given[0], *OPTIONS[given[0]]} | ({"destination"} if given[0] in ABOUT_TASKS else set())
        for key in sorted(self.model_fields_set - allowed):
            raise problem("control.belongs", key=key, command=given[0])
        if given[0] in ("add_consumer", "cancel_consumer") and self.queue is None:
            raise problem("control.needs", key="queue", command=given[0])
        if given[0] == "autoscale" and self.max is None and self.min is None:
            raise problem("control.needs", key="max", command=given[0])
        return self

"""`faults`: failures, and changes in the middle of a run."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from simulator.scenario.schema.basics import Name, Seconds, Span, Strict, problem

ON_WORKERS = ("kill", "kill_child", "stop", "start", "restart", "disconnect")
"""Faults that name a worker, or (`kill`, `stop`, `start`) beat."""

GRACE = 30.0
"""Default of `grace` in seconds, as in Kubernetes (terminationGracePeriodSeconds)."""


class Fault(Strict):
    """One line under `faults`: a failure or a change, its target, and its time."""

    at: Seconds
    kill: Name | None = None
    kill_child: Name | None = None
    stop: Name | None = None
    start: Name | None = None
    restart: Name | None = Field(
        default=None, description="a worker is asked to stop (warm), and starts anew once it has ended: a deploy"
    )
    rolling: Annotated[list[Name], Field(min_length=1)] | None = Field(
        default=None, description="workers that are restarted one after the other, `every` so many seconds"
    )
    every: Span | None = Field(default=None, description="rolling: seconds from one restart to the next")
    grace: Seconds | None = Field(
        default=None, description="restart, rolling: seconds after which a worker has to end; default 30"
    )
    then: Literal["cold", "kill"] | None = Field(
        default=None, description="restart, rolling: how it ends after its grace: SIGQUIT (the default) or SIGKILL"
    )
    start_up: Seconds | None = Field(
        default=None, description="restart, rolling: seconds from the end of a process to the start of the next"
    )
    disconnect: Name | None = Field(
        default=None, description="a worker: its connection to the broker breaks; for: how long it cannot be made anew"
    )
    slow: Name | None = Field(default=None, description="services.<name>")
    down: Name | None = Field(default=None, description="broker, or services.<name>")
    set: Annotated[dict[str, Any], Field(min_length=1)] | None = Field(
        default=None, description="from then on: tasks.<name>.duration or raises, services.<name>.latency and limits"
    )
    during: Literal["sweep"] | None = Field(
        default=None, description="kill: not before its next sweep for expired leases (Redis), inside it"
    )
    slot: Annotated[int, Field(ge=1)] | None = Field(default=None, description="which child")
    how: Literal["warm", "soft", "cold"] | None = None
    for_: Seconds | None = Field(default=None, alias="for")
    until: Seconds | None = None
    latency: Seconds | None = None
    raises: Name | None = None

    @model_validator(mode="after")
    def _one_action(self) -> Self:
        actions = (*ON_WORKERS, "rolling", "slow", "down", "set")
        if sum(getattr(self, action) is not None for action in actions) != 1:
            raise problem("fault.one_action", known=list(actions))
        lasts = any(action is not None for action in (self.down, self.slow, self.disconnect))
        restarts = self.restart is not None or self.rolling is not None
        belongs = (
            ("grace", self.grace is not None and not restarts, "restart"),
            ("then", self.then is not None and not restarts, "restart"),
            ("start_up", self.start_up is not None and not restarts, "restart"),
            ("every", self.every is not None and self.rolling is None, "rolling"),
            ("for", self.for_ is not None and not lasts, "down"),
            ("until", self.until is not None and not lasts, "down"),
            ("how", self.how is not None and self.stop is None, "stop"),
            ("during", self.during is not None and self.kill is None, "kill"),
            ("slot", self.slot is not None and self.kill_child is None, "kill_child"),
            ("latency", self.latency is not None and self.slow is None, "slow"),
            (
                "raises",
                self.raises is not None and not (self.down or "").startswith("services."),
                "down: services.<name>",
            ),
        )
        for key, astray, action in belongs:
            if astray:
                raise problem("fault.belongs", key=key, action=action)
        if self.rolling is not None and self.every is None:
            raise problem("fault.rolling_every")
        if self.for_ is not None and self.until is not None:
            raise problem("fault.for_or_until")
        if self.until is not None and self.until <= self.at:
            raise problem("fault.until")
        return self

    @property
    def worker(self) -> str | None:
        """The worker (or beat) that it is about; None for one of another kind."""
        return next((name for name in (getattr(self, action) for action in ON_WORKERS) if name is not None), None)

    @property
    def restarts(self) -> list[tuple[float, str]]:
        """Times in seconds at which it begins to restart workers, and which."""
        names = self.rolling or ([self.restart] if self.restart is not None else [])
        return [(self.at + number * (self.every or 0.0), name) for number, name in enumerate(names)]

    @property
    def ends(self) -> float | None:
        """End in seconds from the start of the run; None: never."""
        return self.at + self.for_ if self.for_ is not None else self.until

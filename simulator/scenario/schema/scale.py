"""`scale`: a controller that starts and stops workers by what it reads, as an HPA or KEDA does with pods."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from simulator.scenario.schema.basics import Name, Seconds, Strict, problem
from simulator.scenario.schema.workers import MAX_WORKERS
from simulator.scenario.values.distributions import MAX_SECONDS

Replicas = Annotated[int, Field(ge=0, le=MAX_WORKERS)]


def _expression(value: Any) -> Any:
    return f"{value}" if isinstance(value, int | float) and not isinstance(value, bool) else value


class Scale(Strict):
    """One line under `scale`: the workers that come and go, by what, and how fast.

    Defaults are those of a HorizontalPodAutoscaler and of a pod: `every` is the controller's sync period, `tolerance`
    its tolerance, `stabilization` its window before it scales down, `grace` terminationGracePeriodSeconds.

    Source: Kubernetes, Horizontal Pod Autoscaling: Algorithm details, Configurable scaling behavior.
    """

    workers: Name = Field(description="the workers that come and go: a name, or a pattern such as web*")
    by: Annotated[str, BeforeValidator(_expression, json_schema_input_type=str | float)] = Field(
        description="how many are wanted, before rounding up: queue_length(celery) / 20"
    )
    every: Annotated[float, Field(ge=0.1, le=MAX_SECONDS)] = Field(
        default=15.0, description="scale: seconds between two looks"
    )
    min: Replicas = Field(default=1, description="scale: fewest workers")
    max: Replicas | None = Field(default=None, description="scale: most workers; by default all of that name")
    replicas: Replicas | None = Field(default=None, description="how many there are at the start; by default min")
    tolerance: Annotated[float, Field(ge=0, le=10)] = Field(
        default=0.1, description="a wish that differs from what there is by no more than this share is ignored"
    )
    stabilization: Seconds = Field(
        default=300.0, description="before workers are stopped, the largest wish of so many seconds counts"
    )
    start_up: Seconds = Field(default=0.0, description="scale: seconds from the decision to a worker that is online")
    grace: Seconds = Field(
        default=30.0, description="scale: seconds from SIGTERM to SIGKILL for a worker that is one too many"
    )

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        most = self.most_of(MAX_WORKERS)
        if not self.min <= self.first <= most:
            raise problem("scale.bounds", least=self.min, first=self.first, most=most)
        return self

    @property
    def first(self) -> int:
        """Number of workers at the start."""
        return self.min if self.replicas is None else self.replicas

    def most_of(self, count: int) -> int:
        """Most workers, where `count` have such a name."""
        return count if self.max is None else self.max

    def takes(self, worker: str) -> bool:
        """Return whether a worker of this name comes and goes with it."""
        return fnmatchcase(worker, self.workers)

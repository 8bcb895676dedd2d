"""`config`: Celery's settings."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from simulator.scenario.distributions import MAX_SECONDS
from simulator.scenario.schema.basics import Name, Strict, problem


class TransportOptions(Strict):
    """`config.broker_transport_options`."""

    polling_interval: Annotated[float, Field(gt=0, le=MAX_SECONDS)] | None = None


def _broker_url(value: Any) -> str:
    if value not in ("guide://", "amqp://"):
        raise problem("broker_url", value=str(value)[:60], known=["guide://", "amqp://"])
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

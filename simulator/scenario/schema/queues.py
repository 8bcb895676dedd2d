"""`queues` and `services`: what tasks wait in, and what they call."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.scenario.schema.basics import Seconds, Strict


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

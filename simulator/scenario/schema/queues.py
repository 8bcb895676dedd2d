"""`queues` and `services`: where tasks wait, and the systems they call."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.scenario.schema.basics import Name, Seconds, Span, Strict
from simulator.scenario.values.distributions import MAX_SECONDS


class Queue(Strict):
    """`queues.<name>`: limits of a queue."""

    queue_type: Literal["classic", "quorum"] | None = Field(
        default=None, description="RabbitMQ's x-queue-type; quorum if there is a delivery_limit, else as `config` says"
    )
    max_length: Annotated[int, Field(ge=1)] | None = None
    overflow: Literal["drop-head", "reject-publish"] = "drop-head"
    max_priority: Annotated[int, Field(ge=1, le=255)] | None = None
    message_ttl: Annotated[float, Field(ge=0, le=MAX_SECONDS)] | None = Field(
        default=None, description="seconds a message may wait"
    )
    dead_letter_exchange: str | None = None
    dead_letter_routing_key: Name | None = None
    delivery_limit: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="how often a message may come back before it is a dead letter"
    )
    consumer_timeout: Span | None = None
    exchange: str = Field(default="", description="the exchange it is bound to, besides the default one")
    routing_key: Name | None = Field(
        default=None, description="the key of that binding; its own name where none is given"
    )


class Breaker(Strict):
    """`services.<name>.breaker`: a circuit breaker that all workers share (pybreaker with its state in Redis)."""

    fail_max: Annotated[int, Field(ge=1, le=10_000)] = Field(default=5, description="failures in a row that open it")
    reset_timeout: Seconds = Field(default=60.0, description="seconds until it lets one call through, to try")


class Service(Strict):
    """`services.<name>`: something that tasks or workers call."""

    latency: Seconds = 0.0
    timeout: Span | None = Field(default=None, description="seconds after which a caller gives up and raises Timeout")
    breaker: Breaker | None = Field(default=None, description="after failures in a row, calls fail at once for a while")
    rate_limit: Annotated[float, Field(gt=0)] | None = Field(
        default=None, description="calls a second; more are refused"
    )
    capacity: Annotated[int, Field(ge=1)] | None = Field(default=None, description="calls at once; more are refused")

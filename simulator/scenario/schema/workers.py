"""`workers`: who works."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from simulator.scenario.schema.basics import Name, Seconds, Strict, problem

MAX_WORKERS = 2000


class Worker(Strict):
    """`workers.<name>`: one worker process, options as on its command line."""

    queues: list[Name] | None = None
    concurrency: Annotated[int, Field(ge=1, le=1000)] | None = None
    prefetch_multiplier: Annotated[int, Field(ge=0, le=10_000)] | None = None
    starts_at: Seconds = 0.0
    phase: Seconds = Field(default=0.0, description="when it asks first, after its start (polled transports)")


def expand_workers(value: Any) -> Any:
    """The short form of `workers`: how many."""
    if isinstance(value, int) and not isinstance(value, bool):
        if not 0 <= value <= MAX_WORKERS:
            raise problem("workers.count", value=value, limit=MAX_WORKERS)
        return {f"worker{n}": {} for n in range(1, value + 1)}
    if isinstance(value, dict) and len(value) > MAX_WORKERS:
        raise problem("workers.count", value=len(value), limit=MAX_WORKERS)
    return value

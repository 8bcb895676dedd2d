"""`inspect` and `schema`: a worker's replies at a moment, and the format's JSON Schema for editors."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from simulator.cli.options import LATEST, RunOptions, What, command
from simulator.cli.shared import DONE, print_json

HALF_A_MILLISECOND = 500
"""In microseconds: a moment follows all events before it plus this, as in goals."""


class InspectMethod(StrEnum):
    """The methods of `celery inspect`."""

    ACTIVE = "active"
    RESERVED = "reserved"
    SCHEDULED = "scheduled"
    REGISTERED = "registered"
    STATS = "stats"
    CONF = "conf"
    REVOKED = "revoked"
    ACTIVE_QUEUES = "active_queues"
    CLOCK = "clock"
    PING = "ping"


@command()
def inspect(
    what: What,
    question: Annotated[InspectMethod, typer.Argument(help="A method of celery inspect.")] = InspectMethod.ACTIVE,
    *,
    at: Annotated[
        float | None, typer.Option(metavar="SECONDS", min=0, max=LATEST, help="Simulated time; default: the end.")
    ] = None,
    options: RunOptions,
) -> int:
    """Print what celery inspect would, for every live worker at a given time, as JSON."""
    from bisect import bisect_left

    from simulator.console.inspecting import inspect_workers
    from simulator.trace import to_micros

    with options.opening(what) as opened:
        events = opened.trace.events
        cursor = len(events)
        if at is not None:
            cursor = bisect_left(events, to_micros(at) + HALF_A_MILLISECOND, key=lambda event: event.t)
        print_json(inspect_workers(opened, opened.world(cursor), question.value))
    return DONE


@command()
def schema() -> int:
    """Print the JSON Schema of scenario files for your editor."""
    from simulator.scenario import json_schema

    print_json(json_schema())
    return DONE

"""A worker's way of working in words, from the settings with which it came online."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.scenario.transports import transport_named
from simulator.story.catalog import Line, line
from simulator.story.narrate import sentences as say
from simulator.story.values import Seconds
from simulator.trace import events as ev
from simulator.trace import to_micros

WAYS = {"push": say.WORKER_IS_PUSHED, "wait": say.WORKER_WAITS, "long poll": say.WORKER_POLLS_LONG}
"""Delivery by `TransportTraits.manner`; a worker that polls tells its interval."""


def describe_workers(workers: Sequence[ev.WorkerOnline]) -> list[Line]:
    """Describe how workers receive and acknowledge messages: once if all have the same settings."""
    found = [ways(worker, "Worker") for worker in workers]
    if found and all(one == found[0] for one in found):
        return found[0]
    return [said for worker in workers for said in ways(worker, worker.hostname)]


def ways(event: ev.WorkerOnline, who: str) -> list[Line]:
    """Describe how one worker receives and acknowledges messages, as far as its settings are known."""
    prefetch = event.prefetch_count or "∞"
    lines = []
    interval, kind = event.settings.get("polling_interval"), transport_named(event.settings.get("transport"))
    if interval is not None:
        every = Seconds(to_micros(interval))
        lines.append(
            line(say.WORKER_POLLS, worker=who, interval=every, concurrency=event.concurrency, prefetch=prefetch)
        )
    elif kind is not None and kind.manner in WAYS:
        lines.append(line(WAYS[kind.manner], worker=who, concurrency=event.concurrency, prefetch=prefetch))
    late = event.settings.get("task_acks_late")
    if late is not None:
        lines.append(line(say.ACKS_LATE if late else say.ACKS_EARLY, worker=who))
    return lines

"""Faults at the moments that matter: just before and just after each publish, delivery, ACK and result of a run."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.scenario import Scenario
from simulator.trace import events as ev
from simulator.trace.time import as_seconds
from simulator.trace.trace import Trace
from simulator.world.lives import lives_of

KINDS = ("kill", "child", "outage", "slow")
"""A worker dies, and is started again; a child process dies; the broker or a service is down; a task or one is slow."""

MOMENTS = (ev.MessageQueued, ev.MessageDelivered, ev.MessageAcked, ev.ResultStored)

SLOWER = 10
"""Factor by which it takes longer."""

SLOW_LATENCY = 5.0
"""Seconds that a service takes which takes none otherwise."""


@dataclass(frozen=True, slots=True)
class Injection:
    """A fault at a moment that an event names; times in microseconds."""

    kind: str
    """One of `KINDS`."""
    target: str
    """A worker, `broker`, `services.<name>` or `tasks.<name>`."""
    at: int
    is_after: bool
    """Just after the event, or just before."""
    event: str
    """The type of the event."""
    uuid: str
    place: str
    """The worker or the queue of the event."""
    lasts: float
    """Seconds until all is as it was: until a killed worker is started again, until what is down comes up."""
    lines: tuple[dict[str, Any], ...]
    """Its lines under `faults`."""

    @property
    def time(self) -> float:
        """Its time in seconds."""
        return as_seconds(self.at)


def injections_of(
    trace: Trace, scenario: Scenario, kinds: Collection[str], lasts: Sequence[float], since: int = 0
) -> list[Injection]:
    """Return every fault at every moment of a run, in the order of time.

    A fault comes before all else at its instant, so one at the time of an event is just before it, and one a
    microsecond later just after it.

    Args:
        trace: names the moments.
        scenario: names what can fail.
        kinds: of `KINDS`.
        lasts: seconds that what lasts may last.
        since: microseconds; only later moments.
    """
    found: dict[tuple[str, str, int, float], Injection] = {}
    for event in trace:
        if isinstance(event, MOMENTS) and event.t >= since:
            for is_after in (False, True):
                for one in _at(event, is_after, scenario, trace, kinds, lasts):
                    found.setdefault((one.kind, one.target, one.at, one.lasts), one)
    return sorted(found.values(), key=lambda one: one.at)


def _at(
    event: Any, is_after: bool, scenario: Scenario, trace: Trace, kinds: Collection[str], lasts: Sequence[float]
) -> Iterator[Injection]:
    at, place = event.t + is_after, getattr(event, "hostname", "") or event.queue

    def make(kind: str, target: str, last: float, *lines: dict[str, Any]) -> Injection:
        return Injection(kind, target, at, is_after, event.type, event.uuid, place, last, lines)

    now = as_seconds(at)
    mine = getattr(event, "hostname", "")
    workers = [mine] if mine in scenario.model.workers else [*scenario.model.workers]
    for worker in workers:
        for last in lasts:
            if "kill" in kinds:
                yield make("kill", worker, last, {"at": now, "kill": worker}, {"at": now + last, "start": worker})
        if "child" in kinds and mine and scenario.model.workers[worker].pool in (None, "prefork"):
            yield make("child", worker, 0, {"at": now, "kill_child": worker})
    services = [f"services.{name}" for name in scenario.model.services]
    for last in lasts:
        if "outage" in kinds:
            for target in ("broker", *services):
                yield make("outage", target, last, {"at": now, "down": target, "for": last})
        if "slow" in kinds:
            for target in services:
                latency = scenario.model.services[target.partition(".")[2]].latency * SLOWER or SLOW_LATENCY
                yield make("slow", target, last, {"at": now, "slow": target, "latency": latency, "for": last})
            task = lives_of(trace).tasks.get(event.uuid)
            if task is not None and task.name in scenario.model.tasks:
                path = f"tasks.{task.name}.duration"
                normal = scenario.model.tasks[task.name].duration
                slow = {"at": now, "set": {path: normal.scaled(SLOWER).written()}}
                yield make(
                    "slow", f"tasks.{task.name}", last, slow, {"at": now + last, "set": {path: normal.written()}}
                )

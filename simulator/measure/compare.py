"""Comparison of two runs: where they diverge, and how their measures differ."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.measure.summary import spread
from simulator.trace.events import Event
from simulator.trace.time import as_seconds
from simulator.trace.trace import Trace
from simulator.world.lifecycle import ALIVE, OUTCOMES
from simulator.world.lives import Lives, lives_of


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of both runs; None if a run has nothing to measure. `unit` is `s`, `%` or empty."""

    measure: str
    one: float | None
    other: float | None
    unit: str = ""

    @property
    def differs(self) -> bool:
        """True if the runs differ in this measure."""
        return self.one != self.other


@dataclass(frozen=True, slots=True)
class Comparison:
    """The first differing event of two runs, and their measures."""

    first: int | None
    """Index of the first event that differs; None if the runs are equal."""
    one: Event | None
    """That event in the first run; None if it has ended by then."""
    other: Event | None
    """That event in the second run."""
    rows: list[Row]
    """Measures of both."""


def compare(one: Trace, other: Trace) -> Comparison:
    """Compare two runs event by event and in their measures."""
    shared = one.common_prefix(other)
    same = shared == len(one) == len(other)
    return Comparison(
        first=None if same else shared,
        one=one[shared] if shared < len(one) else None,
        other=other[shared] if shared < len(other) else None,
        rows=[
            Row(name, mine, theirs, unit)
            for (name, mine, unit), (_, theirs, _) in zip(_measures(one), _measures(other), strict=True)
        ],
    )


def _measures(trace: Trace) -> list[tuple[str, float | None, str]]:
    lives = lives_of(trace)
    tasks = lives.tasks.values()
    waits = spread(task.wait / 1e6 for task in tasks if task.wait is not None)
    responses = spread(task.response / 1e6 for task in tasks if task.response is not None)
    busy = sum(as_seconds(worker.busy(trace.end)) for worker in lives.workers.values())
    return [
        ("sent", len(tasks), ""),
        *((outcome, sum(task.outcome == outcome for task in tasks), "") for outcome in (*OUTCOMES, ALIVE)),
        ("runs", sum(len(task.runs) for task in tasks), ""),
        ("retried", sum(task.retries for task in tasks), ""),
        ("mean wait", waits.mean, "s"),
        ("p95 wait", waits.p95, "s"),
        ("max wait", waits.max, "s"),
        ("mean response", responses.mean, "s"),
        ("p95 response", responses.p95, "s"),
        ("busy slots", busy, "s"),
        ("polls", _polls(lives), ""),
        ("end", trace.end / 1e6, "s"),
    ]


def _polls(lives: Lives) -> int:
    return sum(worker.polls for worker in lives.workers.values()) + lives.silent_polls()

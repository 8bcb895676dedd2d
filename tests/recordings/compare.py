"""Hold a prediction against a recording: order per task and per worker, and times, never a global interleaving."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from simulator.trace import Trace, as_seconds
from tests.recordings.experiment import COMPARED, Happening

GROUPS = (("task-received",), ("task-started",), ("task-succeeded", "task-failed"))


@dataclass(frozen=True)
class Comparison:
    """What was found: the differences (empty: they agree) and the worst time error in seconds."""

    differences: list[str]
    worst: float


def predicted(trace: Trace) -> list[Happening]:
    """The compared events of a simulated run."""
    return [
        Happening(as_seconds(e.t), e.type, e.hostname, e.uuid)  # type: ignore[attr-defined]
        for e in trace
        if e.type in COMPARED
    ]


def compare(ours: list[Happening], theirs: list[Happening]) -> Comparison:
    """Compare; workers are interchangeable, so each side's are named in order of their first task-received."""
    ours, theirs = _normalised(ours), _normalised(theirs)
    differences = []
    for uuid in sorted({h.uuid for h in [*ours, *theirs]}):
        mine = [(h.hostname, h.type) for h in ours if h.uuid == uuid]
        real = [(h.hostname, h.type) for h in theirs if h.uuid == uuid]
        if mine != real:
            differences.append(f"task {uuid}: predicted {mine}, recorded {real}")
    for worker in sorted({h.hostname for h in [*ours, *theirs]}):
        for group in GROUPS:
            mine_order, real_order = (_order(side, worker, group) for side in (ours, theirs))
            if mine_order != real_order:
                differences.append(f"{worker} {group[0]}: predicted {mine_order}, recorded {real_order}")
    return Comparison(differences, 0.0 if differences else _worst(ours, theirs))


def _order(side: Iterable[Happening], worker: str, group: tuple[str, ...]) -> list[str]:
    return [h.uuid for h in side if h.hostname == worker and h.type in group]


def _normalised(happenings: list[Happening]) -> list[Happening]:
    names: dict[str, str] = {}
    for happening in happenings:
        if happening.type == "task-received":
            names.setdefault(happening.hostname, f"W{len(names) + 1}")
    start = next(h.t for h in happenings if h.type == "task-received")
    return [Happening(h.t - start, h.type, names.get(h.hostname, h.hostname), h.uuid) for h in happenings]


def _worst(ours: list[Happening], theirs: list[Happening]) -> float:
    def key(happening: Happening) -> tuple[str, str]:
        return happening.uuid, happening.type

    pairs = zip(sorted(ours, key=key), sorted(theirs, key=key), strict=True)
    return max(abs(mine.t - real.t) for mine, real in pairs)

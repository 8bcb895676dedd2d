"""Invariants: what holds in every run of an experiment, even if the order varies.

Bounds come from the recording, by kind of event, never from a task's name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from simulator.measure.agreement import EXACT, TOLERANCE, Happening, Tolerance, normalise
from simulator.measure.difference import Mismatch, differs

ENDINGS = {"task-succeeded", "task-failed", "task-rejected", "task-revoked"}


def broken(
    ours: Sequence[Happening],
    theirs: Sequence[Happening],
    executions: Counter[str],
    tolerance: Tolerance = EXACT,
    sweep: float = 0.0,
    queues: Mapping[str, str] | None = None,
) -> list[Mismatch]:
    """Return the invariants that a prediction breaks; empty if none.

    Args:
        ours: predicted events.
        theirs: recorded events.
        executions: how often each task's body actually started.
        tolerance: the permitted error of times.
        sweep: interval of the broker's sweeps for old deliveries, in seconds: the uncertainty of a redelivery.
        queues: the queue of each task without ETA or priority; tasks of one queue arrive in FIFO order.
    """
    if not ours:
        return [differs("nothing")]
    mine = normalise(ours)
    real = normalise(theirs)
    return [
        *_executions(mine, executions),
        *_endings(mine, real),
        *_well_formed(mine),
        *_shares(mine, real, executions),
        *_gaps(mine, real, tolerance, sweep),
        *_firsts(mine, real, executions, tolerance, sweep),
        *_queues(mine, real, queues or {}),
    ]


def _executions(mine: list[Happening], executions: Counter[str]) -> list[Mismatch]:
    """Check that each task runs never, once or repeatedly, as its body recorded."""
    begun = Counter(h.uuid for h in mine if h.type == "task-started")
    wrong = []
    for uuid in sorted({*begun, *executions}):
        times, seen = begun[uuid], executions[uuid]
        low, high = (seen, seen) if seen <= 1 else (max(2, -(-seen // 2)), 2 * seen)
        if not low <= times <= high:
            wrong.append(differs("executions", task=uuid, predicted=times, recorded=seen, expected=(low, high)))
    return wrong


def _endings(mine: list[Happening], real: list[Happening]) -> list[Mismatch]:
    """Check that each task has the recorded endings; a lost one has none."""
    wrong = []
    for uuid in sorted({h.uuid for h in [*mine, *real]}):
        ours, theirs = (
            sorted({f"{h.type.removeprefix('task-')} {h.outcome}".strip() for h in side if h.uuid == uuid})
            for side in ([h for h in mine if h.type in ENDINGS], [h for h in real if h.type in ENDINGS])
        )
        if ours != theirs:
            wrong.append(differs("endings", task=uuid, predicted=ours, recorded=theirs))
    return wrong


def _well_formed(mine: list[Happening]) -> list[Mismatch]:
    """Check that nothing starts before it is received or ends before it starts."""
    received: Counter[tuple[str, str]] = Counter()
    started: Counter[tuple[str, str]] = Counter()
    wrong = []
    for h in mine:
        key = (h.uuid, h.hostname)
        if h.type == "task-received":
            received[key] += 1
        elif h.type == "task-started":
            started[key] += 1
            if started[key] > received[key]:
                wrong.append(differs("not_received", task=h.uuid, worker=h.hostname))
        elif h.type in ("task-succeeded", "task-retried"):
            started[key] -= 1
            received[key] -= 1
            if started[key] < 0:
                what = h.type.removeprefix("task-")
                wrong.append(differs("not_started", task=h.uuid, worker=h.hostname, what=what))
    return wrong


def _shares(mine: list[Happening], real: list[Happening], executions: Counter[str]) -> list[Mismatch]:
    """Check each worker's number of executions, within one plus the difference in the total."""
    ours, theirs = (Counter(h.hostname for h in side if h.type == "task-started") for side in (mine, real))
    slack = 1 + abs(sum(ours.values()) - sum(executions.values()))
    unseen = abs(sum(executions.values()) - sum(theirs.values()))
    return [
        differs("share", worker=worker, predicted=ours[worker], recorded=theirs[worker])
        for worker in sorted({*ours, *theirs})
        if abs(ours[worker] - theirs[worker]) > slack + unseen
    ]


def _gaps(mine: list[Happening], real: list[Happening], tolerance: Tolerance, sweep: float) -> list[Mismatch]:
    """Check the time until each task is received again."""
    wrong = []
    for uuid in sorted({h.uuid for h in real}):
        ours, theirs = (
            [b - a for a, b in pairwise([h.t for h in side if (h.type, h.uuid) == ("task-received", uuid)])]
            for side in (mine, real)
        )
        if not ours or not theirs:
            continue
        slack = tolerance.at(real[-1].t) + sweep
        if min(ours) < min(theirs) - slack or max(ours) > max(theirs) + slack:
            spans = [(float(min(side)), float(max(side))) for side in (ours, theirs)]
            wrong.append(differs("gap", task=uuid, predicted=spans[0], recorded=spans[1]))
    return wrong


FIRSTS = (("task-received",), ("task-started",), tuple(sorted(ENDINGS)))


def _firsts(
    mine: list[Happening], real: list[Happening], executions: Counter[str], tolerance: Tolerance, sweep: float
) -> list[Mismatch]:
    """Check when each task is first received, started and ended; a redelivery may wait for a sweep.

    Tasks with executions that the monitor missed are not checked.
    """
    wrong: list[tuple[float, Mismatch]] = []
    times = Counter(h.uuid for h in real if h.type == "task-received")
    seen = Counter(h.uuid for h in real if h.type == "task-started")
    for uuid in [uuid for uuid in times if seen[uuid] >= executions[uuid]]:
        for kinds in FIRSTS:
            ours, theirs = (
                next((h for h in side if h.uuid == uuid and h.type in kinds), None) for side in (mine, real)
            )
            slack = sweep if times[uuid] > 1 else 0.0
            if ours is not None and theirs is not None and abs(ours.t - theirs.t) > tolerance.at(theirs.t) + slack:
                wrong.append((theirs.t, differs("event", task=uuid, predicted=ours, recorded=theirs)))
    return [difference for _, difference in sorted(wrong, key=lambda one: one[0])]


def _queues(mine: list[Happening], real: list[Happening], queues: Mapping[str, str]) -> list[Mismatch]:
    """Check that tasks of a queue are received in its order by any worker; near-simultaneous ones may swap."""
    wrong = []
    for queue in sorted(set(queues.values())):
        firsts: list[dict[str, float]] = []
        for side in (mine, real):
            first: dict[str, float] = {}
            for h in side:
                if h.type == "task-received" and queues.get(h.uuid) == queue:
                    first.setdefault(h.uuid, h.t)
            firsts.append(first)
        ours, theirs = firsts
        both = sorted(ours.keys() & theirs.keys(), key=ours.__getitem__)
        for a, b in pairwise(both):
            if theirs[b] < theirs[a] - TOLERANCE:
                wrong.append(differs("queue_order", queue=queue, predicted=[a, b], recorded=[b, a]))
    return wrong

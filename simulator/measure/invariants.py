"""What holds in every run of an experiment, also where the order does not repeat.

Bounds come from the recording, by what kind of thing happened to each task, never from its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from simulator.measure.agreement import Happening, Tolerance, normalise
from simulator.measure.difference import Difference, differs

ENDINGS = {"task-succeeded", "task-failed", "task-rejected", "task-revoked"}


def broken(
    ours: Sequence[Happening],
    theirs: Sequence[Happening],
    executions: Counter[str],
    tolerance: Tolerance,
    sweep: float = 0.0,
) -> list[Difference]:
    """What a prediction does that no run does; empty if nothing.

    `executions`: how often each task's body really began; `sweep`: how often, in seconds, the broker looks for old
    deliveries, which is the phase of a redelivery.
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
        *_gaps(mine, real, max(tolerance.seconds + sweep, tolerance.after)),
    ]


def _executions(mine: list[Happening], executions: Counter[str]) -> list[Difference]:
    """Run never, exactly once, or again and again: as recorded by the bodies themselves."""
    begun = Counter(h.uuid for h in mine if h.type == "task-started")
    wrong = []
    for uuid in sorted({*begun, *executions}):
        times, seen = begun[uuid], executions[uuid]
        low, high = (seen, seen) if seen <= 1 else (max(2, -(-seen // 2)), 2 * seen)
        if not low <= times <= high:
            wrong.append(differs("executions", task=uuid, predicted=times, recorded=seen, expected=(low, high)))
    return wrong


def _endings(mine: list[Happening], real: list[Happening]) -> list[Difference]:
    """The same ways to end for each task: none for one that is lost."""
    wrong = []
    for uuid in sorted({h.uuid for h in [*mine, *real]}):
        ours, theirs = (
            sorted({f"{h.type.removeprefix('task-')} {h.outcome}".strip() for h in side if h.uuid == uuid})
            for side in ([h for h in mine if h.type in ENDINGS], [h for h in real if h.type in ENDINGS])
        )
        if ours != theirs:
            wrong.append(differs("endings", task=uuid, predicted=ours, recorded=theirs))
    return wrong


def _well_formed(mine: list[Happening]) -> list[Difference]:
    """Nobody starts what it has not received, nor ends what it has not started."""
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


def _shares(mine: list[Happening], real: list[Happening], executions: Counter[str]) -> list[Difference]:
    """How much each worker runs: off by one, and by what ran more or less often altogether."""
    ours, theirs = (Counter(h.hostname for h in side if h.type == "task-started") for side in (mine, real))
    slack = 1 + abs(sum(ours.values()) - sum(executions.values()))
    unseen = abs(sum(executions.values()) - sum(theirs.values()))
    return [
        differs("share", worker=worker, predicted=ours[worker], recorded=theirs[worker])
        for worker in sorted({*ours, *theirs})
        if abs(ours[worker] - theirs[worker]) > slack + unseen
    ]


def _gaps(mine: list[Happening], real: list[Happening], slack: float) -> list[Difference]:
    """How long it takes until a task is received once more: as recorded, give or take `slack` seconds."""
    wrong = []
    for uuid in sorted({h.uuid for h in real}):
        ours, theirs = (
            [b - a for a, b in pairwise([h.t for h in side if (h.type, h.uuid) == ("task-received", uuid)])]
            for side in (mine, real)
        )
        if not ours or not theirs:
            continue
        if min(ours) < min(theirs) - slack or max(ours) > max(theirs) + slack:
            spans = [(float(min(side)), float(max(side))) for side in (ours, theirs)]
            wrong.append(differs("gap", task=uuid, predicted=spans[0], recorded=spans[1]))
    return wrong

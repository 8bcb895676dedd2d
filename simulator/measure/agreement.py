"""Compare a prediction with a recording: order per task and per worker, and times, never a global interleaving.

Three things that Celery does in either order, or twice, are normalised first: received(n+1) and retried(n);
the duplicate `task-failed` of a hard time limit; and the names of interchangeable workers.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from simulator.measure.difference import Mismatch, differs
from simulator.trace import Trace, as_seconds

COMPARED = {
    "task-received",
    "task-started",
    "task-succeeded",
    "task-failed",
    "task-retried",
    "task-rejected",
    "task-revoked",
}
CHILD_DIED = "?"
"""Exception class where Celery 5.7 reports `ExceptionWithTraceback()`: a child died or was killed by the hard limit, or
a task raised Reject in a pool without processes (celery.worker.request: Request.on_failure)."""
UNTOLD = ("ExceptionWithTraceback", "WorkerLostError", "TimeLimitExceeded", "Reject")
"""Exceptions that Celery may report so."""
Alike = Mapping[str, Sequence[str]]
"""By worker, all workers it is interchangeable with, itself included, in a fixed order."""

GROUPS = {
    "receives": ("task-received",),
    "starts": ("task-started",),
    "finishes": ("task-succeeded", "task-failed"),
}


@dataclass(frozen=True)
class Happening:
    """One event of a task in the form common to both sides; `t` in seconds, `outcome` a single word."""

    t: float
    type: str
    hostname: str
    uuid: str
    outcome: str = ""


DRIFT = 0.004
"""Seconds that each start under a rate limit may be later than the one before it allows.

A token counts from the moment it is taken, and the timer that takes the next one fires slightly late each time,
so the delay accumulates. Source: kombu.utils.limits: TokenBucket; celery.worker.consumer: _schedule_bucket_request.
"""


ONE_TURN = 0.001
"""Seconds within which a worker hands over to several slots in one turn of its loop. Each child accepts over a pipe of
its own, and each thread when it runs, so that task-started may come in any order.

Source: celery.concurrency.asynpool: ResultHandler.register_with_event_loop (an outqueue for each child);
celery.concurrency.thread: TaskPool.on_apply. Seen live: the second member of a chord's header 1 ms before the first.
"""

TOLERANCE = 0.15
"""Seconds: hops of 1 to 10 ms add up; two runs of the same experiment differ by up to 0.11 s."""


@dataclass(frozen=True)
class Tolerance:
    """The permitted error of predicted times, in seconds."""

    throttled: tuple[tuple[float, ...], ...] = ()
    """Start times that each rate limit (of a task, in a worker) allowed, in recorded time."""

    def at(self, t: float) -> float:
        """Return the tolerance for an event recorded at `t`."""
        drift = DRIFT * max((bisect_right(starts, t) for starts in self.throttled), default=0)
        return TOLERANCE + drift

    def moved(self, by: float) -> Tolerance:
        """Return this tolerance for a recording that begins `by` seconds later."""
        return Tolerance(tuple(tuple(t - by for t in times) for times in self.throttled))


EXACT = Tolerance()
"""The tolerance without rate limits."""


@dataclass(frozen=True)
class Agreement:
    """The result of a comparison: the differences (none: they agree) and the worst time error in seconds."""

    differences: list[Mismatch]
    worst: float | None
    since: float = float("inf")
    """The recorded time of the first difference, in seconds after the prediction's time 0."""
    astray: float | None = None
    """Time at which the prediction first gives a worker another task than it received, in seconds after time 0."""


def exception_class(text: str) -> str:
    """Return the class in the `repr` of an exception; for a `Retry` (from solo, threads, gevent), its reason's class.

    >>> exception_class("Retry(Retry(...), Transient('boom'), 1)")
    'Transient'
    """
    if text.startswith("reject requeue="):
        return CHILD_DIED
    if inner := re.match(r"Retry\((?:Retry\(\.\.\.\)|[^,]*), (\w+)", text):
        return inner.group(1)
    found = re.match(r"[\w.]+", text)
    name = found.group().rpartition(".")[2] if found else text
    return CHILD_DIED if name in UNTOLD else name


def outcome(kind: str, fields: dict[str, Any]) -> str:
    """Return the outcome that an event reports, in a word; `fields` are Celery's."""
    if kind in ("task-failed", "task-retried"):
        return exception_class(str(fields.get("exception")))
    if kind == "task-rejected":
        return "requeued" if fields.get("requeue") else "discarded"
    if kind == "task-revoked":
        return "expired" if fields.get("expired") else "terminated" if fields.get("terminated") else "revoked"
    return ""


def predicted(trace: Trace, ids: Collection[str], beats: Collection[str] = ()) -> list[Happening]:
    """Return the compared events of a simulated run.

    Tasks not among `ids` are sent by beat, with unpredictable ids: the n-th of a task is `<task>#<n>`,
    or `<beat>: <task>#<n>` if several `beats` send it at the same ticks.
    """
    drawn: Counter[str] = Counter()
    names: dict[str, str] = {uuid: uuid for uuid in ids}
    found = []
    for event in trace:
        uuid = getattr(event, "uuid", "")
        if uuid and uuid not in names and hasattr(event, "name"):
            sender = getattr(event, "hostname", "")
            name = f"{sender}: {event.name}" if sender in beats else event.name
            drawn[name] += 1
            names[uuid] = f"{name}#{drawn[name]}"
        if event.type in COMPARED and not event.inferred:
            fields = {key: getattr(event, key, None) for key in ("exception", "requeue", "expired", "terminated")}
            found.append(
                Happening(
                    as_seconds(event.t),
                    event.type,
                    event.hostname,  # type: ignore[attr-defined]
                    names.get(uuid, uuid),
                    outcome(event.type, fields),
                )
            )
    return found


def compare(
    ours: Sequence[Happening],
    theirs: Sequence[Happening],
    tolerance: Tolerance = EXACT,
    end: float = float("inf"),
    alike: Alike | None = None,
) -> Agreement:
    """Compare both sides. `end`: the end of observation, in recorded time; events of one side beyond it do not count.

    `alike`: the interchangeable workers; all are without it.
    """
    if not ours or not theirs:
        return Agreement([], None) if not ours and not theirs else Agreement([differs("one_side")], None, 0.0)
    since = _first_receive(theirs)
    names: tuple[Mapping[str, str] | None, ...] = (None, None)
    if alike is not None:
        names = {}, matched(ours, theirs, alike)
    mine, real = _trim(normalise(ours, names[0]), normalise(theirs, names[1]), end - since, tolerance.at(end))
    tolerance = tolerance.moved(since)
    late, worst = _times(mine, real, tolerance)
    found = [*_tasks(mine, real), *_orders(mine, real)]
    first = min((when for when, _ in [*found, *late]), default=float("inf")) + _first_receive(ours)
    told = [difference for _, difference in found or late]
    astray = _astray(mine, real)
    return Agreement(told, None if found else worst, first, None if astray is None else astray + _first_receive(ours))


def _astray(mine: Sequence[Happening], real: Sequence[Happening]) -> float | None:
    """Return when a worker of ours first receives another task than the recorded one does."""
    wrong = []
    for worker in {h.hostname for h in mine}:
        ours, theirs = ([h for h in side if (h.hostname, h.type) == (worker, "task-received")] for side in (mine, real))
        wrong += [a.t for a, b in zip(ours, theirs, strict=False) if a.uuid != b.uuid][:1]
    return min(wrong, default=None)


def normalise(happenings: Sequence[Happening], names: Mapping[str, str] | None = None) -> list[Happening]:
    """Normalise what may come in either order: workers by first receive, time from the first receive on.

    `names`: replacements for worker names.
    """
    if names is None:
        names = {worker: f"W{n}" for n, worker in enumerate(_received(happenings), start=1)}
    since = _first_receive(happenings)
    last: dict[str, Happening] = {}
    kept = []
    for happening in happenings:
        before = last.get(happening.uuid)
        last[happening.uuid] = happening
        if (
            happening.type == "task-failed"
            and before is not None
            and (before.type, before.outcome, before.hostname)
            == (happening.type, happening.outcome, happening.hostname)
        ):
            continue
        kept.append(
            replace(happening, t=happening.t - since, hostname=names.get(happening.hostname, happening.hostname))
        )
    return kept


def matched(ours: Sequence[Happening], theirs: Sequence[Happening], alike: Alike) -> dict[str, str]:
    """Map each worker of the other side to the interchangeable one of ours that receives the same tasks."""
    mine, real = _received(ours), _received(theirs)
    names: dict[str, str] = {}
    for worker, tasks in real.items():
        left = [name for name in alike.get(worker, (worker,)) if name not in names.values()]
        common = [
            (mine.get(name, [])[:1] == tasks[:1], len({*mine.get(name, [])} & {*tasks}), name == worker)
            for name in left
        ]
        names[worker] = left[common.index(max(common))]
    return names


def _received(happenings: Sequence[Happening]) -> dict[str, list[str]]:
    """Return the tasks each worker receives, in order; workers by first receive."""
    found: dict[str, list[str]] = {}
    for wanted in ("task-received", ""):
        for happening in happenings:
            if wanted in ("", happening.type):
                tasks = found.setdefault(happening.hostname, [])
                if wanted:
                    tasks.append(happening.uuid)
    return found


def _first_receive(happenings: Sequence[Happening]) -> float:
    return next((h.t for h in happenings if h.type == "task-received"), happenings[0].t)


def by_task(happenings: Sequence[Happening]) -> dict[str, list[Happening]]:
    """Return each task's events in order, with `retried(n)` right after `started(n)`, wherever received(n+1) was."""
    tasks: dict[str, list[Happening]] = defaultdict(list)
    for happening in happenings:
        events = tasks[happening.uuid]
        if happening.type != "task-retried":
            events.append(happening)
            continue
        retried = sum(event.type == "task-retried" for event in events)
        starts = [place for place, event in enumerate(events) if event.type == "task-started"]
        events.insert(starts[retried] + 1 if retried < len(starts) else len(events), happening)
    return tasks


def _trim(
    mine: list[Happening], real: list[Happening], end: float, tolerance: float
) -> tuple[list[Happening], list[Happening]]:
    """Drop events that only one side has, so close to the end that the other may have been cut off."""
    sides = (by_task(mine), by_task(real))
    cut: list[list[Happening]] = [[], []]
    for uuid in {*sides[0], *sides[1]}:
        events = [sides[0].get(uuid, []), sides[1].get(uuid, [])]
        longer = 0 if len(events[0]) > len(events[1]) else 1
        for happening in events[longer][len(events[1 - longer]) :]:
            if happening.t >= end - tolerance:
                cut[longer].append(happening)
    return [h for h in mine if h not in cut[0]], [h for h in real if h not in cut[1]]


def _same(mine: Happening | None, real: Happening | None) -> bool:
    return (
        mine is not None
        and real is not None
        and (mine.type, mine.hostname, mine.outcome) == (real.type, real.hostname, real.outcome)
    )


Found = list[tuple[float, Mismatch]]
"""Differences with the time each one shows."""


def _tasks(mine: list[Happening], real: list[Happening]) -> Found:
    ours, theirs = by_task(mine), by_task(real)
    differences: Found = []
    for uuid in sorted({*ours, *theirs}):
        a, b = ours.get(uuid, []), theirs.get(uuid, [])
        for place in range(max(len(a), len(b))):
            predicted = a[place] if place < len(a) else None
            recorded = b[place] if place < len(b) else None
            if not _same(predicted, recorded):
                when = recorded.t if recorded is not None else predicted.t if predicted is not None else 0.0
                differences.append((when, differs("event", task=uuid, predicted=predicted, recorded=recorded)))
                break
    return sorted(differences, key=lambda found: found[0])


def _orders(mine: list[Happening], real: list[Happening]) -> Found:
    differences: Found = []
    for worker in sorted({h.hostname for h in [*mine, *real]}):
        for verb, types in GROUPS.items():
            ours, theirs = ([h for h in side if h.hostname == worker and h.type in types] for side in (mine, real))
            if verb == "starts":
                theirs = _as_handed_over(ours, theirs)
            for place, (a, b) in enumerate(zip(ours, theirs, strict=False), start=1):
                if a.uuid != b.uuid:
                    params = {"worker": worker, "verb": verb, "place": place}
                    found = differs("order", **params, predicted=a.uuid, recorded=b.uuid)
                    differences.append((b.t, found))
                    break
    return differences


def _as_handed_over(ours: Sequence[Happening], theirs: Sequence[Happening]) -> list[Happening]:
    """Return the recorded starts of a worker, those that are predicted in one turn in the predicted order."""
    found = [*theirs]
    begin = 0
    for end in range(1, len(ours) + 1):
        if end < len(ours) and ours[end].t - ours[end - 1].t < ONE_TURN:
            continue
        place = {h.uuid: n for n, h in enumerate(ours[begin:end])}
        turn = found[begin:end]
        if {h.uuid for h in turn} == place.keys():
            found[begin:end] = sorted(turn, key=lambda h: place[h.uuid])
        begin = end
    return found


def _times(mine: list[Happening], real: list[Happening], tolerance: Tolerance) -> tuple[Found, float]:
    """Return the events that are too early or too late, where both sides agree on what happens, and the worst error."""
    ours, theirs = by_task(mine), by_task(real)
    worst, late = 0.0, list[tuple[float, str, Mismatch]]()
    for uuid, events in theirs.items():
        for predicted, recorded in zip(ours.get(uuid, ()), events, strict=False):
            if not _same(predicted, recorded):
                break
            error = abs(predicted.t - recorded.t)
            worst = max(worst, error)
            if error > tolerance.at(recorded.t):
                found = differs("event", task=uuid, predicted=predicted, recorded=recorded)
                late.append((recorded.t, uuid, found))
    return [(when, found) for when, _, found in sorted(late, key=lambda one: one[:2])], worst

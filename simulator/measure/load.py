"""Offered load against capacity: whether the workers of a group of queues keep up with what is sent to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from simulator.trace.events import SettingChanged, WorkerOnline
from simulator.trace.time import MICROS, as_seconds
from simulator.trace.trace import Trace
from simulator.world.lives import lives_of
from simulator.world.ready import ready_of

Verdict = Literal["stable", "backlogged", "overloaded"]

CLEAR = 0.02
"""Growth of a backlog, as a share of the arrivals, that is no longer noise."""


@dataclass(frozen=True, slots=True)
class QueueLoad:
    """The load of queues that share workers, from the first task that was sent to them on."""

    queues: tuple[str, ...]
    offered: float
    """Slot-seconds of work that arrive for each slot-second that there is; 1.0 or more cannot be kept up with."""
    growth: float
    """Messages a second by which the backlog grew over the second half of that time."""
    left: int
    """Length of the backlog at the end."""
    verdict: Verdict


def load_of(trace: Trace) -> list[QueueLoad]:
    """Return the load of each group of queues that share workers.

    Work is the arrivals times the mean run of the tasks that have run; slots are those of the workers, while they are
    online. `overloaded`: more work arrives than there are slots for, and the backlog grows. `backlogged`: they could
    keep up, but more waits at the end than there are slots. A queue without workers or runs has no load, and neither
    has a run that ended by itself: it has worked off all that was sent.
    """
    if trace.header.stopped == "done":
        return []
    return [found for group in _groups(trace) if (found := _load(trace, *group)) is not None]


def _groups(trace: Trace) -> Iterator[tuple[set[str], set[str]]]:
    """Queues that share workers, with these."""
    groups: list[tuple[set[str], set[str]]] = []
    for event in trace.events:
        if isinstance(event, WorkerOnline):
            queues, worker = set(event.queues), event.hostname
        elif isinstance(event, SettingChanged) and event.setting == "queues":
            queues, worker = set(event.value), event.hostname
        else:
            continue
        touching = [group for group in groups if group[0] & queues or worker in group[1]]
        groups = [group for group in groups if group not in touching]
        groups.append((queues.union(*(group[0] for group in touching)), {worker}.union(*(g[1] for g in touching))))
    yield from groups


def _load(trace: Trace, queues: set[str], workers: set[str]) -> QueueLoad | None:
    lives, levels = lives_of(trace), ready_of(trace).queues
    tasks = [task for task in lives.tasks.values() if task.queue in queues]
    runs = [run for task in tasks for run in task.runs if run.end is not None]
    arrived = sum(1 + task.retries for task in tasks)
    first = min((task.sent_at for task in tasks), default=0)
    last = trace.end
    slots = sum(lives.workers[name].slots.area(last) - lives.workers[name].slots.area(first) for name in workers)
    if not runs or last <= first or not slots:
        return None
    service = sum((run.end or 0) - run.start for run in runs) / len(runs)
    offered = arrived * service / slots
    waiting = [levels[name] for name in queues if name in levels]

    def mean(begin: float, end: float) -> float:
        return sum(level.area(int(end)) - level.area(int(begin)) for level in waiting) / (end - begin)

    half, quarter = first + (last - first) / 2, (last - first) / 4
    growth = (mean(half + quarter, last) - mean(half, half + quarter)) / quarter * MICROS
    left = int(sum(level.now for level in waiting))
    rate = arrived / as_seconds(last - first)
    verdict: Verdict = "stable"
    if offered >= 1 and growth > CLEAR * rate:
        verdict = "overloaded"
    elif left > slots / (last - first):
        verdict = "backlogged"
    return QueueLoad(tuple(sorted(queues)), round(offered, 3), round(growth, 3), left, verdict)

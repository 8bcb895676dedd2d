"""Polling in so many words: an independent little model of `guide://`, one queue, late ACK, no hops.

Every question of every worker is asked, one after the other; nothing is parked, nothing skipped. Order at one
instant: starts and deaths, completions, publishes, questions; then declaration; then the order of scheduling.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count


@dataclass
class Literal:
    """The course of a run: (task number, worker number, start time), and the number of empty polls of each worker."""

    starts: list[tuple[int, int, int]] = field(default_factory=list)
    in_vain: list[int] = field(default_factory=list)


def play(
    arrivals: Sequence[int],
    services: Sequence[int],
    phases: Sequence[int],
    slots: Sequence[int],
    interval: int,
    until: int,
) -> Literal:
    """Play to `until` (exclusive); all times in microseconds, `arrivals` in order, `slots` per worker."""
    result = Literal(in_vain=[0] * len(phases))
    agenda: list[tuple[int, int, int, int, Callable[[int], None]]] = []
    serial = count()
    queue: deque[int] = deque()
    free = list(slots)
    asking = [False] * len(phases)

    def at(time: int, rank: int, index: int, what: Callable[[int], None]) -> None:
        heapq.heappush(agenda, (time, rank, index, next(serial), what))

    def ask_later(worker: int, time: int) -> None:
        asking[worker] = True
        at(time, 5, worker, lambda now: ask(worker, now))

    def ask(worker: int, now: int) -> None:
        asking[worker] = False
        if not queue:
            result.in_vain[worker] += 1
            ask_later(worker, now + interval)
            return
        task = queue.popleft()
        free[worker] -= 1
        result.starts.append((task, worker, now))
        at(now + services[task], 2, worker, lambda t: complete(worker, t))
        if free[worker]:
            ask_later(worker, now)

    def complete(worker: int, now: int) -> None:
        free[worker] += 1
        if not asking[worker]:
            ask_later(worker, now)

    for number, arrival in enumerate(arrivals):
        at(arrival, 3, number, lambda now, number=number: queue.append(number))  # type: ignore[misc]
    for worker, phase in enumerate(phases):
        ask_later(worker, phase)
    while agenda and agenda[0][0] < until:
        now, _, _, _, what = heapq.heappop(agenda)
        what(now)
    return result

"""Queueing theory, as a reference for the simulator."""

from __future__ import annotations

import heapq
from collections.abc import Sequence


def erlang_c(servers: int, load: float) -> float:
    """Return the probability of waiting in an M/M/c queue; `load` is arrival rate times mean service time.

    Raises:
        ValueError: the load is not below the number of servers, so the queue would grow without bound.

    >>> round(erlang_c(1, 0.8), 6)
    0.8
    """
    if not 0 <= load < servers:
        raise ValueError(load)
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked / (1 - load / servers * (1 - blocked))


def mean_wait(servers: int, arrival_rate: float, service: float) -> float:
    """Return the mean wait in an M/M/c queue, in the unit of `service` (the mean service time).

    >>> round(mean_wait(4, 3.2, 1.0), 4)
    0.7455
    """
    load = arrival_rate * service
    return erlang_c(servers, load) * service / (servers - load)


def kiefer_wolfowitz(arrivals: Sequence[int], services: Sequence[int], servers: int) -> list[int]:
    """Return start times in a FIFO multi-server queue: the Kiefer-Wolfowitz recursion, exact on integers."""
    free = [0] * servers
    starts = []
    for arrival, service in zip(arrivals, services, strict=True):
        start = max(arrival, heapq.heappop(free))
        heapq.heappush(free, start + service)
        starts.append(start)
    return starts

"""Speed of the engine: ratios to the yardstick in one run, and its growth."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from simulator.engine import simulate
from simulator.scenario import Scenario
from tests.benchmarks.yardstick import bare_simpy
from tests.strategies import build

SERVERS, LOAD = 4, 0.8


def markovian(profile: str, count: int, servers: int = SERVERS, **data: Any) -> Scenario:
    """An M/M/c queue as a scenario."""
    return build(
        {
            "profile": profile,
            "polls": "found",
            "until": 1e9,
            "workers": servers,
            "tasks": {"work": {"exponential": 1}},
            "send": [{"task": "work", "every": {"exponential": 1 / (servers * LOAD)}, "count": count}],
            **data,
        }
    )


def cpu(run: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    gc.collect()
    start = time.process_time()
    run()
    return time.process_time() - start


def ratio(scenario: Scenario, count: int, pairs: int = 7) -> tuple[float, float, float]:
    """(median ratio to the yardstick, lowest, highest) of tasks a second, in pairs taken in turn."""
    found = []
    for _ in range(pairs):
        ours = cpu(lambda: simulate(scenario))
        bare = cpu(lambda: bare_simpy(count, SERVERS, LOAD))
        found.append(bare / ours)
    return median(found), min(found), max(found)

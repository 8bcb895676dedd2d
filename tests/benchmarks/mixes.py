"""The loads that are measured, by name: M/M/4 on each kind of transport, and a worker with more and more to do.

`python -m tests.benchmarks.mixes NAME COUNT` plays one once: for who counts instructions.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from simulator.engine import simulate
from simulator.scenario import Scenario
from tests.benchmarks.engine import LOAD, SERVERS, markovian
from tests.benchmarks.yardstick import bare_simpy

LATE = {"task_acks_late": True, "worker_prefetch_multiplier": 1, "hop": 0}

FEATURES: dict[str, dict[str, Any]] = {
    "plain": {},
    "late acks": {"config": {"task_acks_late": True}},
    "retries": {"task": {"raises": {"OSError": 0.05}, "autoretry_for": ["OSError"], "default_retry_delay": 1}},
    "time limits": {"task": {"soft_time_limit": 60, "time_limit": 90}},
    "rate limit": {"task": {"rate_limit": "10000/s"}},
    "recycled children": {"config": {"worker_max_tasks_per_child": 50, "child_death": "at_once"}},
}
"""By name, what is added to the plain worker on Redis."""

GUIDE = "guide"
PUSH, PUSH_HOPS = "push, hop 0", "push, hop 1 us"
ALL = "all of it"
YARDSTICK = "yardstick"


def on_redis(count: int, *features: str) -> Scenario:
    """M/M/4 as one prefork worker with four children."""
    task: dict[str, Any] = {"duration": {"exponential": 1}}
    config: dict[str, Any] = {"worker_concurrency": 4}
    for feature in features:
        task |= FEATURES[feature].get("task", {})
        config |= FEATURES[feature].get("config", {})
    return markovian("celery-redis", count, workers=1, tasks={"work": task}, config=config)


def _with(feature: str, count: int) -> Scenario:
    return on_redis(count, feature)


MIXES: dict[str, Callable[[int], Scenario]] = {
    GUIDE: partial(markovian, "guide"),
    PUSH: partial(markovian, "celery-rabbitmq", config=LATE),
    PUSH_HOPS: partial(markovian, "celery-rabbitmq"),
    **{name: partial(_with, name) for name in FEATURES},
    ALL: lambda count: on_redis(count, *FEATURES),
}
"""By name, a scenario of so many tasks."""


def main(name: str, count: int) -> None:
    """Play one."""
    if name == YARDSTICK:
        bare_simpy(count, SERVERS, LOAD)
    else:
        simulate(MIXES[name](count))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

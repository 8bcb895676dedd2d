"""The yardstick: a bare SimPy M/M/c model, worker processes looping on a `Store`, no trace."""

from __future__ import annotations

import random
from collections.abc import Generator
from typing import Any

import simpy


def bare_simpy(count: int, servers: int, load: float) -> int:
    """Play `count` tasks with exponential gaps and services (mean one second); returns how many were done."""
    env = simpy.Environment()
    store = simpy.Store(env)
    draw = random.Random(1).expovariate
    done = 0

    def source() -> Generator[Any, Any, None]:
        for _ in range(count):
            yield env.timeout(draw(servers * load))
            yield store.put(None)

    def worker() -> Generator[Any, Any, None]:
        nonlocal done
        while True:
            yield store.get()
            yield env.timeout(draw(1.0))
            done += 1

    env.process(source())
    for _ in range(servers):
        env.process(worker())
    env.run()
    return done

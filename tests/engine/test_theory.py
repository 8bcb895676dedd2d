"""The engine against queueing theory: exactly, path by path; and on average, with its error."""

from __future__ import annotations

from statistics import fmean, stdev
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine import simulate
from simulator.measure import kiefer_wolfowitz, mean_wait
from simulator.trace import Trace
from simulator.trace import events as ev
from simulator.world.lives import lives_of
from tests.strategies import build


def markovian(profile: str, servers: int, load: float, count: int, seed: int, **config: Any) -> Trace:
    """`count` tasks through an M/M/`servers` queue with a mean service of one second."""
    return simulate(
        build(
            {
                "profile": profile,
                "polls": "found",
                "seed": seed,
                "until": 1e9,
                "config": {"task_acks_late": True, "worker_prefetch_multiplier": 1, "hop": 0, **config},
                "workers": servers,
                "tasks": {"work": {"exponential": 1}},
                "send": [{"task": "work", "every": {"exponential": 1 / (servers * load)}, "count": count}],
            }
        )
    )


@given(servers=st.integers(1, 6), load=st.sampled_from([0.5, 0.8, 0.95, 1.2]), seed=st.integers(0, 1000))
def test_push_follows_the_kiefer_wolfowitz_recursion_exactly(servers: int, load: float, seed: int) -> None:
    trace = markovian("celery-rabbitmq", servers, load, 200, seed)
    sent = [e.t for e in trace if isinstance(e, ev.TaskSent)]
    numbers = {e.uuid: n for n, e in enumerate(e for e in trace if isinstance(e, ev.TaskSent))}
    services = [0] * len(sent)
    starts = [0] * len(sent)
    for event in trace:
        if isinstance(event, ev.TaskSucceeded):
            services[numbers[event.uuid]] = event.runtime
        elif isinstance(event, ev.TaskStarted):
            starts[numbers[event.uuid]] = event.t
    assert starts == kiefer_wolfowitz(sent, services, servers)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.6), (4, 0.8)])
@pytest.mark.parametrize("profile", ["celery-rabbitmq", "guide"])
def test_mean_waits_agree_with_erlang_c(profile: str, servers: int, load: float) -> None:
    # Replications with the warm-up cut off; four standard errors, so that one run in 16,000 would fail by chance,
    # and with fixed seeds this one either does or does not.
    config = {"broker_transport_options": {"polling_interval": 0.001}} if profile == "guide" else {}
    means = []
    for seed in range(20):
        trace = markovian(profile, servers, load, 1500, seed, **config)
        waits = [task.wait for task in lives_of(trace).tasks.values() if task.wait is not None]
        means.append(fmean(waits[300:]) / 1e6)
    expected = mean_wait(servers, servers * load, 1.0)
    error = stdev(means) / len(means) ** 0.5
    # A worker that polls each millisecond finds a task half a millisecond late, at most one.
    assert abs(fmean(means) - expected) <= 4 * error + (0.001 if profile == "guide" else 0)
    assert error < 0.1 * expected

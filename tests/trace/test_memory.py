"""Results computed from a trace are freed with the trace."""

from __future__ import annotations

import gc
import weakref

import pytest

from simulator import load_scenario, simulate, world_at
from simulator.engine import LimitReached, Simulation
from simulator.engine.state import Message, Queue
from simulator.engine.worker.worker import Worker
from simulator.measure import evaluate_text
from tests.strategies import build


def test_a_run_leaves_nothing_behind() -> None:
    data = {
        "until": 3,
        "tasks": {"a": 9},
        "send": [{"at": 0, "task": "a", "count": 50}],
        "faults": [{"at": 2, "kill": "worker1"}],
    }
    trace = simulate(build(data))
    gc.collect()
    assert [o for o in gc.get_objects() if type(o) in (Simulation, Worker, Queue, Message)] == []
    assert len(trace) > 50


def garbage_of(count: int) -> int:
    """Number of objects in reference cycles that a run of a number of tasks leaves behind, all of them worked off."""
    task = {"duration": 0.1, "raises": {"OSError": 0.3}, "autoretry_for": ["OSError"], "default_retry_delay": 1}
    scenario = build(
        {
            "profile": "celery-redis",
            "tasks": {"a": {**task, "soft_time_limit": 5, "time_limit": 9, "effect_at": 0.5}, "b": 0.1},
            "send": [
                {"every": 0.2, "task": "a", "count": count},
                {"every": 0.2, "chain": [{"task": "b"}, {"task": "b"}], "count": count},
            ],
        }
    )
    gc.collect()
    gc.disable()
    try:
        trace = simulate(scenario)
        assert trace.header.stopped == "done"
        return gc.collect()
    finally:
        gc.enable()


def test_a_task_leaves_no_garbage_that_goes_in_circles() -> None:
    small, large = garbage_of(50), garbage_of(500)
    assert large - small < 100


@pytest.mark.parametrize("collects", [True, False])
def test_a_run_leaves_the_garbage_collector_as_it_was(collects: bool) -> None:
    scenario = build({"tasks": {"a": 0}, "send": [{"task": "a", "every": {"exponential": 0.001}}]})
    if not collects:
        gc.disable()
    try:
        with pytest.raises(LimitReached):
            simulate(scenario, max_events=1000)
        assert gc.isenabled() == collects
    finally:
        gc.enable()


def test_nothing_keeps_a_trace() -> None:
    trace = simulate(load_scenario("three-task-order"))
    world_at(trace, 20)
    assert evaluate_text("succeeded", trace) == 3
    seen = weakref.ref(trace)
    del trace
    gc.collect()
    assert seen() is None

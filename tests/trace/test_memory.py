"""What is computed from a trace goes when the trace goes."""

from __future__ import annotations

import gc
import weakref

from simulator import load_scenario, simulate, world_at
from simulator.engine import Simulation
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


def test_nothing_keeps_a_trace() -> None:
    trace = simulate(load_scenario("three-task-order"))
    world_at(trace, 20)
    assert evaluate_text("succeeded", trace) == 3
    seen = weakref.ref(trace)
    del trace
    gc.collect()
    assert seen() is None

"""What is computed from a trace goes when the trace goes."""

from __future__ import annotations

import gc
import weakref

from simulator import load_scenario, simulate, world_at
from simulator.measure import evaluate_text


def test_nothing_keeps_a_trace() -> None:
    trace = simulate(load_scenario("three-task-order"))
    world_at(trace, 20)
    assert evaluate_text("succeeded", trace) == 3
    seen = weakref.ref(trace)
    del trace
    gc.collect()
    assert seen() is None

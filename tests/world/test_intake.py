"""A worker's limits as the world derives them from a trace equal those of the engine."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given

from simulator.engine import Simulation, clock
from simulator.engine.worker.worker import Worker
from simulator.scenario import Scenario
from simulator.trace import Trace
from simulator.trace.time import NEVER
from simulator.world import Timeline
from tests.strategies import scenarios


class Limits(NamedTuple):
    """A worker's limits in the engine, when an instant is over."""

    window: int | None
    held_back: dict[str, tuple[int, list[str]]]
    drains: bool
    loop_stands: bool


def limits_of(worker: Worker) -> Limits:
    """As its consumer has them."""
    consumer = worker.consumer
    held_back = {
        name: (bucket.next_token, [delivery.message.uuid for delivery in bucket.waiting])
        for name, bucket in consumer.limits.buckets.items()
        if bucket.waiting
    }
    limit = consumer.window.limit
    return Limits(None if limit == NEVER else limit, held_back, worker.pool.paused, consumer.is_loop_busy())


def played(scenario: Scenario) -> tuple[Trace, dict[int, dict[str, Limits]]]:
    """A run, and by cursor the limits of every worker that takes messages: when that event's instant is over.

    Where more happens in the instant, they are those right after the call that the event came of.
    """
    found: dict[int, dict[str, Limits]] = {}

    def watch(now: int, count: int) -> None:
        events = simulation.context.journal.events
        if events and events[-1].t == now:
            taking = [w for w in simulation.fleet.workers.values() if w.life.runs and w.consumer.connected]
            found[count] = {worker.hostname: limits_of(worker) for worker in taking}

    simulation = Simulation(scenario, watch=watch)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "WATCH", 0)
        return simulation.run(), found


@given(scenarios())
def test_the_window_is_the_engines_own(scenario: Scenario) -> None:
    trace, found = played(scenario)
    timeline = Timeline(trace)
    for cursor, limits in found.items():
        world = timeline.at(cursor)
        if cursor < len(trace) and trace[cursor].t == world.t:
            continue
        for name, engine in limits.items():
            if not engine.loop_stands:
                assert world.workers[name].window == engine.window, (cursor, name)


@given(scenarios())
def test_what_a_rate_limit_is_said_to_hold_back_is_in_its_bucket(scenario: Scenario) -> None:
    trace, found = played(scenario)
    timeline = Timeline(trace)
    for cursor, limits in found.items():
        world = timeline.at(cursor)
        if cursor < len(trace) and trace[cursor].t == world.t:
            continue
        for name, engine in limits.items():
            worker = world.workers[name]
            if not engine.loop_stands:
                assert worker.rate_limited() == engine.held_back, (cursor, name)
            assert (worker.drains_until is not None) == engine.drains

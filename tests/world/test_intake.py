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
from tests.strategies import build, scenarios


class Limits(NamedTuple):
    """A worker's limits in the engine, when an instant is over."""

    window: int | None
    held_back: dict[str, tuple[int, list[str]]]
    drains: bool
    loop_stands: bool
    """True if its loop runs a task, or waits for RabbitMQ's answer about its window, which takes two hops."""


def limits_of(worker: Worker) -> Limits:
    """As its consumer has them."""
    consumer = worker.consumer
    held_back = {
        name: (
            bucket.next_token if bucket.call is None else bucket.call[clock.TIME],
            [delivery.message.uuid for delivery in bucket.waiting],
        )
        for name, bucket in consumer.limits.buckets.items()
        if bucket.waiting
    }
    limit = consumer.window.limit
    stands = consumer.loop.is_busy() or consumer.clock.now <= consumer.loop.qos.answer_at + 1
    return Limits(None if limit == NEVER else limit, held_back, worker.pool.paused, stands)


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
    hold_windows(scenario)


@pytest.mark.parametrize("overdue", [1, 3])
@pytest.mark.parametrize("rate", [None, "2/s"])
def test_overdue_tasks_widen_the_window_of_a_worker_that_drains(overdue: int, rate: str | None) -> None:
    scenario = build(
        {
            "profile": "celery-rabbitmq",
            "tasks": {"a": {"duration": 1.9, "rate_limit": rate}},
            "workers": {"w1": {"concurrency": 2, "starts_at": 0.2}},
            "send": [
                {"at": 0, "task": "a", "count": overdue, "countdown": 0.1},
                {"at": 0.25, "task": "a", "queue": "elsewhere"},
            ],
            "faults": [{"at": 0, "disconnect": "w1", "for": 2}],
            "until": 8,
        }
    )
    assert 8 + overdue in hold_windows(scenario)


def test_a_pool_shrunk_to_nothing_keeps_its_window() -> None:
    scenario = build(
        {
            "profile": "celery-rabbitmq",
            "tasks": {"a": 0.1},
            "workers": 1,
            "send": [{"at": time, "task": "a"} for time in range(6)],
            "control": [
                {"at": 0.5, "pool_shrink": "worker1"},
                {"at": 1.5, "pool_grow": "worker1"},
                {"at": 3.5, "pool_shrink": "worker1"},
            ],
            "until": 8,
        }
    )
    assert hold_windows(scenario) == {4, 8}


def hold_windows(scenario: Scenario) -> set[int]:
    """The windows of a run in which the world agrees with the engine about every one."""
    trace, found = played(scenario)
    windows = set()
    timeline = Timeline(trace)
    for cursor, limits in found.items():
        world = timeline.at(cursor)
        if cursor < len(trace) and trace[cursor].t == world.t:
            continue
        for name, engine in limits.items():
            if not engine.loop_stands:
                assert world.workers[name].window == engine.window, (cursor, name)
                windows.add(engine.window or 0)
    return windows


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

"""A run that would never end, or fill the machine, ends with a clear limit."""

from __future__ import annotations

import pytest

from simulator.engine import LimitReached, simulate
from simulator.trace.events import MessageDropped
from tests.strategies import build


def test_too_many_events_are_refused() -> None:
    fails = {"duration": 0.00001, "raises": {"Busy": 1}, "autoretry_for": ["Busy"], "max_retries": None}
    scenario = build({"tasks": {"a": {**fails, "default_retry_delay": 0.001}}, "send": [{"task": "a", "at": 0}]})
    with pytest.raises(LimitReached) as caught:
        simulate(scenario, max_events=20_000)
    assert 20_000 < caught.value.events < 40_000
    assert caught.value.time > 0


def test_too_many_tasks_at_one_instant_are_refused() -> None:
    scenario = build({"send": [{"from": 0, "every": {"exponential": 1}, "task": "a", "burst": 1_000_000}]})
    with pytest.raises(LimitReached):
        simulate(scenario, max_events=20_000)


def test_a_run_without_an_end_stops_at_an_hour_and_says_so() -> None:
    trace = simulate(build({"tasks": {"a": 1}, "send": [{"task": "a", "every": 60}]}))
    assert (trace.header.stopped, trace.end) == ("cap", 3600 * 10**6)
    assert trace[-1].t < trace.end


def test_work_that_nobody_will_do_is_no_reason_to_wait() -> None:
    trace = simulate(
        build({"workers": {"w": {"queues": ["high"]}}, "send": [{"at": 1, "task": "a"}], "tasks": {"a": 1}})
    )
    assert (trace.header.stopped, trace.end) == ("done", 10**6)


@pytest.mark.parametrize("queue", [{"max_length": 1}, {"message_ttl": 0}])
def test_a_queue_that_is_its_own_dead_letter_queue_breaks_the_cycle(queue: dict[str, float]) -> None:
    trace = simulate(
        build(
            {
                "profile": "celery-rabbitmq",
                "queues": {"celery": {**queue, "dead_letter_exchange": ""}},
                "workers": {"w": {"starts_at": 2}},
                "send": [{"at": 0, "task": "a", "count": 2}],
                "tasks": {"a": 1},
            }
        ),
        max_events=1000,
    )
    assert any(isinstance(event, MessageDropped) for event in trace)


@pytest.mark.parametrize("profile", ["guide", "celery-rabbitmq"])
def test_a_task_that_puts_itself_back_at_once_for_ever_ends_at_the_limit(profile: str) -> None:
    task = {"duration": 0, "reject": "requeue", "acks_late": True}
    scenario = build({"profile": profile, "tasks": {"a": task}, "send": [{"at": 0, "task": "a"}], "until": 10})
    with pytest.raises(LimitReached):
        simulate(scenario, max_events=20_000)

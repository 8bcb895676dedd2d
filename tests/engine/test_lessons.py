"""The numbers that the lessons of this format promise."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import load_scenario, simulate
from simulator.measure import evaluate_text
from simulator.trace import Trace
from tests.strategies import build


def played(**data: Any) -> Trace:
    return simulate(build(data))


@pytest.mark.parametrize(
    ("variant", "worker", "started"),
    [(None, "worker1", 3.0), ("slow_email", "worker2", 3.0), ("celery_defaults", "worker1", 10.5)],
)
def test_three_task_order(variant: str | None, worker: str, started: float) -> None:
    trace = simulate(load_scenario("three-task-order", variant=variant))
    assert evaluate_text("worker_of(Task3)", trace) == worker
    assert evaluate_text("started_at(Task3)", trace) == started
    assert evaluate_text("worker_of(Task1)", trace) == "worker1"
    assert evaluate_text("worker_of(Task2)", trace) == "worker2"


def test_three_task_order_shows_the_guides_queue_states() -> None:
    trace = simulate(load_scenario("three-task-order"))
    assert evaluate_text('queue_after("message-queued", Task3)', trace) == ["Task1", "Task2", "Task3"]
    assert evaluate_text('queue_after("task-received", Task1)', trace) == ["Task2", "Task3"]
    assert evaluate_text('queue_after("task-received", Task2)', trace) == ["Task3"]
    assert evaluate_text('queue_after("task-received", Task3)', trace) == []
    assert [evaluate_text(f"started_at({t})", trace) for t in ("Task1", "Task2")] == [1.0, 1.0]
    assert [evaluate_text(f"finished_at({t})", trace) for t in ("Task1", "Task2", "Task3")] == [3.0, 3.0, 4.0]


def test_without_a_number_only_the_email_matters() -> None:
    late_push = played(
        profile="celery-rabbitmq",
        config={"task_acks_late": True, "worker_prefetch_multiplier": 1},
        tasks={"a": 10, "b": 2, "c": 1},
        send=[{"at": 0.5, "id": f"T{n}", "task": task} for n, task in enumerate("abc")],
    )
    assert evaluate_text("worker_of(T2)", late_push) == "worker2"
    assert evaluate_text("started_at(T2)", late_push) == 2.5


def test_empty_queue() -> None:
    assert evaluate_text("empty_polls", played(workers=2, until=10)) == 20
    arrival = {"tasks": {"work": 1}, "send": [{"at": 3.2, "id": "T", "task": "work"}]}
    polled = played(workers={"worker1": {}, "worker2": {"phase": 0.5}}, **arrival)
    assert evaluate_text("worker_of(T)", polled) == "worker2"
    assert evaluate_text("started_at(T)", polled) == 3.5
    pushed = played(profile="celery-rabbitmq", workers=2, **arrival)
    assert evaluate_text("started_at(T)", pushed) == 3.2
    assert evaluate_text("empty_polls", pushed) == 0


def test_success_and_ack() -> None:
    work = {"tasks": {"work": 2}, "send": [{"at": 0.5, "id": "T", "task": "work"}]}
    late, early = played(**work), played(config={"task_acks_late": False}, **work)
    result_first = 'order("result-stored", T, "message-acked", T)'
    ack_first = 'order("message-acked", T, "task-started", T)'
    assert evaluate_text(result_first, late) is True
    assert evaluate_text(ack_first, late) is False
    assert evaluate_text(ack_first, early) is True
    assert evaluate_text(result_first, early) is False

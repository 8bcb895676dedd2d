"""SQS: redrive policies, and how long what a worker returns stays invisible."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import simulate
from simulator.measure import evaluate_text
from simulator.trace import Trace
from simulator.trace import events as ev
from simulator.trace.time import to_micros
from tests.strategies import build

POLICY = {"delivery_limit": 2, "dead_letter_exchange": "", "dead_letter_routing_key": "poison"}
LATE = {"task_acks_late": True, "task_acks_on_failure": False, "worker_prefetch_multiplier": 1}


def play(options: dict[str, float], config: dict[str, Any] | None = None, **data: Any) -> Trace:
    base = {
        "profile": "celery-sqs",
        "workers": {"w": {}},
        "tasks": {"work": {"duration": 2, "raises": "ValueError"}},
        "send": [{"at": 0, "id": "T", "task": "work"}],
        "queues": {"celery": POLICY, "poison": {}},
        "until": 200,
    }
    config = {**LATE, "hop": 0, "shutdown_return": "ideal", "broker_transport_options": options, **(config or {})}
    return simulate(build({**base, "config": config, **data}))


def value(trace: Trace, text: str) -> object:
    return evaluate_text(text, trace)


def returned(trace: Trace) -> list[tuple[int, str]]:
    return [(e.t, e.why) for e in trace if isinstance(e, ev.MessageRequeued)]


def test_what_is_rejected_comes_again_with_its_lease_until_it_is_moved() -> None:
    trace = play({"visibility_timeout": 30})
    starts = [e.t for e in trace if isinstance(e, ev.TaskStarted)]
    assert starts == [to_micros(0), to_micros(30), to_micros(60)]
    moved = [e for e in trace if isinstance(e, ev.MessageDeadLettered)]
    assert [(e.t, e.queue, e.why) for e in moved] == [(to_micros(90), "poison", "delivery-limit")]
    assert not [e for e in trace if isinstance(e, ev.MessageDropped | ev.TaskLost)]


@pytest.mark.parametrize("queue", [{}, {"delivery_limit": 2}, {"dead_letter_exchange": ""}])
def test_without_a_whole_redrive_policy_what_is_rejected_is_deleted(queue: dict[str, Any]) -> None:
    trace = play({"visibility_timeout": 30}, queues={"celery": queue, "poison": {}})
    assert value(trace, "runs(T)") == 1
    assert [e.why for e in trace if isinstance(e, ev.MessageDropped)] == ["rejected"]


def test_deliveries_count_whatever_ends_them() -> None:
    """A worker that dies, three times over, rejects nothing; its message is moved all the same."""
    trace = play(
        {"visibility_timeout": 30},
        tasks={"work": {"duration": 2, "kills": "worker"}},
        faults=[{"at": at, "start": "w"} for at in (10, 40, 70)],
    )
    assert value(trace, "runs(T)") == 3
    assert value(trace, "queue_at(199, poison)") == 1


@pytest.mark.parametrize("wait", [0, 5, 20])
@pytest.mark.parametrize("timeout", [10, 600])
def test_what_a_worker_returns_is_invisible_for_the_wait_time_whatever_its_lease(wait: int, timeout: int) -> None:
    trace = play(
        {"visibility_timeout": timeout, "wait_time_seconds": wait},
        {"worker_prefetch_multiplier": 2},
        tasks={"work": 3},
        send=[{"at": 0, "task": "work", "count": 2}],
        workers={"w": {}, "v": {"starts_at": 4}},
        faults=[{"at": 1, "stop": "w", "how": "warm"}],
        until=60,
    )
    assert returned(trace) == [(to_micros(3 + wait), "shutdown")]


def test_a_rejected_message_to_requeue_is_invisible_for_as_long() -> None:
    trace = play({"wait_time_seconds": 5}, tasks={"work": {"duration": 2, "reject": "requeue"}}, until=10)
    assert returned(trace) == [(to_micros(7), "rejected")]
    assert value(trace, "started_at(T, 2)") == 8.0  # w's long poll has just ended; it asks again a second later


def test_an_ack_by_another_run_removes_what_is_invisible() -> None:
    """The lease of w runs out while it works; v, which got the message too, shuts down; then w is done."""
    trace = play(
        {"wait_time_seconds": 20, "visibility_timeout": 5},
        {"task_acks_on_failure": True},
        tasks={"work": 8},
        workers={"w": {}, "v": {"starts_at": 1}},
        faults=[{"at": 6, "stop": "v", "how": "cold"}],
        until=100,
    )
    assert [why for _, why in returned(trace)] == ["visibility-timeout"]
    assert value(trace, "succeeded(T)") == 1
    assert value(trace, "queue_at(99)") == 0


def test_what_comes_back_keeps_its_place() -> None:
    trace = play(
        {"wait_time_seconds": 5},
        {"worker_prefetch_multiplier": 4},
        tasks={"work": 3},
        send=[{"at": 0, "task": "work", "count": 4}],
        workers={"w": {}, "v": {"starts_at": 4}},
        faults=[{"at": 1, "stop": "w", "how": "warm"}],
        until=60,
    )
    assert [e.uuid for e in trace if isinstance(e, ev.TaskStarted)] == ["work_1", "work_2", "work_3", "work_4"]


def received(trace: Trace) -> list[float]:
    return [round(e.t / to_micros(1), 1) for e in trace if isinstance(e, ev.TaskReceived)]


def test_a_worker_whose_window_is_full_looks_again_each_second() -> None:
    """As a real one against moto: after 0, 1.1, 2.1, 3.1, 4.1 and 6.1 s, each look a little later than its second."""
    trace = play(
        {"wait_time_seconds": 3},
        {"task_acks_late": False, "hop": 0.002},
        tasks={"work": 1.3},
        send=[{"at": 0, "task": "work", "count": 6}],
    )
    assert received(trace) == [0, 1, 2, 3, 4, 6]


def test_a_solo_worker_looks_when_its_body_has_ended() -> None:
    trace = play(
        {"wait_time_seconds": 3},
        {"hop": 0.002},
        workers={"w": {"pool": "solo"}},
        tasks={"work": 1.3},
        send=[{"at": 0, "task": "work", "count": 3}],
    )
    assert received(trace) == [0, 1.3, 2.6]


def test_a_timer_of_its_http_client_wakes_the_loop_each_second() -> None:
    trace = play({"wait_time_seconds": 20}, {"shutdown_return": "real"}, faults=[{"at": 2.3, "stop": "w"}], send=[])
    assert [e.t for e in trace if isinstance(e, ev.WorkerOffline)] == [to_micros(3)]

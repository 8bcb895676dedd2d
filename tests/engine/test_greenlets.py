"""Pools of greenlets: their loop does one thing after the other."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.trace import Trace
from simulator.trace import events as ev
from tests.engine.rules.playing import play, value


def green(profile: str, config: dict[str, Any] | None = None, **data: Any) -> Trace:
    """One gevent worker with two greenlets, unless said otherwise."""
    workers = data.pop("workers", {"worker1": {"pool": "gevent", "concurrency": 2}})
    return play({"profile": profile, "workers": workers}, {"hop": 0.000001, **(config or {})}, **data)


def received(trace: Trace) -> list[float]:
    return [round(e.t / 1e6, 2) for e in trace if isinstance(e, ev.TaskReceived)]


def started(trace: Trace) -> dict[str, float]:
    return {e.uuid: round(e.t / 1e6, 2) for e in trace if isinstance(e, ev.TaskStarted)}


BUSY: dict[str, Any] = {
    "tasks": {"work": 2},
    "send": [{"at": n / 2, "id": f"T{n}", "task": "work"} for n in range(6)],
}


@pytest.mark.parametrize("profile", ["celery-redis", "celery-rabbitmq"])
def test_one_message_is_received_beyond_those_that_run_whatever_the_prefetch(profile: str) -> None:
    trace = green(profile, {"worker_prefetch_multiplier": 50}, until=1.9, **BUSY)
    assert received(trace) == [0, 0.5, 1]


def test_on_rabbitmq_each_turn_takes_a_tenth_of_a_second_more() -> None:
    assert received(green("celery-redis", **BUSY)) == [0, 0.5, 1, 2, 2.5, 4]
    assert received(green("celery-rabbitmq", **BUSY)) == [0, 0.5, 1, 2.1, 2.6, 4.1]


def test_on_redis_room_for_a_message_is_noticed_two_seconds_after_the_last_one() -> None:
    late = {"worker_prefetch_multiplier": 1, "task_acks_late": True}
    workers = {"worker1": {"pool": "gevent", "concurrency": 1}}
    send = [{"at": 0, "id": f"T{n}", "task": "work"} for n in range(3)]
    trace = green("celery-redis", late, workers=workers, tasks={"work": 0.5}, send=send)
    assert received(trace) == [0, 2, 4]
    trace = green("celery-rabbitmq", late, workers=workers, tasks={"work": 0.5}, send=send)
    assert received(trace) == [0, 0.5, 1]


@pytest.mark.parametrize("profile", ["celery-redis", "celery-rabbitmq"])
def test_a_due_eta_waits_for_a_greenlet_without_blocking_the_loop(profile: str) -> None:
    # E is due while the loop is free: T1 is received behind it, and blocks the loop.
    send = [
        {"at": 0, "id": "T0", "task": "work"},
        {"at": 0.2, "id": "E", "task": "work", "eta": 0.5},
        {"at": 1, "id": "T1", "task": "work"},
        {"at": 1.2, "id": "T2", "task": "work"},
    ]
    workers = {"worker1": {"pool": "gevent", "concurrency": 1}}
    trace = green(profile, workers=workers, tasks={"work": 2}, send=send)
    assert started(trace) == {"T0": 0, "E": 2, "T1": 4, "T2": 6}
    assert received(trace)[:3] == [0, 0.2, 1]
    assert received(trace)[3] == (4 if profile == "celery-redis" else 4.1)


def test_the_window_of_an_eta_shrinks_when_the_task_has_a_greenlet() -> None:
    # A window of one, kept full by late ACKs: beside the ETA there is room for one more until that has started.
    config = {"worker_prefetch_multiplier": 1, "task_acks_late": True}
    send = [{"at": 0, "id": "E", "task": "work", "eta": 1}, *({"at": 0.1, "task": "work"} for _ in range(3))]
    workers = {"worker1": {"pool": "gevent", "concurrency": 1}}
    trace = green("celery-rabbitmq", config, workers=workers, tasks={"work": 2}, send=send)
    assert value(trace, "started_at(E)") == 2.1
    held = peak = 0
    for event in trace:
        held += isinstance(event, ev.MessageDelivered)
        held -= isinstance(event, ev.MessageAcked)
        peak = max(peak, held)
    assert peak == 2


def test_a_body_that_computes_stops_the_whole_worker() -> None:
    trace = green(
        "celery-redis",
        workers={"worker1": {"pool": "gevent", "concurrency": 10}},
        tasks={"burn": {"duration": 6, "cpu": True, "time_limit": 1}, "io": 2},
        send=[
            {"at": 0, "id": "Slow", "task": "io"},
            {"at": 0, "id": "E", "task": "io", "eta": 3},
            {"at": 1, "id": "Burn", "task": "burn"},
            {"at": 2, "id": "Poll", "task": "io"},
        ],
        heartbeats=True,
        until=20,
    )
    assert started(trace) == {"Slow": 0, "Burn": 1, "E": 7, "Poll": 7}
    assert [value(trace, f"finished_at({uuid})") for uuid in ("Slow", "Burn")] == [7, 7]
    assert value(trace, "succeeded") == 4
    beats = [e.t / 1e6 for e in trace if isinstance(e, ev.WorkerHeartbeat)]
    assert not any(1 < t < 7 for t in beats)
    assert any(t >= 7 for t in beats)


def test_bodies_that_compute_run_one_after_the_other() -> None:
    trace = green(
        "celery-rabbitmq",
        workers={"worker1": {"pool": "eventlet", "concurrency": 10}},
        tasks={"burn": {"duration": 2, "cpu": True}},
        send=[{"at": 0, "id": f"B{n}", "task": "burn"} for n in range(3)],
    )
    assert [round(at) for at in started(trace).values()] == [0, 2, 4]
    assert value(trace, "finished_by") == pytest.approx(6, abs=0.3)


@pytest.mark.parametrize("profile", ["celery-redis", "celery-rabbitmq"])
def test_after_sigterm_what_the_stuck_loop_hands_over_still_starts(profile: str) -> None:
    faults = [{"at": 1.2, "stop": "worker1"}]
    trace = green(profile, {"shutdown_return": "real"}, faults=faults, until=9, **BUSY)
    assert started(trace) == {"T0": 0, "T1": 0.5, "T2": 2}
    assert max(round(e.t / 1e6, 2) for e in trace if isinstance(e, ev.TaskSucceeded)) == 4
    ended = [e.t for e in trace if isinstance(e, ev.WorkerOffline)]
    assert ended[0] >= 4_000_000

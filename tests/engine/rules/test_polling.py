"""Transports that are polled."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.trace import events as ev
from simulator.trace.time import to_micros
from tests.engine.rules.playing import ONE, RABBIT, REDIS, play, story, value


def test_a_backlog_on_a_polled_transport_is_drained_without_sleeping() -> None:
    trace = play(
        {"profile": "celery-filesystem", "workers": {"w": {"concurrency": 4}}},
        tasks={"work": 0.1},
        send=[{"at": 0.5, "task": "work", "count": 4}],
    )
    times = {e.t for e in trace if isinstance(e, ev.TaskReceived)}
    assert max(times) - min(times) < to_micros(0.1)


def test_a_polling_interval_on_redis_delays_nothing() -> None:
    trace = play(
        REDIS,
        {"broker_transport_options": {"polling_interval": 5}},
        tasks={"work": 1},
        send=[{"at": 1.3, "id": "T", "task": "work"}],
    )
    assert value(trace, "started_at(T)") == 1.3


def test_no_wait_on_a_polled_transport_is_longer_than_two_seconds() -> None:
    trace = play(
        {"profile": "celery-filesystem", "workers": 1},
        {"broker_transport_options": {"polling_interval": 30}},
        tasks={"work": 1},
        send=[{"at": 0.5, "id": "T", "task": "work"}],
    )
    assert float(str(value(trace, "started_at(T)"))) <= 2.5


def test_the_consumer_of_a_polled_transport_stands_still_while_all_slots_are_busy() -> None:
    trace = play(
        {"profile": "celery-filesystem", "workers": 1},
        tasks={"work": 10},
        send=[{"at": 0, "task": "work", "count": 5}],
        until=9,
    )
    assert sum(isinstance(e, ev.TaskReceived) for e in trace) == 2


@pytest.mark.parametrize("polls", ["every", "found"])
def test_a_message_wakes_who_is_idle_though_the_window_of_one_before_is_full(polls: str) -> None:
    trace = play(
        {"profile": "celery-filesystem", "workers": {"busy": {}, "idle": {}}},
        {"task_acks_late": True, "worker_prefetch_multiplier": 1},
        polls=polls,
        tasks={"work": 5},
        send=[{"at": 0.5, "id": "A", "task": "work"}, {"at": 1.5, "id": "B", "task": "work"}],
        until=20,
    )
    assert value(trace, "worker_of(A)") == "busy"
    assert value(trace, "worker_of(B)") == "idle"
    assert float(str(value(trace, "started_at(B)"))) < 3


def test_threads_do_not_block_a_loop_that_polls() -> None:
    trace = play(
        {"profile": "celery-filesystem", "workers": {"w": {"pool": "threads", "prefetch_multiplier": 3}}},
        tasks={"work": 10},
        send=[{"at": 0.5, "task": "work", "count": 6}],
        until=9,
    )
    assert sum(isinstance(e, ev.TaskReceived) for e in trace) == 4  # one runs, three are in the window


@pytest.mark.parametrize("late", [False, True])
def test_a_solo_worker_polls_again_when_a_body_has_ended(late: bool) -> None:
    trace = play(
        {"profile": "celery-filesystem", "workers": {"w": {"pool": "solo"}}},
        {"task_acks_late": late, "worker_prefetch_multiplier": 1},
        tasks={"work": 2.3},
        send=[{"at": 0.3, "id": "A", "task": "work"}, {"at": 1, "id": "B", "task": "work", "count": 2}],
    )
    assert [e.t / 1_000_000 for e in trace if isinstance(e, ev.TaskStarted)] == pytest.approx([1.0, 3.3, 5.6], abs=1e-4)


def test_what_is_ignored_does_not_store_that_it_has_begun() -> None:
    trace = play(RABBIT, {"task_track_started": True}, tasks={"work": {"duration": 1, "ignore_result": True}}, send=ONE)
    assert value(trace, "succeeded == 1")
    assert not [e for e in trace if isinstance(e, ev.ResultStored)]


@pytest.mark.parametrize(
    ("others", "transport", "runs"),
    [({"worker2": {"queues": ["b"]}}, RABBIT, 0), ({}, RABBIT, 1), ({"worker2": {"queues": ["b"]}}, REDIS, 0)],
)
def test_a_worker_that_starts_asks_the_others_what_was_revoked(
    others: dict[str, Any], transport: dict[str, Any], runs: int
) -> None:
    trace = play(
        {**transport, "workers": {"worker1": {}, **others}},
        {"broker_transport_options": {"visibility_timeout": 10}} if transport is REDIS else {},
        tasks={"long": 5, "work": 1},
        send=[{"at": 0, "task": "long"}, {"at": 0, "id": "T", "task": "work"}],
        control=[{"at": 1, "revoke": "T"}],
        faults=[{"at": 2, "kill": "worker1"}, {"at": 3, "start": "worker1"}],
    )
    assert value(trace, "runs(T)") == runs
    assert value(trace, "revoked(T)") == 1 - runs


def test_what_a_polled_transport_loses_with_the_connection_is_lost() -> None:
    trace = play(
        {"profile": "celery-filesystem", "workers": 1},
        tasks={"work": 10},
        send=[{"at": 0, "task": "work", "count": 3}],
        faults=[{"at": 2, "down": "broker", "for": 1}],
    )
    assert story(trace, "work_2")[-1] == "task-lost"
    assert [value(trace, f"state(work_{n})") for n in (1, 3)] == ["SUCCESS", "SUCCESS"]
    assert value(trace, "lost") == 1

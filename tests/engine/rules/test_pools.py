"""Pools, autoscale and remote control."""

from __future__ import annotations

import pytest

from simulator.trace import events as ev
from simulator.trace.time import to_micros
from tests.engine.rules.playing import RABBIT, REDIS, play, value


def test_solo_takes_one_at_a_time_whatever_its_concurrency() -> None:
    trace = play(
        {**REDIS, "workers": {"w": {"pool": "solo", "concurrency": 4}}},
        tasks={"work": 1},
        send=[{"at": 0, "task": "work", "count": 3}],
    )
    kinds = [e.type for e in trace if isinstance(e, ev.TaskReceived | ev.TaskStarted | ev.TaskSucceeded)]
    assert kinds == ["task-received", "task-started", "task-succeeded"] * 3


def test_a_solo_worker_has_no_heartbeat_while_it_runs_a_task() -> None:
    def beats(pool: str) -> list[float]:
        trace = play(
            {**REDIS, "workers": {"w": {"pool": pool}}},
            heartbeats=True,
            tasks={"work": 7},
            send=[{"at": 1, "id": "T", "task": "work"}],
            until=8,
        )
        return [e.t / 1e6 for e in trace if isinstance(e, ev.WorkerHeartbeat) and 1 < e.t / 1e6 < 8]

    assert beats("solo") == []
    assert len(beats("prefork")) == 3


def test_a_heartbeat_says_how_many_executions_were_accepted_and_how_many_run() -> None:
    trace = play(
        {**REDIS, "workers": {"w": {"concurrency": 2}}},
        heartbeats=True,
        tasks={"work": 3.5},
        send=[{"at": 1, "id": "A", "task": "work"}, {"at": 3, "id": "B", "task": "work"}],
        until=7,
    )
    # A runs from 1 to 4.5, B from 3 to 6.5.
    told = [(e.t // 10**6, e.active, e.processed) for e in trace if isinstance(e, ev.WorkerHeartbeat)]
    assert told == [(2, 1, 1), (4, 2, 2), (6, 1, 2)]


@pytest.mark.parametrize("setting", [{"worker_max_tasks_per_child": 1}, {"worker_max_memory_per_child": 1}])
def test_only_prefork_replaces_children(setting: dict[str, int]) -> None:
    def exits(pool: str) -> int:
        trace = play(
            {**RABBIT, "workers": {"w": {"pool": pool, "child_startup": 0}}},
            setting,
            tasks={"work": 1},
            send=[{"at": 0, "task": "work", "count": 3}],
        )
        return sum(isinstance(e, ev.ChildExited) for e in trace)

    assert exits("prefork") == 3
    assert exits("threads") == 0


def test_autoscale_grows_with_what_is_reserved_and_shrinks_after_half_a_minute() -> None:
    trace = play(
        {**REDIS, "workers": {"w": {"autoscale": [3, 1], "child_startup": 0}}},
        {"autoscale_check": "ideal"},
        tasks={"work": 1},
        send=[{"at": 0, "task": "work", "count": 9}],
        until=60,
    )
    resized = [(e.t, e.size) for e in trace if isinstance(e, ev.PoolResized)]
    assert resized == [(0, 2), (0, 3), (to_micros(30), 1)]


def test_the_window_of_an_autoscaled_worker_is_that_of_its_largest_pool() -> None:
    trace = play(
        {**REDIS, "workers": {"w": {"autoscale": [3, 1], "child_startup": 0}}},
        {"task_acks_late": True},
        tasks={"work": 10},
        send=[{"at": 0, "task": "work", "count": 30}],
        until=5,
    )
    assert sum(isinstance(e, ev.TaskReceived) for e in trace) == 3 * 4


def test_pools_grow_and_shrink_by_command() -> None:
    trace = play(
        RABBIT,
        {"worker_prefetch_multiplier": 1, "child_death": "missed"},
        tasks={"work": 12},
        send=[{"at": 0, "task": "work", "count": 2}],
        control=[{"at": 1, "pool_grow": "worker1", "n": 1}, {"at": 20, "pool_shrink": "worker1", "n": 1}],
        until=30,
    )
    assert [e.size for e in trace if isinstance(e, ev.PoolResized)] == [2, 1]
    # The parent counts one more at once, and starts it when it next looks after its children.
    assert 5.0 <= float(str(value(trace, "started_at(work_2)"))) < 5.5


def test_a_pool_can_be_shrunk_to_nothing_and_then_only_receives() -> None:
    # Live, Redis and RabbitMQ; found by tests.real.search.
    control = [{"at": 2, "pool_shrink": "worker1", "n": 5}, {"at": 20, "pool_grow": "worker1", "n": 1}]
    send = [{"at": 3, "id": "A", "task": "work"}]
    trace = play(RABBIT, {"child_death": "missed"}, tasks={"work": 1}, send=send, control=control, until=30)
    assert [e.size for e in trace if isinstance(e, ev.PoolResized)] == [0, 1]
    assert [e.t for e in trace if isinstance(e, ev.TaskReceived)] == [3_000_000]
    assert float(str(value(trace, "started_at(A)"))) >= 20


def test_without_prefetch_a_pool_shrunk_to_nothing_receives_nothing() -> None:
    control = [{"at": 2, "pool_shrink": "worker1", "n": 5}, {"at": 20, "pool_grow": "worker1", "n": 1}]
    send = [{"at": 3, "id": "A", "task": "work"}]
    trace = play(REDIS, {"worker_disable_prefetch": True}, tasks={"work": 1}, send=send, control=control, until=30)
    assert [e.t for e in trace if isinstance(e, ev.TaskReceived)] == [20_000_000]


def test_a_consumer_is_added_and_cancelled_by_command() -> None:
    trace = play(
        RABBIT,
        queues={"extra": {}},
        tasks={"work": {"duration": 1, "queue": "extra"}},
        send=[{"at": 0, "id": "A", "task": "work"}, {"at": 10, "id": "B", "task": "work"}],
        control=[
            {"at": 5, "add_consumer": "worker1", "queue": "extra"},
            {"at": 8, "cancel_consumer": "worker1", "queue": "extra"},
        ],
        until=20,
    )
    assert value(trace, "started_at(A)") == 5.0
    assert value(trace, "runs(B)") == 0

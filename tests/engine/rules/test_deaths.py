"""Workers and children that die, and what comes back."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.trace import Trace
from simulator.trace import events as ev
from simulator.trace.time import to_micros
from tests.engine.rules.playing import ONE, RABBIT, REDIS, play, value


def killed(base: dict[str, Any], late: bool) -> Trace:
    return play(
        {**base, "workers": 2},
        {"task_acks_late": late, "worker_prefetch_multiplier": 1},
        tasks={"work": 4},
        send=[{"at": 0, "id": "T", "task": "work"}],
        faults=[{"at": 1, "kill": "worker1"}],
        until=60,
    )


def test_a_killed_worker_takes_an_early_acknowledged_task_with_it_and_nothing_tells() -> None:
    trace = killed(RABBIT, late=False)
    assert (value(trace, "lost(T)"), value(trace, "failed(T)"), value(trace, "runs(T)")) == (1, 0, 1)
    assert not [e for e in trace if isinstance(e, ev.ResultStored)]
    assert not [e for e in trace if isinstance(e, ev.WorkerOffline)]


def test_a_killed_worker_gives_back_what_it_only_held() -> None:
    trace = play(
        {**RABBIT, "workers": 2},
        tasks={"work": 4},
        send=[{"at": 0, "task": "work", "count": 4}],
        faults=[{"at": 1, "kill": "worker1"}],
    )
    assert (value(trace, "lost"), value(trace, "succeeded")) == (1, 3)


def test_rabbitmq_redelivers_at_once_and_says_so() -> None:
    trace = killed(RABBIT, late=True)
    assert value(trace, "started_at(T, 2)") == 1.0
    assert [e.redelivered for e in trace if isinstance(e, ev.MessageDelivered)] == [False, True]


def test_redis_redelivers_after_the_visibility_timeout_of_the_delivery() -> None:
    trace = play(
        {**REDIS, "workers": 2},
        {"task_acks_late": True, "broker_transport_options": {"visibility_timeout": 30}},
        tasks={"work": 4},
        send=[{"at": 2, "id": "T", "task": "work"}],
        faults=[{"at": 3, "kill": "worker1"}],
        until=60,
    )
    assert value(trace, "started_at(T, 2)") == 32.0


@pytest.mark.parametrize(
    ("options", "second"),
    [({}, 100.0), ({"unacked_restore_interval": 1, "unacked_restore_throttle": 5}, 35.0)],
)
def test_the_real_sweep_looks_every_hundred_seconds_or_as_told(options: dict[str, int], second: float) -> None:
    trace = play(
        {**REDIS, "workers": 2},
        {
            "task_acks_late": True,
            "visibility_sweep": "real",
            "broker_transport_options": {"visibility_timeout": 30, **options},
        },
        tasks={"work": 4},
        send=[{"at": 0.5, "id": "T", "task": "work"}],
        faults=[{"at": 1, "kill": "worker1"}],
        until=150,
    )
    assert value(trace, "started_at(T, 2)") == second


@pytest.mark.parametrize("concurrency", [1, 2])
@pytest.mark.parametrize(("fate", "noticed"), [("missed", 5.0), ("at_once", 1.0)])
def test_a_childs_death_is_noticed_at_the_tick_or_at_once_whatever_the_concurrency(
    concurrency: int, fate: str, noticed: float
) -> None:
    trace = play(
        {**RABBIT, "workers": {"w": {"concurrency": concurrency}}},
        {"child_death": fate},
        tasks={"work": {"duration": 1, "kills": "child"}},
        send=ONE,
    )
    assert value(trace, "finished_at(T)") == noticed
    assert [e.chance for e in trace if isinstance(e, ev.ChildExited)] == [fate == "missed"]


def test_the_end_of_another_child_shows_the_parent_a_death_it_has_missed() -> None:
    trace = play(
        {**RABBIT, "workers": {"w": {"concurrency": 3}}},
        {"child_death": "missed"},
        tasks={"short": {"duration": 1, "kills": "child"}, "long": {"duration": 2, "kills": "child"}},
        send=[{"id": "A", "task": "short"}, {"id": "B", "task": "long"}],
    )
    assert [value(trace, f"finished_at({uuid})") for uuid in "AB"] == [2.02, 5.0]


def test_a_child_that_is_wanted_no_more_shows_it_too() -> None:
    trace = play(
        {**RABBIT, "workers": {"w": {"concurrency": 3}}},
        {"child_death": "missed"},
        tasks={"work": {"duration": 1, "kills": "child"}},
        send=ONE,
        control=[{"at": 3, "pool_shrink": "w"}],
    )
    assert value(trace, "finished_at(T)") == 3.0


@pytest.mark.parametrize(("limit", "exception", "failed"), [(2, "TimeLimitExceeded(2)", 2.0), (9, "WorkerLost", 5.0)])
def test_the_hard_limit_of_a_task_fires_although_its_child_is_dead(limit: int, exception: str, failed: float) -> None:
    trace = play(
        RABBIT,
        {"child_death": "missed"},
        tasks={"work": {"duration": 0.5, "time_limit": limit, "kills": "child"}, "more": 0.1},
        send=[{"at": 0, "id": "T", "task": "work"}, {"at": 1, "id": "U", "task": "more"}],
        until=8,
    )
    [event] = [e for e in trace if isinstance(e, ev.TaskFailed)]
    assert event.exception.startswith(exception)
    assert value(trace, "finished_at(T)") == failed
    assert float(str(value(trace, "started_at(U)"))) >= 5


@pytest.mark.parametrize(("fate", "received"), [("missed", 1.1), ("at_once", 1.05)])
def test_ending_a_child_at_its_time_limit_blocks_the_parent(fate: str, received: float) -> None:
    trace = play(
        {**REDIS, "workers": {"w": {"concurrency": 2}}},
        {"child_death": fate},
        tasks={"work": {"duration": 3, "time_limit": 1}},
        send=[{"at": 0, "task": "work"}, {"at": 1.05, "id": "B", "task": "work"}],
    )
    assert [e.t for e in trace if isinstance(e, ev.TaskReceived) and e.uuid == "B"] == [to_micros(received)]


def test_whether_a_death_is_missed_may_be_drawn_for_each() -> None:
    trace = play(
        {**RABBIT, "workers": {"w": {"concurrency": 1, "child_startup": 0}}},
        {"child_death": "drawn", "task_acks_late": True, "task_reject_on_worker_lost": True},
        tasks={"work": {"duration": 1, "kills": "child"}},
        send=ONE,
        until=3600,
    )
    died = [e.t for e in trace if isinstance(e, ev.ChildExited)]
    noticed = [e.t for e in trace if isinstance(e, ev.ChildStarted)]
    waits = [b - a for a, b in zip(died, noticed, strict=False)]
    assert 0.3 < waits.count(20_000) / len(waits) < 0.46
    assert 0 < max(waits) <= 5_000_000


def test_the_parents_timer_counts_anew_from_when_it_has_replaced_the_dead() -> None:
    trace = play(
        {**RABBIT, "workers": {"w": {"concurrency": 3, "child_startup": 0.5}}},
        {"child_death": "missed"},
        tasks={"work": {"duration": 1, "kills": "child"}},
        send=[{"at": at, "task": "work"} for at in (0, 2, 2.5, 7)],
    )
    # A death shows those before it; the timer finds the last one and counts anew.
    assert [e.t for e in trace if isinstance(e, ev.ChildStarted)] == [3_520_000, 4_020_000, 5_500_000, 10_600_000]


def test_with_broker_channel_error_retry_the_worker_connects_anew_and_runs_it_again() -> None:
    trace = play(
        {**RABBIT, "workers": {"w": {}}},
        {
            "task_acks_late": True,
            "consumer_timeout": 10,
            "channel_tick_interval": 1,
            "broker_channel_error_retry": True,
            "startup_drain": "ideal",
        },
        tasks={"work": 15},
        send=ONE,
        until=40,
    )
    connection = [(e.t, e.value) for e in trace if isinstance(e, ev.SettingChanged) and e.setting == "connection"]
    assert connection[:2] == [(to_micros(11), "lost"), (to_micros(12), "restored")]
    returned = next(e for e in trace if isinstance(e, ev.MessageRequeued))
    assert (returned.t, returned.why) == (to_micros(11), "consumer-timeout")
    assert not [e for e in trace if isinstance(e, ev.WorkerOffline)]
    assert value(trace, "started_at(T, 2)") == 15.0  # when its first run, which cannot be acknowledged, has ended


def test_consumer_timeout_closes_the_channel_and_ends_the_worker() -> None:
    trace = play(
        {**RABBIT, "workers": 2},
        {"task_acks_late": True, "consumer_timeout": 10, "channel_tick_interval": 1},
        tasks={"work": 15},
        send=ONE,
        until=40,
    )
    assert value(trace, "runs(T)") == 2
    assert [e.why for e in trace if isinstance(e, ev.MessageRequeued)] == ["consumer-timeout"] * 2

"""Rules of Celery 5.7, one small test each, named after the rule. The page scenarios/SIMULATED.md names them all."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import simulate
from simulator.measure import evaluate_text
from simulator.trace import Trace
from simulator.trace import events as ev
from simulator.trace.time import to_micros
from tests.strategies import build

RABBIT: dict[str, Any] = {"profile": "celery-rabbitmq", "workers": 1}
REDIS: dict[str, Any] = {"profile": "celery-redis", "workers": 1}
IDEAL = {"child_death": "at_once", "shutdown_return": "ideal", "visibility_sweep": "ideal", "hop": 0}


def play(base: dict[str, Any], /, config: dict[str, Any] | None = None, **data: Any) -> Trace:
    return simulate(build({**base, "config": {**IDEAL, **(config or {})}, **data}))


def story(trace: Trace, uuid: str, *kinds: str) -> list[str]:
    """The types of a task's events, of some kinds."""
    return [e.type for e in trace if getattr(e, "uuid", None) == uuid and (not kinds or e.type.startswith(kinds))]


def starts(trace: Trace) -> list[str]:
    return [e.uuid for e in trace if isinstance(e, ev.TaskStarted)]


def value(trace: Trace, text: str) -> object:
    return evaluate_text(text, trace)


ONE = [{"at": 0, "id": "T", "task": "work"}]
SETTLED = ("message-acked", "message-requeued", "message-dropped", "message-dead", "task-")


def settling(**task: Any) -> list[str]:
    """The events of one task whose delivery is acknowledged late, from its start on."""
    trace = play(RABBIT, {"task_acks_late": True}, until=20, tasks={"work": task}, send=ONE)
    events = story(trace, "T", *SETTLED)
    return events[events.index("task-started") + 1 :]


# -- when it is acknowledged ------------------------------------------------------------------------------------


def test_an_early_ack_comes_before_the_start() -> None:
    trace = play(RABBIT, tasks={"work": 1}, send=ONE)
    assert story(trace, "T", "message-acked", "task-st", "task-succ") == [
        "message-acked",
        "task-started",
        "task-succeeded",
    ]


def test_a_late_ack_comes_before_the_event_of_success() -> None:
    assert settling(duration=1) == ["message-acked", "task-succeeded"]


def test_a_failure_is_acknowledged_too() -> None:
    assert settling(duration=1, raises="ValueError") == ["message-acked", "task-failed"]


def test_a_failure_without_acks_on_failure_is_rejected_and_not_put_back() -> None:
    events = settling(duration=1, raises="ValueError", acks_on_failure=False)
    assert "task-rejected" in events
    assert not {"message-acked", "message-requeued"} & set(events)


def test_a_hard_time_limit_is_acknowledged() -> None:
    assert sorted(settling(duration=5, time_limit=1)) == ["message-acked", "task-failed"]


def test_a_hard_time_limit_without_acks_on_timeout_puts_it_back() -> None:
    trace = play(
        RABBIT,
        {"task_acks_late": True},
        until=4,
        tasks={"work": {"duration": 5, "time_limit": 1, "acks_on_timeout": False}},
        send=ONE,
    )
    assert "message-requeued" in story(trace, "T")
    assert len(starts(trace)) > 1


def test_the_old_setting_speaks_for_both_of_the_new_ones() -> None:
    events = settling(duration=1, raises="ValueError", acks_on_failure_or_timeout=False)
    assert events == ["message-dropped", "task-rejected", "task-failed"]


def test_a_dead_child_fails_its_task_and_acknowledges_it() -> None:
    assert settling(duration=1, kills="child") == ["message-acked", "task-failed"]


def test_a_dead_child_with_reject_on_worker_lost_puts_it_back_without_a_failure() -> None:
    trace = play(
        RABBIT,
        {"task_acks_late": True},
        tasks={"work": {"duration": 2, "reject_on_worker_lost": True}},
        send=ONE,
        faults=[{"at": 1, "kill_child": "worker1"}],
    )
    assert "task-failed" not in story(trace, "T")
    assert (value(trace, "runs(T)"), value(trace, "state(T)")) == (2, "SUCCESS")


def test_a_dead_child_of_an_early_ack_fails_its_task() -> None:
    trace = play(RABBIT, tasks={"work": {"duration": 1, "kills": "child"}}, send=ONE)
    assert (value(trace, "state(T)"), value(trace, "runs(T)")) == ("FAILURE", 1)


def test_a_retry_acknowledges_before_it_reports() -> None:
    events = settling(duration=1, raises=["ValueError"], autoretry_for=["ValueError"], default_retry_delay=1)
    assert events.index("message-acked") < events.index("task-retried")


def test_ignore_is_acknowledged_and_celery_says_nothing() -> None:
    # task-ignored is an event of ours: without it nobody could tell that the execution is over.
    assert settling(duration=1, ignore=True) == ["message-acked", "task-ignored"]


def test_reject_to_discard_is_a_rejection_and_a_failure() -> None:
    events = settling(duration=1, reject="discard")
    assert "task-rejected" in events
    assert "task-failed" in events
    assert "message-acked" not in events


def test_reject_to_requeue_comes_again() -> None:
    trace = play(
        RABBIT, {"task_acks_late": True}, until=5.5, tasks={"work": {"duration": 1, "reject": "requeue"}}, send=ONE
    )
    assert len(starts(trace)) == 6


def test_a_rejected_message_goes_to_the_back_on_redis_and_to_its_place_on_rabbitmq() -> None:
    def order(base: dict[str, Any]) -> list[str]:
        trace = play(
            base,
            {"task_acks_late": True, "worker_prefetch_multiplier": 1},
            tasks={"bad": {"duration": 2, "reject_on_worker_lost": True}, "good": 1},
            send=[{"at": 0, "id": "B", "task": "bad"}, {"at": 0, "id": "G", "task": "good"}],
            faults=[{"at": 1, "kill_child": "worker1"}],
        )
        return starts(trace)

    assert order(REDIS) == ["B", "G", "B"]
    assert order(RABBIT) == ["B", "B", "G"]


# -- who dies, and what comes back ------------------------------------------------------------------------------


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


# -- shutting down ----------------------------------------------------------------------------------------------


def stopped(base: dict[str, Any], how: str, **config: Any) -> Trace:
    return play(
        base,
        config,
        tasks={"work": 5},
        send=[{"at": 0, "id": name, "task": "work"} for name in "ABC"],
        faults=[{"at": 1, "stop": "worker1", "how": how}],
        until=30,
    )


def test_a_warm_shutdown_ends_what_runs_and_then_gives_back() -> None:
    trace = stopped(RABBIT, "warm")
    assert (value(trace, "state(A)"), starts(trace)) == ("SUCCESS", ["A"])
    assert [(e.uuid, e.t) for e in trace if isinstance(e, ev.MessageRequeued)] == [
        ("B", to_micros(5)),
        ("C", to_micros(5)),
    ]


NOTICED = 30_000
"""Microseconds between a shutdown that is noticed and the first look for results."""


def offline(trace: Trace) -> float:
    return next(e.t for e in trace if isinstance(e, ev.WorkerOffline)) / 1e6


@pytest.mark.parametrize(
    ("base", "at", "send", "noticed"),
    [
        (RABBIT, 0.5, [], 2.0),  # the heartbeat
        (REDIS, 0.5, [], 1.0),  # a timer of the transport
        (RABBIT, 0.5, [1.2], 1.2),  # a message
        (RABBIT, 0.5, [0.2], 1.2),  # a result
    ],
)
def test_sigterm_is_noticed_when_the_loop_wakes(
    base: dict[str, Any], at: float, send: list[float], noticed: float
) -> None:
    trace = play(
        base,
        {"shutdown_return": "real"},
        tasks={"work": 1},
        send=[{"at": t, "task": "work"} for t in send] or [{"at": 9, "task": "work"}],
        faults=[{"at": at, "stop": "worker1"}],
        until=10,
    )
    assert offline(trace) == noticed


def test_the_message_that_wakes_a_worker_to_its_end_is_received_and_not_run() -> None:
    trace = play(
        RABBIT,
        {"shutdown_return": "real"},
        tasks={"work": 1},
        send=[{"at": 1.2, "id": "A", "task": "work"}],
        faults=[{"at": 0.5, "stop": "worker1"}],
        until=10,
    )
    assert [e.type for e in trace if e.type in ("task-received", "task-started")] == ["task-received"]
    # Nothing runs: it goes back when the children have left.
    assert [e.t for e in trace if isinstance(e, ev.MessageRequeued)] == [1_200_000 + NOTICED + 1_500_000]


def test_a_worker_that_shuts_down_reads_results_in_turn_and_sleeps_where_there_is_none() -> None:
    trace = play(
        {**RABBIT, "workers": {"worker1": {"concurrency": 2}}},
        {"shutdown_return": "real"},
        tasks={"short": 2.5, "long": 4},
        send=[{"id": "A", "task": "short"}, {"id": "B", "task": "long"}],
        faults=[{"at": 1, "stop": "worker1"}],
    )
    # Noticed at 2 s. Slot 1 is asked at 2.03, 3.03 s, slot 2 at 2.53 s, then every half second.
    assert [e.t for e in trace if isinstance(e, ev.TaskSucceeded)] == [3_000_000 + NOTICED, 4_000_000 + NOTICED]


def test_a_real_warm_shutdown_gives_back_later_than_the_last_end() -> None:
    trace = stopped(RABBIT, "warm", shutdown_return="real")
    # Noticed at 2 s, read at 5.03 s.
    assert {e.t for e in trace if isinstance(e, ev.MessageRequeued)} == {5_000_000 + NOTICED + 1_500_000}


@pytest.mark.parametrize("pool", ["threads", "solo"])
def test_without_children_there_is_nothing_to_wait_for_after_the_last_end(pool: str) -> None:
    trace = stopped({**REDIS, "workers": {"worker1": {"pool": pool}}}, "warm", shutdown_return="real")
    ended = {"threads": 5.0, "solo": 5.0}[pool]
    assert offline(trace) <= ended
    assert {e.t for e in trace if isinstance(e, ev.MessageRequeued)} <= {to_micros(ended)}


def test_a_cold_shutdown_ends_a_warm_one() -> None:
    trace = play(
        RABBIT,
        {"shutdown_return": "real", "task_acks_late": True},
        tasks={"work": 9},
        send=ONE,
        faults=[{"at": 1, "stop": "worker1"}, {"at": 4, "stop": "worker1", "how": "cold"}],
        until=20,
    )
    assert [e.t for e in trace if isinstance(e, ev.MessageRequeued)] == [5_000_000]
    assert not any(isinstance(e, ev.TaskSucceeded) for e in trace)


def test_redis_gives_back_in_reverse_and_rabbitmq_in_order() -> None:
    def queue(base: dict[str, Any]) -> object:
        trace = stopped(base, "warm")
        later = play(
            base,
            {},
            tasks={"work": 5},
            send=[{"at": 0, "id": name, "task": "work"} for name in "ABC"],
            faults=[{"at": 1, "stop": "worker1", "how": "warm"}, {"at": 20, "start": "worker1"}],
            until=60,
        )
        assert starts(trace) == ["A"]
        return starts(later)

    assert queue(RABBIT) == ["A", "B", "C"]
    assert queue(REDIS) == ["A", "C", "B"]


def test_a_cold_shutdown_loses_what_was_acknowledged_early_and_returns_what_was_not() -> None:
    assert value(stopped(RABBIT, "cold"), "lost(A)") == 1
    assert value(stopped(RABBIT, "cold", task_acks_late=True), "lost") == 0


def test_a_parent_sleeps_through_a_soft_shutdown_and_tells_what_ended_meanwhile_when_it_wakes() -> None:
    trace = play(
        {**RABBIT, "workers": {"w": {"concurrency": 2}}},
        {"task_acks_late": True, "worker_soft_shutdown_timeout": 4},
        tasks={"work": 2, "long": 30},
        send=[{"at": 0, "id": "A", "task": "work"}, {"at": 0, "id": "L", "task": "long"}, {"at": 0, "task": "work"}],
        faults=[{"at": 1, "stop": "w", "how": "soft"}],
    )
    told = {e.type: e.t for e in trace if getattr(e, "uuid", "") == "A"}
    assert (told["result-stored"], told["task-succeeded"], told["message-acked"]) == (2_000_000, 5_000_000, 5_000_000)
    assert not [e for e in trace if isinstance(e, ev.TaskStarted) and e.t > 0], "its free slot is given nothing"
    assert value(trace, "state(L)") != "SUCCESS"


def test_a_soft_shutdown_waits_so_long_and_then_is_cold() -> None:
    assert value(stopped(RABBIT, "soft", worker_soft_shutdown_timeout=10), "state(A)") == "SUCCESS"
    assert value(stopped(RABBIT, "soft", worker_soft_shutdown_timeout=2), "state(A)") != "SUCCESS"


# -- windows ----------------------------------------------------------------------------------------------------


def reserved(late: bool, **config: Any) -> int:
    """Number of messages, out of 30, that a worker with two slots takes while its first tasks run."""
    trace = play(
        {**REDIS, "workers": {"w": {"concurrency": 2}}},
        {"task_acks_late": late, **config},
        tasks={"work": 10},
        send=[{"at": 0, "task": "work", "count": 30}],
        until=5,
    )
    return sum(isinstance(e, ev.TaskReceived) for e in trace)


def test_with_an_early_ack_a_worker_owns_what_runs_and_a_whole_window() -> None:
    assert reserved(late=False) == 2 + 4 * 2


def test_with_a_late_ack_what_runs_is_in_the_window() -> None:
    assert reserved(late=True) == 4 * 2


def test_a_multiplier_of_one_with_an_early_ack_still_reserves_one_for_each_slot() -> None:
    assert reserved(late=False, worker_prefetch_multiplier=1) == 4


def test_a_multiplier_of_zero_swallows_the_queue() -> None:
    assert reserved(late=False, worker_prefetch_multiplier=0) == 30


def test_without_prefetch_only_free_slots_are_filled() -> None:
    assert reserved(late=False, worker_disable_prefetch=True) == 2


def test_each_scheduled_task_widens_the_window_unless_there_is_a_limit() -> None:
    def held(**config: Any) -> int:
        trace = play(
            REDIS,
            config,
            tasks={"work": 1},
            send=[{"at": 0, "task": "work", "count": 20, "countdown": 50}],
            until=10,
        )
        return sum(isinstance(e, ev.TaskScheduled) for e in trace)

    assert held() == 20
    assert held(worker_eta_task_limit=5) == 5


# -- time limits ------------------------------------------------------------------------------------------------


def test_a_soft_limit_is_an_exception_that_a_body_may_catch() -> None:
    def ends(catches: bool) -> object:
        trace = play(
            RABBIT,
            tasks={"work": {"duration": 9, "soft_time_limit": 2, "catches_soft_limit": catches}},
            send=ONE,
        )
        return value(trace, "state(T)"), value(trace, "finished_at(T)")

    assert ends(catches=False) == ("FAILURE", 2.0)
    assert ends(catches=True) == ("SUCCESS", 2.0)


def test_a_hard_limit_kills_the_child_and_tells_one_failure() -> None:
    trace = play(RABBIT, tasks={"work": {"duration": 9, "time_limit": 2}}, send=ONE)
    assert story(trace, "T", "task-failed") == ["task-failed"]
    assert [e.t for e in trace if isinstance(e, ev.ChildExited)] == [to_micros(2)]


@pytest.mark.parametrize(("pool", "end"), [("threads", 9.0), ("solo", 9.0), ("gevent", 2.0), ("prefork", 2.0)])
def test_threads_and_solo_know_no_time_limits(pool: str, end: float) -> None:
    trace = play(
        {**RABBIT, "workers": {"w": {"pool": pool}}}, tasks={"work": {"duration": 9, "time_limit": 2}}, send=ONE
    )
    assert value(trace, "finished_at(T)") == end


# -- rate limits ------------------------------------------------------------------------------------------------


def test_a_rate_limit_spaces_the_starts_of_each_worker() -> None:
    trace = play(
        {**RABBIT, "workers": {"w": {"concurrency": 8}}},
        tasks={"work": {"duration": 0.1, "rate_limit": "2/s"}},
        send=[{"at": 0, "task": "work", "count": 4}],
    )
    assert [e.t for e in trace if isinstance(e, ev.TaskStarted)] == [to_micros(t) for t in (0, 0.5, 1.0, 1.5)]


def test_throttled_tasks_fill_the_window() -> None:
    trace = play(
        {**RABBIT, "workers": {"w": {"concurrency": 1, "prefetch_multiplier": 2}}},
        tasks={"work": {"duration": 0, "rate_limit": "1/s"}, "other": 0},
        send=[{"at": 0, "task": "work", "count": 4}, {"at": 0, "id": "Other", "task": "other"}],
    )
    assert float(str(value(trace, "started_at(Other)"))) >= 1.0


def test_rate_limits_can_be_switched_off() -> None:
    trace = play(
        RABBIT,
        {"worker_disable_rate_limits": True},
        tasks={"work": {"duration": 0, "rate_limit": "1/m"}},
        send=[{"at": 0, "task": "work", "count": 3}],
    )
    assert value(trace, "finished_by") == 0


# -- expiry and revoking ----------------------------------------------------------------------------------------


def test_redis_keeps_what_has_expired_and_the_worker_revokes_it_without_receiving_it() -> None:
    trace = play(
        {**REDIS, "workers": {"w": {"starts_at": 5}}},
        tasks={"work": 1},
        send=[{"at": 0, "id": "T", "task": "work", "expires": 2}],
    )
    assert story(trace, "T", "task-r") == ["task-revoked"]
    assert value(trace, "state(T)") == "REVOKED"


def test_rabbitmq_drops_what_has_expired_and_nobody_is_told() -> None:
    trace = play(
        {**RABBIT, "workers": {"w": {"starts_at": 5}}},
        tasks={"work": 1},
        send=[{"at": 0, "id": "T", "task": "work", "expires": 2}],
    )
    assert story(trace, "T", "task-r") == []
    assert value(trace, "dropped(T)") == 1


def test_a_revoked_task_is_dropped_when_it_would_start() -> None:
    trace = play(
        RABBIT,
        tasks={"work": 2},
        send=[{"at": 0, "id": "A", "task": "work"}, {"at": 0, "id": "B", "task": "work"}],
        control=[{"at": 1, "revoke": "B"}],
    )
    assert (starts(trace), value(trace, "state(B)")) == (["A"], "REVOKED")
    assert next(e.t for e in trace if isinstance(e, ev.TaskRevoked)) == to_micros(2)


def test_only_terminate_ends_what_runs() -> None:
    def ends(**options: Any) -> object:
        trace = play(RABBIT, tasks={"work": 9}, send=ONE, control=[{"at": 1, "revoke": "T", **options}])
        return value(trace, "state(T)")

    assert ends() == "SUCCESS"
    assert ends(terminate=True) == "REVOKED"


# -- dead letters -----------------------------------------------------------------------------------------------

DEAD = {"celery": {"dead_letter_exchange": "", "dead_letter_routing_key": "dead"}, "dead": {}}


def test_rabbitmq_moves_to_the_dead_letter_queue_what_is_rejected() -> None:
    task = {"duration": 1, "raises": "ValueError", "acks_on_failure": False, "acks_late": True}
    trace = play(RABBIT, queues=DEAD, tasks={"work": task}, send=ONE, until=5)
    assert value(trace, "queue_at(4, dead)") == 1


@pytest.mark.parametrize(
    ("limit", "send"),
    [({"message_ttl": 1}, {"count": 1}), ({"max_length": 1}, {"count": 2})],
)
def test_rabbitmq_moves_there_what_grows_old_or_overflows(limit: dict[str, int], send: dict[str, int]) -> None:
    queues = {"celery": {**DEAD["celery"], **limit}, "dead": {}}
    trace = play(
        {**RABBIT, "workers": 0}, queues=queues, tasks={"work": 1}, send=[{"at": 0, "task": "work", **send}], until=5
    )
    assert value(trace, "queue_at(4, dead)") == 1


@pytest.mark.parametrize("limit", [0, 1, 3])
def test_a_delivery_limit_counts_returns_so_there_is_one_run_more(limit: int) -> None:
    queues = {"celery": {**DEAD["celery"], "delivery_limit": limit}, "dead": {}}
    task = {"duration": 1, "reject": "requeue"}
    trace = play(RABBIT, {"task_acks_late": True}, queues=queues, tasks={"work": task}, send=ONE, until=20)
    assert (value(trace, "runs(T)"), value(trace, "dead_lettered(T)")) == (limit + 1, 1)


# -- pools ------------------------------------------------------------------------------------------------------


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


# -- autoscale and remote control -------------------------------------------------------------------------------


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


# -- results ----------------------------------------------------------------------------------------------------


def test_the_state_started_is_stored_only_where_it_is_tracked() -> None:
    def stored(track: bool) -> list[str]:
        trace = play(RABBIT, {"task_track_started": track}, tasks={"work": 1}, send=ONE)
        return [e.state for e in trace if isinstance(e, ev.ResultStored)]

    assert stored(track=True) == ["STARTED", "SUCCESS"]
    assert stored(track=False) == ["SUCCESS"]


def test_an_ignored_result_is_not_stored() -> None:
    trace = play(RABBIT, {"task_ignore_result": True}, tasks={"work": 1}, send=ONE)
    assert not [e for e in trace if isinstance(e, ev.ResultStored)]
    assert value(trace, "succeeded") == 1


def test_a_result_is_stored_before_the_worker_tells_of_success() -> None:
    trace = play(RABBIT, tasks={"work": 1}, send=ONE)
    assert value(trace, 'order("result-stored", T, "task-succeeded", T)') is True


def test_an_unregistered_task_fails_without_being_received() -> None:
    trace = play(RABBIT, tasks={"other": 1}, send=ONE)
    assert story(trace, "T", "task-r", "task-f") == ["task-failed"]


# -- polling ----------------------------------------------------------------------------------------------------


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

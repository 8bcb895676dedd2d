"""Rules of Celery 5.7: shutting down, time limits and rate limits. The others are in `rules`."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.scenario import ScenarioError
from simulator.trace import Trace
from simulator.trace import events as ev
from simulator.trace.time import as_seconds, to_micros
from tests.engine.rules.playing import ONE, RABBIT, REDIS, play, starts, story, value

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


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_an_eta_wakes_a_worker_to_its_end_and_does_not_start(pool: str) -> None:
    trace = play(
        {**RABBIT, "workers": {"worker1": {"pool": pool}}},
        {"shutdown_return": "real"},
        tasks={"work": 1},
        send=[{"at": 0, "id": "A", "task": "work", "countdown": 1.3}],
        faults=[{"at": 0.5, "stop": "worker1"}],
        until=10,
    )
    assert offline(trace) == 1.3
    assert not starts(trace)


@pytest.mark.parametrize(("base", "returned"), [(REDIS, 1.5), (RABBIT, 1.0)])
def test_threads_on_redis_return_what_they_hold_when_their_last_request_has_ended(
    base: dict[str, Any], returned: float
) -> None:
    trace = play(
        {**base, "workers": {"worker1": {"pool": "threads"}, "other": {"queues": ["elsewhere"]}}},
        {"shutdown_return": "real"},
        tasks={"work": 1},
        send=[{"at": 0.5, "id": "A", "task": "work", "countdown": 9}],
        faults=[{"at": 1, "stop": "worker1", "how": "cold"}],
        until=5,
    )
    assert offline(trace) == 1.0
    [back] = [as_seconds(e.t) for e in trace if isinstance(e, ev.MessageRequeued)]
    assert back == pytest.approx(returned, abs=1e-4)


def test_a_token_of_a_rate_limit_wakes_it_too() -> None:
    trace = play(
        {**RABBIT, "workers": {"worker1": {"pool": "threads"}}},
        {"shutdown_return": "real", "rate_limit_timers": "real"},
        tasks={"work": {"duration": 0.1, "rate_limit": "1/s"}},
        send=[{"at": 0, "id": name, "task": "work"} for name in "AB"],
        faults=[{"at": 0.5, "stop": "worker1"}],
        until=10,
    )
    assert (offline(trace), starts(trace)) == (1.0, ["A"])


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


def test_a_thread_cannot_be_ended_so_a_cold_shutdown_waits_for_what_runs() -> None:
    # Live, Redis and RabbitMQ: NotImplementedError in the handler of SIGQUIT, then as after SIGTERM.
    base = {**REDIS, "workers": {"w": {"pool": "threads"}}}
    trace = play(
        base,
        {"task_acks_late": True},
        tasks={"work": 5},
        send=[{"at": 0, "id": name, "task": "work"} for name in "AB"],
        faults=[{"at": 1, "stop": "w", "how": "cold"}],
        until=30,
    )
    assert (offline(trace), value(trace, "state(A)")) == (1.0, "SUCCESS")
    assert [(e.uuid, e.t) for e in trace if isinstance(e, ev.MessageRequeued)] == [("B", 5_000_000)]


@pytest.mark.parametrize("base", [REDIS, RABBIT])
@pytest.mark.parametrize(("pool", "lost"), [("solo", 0), ("threads", 1)])
def test_a_solo_worker_sends_an_early_ack_when_the_body_has_ended(base: dict[str, Any], pool: str, lost: int) -> None:
    # Live: killed 1.8 s into its body, the message was unacknowledged on both brokers; with threads it was gone.
    trace = play(
        {**base, "workers": {"w": {"pool": pool}}},
        {"task_acks_late": False},
        tasks={"work": 5},
        send=ONE,
        faults=[{"at": 2, "kill": "w"}],
        until=30,
    )
    assert value(trace, "lost") == lost
    whole = play({**base, "workers": {"w": {"pool": pool}}}, {}, tasks={"work": 5}, send=ONE, until=30)
    assert [e.t for e in whole if isinstance(e, ev.MessageAcked)] == [0 if lost else 5_000_000]


@pytest.mark.parametrize(("pool", "seconds"), [("prefork", 1.5), ("threads", 0.0)])
@pytest.mark.parametrize("how", ["cold", "soft"])
def test_an_idle_prefork_worker_takes_a_second_and_a_half_to_end_at_once(how: str, pool: str, seconds: float) -> None:
    # Live: 20 of 24 idle workers, with or without an ETA in hand; the others after 1 s.
    trace = play(
        {**REDIS, "workers": {"w": {"pool": pool}}},
        {"shutdown_return": "real", "worker_soft_shutdown_timeout": 9},
        tasks={"work": 1},
        send=[{"at": 0, "task": "work", "countdown": 30}],
        faults=[{"at": 3, "stop": "w", "how": how}],
        until=20,
    )
    assert offline(trace) == 3 + seconds
    assert [e.t for e in trace if isinstance(e, ev.MessageRequeued)] == [to_micros(3 + seconds)]


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


@pytest.mark.parametrize("where", ["task", "annotation", "config", "both"])
def test_a_task_whose_soft_limit_is_longer_cannot_be_sent(where: str) -> None:
    # Celery 5.5, in apply_async: a task has the limits of the configuration unless it has its own.
    limits, defaults = {"soft_time_limit": 3, "time_limit": 2}, {"task_soft_time_limit": 3, "task_time_limit": 2}
    of_task = {"task": limits, "both": {"time_limit": 2}}.get(where, {})
    configs: dict[str, dict[str, Any]] = {
        "annotation": {"task_annotations": {"work": limits}},
        "config": defaults,
        "both": {"task_soft_time_limit": 3},
    }
    config = configs.get(where, {})
    with pytest.raises(ScenarioError) as error:
        play(RABBIT, config, tasks={"work": {"duration": 9, **of_task}}, send=ONE)
    assert [problem.code for problem in error.value.problems] == ["task.soft_above_hard"]
    older = play(RABBIT, config, celery_version="5.3", tasks={"work": {"duration": 9, **of_task}}, send=ONE)
    assert value(older, "finished_at(T)") == 2.0


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


def test_a_time_limit_set_by_remote_control_counts_from_the_next_connection_on() -> None:
    # Live, Redis and RabbitMQ: 4 of 4 tasks sent after the command ran past the limit.
    def ended(*faults: dict[str, Any]) -> object:
        control = [{"at": 1, "time_limit": "work", "hard": 2}]
        send = [{"at": 20, "id": "T", "task": "work"}]
        trace = play(RABBIT, tasks={"work": 5}, send=send, control=control, faults=list(faults), until=40)
        return value(trace, "state(T)")

    assert ended() == "SUCCESS"
    assert ended({"at": 3, "disconnect": "worker1"}) == "FAILURE"
    assert ended({"at": 3, "kill": "worker1"}, {"at": 4, "start": "worker1"}) == "SUCCESS"


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

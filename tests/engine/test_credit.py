"""Credit of RabbitMQ's consumers: its distribution, and the moment at which a worker's loop reports a new window."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pytest

from simulator.trace import Trace
from simulator.trace import events as ev
from tests.engine.rules.playing import RABBIT, REDIS, play, value

TWO_QUEUES = {
    "tasks": {"to_a": {"duration": 0.1, "queue": "a"}, "to_b": {"duration": 0.1, "queue": "b"}},
    "workers": {"worker1": {"queues": ["b", "a"], "starts_at": 1}},
    "send": [{"at": 0, "task": "to_a", "count": 100}, {"at": 0, "task": "to_b", "count": 100}],
}


def backlog(seed: int = 1, **data: Any) -> Trace:
    """One worker with a hundred messages in each of two queues."""
    return play(RABBIT, **{**TWO_QUEUES, "seed": seed, **data})


def deliveries(trace: Trace) -> list[ev.MessageDelivered]:
    return [e for e in trace if isinstance(e, ev.MessageDelivered)]


# -- several queues ---------------------------------------------------------------------------------------------


def test_the_first_queue_fills_the_window_and_each_later_credit_goes_to_either() -> None:
    found = deliveries(backlog())
    queues = [e.queue for e in found]
    assert queues[:4] == ["b"] * 4
    assert not any(e.chance for e in found[:4])
    both = min(max(n for n, name in enumerate(queues) if name == one) for one in "ab")
    assert all(e.chance for e in found[4 : both + 1])
    assert not any(e.chance for e in found[both + 1 :])
    runs = [len(list(group)) for _, group in groupby(queues[4:both])]
    assert max(runs) < 20 < len(runs)


def test_a_backlog_in_two_queues_is_worked_off_together() -> None:
    # One after the other, the means would be ten seconds apart.
    for seed in (1, 2, 3):
        trace = backlog(seed)
        apart = abs(float(str(value(trace, "mean(wait, a)"))) - float(str(value(trace, "mean(wait, b)"))))
        assert apart < 5, seed
        assert value(trace, "succeeded") == 200


def test_which_queue_is_next_depends_on_the_seed_alone() -> None:
    assert [e.queue for e in deliveries(backlog(3))] == [e.queue for e in deliveries(backlog(3))]
    assert [e.queue for e in deliveries(backlog(3))] != [e.queue for e in deliveries(backlog(4))]


def test_with_one_queue_nothing_is_left_to_chance() -> None:
    trace = backlog(tasks={"to_a": 0.1, "to_b": 0.1}, workers={"worker1": {"starts_at": 1}})
    assert not any(e.chance for e in deliveries(trace))


def test_two_workers_share_the_backlog_of_two_queues_evenly() -> None:
    both = {name: {"queues": ["b", "a"], "starts_at": 1} for name in ("worker1", "worker2")}
    trace = backlog(workers=both)
    shares = [sum(e.hostname == name for e in deliveries(trace)) for name in both]
    assert shares == [pytest.approx(100, abs=4)] * 2
    assert value(trace, "mean(wait)") == pytest.approx(6, abs=0.3)


def test_a_worker_that_finds_a_backlog_starts_a_tenth_of_a_second_late() -> None:
    trace = backlog()
    assert next(e.t for e in trace if isinstance(e, ev.TaskStarted)) == 1_100_000
    ideal = play(RABBIT, {"startup_drain": "ideal"}, **TWO_QUEUES)
    assert next(e.t for e in ideal if isinstance(e, ev.TaskStarted)) == 1_000_000


def test_a_new_message_ends_a_fresh_workers_look_for_more() -> None:
    send = [{"at": 0, "task": "to_b"}, {"at": 1.05, "task": "to_b"}]
    trace = backlog(send=send)
    assert next(e.t for e in trace if isinstance(e, ev.TaskStarted)) == 1_050_000


# -- what the broker knows of the window ------------------------------------------------------------------------


def backlog_of_etas(count: int = 20, config: dict[str, Any] | None = None, **workers: Any) -> Trace:
    """ETA tasks that wait in the queue when workers with a window of four come, one after the other."""
    return play(
        {"profile": "celery-rabbitmq", "workers": workers or {"worker1": {"starts_at": 1}}},
        {"hop": 0.000001, **(config or {})},
        tasks={"work": 0.1},
        send=[{"at": 0, "task": "work", "eta": 20 + n} for n in range(count)],
    )


def received(trace: Trace, hostname: str = "worker1") -> dict[float, int]:
    """Number of messages that a worker has received, by the time of the last of each group."""
    times = [round(e.t / 1e6, 2) for e in trace if isinstance(e, ev.TaskReceived) and e.hostname == hostname]
    return {t: n for n, t in enumerate(times, start=1)}


def test_a_worker_that_finds_etas_stalls_until_its_loop_wakes() -> None:
    # A window of four; five more at the end of the first look for messages; then heartbeats, 2 s apart.
    assert received(backlog_of_etas()) == {1.0: 4, 1.1: 9, 3.0: 15, 5.0: 20}


def test_two_workers_that_find_etas_share_them() -> None:
    trace = backlog_of_etas(worker1={"starts_at": 1}, worker2={"starts_at": 1.5})
    # Each wakes the other with its heartbeat.
    assert received(trace, "worker1") == {1.0: 4, 1.1: 9, 3.0: 10}
    assert received(trace, "worker2") == {1.5: 4, 1.6: 9, 3.0: 10}


def test_without_gossip_nobody_hears_the_others_heartbeats() -> None:
    trace = backlog_of_etas(
        worker1={"starts_at": 1, "without_gossip": True}, worker2={"starts_at": 1.5, "without_gossip": True}
    )
    assert received(trace, "worker1") == {1.0: 4, 1.1: 9, 3.0: 11}
    assert received(trace, "worker2") == {1.5: 4, 1.6: 9}


def test_a_burst_of_etas_is_shared_evenly() -> None:
    trace = play(
        {**RABBIT, "workers": 2},
        {"hop": 0.000001},
        tasks={"work": 0.1},
        send=[{"at": 1, "task": "work", "count": 20, "countdown": 5}],
    )
    for name in ("worker1", "worker2"):
        assert max(received(trace, name).values()) == 10


def test_messages_that_come_one_by_one_find_the_window_told() -> None:
    trace = play(
        RABBIT,
        {"hop": 0.000001},
        tasks={"work": 0.1},
        send=[{"at": 1 + n / 10, "task": "work", "eta": 9} for n in range(12)],
    )
    assert list(received(trace)) == [round(1 + n / 10, 2) for n in range(12)]


def test_a_command_wakes_a_stalled_loop() -> None:
    trace = play(
        {"profile": "celery-rabbitmq", "workers": {"worker1": {"starts_at": 1, "queues": ["celery", "other"]}}},
        {"hop": 0.000001},
        tasks={"work": 0.1, "other": {"duration": 0.1, "queue": "other"}},
        send=[{"at": 0, "task": "work", "count": 9, "eta": 20}, {"at": 0, "task": "work", "eta": 21}],
        control=[{"at": 2, "pool_grow": "worker1"}],
    )
    assert received(trace) == {1.0: 4, 1.1: 9, 2.0: 10}


# -- an ETA that has passed -------------------------------------------------------------------------------------


def overdue(profile: str, etas: list[float]) -> Trace:
    """Tasks that wait in the queue past their ETAs, and a worker that runs one at a time."""
    return play(
        {"profile": profile, "workers": {"worker1": {"starts_at": 3}}},
        {"hop": 0.000001},
        tasks={"work": 1},
        send=[{"at": n / 10, "id": f"T{n}", "task": "work", "eta": eta} for n, eta in enumerate(etas)],
    )


def numbers(trace: Trace, kind: type[ev.TaskReceived] | type[ev.TaskStarted]) -> str:
    return "".join(e.uuid[1:] for e in trace if isinstance(e, kind))


def test_an_overdue_eta_widens_the_window_until_the_timer_fires_on_redis() -> None:
    # Four fill the window, one starts, and one more comes beside the fifth; then two for every other start.
    assert received(overdue("celery-redis", [2.0] * 10)) == {3.0: 6, 5.0: 8, 7.0: 10}


def test_an_overdue_eta_widens_the_window_until_the_timer_fires_on_rabbitmq() -> None:
    assert received(overdue("celery-rabbitmq", [2.0] * 10)) == {3.0: 4, 3.1: 6, 5.1: 8, 7.1: 10}


def test_overdue_tasks_that_come_together_start_in_the_order_of_their_etas() -> None:
    etas = [2.4, 2.3, 2.1, 2.2]
    assert numbers(overdue("celery-rabbitmq", etas), ev.TaskReceived) == "0123"
    assert numbers(overdue("celery-rabbitmq", etas), ev.TaskStarted) == "2310"
    assert numbers(overdue("celery-redis", etas), ev.TaskStarted) == "0123"  # taken one by one


def test_an_overdue_task_is_dropped_with_the_connection() -> None:
    trace = play(
        {"profile": "celery-rabbitmq", "workers": {"worker1": {"starts_at": 3}, "worker2": {"starts_at": 3.05}}},
        {"hop": 0.000001},
        tasks={"work": 1},
        send=[{"at": 0, "task": "work", "eta": 2, "count": 4}],
        faults=[{"at": 3.05, "kill": "worker1"}],
    )
    assert {e.hostname for e in trace if isinstance(e, ev.TaskStarted)} == {"worker2"}
    assert value(trace, "succeeded") == 4


def test_what_is_sent_first_is_received_first_whatever_its_priority_or_queue() -> None:
    """Redis answers a waiting worker at the first push; found by `tests.real.search` in groups."""
    send = [
        {"at": 1, "id": "B", "task": "work", "queue": "b", "priority": 6},
        {"at": 1, "id": "A", "task": "work", "queue": "a", "priority": 0},
    ]
    trace = play({**REDIS, "workers": {"w": {"queues": ["a", "b"]}}}, tasks={"work": 1}, send=send)
    assert [e.uuid for e in trace if isinstance(e, ev.TaskReceived)] == ["B", "A"]

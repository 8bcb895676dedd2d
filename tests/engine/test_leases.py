"""Leased deliveries on Redis: whose visibility timeout counts, what a sweep restores, who may sweep."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import simulate
from simulator.measure import evaluate_text
from simulator.trace import Trace
from simulator.trace import events as ev
from simulator.trace.time import to_micros
from tests.strategies import build

LATE = {"task_acks_late": True, "worker_prefetch_multiplier": 1}
QUICK = {"unacked_restore_interval": 1, "unacked_restore_throttle": 1}


def play(workers: dict[str, Any], config: dict[str, Any] | None = None, **data: Any) -> Trace:
    base = {
        "profile": "celery-redis",
        "workers": workers,
        "tasks": {"work": {"duration": 8}, "mail": 1},
        "send": [{"at": 0.3, "id": "T", "task": "work"}],
        "until": 30,
    }
    return simulate(build({**base, "config": {**LATE, **(config or {})}, **data}))


def value(trace: Trace, text: str) -> object:
    return evaluate_text(text, trace)


def restored(trace: Trace) -> list[tuple[int, str]]:
    """Times (microseconds) at which a sweep restored a task, with its id."""
    return [(e.t, e.uuid) for e in trace if isinstance(e, ev.MessageRequeued) and e.why == "visibility-timeout"]


def options(**given: float) -> dict[str, Any]:
    return {"broker_transport_options": given}


PATIENT = options(visibility_timeout=60, **QUICK)


@pytest.mark.parametrize(
    ("sweep", "second"),
    # Mail's worker looks at 1, 2, 3 s; or the broker restores the moment the shortest timeout has passed.
    [("real", 4.0), ("ideal", 3.3)],
)
def test_the_shortest_visibility_timeout_counts_whatever_queue_its_worker_consumes(sweep: str, second: float) -> None:
    hasty = {"mailer": {"queues": ["mail"], **options(visibility_timeout=3, **QUICK)}}
    workers = {"w1": PATIENT, "w2": PATIENT, **hasty}
    trace = play(workers, {"visibility_sweep": sweep, "hop": 0})
    assert value(trace, "started_at(T, 2)") == second
    assert value(trace, "runs(T)") != 1


def test_only_a_sweep_by_the_hasty_worker_counts() -> None:
    """Others sweep as often, with their own timeout; once it is gone, nobody finds anything."""
    hasty = {"mailer": {"queues": ["mail"], **options(visibility_timeout=3, **QUICK)}}
    workers = {"w1": PATIENT, "w2": PATIENT, **hasty}
    trace = play(workers, faults=[{"at": 2, "kill": "mailer"}])
    assert value(trace, "runs(T)") == 1
    assert restored(trace) == []


def test_a_workers_options_go_over_those_of_the_config() -> None:
    general = options(visibility_timeout=3, unacked_restore_interval=2, unacked_restore_throttle=1)
    patient = play({"w1": PATIENT, "w2": PATIENT}, general)
    assert value(patient, "runs(T)") == 1
    hasty = play({"w1": {}, "w2": options(unacked_restore_interval=5)}, general)
    assert restored(hasty)[0][0] == to_micros(4.0)  # w1's sweep, at whole intervals of 2 s


@pytest.mark.parametrize(
    ("limit", "sweeps"), [({}, {4.0: 12}), ({"unacked_restore_limit": 5}, {4.0: 5, 5.0: 5, 6.0: 2})]
)
def test_a_sweep_restores_all_that_is_up_unless_there_is_a_limit(
    limit: dict[str, int], sweeps: dict[float, int]
) -> None:
    quick = options(visibility_timeout=3, **QUICK, **limit)
    lost = {"worker_prefetch_multiplier": 12}
    trace = play(
        {"w1": {"concurrency": 1, **quick}, "w2": {"concurrency": 1, "starts_at": 1, **quick}},
        lost,
        send=[{"at": 0.3, "task": "work", "count": 12}],
        faults=[{"at": 0.6, "kill": "w1"}],
        until=7,
    )
    assert {time: sum(t == to_micros(time) for t, _ in restored(trace)) for time in sweeps} == sweeps
    assert len(restored(trace)) == 12


def test_each_worker_has_its_own_order_of_queues() -> None:
    send = [{"at": 0, "each": [{"task": "mail", "queue": name} for name in ("b", "a")], "count": 3}]
    quick = {"tasks": {"mail": 0.1}, "send": send, "until": 5}
    worker = {"queues": ["b", "a"], "starts_at": 1}
    for order, queues in (("priority", "bbbaaa"), ("sorted", "aaabbb"), ("round_robin", "bababa")):
        trace = play({"w": {**worker, **options(queue_order_strategy=order)}}, **quick)  # type: ignore[arg-type]
        assert "".join(e.queue for e in trace if isinstance(e, ev.MessageDelivered)) == queues, order


# -- the lock of the sweep ---------------------------------------------------------------------------------------


def killed_in_sweep(at: float, **given: Any) -> Trace:
    """w1 takes T and dies inside its sweep; w2 and w3 sweep every second with a timeout of 3 s."""
    quick = options(visibility_timeout=3, **QUICK, **given)
    fleet = {"w1": quick, "w2": {"starts_at": 0.5, **quick}, "w3": {"starts_at": 0.7, **quick}}
    return play(fleet, faults=[{"at": at, "kill": "w1", "during": "sweep"}], until=400)


def test_who_dies_inside_a_sweep_keeps_all_others_from_sweeping_until_the_lock_expires() -> None:
    trace = killed_in_sweep(1.2)
    died = next(e for e in trace if isinstance(e, ev.WorkerLost))
    assert died.t == to_micros(2)
    assert restored(trace)[0] == (to_micros(302.5), "T")  # w2's first sweep after 302 s
    left = next(e for e in trace if isinstance(e, ev.SettingChanged) and e.setting == "unacked_mutex")
    assert (left.hostname, left.value, trace[left.cause]) == ("w1", 300, died)


def test_who_starts_while_the_lock_is_held_skips_the_sweep_at_its_start() -> None:
    quick = options(visibility_timeout=3, **QUICK)
    fleet = {"w1": quick, "w2": {"starts_at": 0.5, **quick}, "w4": {"starts_at": 20.9, **quick}}
    trace = play(fleet, faults=[{"at": 1.2, "kill": "w1", "during": "sweep"}], until=400)
    assert restored(trace)[0] == (to_micros(302.5), "T")


def test_the_lock_expires_as_set() -> None:
    assert restored(killed_in_sweep(1.2, unacked_mutex_expire=10))[0] == (to_micros(12.5), "T")


def test_a_kill_at_any_other_moment_leaves_no_lock() -> None:
    quick = options(visibility_timeout=3, **QUICK)
    trace = play({"w1": quick, "w2": {"starts_at": 0.5, **quick}}, faults=[{"at": 1.2, "kill": "w1"}])
    assert restored(trace)[0] == (to_micros(3.5), "T")


def test_a_lock_that_is_held_is_not_taken_again() -> None:
    quick = options(visibility_timeout=3, unacked_mutex_expire=10, **QUICK)
    fleet = {"w1": quick, "w2": {"starts_at": 0.5, **quick}, "w3": {"starts_at": 0.7, **quick}}
    faults = [{"at": at, "kill": name, "during": "sweep"} for at, name in ((1.2, "w1"), (5, "w2"))]
    trace = play(fleet, faults=faults, until=60)
    assert [e.hostname for e in trace if isinstance(e, ev.WorkerLost)] == ["w1", "w2"]
    assert [e.hostname for e in trace if isinstance(e, ev.SettingChanged)] == ["w1"]
    assert restored(trace)[0] == (to_micros(12.7), "T")

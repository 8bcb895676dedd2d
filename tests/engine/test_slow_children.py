"""Children that need longer than `worker_proc_alive_timeout`."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import simulate
from simulator.measure import evaluate_text
from simulator.trace import Trace
from simulator.trace import events as ev
from tests.strategies import build


def played(startup: float, config: dict[str, Any], worker: dict[str, Any] | None = None, **more: Any) -> Trace:
    data = {
        "profile": "celery-redis",
        "workers": {"w": {"concurrency": 1, "max_tasks_per_child": 2, "child_startup": startup, **(worker or {})}},
        "config": {"child_death": "at_once", **config},
        "tasks": {"infer": 1},
        "send": [{"at": 0, "task": "infer", "count": 5}],
        "until": 40,
        **more,
    }
    return simulate(build(data))


def killed(trace: Trace) -> list[float]:
    return [round(e.t / 1e6, 2) for e in trace if isinstance(e, ev.ChildExited) and e.why == "slow-start"]


@pytest.mark.parametrize(("startup", "timeout", "succeed"), [(4, None, 5), (4.5, None, 2), (4.5, 5, 5), (0.6, 0.5, 2)])
def test_a_replacement_that_is_not_up_in_time_is_killed_forever(
    startup: float, timeout: float | None, succeed: int
) -> None:
    trace = played(startup, {} if timeout is None else {"worker_proc_alive_timeout": timeout})
    assert evaluate_text("succeeded(infer)", trace) == succeed
    times = killed(trace)
    if succeed == 5:
        assert times == []
    else:
        every = timeout or 4.0
        assert times[:3] == [round(2 + n * every, 2) for n in (1, 2, 3)]
        assert times[-1] > 40 - 2 * every
        assert not [e for e in trace if isinstance(e, ev.ChildStarted)]


def test_a_parent_that_misses_the_kill_starts_the_next_child_at_its_timer() -> None:
    # Seen in a log of Celery 5.7: timed out at 50.04, 54.15 (noticed at once), 60.18, 64.36, 70.35 s.
    trace = played(6, {"child_death": "missed"})
    assert killed(trace)[:3] == [9.0, 14.1, 19.2]


def test_the_time_of_each_child_counts_from_its_own_fork() -> None:
    # The deaths of slots 1 and 2 are so late that the timer of 5 s finds all three, and forks one after the other.
    deaths = {3: 1.0, 1: 4.985, 2: 4.99}
    trace = played(
        6,
        {"child_death": "missed"},
        {"concurrency": 3, "max_tasks_per_child": None},
        faults=[{"at": at, "kill_child": "w", "slot": slot} for slot, at in deaths.items()],
        send=[{"at": 30, "task": "infer"}],
    )
    assert killed(trace)[:3] == [9.0, 9.1, 9.2]


def test_the_first_children_of_a_worker_are_not_timed_and_grown_ones_are() -> None:
    trace = played(6, {}, {"max_tasks_per_child": None, "concurrency": None, "autoscale": [3, 1]})
    assert evaluate_text("succeeded(infer)", trace) == 5
    assert {e.slot for e in trace if isinstance(e, ev.ChildExited)} == {2, 3}
    assert evaluate_text("max(processes)", trace) == 1


@pytest.mark.parametrize("pool", ["threads", "gevent"])
def test_only_child_processes_are_timed(pool: str) -> None:
    worker = {"pool": pool, "max_tasks_per_child": None, "child_startup": None}
    trace = played(9, {"worker_proc_alive_timeout": 0.01}, worker)
    assert evaluate_text("succeeded(infer)", trace) == 5


def test_children_that_never_come_up_keep_no_run_alive() -> None:
    trace = played(9, {}, until=None, send=[{"at": 0, "task": "infer", "count": 2}])
    assert (trace.header.stopped, trace.end < 10_000_000) == ("done", True)

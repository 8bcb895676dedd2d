"""The memory of a worker's box, and the kernel's choice when it is not enough."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import simulate
from simulator.measure import evaluate_text
from simulator.trace import Trace
from simulator.trace import events as ev
from tests.strategies import build


def played(limit: float | None, worker: dict[str, Any] | None = None, **more: Any) -> Trace:
    data = {
        "profile": "celery-rabbitmq",
        "config": {"child_death": "at_once", "startup_drain": "ideal"},
        "workers": {
            "w": {"concurrency": 3, "child_startup": 0.5, "memory": 50, "memory_limit": limit, **(worker or {})}
        },
        "tasks": {"big": {"duration": 10, "memory": 300}, "small": {"duration": 10, "memory": 50}},
        "send": [{"at": 0, "id": "S", "task": "small"}, {"at": 1, "id": "B", "task": "big"}],
        "until": 60,
        **more,
    }
    return simulate(build(data))


def killed(trace: Trace) -> list[tuple[float, int]]:
    return [(round(e.t / 1e6, 1), e.slot) for e in trace if isinstance(e, ev.ChildExited) and e.why == "killed"]


@pytest.mark.parametrize(("limit", "victims"), [(None, []), (500, []), (499, [(1.0, 2)]), (450, [(1.0, 2)])])
def test_the_largest_child_is_killed(limit: float | None, victims: list[tuple[float, int]]) -> None:
    # 100 MB for S, 350 for B, 50 for the idle child.
    trace = played(limit)
    assert killed(trace) == victims
    assert evaluate_text("state(S)", trace) == "SUCCESS"
    assert evaluate_text("state(B)", trace) == ("FAILURE" if victims else "SUCCESS")
    assert evaluate_text("max(memory)", trace) == 500


def test_what_was_killed_leaves_room_for_its_replacement() -> None:
    calls = ((0, "B", "big"), (3, "S", "small"), (5, "C", "big"))
    send = [{"at": at, "id": name, "task": task} for at, name, task in calls]
    trace = played(450, send=send)
    # 350 MB, 50 idle: B dies when S takes 100, and C when it takes 350 itself.
    assert killed(trace) == [(3.0, 1), (5.0, 1)]
    assert [round(e.t / 1e6, 1) for e in trace if isinstance(e, ev.ChildStarted)] == [3.5, 5.5]
    assert evaluate_text("state(S)", trace) == "SUCCESS"


def test_among_equals_the_victim_is_drawn() -> None:
    victims = set()
    for seed in range(12):
        trace = played(1000, seed=seed, send=[{"at": 0, "task": "big", "count": 3}])
        ((_, slot),) = killed(trace)
        victims.add(slot)
    assert victims == {1, 2, 3}


def test_what_a_leak_leaves_counts() -> None:
    leaking = {"leaky": {"duration": 0.1, "leak": 40}}
    trace = played(400, {"concurrency": 1}, tasks=leaking, send=[{"at": 0, "task": "leaky", "count": 20}])
    # 50 MB + 40 for each task: the ninth is too much.
    assert evaluate_text("failed(leaky)", trace) == 2
    assert len(killed(trace)) == 2


@pytest.mark.parametrize("pool", ["threads", "solo", "gevent"])
def test_other_pools_are_one_process(pool: str) -> None:
    trace = played(200, {"pool": pool, "child_startup": None})
    assert [round(e.t / 1e6) for e in trace if isinstance(e, ev.WorkerLost)] == [10 if pool == "solo" else 1]

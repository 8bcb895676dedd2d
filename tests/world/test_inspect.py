"""`inspect` at a frozen moment, in Celery's shapes."""

from __future__ import annotations

from simulator import simulate, world_at
from simulator.scenario import parse_scenario
from simulator.world import inspect, timeline_of
from tests.strategies import build


def test_what_runs_what_waits_and_what_is_scheduled() -> None:
    trace = simulate(
        build(
            {
                "profile": "celery-rabbitmq",
                "workers": 1,
                "tasks": {"a": 5},
                "send": [
                    {"at": 0, "id": "RUNS", "task": "a", "args": [1]},
                    {"at": 1, "id": "WAITS", "task": "a", "priority": 3},
                    {"at": 1, "id": "LATER", "task": "a", "countdown": 60},
                ],
            }
        )
    )
    cursor = next(i for i, event in enumerate(trace) if event.t > 2_000_000)
    world = timeline_of(trace).at(cursor)
    (active,) = inspect(world, "active")["celery@worker1"]
    assert active == {
        "id": "RUNS",
        "name": "a",
        "args": [1],
        "kwargs": {},
        "type": "a",
        "hostname": "celery@worker1",
        "time_start": 0.000003,
        "acknowledged": True,
        "delivery_info": {"exchange": "", "routing_key": "celery", "priority": None, "redelivered": False},
        "worker_pid": 1001,
    }
    (reserved,) = inspect(world, "reserved")["celery@worker1"]
    assert (reserved["id"], reserved["acknowledged"], reserved["time_start"]) == ("WAITS", False, None)
    assert reserved["delivery_info"]["priority"] == 3
    (scheduled,) = inspect(world, "scheduled")["celery@worker1"]
    assert (scheduled["eta"], scheduled["priority"], scheduled["request"]["id"]) == (61.0, 6, "LATER")
    stats = inspect(world, "stats")["celery@worker1"]
    assert stats["total"] == {"a": 1}
    assert stats["prefetch_count"] == 5
    assert stats["pool"]["max-concurrency"] == 1
    assert inspect(world, "registered", ("b", "a")) == {"celery@worker1": ["a", "b"]}


def test_the_dead_do_not_answer() -> None:
    trace = simulate(build({"workers": 2, "until": 5, "faults": [{"at": 1, "kill": "worker1"}]}))
    assert list(inspect(timeline_of(trace).at(len(trace)), "stats")) == ["celery@worker2"]


def test_revoked_ids_are_those_a_worker_was_told_in_this_life() -> None:
    text = """
workers: 2
tasks: {a: 5}
send: [{task: a, id: A}]
control: [{at: 1, revoke: [A, B], destination: [worker1]}, {at: 2, revoke: C}]
faults: [{at: 3, kill: worker1}, {at: 4, start: worker1}]
until: 6
"""
    trace = simulate(parse_scenario(text))
    before = world_at(trace, sum(event.t < 2_500_000 for event in trace))
    assert inspect(before, "revoked") == {"celery@worker1": ["A", "B", "C"], "celery@worker2": ["C"]}
    assert inspect(world_at(trace, len(trace)), "revoked") == {"celery@worker1": [], "celery@worker2": ["C"]}

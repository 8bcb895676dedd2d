"""`result.get()` inside a task: what is sent, what waits, and how a pool comes to wait for itself."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import simulate, world_at
from simulator.engine.simulation import Simulation
from simulator.measure import evaluate_text
from simulator.scenario import ScenarioError, parse_scenario
from simulator.story import why
from simulator.trace import Trace
from simulator.trace import events as ev
from tests.strategies import build

WAITS = {"tasks": ["child"], "disable_sync_subtasks": False}


def play(gets: Any = WAITS, /, slots: int = 2, parents: int = 1, **data: Any) -> Trace:
    """Parents (1 s of their own work) that each wait for a child (2 s), in one worker."""
    tasks = {"parent": {"duration": 1, "gets": gets}, "child": 2, **data.pop("tasks", {})}
    base: dict[str, Any] = {
        "profile": "celery-rabbitmq",
        "until": 100,
        "workers": {"worker1": {"concurrency": slots, "child_startup": 0}},
        "send": [{"at": 0, "task": "parent", "count": parents}],
        "config": {"child_death": "at_once"},
    }
    return simulate(build({**base, **data, "tasks": tasks}))


def value(trace: Trace, text: str) -> object:
    return evaluate_text(text, trace)


def last(trace: Trace, kind: type[ev.Event], uuid: str) -> Any:
    return next(event for event in reversed(trace.events) if isinstance(event, kind) and event.uuid == uuid)  # type: ignore[attr-defined]


def test_the_body_works_when_its_child_has_a_result() -> None:
    trace = play()
    assert value(trace, "finished_at(child_1)") == 2
    assert value(trace, "finished_at(parent_1)") == 3
    assert value(trace, "succeeded") == 2


def test_what_a_body_sends_names_its_parent_and_what_it_got_is_the_cause_of_its_result() -> None:
    trace = play()
    sent = last(trace, ev.TaskSent, "child_1")
    started = last(trace, ev.TaskStarted, "parent_1")
    assert (sent.hostname, sent.parent_id, sent.root_id) == ("worker1", "parent_1", "parent_1")
    assert trace[sent.cause] is started
    stored = last(trace, ev.ResultStored, "parent_1")
    assert trace[stored.cause] is last(trace, ev.ResultStored, "child_1")


@pytest.mark.parametrize(("slots", "parents", "done"), [(1, 1, 0), (2, 2, 0), (3, 3, 0), (3, 2, 4), (4, 3, 6)])
def test_a_pool_whose_slots_all_wait_waits_for_ever(slots: int, parents: int, done: int) -> None:
    assert value(play(WAITS, slots, parents), "succeeded") == done


def test_without_an_end_the_run_is_over_when_nothing_can_happen_any_more() -> None:
    trace = play(until=None)
    assert (trace.header.stopped, value(trace, "succeeded")) == ("done", 2)
    stuck = play(WAITS, 1, until=None)
    assert (stuck.header.stopped, value(stuck, "succeeded + failed + lost")) == ("done", 0)


def test_celery_forbids_it_and_what_was_sent_stays_sent() -> None:
    trace = play("child")
    failed = last(trace, ev.TaskFailed, "parent_1")
    assert failed.exception == "RuntimeError('Never call result.get() within a task!')"
    assert value(trace, "finished_at(parent_1)") == 0
    assert value(trace, "succeeded(child)") == 1


@pytest.mark.parametrize(
    ("pool", "done"), [("prefork", 0), ("threads", 0), ("solo", 0), ("gevent", 1), ("eventlet", 1)]
)
def test_only_greenlets_may_wait(pool: str, done: int) -> None:
    trace = play("child", workers={"worker1": {"concurrency": 2, "pool": pool}})
    assert value(trace, "succeeded(parent)") == done


def test_results_are_taken_one_after_another_and_all_were_sent_first() -> None:
    trace = play(
        {"tasks": ["slow", {"task": "child", "args": [7]}], "disable_sync_subtasks": False}, 3, tasks={"slow": 5}
    )
    assert [value(trace, f"started_at({uuid})") for uuid in ("slow_1", "child_1")] == [0, 0]
    assert last(trace, ev.TaskSent, "child_1").args == (7,)
    assert value(trace, "finished_at(parent_1)") == 6


def test_a_childs_failure_is_raised_in_its_parent() -> None:
    trace = play(tasks={"child": {"duration": 2, "raises": "OSError"}})
    assert last(trace, ev.TaskFailed, "parent_1").exception == "OSError()"
    assert value(trace, "finished_at(parent_1)") == 2


def test_a_revoked_child_is_raised_in_its_parent_too() -> None:
    trace = play(workers={"worker1": {}, "worker2": {"queues": ["b"]}}, control=[{"at": 0, "revoke": "child_1"}])
    assert value(trace, "runs(parent_1)") == 1  # one slot, which it holds: nobody gets to look at the child
    trace = play(control=[{"at": 0, "revoke": "child_1"}])
    assert last(trace, ev.TaskFailed, "parent_1").exception.startswith("TaskRevokedError")


def test_a_timeout_ends_each_wait_and_the_child_goes_on() -> None:
    gets = {**WAITS, "timeout": 1.5}
    trace = play(gets)
    assert last(trace, ev.TaskFailed, "parent_1").exception == "TimeoutError('The operation timed out.')"
    assert value(trace, "finished_at(parent_1)") == 1.5
    assert value(trace, "finished_at(child_1)") == 2
    each = play({"tasks": ["child", "child"], "timeout": 2.5, "disable_sync_subtasks": False})
    assert value(each, "succeeded(parent)") == 1  # the second child ends at 4 s, 2 s after its wait began


def test_what_ignores_its_result_is_not_waited_for() -> None:
    trace = play("child", tasks={"child": {"duration": 2, "ignore_result": True}})
    assert value(trace, "finished_at(parent_1)") == 1


def test_a_retried_parent_sends_again() -> None:
    trace = play(
        WAITS,
        tasks={
            "parent": {
                "gets": WAITS,
                "duration": 1,
                "raises": ["OSError"],
                "autoretry_for": ["OSError"],
                "retry_kwargs": {"countdown": 10},
            }
        },
    )
    assert value(trace, "runs(parent_1)") == 2
    assert value(trace, "sent(child)") == 2
    assert value(trace, "finished_at(parent_1)") == 3 + 10 + 3


@pytest.mark.parametrize(
    ("task", "ended"),
    [({"time_limit": 1}, 1), ({"soft_time_limit": 1}, 1), ({"soft_time_limit": 2.5, "time_limit": 9}, 2.5)],
)
def test_time_limits_count_while_it_waits(task: dict[str, Any], ended: float) -> None:
    trace = play(WAITS, tasks={"parent": {"gets": WAITS, "duration": 1, **task}})
    assert value(trace, "state(parent_1)") == "FAILURE"
    assert value(trace, "finished_at(parent_1)") == ended
    assert value(trace, "finished_at(child_1)") == 2


@pytest.mark.parametrize(
    "disturbance",
    [
        {"faults": [{"at": 1, "kill": "worker1"}, {"at": 3, "start": "worker1"}]},
        {"faults": [{"at": 1, "kill_child": "worker1", "slot": 1}]},
        {"control": [{"at": 1, "revoke": "parent_1", "terminate": True}]},
        {"faults": [{"at": 1, "stop": "worker1", "how": "cold"}]},
    ],
)
def test_nobody_is_told_of_a_result_who_is_no_more(disturbance: dict[str, Any]) -> None:
    trace = play(WAITS, **disturbance)
    assert value(trace, "succeeded(parent)") == 0
    # The last start of a parent that nothing ended is the only one that may still wait.
    assert value(trace, "runs(parent_1)") == 1


def test_a_parent_acknowledged_late_runs_again_with_another_child() -> None:
    faults = [{"at": 1, "kill": "worker1"}, {"at": 3, "start": "worker1"}]
    trace = play(WAITS, config={"task_acks_late": True, "startup_drain": "ideal"}, faults=faults)
    assert value(trace, "runs(parent_1)") == 2
    assert value(trace, "sent(child)") == 2
    assert value(trace, "succeeded(parent)") == 1


def test_a_refused_publish_is_raised() -> None:
    trace = play(WAITS, queues={"full": {"max_length": 1, "overflow": "reject-publish"}}, tasks={
        "child": {"duration": 1, "queue": "full"},
        "filler": {"queue": "full"},
    }, send=[{"at": 0, "task": "filler"}, {"at": 1, "task": "parent"}])  # fmt: skip
    assert last(trace, ev.TaskFailed, "parent_1").exception == "OperationalError()"


def test_draws_are_named_so_that_another_parent_changes_no_childs() -> None:
    spread = {"child": {"exponential": 3}}
    alone = play(WAITS, 20, 2, tasks=spread)
    with_more = play(
        WAITS, 20, tasks=spread, send=[{"at": 0, "task": "parent", "count": 2}, {"at": 50, "id": "P", "task": "parent"}]
    )
    runtimes = [[value(t, f"finished_at(child_{n})") for n in (1, 2)] for t in (alone, with_more)]
    assert runtimes[0] == runtimes[1]
    assert runtimes[0][0] != runtimes[0][1]


def test_nothing_is_left_behind() -> None:
    scenario = build(
        {
            "tasks": {"parent": {"gets": {**WAITS, "tasks": ["child", "child"]}}, "child": 1},
            "workers": {"worker1": {"concurrency": 5}},
            "send": [{"at": 0, "task": "parent", "count": 3}],
        }
    )
    simulation = Simulation(scenario)
    trace = simulation.run()
    assert value(trace, "succeeded == 9")
    assert simulation.context.results.awaited == {}


def test_the_story_says_who_waits_for_whom() -> None:
    trace = play(WAITS, 2, 2)
    assert "Every slot of worker1 is waiting in result.get(), for child_1, child_2." in why(
        world_at(trace, len(trace)), "en"
    )
    one = play()
    started = next(i for i, e in enumerate(one.events) if isinstance(e, ev.TaskStarted) and e.uuid == "child_1")
    said = why(world_at(one, started + 1), "ko")
    assert "worker1: parent_1 실행 중, result.get()으로 child_1 결과를 기다립니다." in said
    assert "result.get()" not in why(world_at(one, len(one) - 3), "en")


def test_what_a_body_sends_has_no_id_of_its_own() -> None:
    with pytest.raises(ScenarioError) as refusal:
        parse_scenario("tasks: {a: {gets: [{task: b, id: B}]}, b: 1}")
    assert [problem.code for problem in refusal.value.problems] == ["gets.id"]

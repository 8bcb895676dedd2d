"""What an application adds around Celery: breakers, transactions, an outbox, idempotency keys, versions of its code."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import simulate
from simulator.console.inspecting import inspect_workers
from simulator.engine.services import CIRCUIT_OPEN
from simulator.measure import evaluate_text
from simulator.scenario import ScenarioError, parse_scenario
from simulator.story.problems.errors import format_problem
from simulator.story.run import Run
from simulator.trace import Trace
from simulator.trace import events as ev
from simulator.world import world_at
from tests.strategies import build

RABBIT: dict[str, Any] = {"profile": "celery-rabbitmq", "workers": 1, "config": {"hop": 0}}


def play(**data: Any) -> Trace:
    return simulate(build({**RABBIT, **data}))


def value(trace: Trace, text: str) -> object:
    return evaluate_text(text, trace)


def failures(trace: Trace) -> list[tuple[float, str]]:
    return [(e.t / 1e6, e.exception) for e in trace if isinstance(e, ev.TaskFailed)]


# -- services -----------------------------------------------------------------------------------------------------

CALLS: dict[str, Any] = {
    "tasks": {"a": {"duration": 0.5, "calls": "bank"}},
    "send": [{"from": 0, "until": 60, "every": 5, "task": "a"}],
}


def test_a_caller_gives_up_after_the_timeout() -> None:
    trace = play(**CALLS, services={"bank": {"latency": 9, "timeout": 2}})
    assert failures(trace)[:2] == [(2.0, "Timeout()"), (7.0, "Timeout()")]
    quick = play(**CALLS, services={"bank": {"latency": 2, "timeout": 2}})
    assert (value(quick, "failed"), value(quick, "finished_at(a_1)")) == (0, 2.5)


def test_a_breaker_opens_after_failures_in_a_row_tries_one_call_and_closes_when_it_succeeds() -> None:
    down = [{"at": 0, "down": "services.bank", "raises": "Refused", "for": 28}]
    trace = play(**CALLS, services={"bank": {"breaker": {"fail_max": 3, "reset_timeout": 12}}}, faults=down)
    # Three failures; 15 and 20 s not tried; 25 s, 15 s after the third, tried in vain; so none until 37 s.
    said = [f"{exception.removesuffix('()')} {time:g}" for time, exception in failures(trace)]
    expected = ["Refused 0", "Refused 5", "Refused 10", f"{CIRCUIT_OPEN} 15", f"{CIRCUIT_OPEN} 20", "Refused 25"]
    assert said == [*expected, f"{CIRCUIT_OPEN} 30", f"{CIRCUIT_OPEN} 35"]
    changes = [(e.t / 1e6, e.value) for e in trace if isinstance(e, ev.SettingChanged) and e.setting == "breaker"]
    assert changes == [(10.0, "open"), (40.0, "closed")]
    assert value(trace, "succeeded") == 4  # 40, 45, 50, 55 s


def test_a_success_begins_the_count_of_failures_anew() -> None:
    faults = [{"at": at, "down": "services.bank", "raises": "Refused", "for": 6} for at in (0, 12, 24)]
    trace = play(**CALLS, services={"bank": {"breaker": {"fail_max": 3, "reset_timeout": 12}}}, faults=faults)
    assert [exception for _, exception in failures(trace)] == ["Refused()"] * 4


def test_an_open_breaker_lets_one_call_through_at_a_time() -> None:
    trace = play(
        tasks={"a": {"duration": 0, "calls": "bank"}},
        workers={"w": {"concurrency": 4}},
        services={"bank": {"latency": 9, "timeout": 2, "breaker": {"fail_max": 1, "reset_timeout": 10}}},
        send=[{"at": 0, "task": "a"}, {"at": 20, "task": "a", "count": 3}],
    )
    assert sorted(exception for _, exception in failures(trace)) == [f"{CIRCUIT_OPEN}()"] * 2 + ["Timeout()"] * 2


# -- transactions -------------------------------------------------------------------------------------------------


def test_a_run_before_the_commit_finds_no_row_and_one_after_it_does() -> None:
    late = play(tasks={"a": 1}, send=[{"at": 0, "task": "a", "commits": 0.5}, {"at": 0, "task": "a", "commits": 1.5}])
    assert failures(late) == [(0.0, "DoesNotExist()"), (0.0, "DoesNotExist()")]
    warm = play(
        tasks={"a": 1},
        send=[{"at": at, "task": "a", "commits": commits} for at, commits in ((0, 0), (5, 0.5), (10, 0))],
    )
    assert failures(warm) == [(5.0, "DoesNotExist()")]


def test_a_countdown_longer_than_the_transaction_hides_the_race() -> None:
    trace = play(tasks={"a": 1}, send=[{"at": 0, "task": "a", "commits": 0.5, "countdown": 1}])
    assert (value(trace, "failed"), value(trace, "started_at(a_1)")) == (0, 1.0)


def test_an_outbox_is_sent_when_the_relay_looks_and_finds_a_broker() -> None:
    trace = play(
        tasks={"a": 1},
        send=[{"from": 0, "until": 30, "every": 4, "task": "a", "outbox": 10}],
        faults=[{"at": 19, "down": "broker", "for": 10}],
    )
    sent = [event.t / 1e6 for event in trace if isinstance(event, ev.TaskSent)]
    assert sent == [10.0] * 3 + [30.0] * 5  # 0, 4, 8 s; the look of 20 s finds no broker
    assert value(trace, "publish_failed") == 0
    assert value(trace, "succeeded") == 8


def test_a_relay_with_nothing_to_send_does_not_keep_the_run_alive() -> None:
    assert play(tasks={"a": 1}, send=[{"at": 1, "task": "a", "outbox": 10}]).end == 11_000_000


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{at: 0, task: a, commits: 1, outbox: 2}", "send.commits_or_outbox"),
        ("{at: 0, commits: 1, chain: [{task: a}, {task: a}]}", "send.commits_canvas"),
    ],
)
def test_what_does_not_go_together_is_refused(line: str, code: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(f"tasks: {{a: 1}}\nsend: [{line}]")
    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_line_that_sends_again_and_again_waits_for_the_broker_as_any_other_call() -> None:
    trace = play(
        tasks={"a": 0.1},
        config={"hop": 0, "task_publish_retry_policy": {"max_retries": 20, "interval_step": 1, "interval_max": 1}},
        send=[{"from": 1, "until": 10, "every": 1, "task": "a"}],
        faults=[{"at": 3.5, "down": "broker", "for": 3}],
    )
    assert (value(trace, "publish_failed"), value(trace, "succeeded")) == (0, 9)


# -- idempotency --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "effects"), [(False, 3), (True, 3), ("args", 2)])
def test_a_key_of_the_arguments_recognises_what_was_sent_twice(key: object, effects: int) -> None:
    send = [{"at": at, "task": "a", "args": args, "kwargs": {"n": n}} for at, args, n in ((0, [1], 1), (1, [1], 1))]
    send.append({"at": 2, "task": "a", "args": [1], "kwargs": {"n": 2}})
    assert value(play(tasks={"a": {"duration": 0.1, "idempotent": key}}, send=send), "effects(a)") == effects


# -- versions -----------------------------------------------------------------------------------------------------

DEPLOY: dict[str, Any] = {
    "tasks": {"a": {"duration": 1, "signature": ["x", "y=2"]}, "b": 1},
    "workers": {"old": {"tasks": {"a": ["x"]}}, "new": {}},
    "config": {"hop": 0, "worker_prefetch_multiplier": 1, "task_acks_late": True, "startup_drain": "ideal"},
}


def test_a_worker_knows_the_tasks_of_its_own_version() -> None:
    send = [{"at": 0, "task": "b", "count": 2}, {"at": 5, "task": "a", "args": [1, 2], "count": 2}]
    trace = play(**DEPLOY, send=send)
    assert sorted(exception for _, exception in failures(trace)) == [
        "NotRegistered('b')",
        "TypeError('a() takes 1 positional argument but 2 were given')",
    ]
    assert {e.hostname for e in trace if isinstance(e, ev.TaskFailed)} == {"old"}


def test_an_argument_with_a_default_may_be_left_out() -> None:
    trace = play(**DEPLOY, send=[{"at": 0, "task": "a", "args": [1], "count": 2}])
    assert value(trace, "succeeded") == 2
    many = play(**DEPLOY, send=[{"at": 0, "task": "a", "args": [1, 2, 3], "count": 2}])
    assert sorted(exception for _, exception in failures(many)) == [
        "TypeError('a() takes 1 positional argument but 3 were given')",
        "TypeError('a() takes from 1 to 2 positional arguments but 3 were given')",
    ]


def test_what_changes_in_the_middle_of_a_run_changes_in_every_version() -> None:
    faults = [{"at": 2, "set": {"tasks.a.raises": "Broken"}}]
    trace = play(**DEPLOY, send=[{"at": 5, "task": "a", "args": [1], "count": 2}], faults=faults)
    assert [exception for _, exception in failures(trace)] == ["Broken()", "Broken()"]


def test_inspect_registered_tells_each_workers_own_tasks() -> None:
    scenario = build({**RABBIT, **DEPLOY, "send": [{"at": 0, "task": "a", "args": [1]}]})
    trace = simulate(scenario)
    said = inspect_workers(Run(trace, scenario), world_at(trace, len(trace)), "registered")
    assert said == {"celery@old": ["a"], "celery@new": ["a", "b"]}


def test_a_task_that_nobody_has_written_is_refused_with_its_place() -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario("tasks: {pay: 1}\nworkers: {w: {tasks: [pya]}}\nsend: [{at: 0, task: pay}]")
    (problem,) = caught.value.problems
    assert problem.code == "worker.task"
    assert 'there is no task "pya"' in format_problem(problem, "en")


# -- priorities and results ---------------------------------------------------------------------------------------

NESTED: dict[str, Any] = {
    "queues": {"celery": {"max_priority": 9}},
    "workers": {"w": {"concurrency": 1}},
    "tasks": {"a": {"duration": 1, "priority": 7}, "b": 1, "c": {"duration": 1, "priority": 2}},
}


def priorities(trace: Trace) -> dict[str, int | None]:
    return {e.uuid: e.priority for e in trace if isinstance(e, ev.TaskSent)}


@pytest.mark.parametrize(("inherits", "b"), [(False, None), (True, 7)])
def test_a_subtask_inherits_the_priority_of_its_parent_unless_it_has_one(inherits: bool, b: int | None) -> None:
    tasks = {**NESTED["tasks"], "a": {"priority": 7, "gets": {"tasks": ["b", "c"], "disable_sync_subtasks": False}}}
    trace = play(
        **{**NESTED, "tasks": tasks, "workers": {"w": {"concurrency": 3}}},
        config={"hop": 0, "task_inherit_parent_priority": inherits},
        send=[{"at": 0, "id": "A", "task": "a"}],
    )
    assert priorities(trace) == {"A": 7, "b_1": b, "c_1": 2}


@pytest.mark.parametrize(("inherits", "found"), [(False, (None, 2)), (True, (7, 7))])
def test_the_next_link_of_a_chain_inherits_even_over_its_own(inherits: bool, found: tuple[int | None, int]) -> None:
    trace = play(
        **NESTED,
        config={"hop": 0, "task_inherit_parent_priority": inherits},
        send=[{"at": 0, "chain": [{"task": "a"}, {"task": "b"}, {"task": "c"}]}],
    )
    assert [priority for uuid, priority in priorities(trace).items() if uuid[0] in "bc"] == [*found]


@pytest.mark.parametrize(
    ("config", "states"),
    [
        ({}, ["SUCCESS", "SUCCESS"]),
        ({"result_expires": 10}, ["SUCCESS", "PENDING"]),
        ({"result_expires": 0}, ["SUCCESS", "SUCCESS"]),
        ({"result_expires": 10, "result_backend": "db+sqlite://"}, ["SUCCESS", "SUCCESS"]),
    ],
)
def test_a_result_is_gone_after_result_expires_unless_a_database_holds_it(
    config: dict[str, Any], states: list[str]
) -> None:
    trace = play(tasks={"a": 1}, config={"hop": 0, **config}, send=[{"at": 0, "id": "A", "task": "a"}], until=30)
    assert [value(trace, f"result_state(A, {time})") for time in (10.9, 11.1)] == states
    assert [value(trace, f"results_at({time})") for time in (0.5, 10.9, 11.1)] == [0, 1, states[1] == "SUCCESS"]


def test_the_age_of_the_oldest_counts_what_waits_in_a_worker_too() -> None:
    trace = play(tasks={"a": 10}, send=[{"at": at, "task": "a"} for at in (0, 2, 3)], until=30)
    assert [value(trace, f"age_at({time}, a)") for time in (1, 5, 10.2, 29)] == [0.0, 3.0, 7.2, 0.0]
    assert value(trace, "queue_at(5)") == 0


# -- payloads -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("late", "sent"), [(False, [0, 1, 2, 3, 9]), (True, [0, 1, 2, 9])])
def test_a_full_redis_refuses_what_does_not_fit_until_something_is_acknowledged(late: bool, sent: list[int]) -> None:
    trace = play(
        profile="celery-redis",
        config={"hop": 0, "maxmemory": 30, "task_acks_late": late, "worker_prefetch_multiplier": 1},
        tasks={"a": {"duration": 8, "payload": 10}, "b": 0.1},
        send=[*({"at": at, "task": "a"} for at in (0, 1, 2, 3, 9)), {"at": 4, "task": "b"}],
    )
    assert [e.t / 1e6 for e in trace if isinstance(e, ev.TaskSent) and e.name == "a"] == sent
    refused = [(e.t / 1e6, e.why) for e in trace if isinstance(e, ev.PublishFailed)]
    assert refused == ([] if not late else [(3.0, "memory")])
    assert value(trace, "succeeded(b)") == 1  # what has no size always fits


def test_without_a_limit_a_payload_changes_nothing_and_rabbitmq_has_none() -> None:
    send = [{"at": 0, "task": "a", "count": 9}]
    plain, heavy = (play(tasks={"a": {"duration": 1, **more}}, send=send) for more in ({}, {"payload": 999}))
    assert plain.events == heavy.events
    loaded = parse_scenario("profile: celery-rabbitmq\nconfig: {maxmemory: 1}\ntasks: {a: 1}\nsend: [{at: 0, task: a}]")
    assert [warning.code for warning in loaded.warnings] == ["idle.redis_only"]

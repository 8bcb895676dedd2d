"""Restarts: a warm shutdown, an end that is forced after the grace period, a new process."""

from __future__ import annotations

import pytest

from simulator.engine import simulate
from simulator.scenario import Edit, Scenario, ScenarioError, parse_scenario
from simulator.trace.events import (
    Event,
    SettingChanged,
    TaskLost,
    TaskReceived,
    TaskStarted,
    TaskSucceeded,
    WorkerLost,
    WorkerOffline,
    WorkerOnline,
)
from simulator.trace.time import as_seconds

TEXT = """
profile: celery-rabbitmq
config: {task_acks_late: true, worker_prefetch_multiplier: 1, shutdown_return: ideal}
workers: {w1: {}, w2: {starts_at: 1}}
tasks: {work: 8}
send: [{at: 0, task: work, count: 2}]
"""


def scenario(fault: str, text: str = TEXT) -> Scenario:
    return parse_scenario(f"{text}faults: [{fault}]\n")


def times(events: list[Event], kind: type[Event], worker: str) -> list[float]:
    return [
        round(as_seconds(e.t), 3) for e in events if isinstance(e, kind) and getattr(e, "hostname", worker) == worker
    ]


def test_a_worker_that_ends_in_time_starts_again_once_it_has_ended() -> None:
    events = simulate(scenario("{at: 2, restart: w1, grace: 30, start_up: 3}")).events
    assert times(events, WorkerOnline, "w1") == [0.0, 11.0]  # the task ends at 8, then 3 s of starting up
    assert times(events, WorkerOffline, "w1") == [8.0]
    assert len(times(events, TaskStarted, "w1")) == 1
    assert [e.value for e in events if isinstance(e, SettingChanged) and e.setting == "shutdown"] == ["warm"]


@pytest.mark.parametrize(
    ("then", "ends"), [("cold", (WorkerOffline, WorkerLost)), ("kill", (WorkerLost, WorkerOffline))]
)
def test_the_grace_period_ends_what_still_runs(then: str, ends: tuple[type[Event], type[Event]]) -> None:
    events = simulate(scenario(f"{{at: 2, restart: w1, grace: 3, then: {then}}}")).events
    assert times(events, ends[0], "w1") == [5.0]
    assert times(events, ends[1], "w1") == []
    assert times(events, WorkerOnline, "w1") == [0.0, 5.0]
    assert not any(isinstance(e, TaskLost) for e in events)
    assert len([e for e in events if isinstance(e, TaskStarted)]) == 3  # the one of w1 ran again
    assert len([e for e in events if isinstance(e, TaskSucceeded)]) == 2


def test_with_an_early_ack_a_kill_after_the_grace_period_loses_the_task() -> None:
    early = TEXT.replace("task_acks_late: true", "task_acks_late: false")
    events = simulate(scenario("{at: 2, restart: w1, grace: 3, then: kill}", early)).events
    assert len([e for e in events if isinstance(e, TaskLost)]) == 1


def test_a_rolling_deploy_restarts_one_after_the_other() -> None:
    events = simulate(scenario("{at: 10, rolling: [w2, w1], every: 5, start_up: 1}")).events
    assert times(events, WorkerOnline, "w2") == [1.0, 11.0]
    assert times(events, WorkerOnline, "w1") == [0.0, 16.0]


def test_a_worker_that_does_not_run_is_started() -> None:
    events = simulate(scenario("{at: 1, kill: w1}, {at: 4, restart: w1, start_up: 2}")).events
    assert times(events, WorkerOnline, "w1") == [0.0, 6.0]


def test_a_worker_that_dies_within_its_grace_period_comes_back_all_the_same() -> None:
    events = simulate(scenario("{at: 2, restart: w1, grace: 30, start_up: 1}, {at: 4, kill: w1}")).events
    assert times(events, WorkerOnline, "w1") == [0.0, 5.0]
    assert times(events, WorkerLost, "w1") == [4.0]


def test_nothing_is_left_of_the_deadline_once_a_worker_has_ended() -> None:
    trace = simulate(scenario("{at: 10, restart: w1, grace: 1000}"))
    assert as_seconds(trace.header.end) < 20


def test_a_start_while_the_last_process_still_shuts_down_is_an_error_with_its_place() -> None:
    text = TEXT + "faults:\n  - {at: 2, stop: w1}\n  - {at: 3, start: w1}\n"
    with pytest.raises(ScenarioError) as error:
        simulate(parse_scenario(text, file="deploy.yaml"))
    [problem] = error.value.problems
    assert (problem.code, problem.params) == ("fault.still_stopping", {"name": "w1", "time": "3"})
    assert (problem.file, problem.mark and (problem.mark.line, problem.mark.column)) == ("deploy.yaml", (9, 20))
    later = [e for e in simulate(parse_scenario(text.replace("at: 3", "at: 9"))).events if isinstance(e, WorkerOnline)]
    assert [as_seconds(e.t) for e in later if e.hostname == "w1"] == [0.0, 9.0]


def test_the_same_as_a_what_if_has_no_place() -> None:
    changed = scenario("{at: 2, stop: w1}").edited(Edit("faults", {"at": 3, "start": "w1"}, append=True))
    with pytest.raises(ScenarioError) as error:
        simulate(changed)
    assert error.value.problems[0].mark is None


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("{at: 1, restart: w9}", "worker.unknown"),
        ("{at: 1, restart: beat}", "worker.unknown"),
        ("{at: 1, rolling: [w1, w9], every: 5}", "worker.unknown"),
        ("{at: 1, rolling: [w1]}", "fault.rolling_every"),
        ("{at: 1, kill: w1, grace: 5}", "fault.belongs"),
        ("{at: 1, restart: w1, every: 5}", "fault.belongs"),
        ("{at: 1, restart: w1, kill: w1}", "fault.one_action"),
    ],
)
def test_what_is_written_wrongly_is_refused(fault: str, code: str) -> None:
    with pytest.raises(ScenarioError) as error:
        scenario(fault, TEXT + "beat_schedule: {tick: {task: work, schedule: 10}}\n")
    assert error.value.problems[0].code == code


def test_what_was_received_goes_back_and_is_received_again() -> None:
    events = simulate(scenario("{at: 2, restart: w1, grace: 3, then: kill}")).events
    assert len([e for e in events if isinstance(e, TaskReceived)]) == 3

"""Restarts: a warm shutdown, an end that is forced after the grace period, a new process."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from simulator.world.lives import lives_of
from simulator.world.seek import Timeline

SHORT = st.sampled_from([0.0, 0.25, 1.0, 3.0])

TEXT = """
profile: celery-rabbitmq
config: {task_acks_late: true, worker_prefetch_multiplier: 1, shutdown_return: ideal}
workers: {w1: {}, w2: {starts_at: 1}}
tasks: {work: 8}
send: [{at: 0, task: work, count: 2}]
"""


def scenario(fault: str, text: str = TEXT) -> Scenario:
    return parse_scenario(f"{text}faults: [{fault}]\n")


def times(events: Sequence[Event], kind: type[Event], worker: str) -> list[float]:
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


@given(
    grace=SHORT,
    start_up=SHORT,
    then=st.sampled_from(["cold", "kill"]),
    rolling=st.booleans(),
    late=st.booleans(),
    at=st.sampled_from([0.0, 1.5, 4.0]),
    duration=st.sampled_from([0.25, 2.0, 8.0]),
    profile=st.sampled_from(["guide", "celery-redis", "celery-rabbitmq", "celery-filesystem", "celery-sqs"]),
)
def test_every_task_ends_once_and_every_worker_is_back(
    grace: float, start_up: float, then: str, rolling: bool, late: bool, at: float, duration: float, profile: str
) -> None:
    """With a deploy, nothing is left over: a task succeeds, or is lost because it was acknowledged early."""
    whom = "rolling: [w1, w2], every: 2" if rolling else "restart: w1"
    text = f"""
profile: {profile}
until: 4000
config: {{task_acks_late: {str(late).lower()}, broker_transport_options: {{visibility_timeout: 30}}}}
workers: {{w1: {{concurrency: 2}}, w2: {{}}}}
tasks: {{work: {duration}}}
send: [{{from: 0, every: 0.5, count: 8, task: work}}]
faults: [{{at: {at}, {whom}, grace: {grace}, then: {then}, start_up: {start_up}}}]
"""
    if profile not in ("celery-redis", "celery-sqs"):
        text = text.replace(", broker_transport_options: {visibility_timeout: 30}", "")
    trace = simulate(parse_scenario(text))
    world = Timeline(trace).at(len(trace))
    ended = world.counts["succeeded"] + world.counts["lost"]
    assert ended == 8 or (profile == "celery-filesystem" and ended >= 4)  # Kombu loses what a dead worker had taken
    assert all(worker.life == "online" and not worker.active() for worker in world.workers.values())
    online = [event.hostname for event in trace if isinstance(event, WorkerOnline)]
    assert online.count("w1") == 2
    assert online.count("w2") == 1 + rolling


def test_what_runs_on_after_a_goodbye_is_shown_until_it_ends() -> None:
    """A prefork worker says goodbye before its running tasks have ended."""
    text = TEXT.replace(", shutdown_return: ideal", "")
    trace = simulate(scenario("{at: 3, restart: w1, grace: 60}", text))
    offline = next(i for i, event in enumerate(trace, start=1) if isinstance(event, WorkerOffline))
    ended = next(i for i, e in enumerate(trace, start=1) if isinstance(e, TaskSucceeded) and e.hostname == "w1")
    assert offline < ended
    timeline = Timeline(trace)
    assert [len(timeline.at(i).workers["w1"].active()) for i in (offline, ended - 1, ended)] == [1, 1, 0]
    [run] = [run for run in lives_of(trace).slots[("w1", 1)] if run.start_index < offline]
    assert (run.outcome, run.end) == ("succeeded", trace[ended - 1].t)

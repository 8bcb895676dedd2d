"""Settings that change a rule here and there: annotations, time zones, a state file, soft shutdowns of idle workers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from simulator import simulate
from simulator.measure import evaluate_text
from simulator.scenario import ScenarioError, parse_scenario
from simulator.trace import Trace
from simulator.trace import events as ev
from tests.strategies import build

# -- task_annotations --------------------------------------------------------------------------------------------


def annotated(annotations: dict[str, Any], **task: Any) -> Trace:
    return simulate(
        build(
            {
                "profile": "celery-redis",
                "workers": {"w": {"queues": ["celery", "slow"]}},
                "config": {"task_annotations": annotations, "startup_drain": "ideal"},
                "tasks": {"call": {"duration": 0.1, **task}, "other": 0.1},
                "send": [{"at": 0, "task": "call", "count": 3}],
            }
        )
    )


def starts(trace: Trace) -> list[float]:
    return [round(e.t / 1e6, 1) for e in trace if isinstance(e, ev.TaskStarted)]


@pytest.mark.parametrize(
    ("annotations", "times"),
    [
        ({"call": {"rate_limit": "1/s"}}, [0, 1, 2]),
        ({"other": {"rate_limit": "1/s"}}, [0, 0.1, 0.2]),
        ({"*": {"rate_limit": "30/m"}}, [0, 2, 4]),
        # `*` is applied last (celery.app.annotations: resolve_all).
        ({"call": {"rate_limit": "1/s"}, "*": {"rate_limit": "30/m"}}, [0, 2, 4]),
        ({"call": {"rate_limit": None}}, [0, 0.1, 0.2]),
    ],
)
def test_annotations_go_over_the_task_and_those_of_all_tasks_over_both(
    annotations: dict[str, Any], times: list[float]
) -> None:
    assert starts(annotated(annotations, rate_limit="5/s" if "other" not in annotations else None)) == times


def test_an_annotation_may_set_any_option_that_is_read_when_a_task_is_sent_or_run() -> None:
    trace = annotated({"call": {"queue": "slow", "acks_late": True, "time_limit": 0.05}})
    assert {e.queue for e in trace if isinstance(e, ev.TaskSent)} == {"slow"}
    assert evaluate_text("failed(call)", trace) == 3
    acked = next(i for i, e in enumerate(trace) if isinstance(e, ev.MessageAcked))
    assert acked > next(i for i, e in enumerate(trace) if isinstance(e, ev.TaskStarted))


def test_an_option_that_decorates_the_function_cannot_be_annotated() -> None:
    with pytest.raises(ScenarioError) as refused:
        parse_scenario("config: {task_annotations: {call: {autoretry_for: [Timeout]}}}")
    assert refused.value.problems[0].params["key"] == "autoretry_for"


# -- timezone, time_zero ------------------------------------------------------------------------------------------


def ticks(time_zero: str, zone: str | None, hours: float, **crontab: Any) -> list[str]:
    """UTC times, as month-day hour:minute, at which beat sends."""
    data: dict[str, Any] = {
        "time_zero": time_zero,
        "config": {"timezone": zone} if zone else {},
        "tasks": {"report": 1},
        "workers": 0,
        "beat_schedule": {"tick": {"task": "report", "schedule": {"crontab": crontab}}},
        "until": hours * 3600,
    }
    sent = [e.t for e in simulate(build(data)) if isinstance(e, ev.TaskSent)]
    zero = datetime.fromisoformat(time_zero) - timedelta(hours={"Europe/Berlin": 1}.get(zone or "", 0))
    if zone and time_zero > "2024-03-31T02" and time_zero < "2024-10-27T02":
        zero -= timedelta(hours=1)
    return [(zero + timedelta(microseconds=t)).strftime("%m-%d %H:%M") for t in sent]


def test_a_crontab_goes_by_the_clock_of_its_time_zone() -> None:
    assert ticks("2024-01-01T00:00", None, 30, hour=9, minute=0) == ["01-01 09:00"]
    assert ticks("2024-01-01T08:00", None, 30, hour=9, minute=0) == ["01-01 09:00", "01-02 09:00"]
    assert ticks("2024-01-01T08:00", "Europe/Berlin", 30, hour=9, minute=0) == ["01-01 08:00", "01-02 08:00"]
    assert ticks("2024-02-28T23:00", None, 30, hour=0, minute=0) == ["02-29 00:00", "03-01 00:00"]


# What celery.schedules.crontab of Celery 5.7 gives for the same, in UTC.
SPRING = ["03-31 01:30", "04-01 00:30", "04-02 00:30", "04-03 00:30"]
AUTUMN = ["10-27 00:30", "10-28 01:30", "10-29 01:30", "10-30 01:30"]


def test_when_the_clocks_go_forward_what_falls_into_the_gap_runs_an_hour_later() -> None:
    assert ticks("2024-03-30T12:00", "Europe/Berlin", 96, hour=2, minute=30) == SPRING
    hourly = ticks("2024-03-31T00:10", "Europe/Berlin", 5, minute=30)
    assert hourly == ["03-30 23:30", "03-31 00:30", "03-31 01:30", "03-31 02:30", "03-31 03:30"]
    assert ticks("2024-03-31T03:05", "Europe/Berlin", 24, hour=2, minute=30) == SPRING[1:2]  # who starts after the gap


def test_when_the_clocks_go_back_the_hour_that_comes_twice_runs_once() -> None:
    assert ticks("2024-10-26T12:00", "Europe/Berlin", 96, hour=2, minute=30) == AUTUMN
    hourly = ticks("2024-10-27T00:10", "Europe/Berlin", 5.6, minute=30)
    assert hourly == ["10-26 22:30", "10-26 23:30", "10-27 00:30", "10-27 02:30", "10-27 03:30"]
    quarters = ticks("2024-10-27T01:20", "Europe/Berlin", 3, minute="*/15")
    assert quarters[:2] == ["10-26 23:30", "10-26 23:45"]
    assert quarters[2:6] == [f"10-27 00:{minute}" for minute in ("00", "15", "30", "45")]
    assert quarters[6:8] == ["10-27 02:00", "10-27 02:15"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("config: {timezone: Europe/Nowhere}", "value.timezone"),
        ("time_zero: yesterday", "value.time_zero"),
        ("time_zero: 2024-01-01T00:00Z", "value.time_zero"),
    ],
)
def test_an_unknown_zone_and_a_date_that_cannot_be_read_are_refused(text: str, code: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        parse_scenario(text)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert parse_scenario("{time_zero: 2024-01-01, config: {timezone: Asia/Seoul}}").model.time_zero is not None


# -- worker_state_db ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "how", "runs"), [(None, "stop", 1), ("/var/run/w.state", "stop", 0), ("/var/run/w.state", "kill", 1)]
)
def test_a_state_file_keeps_revokes_over_a_restart_but_not_over_a_kill(state: str | None, how: str, runs: int) -> None:
    config = {"worker_state_db": state} if state else {}
    trace = simulate(
        build(
            {
                "profile": "celery-rabbitmq",
                "config": config,
                "workers": {"w": {}},
                "tasks": {"remind": 1},
                "send": [{"at": 0, "id": "Later", "task": "remind", "countdown": 20}],
                "control": [{"at": 1, "revoke": "Later"}],
                "faults": [{"at": 2, how: "w"}, {"at": 10, "start": "w"}],
                "until": 40,
            }
        )
    )
    assert evaluate_text("runs(Later)", trace) == runs
    assert evaluate_text("state(Later)", trace) == ("SUCCESS" if runs else "REVOKED")


# -- worker_enable_soft_shutdown_on_idle ---------------------------------------------------------------------------


@pytest.mark.parametrize(("on_idle", "back"), [(False, 2), (True, 7)])
def test_an_idle_worker_waits_through_a_soft_shutdown_only_if_it_is_told_to(on_idle: bool, back: float) -> None:
    config = {"worker_soft_shutdown_timeout": 5, "worker_enable_soft_shutdown_on_idle": on_idle}
    trace = simulate(
        build(
            {
                "profile": "celery-rabbitmq",
                "config": {**config, "shutdown_return": "ideal"},
                "workers": {"w": {}},
                "tasks": {"remind": 1},
                "send": [{"at": 0, "id": "Later", "task": "remind", "countdown": 20}],
                "faults": [{"at": 2, "stop": "w", "how": "soft"}],
                "until": 40,
            }
        )
    )
    (returned,) = [e.t / 1e6 for e in trace if isinstance(e, ev.MessageRequeued)]
    assert returned == pytest.approx(back, abs=0.01)

"""Beat: when it sends, what it forgets when it dies, and what it does not look at."""

from __future__ import annotations

import re
from typing import Any

import pytest

from simulator import simulate
from simulator.engine.beat import Cron, WallClock
from simulator.measure import evaluate_text
from simulator.scenario import ScenarioError
from simulator.scenario.schema import Crontab
from simulator.scenario.values.crontab import parse_field
from simulator.trace import Trace
from simulator.trace import events as ev
from simulator.trace.time import MICROS, NEVER
from tests.strategies import build

DAY = 24 * 3600


def played(schedule: Any, *, until: float, **data: Any) -> Trace:
    beat = {"tick": {"task": "report", "schedule": schedule, **data.pop("entry", {})}}
    base = {"profile": "celery-rabbitmq", "tasks": {"report": 0.2}, "workers": {"w1": {}}}
    return simulate(build({**base, "beat_schedule": beat, "until": until, **data}))


def ticks(trace: Trace) -> list[float]:
    return [e.t / 1e6 for e in trace if isinstance(e, ev.TaskSent)]


def test_the_first_tick_is_one_interval_after_the_start_and_there_is_no_drift() -> None:
    trace = played(0.7, until=7.1)
    assert ticks(trace) == [round(0.7 * n, 6) for n in range(1, 11)]
    assert {e.hostname for e in trace if isinstance(e, ev.TaskSent)} == {"beat"}


def test_lesson_12_beat_never_looks_whether_the_last_run_is_done() -> None:
    tasks = {"report": 15}
    busy = played(10, until=120, tasks=tasks, profile="guide", config={"hop": 0.0})
    counts = [evaluate_text(what, busy) for what in ("sent", "succeeded", "queue_at(119.9)")]
    assert counts == [11, 7, 3]
    assert len([e for e in busy if isinstance(e, ev.TaskStarted)]) - 7 == 1
    two = played(10, until=120, tasks=tasks, profile="guide", workers={"w1": {}, "w2": {}})
    assert evaluate_text("queue_at(119.9)", two) == 0
    assert evaluate_text("max(queue) <= 1", two) is True
    expiring = played(10, until=120, tasks=tasks, profile="guide", entry={"options": {"expires": 10}})
    assert [evaluate_text(what, expiring) for what in ("queue_at(119.9) <= 1", "revoked > 0")] == [True, True]


def test_a_beat_that_was_away_sends_once_what_it_missed() -> None:
    trace = played(2, until=14, faults=[{"at": 3, "kill": "beat"}, {"at": 9, "start": "beat"}])
    assert ticks(trace) == [2, 9, 11, 13]
    nothing_missed = played(5, until=14, faults=[{"at": 6, "stop": "beat"}, {"at": 7, "start": "beat"}])
    assert ticks(nothing_missed) == [5, 10]


def test_an_embedded_beat_lives_and_dies_with_its_worker() -> None:
    faults = [{"at": 3, "kill": "w1"}, {"at": 9, "start": "w1"}]
    workers = {"w1": {"beat": True}, "w2": {}}
    trace = played(2, until=14, faults=faults, workers=workers)
    assert ticks(trace) == [2, 9, 11, 13]
    assert {e.hostname for e in trace if isinstance(e, ev.TaskSent)} == {"w1"}


def test_two_embedded_beats_send_everything_twice() -> None:
    trace = played(2, until=5, workers={"w1": {"beat": True}, "w2": {"beat": True}})
    assert ticks(trace) == [2, 2, 4, 4]


def test_beat_keeps_no_run_alive() -> None:
    send = [{"at": 0, "task": "report"}]
    data = {"profile": "celery-rabbitmq", "tasks": {"report": 5}, "send": send}
    endless = simulate(build({**data, "beat_schedule": {"tick": {"task": "report", "schedule": 3}}}))
    assert endless.header.stopped == "cap"  # what beat sends is work like any other
    quiet = simulate(build({**data, "beat_schedule": {"tick": {"task": "report", "schedule": 6}}}))
    assert (quiet.header.stopped, ticks(quiet)) == ("done", [0])
    with pytest.raises(ScenarioError) as refused:
        build({"tasks": {"report": 5}, "beat_schedule": {"tick": {"task": "report", "schedule": 6}}})
    assert [problem.code for problem in refused.value.problems] == ["beat.until"]


def test_beat_goes_on_after_a_broker_that_was_away() -> None:
    trace = played(1, until=4.5, faults=[{"at": 1.5, "down": "broker", "for": 1}])
    assert ticks(trace) == [1, 2.6, 3, 4]  # the call at 2 s waited for the broker
    trace = played(1, until=5.5, faults=[{"at": 1.5, "down": "broker", "for": 2}])
    assert ticks(trace) == [1, 3.6, 4, 5]
    assert [e.t for e in trace if isinstance(e, ev.PublishFailed)] == [2.6 * MICROS]


def test_a_beat_that_is_killed_while_a_tick_waits_for_the_broker_never_sends_it() -> None:
    outage = {"at": 1.5, "down": "broker", "for": 1}
    assert ticks(played(1, until=4.5, faults=[outage, {"at": 2.1, "kill": "beat"}])) == [1]


def test_the_nth_tick_draws_the_same_wherever_beat_runs() -> None:
    tasks = {"report": {"exponential": 0.3}}

    def runtimes(**data: Any) -> list[int]:
        return [e.runtime for e in played(2, until=20, tasks=tasks, **data) if isinstance(e, ev.TaskSucceeded)]

    assert runtimes() == runtimes(workers={"w1": {"beat": True}})
    assert len(set(runtimes())) > 3


@pytest.mark.parametrize(
    ("crontab", "expected"),
    [
        ({}, [60, 120]),
        ({"minute": "*/15"}, [900, 1800]),
        ({"minute": 30, "hour": "9-10"}, [9.5 * 3600, 10.5 * 3600]),
        ({"minute": 0, "hour": 0}, [DAY, 2 * DAY]),
        ({"minute": 0, "hour": 12, "day_of_week": "mon"}, [DAY / 2, 7.5 * DAY]),
        ({"minute": 0, "hour": 0, "day_of_week": "sunday"}, [6 * DAY, 13 * DAY]),
        ({"minute": 0, "hour": 0, "day_of_month": 1}, [31 * DAY, (31 + 29) * DAY]),
        ({"minute": 0, "hour": 0, "day_of_month": 29, "month_of_year": "feb"}, [59 * DAY, (59 + 1461) * DAY]),
    ],
)
def test_time_0_of_a_crontab_is_monday_the_first_of_january(crontab: dict[str, Any], expected: list[float]) -> None:
    cron = Cron(Crontab.model_validate(crontab), WallClock(None, None))
    first = cron.after(0)
    assert [first, cron.after(first)] == [round(seconds * MICROS) for seconds in expected]


def test_a_day_that_never_comes() -> None:
    assert (
        Cron(Crontab.model_validate({"day_of_month": 30, "month_of_year": 2}), WallClock(None, None)).after(0) == NEVER
    )


def test_crontab_ticks_in_a_run() -> None:
    assert ticks(played({"crontab": {"minute": "*/2"}}, until=400)) == [120, 240, 360]


@pytest.mark.parametrize(
    ("field", "value", "numbers"),
    [
        ("minute", "0,30", {0, 30}),
        ("minute", "50-10/10", {50, 0, 10}),
        ("hour", "8-17/3", {8, 11, 14, 17}),
        ("day_of_week", "fri-mon", {5, 6, 0, 1}),
        ("month_of_year", "jan,december", {1, 12}),
    ],
)
def test_crontab_fields(field: str, value: str, numbers: set[int]) -> None:
    assert parse_field(field, value) == numbers


@pytest.mark.parametrize(("field", "value"), [("minute", 60), ("hour", "a"), ("day_of_month", 0), ("minute", "*/0")])
def test_crontab_fields_that_make_no_sense(field: str, value: int | str) -> None:
    with pytest.raises(ValueError, match=re.escape(str(value))):
        parse_field(field, value)

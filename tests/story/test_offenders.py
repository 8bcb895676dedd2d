"""For every measure a goal that is missed, and the event that decided against it, in words."""

from __future__ import annotations

import pytest

from simulator.course.check_report import as_data, check_lines
from simulator.course.verdict import Checked, judge
from simulator.engine import simulate
from simulator.scenario.conditions.goals import MEASURES
from simulator.scenario.schema import Goal
from simulator.story.narrate.narration import sentence
from simulator.trace import Trace
from simulator.world import timeline_of
from tests.lessons import played
from tests.story.goldens import hold
from tests.story.samples import CRASH, EXPIRY, OUTAGES, OVERFLOW, RETRIES, pool_events, run_of
from tests.strategies import build

GUIDE = "guide"
"""Lesson 2: Task1..Task3 sent at 0.5; worker1 asks at 0, 1, 3, 4."""
POOL = "pool"
IGNORED = "ignored"
CROWDED = "crowded"
"""Two slots for a task of 4 s each second."""

MISSED: list[tuple[str, str, str | None]] = [
    ("sent", "sent <= 2", "task-sent"),
    ("succeeded", "succeeded <= 1", "result-stored"),
    ("failed", "failed == 0", "result-stored"),
    ("revoked", "revoked == 0", "result-stored"),
    ("ignored", "ignored == 0", "task-ignored"),
    ("dropped", "dropped(a) == 0", "message-dropped"),
    ("lost", "lost == 0", "task-lost"),
    ("served", "served <= 2", "result-stored"),
    ("retried", "retried(Task1) == 0", "task-retried"),
    ("dead_lettered", "dead_lettered == 0", "message-dead-lettered"),
    ("publish_failed", "publish_failed(b) == 0", "publish-failed"),
    ("runs", "runs(Task1) < 2", "task-started"),
    ("effects", "effects(Task1) == 1", "result-stored"),
    ("duplicates", "duplicates(pay) == 0", "result-stored"),
    ("finished_by", "finished_by <= 3.5", "result-stored"),
    ("state", "state(Task1) == SUCCESS", "result-stored"),
    ("result_state", "result_state(Task1) == PENDING", "result-stored"),
    ("worker_of", "worker_of(Task3) == worker2", "task-received"),
    ("position", "position(Task3) == 1", "task-started"),
    ("started_at", "started_at(Task3) < 3", "task-started"),
    ("finished_at", "finished_at(Task3) < 4", "result-stored"),
    ("mean", "mean(wait) <= 1", "task-started"),
    ("p50", "p50(response) < 2.5", "result-stored"),
    ("p95", "p95(wait, notify_shipping) <= 2", "task-started"),
    ("max", "max(queue) <= 2", "message-queued"),
    ("peak", "peak(memory, worker1) <= 60", "task-started"),
    ("throughput", "throughput(2, end) < 1", "result-stored"),
    # A run that has begun counts up to the end, and so does a task that is there, while nothing else is known.
    ("util", "util(worker1) < 0.5", "task-started"),
    ("process_seconds", "process_seconds < 7", "worker-online"),
    ("deaths", "deaths == 0", "worker-lost"),
    ("polls", "polls <= 7", "poll"),
    ("empty_polls", "empty_polls(worker1) <= 1", "poll"),
    ("polls_per_hour", "polls_per_hour < 7200", "poll"),
    ("queue_length", "queue_length(celery) > 0", "message-delivered"),
    ("unacked", "unacked > 0", "message-acked"),
    ("running", "running(worker1) > 0", "task-succeeded"),
    ("load", "load < 0.5", "task-sent"),
    ("load_verdict", "load_verdict == stable", "message-queued"),
    ("queue_at", "queue_at(0.7) < 3", "message-queued"),
    ("late", "late(2) == 0", "task-sent"),
    ("results_at", "results_at(3) < 2", "result-stored"),
    ("age_at", "age_at(2, Task3) <= 1", "task-sent"),
    ("queue_after", 'queue_after("task-received", Task1) == [Task3]', "task-received"),
    ("order", 'order("message-acked", Task1, "task-started", Task1)', None),
    ("L", "L < 2", "task-sent"),
    ("arrival_rate", "arrival_rate < 0.7", "task-sent"),
    ("W", "W < 2.8", "task-sent"),
    ("end", "end < 4", None),
]
RUNS: dict[str, str] = {
    "failed": RETRIES,
    "revoked": EXPIRY,
    "ignored": IGNORED,
    "dropped": OVERFLOW,
    "lost": CRASH,
    "retried": RETRIES,
    "dead_lettered": RETRIES,
    "publish_failed": OVERFLOW,
    "runs": RETRIES,
    "effects": OUTAGES,
    "duplicates": OUTAGES,
    "state": RETRIES,
    "peak": POOL,
    "deaths": CRASH,
    "load": CROWDED,
    "load_verdict": CROWDED,
}
"""The run of each goal; the others are of lesson 2."""


def run_for(measure: str) -> Trace:
    name = RUNS.get(measure, GUIDE)
    if name == GUIDE:
        return played("three-task-order")
    if name == IGNORED:
        return simulate(build({"until": 9, "tasks": {"t": {"raises": "Ignore"}}, "send": [{"at": 0, "task": "t"}]}))
    if name == CROWDED:
        work = {"tasks": {"t": 4}, "send": [{"from": 0, "every": 1, "task": "t"}]}
        return simulate(build({"until": 60, "profile": "celery-redis", "workers": 2, **work}))
    return pool_events() if name == POOL else run_of(name)


def test_no_measure_is_left_out() -> None:
    assert {measure for measure, _, _ in MISSED} == set(MEASURES)


@pytest.mark.parametrize(("measure", "test", "kind"), MISSED)
def test_the_event_that_decided(measure: str, test: str, kind: str | None) -> None:
    trace = run_for(measure)
    verdict = judge(Goal(test=test), trace)
    assert not verdict.met
    assert [name.partition("(")[0] for name, _ in verdict.values] == [measure]
    assert (None if verdict.event is None else trace[verdict.event].type) == kind


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_each_in_words(lang: str) -> None:
    told: list[str] = []
    for measure, test, _ in MISSED:
        trace = run_for(measure)
        checked = Checked(None, trace, (judge(Goal(test=test, points=2), trace),), (), (), ())
        lines = list(check_lines("x.yaml", [checked], lang))
        told += lines[1:]
        (goal,) = as_data("x.yaml", [checked], [], lang)["runs"][0]["goals"]
        assert (goal["met"], goal["points"], list(goal["values"])) == (
            False,
            2,
            [n for n, _ in checked.verdicts[0].values],
        )
        event = checked.verdicts[0].event
        if event is None:
            assert goal["event"] is None
        else:
            said = sentence(timeline_of(trace), event, lang)
            assert lines[-1].endswith(said)
            assert goal["event"] == {
                "index": event,
                "t": trace[event].t / 1e6,
                "type": trace[event].type,
                "text": said,
            }
    hold(f"offenders.{lang}.txt", "\n".join(told))

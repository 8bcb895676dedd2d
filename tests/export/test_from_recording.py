"""`new --from-recording`: a trace becomes a scenario that runs like it."""

from __future__ import annotations

import pytest

from simulator.engine import simulate
from simulator.export import Draft, scenario_from_recording, scenario_text
from simulator.measure import summary
from simulator.scenario import Problem, Scenario, load_scenario, parse_scenario
from simulator.story.run import read_run
from simulator.trace import Trace
from tests.screens.test_golden import RECORDING

MIXED = """
profile: celery-rabbitmq
workers: {w1: {concurrency: 3, queues: [celery, mail]}, w2: {concurrency: 2, prefetch_multiplier: 1}}
tasks:
  render: {duration: {lognormal: {median: 0.4, p95: 2}}}
  mail: {duration: {exponential: 0.5}, queue: mail, raises: {ConnectionError: 0.2},
         autoretry_for: [ConnectionError], max_retries: 2, retry_backoff: 2, retry_jitter: false}
  tick: 0.05
send:
  - {from: 0, count: 400, every: {exponential: 0.22}, task: render}
  - {from: 0, count: 150, every: {exponential: 0.6}, task: mail}
  - {from: 1, count: 40, every: 2, task: tick, countdown: 3}
"""


def run(text: str) -> Trace:
    return simulate(parse_scenario(text))


def scenario_of(draft: Draft) -> Scenario:
    return parse_scenario(scenario_text(draft, Problem("recording.origin")))


def mean_waits(trace: Trace) -> dict[str, float]:
    return {kind.name: kind.wait.mean for kind in summary(trace).types if kind.wait.mean is not None}


def test_the_waits_of_a_mixed_run_lie_near_the_recorded_ones() -> None:
    recorded = run(MIXED)
    again = simulate(scenario_of(scenario_from_recording(recorded)))
    before, after = mean_waits(recorded), mean_waits(again)
    assert before.keys() == after.keys()
    for name, wait in before.items():
        assert after[name] == pytest.approx(wait, rel=0.5, abs=0.1), name


def test_the_waits_of_a_real_celery_are_met_within_a_twentieth_of_a_second() -> None:
    recorded = read_run(str(RECORDING))
    again = simulate(scenario_of(scenario_from_recording(recorded)))
    before, after = ({kind.name: kind.wait for kind in summary(trace).types} for trace in (recorded, again))
    assert before.keys() == after.keys() == {"send_email", "charge_card"}
    for name, wait in before.items():
        for what in ("count", "mean", "p50", "p95", "max"):
            assert getattr(after[name], what) == pytest.approx(getattr(wait, what), abs=0.05), (name, what)
    assert max(wait.max or 0 for wait in before.values()) > 1, "there is something to wait for"


@pytest.mark.parametrize(
    "name", ["three-task-order", "success-and-ack", "retry", "dead-letter", "priorities", "two-queues"]
)
def test_a_lesson_comes_out_as_it_was(name: str) -> None:
    recorded = simulate(load_scenario(name))
    again = simulate(scenario_of(scenario_from_recording(recorded)))
    assert mean_waits(again) == mean_waits(recorded)
    ends = ("task-started", "task-retried", "task-succeeded", "task-failed")
    assert [(e.t, e.type, e.actor) for e in again if e.type in ends] == [
        (e.t, e.type, e.actor) for e in recorded if e.type in ends
    ]


def test_types_durations_failures_and_workers_are_found() -> None:
    draft = scenario_from_recording(run(MIXED))
    model = scenario_of(draft).model
    assert model.tasks["render"].duration.kind == "lognormal"
    assert model.tasks["tick"].duration.numbers == (0.05,)
    mail = model.tasks["mail"]
    assert isinstance(mail.raises, dict)
    assert mail.raises["ConnectionError"] == pytest.approx(0.2, abs=0.08)
    assert (mail.autoretry_for, mail.retry_backoff, mail.retry_jitter) == (["ConnectionError"], 2, False)
    assert {name: (w.concurrency, w.queues) for name, w in model.workers.items()} == {
        "w1": (3, ["celery", "mail"]),
        "w2": (2, ["celery"]),
    }
    assert model.workers["w2"].prefetch_multiplier == 1
    assert {send.countdown for send in model.send if send.task == "tick"} == {3}
    fits = [note for note in draft.notes if note.code == "recording.durations"]
    assert [note.params["kind"] for note in fits] == ["lognormal", "exponential"]


def test_many_arrivals_become_a_distribution_and_say_how_near() -> None:
    draft = scenario_from_recording(
        run("tasks: {a: 0.01}\nprofile: celery-redis\nsend: [{every: {exponential: 1}, count: 600, task: a}]")
    )
    (send,) = scenario_of(draft).model.send
    assert send.every is not None
    assert send.every.kind == "exponential"
    assert send.every.numbers[0] == pytest.approx(1, rel=0.1)
    (note,) = [note for note in draft.notes if note.code == "recording.arrivals"]
    assert 0 < float(str(note.params["distance"])) < 0.06


def test_deaths_stops_and_returns_of_workers_are_kept() -> None:
    recorded = run(
        "tasks: {a: 2}\nprofile: celery-rabbitmq\nworkers: {w1: {}, w2: {starts_at: 1}}\n"
        "send: [{at: 0, count: 9, task: a}]\n"
        "faults: [{at: 3, kill: w1}, {at: 5, start: w1}, {at: 6, stop: w2, how: warm}]"
    )
    model = scenario_of(scenario_from_recording(recorded)).model
    assert [(f.kill, f.stop, f.start) for f in model.faults] == [
        ("w1", None, None), (None, None, "w1"), (None, "w2", None),
    ]  # fmt: skip
    assert model.workers["w2"].starts_at == 1


def test_an_empty_trace_is_a_scenario_too() -> None:
    recorded = run("send: []\nworkers: {}")
    draft = scenario_from_recording(recorded)
    assert {note.code for note in draft.notes} == {"recording.no_worker"}
    assert len(scenario_of(draft).model.workers) == 2

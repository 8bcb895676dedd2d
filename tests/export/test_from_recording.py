"""`new --from-recording`: a trace becomes a scenario that runs like it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import msgspec
import pytest

from simulator.engine import simulate
from simulator.export import Draft, scenario_from_recording, scenario_text
from simulator.measure import summary
from simulator.real.recording.events import convert
from simulator.real.recording.known import Known, KnownWorker
from simulator.scenario import Problem, Scenario, ScenarioError, load_scenario, parse_scenario
from simulator.story.run import read_run
from simulator.study.grid import scale_arrivals
from simulator.trace import Trace, TraceFileError, read_trace, write_trace
from simulator.trace import events as ev
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
    jittered = MIXED.replace("ConnectionError: 0.2", "ConnectionError: 0.6").replace("jitter: false", "jitter: true")
    mail = scenario_of(scenario_from_recording(run(jittered))).model.tasks["mail"]
    assert (mail.max_retries, mail.retry_backoff, mail.retry_jitter) == (2, 2, True)
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


def asked_of(trace: Trace, **asked: Any) -> Trace:
    """The trace as a recording that was told these things by its workers."""
    header = msgspec.structs.replace(
        trace.header, profile="celery-redis", stopped="recorded", recorded={"asked": asked}
    )
    return Trace(header, trace.events)


def test_what_workers_were_asked_makes_the_model_theirs() -> None:
    failing = "{duration: 0.1, raises: [Timeout, null], autoretry_for: [Timeout], max_retries: 7, retry_backoff: 3}"
    recorded = run(f"profile: celery-redis\ntasks: {{mail: {failing}}}\nsend: [{{at: 0, count: 3, task: mail}}]")
    reported = {"rate_limit": "4/s", "max_retries": 7, "retry_backoff": 3, "retry_jitter": True, "acks_late": False}
    conf = {"task_soft_time_limit": 9, "broker_transport_options": {"visibility_timeout": 77}}
    draft = scenario_from_recording(
        asked_of(recorded, tasks={"mail": reported}, conf=[{"workers": ["worker1", "worker2"], "settings": conf}])
    )
    model = scenario_of(draft).model
    mail = model.tasks["mail"]
    assert (mail.rate_limit, mail.max_retries, mail.retry_backoff, mail.retry_jitter) == ("4/s", 7, 3, True)
    assert mail.autoretry_for == ["Timeout"]
    assert model.config.task_soft_time_limit == 9
    assert model.config.broker_transport_options is not None
    assert model.config.broker_transport_options.visibility_timeout == 77
    assert "recording.max_retries" not in {note.code for note in draft.notes}


def test_a_configuration_given_with_it_goes_before_the_recorded_one() -> None:
    recorded = asked_of(run(MIXED), conf=[{"workers": ["w1"], "settings": {"task_time_limit": 5}}])
    draft = scenario_from_recording(recorded, conf={"w1": {"task_time_limit": 50}})
    assert scenario_of(draft).model.config.task_time_limit == 50


def test_a_retry_is_known_by_its_reason_in_a_pool_without_processes() -> None:
    told = {"hostname": "w@h", "uuid": "a"}
    tries = [
        {**told, "type": f"task-{kind}", "timestamp": number + at, "name": "mail", "retries": number}
        for number in range(2)
        for kind, at in (("received", 1), ("started", 1.1))
    ]
    why = "Retry(Retry(...), SmtpError('greylisted'), 2)"
    ends = [
        {**told, "type": "task-retried", "timestamp": 1.5, "exception": why},
        {**told, "type": "task-succeeded", "timestamp": 2.5, "runtime": 0.4, "result": "1"},
    ]
    recorded = convert([*tries, *ends])
    mail = scenario_of(scenario_from_recording(recorded)).model.tasks["mail"]
    assert mail.raises == ["SmtpError", None]
    assert mail.autoretry_for == ["SmtpError"]


RECEIVED = {"type": "task-received", "timestamp": 1, "hostname": "w@h", "uuid": "a", "name": "mail"}
RAN: list[dict[str, Any]] = [
    RECEIVED,
    {"type": "task-started", "timestamp": 1, "hostname": "w@h", "uuid": "a"},
    {"type": "task-succeeded", "timestamp": 2, "hostname": "w@h", "uuid": "a", "runtime": 1.0, "result": "1"},
]


def test_a_model_in_which_nothing_would_run_is_refused_and_routes_mend_it() -> None:
    trace = convert(RAN, Known(workers={"w": KnownWorker(("mail", "other"))}))
    with pytest.raises(ScenarioError) as refused:
        scenario_from_recording(trace)
    (problem,) = refused.value.problems
    assert (problem.code, problem.params["name"]) == ("recording.no_queue", "mail")
    draft = scenario_from_recording(trace, conf={"w": {"task_routes": {"mail": "other"}}})
    assert summary(simulate(scenario_of(draft))).types[0].wait.count == 1
    elsewhere = [{"type": "task-sent", "timestamp": 0.9, "hostname": "p@h", "uuid": "a", "name": "mail", "queue": "x"}]
    with pytest.raises(ScenarioError) as refused:
        scenario_from_recording(convert([*elsewhere, *RAN], Known(workers={"w": KnownWorker(("mail",))})))
    assert [(p.code, p.params["queue"]) for p in refused.value.problems] == [("recording.unconsumed", "x")]


def test_the_only_queue_of_the_worker_that_ran_it_is_its_queue() -> None:
    trace = convert(RAN, Known(workers={"w": KnownWorker(("special",)), "v": KnownWorker(("celery",))}))
    assert scenario_of(scenario_from_recording(trace)).model.tasks["mail"].queue == "special"


def test_a_deploy_in_a_recording_is_a_deploy_in_its_model() -> None:
    again = [{"type": kind, "timestamp": at, "hostname": "w@h"} for kind, at in
             (("worker-online", 0), ("worker-offline", 1.5), ("worker-online", 5))]  # fmt: skip
    later = [{**raw, "uuid": "b", "timestamp": raw["timestamp"] + 5} for raw in RAN]
    trace = convert([*again, *RAN, *later], Known(workers={"w": KnownWorker(("celery",), concurrency=1)}), origin=0)
    (line,) = scenario_of(scenario_from_recording(trace)).model.faults
    assert (line.restart, line.at, line.start_up) == ("w", 1.5, 3.0)


def test_arrivals_by_reference_keep_their_times_and_double_over_the_same_time(tmp_path: Path) -> None:
    recorded = run(
        "profile: celery-redis\ntasks: {a: 0.01, b: 0.01}\nworkers: 2\nuntil: 60\nsend:\n"
        "  - {from: 0, every: {exponential: 0.1}, task: a}\n  - {at: 3, count: 5, task: b, countdown: 2}\n"
    )
    with (tmp_path / "run.jsonl").open("w", encoding="utf-8") as stream:
        write_trace(recorded, stream)
    draft = scenario_from_recording(recorded, "run.jsonl")
    assert draft.data["send"] == [{"recording": "run.jsonl", "task": name} for name in ("a", "b")]
    (tmp_path / "model.yaml").write_text(scenario_text(draft, Problem("recording.origin")), encoding="utf-8")
    scenario = load_scenario(tmp_path / "model.yaml")

    def sent(trace: Trace) -> list[tuple[float, str]]:
        return [(e.t, e.name) for e in trace if isinstance(e, ev.TaskSent)]

    assert sent(simulate(scenario)) == sent(recorded)
    twice = simulate(scenario.edited(*scale_arrivals(scenario, 2)))
    halves = [[t for t, name in sent(twice) if name == "a" and part * 30e6 <= t < (part + 1) * 30e6] for part in (0, 1)]
    before = sum(name == "a" for _, name in sent(recorded))
    assert sum(map(len, halves)) == pytest.approx(2 * before, abs=2)
    assert len(halves[0]) == pytest.approx(len(halves[1]), abs=2)
    child = tmp_path / "deeper" / "child.yaml"
    child.parent.mkdir()
    child.write_text("extends: ../model.yaml\nsend: [{at: 1, task: b}]\n", encoding="utf-8")
    assert len(sent(simulate(load_scenario(child)))) == len(sent(recorded)) + 1


def test_what_beat_sent_at_its_intervals_is_sent_by_beat() -> None:
    recorded = run(
        "profile: celery-redis\ntasks: {tidy: 0.1, pay: 0.1}\nuntil: 40\n"
        "beat_schedule: {tidy: {task: tidy, schedule: 5}}\n"
        "send: [{from: 0, every: {exponential: 2}, task: pay}]"
    )
    settings = {"beat_schedule": {"tidy": {"task": "tidy", "schedule": 5.0}, "rare": {"task": "pay", "schedule": 5.0}}}
    draft = scenario_from_recording(asked_of(recorded, conf=[{"workers": ["worker1"], "settings": settings}]))
    assert draft.data["beat_schedule"] == {"tidy": {"task": "tidy", "schedule": 5.0}}
    assert {line["task"] for line in draft.data["send"]} == {"pay"}
    again = {kind.name: kind.sent for kind in summary(simulate(scenario_of(draft))).types}
    assert again == {kind.name: kind.sent for kind in summary(recorded).types}


@pytest.mark.parametrize(
    "asked",
    [
        {"conf": 3},
        {"conf": [{"workers": ["w"], "settings": 3}]},
        {"conf": [{"workers": 1, "settings": {}}]},
        {"tasks": {"a": 1}},
        {"priorities": {"a": {"x": 1}}},
        {"priorities": {"a": {"1": -1}}},
    ],
)
def test_what_no_worker_can_have_said_is_refused_with_its_line(asked: dict[str, Any]) -> None:
    file = io.StringIO()
    write_trace(asked_of(run("send: [{task: a}]"), **asked), file)
    with pytest.raises(TraceFileError) as refused:
        read_trace(file.getvalue().splitlines())
    assert (refused.value.code, refused.value.line) == ("trace.value", 1)


def test_settings_of_another_kind_are_left_out() -> None:
    odd = {"task_routes": 3, "beat_schedule": 4, "broker_transport_options": 5, "task_default_queue": 7}
    conf = [{"workers": ["worker1"], "settings": odd}]
    draft = scenario_from_recording(
        asked_of(run(MIXED), conf=conf, tasks={"mail": {"max_retries": "x", "rate_limit": []}})
    )
    assert summary(simulate(scenario_of(draft))).types

"""Changes in the middle of a run: `{at: T, set: {path: value}}`."""

from __future__ import annotations

import pytest

from simulator.engine import simulate
from simulator.scenario import Scenario, ScenarioError, parse_scenario
from simulator.scenario.values.paths import get_path
from simulator.story.run import Run
from simulator.story.tell import tell
from simulator.trace import Trace
from simulator.trace import events as ev

MAIL = """
services: {smtp: {latency: 0.5, capacity: 1}, result_backend: {}}
workers: {worker1: {}, worker2: {}}
tasks: {mail: {duration: 2, calls: smtp}, pay: 1, report: {exponential: 3}}
send: [{from: 0, every: 1, count: 8, task: pay}, {at: 0, task: mail}, {at: 20, task: mail}, {at: 20, task: mail}]
"""


def run(faults: str, text: str = MAIL) -> Trace:
    return simulate(parse_scenario(f"{text}\nfaults: [{faults}]"))


def durations(trace: Trace, name: str) -> list[float]:
    begun = {e.uuid: e.t for e in trace if isinstance(e, ev.TaskStarted)}
    ended = [e for e in trace if isinstance(e, ev.TaskSucceeded | ev.TaskFailed)]
    return [round((e.t - begun[e.uuid]) / 1e6, 3) for e in ended if e.uuid.startswith(name)]


def test_what_runs_goes_on_and_what_begins_later_takes_another_time() -> None:
    trace = run("{at: 4.5, set: {tasks.pay.duration: 0.25}}")
    assert durations(trace, "pay") == [1.0] * 5 + [0.25] * 3
    (changed,) = [e for e in trace if isinstance(e, ev.SettingChanged)]
    assert (changed.t, changed.hostname, changed.setting, changed.value) == (4_500_000, "tasks.pay", "duration", 0.25)


def test_a_star_is_every_task() -> None:
    trace = run("{at: 4.5, set: {tasks.*.duration: {uniform: [0.5, 0.5]}}}")
    assert durations(trace, "pay") == [1.0] * 5 + [0.5] * 3
    assert [e.hostname for e in trace if isinstance(e, ev.SettingChanged)] == [
        "tasks.mail",
        "tasks.pay",
        "tasks.report",
    ]


def test_the_result_backend_gets_slower_as_with_slow() -> None:
    text = "workers: {w: {}}\nservices: {result_backend: {}}\ntasks: {a: 1}\nsend: [{at: 0, task: a}, {at: 3, task: a}]"
    by_set = run("{at: 2, set: {services.result_backend.latency: 0.5}}", text)
    by_slow = run("{at: 2, slow: services.result_backend, latency: 0.5}", text)
    stored = [e.t for e in by_set if isinstance(e, ev.ResultStored)]
    # Stored in no time, then half a second after the end of its run.
    begun = [e.t for e in by_set if isinstance(e, ev.TaskStarted)]
    assert [late - early for early, late in zip(begun, stored, strict=True)] == [1_000_000, 1_500_000]
    assert stored == [e.t for e in by_slow if isinstance(e, ev.ResultStored)]


def test_a_task_begins_to_fail_and_stops_failing() -> None:
    trace = run("{at: 2.5, set: {tasks.pay.raises: ValueError}}, {at: 5.5, set: {tasks.pay.raises: null}}")
    failed = [e for e in trace if isinstance(e, ev.TaskFailed)]
    assert [e.uuid for e in failed if e.exception == "ValueError()"] == ["pay_4", "pay_5", "pay_6"]


def test_a_service_answers_later_and_to_more() -> None:
    refused = [e.exception for e in run("") if isinstance(e, ev.TaskFailed)]
    assert refused == ["Overloaded()"]
    trace = run("{at: 10, set: {services.smtp.latency: 1, services.smtp.capacity: null}}")
    assert durations(trace, "mail") == [2.5, 3.0, 3.0]
    trace = run("{at: 10, set: {services.smtp.capacity: null, services.smtp.rate_limit: 0.1}}")
    assert [e.exception for e in trace if isinstance(e, ev.TaskFailed)] == ["Overloaded()"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("workers.worker1.concurrency: 2", "set.not_running"),
        ("config.worker_prefetch_multiplier: 2", "set.not_running"),
        ("profile: celery-rabbitmq", "set.not_running"),
        ("services.result_backend.capacity: 2", "set.not_running"),
        ("tasks.pya.duration: 2", "set.unknown"),
        ("tasks.pay.duration: soon", "distribution.shape"),
        ("tasks.pay.duration: -1", "seconds"),
        ("services.smtp.capacity: 0", "value.bound"),
        ("tasks..pay: 2", "path.syntax"),
    ],
)
def test_what_cannot_change_is_refused_at_its_place(change: str, code: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        run(f"{{at: 1, set: {{{change}}}}}")
    (problem,) = caught.value.problems
    assert problem.code == code
    assert problem.mark is not None
    assert problem.mark.line == 7


def test_a_set_is_an_action_of_its_own() -> None:
    with pytest.raises(ScenarioError) as caught:
        run("{at: 1, kill: worker1, set: {tasks.pay.duration: 1}}")
    assert [problem.code for problem in caught.value.problems] == ["fault.one_action"]
    with pytest.raises(ScenarioError):
        run("{at: 1, set: {}}")


@pytest.mark.parametrize(("lang", "words"), [("en", "Setting changed"), ("ko", "설정 변경")])
def test_it_is_told(lang: str, words: str) -> None:
    told = "\n".join(tell(Run(run("{at: 4.5, set: {tasks.pay.duration: {exponential: 2}}}")), lang))
    assert f"tasks.pay: {words}: duration = {{exponential: 2}}" in told


def scenario() -> Scenario:
    return parse_scenario(MAIL + "variants: {slow: {set: {tasks.pay.duration: 9}}}")


def test_what_is_written_at_a_path() -> None:
    assert scenario().value_at("tasks.pay.duration") == 1
    assert scenario().value_at("send.0.count") == 8
    assert scenario().value_at("config.task_acks_late") is None
    assert scenario().with_variant("slow").value_at("tasks.pay.duration") == 9
    assert scenario().with_variant("slow").with_variant(None).value_at("tasks.pay.duration") == 1
    assert get_path({"a": {"x": {"n": 1}, "y": {"n": 1}, "z": {"n": 2}}}, "a.*.n") is None
    assert get_path({"a": [{"n": 1}, {"n": 1}]}, "a.*.n") == 1
    assert get_path({"a": 1}, "a.b.0") is None


def test_a_run_can_be_watched_and_ended_from_outside() -> None:
    text = "tasks: {t: 0.001}\nprofile: celery-rabbitmq\nsend: [{from: 0, every: 0.001, count: 5000, task: t}]"
    seen: list[tuple[int, int]] = []
    trace = simulate(parse_scenario(text), watch=lambda time, events: seen.append((time, events)))
    assert seen == sorted(seen)
    assert 0 < seen[0][1] < seen[-1][1] <= len(trace)
    assert trace.hash == simulate(parse_scenario(text)).hash

    def stop(time: int, events: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(parse_scenario(text), watch=stop)

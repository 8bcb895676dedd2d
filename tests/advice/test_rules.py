"""Rules of advice: each one's demonstration shows the harm, and its variant `fixed` takes it away."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.advice.findings import RULES
from simulator.advice.lint import DEMOS, FIXED, lint, load_demo
from simulator.engine import simulate
from simulator.measure.goals import check_goals
from simulator.scenario import load_scenario, parse_scenario, scenario_names

NAMES = [*RULES]

QUIET = {"early-ack-loses", "late-ack-runs-twice"}
"""Rules that object to nearly every scenario: an ACK is early or late."""


def found_in(scenario: object) -> set[str]:
    return {one.finding.rule for one in lint(scenario)}  # type: ignore[arg-type]


def test_every_rule_has_a_demonstration_and_the_reverse() -> None:
    assert len(NAMES) >= 25
    assert {path.stem for path in DEMOS.glob("*.yaml")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_objects_to_its_demonstration_and_not_to_the_remedy(name: str) -> None:
    demo = load_demo(name)
    assert name in found_in(demo)
    assert name not in found_in(demo.with_variant(FIXED))


@pytest.mark.parametrize("name", NAMES)
def test_the_harm_happens_and_the_remedy_takes_it_away(name: str) -> None:
    demo = load_demo(name)
    for variant in (None, FIXED):
        scenario = demo.with_variant(variant)
        results = check_goals(scenario.goals, simulate(scenario))
        assert [result.met for result in results] == [True] * len(scenario.goals) != [], (variant, results)


@pytest.mark.parametrize("name", NAMES)
def test_a_demonstration_speaks_both_languages_and_has_no_setting_without_effect(name: str) -> None:
    demo = load_demo(name)
    texts = [demo.model.title, demo.model.summary, demo.model.variants[FIXED].text]
    assert all(text and set(text) == {"ko", "en"} for text in texts)
    assert demo.warnings == []
    assert len(Path(demo.file).read_text(encoding="utf-8").splitlines()) <= 25


LESSONS = {
    "prefetch": {"prefetch-behind-long"},
    "visibility-timeout": {"visibility-before-end"},
    "poison": {"requeued-for-ever"},
    "never-runs": {"queue-without-worker"},
    "rate-limits": {"rate-limit-a-worker", "rate-limit-blocks-others"},
    "consumer-timeout": {"run-past-consumer-timeout"},
    "get-in-task": {"get-in-task"},
    "beat": {"beat-faster-than-task"},
    "priorities": set(),
    "crash-early-late": set(),
    "three-task-order": set(),
}


@pytest.mark.parametrize("lesson", LESSONS)
def test_what_is_certain_in_a_lesson_is_what_the_lesson_is_about(lesson: str) -> None:
    assert lesson in scenario_names()
    certain = {one.finding.rule for one in lint(load_scenario(lesson)) if one.finding.certain}
    assert certain == LESSONS[lesson]


def test_a_sound_system_gets_no_advice() -> None:
    text = """
profile: celery-rabbitmq
config: {task_acks_late: true, worker_prefetch_multiplier: 1}
workers: {quick: {queues: [quick], concurrency: 8}, slow: {queues: [slow], concurrency: 2}}
tasks:
  email: {duration: 1, queue: quick, idempotent: true, time_limit: 30, soft_time_limit: 20}
  report: {duration: 60, queue: slow, idempotent: true}
send: [{from: 0, every: {exponential: 1}, task: email}, {from: 0, every: {exponential: 60}, task: report}]
"""
    assert found_in(parse_scenario(text)) == set()


def test_what_breaks_a_rule_in_several_places_is_one_finding() -> None:
    [one] = [one for one in lint(load_scenario("three-task-order")) if one.finding.rule == "late-ack-runs-twice"]
    assert len({path.split(".")[1] for path, _ in one.finding.evidence}) == 3


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ("tasks.work.duration=0.8", {"overloaded"}),
        ("tasks.work.duration={exponential: 0.8}", {"overloaded"}),
        ("tasks.work.duration={lognormal: {median: 0.7, p95: 3}}", {"overloaded"}),
        ("tasks.work.duration={uniform: [0.2, 0.9]}", {"overloaded"}),
        ("tasks.work.duration={choice: {0.1: 1, 1.5: 1}}", {"overloaded"}),
        ("tasks.work.duration={normal: [0.4, 0.1]}", set()),
        ("workers.w.concurrency=2", set()),
    ],
)
def test_load_is_arrivals_times_mean_duration(change: str, rules: set[str]) -> None:
    text = """
profile: celery-redis
workers: {w: {concurrency: 1}}
tasks: {work: 0.4}
send: [{from: 0, every: {exponential: 0.5}, task: work}]
until: 10
"""
    assert found_in(parse_scenario(text, overrides=[change])) - QUIET == rules

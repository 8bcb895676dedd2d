"""A run that is sure to reach a limit does not begin: what its file tells is a lower bound."""

from __future__ import annotations

import time

import pytest
from hypothesis import given

from simulator.engine import LimitReached, simulate
from simulator.scenario import Problem, Scenario, parse_scenario
from simulator.scenario.checks.size import find_excess
from simulator.trace import to_micros
from tests.strategies import scenarios

MANY = ", ".join(["{task: a}"] * 400)


@pytest.mark.parametrize(
    ("send", "code"),
    [
        ("{at: 0, task: a, count: 5000001}", "limit.sure"),
        ("{from: 0, every: 0.0001, task: a}", "limit.sure"),
        ("{from: 0, every: {exponential: 0.0001}, task: a}", "limit.sure"),
        ("{from: 0, every: {exponential: 0.001}, load: 10, task: a}", "limit.sure"),
        ("{from: 0, every: 0.001, burst: 100, count: 100000, task: a}", "limit.sure"),
        (f"{{from: 0, every: 0.01, count: 100000, each: [{MANY}]}}", "limit.sure"),
        (f"{{at: 0, count: 20000, chord: {{header: [{MANY}], body: {{task: a}}}}}}", "limit.sure"),
        (f'{{at: 0, count: 100000, task: a, args: ["{"{n}" * 10000}"]}}', "limit.memory"),
    ],
)
def test_what_the_file_tells_is_said_at_once_and_at_its_line(send: str, code: str) -> None:
    scenario = parse_scenario(f"workers: 1\ntasks: {{a: 1}}\nsend:\n  - {{at: 0, task: a}}\n  - {send}\n")
    begin = time.process_time()
    with pytest.raises(LimitReached) as caught:
        simulate(scenario)
    assert time.process_time() - begin < 0.5
    problem = caught.value.problem
    assert isinstance(problem, Problem)
    assert problem.mark is not None
    assert (problem.code, problem.mark.line) == (code, 5)


@pytest.mark.parametrize(
    "text",
    [
        "send: [{at: 0, task: a, count: 4999999}]",
        "send: [{from: 4000, every: 0.0001, task: a}]",
        "send: [{from: 0, every: 0.0001, until: 1, task: a}]",
        "send: [{from: 0, every: {exponential: 0.0008}, task: a}]",
        "send: [{from: 0, every: {lognormal: {median: 0.0001, p95: 0.001}}, task: a}]",
        "beat_schedule: {b: {task: a, schedule: 0.00001}}\nuntil: 9999\nfaults: [{at: 0, stop: beat}]",
        "send: [{at: 0, task: a, count: 9000000}]\nfaults: [{at: 0, down: broker, for: 9}]",
        "send: [{at: 0, task: a, count: 9000000}]\nqueues: {celery: {max_length: 1}}\nprofile: celery-rabbitmq",
        'send: [{at: 0, task: a, count: 100000, args: ["' + "x" * 30000 + '"]}]',
    ],
)
def test_what_is_not_sure_is_not_refused(text: str) -> None:
    assert find_excess(parse_scenario(f"tasks: {{a: 1}}\n{text}"), 10_000_000, to_micros(3600)) is None


def test_many_calls_on_one_occasion_are_read_in_time_that_grows_with_them() -> None:
    calls = ", ".join(["{task: a}"] * 3000)
    begin = time.process_time()
    parse_scenario(f"tasks: {{a: 1}}\nsend: [{{at: 0, each: [{calls}]}}]\n")
    assert time.process_time() - begin < 3  # it took 8 s when each call made a list of all


def test_what_beat_sends_is_told_by_the_file() -> None:
    text = "workers: 1\ntasks: {a: 1}\nuntil: 100\nbeat_schedule:\n  b: {task: a, schedule: 0.00001}\n"
    with pytest.raises(LimitReached) as caught:
        simulate(parse_scenario(text))
    problem = caught.value.problem
    assert isinstance(problem, Problem)
    assert problem.mark is not None
    assert (problem.code, problem.mark.line) == ("limit.sure", 5)


@given(scenarios())
def test_no_run_has_fewer_events_than_its_file_tells(scenario: Scenario) -> None:
    trace = simulate(scenario)
    assert find_excess(scenario, len(trace), trace.end) is None

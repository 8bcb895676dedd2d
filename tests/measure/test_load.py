"""The verdict on a load: arrivals times duration, against the slots that there are."""

from __future__ import annotations

import pytest

from simulator.engine import simulate
from simulator.measure import evaluate_text
from simulator.measure.load import QueueLoad, load_of
from simulator.scenario import parse_scenario
from simulator.story.report.load_words import load_texts


def loads(text: str) -> list[QueueLoad]:
    return load_of(simulate(parse_scenario(text)))


def steady(duration: float, until: int = 400, more: str = "") -> str:
    return f"""
profile: celery-redis
until: {until}
workers: {{w1: {{concurrency: 2}}}}
tasks: {{work: {duration}}}
send: [{{from: 0, every: 1, task: work}}{more}]
"""


def test_work_that_arrives_against_the_slots() -> None:
    """One task of 1.5 s a second, two slots: 75 %."""
    [load] = loads(steady(1.5))
    assert load.offered == pytest.approx(0.75, abs=0.01)
    assert (load.queues, load.growth, load.left, load.verdict) == (("celery",), 0.0, 0, "stable")


def test_too_much_work_grows_by_what_is_not_done() -> None:
    """Two slots do 2 / 4 s = 0.5 tasks a second of the one that arrives."""
    [load] = loads(steady(4))
    assert load.offered == pytest.approx(2.0, abs=0.05)
    assert load.growth == pytest.approx(0.5, abs=0.02)
    assert load.verdict == "overloaded"
    assert load.left == pytest.approx(400 * 0.5, abs=12)  # less the window of eight


def test_a_burst_that_is_being_worked_off_is_a_backlog() -> None:
    [load] = loads(steady(1, 100, ", {at: 20, task: work, count: 200}"))
    assert load.verdict == "backlogged"
    assert load.growth < 0
    assert load.left > 50


def test_queues_that_share_a_worker_are_judged_together() -> None:
    found = loads("""
profile: celery-rabbitmq
until: 200
workers: {w1: {queues: [a, b]}, w2: {queues: [b]}, w3: {queues: [c]}}
tasks: {x: {duration: 0.5, queue: a}, y: {duration: 0.5, queue: b}, z: {duration: 2, queue: c}}
send: [{from: 0, every: 1, task: x}, {from: 0, every: 1, task: y}, {from: 0, every: 1, task: z}]
""")
    assert [(one.queues, one.verdict) for one in found] == [(("a", "b"), "stable"), (("c",), "overloaded")]
    assert found[0].offered == pytest.approx(0.5, abs=0.01)


NOBODY = "until: 9\nworkers: 0\ntasks: {a: 1}\nsend: [{at: 0, task: a}]"
ENDS = steady(1).replace("until: 400", "").replace("every: 1,", "every: 1, count: 9,")


@pytest.mark.parametrize("text", [ENDS, "until: 9", NOBODY])
def test_what_has_no_load(text: str) -> None:
    assert loads(text) == []


def test_the_verdict_in_words() -> None:
    trace = simulate(parse_scenario(steady(4)))
    assert list(load_texts(trace, "en")) == [
        "Load of celery: 200%; overloaded: the backlog grows by 0.50 messages a second, without end"
    ]
    assert next(iter(load_texts(trace, "both"))).startswith("부하 celery: 200%. 과부하입니다.")


def test_goals_can_ask_for_it() -> None:
    trace = simulate(parse_scenario(steady(4)))
    assert evaluate_text("load(celery) > 1.9 and load < 2.1", trace) is True
    assert evaluate_text("load_verdict == overloaded", trace) is True
    done = simulate(parse_scenario("tasks: {work: 1}\nsend: [{at: 0, task: work}]\ngoals: [load_verdict == stable]"))
    assert (evaluate_text("load", done), evaluate_text("load_verdict(celery)", done)) == (None, "stable")

"""The memory of a run is estimated, whatever grows; a run that takes too much ends with what grew and what to do."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from typing import Any

import pytest

from simulator.engine import LimitReached, Simulation, simulate, simulate_into, simulation
from simulator.scenario import Problem, ScenarioError, parse_scenario
from simulator.scenario.checks.memory import DEFAULT, memory_limit
from simulator.story.problems.errors import format_problems, limit_problem

FEW = 4
"""Megabytes that these runs may take."""

FOREVER = "until: 1000000000"
GROWING = {
    "messages nobody takes": "workers: 1\ntasks: {a: 1}\nsend: [{from: 0, every: {exponential: 0.001}, task: a}]",
    "retries for ever": """\
workers: 1
tasks: {a: {duration: 0.001, raises: Boom, autoretry_for: [Boom], max_retries: null, default_retry_delay: 0}}
send: [{at: 0, task: a}]
""",
    "tasks that end": """\
profile: celery-rabbitmq
workers: {w: {concurrency: 8}}
tasks: {a: 0.001}
send: [{from: 0, every: {exponential: 0.001}, task: a}]
""",
    "tasks held for their ETA": """\
profile: celery-rabbitmq
workers: {w: {concurrency: 8}}
tasks: {a: 0.001}
send: [{from: 0, every: {exponential: 0.001}, task: a, countdown: 10000000}]
""",
    "chords": """\
profile: celery-redis
workers: {w: {concurrency: 8}}
tasks: {a: 0.001, b: 1}
send: [{from: 0, every: {exponential: 0.01}, chord: {header: [{task: a}, {task: a}, {task: a}], body: {task: b}}}]
""",
    "polls": """\
profile: guide
workers: {w: {concurrency: 8}}
tasks: {a: 1}
send: [{from: 0, every: {exponential: 100}, task: a}]
""",
    "arguments": f"""\
profile: celery-redis
workers: 1
tasks: {{a: 1}}
send: [{{from: 0, every: {{exponential: 0.001}}, task: a, args: ["{{n}}{"x" * 200}"]}}]
""",
}


class Nowhere:
    """A sink that keeps nothing."""

    def take(self, events: Sequence[Any]) -> None:
        """Drop events."""

    def forget(self, copies: Any) -> None:
        """Forget nothing, since nothing was kept."""


def stopped_for_quiet() -> LimitReached:
    """Play a year in which a pool looks every second whether it may shrink, and nobody sends anything."""
    quiet = parse_scenario("profile: celery-redis\nworkers: {w: {autoscale: [2, 1]}}\nuntil: 31536000")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(simulation, "MOST_QUIET", 20_000)
        with pytest.raises(LimitReached) as caught:
            simulate(quiet)
    return caught.value


@pytest.mark.parametrize("grows", GROWING)
def test_what_a_run_takes_is_estimated(grows: str) -> None:
    scenario = parse_scenario(f"{GROWING[grows]}\n{FOREVER}\n")
    run = Simulation(scenario, memory=FEW * 1_000_000)
    tracemalloc.start()
    with pytest.raises(LimitReached):
        run.run()
    taken = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    assert FEW / 3 < taken < FEW * 1.25


def test_time_that_passes_without_an_event_has_an_end() -> None:
    stopped = stopped_for_quiet()
    assert (stopped.events, limit_problem(stopped, "").code) == (2, "limit.quiet")


def test_what_grew_and_what_to_do_is_said_in_both_languages() -> None:
    scenario = parse_scenario(f"{GROWING['messages nobody takes']}\n{FOREVER}\n")
    with pytest.raises(LimitReached) as caught:
        Simulation(scenario, memory=FEW * 1_000_000).run()
    told = format_problems([limit_problem(caught.value, "mine.yaml")], "both")
    assert told.count("ACKADEMY_MEMORY") == told.count("--no-trace") == 2
    assert told.count(f"{caught.value.events:,}") == 2


def test_without_a_trace_only_what_is_not_over_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACKADEMY_MEMORY", "2")
    ends = parse_scenario(f"{GROWING['tasks that end']}\nuntil: 10\n")
    with pytest.raises(LimitReached):
        simulate(ends)
    assert simulate_into(Nowhere(), ends).end == 10_000_000
    with pytest.raises(LimitReached) as caught:
        simulate_into(Nowhere(), parse_scenario(f"{GROWING['messages nobody takes']}\n{FOREVER}\n"))
    assert limit_problem(caught.value, "").code == "limit.backlog"


def test_the_limit_can_be_set_in_megabytes() -> None:
    assert memory_limit({}) == memory_limit({"ACKADEMY_MEMORY": ""}) == DEFAULT * 1_000_000
    assert memory_limit({"ACKADEMY_MEMORY": "2000"}) == 2_000_000_000
    for wrong in ("x", "-1", "1e3", "9" * 400):
        with pytest.raises(ScenarioError) as caught:
            memory_limit({"ACKADEMY_MEMORY": wrong})
        assert isinstance(caught.value.problems[0], Problem)

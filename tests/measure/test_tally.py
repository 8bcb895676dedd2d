"""Measuring on the way: the numbers of a run without a trace are those of its trace."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from random import Random
from statistics import quantiles

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.engine import declared_traits, simulate, simulate_into, simulation
from simulator.measure import Spread, Summary, Tally, can_tally, evaluate_tally, evaluate_text, summarise_tally, summary
from simulator.measure.sample import EXACT_UP_TO, RELATIVE_ERROR, Sample
from simulator.measure.tallied import TALLIED
from simulator.scenario import Scenario
from simulator.scenario.conditions.goals import parse_goal
from simulator.trace.time import to_micros
from tests.benchmarks.engine import markovian
from tests.strategies import QUEUES, scenarios

SUBJECTS = ("wait", "response", "finished", "queue", "processes", "memory")
STATISTICS = ("mean", "p50", "p95", "max")
ALONE = [name for name in TALLIED if name not in (*STATISTICS, "peak", "runs", "effects")]


def tallied(scenario: Scenario, ids: tuple[str, ...] = (), warm_up: float = 0) -> Tally:
    tally = Tally(declared_traits(scenario), ids, to_micros(warm_up))
    tally.close(simulate_into(tally, scenario))
    return tally


def rounded(report: Summary) -> Summary:
    """The same with means to the nanosecond: one side adds integers, the other floats."""

    def of(spread: Spread) -> Spread:
        return spread if spread.mean is None else replace(spread, mean=round(spread.mean, 9))

    return replace(report, types=[replace(one, wait=of(one.wait), response=of(one.response)) for one in report.types])


@pytest.mark.law
@pytest.mark.parametrize("forget_after", [0, simulation.FORGET_AFTER], ids=["forgets", "remembers"])
@settings(max_examples=15)
@given(scenario=scenarios(), data=st.data())
def test_what_is_counted_on_the_way_is_what_the_trace_tells(
    forget_after: int, scenario: Scenario, data: st.DataObject
) -> None:
    trace = simulate(scenario)
    sent = sorted({event.uuid for event in trace if hasattr(event, "uuid")})
    names = [*scenario.model.tasks, *QUEUES, *(data.draw(st.lists(st.sampled_from(sent), max_size=2)) if sent else ())]
    texts = [*ALONE, *(f"{name}({what})" for name in STATISTICS for what in SUBJECTS)]
    texts += ["peak(queue)", "peak(processes)", *(f"max(queue, {queue})" for queue in QUEUES)]
    for name in names:
        texts += [
            f'{measure}("{name}")' for measure in ("sent", "lost", "runs", "effects", "duplicates", "finished_by")
        ]
        texts.append(f'p95(wait, "{name}")')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulation, "FORGET_AFTER", forget_after)
        patch.setattr("simulator.engine.clock.WATCH", 7)
        tally = tallied(scenario, tuple(names))
    expressions = [parse_goal(text) for text in texts]
    assert all(map(can_tally, expressions))
    found = [evaluate_tally(expression, tally) for expression in expressions]
    assert dict(zip(texts, found, strict=True)) == {text: evaluate_text(text, trace) for text in texts}

    told, whole = summarise_tally(tally), summary(trace)
    assert rounded(replace(told, hash=whole.hash, little=None)) == rounded(replace(whole, little=None))
    assert (told.little is None) == (whole.little is None)
    if told.little is not None and whole.little is not None:
        assert told.little.holds
        assert pytest.approx(whole.little.L) == told.little.L


@pytest.mark.parametrize("text", ["state(Task1)", "peak(queue, 0, 5)", "peak(calls.mail)", "started_at(Task1) < 3"])
def test_what_is_asked_of_single_tasks_and_moments_needs_the_trace(text: str) -> None:
    assert not can_tally(parse_goal(text))


def test_tasks_sent_during_the_warm_up_do_not_count() -> None:
    scenario = markovian("celery-rabbitmq", 500, servers=1)
    sent = [task for task in simulate(scenario) if task.type == "task-sent"]
    late = [task for task in sent if task.t >= to_micros(20)]
    tally = tallied(scenario, warm_up=20)
    assert 0 < len(late) < len(sent)
    assert evaluate_tally(parse_goal("sent"), tally) == len(late)
    assert evaluate_tally(parse_goal("arrival_rate"), tally) == pytest.approx(
        len(late) / (tally.length / 1e6), abs=1e-6
    )


def test_a_percentile_of_many_durations_is_within_the_error_that_it_states() -> None:
    draw, sample = Random(3), Sample()
    values = [int(draw.lognormvariate(13, 2)) for _ in range(EXACT_UP_TO + 50_000)]
    for number, value in enumerate(values):
        sample.latest.append(value)
        if number % 10_000 == 0:
            sample.fold()
    spread, cuts = sample.spread(), quantiles(values, n=20)
    assert len(sample.latest) < 10_000
    assert (spread.count, spread.max) == (len(values), max(values) / 1e6)
    assert spread.mean == pytest.approx(sum(values) / len(values) / 1e6)
    assert spread.p50 == pytest.approx(cuts[9] / 1e6, rel=1.1 * RELATIVE_ERROR)
    assert spread.p95 == pytest.approx(cuts[18] / 1e6, rel=1.1 * RELATIVE_ERROR)


def test_memory_grows_with_the_durations_kept_and_nothing_else() -> None:
    peaks = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulation, "FORGET_AFTER", 100)
        patch.setattr("simulator.engine.draws.KEPT_BLOCKS", 2)
        for count in (1_000, 5_000):
            scenario = markovian("guide", count)
            tracemalloc.start()
            tallied(scenario)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    # A wait, a response and an end of eight bytes each, twice while they are summed up; a trace has 1,600 a task.
    assert peaks[1] - peaks[0] < 100 * 4_000

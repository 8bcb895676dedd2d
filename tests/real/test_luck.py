"""The outcomes of draws that are tried in order to predict a recording."""

from __future__ import annotations

from simulator.measure.agreement import EXACT, compare, predicted
from simulator.real.performing.luck import match_draws
from simulator.scenario import parse_scenario
from simulator.trace import as_seconds
from simulator.trace import events as ev

IDS = ("A", "B")


def test_a_worker_that_was_started_too_early_to_be_predicted_ends_the_prediction_there() -> None:
    text = "profile: celery-redis\ntasks: {nap: 1}\nworkers: {w1: {}}\n"
    text += "send: [{at: 0, task: nap, id: A}, {at: 9, task: nap, id: B}]\n"
    recorded = "faults: [{at: 0.5, stop: w1}, {at: 6, start: w1}]\n"
    theirs = predicted(
        match_draws(parse_scenario(text + recorded), lambda trace: compare([], [], EXACT, 20)).trace, IDS
    )
    wrong = parse_scenario(text + recorded.replace("at: 6", "at: 1.2"))
    found = match_draws(wrong, lambda trace: compare(predicted(trace, IDS), theirs, EXACT, 20))
    assert found.comparison.differences
    assert as_seconds(found.trace.end) < 1.2
    assert [e.uuid for e in found.trace if isinstance(e, ev.TaskStarted)] == ["A"]

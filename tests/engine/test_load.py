"""`load`: so many times as much of what a line under `send` sends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator import simulate
from simulator.measure.load import load_of
from simulator.scenario import Edit, Scenario, ScenarioError, load_scenario
from simulator.study.grid import scale_arrivals
from simulator.trace import events as ev
from simulator.trace import write_trace
from tests.strategies import build


def sent(scenario: Scenario) -> list[float]:
    return [event.t / 1e6 for event in simulate(scenario) if isinstance(event, ev.TaskSent)]


def line(**keys: Any) -> Scenario:
    return build({"profile": "celery-redis", "tasks": {"work": 0.01}, "send": [{"task": "work", **keys}], "until": 50})


def test_what_repeats_comes_at_shorter_intervals() -> None:
    assert sent(line(every=2, until=10, load=2)) == [float(second) for second in range(10)]
    assert sent(line(every=1, until=10, load=0.5)) == [0, 2, 4, 6, 8]
    once, thrice = (len(sent(line(every={"exponential": 0.1}, load=load))) for load in (1, 3))
    assert thrice == pytest.approx(3 * once, rel=0.1)


def test_calls_at_one_instant_are_so_many_times_as_many() -> None:
    assert sent(line(at=3, load=4)) == [3] * 4
    assert sent(line(at=3, count=10, load=0.25)) == [3] * 2  # 2.5, rounded to even
    assert sent(line(at=3, load=0.1)) == [3]
    assert len(sent(line(every=1, count=6, load=1.5))) == 9


def test_a_recording_is_sent_more_often_and_lasts_as_long(tmp_path: Path) -> None:
    with open(tmp_path / "run.jsonl", "w", encoding="utf-8") as file:
        write_trace(simulate(line(every={"exponential": 0.5}, until=40)), file)
    for load in (1, 2):
        (tmp_path / f"model{load}.yaml").write_text(
            f"tasks: {{work: 0.01}}\nsend: [{{recording: run.jsonl, load: {load}}}]\nuntil: 50", encoding="utf-8"
        )
    once, twice = (sent(load_scenario(tmp_path / f"model{load}.yaml")) for load in (1, 2))
    assert len(twice) == pytest.approx(2 * len(once), abs=2)
    assert 0.9 * max(once) < max(twice) < 50


def test_scaling_all_arrivals_multiplies_the_load_of_each_line() -> None:
    scenario = line(every=2, until=10, load=2)
    assert sent(scenario.edited(*scale_arrivals(scenario, 2))) == [n / 2 for n in range(20)]
    assert sent(scenario.edited(Edit("send.0.load", 1))) == [0, 2, 4, 6, 8]


def test_more_load_is_more_load() -> None:
    [load] = load_of(simulate(line(every={"exponential": 0.02}, load=2)))
    assert load.verdict == "stable"
    [load] = load_of(simulate(line(every={"exponential": 0.02}, load=20)))
    assert load.verdict == "overloaded"


@pytest.mark.parametrize("load", [0, -1, "2", 2e6])
def test_a_load_is_a_number_above_zero(load: Any) -> None:
    with pytest.raises(ScenarioError):
        line(every=1, load=load)

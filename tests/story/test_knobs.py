"""Knobs: the settings that can be turned, their values and descriptions."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.course.knobs import Knob, list_knobs, range_values
from simulator.scenario import Edit, parse_scenario, scenario_names
from simulator.scenario.load import Scenario, load_scenario

TASKS = "tasks: {app.mail: 2, slow: {exponential: 3}, none: }\n"


def knob(scenario: Scenario, path: str, changed: dict[tuple[str, str], Any] | None = None) -> Knob:
    return next(one for one in list_knobs(scenario, changed) if one.path == path)


@pytest.mark.parametrize("name", scenario_names())
def test_the_usual_knobs_can_all_be_turned_everywhere(name: str) -> None:
    scenario = load_scenario(name)
    knobs = list_knobs(scenario)
    assert len({one.path for one in knobs}) == len(knobs)
    assert len(knobs) > (0 if scenario.model.knobs else 5)  # a scenario that names its own has those
    for one in knobs:
        assert one.current in one.values
        assert set(one.about) == {"ko", "en"}
        assert scenario.edited(Edit(one.path, one.current)).settings == scenario.settings
        if one.path not in ("profile", "workers"):  # these may contradict other lines; the loader says so
            for value in one.values:
                scenario.edited(Edit(one.path, value))


def test_the_values_are_those_of_the_moment() -> None:
    scenario = parse_scenario(TASKS + "profile: celery-rabbitmq")
    assert knob(scenario, "config.task_acks_late").current is False
    assert knob(scenario, "config.worker_prefetch_multiplier").current == 4
    assert knob(scenario, "tasks.none.duration").current == 0
    assert knob(scenario, "tasks.none.duration").values[0] == 0
    mail = knob(scenario, 'tasks["app.mail"].duration')
    assert (mail.current, mail.running, mail.unit) == (2, True, "s")
    later = knob(scenario, 'tasks["app.mail"].duration', {("tasks.app.mail", "duration"): 7})
    assert later.current == 7
    assert later.values == (0.5, 1, 2, 5, 7, 10, 20, 50, 100)
    assert {"exponential": 30} in knob(scenario, "tasks.slow.duration").values
    turned = scenario.edited(Edit("tasks.slow.duration", 9))
    assert knob(turned, "tasks.slow.duration").current == 9
    assert all("polling" not in one.path for one in list_knobs(scenario))


def test_turning_stops_at_the_ends() -> None:
    one = knob(parse_scenario(TASKS), "config.worker_concurrency")
    assert [one.turned(1, by) for by in (-1, 0, 1, 2, 9)] == [1, 1, 2, 4, 8]


def test_options_of_single_workers_and_limits_of_services() -> None:
    text = "workers: {a: {concurrency: 3}, b: }\nservices: {smtp: {latency: 1, capacity: 3, rate_limit: 2}}"
    paths = [one.path for one in list_knobs(parse_scenario(text))]
    for path in ("workers.a.concurrency", "config.worker_concurrency", "config.worker_prefetch_multiplier"):
        assert path in paths
    for key in ("latency", "capacity", "rate_limit"):
        assert f"services.smtp.{key}" in paths
    assert "workers" not in paths


def test_declared_knobs_stand_alone() -> None:
    text = TASKS + (
        "knobs:\n"
        "  - {path: tasks.slow.duration, range: [1, 9], ko: 길이, en: How long}\n"
        "  - {path: config.worker_prefetch_multiplier, range: [1, 3]}\n"
        "  - {path: config.task_acks_late, values: [true, false], en: When to acknowledge}\n"
    )
    scenario = parse_scenario(text)
    assert not scenario.warnings
    slow, multiplier, late = list_knobs(scenario)
    assert slow.current == {"exponential": 3}
    assert slow.values[:3] == ({"exponential": 3}, 1, 1.5)
    assert slow.allowed == "1 - 9"
    assert dict(slow.about) == {"ko": "길이", "en": "How long"}
    assert (multiplier.current, multiplier.values) == (1, (1, 2, 3))
    assert late.values == (True, False)


def test_ranges_have_round_values_and_both_ends() -> None:
    assert range_values(1, 100, whole=True) == [1 + 5 * n for n in range(20)] + [100]
    assert range_values(0.1, 0.4, whole=False)[:3] == [0.1, 0.12, 0.14]
    assert range_values(3, 3, whole=True) == [3]

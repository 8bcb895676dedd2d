"""The packaged plans fit their minutes: each is led through, at the pace at which people read and think."""

from __future__ import annotations

import asyncio

import pytest

from simulator.course.stations import make_stations
from simulator.engine import simulate
from simulator.scenario.plan import load_plan, plan_names
from simulator.story.catalog import LANGUAGES
from tests.course.pace import Walk


def hold(name: str, lang: str) -> None:
    plan, scenarios = load_plan(name)
    walk = Walk(make_stations(plan, scenarios, simulate), lang)
    asyncio.run(walk.lead())
    minutes = [seconds / 60 for seconds in walk.spent]
    told = [f"{took:.1f} of {station.minutes:g}" for took, station in zip(minutes, plan.stations, strict=True)]
    assert all(took <= station.minutes for took, station in zip(minutes, plan.stations, strict=True)), told
    assert sum(minutes) == pytest.approx(walk.seconds / 60)
    assert 0.75 * plan.minutes <= sum(minutes) <= 0.95 * plan.minutes, told  # honest, with time for what nobody plans
    assert walk.questions == [
        len(scenario.model.ask) if scenario is not None and not station.columns else 0
        for station, scenario in zip(plan.stations, scenarios, strict=True)
    ]


def test_an_hour_is_long_enough() -> None:
    hold("class-60", "ko")  # the slower language


@pytest.mark.soak
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", plan_names())
def test_every_plan_is_long_enough_in_every_language(name: str, lang: str) -> None:
    hold(name, lang)

"""The stations of a class, ready to be shown: their runs simulated, the tables of their cases measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.course import learn_words
from simulator.course.check_report import goal_value
from simulator.measure import evaluate_text
from simulator.scenario import Scenario
from simulator.scenario.plan import AS_WRITTEN, ClassPlan, Station
from simulator.story.run import Run, Simulate, play_scenario


@dataclass(frozen=True)
class ClassTable:
    """A table for a class to fill in: what each case of a lesson comes to."""

    columns: tuple[Mapping[str, str], ...]
    """Headings by language."""
    rows: tuple[tuple[Mapping[str, str], tuple[str, ...]], ...]
    """The name of a case by language, and its measured values."""


@dataclass(frozen=True)
class ClassStation:
    """A part of a class."""

    text: Mapping[str, str]
    minutes: float
    """0 without a plan."""
    run: Run | None = None
    """The run to play and vote on."""
    table: ClassTable | None = None
    own: float = 0
    """Minutes of `minutes` that the class discusses, draws or works by itself."""


def make_stations(plan: ClassPlan, scenarios: Sequence[Scenario | None], simulate: Simulate) -> list[ClassStation]:
    """Run what the stations of a plan show; raises `LimitReached` where a run makes too many events."""
    runs: dict[tuple[str, str | None], Run] = {}
    made = []
    for station, scenario in zip(plan.stations, scenarios, strict=True):
        run, table = None, None
        if scenario is not None and station.columns:
            table = _table(station, scenario, simulate)
        elif scenario is not None:
            key = scenario.file, scenario.variant
            run = runs[key] = runs.get(key) or play_scenario(scenario, simulate)
        text = station.text or (scenario.title if scenario is not None else {})
        made.append(ClassStation(text, station.minutes, run, table, station.own))
    return made


def _table(station: Station, scenario: Scenario, simulate: Simulate) -> ClassTable:
    rows = []
    for name in station.cases:
        case = scenario.with_variant(None if name == AS_WRITTEN else name)
        text = learn_words.AS_IT_STANDS._asdict() if name == AS_WRITTEN else case.model.variants[name].text
        trace = simulate(case)
        values = tuple(goal_value(evaluate_text(column.measure, trace)) for column in station.columns)
        rows.append((text or {"en": name, "ko": name}, values))
    return ClassTable(tuple(column.text or {"en": column.measure} for column in station.columns), tuple(rows))

"""The plan of a class: its stations one after the other, each with its minutes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Annotated

from pydantic import Field, ValidationError

from simulator.scenario import convert
from simulator.scenario.conditions.goals import GoalSyntaxError, parse_goal
from simulator.scenario.extend import read_file
from simulator.scenario.library import PLANS, SUFFIXES, find_scenario, library_folder
from simulator.scenario.load import Scenario, load_scenario
from simulator.scenario.problems import Problem, ScenarioError, nearest
from simulator.scenario.schema.basics import Name, Strict, Text, Worded
from simulator.scenario.source import Path, Source, read_source

AS_WRITTEN = "base"
"""Stands for the lesson itself among the cases of a table."""


class Column(Worded):
    """A column of a table: a measure, in the words of `ko` and `en`."""

    measure: Name = Field(description="what is measured of each case")


class Station(Worded):
    """A part of a class: a lesson to play and vote on, a table to fill in, or only words."""

    minutes: Annotated[float, Field(gt=0, le=600)] = Field(description="how long it takes")
    own: Annotated[float, Field(ge=0)] = Field(
        default=0, description="minutes of it that are the class's own: to discuss, draw, fill in, work"
    )
    lesson: Name | None = Field(default=None, description="name of a lesson, or a file beside the plan")
    variant: Name | None = Field(default=None, description="the lesson's variant to play")
    cases: list[Name] = Field(default=[], description="rows of a table: the lesson's variants, or base for itself")
    columns: list[Column] = Field(default=[], description="columns of the table; the lesson is not played then")


class ClassPlan(Strict):
    """A class: its title, its length and its stations."""

    title: Text = Field(description="title of the class")
    minutes: Annotated[float, Field(gt=0, le=600)] = Field(description="its length; the stations fit into it")
    stations: Annotated[list[Station], Field(min_length=1, max_length=100)] = Field(description="its parts, in order")


def plan_names() -> list[str]:
    """Names of the packaged plans."""
    return sorted(path.stem for path in (library_folder() / PLANS).glob("*.yaml"))


def is_plan(what: str) -> bool:
    """Return True if a text names a packaged plan, or a file that has stations."""
    if what in plan_names():
        return True
    path = FilePath(what)
    if path.suffix not in SUFFIXES or not path.is_file():
        return False
    try:
        return "stations" in read_source(read_file(path, what), what).data
    except ScenarioError:
        return False


def load_plan(what: str) -> tuple[ClassPlan, list[Scenario | None]]:
    """Load a plan by its name or path, with the scenario of each station.

    Raises:
        ScenarioError: with everything that is wrong, also with its lessons.
    """
    path = _find(what)
    source = read_source(read_file(path, str(path)), str(path))
    if source.problems:
        raise ScenarioError(source.problems)
    try:
        plan = ClassPlan.model_validate(source.data)
    except ValidationError as error:
        raise ScenarioError(_finding(source, item) for item in error.errors(include_url=False)) from None
    total = sum(station.minutes for station in plan.stations)
    problems = []
    if total > plan.minutes:
        problems.append(
            source.problem("plan.too_long", source.at(("minutes",)), total=f"{total:g}", minutes=f"{plan.minutes:g}")
        )
    scenarios: list[Scenario | None] = []
    for place, station in enumerate(plan.stations):
        try:
            scenarios.append(_scenario(source, place, station, path.parent))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return plan, scenarios


def _find(what: str) -> FilePath:
    packaged = library_folder() / PLANS / f"{what}.yaml"
    if "/" not in what and "\\" not in what and not FilePath(what).suffix:
        if packaged.is_file():
            return packaged
        known = plan_names()
        raise ScenarioError([Problem("plan.unknown", {"name": what, "known": known, "meant": nearest(what, known)})])
    return find_scenario(FilePath(what))


def _finding(source: Source, item: object) -> Problem:
    code, params, path, at_key = convert.finding(item)
    if code.startswith("key.") and code != "key.missing":  # those hints are about scenarios
        code, params = "plan.unknown_key", {"key": str(path[-1])}
    return source.problem(code, source.at(path, key=at_key), **params)


def _scenario(source: Source, place: int, station: Station, folder: FilePath) -> Scenario | None:
    """The scenario of a station, its table checked; None if it has none."""
    if station.lesson is None and (not station.text or station.variant or station.cases or station.columns):
        raise ScenarioError([source.problem("plan.nothing", source.at(("stations", place)))])
    if station.own > station.minutes:
        raise ScenarioError([source.problem("plan.own", source.at(("stations", place, "own")))])
    if bool(station.cases) != bool(station.columns):
        raise ScenarioError([source.problem("plan.table", source.at(("stations", place)))])
    if station.lesson is None:
        return None
    at: Path = ("stations", place, "lesson")
    is_file = FilePath(station.lesson).suffix in SUFFIXES
    try:
        scenario = load_scenario(folder / station.lesson if is_file else station.lesson)
    except ScenarioError as error:
        own = [one for one in error.problems if one.mark is None]
        raise ScenarioError(
            [source.problem(one.code, source.at(at), **one.params) for one in own] or error.problems
        ) from None
    problems = list(_wrong_names(source, place, station, scenario))
    if problems:
        raise ScenarioError(problems)
    return scenario.with_variant(station.variant) if station.variant else scenario


def _wrong_names(source: Source, place: int, station: Station, scenario: Scenario) -> Iterator[Problem]:
    """Variants that the lesson has not, and measures that cannot be read."""
    known = [AS_WRITTEN, *scenario.model.variants]
    named: list[tuple[Path, str]] = [(("cases", row), name) for row, name in enumerate(station.cases)]
    if station.variant is not None:
        named.append((("variant",), station.variant))
    for path, name in named:
        if name not in known[path == ("variant",) :]:
            mark = source.at(("stations", place, *path))
            yield source.problem("variant.unknown", mark, name=name, known=known, meant=nearest(name, known))
    for column, one in enumerate(station.columns):
        try:
            parse_goal(one.measure)
        except GoalSyntaxError as error:
            mark = source.at(("stations", place, "columns", column, "measure"), offset=error.column)
            yield source.problem(error.code, mark, **error.params)

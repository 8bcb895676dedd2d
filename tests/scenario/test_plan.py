"""Plans of a class: the packaged ones are honest, and whatever is wrong with one is told with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulator.scenario import ScenarioError, library_folder, scenario_names
from simulator.scenario.plan import load_plan, plan_names
from simulator.story.catalog import LANGUAGES
from simulator.story.problems.errors import format_problems


@pytest.mark.parametrize("name", plan_names())
def test_packaged_plans_say_how_long_they_take_and_what_of_it_is_the_classs(name: str) -> None:
    plan, _ = load_plan(name)
    assert sum(station.minutes for station in plan.stations) == plan.minutes == int(name.partition("-")[2])
    for station in plan.stations:
        assert set(station.text) == set(LANGUAGES)
        assert station.own >= 1 + len(station.cases) * len(station.columns) / 2  # half a minute a cell, then compare
    assert name not in scenario_names()


WRONG = {
    "stations: [{minutes: 5}]": ("plan.nothing", 3),
    "stations: [{minutes: 5, en: x, variant: late}]": ("plan.nothing", 3),
    "stations: [{minutes: 5, lesson: crash-early-lat}]": ("scenario.unknown", 3),
    "stations: [{minutes: 5, lesson: crash-early-late, variant: latte}]": ("variant.unknown", 3),
    "stations: [{minutes: 5, lesson: crash-early-late, cases: [late]}]": ("plan.table", 3),
    "stations: [{minutes: 5, lesson: crash-early-late, cases: [lat], columns: [{measure: lost}]}]": (
        "variant.unknown",
        3,
    ),
    "stations: [{minutes: 5, lesson: crash-early-late, cases: [late], columns: [{measure: 'lost('}]}]": (
        "goal.brackets",
        3,
    ),
    "stations: [{minutes: 5, own: 6, en: x}]": ("plan.own", 3),
    "stations: [{minutes: 11, en: x}]": ("plan.too_long", 2),
    "stations: [{minutes: 5, en: x, speed: 3}]": ("plan.unknown_key", 3),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_told_with_its_place(text: str, tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(f"title: x\nminutes: 10\n{text}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_plan(str(file))
    (problem,) = caught.value.problems
    code, line = WRONG[text]
    assert problem.code == code
    assert problem.mark is not None
    assert problem.mark.line == line
    for lang in ("ko", "en"):
        assert f"plan.yaml:{line}:" in format_problems([problem], lang)


def test_a_plan_may_name_lessons_beside_it(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("tasks: {a: 1}\nsend: [{at: 0, task: a}]\n", encoding="utf-8")
    file = tmp_path / "plan.yaml"
    file.write_text("title: x\nminutes: 9\nstations: [{minutes: 9, lesson: own.yaml}]\n", encoding="utf-8")
    _, (scenario,) = load_plan(str(file))
    assert scenario is not None
    assert scenario.name == "own"


@pytest.mark.parametrize("guide", ["README.md", "README.ko.md"])
def test_the_guides_plan_can_be_played(guide: str, tmp_path: Path) -> None:
    found = re.search(r"```\n(title: [^`]*stations:[^`]*)```", (library_folder() / guide).read_text("utf-8"))
    assert found is not None
    (tmp_path / "plan.yaml").write_text(found[1], encoding="utf-8")
    plan, _ = load_plan(str(tmp_path / "plan.yaml"))
    assert len(plan.stations) == 3


def test_a_plan_that_does_not_exist() -> None:
    with pytest.raises(ScenarioError) as caught:
        load_plan("class-90")
    (problem,) = caught.value.problems
    assert (problem.code, problem.params["known"]) == ("plan.unknown", plan_names())

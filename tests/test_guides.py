"""The guides beside the scenarios: every key and measure is in them, and what they show runs."""

from __future__ import annotations

import importlib
import inspect
import os
import pkgutil
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import simulator.scenario.schema as rooms
from simulator import simulate
from simulator.course.verdict import untranslated
from simulator.measure import check_goals
from simulator.scenario import parse_scenario, scenario_names
from simulator.scenario.course import load_course
from simulator.scenario.library import library_folder
from simulator.scenario.schema.basics import Strict
from simulator.scenario.schema.config import Config, TransportOptions
from simulator.story.report.measures import DEFINITIONS
from simulator.story.stops import right_choice

ROOT = Path(__file__).parents[1] / "scenarios"
GUIDES = [("README.md", "en"), ("README.ko.md", "ko")]
CELERYS = (Config, TransportOptions)
"""Rooms whose keys are Celery's or Kombu's own, apart from those that Celery does not have."""
OURS = (
    "hop",
    "visibility_sweep",
    "child_death",
    "shutdown_return",
    "startup_drain",
    "reconnect",
    "outage_crash",
    "autoscale_check",
    "rate_limit_timers",
    "timer_thread",
)


def text_of(name: str) -> str:
    return (library_folder() / name).read_text(encoding="utf-8")


def examples(name: str) -> list[str]:
    return re.findall(r"^```yaml\n(.*?)^```$", text_of(name), re.M | re.S)


def keys() -> set[str]:
    """Every key of the format, as it is written."""
    found: set[str] = set(OURS)
    for module in pkgutil.iter_modules(rooms.__path__):
        room = importlib.import_module(f"{rooms.__name__}.{module.name}")
        for _, model in inspect.getmembers(room, inspect.isclass):
            if issubclass(model, Strict) and model.__module__ == room.__name__ and model not in CELERYS:
                found |= {field.alias or name for name, field in model.model_fields.items()}
    return found


@pytest.mark.parametrize(("name", "lang"), GUIDES)
def test_every_key_is_told(name: str, lang: str) -> None:
    told = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`[^`]+`|```.*?```", text_of(name), re.S))))
    assert keys() - told == set()


@pytest.mark.parametrize(("name", "lang"), GUIDES)
def test_every_example_runs_and_comes_to_its_goals(name: str, lang: str) -> None:
    assert len(examples(name)) == 5
    for example in examples(name):
        base = parse_scenario(example, file="example.yaml")
        assert not base.warnings, base.warnings
        for variant in (None, *(base.model.variants if "extends" not in example else ())):
            scenario = parse_scenario(example, file="example.yaml", variant=variant)
            trace = simulate(scenario)
            if "extends" not in example:
                assert all(result.met for result in check_goals(scenario.goals, trace))
                assert not list(untranslated(scenario))
            for number, ask in enumerate(scenario.model.ask, start=1):
                right_choice(ask, trace, number)


def test_both_guides_show_the_same_examples() -> None:
    def without_comments(example: str) -> str:
        return re.sub(r" *#.*", "", example)

    english, korean = (list(map(without_comments, examples(name))) for name, _ in GUIDES)
    assert english == korean


@pytest.mark.parametrize(("name", "lang"), GUIDES)
def test_every_lesson_and_link_that_is_named_is_there(name: str, lang: str) -> None:
    text = text_of(name)
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (library_folder() / target).is_file(), target
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", text.partition("## 3.")[2]))
    named |= {word for command in re.findall(r"`ackademy (?:play|vote) ([a-z-]+)`", text) for word in [command]}
    assert named - set(scenario_names()) == set()


def measures(lang: str) -> list[str]:
    written = {name: one.written.replace("|", r"\|").split("  ") for name, one in DEFINITIONS.items()}
    shown = {name: " ".join(f"`{form}`" for form in forms) for name, forms in written.items()}
    return [f"| {shown[name]} | {one.words.text(lang)} |" for name, one in DEFINITIONS.items()]


def sections(lang: str) -> list[str]:
    shown = [(one.text[lang], ", ".join(f"`{lesson}`" for lesson in one.lessons)) for one in load_course().guide]
    return [f"| {heading} | {lessons} |" for heading, lessons in shown]


@pytest.mark.parametrize(("name", "lang"), GUIDES)
@pytest.mark.parametrize(("chapter", "rows"), [("## 2. ", measures), ("## 4. ", sections)])
def test_its_tables_are_what_the_program_has(
    name: str, lang: str, chapter: str, rows: Callable[[str], list[str]]
) -> None:
    before, _, after = text_of(name).partition(f"\n{chapter}")
    head, rule, table = after.partition("\n|---|---|\n")
    old, end, tail = table.partition("\n\n")
    if os.environ.get("GOLDEN") == "write":
        told = "\n".join(rows(lang)) + (end or "\n")
        whole = f"{before}\n{chapter}{head}{rule}{told}{tail}"
        (ROOT / name).write_text(whole, encoding="utf-8")
        old = "\n".join(rows(lang))
    assert old.strip().splitlines() == rows(lang)

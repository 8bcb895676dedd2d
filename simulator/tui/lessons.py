"""The scenarios that come with the program, as a list to pick from."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.scenario import Scenario, ScenarioError, load_scenario, scenario_names
from simulator.story import labels
from simulator.tui.commands import PICKER
from simulator.tui.drawing.sheet import Choice, Choices
from simulator.tui.scene.build import screen_hints
from simulator.tui.scene.language import say, tell


@dataclass(frozen=True)
class Lesson:
    """A packaged scenario; None where its file has mistakes."""

    name: str
    scenario: Scenario | None


def list_lessons() -> list[Lesson]:
    """All packaged scenarios, in the order of the course."""
    return [Lesson(name, _load(name)) for name in scenario_names()]


def lesson_choices(lessons: list[Lesson], chosen: int, lang: str) -> Choices:
    """The list, with what the chosen one is about."""
    lines = []
    for lesson in lessons:
        scenario = lesson.scenario
        if scenario is None:
            lines.append(Choice(lesson.name, say(labels.BROKEN, lang, name=lesson.name), "failed"))
        else:
            summary = "\n".join(tell(scenario.model.summary, lang))
            lines.append(Choice(" / ".join(tell(scenario.title, lang)), summary or lesson.name))
    hints = screen_hints(PICKER, lang)
    return Choices(
        say(labels.CHOOSE, lang), say(labels.TAGLINE, lang), lines, chosen, hints, say(labels.NO_SCENARIOS, lang)
    )


def _load(name: str) -> Scenario | None:
    try:
        return load_scenario(name)
    except ScenarioError:
        return None

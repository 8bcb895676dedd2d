"""Contrast cases: a lesson's variants, one after the other, each with its changes from the run just seen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.course import learn_words as words
from simulator.course.knobs import setting_name, value_in
from simulator.course.syllabus import lesson_key
from simulator.scenario import Scenario
from simulator.scenario.differences import DESCRIPTIVE, NOTHING, SettingDifference, find_differences
from simulator.scenario.values.paths import parse_path
from simulator.story.catalog import pick
from simulator.story.values import flow_text, shorten

AS_IT_IS = ""
"""Stands for the lesson itself among the names of its variants."""

LONGEST = 40
"""Widest value shown, in cells."""


@dataclass(frozen=True)
class Case:
    """A variant of the scenario that is played, or the scenario itself where a variant is."""

    name: str
    text: Mapping[str, str]
    changes: tuple[SettingDifference, ...]
    """Settings that differ from the run just seen; words and questions do not count."""
    played: bool
    scenario: Scenario

    def label(self, lang: str) -> str:
        """Its name in one language."""
        return pick(self.text, lang) or self.name

    def change_texts(self, seen: Scenario) -> list[str]:
        """Its changes from the run `seen`, one text each, the same in every language."""
        texts = (_change_text(change, seen, self.scenario) for change in self.changes)
        return [text for text in texts if text] or self._written()

    def _written(self) -> list[str]:
        """Settings that it writes although they equal the defaults; naming them is then its point."""
        variant = self.scenario.model.variants.get(self.name)
        paths = [
            path for path in (variant.set if variant is not None else ()) if parse_path(path)[0] not in DESCRIPTIVE
        ]
        return [f"{setting_name(path)}: {_value(None, self.scenario, path)}" for path in paths]


def list_cases(scenario: Scenario, played: Collection[str] = ()) -> list[Case]:
    """Every other case of a scenario, in the order of its file; the scenario itself first.

    Args:
        scenario: what was seen, without what-ifs.
        played: names of the cases that were played before.
    """
    names = [AS_IT_IS, *scenario.model.variants]
    return [_case(scenario, name, name in played) for name in names if name != (scenario.variant or AS_IT_IS)]


def next_case(scenario: Scenario, played: Collection[str] = ()) -> Case | None:
    """The case to predict next: the first variant after this one that was not played; never a step back."""
    names = list(scenario.model.variants)
    place = names.index(scenario.variant) + 1 if scenario.variant in names else 0
    name = next((name for name in names[place:] if name not in played), None)
    return None if name is None else _case(scenario, name, played=False)


def case_of(scenario: Scenario | None) -> tuple[str, str] | None:
    """The key of a lesson and its variant, run without changes, as progress is recorded; None for anything else."""
    if scenario is None or scenario.variant is None or scenario.changes:
        return None
    key = lesson_key(scenario)
    return (key, scenario.variant) if key else None


def _case(scenario: Scenario, name: str, played: bool) -> Case:
    other = scenario.with_variant(name or None)
    text = scenario.model.variants[name].text if name else words.AS_IT_STANDS._asdict()
    return Case(name, text, tuple(find_differences(scenario, other)), played, other)


def _change_text(change: SettingDifference, before: Scenario, after: Scenario) -> str:
    old, new = _value(change.before, before, change.path), _value(change.after, after, change.path)
    # What one of them writes and the other one's profile implies is no change.
    return f"{setting_name(change.path)}: {old} → {new}" if old != new else ""


def _value(written: Any, scenario: Scenario, path: str) -> str:
    """A value as it is written, or its default; a dash if there is neither."""
    value = value_in(scenario, path) if written is NOTHING or written is None else written
    return "-" if value is None else shorten(flow_text(value), LONGEST)

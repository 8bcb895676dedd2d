"""Runs to compare with: the one a run branched from, and the variants of its scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulator.play.pair import Contrast
from simulator.play.playback import Playback
from simulator.play.player import Player
from simulator.scenario import Scenario
from simulator.scene.change import describe_edit
from simulator.scene.words import labels
from simulator.story.catalog import pick
from simulator.story.language import first_language, say
from simulator.story.run import Run


@dataclass(frozen=True)
class Other:
    """A run to compare with."""

    make: Callable[[], Scenario | Playback]
    """Its scenario, or its playback if it has been simulated already."""
    name: Callable[[str], str]
    """Its name in a language."""
    own: Callable[[str], str]
    """The name of the run it is compared with."""
    is_parent: bool

    def describe(self, lang: str) -> str:
        """Its line in a menu."""
        return f"{say(labels.COMPARE_PARENT, lang)}: {self.name(lang)}" if self.is_parent else self.name(lang)

    def contrast(self, run: Playback, other: Playback, lang: str) -> Contrast:
        """Compare both runs, the earlier or unchanged one first."""
        if self.is_parent:
            return Contrast.of(other, run, lambda one: (self.name(one), self.own(one)), lang)
        return Contrast.of(run, other, lambda one: (self.own(one), self.name(one)), lang)


def list_others(player: Player) -> list[Other]:
    """The runs that a run can be compared with, its parent first."""
    run = player.playback.run
    others = []
    parent = run.parent
    if parent is not None:
        others.append(Other(lambda: Playback(parent), lambda lang: name_run(parent, lang), _namer(run), True))
    scenario = run.scenario
    if scenario is not None:
        for variant in [None, *scenario.model.variants]:
            if variant != scenario.variant:
                others.append(Other(_maker(scenario, variant), _variant_namer(scenario, variant), _namer(run), False))
    return others


def name_run(run: Run, lang: str) -> str:
    """Name a run by its last change, else as a recording or its model, else its variant, else as the original."""
    scenario, parent = run.scenario, run.parent
    if scenario is None:
        return say(labels.THE_RECORDING, lang)
    if parent is not None and parent.scenario is None:
        return say(labels.THE_MODEL, lang)
    if parent is not None and parent.scenario is not None:
        edits = scenario.edits[len(parent.scenario.edits) :]
        return ", ".join(describe_edit(edit, lang) for edit in edits)
    return _name_variant(scenario, scenario.variant, lang)


def _name_variant(scenario: Scenario, variant: str | None, lang: str) -> str:
    if variant is None:
        return say(labels.ORIGINAL, lang)
    return pick(scenario.model.variants[variant].text, first_language(lang)) or variant


def _namer(run: Run) -> Callable[[str], str]:
    return lambda lang: name_run(run, lang)


def _variant_namer(scenario: Scenario, variant: str | None) -> Callable[[str], str]:
    return lambda lang: _name_variant(scenario, variant, lang)


def _maker(scenario: Scenario, variant: str | None) -> Callable[[], Scenario]:
    return lambda: scenario.with_variant(variant)

"""Findings of the rules in a scenario, with the words of each rule's demonstration."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from simulator.advice import capacity, delivery  # noqa: F401 - they register their rules
from simulator.advice.findings import Finding, find
from simulator.advice.system import System
from simulator.scenario import Scenario, load_scenario
from simulator.story.catalog import pick

DEMOS = Path(__file__).parent / "demos"

FIXED = "fixed"
"""Name of the variant that shows the remedy."""


@dataclass(frozen=True)
class Advice:
    """A finding in words."""

    finding: Finding

    @cached_property
    def demo(self) -> Scenario:
        """The scenario that shows the harm."""
        return load_demo(self.finding.rule)

    def rule(self, lang: str) -> str:
        """The rule in one line."""
        return pick(self.demo.title, lang)

    def consequence(self, lang: str) -> str:
        """The consequence of leaving things as they are."""
        return pick(self.demo.model.summary, lang)

    def remedy(self, lang: str) -> str:
        """A way out."""
        return pick(self.demo.model.variants[FIXED].text, lang)


def lint(scenario: Scenario) -> list[Advice]:
    """Everything that the rules find in a scenario, the certain findings first."""
    return [Advice(finding) for finding in find(System(scenario))]


def load_demo(rule: str) -> Scenario:
    """The demonstration of a rule."""
    return load_scenario(DEMOS / f"{rule}.yaml")


def demo_file(rule: str) -> str:
    """The path of a rule's demonstration."""
    return str(DEMOS / f"{rule}.yaml")

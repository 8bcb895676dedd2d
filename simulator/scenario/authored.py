"""Origin of a question's reasons: a scenario can inherit them from the file it varies, changes or extends."""

from __future__ import annotations

from simulator.scenario.extend import find_parent
from simulator.scenario.load import Scenario, load_scenario


def written_for(scenario: Scenario, question: int) -> Scenario:
    """The scenario for which the reasons of a question (its number, from 1) were written; often this one itself.

    What was laid over a file (a setting, a seed, a what-if) has no reasons of its own, nor has a variant that says
    nothing of why, nor a file that extends another one and takes the question from it.

    Raises:
        ScenarioError: the file it extends cannot be loaded any more.
    """
    path = find_parent(scenario.source)
    if path is not None:
        parent = load_scenario(path)
        if question <= len(parent.model.ask):
            known = scenario.variant in parent.model.variants and not _is_own(scenario, question)
            return written_for(parent.as_written(scenario.variant if known else None), question)
    if _is_own(scenario, question):
        return scenario.as_written(scenario.variant)
    return scenario.as_written(None)


def inherits_reason(scenario: Scenario, question: int) -> bool:
    """Return True if a variant keeps its base scenario's reasons for a question."""
    return scenario.variant is not None and not _is_own(scenario, question)


def _is_own(scenario: Scenario, question: int) -> bool:
    """Return True if the variant itself writes the reasons for a question's answer."""
    if scenario.variant is None:
        return False
    whole = {"ask", f"ask.{question - 1}", f"ask.{question - 1}.why"}
    return any(path in whole or path.startswith(f"ask.{question - 1}.why.") for path in _paths(scenario))


def _paths(scenario: Scenario) -> list[str]:
    return list(scenario.model.variants[scenario.variant].set) if scenario.variant is not None else []

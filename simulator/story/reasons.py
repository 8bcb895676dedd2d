"""Validity of an author's reason for an answer: it holds in a run whose answer is that of the author's run."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simulator.scenario import Scenario, ScenarioError
from simulator.scenario.authored import written_for
from simulator.scenario.schema import Ask
from simulator.story.stops import AnswerError, find_stops, right_choice
from simulator.trace import LimitReached, Trace

NONE = ""
"""Key of the answer in a run that settles none; no choice has it."""


def reasons_of(scenario: Scenario, simulate: Callable[[Scenario], Trace]) -> dict[int, str]:
    """The key of the answer that each question's reasons were written for, if they were written for another run.

    Args:
        scenario: what is played.
        simulate: the engine; called for each other run that reasons were written for, which is seldom one at all.
    """
    found: dict[int, str] = {}
    answers: dict[tuple[str, str | None], Mapping[int, str]] = {}
    for number, ask in enumerate(scenario.model.ask, start=1):
        if not _has_reason(ask):
            continue
        try:
            author = written_for(scenario, number)
        except ScenarioError:
            found[number] = NONE
            continue
        if (author.file, author.edits) == (scenario.file, scenario.edits):
            continue
        key = (author.file, author.variant)
        if key not in answers:
            answers[key] = _answers(author, simulate)
        found[number] = answers[key].get(number, NONE)
    return found


def answers_in(scenario: Scenario, trace: Trace) -> dict[int, str]:
    """The key of the right choice for each question that a run reaches and settles, by number of the question."""
    found = {}
    for stop in find_stops(scenario, trace):
        if isinstance(stop.item, Ask):
            try:
                found[stop.number] = stop.item.choices[right_choice(stop.item, trace, stop.number)].key
            except AnswerError:
                continue
    return found


def _answers(scenario: Scenario, simulate: Callable[[Scenario], Trace]) -> Mapping[int, str]:
    try:
        return answers_in(scenario, simulate(scenario))
    except LimitReached:
        return {}  # only what was changed makes it end


def _has_reason(ask: Ask) -> bool:
    return ask.why is not None or any(choice.because for choice in ask.choices)

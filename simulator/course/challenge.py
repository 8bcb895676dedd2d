"""A challenge: a run scored, and summed up on a card that others can replay."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.course import challenge_words as words
from simulator.course.grading import SLOTS
from simulator.course.verdict import judge
from simulator.measure import evaluate_text
from simulator.scenario import Edit, Scenario, load_scenario, scenario_names
from simulator.scenario.differences import find_differences, is_allowed
from simulator.scenario.schema import Count, Goal
from simulator.scenario.values.paths import join_path, parse_path
from simulator.story.catalog import BOTH, LANGUAGES, pick
from simulator.story.narrate.narration import sentence
from simulator.story.values import ClockTime, flow_text
from simulator.trace import Trace
from simulator.world import timeline_of


@dataclass(frozen=True)
class Counted:
    """The number of times that something that costs points happened, and the event with which it first did."""

    count: Count
    value: float
    event: int | None
    """Index of the event; None if it did not happen, or no event decided it."""

    @property
    def cost(self) -> float:
        """Points that it costs."""
        return float(self.count.cost * self.value)


@dataclass(frozen=True)
class Card:
    """The outcome of a challenge."""

    lesson: Scenario
    trace: Trace
    most: int
    counts: tuple[Counted, ...]
    settings: dict[str, Any]
    """Changed settings, as `--set` takes them."""
    unfair: tuple[str, ...]
    """Changes that the exercise does not allow, and a budget that is exceeded: with any, there is no score."""

    @property
    def points(self) -> int:
        """Points that are left; never below 0."""
        return 0 if self.unfair else max(0, round(self.most - sum(counted.cost for counted in self.counts)))

    @property
    def command(self) -> str:
        """The command that plays the same run and shows the same card."""
        seed = self.trace.header.seed
        said = ["ackademy", "challenge", self.lesson.name, "--seed", str(seed)]
        for path, value in self.settings.items():
            said += ["--set", f"{path}={flow_text(value)}"]
        return shlex.join(said)


def challenged(scenario: Scenario) -> Scenario:
    """The scenario as its author wrote it: of a file that extends a packaged one, that one; raises `ScenarioError`."""
    parent = scenario.source.data.get("extends")
    if isinstance(parent, str) and parent in scenario_names():
        return load_scenario(parent)
    return scenario.as_written()


def make_card(lesson: Scenario, solution: Scenario, trace: Trace) -> Card | None:
    """Score a run of `solution`, which is the lesson with whatever was changed; None if the lesson is no challenge."""
    challenge = lesson.model.challenge
    if challenge is None:
        return None
    own = lesson.edited(Edit("seed", solution.model.seed))
    allowed = lesson.model.exercise.may_change if lesson.model.exercise is not None else []
    changes = find_differences(own, solution, allowed)
    unfair = tuple(change.path for change in changes if not is_allowed(change.parts, allowed))
    budget = lesson.model.exercise.budget if lesson.model.exercise is not None else None
    if budget is not None and budget.processes is not None:
        used = evaluate_text(SLOTS, trace)
        if isinstance(used, int | float) and used > budget.processes:
            unfair += (f"{SLOTS} = {used:g} > {budget.processes}",)
    paths = dict.fromkeys(_whole(change.parts, allowed) for change in changes)
    settings = {path: solution.value_at(path) for path in paths}
    counts = tuple(_counted(count, trace) for count in challenge.counts)
    return Card(lesson, trace, challenge.points, counts, settings, unfair)


def _whole(parts: tuple[str, ...], allowed: Sequence[str]) -> str:
    """The path of the setting that a difference lies in: as long as what may be changed, not an item of its list."""
    lengths = [len(parse_path(text)) for text in allowed if is_allowed(parts, [text])]
    return join_path(parts[: max(lengths, default=len(parts))])


def _counted(count: Count, trace: Trace) -> Counted:
    value = evaluate_text(count.measure, trace)
    verdict = judge(Goal(test=f"{count.measure} == 0"), trace)
    return Counted(count, value if isinstance(value, int | float) else 0, verdict.event)


def card_lines(card: Card, lang: str) -> Iterator[str]:
    """The card as lines, in `ko`, `en` or (one after the other) `both`."""
    for one in LANGUAGES if lang == BOTH else (lang,):
        title = pick(card.lesson.title, one)
        yield words.TITLE.text(one, title=title, seed=card.trace.header.seed)
        if card.unfair:
            yield words.UNFAIR.text(one, paths=", ".join(card.unfair))
        else:
            yield words.SCORE.text(one, points=card.points, most=card.most)
        yield from (f"  {count_text(counted, one)}" for counted in card.counts)
        yield first_loss(card, one)
        yield words.CHANGED.text(one, count=len(card.settings))
        for path, value in card.settings.items():
            yield "  " + words.CHANGE.text(one, path=path, value=flow_text(value))
        yield words.REPLAY.text(one, command=card.command)


def count_text(counted: Counted, lang: str) -> str:
    """A count with its value, in one language."""
    return words.COUNT.text(lang, text=pick(counted.count.text, lang), value=f"{counted.value:g}")


def first_loss(card: Card, lang: str) -> str:
    """The event with which the first of the losses was decided: of what is counted first."""
    event = card.counts[0].event
    if event is None or not card.counts[0].value:
        return words.NO_LOSS.text(lang)
    when = ClockTime(card.trace[event].t).text(lang)
    return words.FIRST.text(lang, when=when, text=sentence(timeline_of(card.trace), event, lang))

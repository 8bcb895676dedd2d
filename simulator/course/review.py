"""Review: known questions about new runs, with another seed or a variant of the lesson."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from simulator.course import learn_words as words
from simulator.course.closing import question_key
from simulator.course.progress import LessonProgress, Progress
from simulator.course.syllabus import lessons_in
from simulator.scenario import Edit, ScenarioError, load_scenario
from simulator.scenario.schema import Ask
from simulator.story import answer_words
from simulator.story.catalog import BOTH, LANGUAGES, pick
from simulator.story.reasons import reasons_of
from simulator.story.run import Run, Simulate
from simulator.story.stops import Stop, outcome_of
from simulator.story.tell import tell

MISSED, KNOWN = 3, 1
"""Weights in the draw: a question last answered wrong, and one answered right."""

LEAD = 14
"""Lines of the run shown before a question."""


@dataclass(frozen=True)
class Item:
    """A question about a run that the learner has not seen."""

    lesson: str
    """Its key in the learner's progress."""
    run: Run
    """A run whose scenario asks nothing else."""
    stop: Stop
    right: int
    """Index of the one true choice."""

    @property
    def ask(self) -> Ask:
        """The question itself."""
        assert isinstance(self.stop.item, Ask)
        return self.stop.item

    def title(self, lang: str) -> str:
        """The lesson, variant and seed of the run."""
        scenario = self.run.scenario
        assert scenario is not None
        title = pick(scenario.title, lang)
        if scenario.variant is None:
            return words.REVIEW_FROM.text(lang, title=title, seed=scenario.model.seed)
        variant = pick(scenario.model.variants[scenario.variant].text, lang) or scenario.variant
        return words.REVIEW_VARIANT.text(lang, title=title, variant=variant, seed=scenario.model.seed)


def count_items(progress: Progress, count: int, folder: Path | None = None) -> int:
    """Number of questions available for a draw of `count` from a folder's course (the packaged one)."""
    return min(count, len(_pool(progress, folder)))


def draw_items(
    progress: Progress, simulate: Simulate, random: Random, count: int, folder: Path | None = None
) -> Iterator[Item]:
    """Draw up to `count` different questions of finished lessons, those missed before with greater probability.

    Only runs are used in which the question is asked and has exactly one true answer, the one that its reason is for.
    """
    pool = _pool(progress, folder)
    while pool and count:
        weights = [weight for *_, weight in pool]
        what, key, number, _ = pool.pop(random.choices(range(len(pool)), weights)[0])
        item = _item(what, key, number, simulate, random)
        if item is not None:
            count -= 1
            yield item


def _pool(progress: Progress, folder: Path | None) -> list[tuple[str, str, int, int]]:
    """Every question of every finished lesson: the lesson, its key, the question's number (from 1), its weight."""
    found = []
    for what, key in lessons_in(folder).values():
        mine = progress.of(key)
        if mine.done:
            try:
                asks = load_scenario(what).model.ask
            except ScenarioError:
                continue
            found += [(what, key, number, _weight(ask, number, mine)) for number, ask in enumerate(asks, start=1)]
    return found


def _weight(ask: Ask, number: int, mine: LessonProgress) -> int:
    answered = mine.answers.get(question_key(ask, number))
    return KNOWN if answered is not None and answered.last == "right" else MISSED


def _item(what: str, key: str, number: int, simulate: Simulate, random: Random) -> Item | None:
    variants: list[str | None] = [None, *load_scenario(what).model.variants]
    random.shuffle(variants)
    for variant in variants:
        seed = random.randrange(2, 1000)
        try:
            scenario = load_scenario(what, variant=variant, seed=seed)
            reasons = reasons_of(scenario, simulate)
            asks = scenario.data.get("ask") or []
            if number > len(asks):
                continue  # a variant may ask nothing
            scenario = scenario.edited(Edit("ask", [asks[number - 1]]))
        except ScenarioError:
            continue
        held = {1: reasons[number]} if number in reasons else {}
        run = Run(simulate(scenario), scenario, reasons=held)
        stop = next((stop for stop in run.stops if stop.is_question), None)
        right = outcome_of(stop, run.trace).right if stop is not None else None
        if stop is not None and right is not None and run.has_reason(stop, right):
            return Item(key, run, Stop(stop.cursor, stop.item, number), right)
    return None


def lead_lines(item: Item, number: int, total: int, lang: str) -> Iterator[str]:
    """Introduction of a run, its state when the question comes, and the question."""
    for one in LANGUAGES if lang == BOTH else (lang,):
        yield f"# {words.REVIEW.text(one, number=number, total=total)}"
        yield item.title(one)
    told: list[str] = []
    asked: list[int] = []

    def ask(_: Stop) -> None:
        asked.append(len(told))

    for text in tell(item.run, lang, ask=ask):
        if asked:
            break
        told.append(text)
    lead = told[1:]  # the title was said
    if len(lead) > LEAD:
        yield "…"
        lead = lead[-LEAD:]
    yield from lead


def feedback_lines(item: Item, answer: int | None, lang: str) -> Iterator[str]:
    """The result of an answer and the reason; the author's own if it was written for this run."""
    for one in LANGUAGES if lang == BOTH else (lang,):
        yield from _feedback(item, answer, one)


def _feedback(item: Item, answer: int | None, lang: str) -> Iterator[str]:
    choices = item.ask.choices
    if answer is not None:
        said = answer_words.YOU_WERE_RIGHT if answer == item.right else answer_words.YOU_WERE_WRONG
        yield said.text(lang, number=answer + 1, text=pick(choices[answer].text, lang))
    if answer != item.right:
        yield answer_words.TRUE_IS.text(lang, number=item.right + 1, text=pick(choices[item.right].text, lang))
        if answer is not None and choices[answer].because:
            yield pick(choices[answer].because, lang)
    if item.ask.why:
        yield pick(item.ask.why, lang)

"""End of a lesson: results of its questions, goals and exercise, the deciding events, and the next lesson."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from simulator.course import learn_words as words
from simulator.course.challenge import Card, card_lines, challenged, make_card
from simulator.course.check_report import goal_value
from simulator.course.contrast import Case, list_cases, next_case
from simulator.course.grade_report import mark
from simulator.course.progress import Book, LessonProgress, Result
from simulator.course.syllabus import Lesson, lesson_name
from simulator.course.verdict import GoalVerdict, judge
from simulator.scenario import Scenario
from simulator.scenario.schema import Ask, Exercise
from simulator.story.catalog import BOTH, LANGUAGES, Words, pick
from simulator.story.narrate.narration import sentence
from simulator.story.run import Run
from simulator.story.stops import Stop, outcome_of
from simulator.story.values import ClockTime
from simulator.world import timeline_of

State = Literal["right", "wrong", "unknown", "unsettled", "open"]
"""Result of a question. `unknown`: "I don't know"; `unsettled`: no choice is true in the run; `open`: not answered."""

STATES: dict[str, Words] = {
    "right": words.RIGHT,
    "wrong": words.WRONG,
    "unknown": words.UNKNOWN,
    "unsettled": words.UNSETTLED,
    "open": words.OPEN,
}


@dataclass(frozen=True)
class QuestionResult:
    """A question of the run, with its result."""

    number: int
    ask: Ask
    choice: int | None
    """Index of the chosen answer."""
    right: int | None
    """Index of the one true choice; None if the run does not settle it."""
    state: State
    reasoned: bool
    """True if the author's reason holds in this run."""


@dataclass(frozen=True)
class Closing:
    """The end of a lesson."""

    run: Run
    asked: tuple[QuestionResult, ...]
    verdicts: tuple[GoalVerdict, ...]
    exercise: Exercise | None
    following: Lesson | None
    """The suggested next lesson."""
    cases: tuple[Case, ...] = ()
    """The other cases of the scenario."""
    next_case: Case | None = None
    """The one suggested next."""
    card: Card | None = None
    """Of a challenge."""
    again: bool = False
    """True if a missed question keeps the lesson from being done until it is seen again."""

    @property
    def right(self) -> int:
        """Number of questions answered right."""
        return sum(asked.state == "right" for asked in self.asked)

    @property
    def met(self) -> int:
        """Number of goals met."""
        return sum(verdict.met for verdict in self.verdicts)

    @property
    def scenario(self) -> Scenario | None:
        """The scenario of the run."""
        return self.run.scenario


def close_run(
    run: Run,
    answers: Mapping[int, int | None],
    following: Lesson | None = None,
    mine: LessonProgress = LessonProgress(),  # noqa: B008 (frozen)
) -> Closing:
    """Evaluate a finished run.

    Args:
        run: the run, with its scenario.
        answers: index of the chosen answer by number of the question; None is "I don't know".
        following: the suggested next lesson.
        mine: progress in the lesson.
    """
    asked = []
    for stop in run.stops:
        if isinstance(stop.item, Ask):
            right = outcome_of(stop, run.trace).right
            choice = answers.get(stop.number)
            state = _state(stop.number, choice, right, answers)
            asked.append(QuestionResult(stop.number, stop.item, choice, right, state, run.has_reason(stop, right)))
    lesson = run.start.scenario
    exercise = lesson.model.exercise if lesson is not None else None
    goals = run.scenario.goals if run.scenario is not None else []
    if run.is_changed:  # what the author says of the original run is no goal of a changed one
        goals = exercise.goals if exercise is not None else []
    seen = run.origin.scenario
    cases, coming = ([], None) if seen is None else (list_cases(seen, mine.cases), next_case(seen, mine.cases))
    verdicts = tuple(judge(goal, run.trace) for goal in goals)
    plain = not run.is_changed and lesson_name(run.scenario) is not None
    again = unsettled(mine, asked) if plain else False
    card = make_card(challenged(run.scenario), run.scenario, run.trace) if run.scenario is not None else None
    return Closing(run, tuple(asked), verdicts, exercise, following, tuple(cases), coming, card, again)


def _state(number: int, choice: int | None, right: int | None, answers: Mapping[int, int | None]) -> State:
    return (result_of(right, choice) or "unsettled") if number in answers else "open"


def offender_text(verdict: GoalVerdict, run: Run, lang: str) -> str:
    """The event that decided against a goal, with its time, in one language."""
    if verdict.event is None:
        return words.NEVER.text(lang)
    when = ClockTime(run.trace[verdict.event].t).text(lang)
    return words.DECIDED.text(lang, when=when, text=sentence(timeline_of(run.trace), verdict.event, lang))


def outcome_text(asked: QuestionResult, lang: str) -> str:
    """The result of a question, in one language."""
    said = STATES[asked.state].text(lang)
    if asked.right is None:
        return said
    return f"{said}; {words.IN_RUN.text(lang, text=pick(asked.ask.choices[asked.right].text, lang))}"


def values_text(verdict: GoalVerdict) -> str:
    """The values of a missed goal's measures; a missing value is a dash."""
    told = ((measure, "-" if value is None else goal_value(value)) for measure, value in verdict.values)
    return ", ".join(f"{measure} = {value}" for measure, value in told)


def closing_lines(closing: Closing, lang: str) -> Iterator[str]:
    """The same as lines, in `ko`, `en` or (one after the other) `both`."""
    for one in LANGUAGES if lang == BOTH else (lang,):
        yield from _lines(closing, one)


def _lines(closing: Closing, lang: str) -> Iterator[str]:
    yield f"## {words.HOW_IT_WENT.text(lang)}"
    if closing.asked:
        yield words.RIGHT_OF.text(lang, right=closing.right, total=len(closing.asked))
    for asked in closing.asked:
        yield f"  {asked.number}. {pick(asked.ask.text, lang)}"
        yield f"     {outcome_text(asked, lang)}"
    if closing.again:
        yield words.SEE_AGAIN.text(lang)
    if closing.verdicts:
        yield words.GOALS.text(lang, met=closing.met, total=len(closing.verdicts))
    for verdict in closing.verdicts:
        if not verdict.met:
            yield f"  {mark(False, lang)}  {verdict.goal.test}"
            yield f"      {values_text(verdict)}"
            yield f"      {offender_text(verdict, closing.run, lang)}"
    if closing.card is not None:
        yield from card_lines(closing.card, lang)
    yield from _exercise(closing, lang)
    yield from _cases(closing, lang)
    following = closing.following
    if following is not None:
        yield words.NEXT_IS.text(lang, title=following.title_in(lang), name=following.what)


def _exercise(closing: Closing, lang: str) -> Iterator[str]:
    exercise, scenario = closing.exercise, closing.scenario
    if exercise is None or scenario is None:
        return
    yield f"{words.EXERCISE.text(lang)}: {pick(exercise.text, lang)}"
    for text in rules_of(exercise, lang):
        yield f"  {text}"
    yield f"  {words.WRITE_IT.text(lang)}"
    yield f"    extends: {scenario.what}"
    yield f"    ackademy check mine.yaml --against {scenario.what}"


def _cases(closing: Closing, lang: str) -> Iterator[str]:
    """The contrast cases: what each one changes, and how to be asked again."""
    seen, scenario = closing.run.origin.scenario, closing.scenario
    variants = [case for case in closing.cases if case.name]
    if seen is None or scenario is None or not variants:
        return
    played = sum(case.played for case in variants) + (seen.variant is not None)
    yield words.CASES.text(lang, played=played, total=len(seen.model.variants))
    for case in variants:
        yield f"  {case.label(lang)} ({(words.PLAYED if case.played else words.NOT_PLAYED).text(lang)})"
        yield from (f"      {change}" for change in case.change_texts(seen))
        yield f"      ackademy tell {scenario.what} --variant {case.name} --ask"


def rules_of(exercise: Exercise, lang: str) -> list[str]:
    """The settings that an exercise lets one change, and its budget."""
    rules = [words.MAY_CHANGE.text(lang, paths=", ".join(exercise.may_change))]
    if exercise.budget is not None and exercise.budget.processes is not None:
        rules.append(words.BUDGET.text(lang, limit=exercise.budget.processes))
    return rules


def result_of(right: int | None, choice: int | None) -> Result | None:
    """The result to remember for an answer; None if no choice is true."""
    if right is None:
        return None
    return "unknown" if choice is None else "right" if choice == right else "wrong"


def remember_answer(book: Book, lesson: str, stop: Stop, right: int | None, choice: int | None) -> None:
    """Store an answer in a learner's book."""
    result = result_of(right, choice)
    if result is not None and isinstance(stop.item, Ask):
        key = question_key(stop.item, stop.number)
        chosen = stop.item.choices[choice].key if choice is not None else None
        book.record(lambda progress: progress.with_answer(lesson, key, result, chosen))


def remember_end(book: Book, lesson: str, closing: Closing) -> None:
    """Store in a learner's book that a lesson is done, if none of its questions is open or to be seen again."""
    if all(asked.state != "open" for asked in closing.asked) and not unsettled(book.progress.of(lesson), closing.asked):
        book.record(lambda progress: progress.with_done(lesson))


def unsettled(mine: LessonProgress, asked: Iterable[QuestionResult]) -> bool:
    """Return True if any question was answered only once, and not right."""
    answers = (mine.answers.get(question_key(result.ask, result.number)) for result in asked)
    return any(answer is not None and not answer.settled for answer in answers)


def question_key(ask: Ask, number: int) -> str:
    """The key under which the answers to a question are kept."""
    return ask.id or str(number)

"""Checks of a scenario: its goals against its runs, the first offending event, its questions and translations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simulator.course.craft import caption_flaws
from simulator.measure import Value, evaluate
from simulator.scenario import Problem, Scenario
from simulator.scenario.conditions.goals import Expression, Items, Measure, Number, Operation, Word, parse_goal
from simulator.scenario.schema import Ask, Goal
from simulator.story.catalog import LANGUAGES
from simulator.story.stops import AnswerError, find_stops, first_for_good, right_choice
from simulator.trace import Trace
from simulator.world.lifecycle import ALIVE
from simulator.world.lives import lives_of


@dataclass(frozen=True, slots=True)
class GoalVerdict:
    """A goal checked against a run: if it is met, its measures' values, and the event that decided against it."""

    goal: Goal
    met: bool
    values: tuple[tuple[str, Value], ...] = ()
    event: int | None = None
    """Index of the event after which the goal stays missed; None if it was never met and no event decided it."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the scenario: its number, from 1, and the index of its one true choice."""

    number: int
    ask: Ask
    answer: int


@dataclass(frozen=True, slots=True)
class Checked:
    """A run of the scenario or of a variant, checked against its author's goals and questions."""

    variant: str | None
    trace: Trace
    verdicts: tuple[GoalVerdict, ...]
    questions: tuple[Question, ...]
    problems: tuple[Problem, ...]
    """Questions without exactly one true choice."""
    warnings: tuple[Problem, ...]

    @property
    def points(self) -> int:
        """Points of the goals met."""
        return sum(verdict.goal.points for verdict in self.verdicts if verdict.met)

    @property
    def most(self) -> int:
        """Points of all goals."""
        return sum(verdict.goal.points for verdict in self.verdicts)


def check_run(scenario: Scenario, trace: Trace) -> Checked:
    """Check the run of a scenario against its goals and questions."""
    stops = find_stops(scenario, trace)
    questions, problems, warnings = [], [], [*untranslated(scenario), *caption_flaws(scenario, stops)]
    reached = {stop.number for stop in stops if stop.is_question}
    for number, ask in enumerate(scenario.model.ask, start=1):
        mark = scenario.source.at(("ask", number - 1))
        if number not in reached:
            warnings.append(scenario.source.problem("ask.never", mark, question=number))
            continue
        try:
            questions.append(Question(number, ask, right_choice(ask, trace, number)))
        except AnswerError as error:
            code = "answer.several" if error.true else "answer.none"
            problems.append(scenario.source.problem(code, mark, question=number, true=error.true))
    verdicts = tuple(judge(goal, trace) for goal in scenario.goals)
    return Checked(scenario.variant, trace, verdicts, tuple(questions), tuple(problems), tuple(warnings))


def judge(goal: Goal, trace: Trace) -> GoalVerdict:
    """Check a run against one goal."""
    expression = parse_goal(goal.test)
    if evaluate(expression, trace) is True:
        return GoalVerdict(goal, True)
    failing = next((part for part in _conjuncts(expression) if evaluate(part, trace) is not True), expression)
    values = {measure_text(measure): evaluate(measure, trace) for measure in measures_in(failing)}
    return GoalVerdict(goal, False, tuple(values.items()), _offender(failing, trace))


def untranslated(scenario: Scenario) -> Iterator[Problem]:
    """A warning for each text that exists in one language only."""
    model, source = scenario.model, scenario.source
    texts: list[tuple[tuple[str | int, ...], dict[str, str] | None]] = [
        (("title",), model.title),
        (("summary",), model.summary),
    ]
    texts += [(("say", place), say.text) for place, say in enumerate(model.say)]
    for place, ask in enumerate(model.ask):
        texts += [(("ask", place), ask.text), (("ask", place, "why"), ask.why)]
        for number, choice in enumerate(ask.choices):
            spot = ("ask", place, "choices", number)
            texts += [(spot, choice.text), ((*spot, "because"), choice.because)]
    texts += [(("goals", place), goal.text) for place, goal in enumerate(model.goals)]
    texts += [(("chapters", place), chapter.text) for place, chapter in enumerate(model.chapters)]
    texts += [(("knobs", place), knob.text) for place, knob in enumerate(model.knobs)]
    if model.exercise is not None:
        exercise = model.exercise
        texts += [(("exercise",), exercise.text)]
        texts += [(("exercise", "why"), exercise.why), (("exercise", "in_production"), exercise.in_production)]
        texts += [(("exercise", "goals", n), goal.text) for n, goal in enumerate(model.exercise.goals)]
        texts += [(("exercise", "misconceptions", n), one.text) for n, one in enumerate(exercise.misconceptions)]
    if model.challenge is not None:
        texts += [(("challenge", "counts", n), count.text) for n, count in enumerate(model.challenge.counts)]
    texts += [(("variants", name), variant.text) for name, variant in model.variants.items()]
    for path, words in texts:
        missing = [lang for lang in LANGUAGES if not (words or {}).get(lang)]
        if words and missing:
            where = ".".join(str(part) for part in path)
            yield source.problem("text.untranslated", source.at(path), where=where, missing=", ".join(missing))


def _conjuncts(expression: Expression) -> Iterator[Expression]:
    if isinstance(expression, Operation) and expression.operators == ("and",):
        for operand in expression.operands:
            yield from _conjuncts(operand)
    else:
        yield expression


def measures_in(expression: Expression) -> Iterator[Measure]:
    """Every measure in an expression, from left to right."""
    match expression:
        case Measure():
            yield expression
        case Items(items=parts) | Operation(operands=parts):
            for part in parts:
                yield from measures_in(part)
        case _:
            return


def measure_text(expression: Expression) -> str:
    """A measure in the syntax of a goal."""
    match expression:
        case Measure(name=name, arguments=()):
            return name
        case Measure(name=name, arguments=(Word(value="calls"), Word(kind="v", value=service), *rest)):
            return f"{name}({', '.join((f'calls.{service}', *map(measure_text, rest)))})"
        case Measure(name=name, arguments=arguments):
            return f"{name}({', '.join(map(measure_text, arguments))})"
        case Word(value=value):
            return value if value.isidentifier() else f'"{value}"'
        case Number(value=number):
            return f"{number:g}"
        case _:
            raise TypeError(type(expression))


def _is_open(measure: Measure, prefix: Trace) -> bool:
    """Return True if a measure has no value yet: the state of a task that has not ended."""
    match measure:
        case Measure(name="state", arguments=(Word(value=uuid),)):
            task = lives_of(prefix).tasks.get(uuid)
            return task is None or task.outcome == ALIVE
        case _:
            return False


def _offender(expression: Expression, trace: Trace) -> int | None:
    """The event after which the condition stays false; while a measure has no value, it does not count as false."""

    def is_missed(prefix: Trace) -> bool:
        if len(prefix) < len(trace) and any(_is_open(measure, prefix) for measure in measures_in(expression)):
            return False
        if any(evaluate(measure, prefix) is None for measure in measures_in(expression)):
            return False
        return evaluate(expression, prefix) is not True

    if not is_missed(trace):
        return None  # the run ends before anything is decided
    # A test may be false at the start, become true, and be false again: -1 is before the start.
    first = first_for_good(is_missed, trace, -1)
    return first - 1 if first else None

"""Grading of a solution: its changes, its runs on several seeds, the exercise's goals and budget."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from simulator.course.verdict import GoalVerdict, judge
from simulator.measure import evaluate_text
from simulator.scenario import Edit, Problem, Scenario, ScenarioError
from simulator.scenario.differences import SettingDifference, find_differences, is_allowed
from simulator.scenario.schema import Exercise, Goal, Misconception
from simulator.story.run import Simulate
from simulator.trace import Trace

SHOWN = "shown"
"""In place of a secret, for runs that are shown and never graded."""

MAX_SHOWN = 8
"""Limit on runs made to find one that misses what only hidden runs miss."""

SLOTS = "max(processes)"
"""The measure that a budget of processes limits: peak of all pool slots together."""


@dataclass(frozen=True)
class GradedRun:
    """A run of the solution, checked against the exercise."""

    seed: int
    hidden: bool
    """True if it does not use the lesson's own seed."""
    trace: Trace
    verdicts: tuple[GoalVerdict, ...]
    """In the order of the goals."""
    slots: int
    """Peak number of pool slots of all workers together."""
    budget: GoalVerdict | None
    """None if the exercise sets none."""

    @property
    def misses(self) -> set[int]:
        """The goals that it misses, by number from 1; 0 is the budget."""
        judged = enumerate((self.budget, *self.verdicts))
        return {number for number, verdict in judged if verdict is not None and not verdict.met}

    @property
    def passed(self) -> bool:
        """True if all goals are met within the budget."""
        return not self.misses


@dataclass(frozen=True)
class Grade:
    """A graded solution. It is not run if it changes something forbidden."""

    lesson: Scenario
    solution: Scenario
    exercise: Exercise
    goals: tuple[Goal, ...]
    changes: tuple[SettingDifference, ...]
    runs: tuple[GradedRun, ...]
    shown: tuple[GradedRun, ...] = ()
    """Runs that are not graded: whoever sees what a hidden run misses cannot fit a solution to that run."""
    believed: Misconception | None = None
    """The misconception that its author expected and that a failing solution shows."""

    @property
    def forbidden(self) -> list[SettingDifference]:
        """Changes that the exercise forbids."""
        return [change for change in self.changes if not is_allowed(change.parts, self.exercise.may_change)]

    @property
    def passed(self) -> bool:
        """True if it solves the exercise in every run."""
        return bool(self.runs) and all(run.passed for run in self.runs)

    def missed(self, place: int) -> GradedRun | None:
        """The first run that misses a goal."""
        return next((run for run in self.runs if not run.verdicts[place].met), None)

    def example(self, place: int) -> GradedRun | None:
        """A run that misses a goal and may be shown: the lesson's own seed, else one that is not graded."""
        may_be_shown = (*(run for run in self.runs if not run.hidden), *self.shown)
        return next((run for run in may_be_shown if not run.verdicts[place].met), None)

    @property
    def points(self) -> int:
        """Points of the goals that every run meets, less those of the guards that any run breaks; never below 0."""
        if not self.runs:
            return 0
        met = [(goal, self.missed(place) is None) for place, goal in enumerate(self.goals)]
        earned = sum(goal.points for goal, kept in met if kept and not goal.guard)
        return max(0, earned - sum(goal.points for goal, kept in met if goal.guard and not kept))

    @property
    def most(self) -> int:
        """Points of all goals but the guards."""
        return sum(goal.points for goal in self.goals if not goal.guard)


def exercise_of(lesson: Scenario) -> Exercise:
    """The exercise of a lesson; raises `ScenarioError` if it has none."""
    exercise = lesson.model.exercise
    if exercise is None:
        raise ScenarioError([Problem("grade.no_exercise", {"lesson": lesson.name})])
    return exercise


def grade(lesson: Scenario, solution: Scenario, simulate: Simulate, seeds: Iterable[int] = ()) -> Grade:
    """Hold a solution against a lesson's exercise; a goal that only hidden runs miss is looked for in further runs.

    Args:
        lesson: whose exercise it is.
        solution: the lesson, changed.
        simulate: the engine.
        seeds: of the hidden runs, besides the lesson's own.

    Raises:
        ScenarioError: the lesson has no exercise.
    """
    exercise = exercise_of(lesson)
    goals = tuple(exercise.goals or lesson.model.goals)
    changes = tuple(find_differences(lesson, solution, exercise.may_change))
    found = Grade(lesson, solution, exercise, goals, changes, ())
    if found.forbidden:
        return found
    public = lesson.model.seed

    def run(seed: int) -> GradedRun:
        return _graded(exercise, goals, simulate(solution.edited(Edit("seed", seed))), seed, hidden=seed != public)

    runs = tuple(run(seed) for seed in dict.fromkeys((public, *seeds)))
    found = Grade(lesson, solution, exercise, goals, changes, runs)
    missed = {place for place in range(len(goals)) if found.missed(place) and not found.example(place)}
    shown = []
    for seed in hidden_seeds(lesson.name, MAX_SHOWN, SHOWN):
        if not missed:
            break
        further = run(seed)
        here = {place for place in missed if not further.verdicts[place].met}
        if here:
            shown.append(further)
            missed -= here
    return replace(found, shown=tuple(shown), believed=_believed(found))


def find_belief_flaws(lesson: Scenario, simulate: Simulate) -> Iterator[Problem]:
    """Report each misconception that solves the exercise, or misses other goals than its author says."""
    exercise = lesson.model.exercise
    for place, one in enumerate(exercise.misconceptions if exercise is not None else ()):
        assert exercise is not None
        goals = tuple(exercise.goals or lesson.model.goals)
        trace = simulate(_changed(lesson, one))
        misses = sorted(_graded(exercise, goals, trace, lesson.model.seed, hidden=False).misses)
        mark = lesson.source.at(("exercise", "misconceptions", place))
        if not misses:
            yield lesson.source.problem("misconception.passes", mark)
        elif misses != sorted(one.misses):
            said, found = (", ".join(map(str, numbers)) for numbers in (one.misses, misses))
            yield lesson.source.problem("misconception.misses", mark, said=said, found=found)


def _changed(lesson: Scenario, one: Misconception) -> Scenario:
    return lesson.edited(*(Edit(path, value) for path, value in one.set.items()))


def _believed(found: Grade) -> Misconception | None:
    """Return the misconception that a solution shows: it makes its changes, and misses what those alone miss.

    Of several the largest. Without the second condition, the half of a solution that is a misconception when it stands
    alone would be read into every file that has this half and fails for another reason.
    """
    if found.passed:
        return None
    made = _settings(found.changes)
    for one in sorted(found.exercise.misconceptions, key=lambda one: -len(one.set)):
        wanted = _settings(find_differences(found.lesson, _changed(found.lesson, one), found.exercise.may_change))
        if wanted == made or (wanted < made and one.misses and set(one.misses) <= found.runs[0].misses):
            return one
    return None


def _settings(changes: Iterable[SettingDifference]) -> set[tuple[tuple[str | int, ...], str]]:
    return {(change.parts, str(change.after)) for change in changes}


def _graded(exercise: Exercise, goals: Sequence[Goal], trace: Trace, seed: int, *, hidden: bool) -> GradedRun:
    used = evaluate_text(SLOTS, trace)
    budget = None
    if exercise.budget is not None and exercise.budget.processes is not None:
        budget = judge(Goal(test=f"{SLOTS} <= {exercise.budget.processes}"), trace)
    verdicts = tuple(judge(goal, trace) for goal in goals)
    return GradedRun(seed, hidden, trace, verdicts, int(used) if isinstance(used, int | float) else 0, budget)


def hidden_seeds(lesson: str, count: int, secret: str = "") -> list[int]:
    """Seeds that cannot be guessed without the secret; the same each time.

    >>> hidden_seeds("retry", 2) == hidden_seeds("retry", 2), hidden_seeds("retry", 1) == hidden_seeds("beat", 1)
    (True, False)
    """
    digests = (hashlib.sha256(f"{secret}/{lesson}/{number}".encode()).digest() for number in range(count))
    return [int.from_bytes(digest[:6], "big") for digest in digests]

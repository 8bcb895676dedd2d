"""Stops of a run (captions and questions), the right answers, and the moment each answer shows.

All are found in the run itself.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from simulator.measure import evaluate_text, same_value
from simulator.scenario import Scenario
from simulator.scenario.schema import Ask, Moment, Say
from simulator.scenario.schema import Stop as StopSpec
from simulator.trace import Trace, to_micros
from simulator.trace.events import Event, SettingChanged, TaskSent, WorkerLost, WorkerOnline

PATIENCE = 300_000
"""Most events looked at to try every moment for the deciding one; beyond that, binary search is used."""

LONGEST = 200_000
"""Longest run, in events, whose deciding moments are searched; in a longer one, only the end decides."""


class AnswerError(Exception):
    """No choice of a question, or more than one, is true in the run: `question` (its number, from 1) and how many."""

    def __init__(self, question: int, true: int) -> None:
        """Keep the question and count for the message."""
        super().__init__(question, true)
        self.question = question
        self.true = true


@dataclass(frozen=True)
class Stop:
    """A caption or a question, and its cursor."""

    cursor: int
    item: Say | Ask
    number: int
    """Ordinal among the captions or among the questions, from 1."""

    @property
    def is_question(self) -> bool:
        """True if it is a question."""
        return isinstance(self.item, Ask)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer that a run gives to a question."""

    right: int | None
    """Index of the one choice that is true in it; None if none or several are."""
    cursor: int
    """The cursor right after the deciding event; the end, if only the end decides."""


def find_stops(scenario: Scenario, trace: Trace) -> list[Stop]:
    """Stops that the run reaches, in order."""
    stops = []
    rooms: tuple[Sequence[Say | Ask], ...] = (scenario.model.say, scenario.model.ask)
    for items in rooms:
        for number, item in enumerate(items, start=1):
            cursor = _cursor(item, trace)
            if cursor is not None:
                stops.append(Stop(cursor, item, number))
    return sorted(stops, key=lambda stop: (stop.cursor, stop.is_question))


def right_choice(ask: Ask, trace: Trace, number: int = 1) -> int:
    """The index of the one choice that is true in the run.

    Raises:
        AnswerError: none is, or several are.
    """
    keys = [choice.key for choice in ask.choices]
    if isinstance(ask.answer, str):
        value = evaluate_text(ask.answer, trace)
        true = [index for index, key in enumerate(keys) if same_value(value, key)]
    else:
        tests = ask.answer
        true = [
            index
            for index, key in enumerate(keys)
            if key in tests and tests[key] != "else" and evaluate_text(tests[key], trace)
        ]
        if not true:
            true = [index for index, key in enumerate(keys) if tests.get(key) == "else"]
    if len(true) != 1:
        raise AnswerError(number, len(true))
    return true[0]


def outcome_of(stop: Stop, trace: Trace) -> Outcome:
    """The answer that a run gives to a question, and the cursor at which it shows.

    The deciding event is the first from which on the right choice, and no other, stays true. `else`, and a choice that
    was true already when the question was asked, can still become false: for those only the end decides.
    """
    ask = stop.item
    assert isinstance(ask, Ask)
    end = len(trace)
    try:
        right = right_choice(ask, trace, stop.number)
    except AnswerError:
        return Outcome(None, end)
    if not isinstance(ask.answer, str) and ask.answer.get(ask.choices[right].key) == "else":
        return Outcome(right, end)

    def shows(prefix: Trace) -> bool:
        try:
            return right_choice(ask, prefix, stop.number) == right
        except AnswerError:
            return False

    if end > LONGEST or shows(prefix_of(trace, stop.cursor)):
        return Outcome(right, end)
    return Outcome(right, first_for_good(shows, trace, stop.cursor))


def first_for_good(holds: Callable[[Trace], bool], trace: Trace, low: int) -> int:
    """The first number of events after which a condition holds for good, as it does of the whole trace.

    Of the first `low` events it does not hold. If trying every prefix would cost too much, it is assumed to become true
    only once.
    """
    high = len(trace)
    if (high - low) * high <= PATIENCE:
        # What is computed of one prefix reads on in the next.
        prefix, first = prefix_of(trace, max(low, 0)), low + 1
        for count in range(low + 1, high):
            prefix = prefix.grown(trace.header, trace.events[:count])
            if not holds(prefix):
                first = count + 1
        return first
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(prefix_of(trace, middle)) else (middle, high)
    return high


def prefix_of(trace: Trace, count: int) -> Trace:
    """The trace as if only its first events had happened."""
    return Trace(trace.header, trace.events[:count])


def _cursor(item: StopSpec, trace: Trace) -> int | None:
    if item.at is not None:
        time = to_micros(item.at)
        # A caption stands after all of its instant, a question before the first event of it.
        cursor = bisect_left(trace.events, time + isinstance(item, Say), key=lambda event: event.t)
        return cursor if time <= trace.end else None
    moment = item.before or item.after
    if moment is None:
        return None
    seen = 0
    for index, event in enumerate(trace.events):
        if _is_meant(moment, event, trace):
            seen += 1
            if seen == moment.nth:
                return index + (item.after is not None)
    return None


def _is_meant(moment: Moment, event: Event, trace: Trace) -> bool:
    if moment.kill is not None:
        return isinstance(event, WorkerLost) and event.hostname == moment.kill
    if moment.stop is not None:
        return isinstance(event, SettingChanged) and (event.hostname, event.setting) == (moment.stop, "shutdown")
    if moment.start is not None:
        return isinstance(event, WorkerOnline) and event.hostname == moment.start
    if event.type != moment.event:
        return False
    wanted = (("uuid", moment.uuid), ("hostname", moment.hostname))
    if any(value is not None and getattr(event, key, None) != value for key, value in wanted):
        return False
    return moment.task is None or _task_name(event, trace) == moment.task


def _task_name(event: Event, trace: Trace) -> str | None:
    name = getattr(event, "name", None)
    if name is not None:
        return str(name)
    uuid = getattr(event, "uuid", None)
    return next((e.name for e in trace.events if isinstance(e, TaskSent) and e.uuid == uuid), None)

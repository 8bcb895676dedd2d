"""The moment at which a run has shown the answer to a question: the event from which on it stays true."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine import simulate
from simulator.scenario import parse_scenario
from simulator.story import stops
from simulator.story.run import Run
from simulator.story.stops import Outcome, first_for_good, outcome_of
from simulator.trace import Header, Trace
from simulator.trace.events import QueueDeclared

QUESTION = """
tasks: {{nap: {{duration: 1, raises: [OSError], autoretry_for: [OSError], retry_kwargs: {{countdown: 2}}}}}}
send: [{{at: 0, id: T, task: nap}}, {{at: 20, id: LATE, task: nap}}]
ask:
  - {{at: 0.5, en: So?, choices: [{{id: a, en: a}}, {{id: b, en: b}}, {{id: "2", en: two}}], answer: {answer}}}
"""


def outcome(answer: str) -> tuple[Outcome, Run]:
    scenario = parse_scenario(QUESTION.format(answer=answer))
    run = Run(simulate(scenario), scenario)
    return outcome_of(run.stops[0], run.trace), run


@pytest.mark.parametrize(
    ("answer", "right", "kind", "time"),
    [
        ("{a: state(T) == SUCCESS, b: state(T) == FAILURE}", 0, "result-stored", 4),
        ("{a: runs(T) >= 2, b: runs(T) > 9}", 0, "task-started", 3),
        ("runs(T)", 2, "task-started", 3),
    ],
)
def test_the_event_that_decides(answer: str, right: int, kind: str, time: float) -> None:
    found, run = outcome(answer)
    event = run.trace.events[found.cursor - 1]
    assert (found.right, event.type, event.t // 1_000_000) == (right, kind, time)


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("{a: lost == 0, b: lost > 0}", 0),  # true when it was asked, and could still have become false
        ("{a: lost > 0, b: else}", 1),
        ("{a: lost > 0, b: failed > 0}", None),
        ("{a: lost == 0, b: failed == 0}", None),
    ],
)
def test_what_only_the_end_tells(answer: str, right: int | None) -> None:
    found, run = outcome(answer)
    assert found == Outcome(right, len(run.trace))


@given(st.lists(st.booleans(), min_size=1, max_size=50))
def test_for_good_means_from_there_on(values: list[bool]) -> None:
    values = [False, *values, True]
    trace = declared(len(values) - 1)
    first = first_for_good(lambda prefix: values[len(prefix)], trace, 0)
    assert all(values[first:])
    assert not values[first - 1]


@given(st.integers(1, 1_000))
def test_in_a_long_run_it_is_found_with_few_looks(first: int) -> None:
    looks = []

    def holds(prefix: Trace) -> bool:
        looks.append(len(prefix))
        return len(prefix) >= first

    with patch.object(stops, "PATIENCE", 1_000):
        assert first_for_good(holds, declared(1_000), 0) == first
    assert len(looks) <= 10


def declared(count: int) -> Trace:
    """A trace of so many events."""
    return Trace(Header(), [QueueDeclared(0, -1, f"queue{number}") for number in range(count)])

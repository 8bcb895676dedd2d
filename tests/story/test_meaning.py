"""The moments a step stops at."""

from __future__ import annotations

from simulator.story import is_meaningful, meaningful
from simulator.trace import Trace
from simulator.trace import events as ev
from tests.lessons import played
from tests.story.samples import CRASH, OUTAGES, OVERFLOW, RETRIES, run_of


def skipped(trace: Trace) -> list[ev.Event]:
    marks = meaningful(trace)
    return [event for event, mark in zip(trace, marks, strict=True) if not mark]


def test_declarations_and_further_questions_in_vain_are_skipped() -> None:
    trace = played("empty-queue")
    assert [event.type for event in skipped(trace)] == ["queue-declared", "worker-online", "worker-online"] + (
        ["poll"] * 18
    )


def test_the_first_question_in_vain_after_a_task_counts() -> None:
    trace = played("three-task-order")
    assert [(event.t, event.actor) for event in skipped(trace) if event.type == "poll"] == [(4_000_000, "worker2")]


def test_a_worker_that_comes_back_is_no_declaration() -> None:
    trace = run_of(CRASH)
    back = max(i for i, event in enumerate(trace) if event.type == "worker-online")
    assert is_meaningful(trace, back)
    assert {event.type for event in skipped(trace)} == {"queue-declared", "worker-online"}


def test_the_first_question_in_vain_after_a_task_that_was_held_counts() -> None:
    trace = run_of(RETRIES)
    marks = meaningful(trace)
    asked = [e.t // 10**6 for e, mark in zip(trace, marks, strict=True) if mark and e.type == "poll"]
    assert asked == [0, 1, 2, 2, 8, 8, 14]


def test_troubles_are_stopped_at() -> None:
    for text in (RETRIES, OUTAGES, OVERFLOW):
        kinds = {event.type for event in skipped(run_of(text))}
        assert "queue-declared" in kinds
        assert kinds <= {"queue-declared", "worker-online", "poll"}


def test_the_marks_are_kept() -> None:
    trace = played("three-task-order")
    assert meaningful(trace) is meaningful(trace)
    assert len(meaningful(trace)) == len(trace)

"""A recording of a real Celery, told: what was concluded is marked, and what had to be put right is said."""

from __future__ import annotations

import pytest

from simulator.scene.event_lines import describe_event
from simulator.story.report.recording import note_lines
from simulator.story.run import Run
from simulator.story.tell import tell
from simulator.trace import Header, Trace
from simulator.trace import events as ev

EVENTS = [
    ev.WorkerOnline(0, -1, "w1", ("celery",), "prefork", 1, 4, {"transport": "redis"}, inferred=True),
    ev.QueueDeclared(0, -1, "celery"),
    ev.TaskSent(1_000_000, -1, "gen1", "A", "mail", 1, "celery"),
    ev.MessageQueued(1_000_000, 2, "A", 1, "celery", 0, inferred=True),
]
TRACE = Trace(
    Header(
        profile="celery-redis",
        end=2_000_000,
        stopped="recorded",
        title={"ko": "기록", "en": "A recording"},
        recorded={"since": 1.0, "notes": {"late": 2, "clocks": {"w1@h": 3.25}}},
    ),
    EVENTS,
)


@pytest.mark.parametrize(
    ("lang", "mark", "source", "note", "clock"),
    [
        ("ko", "(추론)", "실제 Celery의 기록", "2  너무 늦게 도착해", "+3.2초"),
        ("en", "(inferred)", "A recording of real Celery", "2  events that arrived too late", "+3.2 s"),
    ],
)
def test_what_was_concluded_is_marked_and_the_gaps_are_told(
    lang: str, mark: str, source: str, note: str, clock: str
) -> None:
    lines = list(tell(Run(TRACE), lang))
    assert any(line.startswith(source) for line in lines)
    assert any(line.startswith(note) for line in lines)
    assert any(clock in line for line in lines)
    told = [line for line in lines if line.endswith(f" {mark}") and not line.startswith(source)]
    assert len(told) == 1, "the queueing was concluded, the sending was not"


def test_the_terminal_marks_it_too() -> None:
    assert describe_event(EVENTS[3]).startswith("~message-queued")
    assert describe_event(EVENTS[2]).startswith("task-sent")


def test_only_what_happened_is_noted() -> None:
    assert list(note_lines({"late": 0, "clocks": {}}, "en")) == []

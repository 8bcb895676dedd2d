"""One idea for every kind of moment."""

from __future__ import annotations

from simulator.story import idea
from simulator.story.narrate.idea import EARLY, LATE, PUSH
from simulator.trace import Trace
from tests.lessons import played
from tests.story.samples import traces


def at(trace: Trace, kind: str) -> str:
    return idea(trace, next(i for i, event in enumerate(trace) if event.type == kind), "en")


def test_every_event_has_an_idea_in_both_languages() -> None:
    for trace in traces():
        for index in range(len(trace)):
            korean, english = idea(trace, index, "ko"), idea(trace, index, "en")
            assert korean != english
            assert idea(trace, index, "both") == f"{korean}\n{english}"


def test_what_depends_on_the_run() -> None:
    assert at(played("success-and-ack"), "message-acked") == LATE.en
    assert at(played("success-and-ack", "early"), "message-acked") == EARLY.en
    assert at(played("three-task-order", "celery_defaults"), "message-delivered") == PUSH.en

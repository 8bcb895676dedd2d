"""Every event has its sentences, and they are the guide's dialogue."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from simulator.engine import simulate
from simulator.scenario import Scenario
from simulator.story import narrate, sentence
from simulator.story.narration import TELLERS
from simulator.trace import EVENT_TYPES, Trace
from simulator.world import Timeline
from tests.story.samples import CRASH, WRONG_ARGUMENTS, lesson, run_of, traces
from tests.strategies import scenarios

HANGUL = re.compile("[가-힣]")


def sentences(trace: Trace, lang: str) -> list[str]:
    timeline = Timeline(trace)
    return [sentence(timeline, index, lang) for index in range(len(trace))]


def test_no_type_of_event_lacks_its_sentences() -> None:
    assert set(TELLERS) == set(EVENT_TYPES.values())


def test_every_type_of_event_is_told_in_both_languages() -> None:
    told = set()
    for trace in traces():
        timeline = Timeline(trace)
        for index, event in enumerate(trace):
            told.add(event.type)
            korean, english = sentence(timeline, index, "ko"), sentence(timeline, index, "en")
            assert HANGUL.search(korean), korean
            assert english != korean
            assert "\n" not in korean + english
            assert sentence(timeline, index, "both") == f"{korean}\n{english}"
            for first in (True, False):
                assert all(said.text("ko") and said.text("en") for said in narrate(timeline, index, first=first))
    assert told == set(EVENT_TYPES)


def test_the_guides_dialogue() -> None:
    told = sentences(lesson("three-task-order"), "ko")
    assert 'worker1 → Broker: "새로운 작업이 있나요?" Broker → worker1: "아직 없습니다"' in told
    assert "Producer → Broker: Task1 전송 (send_email)" in told
    assert "Broker: Queue에 Task1 저장" in told
    assert 'worker1 → Broker: "새로운 작업이 있나요?"' in told
    assert 'Broker → worker1: "예, 새로운 Task가 있습니다" Task1 send_email(12345, "user@example.com")' in told


def test_with_push_nobody_asks() -> None:
    told = "\n".join(sentences(lesson("three-task-order", "celery_defaults"), "en"))
    assert "Is there a new task?" not in told
    assert '"A new task for you" Task1' in told
    assert "push: nobody asked" in told


def test_the_acknowledgement_says_whether_it_is_early_or_late() -> None:
    early = sentences(lesson("success-and-ack", "early"), "en")
    late = sentences(lesson("success-and-ack"), "en")
    assert "worker1 → Broker: ACK for Task1 (before it runs). The Broker forgets the message" in early
    assert "worker1 → Broker: ACK for Task1 (done). The Broker forgets the message" in late


def test_death_loss_and_return() -> None:
    told = sentences(run_of(CRASH), "en")
    assert "worker1: Killed (SIGKILL). It could not say a word to the Broker" in told
    assert "Broker: Connection to worker1 lost. pay_3 had no ACK and is back in the Queue (place 1)" in told
    assert any(text.startswith("pay_1: Lost.") for text in told)
    assert any(text.endswith("(redelivered)") for text in told)


def test_an_unregistered_task_was_looked_up_and_rejected() -> None:
    trace = lesson("message")
    timeline = Timeline(trace)
    index = next(i for i, event in enumerate(trace) if event.type == "message-dropped")
    told = [said.text("en") for said in narrate(timeline, index)]
    assert told[0] == "worker1: Task1 received, message parsed"
    assert '    "task": "tasks.send_emial",' in told
    assert told[-2].endswith("tasks.send_emial (no such function)")
    assert told[-1] == "worker1 → Broker: Task1 rejected. The Broker discards the message"


def test_a_failure_says_why() -> None:
    told = sentences(run_of(WRONG_ARGUMENTS), "en")
    assert any("takes 1 positional argument but 2 were given" in text for text in told)


@given(scenarios())
def test_a_sentence_knows_nothing_of_what_is_to_come(scenario: Scenario) -> None:
    trace = simulate(scenario)
    timeline = Timeline(trace)
    for index in range(0, len(trace), 1 + len(trace) // 20):
        prefix = Timeline(Trace(trace.header, trace.events[: index + 1]))
        for lang in ("ko", "en"):
            assert sentence(timeline, index, lang) == sentence(prefix, index, lang)
            told = [said.text(lang) for said in narrate(timeline, index)]
            assert told == [said.text(lang) for said in narrate(prefix, index)]


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_long_values_are_cut(lang: str) -> None:
    long = "x" * 5000
    trace = run_of(f"tasks: {{t: {{returns: '{long}'}}}}\nsend: [{{task: t, args: ['{long}']}}]")
    assert all(len(text) < 300 for text in sentences(trace, lang))

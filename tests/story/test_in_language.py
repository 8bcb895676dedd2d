"""Results and arguments are told in the reader's language; the trace knows no language."""

from __future__ import annotations

import re

import pytest

from simulator.engine import simulate
from simulator.play.playback import Playback
from simulator.play.player import Player
from simulator.scene.pages.inspect import inspect_thing
from simulator.scene.pages.letter import read_letter
from simulator.story.run import open_run
from simulator.story.tell import tell
from simulator.trace import events as ev

KOREAN = re.compile("[\uac00-\ud7a3]")
LESSONS = ["why-delay", "empty-queue", "three-task-order", "message", "success-and-ack", "retry", "errors-not-to-retry"]


@pytest.mark.parametrize("name", [*LESSONS, "sale-day"])
def test_an_english_reader_meets_no_korean_and_a_korean_one_the_guides_words(name: str) -> None:
    run = open_run(name, simulate)
    assert not [text for text in tell(run, "en") if KOREAN.search(text)]
    assert not [text for text in tell(run, "en", log=True) if KOREAN.search(text)]
    if name == "three-task-order":
        korean = "\n".join(tell(run, "ko"))
        assert "이메일 발송 성공" in korean
        assert "email sent" not in korean
        assert "서울" in korean


def test_the_trace_carries_both() -> None:
    trace = open_run("three-task-order", simulate).trace
    (result,) = [event.result for event in trace if isinstance(event, ev.TaskSucceeded) and event.uuid == "Task1"]
    assert result == {"ko": "이메일 발송 성공", "en": "email sent"}


def test_a_message_and_a_tasks_page_are_in_the_language_of_the_screen() -> None:
    player = Player.at_start(Playback(open_run("three-task-order", simulate))).end().answer(0).end()
    for lang, city, other in (("en", "Seoul", "서울"), ("ko", "서울", "Seoul")):
        letter = str(read_letter(player, "Task3", lang))
        assert city in letter
        assert other not in letter
        page = str(inspect_thing(player, ("task", "Task3"), lang).sheet)
        assert city in page
        assert other not in page

"""Questions and their answers as they are drawn."""

from __future__ import annotations

import pytest

from simulator.engine import simulate
from simulator.play.playback import Playback
from simulator.play.player import Player
from simulator.scenario import Edit, parse_scenario
from simulator.scene.look import Look
from simulator.story.run import Run, open_run
from simulator.tui.controls import commands as c
from simulator.tui.session import Session
from tests.tui.drawn import main_screen


def drawn(player: Player, lang: str = "en") -> str:
    return " ".join(" ".join(main_screen(player, Look(lang), 80, 24).lines()).split())


@pytest.mark.parametrize(("choice", "told"), [(0, False), (1, True), (None, False)])
def test_why_a_choice_is_wrong_is_told_of_a_wrong_choice_only(choice: int | None, told: bool) -> None:
    run = open_run("three-task-order", simulate)
    assert run.scenario is not None
    reasons = [said.because["en"] for said in run.scenario.model.ask[0].choices if said.because]
    asked = Player.at_start(Playback(run)).end()
    question = asked.open_question
    assert question is not None
    answered = asked.answer(choice).answer(1)
    text = drawn(answered.go(answered.playback.shown_at(question)))
    assert "declared first" in text  # why the right one is right is told in any case
    assert any(reason in text for reason in reasons) is told


def test_a_long_choice_goes_on_in_the_next_line() -> None:
    long = "it is taken by whichever worker asks first after the broker has put it at the head of its queue again"
    text = f"""
    profile: guide
    workers: 1
    tasks: {{mail: {{duration: 1}}}}
    send: [{{at: 1, task: mail}}]
    ask: [{{at: 0, en: Who?, ko: 누가?, choices: [{{id: a, en: "{long}", ko: 가}}, {{id: b, en: B, ko: 나}}],
           answer: {{a: succeeded == 1, b: succeeded == 0}}}}]
    """
    scenario = parse_scenario(text)
    asked = Player.at_start(Playback(Run(simulate(scenario), scenario))).end()
    assert asked.open_question is not None
    assert long in drawn(asked)


def test_a_caption_says_that_a_question_about_its_moment_follows() -> None:
    run = open_run("three-task-order", simulate, variant="celery_defaults")
    caption = Player.at_start(Playback(run)).end()
    assert caption.open_question is None
    assert "→: a question about this moment follows." in drawn(caption)
    asked = caption.step()
    assert asked.open_question is not None
    assert "follows." not in drawn(asked)
    assert "follows." not in drawn(asked.answer(0).go(caption.place))
    assert "follows." not in drawn(caption.back())


@pytest.mark.parametrize("choice", [0, None])
def test_a_second_question_of_a_moment_says_that_the_first_answer_was_noted(choice: int | None) -> None:
    session = Session(open_run("three-task-order", simulate), "en", motion=False)
    session.do(c.GoToEnd())
    session.do(c.Skip() if choice is None else c.AnswerQuestion(choice))
    text = drawn(session.player)
    assert "Whoever it is: when will Task3 start?" in text
    assert "Noted. One more: 1-3 answer" in text
    assert session.look.notice is None  # nothing to see yet
    session.do(c.AnswerQuestion(1))
    assert "Press → and see." in str(session.look.notice)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_question_that_a_branch_leaves_without_a_right_answer_says_so_and_hides_nothing(lang: str) -> None:
    order = open_run("three-task-order", simulate)
    asked = Player.at_start(Playback(order)).end().answer(0).answer(1)
    killed = order.edited([Edit("faults", {"at": 1.000001, "kill": "worker1"}, append=True)], simulate)
    end = asked.moved_to(Playback(killed)).end()
    assert end.at_end
    assert [stop.number for stop in end.unsettled] == [2]
    assert end.verdict is None
    text = drawn(end, lang)
    told = {"en": "In this run, no single choice is right", "ko": "이 실행에서는 맞는 답이 하나로 정해지지 않습니다"}
    ended = {"en": "The end: nothing more happens. Killed: worker1.", "ko": "끝: 더 일어날 일이 없습니다."}
    timeline = {"en": "Timeline", "ko": "타임라인"}
    assert all(words[lang] in text for words in (told, ended, timeline))
    assert told[lang] not in drawn(asked.end(), lang)

"""A reason that an author wrote is told only where the answer is that of the run it was written for."""

from __future__ import annotations

from random import Random

import pytest

from simulator.course.closing import close_run
from simulator.course.craft import reason_flaws
from simulator.course.progress import Progress
from simulator.course.review import draw_items, feedback_lines
from simulator.engine import simulate
from simulator.export import worksheet
from simulator.play.playback import Playback
from simulator.play.player import Player
from simulator.scenario import Edit, parse_scenario
from simulator.scene.moment import ask_question
from simulator.scene.pages.ballot import Ballot, build_ballot
from simulator.story.problems.errors import message
from simulator.story.reasons import reasons_of
from simulator.story.run import Run, open_run
from simulator.story.stops import outcome_of
from simulator.story.tell import tell
from tests.lessons import PACKAGED, lesson, played, simulated

REASON = "Both tasks end at 3 s."
SLOW = "tasks.send_email.duration=10"


def footer(run: Run, choice: int) -> list[str]:
    """Whatever is said of an answer, on the stage, in a vote, in text, on paper, and at the end."""
    player = Player.at_start(Playback(run)).end()
    stop = player.open_question
    assert stop is not None
    shown = player.answer(choice).answer(1).go(player.playback.shown_at(stop))
    question = ask_question(shown, "en")
    assert question is not None
    assert question.verdict in ("right", "wrong")
    closing = close_run(run, {1: choice, 2: 1})
    return [
        " ".join([*question.why, *(line.because for line in question.choices)]),
        " ".join(build_ballot(player, stop, Ballot((1, 1, 1), phase="reveal"), "en").footer),
        " ".join(tell(run, "en", ask=lambda stop: choice if stop.number == 1 else 1)),
        worksheet(run, {}, "en", answers=True, html=False),
        REASON if all(asked.reasoned for asked in closing.asked) else "",
    ]


def test_the_run_it_was_written_for_tells_it_everywhere() -> None:
    assert all(REASON in text for text in footer(open_run("three-task-order", simulate), 1))


def test_a_changed_setting_with_another_answer_tells_no_reason() -> None:
    run = open_run("three-task-order", simulate, overrides=[SLOW])
    for choice in (0, 1, 2):
        for text in footer(run, choice):
            assert REASON not in text
            assert "The first to start" not in text
            assert "goes to one worker only" not in text


def test_a_changed_setting_with_the_same_answer_still_has_its_reason() -> None:
    run = open_run("three-task-order", simulate, overrides=["tasks.notify_shipping.duration=5"])
    assert all(REASON in text for text in footer(run, 0))


def test_another_seed_has_the_reason_only_where_it_has_the_answer() -> None:
    original = played("hockey-stick", "load_90")
    for seed in range(1, 9):
        run = open_run("hockey-stick", simulate, variant="load_90", seed=seed)
        (stop,) = [stop for stop in run.stops if stop.is_question]
        right = outcome_of(stop, run.trace).right
        mine = outcome_of(stop, original).right
        assert run.has_reason(stop, right) == (right == mine)


def test_what_extends_a_lesson_has_its_reasons_where_it_has_its_answer() -> None:
    text = "extends: three-task-order\ntasks: {send_email: {duration: DURATION}}\n"
    slow = parse_scenario(text.replace("DURATION", "10"))
    assert reasons_of(slow, simulate) == {1: "worker1", 2: "3"}
    run = Run(simulate(slow), slow, reasons=reasons_of(slow, simulate))
    (stop, _) = [stop for stop in run.stops if stop.is_question]
    assert not run.has_reason(stop, outcome_of(stop, run.trace).right)


def test_a_run_without_an_end_but_for_what_was_changed_has_no_reason() -> None:
    text = """
    until: 5
    tasks: {mail: 1}
    workers: 1
    send: [{from: 0, every: 0.001, task: mail}]
    ask: [{at: 1, en: Q, ko: 질문, choices: [a, b], answer: {a: sent > 0, b: else}, why: {en: So., ko: 그래서.}}]
    """
    scenario = parse_scenario(text).edited(Edit("tasks.mail.duration", 0.5))
    assert reasons_of(scenario, simulate) == {1: "a"}


VARIED = """
tasks: {mail: 2}
workers: 1
send: [{task: mail, count: 3}]
ask:
  - {at: 0, en: When?, ko: 언제?, choices: ["6", "9"], answer: finished_by, why: {en: 3 x 2., ko: 삼 곱하기 이.}}
variants:
  same: {en: Same, ko: 같음, set: {workers: 1}}
  slow: {en: Slow, ko: 느림, set: {tasks.mail.duration: 3}}
  told: {en: Told, ko: 설명, set: {tasks.mail.duration: 3, ask.0.why: {en: Three times three., ko: 삼 곱하기 삼.}}}
"""


@pytest.mark.parametrize(("variant", "found"), [("same", 0), ("slow", 1), ("told", 0)])
def test_check_says_when_a_variant_changes_an_answer_and_inherits_its_reason(variant: str, found: int) -> None:
    scenario = parse_scenario(VARIED, variant=variant)
    flaws = list(reason_flaws(scenario, simulate(scenario), reasons_of(scenario, simulate)))
    assert len(flaws) == found
    for flaw in flaws:
        assert flaw.mark is not None
        assert 'the variant "slow" changes the answer' in message(flaw, "en")
        assert "ask.0.why" in message(flaw, "ko")


TIMED = """
workers: {worker1: {}, worker2: {starts_at: 60}}
tasks: {mail: 2}
send: [{task: mail, id: First}]
ask:
  - at: 0
    en: How often?
    ko: 몇 번?
    choices: ["1", "2"]
    answer: runs(First)
    why: {en: "worker1 ends First at 2 s; it tries 3 times.", ko: "worker1이 2초에 First를 끝냅니다."}
variants:
  same: {en: Same, ko: 같음, set: {seed: 2}}
  slow: {en: Slow, ko: 느림, set: {tasks.mail.duration: 2.5}}
  other: {en: Other, ko: 다름, set: {workers: {a: {}}}}
until: 9
"""


@pytest.mark.parametrize(("variant", "gone"), [("same", ""), ("slow", "2"), ("other", "worker1")])
def test_check_finds_a_reason_that_a_variant_makes_untrue(variant: str, gone: str) -> None:
    base, scenario = parse_scenario(TIMED), parse_scenario(TIMED, variant=variant)
    flaws = list(reason_flaws(scenario, simulate(scenario), reasons_of(scenario, simulate), simulate(base)))
    assert [flaw.code for flaw in flaws] == ["ask.reason_untrue"] * bool(gone)
    assert [flaw.params["facts"] for flaw in flaws] == [gone] * bool(gone)


def test_no_lesson_inherits_a_reason_that_is_untrue() -> None:
    for name, variant in PACKAGED:
        if variant:
            scenario, trace = lesson(name, variant), played(name, variant)
            flaws = reason_flaws(scenario, trace, reasons_of(scenario, simulated), played(name))
            assert not list(flaws), (name, variant)


def test_a_review_asks_of_runs_in_which_the_reason_holds() -> None:
    progress = Progress().with_done("hockey-stick").with_done("three-task-order")
    for seed in range(8):
        for item in draw_items(progress, simulate, Random(seed), 2):
            assert item.run.scenario is not None
            full = lesson(item.lesson, item.run.scenario.variant)
            run = Run(played(item.lesson, full.variant), full)
            own = outcome_of(next(s for s in run.stops if s.is_question and s.number == item.stop.number), run.trace)
            assert own.right == item.right
            assert list(feedback_lines(item, None, "en"))

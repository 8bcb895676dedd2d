"""A challenge: what it counts, when the first loss was decided, and a card that anybody can replay."""

from __future__ import annotations

import shlex
from pathlib import Path
from xml.etree import ElementTree

import pytest

from simulator import simulate
from simulator.course.challenge import Card, card_lines, challenged, make_card
from simulator.course.closing import close_run
from simulator.measure import evaluate_text
from simulator.scenario import Edit, Scenario, load_scenario, parse_scenario
from simulator.scene.pages.learn import closing_page
from simulator.story.run import Run
from tests.strategies import build
from tests.test_cli import Call

GAME = """
title: {ko: 놀이, en: Game}
profile: celery-rabbitmq
config: {hop: 0, worker_prefetch_multiplier: 1, startup_drain: ideal}
tasks: {pay: {duration: 4, effect_at: 0.5}}
workers: {w1: {}, w2: {}}
send: [{at: 0, task: pay, count: 4}]
faults: [{at: 3, kill: w1}]
challenge:
  points: 100
  counts:
    - {measure: lost + dropped, cost: 30, ko: 유실, en: lost}
    - {measure: duplicates, cost: 7, ko: 중복, en: twice}
    - {measure: late(11), cost: 1, ko: 늦음, en: late}
exercise:
  {ko: x, en: x, may_change: [config.task_acks_late, workers.*.concurrency, workers.*.queues], budget: {processes: 3},
   goals: [lost == 0]}
"""


@pytest.fixture
def ackademy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return Call(monkeypatch, capsys)


def carded(*edits: Edit) -> Card:
    lesson = parse_scenario(GAME, file="game.yaml")
    solution = lesson.edited(*edits)
    card = make_card(lesson, solution, simulate(solution))
    assert card is not None
    return card


@pytest.mark.parametrize(
    ("edits", "counted", "points"),
    [
        # pay_1 dies with w1 at 3 s, its effect at 2 s; w2 then runs 2, 3, 4 until 4, 8 and 12 s.
        ((), [1, 0, 2], 68),
        # pay_1 comes back and is run after pay_2: its effect twice; the last of four more runs ends at 16 s.
        ((Edit("config.task_acks_late", True),), [0, 1, 2], 91),
        ((Edit("config.task_acks_late", True), Edit("workers.w2.concurrency", 2)), [0, 1, 0], 93),
    ],
)
def test_points_are_lost_for_what_is_counted(edits: tuple[Edit, ...], counted: list[int], points: int) -> None:
    card = carded(*edits)
    assert [one.value for one in card.counts] == counted
    assert (card.points, card.most) == (points, 100)


def test_the_first_loss_is_told_with_its_moment() -> None:
    card = carded()
    assert card.counts[0].event is not None
    assert card.trace[card.counts[0].event].type == "task-lost"
    assert card.trace[card.counts[0].event].t == 3_000_000
    assert "The first loss was decided at [3.00 s] pay_1: Lost." in "\n".join(card_lines(card, "en"))
    safe = carded(Edit("config.task_acks_late", True))
    assert "아무것도 잃지 않았습니다" in list(card_lines(safe, "ko"))


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (Edit("tasks.pay.duration", 1), "tasks.pay.duration"),
        (Edit("faults", []), "faults.0"),
        (Edit("workers.w2.concurrency", 9), "max(processes) = 10 > 3"),
    ],
)
def test_what_is_not_allowed_or_over_the_budget_has_no_score(edit: Edit, said: str) -> None:
    card = carded(edit)
    assert card.points == 0
    assert said in next(line for line in card_lines(card, "en") if line.startswith("No score"))


def test_points_never_fall_below_zero() -> None:
    lesson = parse_scenario(GAME.replace("cost: 30", "cost: 3000"), file="game.yaml")
    card = make_card(lesson, lesson, simulate(lesson))
    assert card is not None
    assert card.points == 0


def test_whole_settings_are_told_and_a_seed_is_no_change() -> None:
    card = carded(Edit("seed", 9), Edit("workers.w2.queues", ["celery", "other"]), Edit("config.task_acks_late", True))
    assert card.settings == {"config.task_acks_late": True, "workers.w2.queues": ["celery", "other"]}
    assert shlex.split(card.command)[3:5] == ["--seed", "9"]


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_command_on_a_card_prints_the_same_card(lang: str, ackademy: Call) -> None:
    settings = ["config.task_acks_late=true", "workers.bulk.queues=[normal]", "tasks.send_email.max_retries=10"]
    first = ackademy("challenge", "--card", "--seed", "5", "--lang", lang, *(f"--set={text}" for text in settings))
    assert first.status == 0
    command = shlex.split(first.out.splitlines()[-1].partition(": ")[2])
    assert command[:4] == ["ackademy", "challenge", "sale-day", "--seed"]
    assert ackademy(*command[1:], "--card", "--lang", lang).out == first.out
    assert ackademy(*command[1:], "--lang", lang).out == first.out  # in a pipe, too


def test_a_seed_of_ones_own_is_drawn_and_told(ackademy: Call) -> None:
    cards = {ackademy("challenge", "--card").out.splitlines()[0] for _ in range(3)}
    assert len(cards) == 3
    assert all(line.startswith("Sale day · seed ") for line in cards)


def test_without_a_challenge_it_is_refused_in_both_languages(ackademy: Call) -> None:
    for lang, word in (("en", "has no challenge"), ("ko", "도전 과제가 없는")):
        ended = ackademy("challenge", "retry", "--card", "--lang", lang)
        assert (ended.status, ended.out) == (2, "")
        assert word in ended.err


def test_a_saved_solution_is_held_against_the_packaged_challenge() -> None:
    mine = parse_scenario("extends: sale-day\nconfig: {task_acks_late: true}", file="mine.yaml")
    assert challenged(mine).name == "sale-day"
    card = make_card(challenged(mine), mine, simulate(mine))
    assert card is not None
    assert card.settings == {"config.task_acks_late": True}


def rows(scenario: Scenario, *, ended: bool) -> list[str]:
    closing = close_run(Run(simulate(scenario), scenario), {})
    page = closing_page(closing, None, "en", ended=ended, changed=False, busy=False)
    return [row.text for row in page.rows]


def test_the_closing_page_shows_the_card_once_the_run_was_seen() -> None:
    scenario = parse_scenario(GAME, file="game.yaml")
    shown = rows(scenario, ended=True)
    assert "Score 68 of 100" in shown
    assert "lost: 1" in shown
    assert any(text.startswith("Replay: ackademy challenge game --seed 1") for text in shown)
    assert not [text for text in rows(scenario, ended=False) if "Score" in text]
    assert not [text for text in rows(load_scenario("retry"), ended=True) if "Score" in text]


def test_late_is_what_had_not_succeeded_in_time() -> None:
    base = {"profile": "celery-rabbitmq", "workers": 1, "config": {"hop": 0, "startup_drain": "ideal"}}
    trace = simulate(
        build(
            {
                **base,
                "tasks": {"a": 2, "b": {"duration": 1, "raises": "X"}},
                "until": 20,
                "send": [{"at": 0, "task": "a", "count": 2}, {"at": 10, "task": "b"}, {"at": 19, "task": "b"}],
            }
        )
    )
    assert [evaluate_text(f"late({t}, a)", trace) for t in (1, 2, 3.9, 4)] == [2, 1, 1, 0]
    assert [evaluate_text(f"late({t}, b)", trace) for t in (0.5, 5, 9.9)] == [2, 1, 1]  # what failed counts to the end


def test_the_card_as_a_picture_says_what_the_text_says(ackademy: Call, tmp_path: Path) -> None:
    picture, text = tmp_path / "card.svg", tmp_path / "card.txt"
    for file in (picture, text):
        saved = ackademy("challenge", "--seed", "5", "--lang", "ko", "-o", str(file))
        assert (saved.status, saved.out.strip(), saved.err) == (0, str(file), "")
    drawn = "".join("".join(ElementTree.fromstring(picture.read_text("utf-8")).itertext()).split())
    lines = text.read_text("utf-8").splitlines()
    assert lines == ackademy("challenge", "--card", "--seed", "5", "--lang", "ko").out.splitlines()
    for line in lines:
        assert "".join(line.split()) in drawn
    assert ackademy("challenge", "--seed", "5", "-o", str(picture)).status == 2  # it is never overwritten

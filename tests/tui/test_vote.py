"""A show of hands: hands are counted as they are typed, nothing is told before the reveal, then the run goes on."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.pilot import Pilot

from simulator.course.stations import ClassStation
from simulator.engine import simulate
from simulator.scenario import parse_scenario
from simulator.scene.pages.ballot import Ballot, Phase, build_ballot
from simulator.story.run import Run, open_run
from simulator.story.stops import Stop
from simulator.tui.controls import commands as c
from simulator.tui.drawing.pages.ballot import draw_ballot
from simulator.tui.screens.station import ClassStage
from simulator.tui.screens.vote import VoteScreen
from simulator.tui.voting import ClassApp, counts_lines
from tests.screens.shot import read_shot


@pytest.fixture(scope="module")
def run() -> Run:
    return open_run("crash-early-late", simulate)


TO_VOTE = ["pagedown"] * 3
"""The captions that lead to the question of crash-early-late come first."""


def voting(run: Run, lang: str = "en", question: int = 1) -> ClassApp:
    return ClassApp(simulate, lang, [ClassStation({}, 0, run)], question=question, motion=False)


def stop_of(app: ClassApp) -> Stop:
    assert app.session is not None
    return next(stop for stop in app.session.run.stops if stop.is_question)


def test_hands_are_typed_as_they_are_said() -> None:
    ballot = Ballot((0, 0, 0))
    for key in "12/5/3":
        ballot = ballot.choose(ballot.chosen + 1) if key == "/" else ballot.digit(int(key))
    assert ballot.counts == (12, 5, 3)
    assert (ballot.total, ballot.winner) == (20, 0)
    assert ballot.choose(0).digit(7).counts == (7, 5, 3)
    assert ballot.erase_digit().add(1).add(-5).counts == (12, 5, 0)


@given(st.lists(st.sampled_from("0123456789/<+-"), max_size=40))
def test_counts_stay_sensible_whatever_is_typed(keys: list[str]) -> None:
    ballot = Ballot((0, 0))
    for key in keys:
        match key:
            case "/":
                ballot = ballot.choose(ballot.chosen + 1)
            case "<":
                ballot = ballot.erase_digit()
            case "+" | "-":
                ballot = ballot.add(1 if key == "+" else -1)
            case _:
                ballot = ballot.digit(int(key))
        assert all(0 <= count <= 9999 for count in ballot.counts)


@pytest.mark.parametrize("lang", ["ko", "en", "both"])
@pytest.mark.parametrize("size", [(60, 18), (80, 24), (140, 40), (200, 60)])
@pytest.mark.parametrize("phase", ["count", "counted", "reveal"])
def test_every_line_is_as_wide_as_the_screen(run: Run, lang: str, size: tuple[int, int], phase: Phase) -> None:
    app = voting(run, lang)

    async def session() -> list[str]:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            assert app.session is not None
            ballot = Ballot((12, 5, 3, 0), (4, 4, 6, 6), phase=phase)
            box = build_ballot(app.session.player, stop_of(app), ballot, lang)
            return draw_ballot(box, *size).lines()

    lines = asyncio.run(session())
    assert len(lines) == size[1]
    assert {cell_len(line) for line in lines} == {size[0]}
    text = "\n".join(lines)
    assert ("60%" in text) == (phase != "count")  # no bar may tell how others vote
    assert ("┃" in text) == (phase != "count")
    assert ("✓" in text) == (phase == "reveal")


async def settle(app: ClassApp, pilot: Pilot[int]) -> None:
    """Wait until the run rests."""
    for _ in range(100):
        await pilot.pause(0.05)
        if app.session is None or not app.session.player.is_moving:
            return
    raise AssertionError("the run plays on and on")


def test_a_class_votes_discusses_and_sees_the_run_answer(run: Run) -> None:
    app, told = voting(run), dict[str, str]()

    async def session() -> None:
        async with app.run_test(size=(80, 24)) as pilot:

            async def press(*keys: str, name: str) -> None:
                await pilot.press(*keys)
                await pilot.pause()
                told[name] = read_shot(app).text

            await press(*TO_VOTE[:1], name="caption")
            await press(*TO_VOTE[1:], name="asked")
            assert isinstance(app.screen, VoteScreen)
            await press(*"3/8", name="typed")
            await press("enter", name="counted")
            await press("space", name="again")
            await press(*"7/4", "enter", name="second")
            await press("enter", name="running")
            assert isinstance(app.screen, ClassStage)
            assert app.session is not None
            app.session.do(c.Faster(4))
            await settle(app, pilot)
            await press(name="answered")
            await press("enter", name="stage")
            await press("enter", name="reopened")

    asyncio.run(session())
    assert "Each worker has started a payment" in told["caption"]
    assert "0 hands" in told["asked"]
    assert "11 hands" in told["typed"]
    assert "%" not in told["typed"]
    assert "73%" in told["counted"]
    assert "what happened" not in told["counted"]
    assert "after the discussion" in told["again"]
    assert "%" not in told["again"]
    assert "64%" in told["second"]
    assert "11 before the discussion" in told["second"]
    assert "playing" in told["running"]
    assert "It was ACKed" not in told["running"]  # the run tells before the reason does
    for name in ("answered", "reopened"):
        assert "what happened" in told[name]
        assert "It was ACKed" in told[name]
    lines = counts_lines(app.stations, app.ballots, "en")
    assert any(line.split()[-2:] == ["3", "7"] for line in lines)
    assert any("run again" in line and line.split()[-2:] == ["8", "4"] for line in lines)


def test_one_can_go_back_to_any_step_and_the_counts_are_kept(run: Run) -> None:
    app, told = voting(run), list[str]()

    async def session() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press(*TO_VOTE, *"3/8", "enter", "space", *"5")
            for _ in range(3):
                await pilot.press("pageup")
                await pilot.pause()
                told.append(read_shot(app).text)
            assert isinstance(app.screen, ClassStage)
            await pilot.press("pagedown")
            await pilot.pause()
            told.append(read_shot(app).text)

    asyncio.run(session())
    first, recount, stage, again = told
    assert "73%" in first
    assert "after the discussion" not in first
    assert "11 hands" in recount
    assert "%" not in recount
    assert "Show of hands?" in stage or "page down" in stage
    assert "11 hands" in again


def test_a_second_count_is_kept_while_one_is_back_at_the_first() -> None:
    second = Ballot((3, 8)).close().discuss().digit(7)
    back = second.back()
    assert back is not None
    assert back.all_counts == (3, 8)
    assert back.discuss().counts == (7, 0)
    recount = back.back()
    assert recount is not None
    assert recount.digit(4).close().discuss() == Ballot((7, 0), (4, 8))


def test_both_questions_of_a_moment_are_voted_on_before_the_run_answers_them() -> None:
    app, told = voting(open_run("three-task-order", simulate)), dict[str, str]()

    async def session() -> None:
        async with app.run_test(size=(80, 24)) as pilot:

            async def press(*keys: str, name: str) -> None:
                await pilot.press(*keys)
                await pilot.pause()
                told[name] = read_shot(app).text

            await press(*TO_VOTE, *"1/9", "enter", name="first")
            await press("enter", name="second")
            await press(*"2/6", "enter", name="second counted")
            await press("enter", name="running")
            assert app.session is not None
            app.session.do(c.Faster(4))
            await settle(app, pilot)
            await press(name="first reason")
            await press("enter", name="stage")
            await press("pagedown", name="second reason")

    asyncio.run(session())
    assert "next question" in told["first"]
    assert "Question 2 of 2" in told["second"]
    assert "next question" not in told["second counted"]
    assert "playing" in told["running"]
    assert "In a tie, worker1 asks first" in told["first reason"]
    assert "worker2 (most hands)" in told["stage"]
    assert "Whichever of the two is first" in told["second reason"]


def test_the_majoritys_own_reason_comes_first(run: Run) -> None:
    app = voting(run)

    async def session() -> list[str]:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert app.session is not None
            return build_ballot(app.session.player, stop_of(app), Ballot((1, 9, 0, 0), phase="reveal"), "en").footer

    footer = asyncio.run(session())
    assert footer[0].startswith("2: For that, the broker would still need the message")
    assert footer[1].startswith("It was ACKed")


def test_it_begins_where_it_is_told_to() -> None:
    ask = "{at: %s, en: Who?, choices: [worker1, worker2], answer: worker_of(T)}"
    text = f"tasks: {{a: 1}}\nsend: [{{at: 1, id: T, task: a}}]\nask: [{ask % 0}, {ask % 0.5}]\n"
    scenario = parse_scenario(text)
    lesson = Run(simulate(scenario), scenario)
    app = voting(lesson, question=2)

    async def session() -> int:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press(*TO_VOTE[:1])
            await pilot.pause()
            assert isinstance(app.screen, VoteScreen)
            return app.screen.stop.number

    assert asyncio.run(session()) == 2


def test_leaving_without_a_reveal_leaves_the_question_open(run: Run) -> None:
    app = voting(run)

    async def session() -> bool:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press(*TO_VOTE, "escape")
            await pilot.pause()
            assert isinstance(app.screen, ClassStage)
            assert app.session is not None
            return app.session.player.open_question is not None

    assert asyncio.run(session())


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_what_there_was_to_choose_is_told_in_full(run: Run, lang: str) -> None:
    app = voting(run, lang)

    async def session() -> tuple[list[str], list[str]]:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert app.session is not None
            box = build_ballot(app.session.player, stop_of(app), Ballot((12, 5, 3, 0), phase="reveal"), lang)
            return [*[text for line in box.lines for text in line.texts], box.title], draw_ballot(box, 80, 24).lines()

    told, lines = asyncio.run(session())
    assert all(any(text in line for line in lines) for text in told)

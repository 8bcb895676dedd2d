"""A show of hands: hands are counted as they are typed, nothing is told before the reveal, then the run goes on."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from simulator.engine import simulate
from simulator.scenario import parse_scenario
from simulator.scene.ballot import Ballot, build_ballot
from simulator.story.run import Run, open_run
from simulator.tui.drawing.ballot import draw_ballot
from simulator.tui.screens.main import MainScreen
from simulator.tui.screens.vote import VoteScreen
from simulator.tui.voting import VotingApp
from tests.screens.shot import read_shot


@pytest.fixture(scope="module")
def run() -> Run:
    return open_run("crash-early-late", simulate)


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
@pytest.mark.parametrize("revealed", [False, True])
def test_every_line_is_as_wide_as_the_screen(run: Run, lang: str, size: tuple[int, int], revealed: bool) -> None:
    app = VotingApp(simulate, lang, run, motion=False)

    async def session() -> list[str]:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            assert app.session is not None
            stop = app.session.player.open_question
            assert stop is not None
            ballot = Ballot((12, 5, 3, 0), revealed=revealed)
            box = build_ballot(app.session.player, stop, ballot, lang)
            return draw_ballot(box, *size).lines()

    lines = asyncio.run(session())
    assert len(lines) == size[1]
    assert {cell_len(line) for line in lines} == {size[0]}
    text = "\n".join(lines)
    assert "60%" in text
    assert ("✓" in text) == revealed


def test_a_class_votes_and_sees_the_run_answer(run: Run) -> None:
    app = VotingApp(simulate, "en", run, motion=False)

    async def session() -> tuple[str, str, str]:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert isinstance(app.screen, VoteScreen)
            await pilot.press(*"3/1", "slash", "0", "right")
            await pilot.pause()
            before = read_shot(app).text
            await pilot.press("enter")
            await pilot.pause()
            after = read_shot(app).text
            await pilot.press("enter")
            await pilot.pause()
            assert isinstance(app.screen, MainScreen)
            return before, after, read_shot(app).text

    before, after, back = asyncio.run(session())
    assert "5 hands" in before
    assert "what happened" not in before
    assert "what happened" in after
    assert "your answer" in back


def test_it_begins_where_it_is_told_to() -> None:
    ask = "{at: %s, en: Who?, choices: [worker1, worker2], answer: worker_of(T)}"
    text = f"tasks: {{a: 1}}\nsend: [{{at: 1, id: T, task: a}}]\nask: [{ask % 0}, {ask % 0.5}]\n"
    scenario = parse_scenario(text)
    lesson = Run(simulate(scenario), scenario)
    app = VotingApp(simulate, "en", lesson, 2, motion=False)

    async def session() -> int:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert isinstance(app.screen, VoteScreen)
            return app.screen.stop.number

    assert asyncio.run(session()) == 2


def test_leaving_without_a_reveal_leaves_the_question_open(run: Run) -> None:
    app = VotingApp(simulate, "en", run, motion=False)

    async def session() -> bool:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await pilot.press("escape")
            await pilot.pause()
            assert isinstance(app.screen, MainScreen)
            assert app.session is not None
            return app.session.player.open_question is not None

    assert asyncio.run(session())


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_what_there_was_to_choose_is_told_in_full(run: Run, lang: str) -> None:
    app = VotingApp(simulate, lang, run, motion=False)

    async def session() -> tuple[list[str], list[str]]:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert app.session is not None
            stop = app.session.player.open_question
            assert stop is not None
            box = build_ballot(app.session.player, stop, Ballot((12, 5, 3, 0), revealed=True), lang)
            return [*[text for line in box.lines for text in line.texts], box.title], draw_ballot(box, 80, 24).lines()

    told, lines = asyncio.run(session())
    assert all(any(text in line for line in lines) for text in told)

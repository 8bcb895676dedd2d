"""Secrets of an open question: nothing on the screen tells the run's answer."""

from __future__ import annotations

import re
from itertools import permutations

import pytest
from msgspec import structs

from simulator.engine import simulate
from simulator.play.playback import Playback
from simulator.play.player import Player, round_above
from simulator.scenario import parse_scenario
from simulator.scenario.schema import Ask
from simulator.scene.build import build_scene
from simulator.scene.look import Look
from simulator.scene.moment import tell_moment
from simulator.scene.pages.inspect import inspect_thing
from simulator.scene.words import labels
from simulator.story.run import Run
from simulator.story.stops import Stop
from simulator.tui.controls import commands as c
from simulator.tui.drawing.main import draw_main
from simulator.tui.session import Session
from tests.lessons import PACKAGED, opened
from tests.tui.drawn import main_scene, main_screen


def to_question(player: Player) -> Player:
    """Return the player at the next open question, past the caption that leads to it; without one, at the end."""
    player = player.end()
    return player if player.at_end or player.open_question is not None else player.end()


def at_question(name: str, variant: str | None = None) -> Player:
    player = to_question(Player.at_start(Playback(opened(name, variant))))
    assert player.open_question is not None
    return player


def lines(player: Player, size: tuple[int, int] = (80, 24)) -> list[str]:
    return main_screen(player, Look("en"), *size).lines()


def tells_the_end(player: Player, look: Look | None = None) -> bool:
    """Return True if the end's time is shown beside the clock, and how many events there are beside their number."""
    shown = "\n".join(main_screen(player, look or Look("en"), 80, 24).lines())
    time, length = player.playback.end[1] / 1_000_000, player.playback.length
    found = {bool(re.search(pattern, shown)) for pattern in (rf"/{time:.2f} s( ·|  )", rf"\d/{length}( ·|  )")}
    assert len(found) == 1
    return found.pop()


def test_neither_when_a_run_ends_nor_how_much_happens_is_told_before_the_answer() -> None:
    asked = at_question("pools")  # "When are all of them done?"
    noted = asked.answer(None)  # the run has yet to show the answer
    assert [tells_the_end(asked), tells_the_end(noted)] == [False, False]
    told = noted.end()
    assert [tells_the_end(told), tells_the_end(told.home())] == [True, True]  # what was seen is no secret any more


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
def test_two_runs_with_another_end_look_alike_until_the_answer(size: tuple[int, int]) -> None:
    text = """
    profile: guide
    workers: 1
    tasks: {mail: {duration: 1}}
    send: [{at: 0, id: first, task: mail}, {at: 9, task: mail, count: COUNT}]
    ask: [{at: 5, en: When?, ko: 언제?, choices: [{id: a, en: A, ko: 가}, {id: b, en: B, ko: 나}],
           answer: {a: succeeded <= 3, b: succeeded > 3}}]
    """
    shown = []
    for count in (2, 5):
        scenario = parse_scenario(text.replace("COUNT", f"{count}"))
        player = Player.at_start(Playback(Run(simulate(scenario), scenario))).end()
        assert player.open_question is not None
        # The hash in the title names the run.
        scene = structs.replace(main_scene(player, Look("en"), *size), hash="")
        shown.append(draw_main(scene, *size).lines())
    assert shown[0] == shown[1]


def test_a_run_until_an_asked_time_says_so_from_the_start() -> None:
    asked = at_question("sale-day")
    assert asked.horizon == asked.playback.end[1]


@pytest.mark.parametrize(
    ("time", "above"), [(0, 1), (1, 2), (2_000_000, 5_000_000), (63_000_000, 100_000_000), (99, 100), (100, 200)]
)
def test_a_scale_ends_at_a_round_time_behind_the_end(time: int, above: int) -> None:
    assert round_above(time) == above


@pytest.mark.parametrize(("name", "variant"), [("time-limits", None), ("get-in-task", None), ("pools", "threads_cpu")])
def test_an_end_that_a_limit_a_waiting_body_or_shared_cores_bring_is_no_plan(name: str, variant: str | None) -> None:
    asked = at_question(name, variant)
    slots = [slot for worker in build_scene(asked, Look("en")).workers for slot in worker.slots]
    assert slots
    assert {slot.planned for slot in slots} == {None}


def test_what_becomes_of_a_killed_workers_tasks_is_not_told_while_it_is_asked() -> None:
    asked = at_question("crash-early-late", "late")
    killed = build_scene(asked, Look("en")).workers[0]
    assert (killed.state, killed.dropped) == ("killed", ())
    assert "goes back" not in "\n".join(lines(asked, (140, 40)))
    told = build_scene(asked.answer(0).step(), Look("en")).workers[0]
    assert ("pay_1", "returned") in told.dropped


def test_the_future_that_was_asked_for_shows_the_end() -> None:
    session = Session(opened("pools"), "en")
    session.do(c.GoToEnd())
    session.do(c.GoToEnd())  # past the caption that leads to the question
    session.do(c.AnswerQuestion(0))
    assert not tells_the_end(session.player, session.look)
    session.do(c.ToggleFuture())
    assert tells_the_end(session.player, session.look)


@pytest.mark.parametrize(("name", "variant"), PACKAGED)
def test_no_words_give_an_answer_away(name: str, variant: str | None) -> None:
    playback = Playback(opened(name, variant))
    player = to_question(Player.at_start(playback))
    while (stop := player.open_question) is not None:
        for lang in ("en", "ko"):
            told = tell_moment(player, playback.run.world(player.cursor), lang)
            assert "why" not in {line.kind for line in told}
        # Nor at the caption of that moment, right before the question.
        for place in (place for place in playback.stops if place[0] == player.cursor and place < player.place):
            before = Player(playback, *place)
            told = tell_moment(before, playback.run.world(place[0]), "en")
            assert {line.text for line in told if line.kind == "why"} <= {labels.QUESTION_FOLLOWS.text("en")}
            assert not any(worker.dropped for worker in build_scene(before, Look("en")).workers)
        assert not _names_the_worker(player, stop)
        player = to_question(player.answer(None))
    questions = [stop for place in sorted(playback.stops) for stop in playback.stops[place] if stop.is_question]
    assert player.answers.keys() == {stop.number for stop in questions}
    for earlier, later in permutations(questions, 2):
        place = next(place for place, number in playback.questions if number == later.number)
        if playback.shown_at(earlier) <= place:
            assert not _tells(earlier, later, playback)


def _names_the_worker(player: Player, stop: Stop) -> bool:
    """Return True if an event in the list already names the worker that is asked for."""
    ask = stop.item
    assert isinstance(ask, Ask)
    right = player.playback.outcome(stop).right
    if right is None or not isinstance(ask.answer, str) or not ask.answer.startswith("worker_of("):
        return False
    named = (ask.answer[len("worker_of(") : -1], ask.choices[right].key)
    return any(
        (getattr(e, "uuid", ""), getattr(e, "hostname", "")) == named for e in player.playback.events[: stop.cursor]
    )


def _tells(earlier: Stop, later: Stop, playback: Playback) -> bool:
    """Return True if a reason shown before a question has the words, or a number, of its answer."""
    one, other = earlier.item, later.item
    assert isinstance(one, Ask)
    assert isinstance(other, Ask)
    right = playback.outcome(later).right
    assert right is not None
    for lang in ("ko", "en"):
        answer = other.choices[right].text[lang]
        numbers = set(re.findall(r"\d+", answer)) - {"0"}
        reasons = [text[lang] for text in (one.why, *(choice.because for choice in one.choices)) if text]
        if any(answer in text or numbers & set(re.findall(r"(?<![\d.])\d+(?![\d.])", text)) for text in reasons):
            return True
    return False


def test_a_lesson_about_a_queue_that_nobody_consumes_does_not_say_so_before_its_question() -> None:
    asked = at_question("never-runs")
    for size in ((80, 24), (140, 40)):
        assert "nobody consumes" not in " ".join(" ".join(lines(asked, size)).split())
    target = ("queue", "emails")
    assert "emails" in asked.playback.run.world(asked.cursor).queues
    assert "nobody consumes" not in str(inspect_thing(asked, target, "en").sheet)
    assert "nobody consumes" in str(inspect_thing(asked.answer(None), target, "en").sheet)


def test_a_caption_comes_before_the_question_of_its_moment() -> None:
    playback = Playback(opened("pools"))
    ((question, _),) = playback.questions
    caption = (question[0], question[1] - 1)
    assert [stop.is_question for stop in playback.stops[caption]] == [False]
    player = Player.at_start(playback).go(caption)
    assert player.open_question is None
    assert tell_moment(player, playback.run.world(player.cursor), "en")[0].kind == "note"
    asked = player.step()
    assert asked.open_question is not None
    assert asked.cursor == player.cursor
    assert asked.back().place == caption
    playing = Player.at_start(playback).toggle()
    for _ in range(2000):
        playing = playing.advance(0.05)
        if not playing.is_moving:
            break
    assert playing.place == caption
    assert playing.toggle().advance(0.5).place == question


@pytest.mark.parametrize(("name", "variant"), PACKAGED)
def test_every_caption_can_be_read_beside_what_happened(name: str, variant: str | None) -> None:
    playback = Playback(opened(name, variant))
    for place, stops in playback.stops.items():
        if stops[0].is_question:
            continue
        assert not any(stop.is_question for stop in stops)
        player = Player(playback, *place)
        for lang in ("en", "ko"):
            told = [line for line in tell_moment(player, playback.run.world(player.cursor), lang) if line.kind != "why"]
            shown = "".join("".join(line.split()) for line in main_screen(player, Look(lang), 80, 24).lines())
            assert all(word in shown for line in told for word in line.text.split()), (place, lang)

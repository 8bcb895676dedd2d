"""Laws of the player: where it may be, what goes back, what stops it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from simulator.engine import simulate
from simulator.play.playback import LONGEST_GAP, TRAVEL, Playback
from simulator.play.player import SPEEDS, Motion, Player
from simulator.scenario import Scenario, parse_scenario
from simulator.story.run import Run, open_run
from simulator.trace.events import MessageQueued
from tests.strategies import scenarios

MOVES: dict[str, Callable[[Player], Player]] = {
    "step": Player.step,
    "back": Player.back,
    "raw_step": Player.raw_step,
    "raw_back": Player.raw_back,
    "home": Player.home,
    "end": Player.end,
    "next_mark": Player.next_mark,
    "previous_mark": Player.previous_mark,
    "toggle": Player.toggle,
    "faster": Player.faster,
    "shown step": partial(Player.step, shown=True),
    "a frame": partial(Player.advance, seconds=1 / 30),
    "a second": partial(Player.advance, seconds=1),
    "do not know": partial(Player.answer, choice=None),
    "somewhere": partial(Player.seek_time, time=1_300_000),
}


def start(scenario: Scenario) -> Player:
    return Player.at_start(Playback(Run(simulate(scenario), scenario)))


def play_to_rest(player: Player, frame: float = 0.1) -> Player:
    player = player.toggle()
    for _ in range(100_000):
        if not player.is_moving:
            return player
        player = player.advance(frame)
    raise AssertionError("it never came to rest")


@given(scenarios(), st.lists(st.sampled_from(sorted(MOVES)), max_size=40))
def test_it_is_always_somewhere_in_the_run(scenario: Scenario, moves: list[str]) -> None:
    player = start(scenario)
    playback = player.playback
    for move in moves:
        player = MOVES[move](player)
        assert playback.opening <= player.cursor <= playback.length
        assert playback.time_of(player.cursor) <= player.time <= playback.next_time(player.cursor)
        assert player.speed in SPEEDS
        assert player.place <= player.limit


@given(scenarios(), st.data())
def test_back_after_step_returns(scenario: Scenario, data: st.DataObject) -> None:
    player = start(scenario)
    here = player.go(data.draw(st.sampled_from(player.playback.rests)))
    assume(not here.at_end)
    assert here.step().back() == here


@given(scenarios(), st.data())
def test_raw_back_after_raw_step_returns(scenario: Scenario, data: st.DataObject) -> None:
    player = start(scenario)
    here = player.seek(data.draw(st.integers(player.playback.opening, player.playback.length)))
    assume(here.cursor < player.playback.length)
    assert here.raw_step().raw_back() == here


@given(scenarios(), st.sampled_from([0.01, 0.1, 5.0]))
def test_playing_reaches_the_end_and_then_starts_again(scenario: Scenario, frame: float) -> None:
    player = play_to_rest(start(scenario), frame)
    assert player.at_end
    assert player.place == player.playback.end
    assert player.toggle().cursor == player.playback.opening


@given(scenarios())
def test_stepping_through_visits_every_rest(scenario: Scenario) -> None:
    player = start(scenario)
    seen = [player.place]
    while not player.at_end:
        player = player.step()
        seen.append(player.place)
    assert seen == player.playback.rests


@given(scenarios())
def test_no_gap_takes_longer_than_a_second(scenario: Scenario) -> None:
    playback = start(scenario).playback
    for cursor in range(playback.opening, playback.length):
        gap = playback.next_time(cursor) - playback.time_of(cursor)
        assert gap / playback.rate(playback.place_at(cursor)) <= LONGEST_GAP + 1e-9


@given(scenarios(), st.integers(0, 200))
def test_what_is_on_its_way_is_on_its_way_once_and_recent(scenario: Scenario, frames: int) -> None:
    player = start(scenario).toggle()
    for _ in range(frames):
        player = player.advance(1 / 30)
    recent = list(player.recent())
    indices = [index for index, _ in recent]
    assert indices == sorted(set(indices), reverse=True)
    assert all(0 <= progress <= 1 for _, progress in recent)
    assert all(index < player.cursor for index in indices)
    assert player.is_moving or not recent


def test_a_shown_step_takes_its_time_and_rests(order: Run) -> None:
    player = Player.at_start(Playback(order)).step(shown=True)
    assert player.motion is Motion.STEP
    half = player.advance(TRAVEL / 2)
    assert half.is_moving
    assert {progress for _, progress in half.recent()} == {0.5}
    assert not half.advance(TRAVEL).is_moving
    assert half.advance(TRAVEL).place == half.place


# -- captions and questions -------------------------------------------------------------------------------------


def test_playing_stops_at_captions_and_at_the_question(order: Run) -> None:
    player = Player.at_start(Playback(order))
    stops = sorted(player.playback.stops)
    for place in stops:
        player = play_to_rest(player)
        assert player.place == place
        while player.open_question is not None:
            assert not player.toggle().is_moving
            player = player.answer(0)
    player = play_to_rest(player)
    assert player.verdict is not None
    assert player.playback.events[player.cursor - 1].type == "task-received"
    assert player.previous_mark().next_mark() == player
    player = play_to_rest(player)  # where the second answer is known
    assert player.verdict is not None
    assert play_to_rest(player).at_end


@pytest.mark.parametrize("move", ["step", "raw_step", "end", "next_mark", "toggle", "somewhere later"])
def test_nothing_leads_past_an_open_question(order: Run, move: str) -> None:
    player = Player.at_start(Playback(order))
    question = player.playback.questions[0][0]
    moves: dict[str, Callable[[Player], Player]] = {
        **MOVES,
        "somewhere later": partial(Player.seek_time, time=3_500_000),
    }
    for _ in range(100):
        player = moves[move](player).advance(1.0)
        assert player.place <= question


@pytest.mark.parametrize("choice", [0, 1, None])
def test_an_answer_opens_the_way_and_is_kept(order: Run, choice: int | None) -> None:
    player = Player.at_start(Playback(order)).end()
    assert player.open_question is not None
    answered = player.answer(choice).answer(1)
    assert answered.open_question is None
    assert answered.answers[1].choice == choice
    assert answered.answers[1].outcome.right == 0
    assert answered.verdict is None
    decided = answered
    while decided.verdict is None:
        decided = decided.step()
    assert decided.cursor == answered.answers[1].outcome.cursor
    assert decided.raw_step().raw_back() == decided
    assert decided.step().back() == decided
    assert answered.end().at_end
    assert answered.home().end().at_end
    assert answered.answer(2) == answered


def test_captions_and_questions_between_two_events_stand_at_their_time() -> None:
    text = """
    tasks: {nap: 4}
    send: [{at: 0, id: T, task: nap}]
    polls: found
    say: [{at: 1.5, en: half way}]
    ask: [{at: 2, en: Who?, choices: [worker1, worker2], answer: worker_of(T)}]
    """
    player = start(parse_scenario(text))
    asleep = next(place for place in player.playback.stops)
    assert [time for _, time in sorted(player.playback.stops)] == [1_500_000, 2_000_000]
    before = player.go(player.playback.previous_rest(asleep))
    assert before.step().place == asleep
    assert before.step().step().open_question is not None
    assert play_to_rest(before).place == asleep
    asked = play_to_rest(play_to_rest(before))
    assert asked.time == 2_000_000
    assert asked.end().time == asked.seek_time(3_000_000).time == 2_000_000
    answered = asked.answer(0)
    assert answered.seek_time(3_000_000).time == 3_000_000
    assert not answered.seek_time(3_000_000).stops
    assert play_to_rest(answered).at_end


def test_speeds_stay_in_their_range() -> None:
    player = start_idle()
    assert player.faster(100).speed == 64
    assert player.faster(-100).speed == 0.125
    assert player.faster(3).normal().speed == 1


def start_idle() -> Player:
    return start(parse_scenario("until: 1"))


def test_marks_lead_from_chapter_to_chapter() -> None:
    text = """
    tasks: {nap: 1}
    send: [{at: 2, id: T, task: nap}]
    polls: found
    until: 9
    chapters: [{at: 0, en: a}, {at: 1.5, en: b}, {at: 2, en: c}]
    """
    player = start(parse_scenario(text))
    times, numbers = [], []
    while not player.at_end:
        chapter = player.playback.chapter_at(player.place)
        assert chapter is not None
        times.append(player.time / 10**6)
        numbers.append(chapter.number)
        assert player.next_mark().previous_mark() == player
        player = player.next_mark()
    assert list(zip(times, numbers, strict=True)) == [(0, 1), (1.5, 2), (2, 3)]
    assert start_idle().playback.chapter_at((0, 0)) is None


def seconds_up_to(player: Player, cursor: int) -> float:
    """Seconds of playing until an event has happened and the clock goes on."""
    player, frames = player.toggle(), 0
    while player.cursor < cursor and player.is_moving:
        player, frames = player.advance(0.01), frames + 1
    return frames / 100


@pytest.mark.parametrize("transport", ["guide", "celery-rabbitmq", "celery-redis"])
def test_what_is_sent_at_one_instant_flies_together(transport: str) -> None:
    lengths = []
    for count in (1, 6):
        scenario = parse_scenario(
            f"{{profile: {transport}, workers: 0, queues: {{celery: {{}}}}, tasks: {{mail: {{duration: 1}}}}, "
            f"send: [{{at: 0, task: mail, count: {count}}}], until: 3}}"
        )
        playback = Playback(Run(simulate(scenario), scenario))
        last = 1 + max(n for n, event in enumerate(playback.events) if isinstance(event, MessageQueued))
        lengths.append(seconds_up_to(Player.at_start(playback), last))
        player = Player.at_start(playback).toggle()
        while player.cursor < last:
            player = player.advance(0.01)
        queued = [index for index, _ in player.recent() if isinstance(playback.events[index], MessageQueued)]
        assert len(queued) == count, "all of them at once"
    assert lengths[0] == pytest.approx(lengths[1], abs=0.05)


@pytest.mark.parametrize("name", ["pools", "crash-early-late", "poison"])
def test_the_end_does_not_skip_the_caption_that_leads_to_a_question(name: str) -> None:
    caption = Player.at_start(Playback(open_run(name, simulate))).end()
    assert [stop.is_question for stop in caption.stops] == [False]
    question = caption.end()
    assert question.open_question is not None
    assert question.cursor == caption.cursor
    assert question.end() == question

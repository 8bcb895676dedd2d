"""The stage: crowds of workers, queues with their history, and what moves, as a function of the moment."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from simulator.engine import simulate
from simulator.play.playback import Playback
from simulator.play.player import Player
from simulator.scenario import Scenario, parse_scenario
from simulator.scene.build import build_scene
from simulator.scene.look import Look
from simulator.scene.model import Flight, QueueBox, Scene, Selection
from simulator.scene.room import FULL
from simulator.scene.stage.inside import look_inside
from simulator.story.run import Run, open_run
from simulator.tui.controls import commands as c
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.glyphs import GLYPHS, make_ascii
from simulator.tui.drawing.layout import Box, divide
from simulator.tui.drawing.main import draw_main
from simulator.tui.drawing.stage.queues import draw_history, draw_queues
from simulator.tui.drawing.stage.roads import along
from simulator.tui.drawing.stage.stage import draw_stage
from simulator.tui.drawing.stage.workers import draw_workers
from simulator.tui.session import Session
from tests.strategies import examples, scenarios
from tests.tui.drawn import answer_all, main_scene, main_screen, presses
from tests.tui.test_drawing import check


@cache
def crowd(workers: int, slots: int = 1) -> Player:
    scenario = parse_scenario(f"""
    profile: celery-rabbitmq
    workers: {workers}
    config: {{worker_concurrency: {slots}, task_acks_late: true, worker_prefetch_multiplier: 1}}
    tasks: {{send_email: {{exponential: 2}}}}
    send: [{{task: send_email, at: 0, count: {workers * slots * 3}}}]
    """)
    return Player.at_start(Playback(Run(simulate(scenario), scenario))).seek_time(500_000)


def look_at(lang: str = "en", chosen: str = "") -> Look:
    return Look(lang, Selection("workers", chosen) if chosen else Selection())


def scene_of(player: Player, lang: str = "en", chosen: str = "") -> Scene:
    return build_scene(player, look_at(lang, chosen), replace(FULL, workers=10_000))


def workers_in(player: Player, width: int, height: int, lang: str = "en") -> list[str]:
    canvas = Canvas(width, height)
    draw_workers(canvas, scene_of(player, lang), Box(0, 0, width, height), {})
    return [line.rstrip() for line in canvas.lines()]


def answered(name: str) -> Player:
    player = Player.at_start(Playback(open_run(name, simulate)))
    player = answer_all(player)
    return player.home()


def before(player: Player, name: str) -> Player:
    """Right before the first event of a kind."""
    return player.seek(next(i for i, event in enumerate(player.playback.events) if event.type == name))


# -- workers ----------------------------------------------------------------------------------------------------


def test_five_workers_have_two_rows_each() -> None:
    lines = workers_in(crowd(5), 26, 11)
    assert lines[0] == "▶ worker1 send_email_1"
    assert lines[1] == "  ██░░░░░░░░░░ 0.50/2.85 s"
    assert lines[8] == "▶ worker5 send_email_5"


def test_two_dozen_are_tiles_with_a_bar() -> None:
    lines = workers_in(crowd(24), 26, 11)
    assert lines[0] == "Workers: 24 of 24 running"
    assert lines[1].startswith("▶1  ")
    assert GLYPHS.heavy in lines[1]
    assert "▶24" in lines[8]
    assert lines[10] == "▶ running 24"


def test_five_hundred_are_cells() -> None:
    lines = workers_in(crowd(500), 32, 18)
    assert "".join(lines[1:-1]).count(GLYPHS.cell) == 500
    assert lines[-1] == "■ running 500"


def test_a_dead_worker_in_a_crowd_has_another_sign() -> None:
    scenario = parse_scenario("""
    profile: celery-rabbitmq
    workers: 64
    tasks: {send_email: 2}
    send: [{task: send_email, at: 0, count: 10}]
    faults: [{at: 0.4, kill: worker3}]
    """)
    player = Player.at_start(Playback(Run(simulate(scenario), scenario))).seek_time(500_000)
    for width, height in ((26, 11), (32, 18)):
        text = "\n".join(workers_in(player, width, height))
        assert text.count(GLYPHS.lost) == 2  # itself, and the legend
        assert "killed 1" in text


CROWDS = [*itertools.product((1, 2, 3, 8, 30, 64, 150), (1, 3)), (500, 1)]


@examples(3)
@given(
    crowded=st.sampled_from(CROWDS),
    size=st.tuples(st.integers(60, 220), st.integers(18, 70)),
)
def test_any_crowd_fits_any_size(crowded: tuple[int, int], size: tuple[int, int]) -> None:
    count, slots = crowded
    canvas = main_screen(crowd(count, slots), look_at("ko", "worker1"), *size)
    check(canvas, *size)
    check(make_ascii(canvas), *size)
    assert c.Choose("worker", "worker1") in presses(canvas)


@pytest.mark.parametrize(("count", "pressed"), [(2, 2), (8, 8), (64, 64), (500, 500), (1000, 500)])
def test_every_worker_of_a_crowd_can_be_pressed_or_stands_in_a_cell(count: int, pressed: int) -> None:
    canvas = Canvas(32, 18)
    anchors: dict[tuple[str, str], Box] = {}
    scene = scene_of(crowd(count))
    draw_workers(canvas, scene, Box(0, 0, 32, 18), anchors)
    names = [worker.name for worker in scene.workers]
    chosen = [command.key for command in presses(canvas) if isinstance(command, c.Choose)]
    assert sorted(chosen) == sorted(names[:: count // pressed])
    assert all(0 <= box.x < 32 and 0 <= box.y < 18 for box in anchors.values())


@pytest.mark.parametrize("name", ["worker1", "worker77", "worker500"])
def test_what_flies_to_a_worker_in_a_crowd_goes_to_its_cell(name: str) -> None:
    flight = Flight("task", "task_1", "task_1", ("queue", "celery", 0), ("worker", name, 1), 0.5)
    scene = structs.replace(scene_of(crowd(500)), flights=[flight])
    canvas = Canvas(32, 18)
    anchors: dict[tuple[str, str], Box] = {}
    draw_workers(canvas, scene, Box(0, 0, 32, 18), anchors)
    box = anchors["worker", name]
    assert presses(canvas)[c.Choose("worker", name)] == (box.x, box.y)


# -- queues -----------------------------------------------------------------------------------------------------


def queue_box(levels: list[float], longest: int) -> QueueBox:
    return QueueBox("celery", int(levels[-1]), 0, longest, levels=tuple(levels))


def test_the_history_of_a_queue_is_drawn_up_to_now() -> None:
    canvas = Canvas(20, 4)
    draw_history(canvas, queue_box([0, 8, 16, 4], 16), Box(0, 0, 20, 4), "en")
    assert canvas.lines() == [
        "╌╌╌╌╌╌╌╌╌╌╌╌╌ max 16",
        "  █                 ",
        " ▄█                 ",
        " ██▆················",
    ]


def test_a_very_long_queue_shows_head_length_and_history() -> None:
    scenario = parse_scenario("""
    profile: celery-rabbitmq
    workers: 1
    tasks: {send_email: 1}
    send: [{task: send_email, at: 0, count: 30000}]
    until: 3
    """)
    player = Player.at_start(Playback(Run(simulate(scenario), scenario))).seek_time(1_500_000)
    for size in ((80, 24), (140, 40)):
        text = "\n".join(main_screen(player, look_at(), *size).lines())
        assert "1 send_email_" in text
        assert "29,99" in text
        assert "max 30,000" in text


def test_the_level_of_now_hides_what_is_to_come() -> None:
    player = answered("three-task-order")
    for rest in player.playback.rests:
        here = player.go(rest)
        (queue,) = scene_of(here).queues
        assert queue.levels[-1] == queue.count
        assert max(queue.levels) <= queue.longest


def test_results_have_a_place_where_there_is_room() -> None:
    player = answered("three-task-order").end()
    tall, low = (main_screen(player, look_at(), *size).lines() for size in ((140, 50), (80, 24)))
    assert any("Result backend" in line for line in tall)
    assert any("results 3" in line for line in tall)
    assert not any("Result backend" in line for line in low)


# -- movement ---------------------------------------------------------------------------------------------------


def key(flight: Flight) -> tuple[object, ...]:
    return flight.kind, flight.uuid, flight.label, flight.source, flight.target


@given(scenarios(), st.data())
def test_what_moves_is_a_function_of_the_moment_and_only_goes_on(scenario: Scenario, data: st.DataObject) -> None:
    start = Player.at_start(Playback(Run(simulate(scenario), scenario)))
    shown = start.go(data.draw(st.sampled_from(start.playback.rests))).step(shown=True)
    times = sorted(data.draw(st.lists(st.floats(0, 0.44), min_size=2, max_size=2)))
    if not shown.is_moving:
        return
    early, late = (
        {key(f): f.progress for f in scene_of(shown.advance(at)).flights if f.kind != "answer"} for at in times
    )
    assert early == {key(f): f.progress for f in scene_of(shown.advance(times[0])).flights if f.kind != "answer"}
    assert all(0 <= progress <= 1 for progress in (*early.values(), *late.values()))
    assert all(late[way] >= early[way] for way in early.keys() & late.keys())


@given(scenarios(), st.data())
def test_at_rest_nothing_moves(scenario: Scenario, data: st.DataObject) -> None:
    start = Player.at_start(Playback(Run(simulate(scenario), scenario)))
    here = start.go(data.draw(st.sampled_from(start.playback.rests)))
    for there in (here, here.step(), here.back()):
        scene = scene_of(there)
        assert not scene.flights
        assert not scene.flying


@given(scenarios(), st.data())
def test_with_reduced_motion_nothing_moves_while_it_plays(scenario: Scenario, data: st.DataObject) -> None:
    session = Session(Run(simulate(scenario), scenario), "en", motion=False)
    session.do(c.Play())
    for seconds in data.draw(st.lists(st.floats(0.01, 1), max_size=5)):
        session.advance(seconds)
        player = session.player
        assert not session.scene().flights
        for name in player.playback.run.world(player.cursor).workers:
            assert not look_inside(player, name, "en", motion=session.motion).flights


def test_what_a_killed_worker_held_falls_and_then_stands_as_lost() -> None:
    player = before(answered("crash-early-late"), "worker-lost")
    falling = player.raw_step(shown=True).advance(0.1)
    drops = [flight for flight in scene_of(falling).flights if flight.kind == "drop"]
    assert [(flight.label, flight.target[0]) for flight in drops] == [("pay_1", "worker"), ("pay_3", "queue")]
    assert not scene_of(player.raw_step()).flights
    settled = scene_of(player.end())
    worker = next(worker for worker in settled.workers if worker.name == "worker1")
    assert ("pay_1", "lost") in worker.dropped
    text = "\n".join(main_screen(player.end(), look_at(), 140, 40).lines())
    assert f"{GLYPHS.lost} pay_1" in text


def test_a_falling_task_turns_to_dust() -> None:
    player = before(answered("crash-early-late"), "worker-lost")
    layout = divide(140, 40, rows=3)
    dust = []
    for at in (0.05, 0.3, 0.44):
        canvas = Canvas(140, 40)
        draw_stage(canvas, scene_of(player.raw_step(shown=True).advance(at)), layout)
        box = "".join(line[layout.workers.x :] for line in canvas.lines()[3:8])
        dust.append(sum(box.count(char) for char in "pay_1"))
    assert dust[0] > dust[1] > dust[2]


def test_a_result_goes_from_its_worker_to_the_result_backend() -> None:
    player = before(answered("three-task-order"), "result-stored")
    (flight,) = scene_of(player.raw_step(shown=True).advance(0.1)).flights
    assert (flight.kind, flight.source[:2], flight.target[0]) == ("result", ("worker", "worker1"), "store")


def test_along_a_road_with_corners_nothing_jumps() -> None:
    points = [(0, 0), (10, 0), (10, 5), (2, 5)]
    way = [along(points, step / 100) for step in range(101)]
    assert way[0] == points[0]
    assert way[-1] == points[-1]
    assert all(abs(a[0] - b[0]) + abs(a[1] - b[1]) <= 2 for a, b in itertools.pairwise(way))


def test_many_at_once_are_a_flow() -> None:
    player = crowd(64).home().step(shown=True)
    canvas = Canvas(140, 40)
    layout = divide(140, 40, rows=3)
    draw_stage(canvas, scene_of(player.toggle().advance(0.2)), layout)
    draw_queues(canvas, scene_of(player), layout.queues, {})
    check(canvas, 140, 40)


# -- what a designer would not sign -----------------------------------------------------------------------------

POOL = """
profile: celery-rabbitmq
config: {worker_concurrency: 4}
workers: {worker1: {}}
tasks: {generate_invoice: {duration: 2}}
send: [{task: generate_invoice, at: 0, count: 12}]
"""


def playing(text: str) -> Player:
    scenario = parse_scenario(text)
    return Player.at_start(Playback(Run(simulate(scenario), scenario)))


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize(("sent", "shown"), [(7, "7"), (1_020, "1,020"), (1_234_567, "1,234,5…")])
def test_a_number_of_sent_tasks_is_never_cut_into_another_number(lang: str, sent: int, shown: str) -> None:
    scene = main_scene(crowd(2), look_at(lang), 80, 24)
    producer = structs.replace(scene.producers[0], sent=sent, sending="")
    scene = structs.replace(scene, producers=[producer])
    row = next(line for line in draw_main(scene, 80, 24).lines() if shown in line)
    assert row.split("│")[1].split()[-1] == shown


@pytest.mark.parametrize(("lang", "word"), [("en", "retried"), ("ko", "재시도")])
def test_tallies_keep_their_words_beside_large_counts(lang: str, word: str) -> None:
    scene = main_scene(crowd(2), look_at(lang), 80, 24)
    scene = structs.replace(scene, counts={**scene.counts, "retried": 1_580})
    assert any(f"{word} 1,580" in line for line in draw_main(scene, 80, 24).lines())


def test_tasks_of_a_pool_keep_the_numbers_that_tell_them_apart() -> None:
    lines = main_screen(playing(POOL).seek_time(500_000), look_at(), 80, 24).lines()
    rows = [line for line in lines if "0.5 │" in line]
    assert [row.rpartition("0.5")[0].split()[-2].rpartition("_")[2] for row in rows] == ["1", "2", "3", "4"]


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (140, 40), (200, 60)])
def test_bars_right_below_each_other_do_not_grow_together(size: tuple[int, int]) -> None:
    canvas, anchors = Canvas(*size), dict[tuple[str, str], Box]()
    draw_workers(canvas, scene_of(playing(POOL).seek_time(1_500_000)), divide(*size).workers, anchors)
    box = anchors["worker", "worker1"]
    card = [line[box.x : box.right] for line in canvas.lines()[box.y : box.bottom]]
    assert sum(GLYPHS.heavy in line for line in card) == 4
    assert not any(GLYPHS.full in line or GLYPHS.rest in line for line in card)


def test_the_history_of_a_queue_grows_with_its_box() -> None:
    def rows(height: int) -> int:
        scene = structs.replace(scene_of(crowd(2)), queues=[queue_box([9.0] * 5, 9)], store=None)
        canvas = Canvas(40, height)
        draw_queues(canvas, scene, Box(0, 0, 40, height), {})
        return sum(GLYPHS.full in line for line in canvas.lines())

    assert 0 < rows(16) < rows(24) < rows(32) <= 9


def test_until_when_a_task_is_held_is_told_in_full() -> None:
    player = playing(POOL.replace("count: 12", "count: 12, countdown: 60")).seek_time(1_000_000)
    lines = main_screen(player, look_at(), 80, 24).lines()
    assert [line for line in lines if "_1 60.00 s" in line]
    assert [line for line in lines if "_2 60.00 s" in line]


def test_the_list_of_events_tells_which_task_even_where_a_name_is_long() -> None:
    screen = main_screen(playing(POOL).seek_time(500_000), look_at(), 140, 40)
    lines = [line[-44:].rstrip() for line in screen.lines()]
    about = [line for line in lines if " task-" in line or " message-" in line]
    assert about
    assert all(re.search(r"_\d+( \w+)?$", line) for line in about)


@pytest.mark.parametrize(("workers", "size"), [(4, (80, 24)), (8, (80, 24)), (6, (140, 40))])
def test_workers_without_a_card_tell_how_many_tasks_wait_in_them(workers: int, size: tuple[int, int]) -> None:
    text = f"""
    profile: celery-rabbitmq
    config: {{worker_prefetch_multiplier: 4}}
    workers: {workers}
    tasks: {{mail: {{duration: 20}}}}
    send: [{{at: 0, task: mail, count: {4 * workers}}}]
    """
    scenario = parse_scenario(text, file="crowd.yaml")
    player = Player.at_start(Playback(Run(simulate(scenario), scenario))).seek_time(10_000_000)
    lines = main_screen(player, look_at(), *size).lines()
    assert sum(line.count(f"{GLYPHS.waiting}4") + line.count(f"{GLYPHS.waiting}3") for line in lines) == workers

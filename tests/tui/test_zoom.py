"""The zooms: the inside of a worker, a message and its life. As pictures of a moment, and laws at any size."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine import simulate
from simulator.play.playback import Playback
from simulator.play.player import Motion, Player
from simulator.scenario import Scenario, parse_scenario
from simulator.scene.build import build_scene
from simulator.scene.look import Look
from simulator.scene.model import Flight
from simulator.scene.pages.letter import Letter, read_letter
from simulator.scene.stage.inside import Anatomy, look_inside
from simulator.story.run import Run, open_run, read_run
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.glyphs import GLYPHS, make_ascii
from simulator.tui.drawing.stage.zoom import draw_message_zoom, draw_worker_zoom
from tests.screens.test_golden import RECORDING
from tests.story.test_names import WHOLE
from tests.strategies import scenarios
from tests.tui.drawn import answer_all
from tests.tui.test_drawing import check

SIZES = st.tuples(st.integers(20, 220), st.integers(5, 70))
LANGUAGES = st.sampled_from(["ko", "en", "both"])

FACTORY = """
profile: celery-redis
config: {worker_max_tasks_per_child: 20, worker_max_memory_per_child: 102400}
workers: {worker1: {concurrency: 4, prefetch_multiplier: 2, beat: true, queues: [celery, high]}}
queues: {celery: , high: }
beat_schedule: {clean_up: {task: send_email, schedule: 30}}
tasks: {send_email: {duration: 3, leak: 5}, call_api: {duration: 2, rate_limit: 10/m}}
send:
 - {task: send_email, every: 0.4, count: 40}
 - {task: call_api, every: 1, count: 5}
 - {task: send_email, at: 1, id: Later, countdown: 60}
"""


def play(text: str) -> Player:
    scenario = parse_scenario(text)
    return Player.at_start(Playback(Run(simulate(scenario), scenario)))


@pytest.fixture(scope="module")
def factory() -> Player:
    return play(FACTORY).seek_time(9_100_000)


@pytest.fixture(scope="module")
def retry() -> Player:
    player = Player.at_start(Playback(open_run("retry", simulate)))
    player = answer_all(player)
    return player.home()


def inside(player: Player, name: str = "worker1") -> Anatomy:
    return look_inside(player, name, "en")


def letter(player: Player, uuid: str = "Task1") -> Letter:
    return read_letter(player, uuid, "en")


def worker_zoom(player: Player, size: tuple[int, int] = (80, 24), lang: str = "en", name: str = "worker1") -> Canvas:
    return draw_worker_zoom(build_scene(player, Look(lang)), look_inside(player, name, lang), *size)


def message_zoom(player: Player, uuid: str, size: tuple[int, int] = (80, 24), lang: str = "en") -> Canvas | None:
    return draw_message_zoom(build_scene(player, Look(lang)), read_letter(player, uuid, lang), *size)


def text(canvas: Canvas | None) -> str:
    assert canvas is not None
    return "\n".join(canvas.lines())


def after(player: Player, name: str, uuid: str = "", nth: int = 1) -> Player:
    """Right after the n-th event of a kind, of a task."""
    events = player.playback.events
    found = [i for i, event in enumerate(events) if event.type == name and uuid in ("", getattr(event, "uuid", ""))]
    return player.seek(found[nth - 1] + 1)


# -- a worker ---------------------------------------------------------------------------------------------------


def test_every_part_of_a_worker_tells_how_it_stands(factory: Player) -> None:
    found = inside(factory)
    assert found.connection == "up"
    assert [name for name, _ in found.queues] == ["celery", "high"]
    assert (found.limit, len(found.window)) == (8, 8)
    assert [uuid for uuid, _ in found.timer] == ["Later"]
    assert [(one.task, one.rate, one.waiting) for one in found.buckets] == [("call_api", "10/m", 3)]
    assert [slot.state for slot in found.slots] == ["running"] * 4
    assert (found.most_memory, found.most_tasks) == (100.0, 20)
    assert found.slots[0].memory == 65.0
    assert found.slots[0].ran == 4
    assert found.results[0].time >= found.results[-1].time
    assert all(one.acked for one in found.results)
    assert [(tick.name, tick.interval, tick.next) for tick in found.beat] == [("clean_up", 30.0, 30_000_000)]


def test_the_picture_of_a_worker_has_all_its_parts(factory: Player) -> None:
    drawn = text(worker_zoom(factory, (140, 40)))
    for part in (
        "Consumer", "Prefetch 8/8", "Pool prefork 4/4", "Rate limit", "Beat (-B)", "ETA timer 1", "Result handler",
        "blocked (BRPOP)", "10/m", "61.00 s (in 51.90 s)", "65/100 MB", "4/20 tasks", "next 30.00 s", "full",
    ):  # fmt: skip
        assert part in drawn, part


def test_a_worker_with_room_shows_the_free_places(order: Run) -> None:
    player = after(Player.at_start(Playback(order)).end().answer(0).answer(1), "message-acked")
    drawn = text(worker_zoom(player))
    assert "Prefetch 0/1" in drawn
    assert "□" in drawn
    assert "room for 1" in drawn
    assert "ACK ✓" in drawn


@pytest.mark.parametrize("slots", [1, 2, 7, 30, 100, 400])
@pytest.mark.parametrize("size", [(80, 24), (140, 40), (60, 18), (40, 8)], ids=str)
def test_a_pool_of_any_size_fits(slots: int, size: tuple[int, int]) -> None:
    player = play(f"""
    workers: {{워커: {{concurrency: {slots}}}}}
    profile: celery-rabbitmq
    tasks: {{이메일_보내기: {{exponential: 1}}}}
    send: [{{task: 이메일_보내기, every: 0.01, count: 120}}]
    """).seek_time(700_000)
    canvas = worker_zoom(player, size, "ko", "워커")
    check(canvas, *size)
    busy = sum(slot.state == "running" for slot in inside(player, "워커").slots)
    assert f"{busy}/{slots}" in text(canvas)


def test_a_child_that_is_gone_leaves_its_slot_empty() -> None:
    player = after(Player.at_start(Playback(open_run("memory", simulate))).end().answer(0), "child-exited")
    assert [slot.state for slot in inside(player).slots] == ["childless"]
    assert "no child" in text(worker_zoom(player))


def test_a_killed_worker_tells_what_became_of_what_it_held() -> None:
    player = Player.at_start(Playback(open_run("crash-early-late", simulate)))
    player = answer_all(player)
    found = inside(after(player, "worker-lost").end())
    assert found.state == "killed"
    assert found.connection == "none"
    assert ("pay_1", "lost") in found.dropped
    assert "pay_3" not in dict(found.dropped)  # it has come back, and another worker has run it
    drawn = text(worker_zoom(player.end(), (140, 40)))
    assert "killed at" in drawn
    assert "lost" in drawn


def test_what_is_killed_with_a_worker_falls_to_dust_in_its_pool() -> None:
    player = Player.at_start(Playback(open_run("crash-early-late", simulate)))
    player = answer_all(player)
    shown = replace(after(player, "worker-lost"), motion=Motion.STEP, origin=(0, 0)).advance(0.2)
    drops = [flight for flight in inside(shown).flights if flight.kind == "drop"]
    assert [flight.label for flight in drops] == ["pay_1", "pay_3"]
    quiet = look_inside(shown, "worker1", "en", motion=False)
    assert not quiet.flights


def test_without_a_broker_the_consumer_is_not_connected() -> None:
    player = play("""
    profile: celery-rabbitmq
    workers: 1
    tasks: {send_email: 1}
    send: [{task: send_email, every: 1, count: 6}]
    faults: [{at: 2.5, down: broker, for: 1}]
    """)
    assert inside(after(player, "broker-down")).connection == "down"
    assert inside(after(player, "broker-up")).connection == "coming"
    assert inside(player.end()).connection == "up"


# -- a message --------------------------------------------------------------------------------------------------


def test_a_retry_is_another_message_and_waits_for_its_eta(retry: Player) -> None:
    found = letter(after(retry, "task-scheduled", "Task1"))
    assert [(copy.number, copy.outcome) for copy in found.copies] == [(1, "retried"), (2, "")]
    assert found.copies[1].eta == 61_000_000
    assert "eta" in found.stages
    assert not found.over
    drawn = text(message_zoom(after(retry, "task-scheduled", "Task1"), "Task1"))
    assert "#1 worker1" in drawn
    assert "#2 worker1" in drawn
    assert "●61.00" in drawn


def test_the_life_of_a_message_hides_the_future(retry: Player) -> None:
    found = letter(after(retry, "task-started", "Task1"))
    assert set(found.copies[0].times) == {"sent", "queued", "delivered", "received", "started"}
    assert len(found.copies) == 1
    assert not found.over


def test_where_the_time_went_adds_up(retry: Player) -> None:
    found = letter(retry.end())
    assert found.over
    assert found.spans[0].start == 0
    assert all(one.end == two.start for one, two in pairwise(found.spans))
    spent = {kind: sum(s.end - s.start for s in found.spans if s.kind == kind) for kind in ("scheduled", "running")}
    assert spent == {"scheduled": 120_000_000, "running": 3_000_000}


def test_a_redelivered_message_has_a_line_for_each_delivery() -> None:
    player = Player.at_start(Playback(open_run("visibility-timeout", simulate)))
    player = answer_all(player)
    found = letter(player.end(), "Order1")
    assert [(copy.number, copy.again, copy.hostname) for copy in found.copies] == [
        (1, False, "worker1"),
        (1, True, "worker2"),
    ]


@pytest.mark.parametrize(("late", "before"), [("true", "ended"), ("false", "started")])
def test_the_ack_stands_where_it_comes(late: str, before: str) -> None:
    player = play(f"""
    profile: celery-rabbitmq
    config: {{task_acks_late: {late}}}
    workers: 1
    tasks: {{send_email: 1}}
    send: [{{task: send_email, id: Task1}}]
    """)
    for moment in (after(player, "message-queued"), player.end()):
        stages = letter(moment).stages
        assert stages[stages.index("acked") + 1] == before


def test_an_ack_leaves_from_the_slot_that_ran_it(order: Run) -> None:
    player = after(Player.at_start(Playback(order)).end().answer(0).answer(1), "message-acked")
    trail = inside(player).trail
    assert trail is not None
    assert (trail.kind, trail.source[0], trail.source[2], trail.target[0]) == ("ack", "slot", 1, "broker")


def test_what_one_task_does_at_one_moment_follows_each_other(order: Run) -> None:
    start = after(Player.at_start(Playback(order)), "poll", nth=3)
    shown = start.raw_step().raw_step().raw_step()  # delivered, received, started: all at 1.00 s
    together = replace(shown, motion=Motion.STEP, origin=start.place)
    for at, target in ((0.05, "consumer"), (0.2, "window"), (0.4, "slot")):
        (flight,) = inside(together.advance(at)).flights
        assert flight.target[0] == target


def test_many_at_once_inside_a_worker_are_a_flow() -> None:
    player = play("""
    workers: {worker1: {concurrency: 40}}
    profile: celery-rabbitmq
    tasks: {send_email: 1}
    send: [{task: send_email, count: 40}]
    """)
    shown = replace(after(player, "task-started", nth=40), motion=Motion.STEP, origin=player.place).advance(0.4)
    assert len(inside(shown).flights) == 40
    canvas = worker_zoom(shown, (140, 40))
    assert not any(style.startswith("flight.") for row in canvas.styles for style in row)
    check(canvas, 140, 40)
    assert any("▶▶▶▶" in line for line in canvas.lines())


def test_all_headers_can_be_read_by_scrolling(retry: Player) -> None:
    scene = build_scene(retry.end(), Look("en"))
    found = letter(retry.end())
    seen = "".join(text(draw_message_zoom(scene, found, 80, 24, offset=offset)) for offset in range(0, 30, 3))
    assert found.headers
    assert found.properties
    for row in found.headers + found.properties:
        assert row.name[:14] in seen


def test_a_recording_is_zoomed_into_by_short_names() -> None:
    run = Run(read_run(str(RECORDING)))
    player = Player.at_start(Playback(run)).end()
    (uuid, *_), (name, *_) = run.world(len(run.trace)).tasks(), run.world(len(run.trace)).workers
    for cursor in range(0, player.playback.length, 9):
        here = player.seek(cursor)
        if name in run.world(here.cursor).workers:
            assert not WHOLE.search(text(worker_zoom(here, (140, 40), name=name)))
    assert uuid in text(message_zoom(player, uuid, (140, 40)))


# -- laws -------------------------------------------------------------------------------------------------------


@given(scenarios(), SIZES, LANGUAGES, st.data())
def test_every_line_of_a_zoom_is_exactly_as_wide_as_the_terminal(
    scenario: Scenario, size: tuple[int, int], lang: str, data: st.DataObject
) -> None:
    player = Player.at_start(Playback(Run(simulate(scenario), scenario)))
    player = player.seek(data.draw(st.integers(0, player.playback.length)))
    if data.draw(st.booleans()):
        player = player.toggle().advance(data.draw(st.floats(0, 3)))
    world = player.playback.run.world(player.cursor)
    if world.workers:
        name = data.draw(st.sampled_from(list(world.workers)))
        canvas = worker_zoom(player, size, lang, name)
        check(canvas, *size)
        check(make_ascii(canvas), *size)
    if world.tasks():
        uuid = data.draw(st.sampled_from(world.tasks()))
        drawn = message_zoom(player, uuid, size, lang)
        if drawn is not None:
            check(drawn, *size)
            check(make_ascii(drawn), *size)


@given(scenarios(), st.data())
def test_what_moves_in_a_worker_is_a_function_of_the_moment(scenario: Scenario, data: st.DataObject) -> None:
    start = Player.at_start(Playback(Run(simulate(scenario), scenario)))
    here = start.go(data.draw(st.sampled_from(start.playback.rests)))
    shown = here.step(shown=True)
    names = list(shown.playback.run.world(shown.cursor).workers)
    early, late = sorted(data.draw(st.tuples(st.floats(0.01, 0.4), st.floats(0.01, 0.4))))
    for name in names:
        soon, later = ({_way(f): f.progress for f in inside(shown.advance(at), name).flights} for at in (early, late))
        assert soon == {_way(f): f.progress for f in inside(shown.advance(early), name).flights}
        assert all(0 <= progress <= 1 for progress in later.values())
        # A question has no id, and one step may show several of them one after the other.
        assert all(later[way] >= soon[way] for way in soon.keys() & later.keys() if way[0])


def _way(flight: Flight) -> tuple[object, ...]:
    return flight.uuid, flight.kind, flight.source, flight.target


@given(scenarios(), st.data())
def test_at_rest_nothing_moves_in_a_worker(scenario: Scenario, data: st.DataObject) -> None:
    start = Player.at_start(Playback(Run(simulate(scenario), scenario)))
    here = start.go(data.draw(st.sampled_from(start.playback.rests)))
    for there in (here, here.step()):
        assert all(not inside(there, name).flights for name in there.playback.run.world(there.cursor).workers)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_stages_of_a_message_and_what_just_happened_are_told_in_full(retry: Player, lang: str) -> None:
    player = after(retry, "task-scheduled", "Task1")
    for canvas in (message_zoom(player, "Task1", lang=lang), worker_zoom(player, lang=lang)):
        assert "Task1" in text(canvas)
        assert GLYPHS.ellipsis not in text(canvas)

"""Laws of the time axis: exact widths, the clock in view, nothing of the future, folds, tries, ACKs, bookmarks."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from simulator.engine import simulate
from simulator.play.axis import Axis, Folds, Span
from simulator.play.columns import ColumnViews
from simulator.play.history import Gap, History
from simulator.play.playback import Playback
from simulator.play.player import Player
from simulator.scenario import Scenario, parse_scenario
from simulator.scene.build import build_scene, outline_scene
from simulator.scene.chart import TimeChart
from simulator.scene.look import PANELS, Look
from simulator.scene.room import Room
from simulator.story.run import Run, open_run
from simulator.trace import Trace
from simulator.trace import events as ev
from simulator.trace.time import MICROS
from simulator.tui.app import AckademyApp
from simulator.tui.controls import commands as c
from simulator.tui.drawing.bars import draw_scrubber
from simulator.tui.drawing.canvas import Canvas, Zone
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box
from simulator.tui.drawing.lower import draw_lower, room_of_lower
from simulator.tui.drawing.main import room_of_main
from simulator.tui.drawing.timeline import draw_timeline, timeline_view
from simulator.tui.session import Session
from simulator.tui.widgets.board import Board
from tests.strategies import build, scenarios
from tests.tui.drawn import main_screen

LANGUAGES = st.sampled_from(["ko", "en", "both"])
SIZES = st.sampled_from([(60, 18), (80, 24), (100, 30), (140, 40), (200, 60)])
PANEL = st.sampled_from(PANELS)
LOOKING = st.lists(
    st.sampled_from([c.ZoomTime(1), c.ZoomTime(-1), c.PanTime(-1), c.PanTime(1), c.ToggleFolds(), c.ToggleBookmark()]),
    max_size=8,
)


def drawn(player: Player, look: Look, size: tuple[int, int] = (80, 24)) -> Canvas:
    return main_screen(player, look, *size)


@cache
def retry() -> Session:
    return unasked(open_run("retry", simulate))


def unasked(run: Run) -> Session:
    """A session in which no question holds anybody up."""
    session = Session(run, "en", motion=False)
    go_to_end(session)
    return session


def go_to_end(session: Session) -> None:
    while not session.player.at_end:
        session.do(c.GoToEnd())
        session.do(c.Skip())


# -- the axis ---------------------------------------------------------------------------------------------------

TIMES = st.integers(0, 50_000).map(lambda n: n * 997)
GAPS = st.lists(st.tuples(TIMES, TIMES.map(lambda t: t + 1)), max_size=6)


@st.composite
def axes(draw: st.DrawFn) -> tuple[Axis, int, int]:
    """An axis, its clock, and when its run ends."""
    gaps, t = [], 0
    for index, (after, length) in enumerate(draw(GAPS)):
        gaps.append(Gap(t + after, t + after + length, index))
        t = gaps[-1].end
    end = t + draw(TIMES)
    cursor = draw(st.integers(0, len(gaps)))
    time = draw(st.integers(gaps[cursor - 1].end if cursor else 0, end))
    zoom = draw(st.integers(0, 8))
    span = Span(zoom, draw(st.none() | st.integers(0, end)), draw(st.booleans()))
    return Axis(Folds(gaps, end, zoom), cursor, time, end, span, draw(st.integers(1, 150))), time, end


@given(axes(), st.data())
def test_every_moment_has_its_column_and_every_column_its_moments(
    made: tuple[Axis, int, int], data: st.DataObject
) -> None:
    axis, time, end = made
    edges = axis.times()
    assert edges == sorted(edges)
    assert 0 <= axis.column(time) <= axis.width
    assert axis.now == min(axis.column(time), axis.width - 1)
    moment = data.draw(st.integers(0, end))
    column = axis.column(moment)
    if 0 <= column < axis.width:
        assert edges[column] <= moment < max(edges[column + 1], edges[column] + 1)
    for later in (moment + 1, moment + 10):
        assert axis.column(later) >= column


@given(axes())
def test_a_fold_takes_little_room_and_only_what_is_over_is_folded(made: tuple[Axis, int, int]) -> None:
    axis, time, _ = made
    for start, behind, gap in axis.folded():
        assert gap.end <= time
        assert 0 <= start < behind <= axis.width
        assert behind - start <= axis.width // 22 + 3


@given(scenarios(), LOOKING, PANEL, LANGUAGES, SIZES, st.booleans(), st.data())
def test_lines_are_exactly_as_wide_as_the_terminal_however_time_is_looked_at(
    scenario: Scenario,
    commands: list[c.Command],
    panel: str,
    lang: str,
    size: tuple[int, int],
    dots: bool,
    data: st.DataObject,
) -> None:
    session = unasked(Run(simulate(scenario), scenario))
    session.do(c.GoTo(data.draw(st.integers(0, session.player.playback.length))))
    for command in commands:
        session.do(command)
        look = dataclasses.replace(session.look, panel=panel, lang=lang, dots=dots)
        canvas = drawn(session.player, look, size)
        assert {cell_len(line) for line in canvas.lines()} == {size[0]}
        playback, span = session.player.playback, session.look.span
        axis = playback.views.axis(session.player.cursor, session.player.time, playback.end[1], span, size[0])
        assert axis.begin <= session.player.time <= max(axis.end, axis.begin + 1)


@given(scenarios(), LOOKING, PANEL, st.sampled_from([(80, 24), (140, 40)]), st.data())
def test_nothing_after_the_cursor_can_be_seen(
    scenario: Scenario, commands: list[c.Command], panel: str, size: tuple[int, int], data: st.DataObject
) -> None:
    trace = simulate(scenario)
    cursor = data.draw(st.integers(Playback(Run(trace)).opening, len(trace)))
    check_that_nothing_later_shows(trace, cursor, commands, panel, size)


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("commands", [[], [c.ZoomTime(1)] * 3, [c.ZoomTime(1)] * 6], ids=len)
def test_no_later_fold_can_be_seen(panel: str, commands: list[c.Command]) -> None:
    trace = retry().run.trace
    for cursor in range(5, len(trace), 9):
        check_that_nothing_later_shows(trace, cursor, commands, panel, (140, 40))


def check_that_nothing_later_shows(
    trace: Trace, cursor: int, commands: list[c.Command], panel: str, size: tuple[int, int]
) -> None:
    """The lower panel and the scrubber are those of a run that has no future at all."""
    pictures = []
    # Without a scenario no plan is known but what the trace itself tells.
    for run in (Run(trace), Run(Trace(trace.header, trace.events[:cursor]))):
        session = Session(run, "en", motion=False)
        session.do(c.GoTo(cursor))
        for command in commands:
            session.do(command)
        look = dataclasses.replace(session.look, panel=panel, notice=None)
        box, roomy = Box(0, 1, size[0], size[1] // 3), size[0] > 100
        draft = outline_scene(session.player, look)
        scene = draft.fill(room_of_lower(draft, Room(scrubber=size[0] // 2 - 2), box, roomy))
        canvas = Canvas(*size)
        draw_lower(canvas, scene, box, roomy)
        draw_scrubber(canvas, 2, size[1] - 1, size[0] // 2, scene)
        # The rule in row 0 has the number of all events, which is no secret where nothing is asked.
        pictures.append([_seen(canvas, y) for y in range(1, size[1])])
    assert pictures[0] == pictures[1]


def _seen(canvas: Canvas, y: int) -> str:
    """A row without the planned rest of what runs: that is told on purpose."""
    return "".join(
        " " if style == "plan" else cell for cell, style in zip(canvas.cells[y], canvas.styles[y], strict=True)
    )


def test_stepping_there_and_back_shows_the_same_picture_in_a_zoomed_and_panned_view() -> None:
    session = unasked(open_run("prefetch", simulate))
    session.do(c.GoTo(session.player.playback.length // 2))
    for command in (c.ZoomTime(1), c.ZoomTime(1), c.PanTime(-1), c.ToggleBookmark()):
        session.do(command)
    here = session.player
    before = drawn(here, session.look, (140, 40)).lines()
    for there in (here.step().back(), here.raw_step().raw_back(), here.end().seek(here.cursor)):
        assert drawn(there, session.look, (140, 40)).lines() == before


def test_zooming_in_shows_half_of_the_time_and_the_whole_comes_back() -> None:
    session = unasked(open_run("three-task-order", simulate))
    session.do(c.Seek(50, 100))
    lengths = []
    for command in (c.ZoomTime(1), c.ZoomTime(1), c.ZoomTime(-1), c.ShowAllTime()):
        session.do(command)
        lengths.append(axis_of(session).length)
    assert lengths == [2 * MICROS, MICROS, 2 * MICROS, 4 * MICROS]
    for _ in range(60):
        session.do(c.ZoomTime(1))
    assert axis_of(session).length >= 100
    assert session.look.notice is not None


def test_panning_moves_the_axis_and_never_loses_the_clock() -> None:
    session = unasked(open_run("three-task-order", simulate))
    session.do(c.Seek(50, 100))
    session.do(c.ZoomTime(1))
    begin = axis_of(session).begin
    session.do(c.PanTime(1))
    assert axis_of(session).begin > begin
    for command in [c.PanTime(1)] * 9 + [c.PanTime(-1)] * 9:
        session.do(command)
        axis = axis_of(session)
        assert axis.begin <= session.player.time <= axis.end


def axis_of(session: Session, width: int = 100) -> Axis:
    player = session.player
    return player.playback.views.axis(player.cursor, player.time, player.playback.end[1], session.look.span, width)


# -- what is drawn ----------------------------------------------------------------------------------------------


def lane(session: Session, name: str = "worker1", size: tuple[int, int] = (80, 24)) -> str:
    """The row of the lower panel that begins with a name."""
    lines = drawn(session.player, session.look, size).lines()
    return next(line for line in reversed(lines) if line.startswith(f" {name} "))


def test_a_second_try_is_marked_and_so_are_failures_and_acks() -> None:
    text = lane(unasked(open_run("retry", simulate, variant="backoff")), size=(140, 40))
    assert [text.count(sign) for sign in (f"{GLYPHS.again}2", f"{GLYPHS.again}3")] == [1, 1]
    # Two tries failed and will be tried again; of all three the ACK came after the run.
    assert text.count(GLYPHS.again) == 4
    assert text.index(f"{GLYPHS.again}2 Task1") > text.index(GLYPHS.ack) > text.index("Task1 ")


def test_an_ack_before_the_run_stands_before_its_name_one_after_it_at_the_end() -> None:
    early, late = (lane(unasked(open_run("success-and-ack", simulate, variant=variant))) for variant in ("early", None))
    assert early.index(GLYPHS.ack) < early.index("Task1")
    assert late.index(GLYPHS.ack) > late.rindex(GLYPHS.heavy)


def test_a_worker_that_dies_ends_its_lane_with_a_sign_only_once_that_has_happened() -> None:
    session = unasked(open_run("crash-early-late", simulate))
    died = next(i for i, event in enumerate(session.run.trace) if isinstance(event, ev.WorkerLost))
    size = (140, 40)
    assert GLYPHS.lost in lane(session, size=size)
    session.do(c.GoTo(died))
    assert GLYPHS.lost not in lane(session, size=size)
    assert failure_marks(session, died) == 0
    # The knob lies on the mark of what happens now.
    session.do(c.GoTo(session.player.playback.cursor_at(session.player.time + MICROS)))
    assert failure_marks(session, session.player.playback.length) > 0


def test_failures_are_marked_on_the_scrubber_once_they_have_happened() -> None:
    session = unasked(open_run("errors-not-to-retry", simulate))
    shown, hidden = (failure_marks(session, cursor) for cursor in (session.player.playback.length, 3))
    assert shown > 0
    assert hidden == 0
    session.do(c.GoTo(3))
    session.do(c.ToggleFuture())
    assert failure_marks(session, 3) >= shown


def failure_marks(session: Session, cursor: int) -> int:
    session.do(c.GoTo(cursor))
    return drawn(session.player, session.look, (140, 40)).styles[-3].count("failed")


PAUSES = {
    "tasks": {"mail": {"duration": 1}},
    "workers": 1,
    "send": [{"at": at, "id": f"Task{at}", "task": "mail"} for at in (0, 61, 122)],
}
"""Nothing happens for a minute, twice."""


def test_idle_time_is_folded_and_says_how_long_it_was() -> None:
    scenario = build(PAUSES)
    session = unasked(Run(simulate(scenario), scenario))
    folded = "\n".join(drawn(session.player, session.look).lines())
    assert folded.count(f"{GLYPHS.fold}60 s{GLYPHS.fold}") == 2
    session.do(c.ToggleFolds())
    unfolded = "\n".join(drawn(session.player, session.look).lines())
    session.do(c.ToggleFolds())
    assert GLYPHS.fold not in unfolded
    assert "100 s" in unfolded


def test_a_gap_is_no_gap_while_something_runs() -> None:
    scenario = build({"tasks": {"slow": {"duration": 100}}, "workers": 1, "send": [{"at": 0, "task": "slow"}]})
    history = History(Run(simulate(scenario), scenario))
    axis = ColumnViews(history).axis(10**9, scenario_end(history), scenario_end(history), Span(), 60)
    assert all(gap.end - gap.begin < 5 * MICROS for _, _, gap in axis.folded())


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
def test_the_eta_that_a_retry_waits_for_is_a_bar_and_is_never_folded(size: tuple[int, int]) -> None:
    session = retry()
    lines = drawn(session.player, session.look, size).lines()
    assert not any(f"60 s{GLYPHS.fold}" in line for line in lines)
    (held,) = (line for line in lines if line.startswith(f" {GLYPHS.dot} waits"))
    assert held.index("ETA Task1 61 s") < held.index("ETA Task1 122 s")
    runs = next(line for line in lines if line.startswith(" worker1"))
    # Where it waits it does not run: of the two rows only one is taken in each column, but where a run ends in it.
    both = [column for column in range(12, size[0]) if held[column] == GLYPHS.rest and runs[column] not in " "]
    assert len(both) <= 3


def test_the_rest_of_an_eta_is_planned_up_to_its_moment() -> None:
    session = retry()
    session.do(c.SeekTime((30 * MICROS, 31 * MICROS)))
    canvas = drawn(session.player, session.look)
    planned = [row.count("plan") for row in canvas.styles]
    scale = timeline_of(session).scale
    assert max(planned) == scale.column(61 * MICROS) - scale.now - 1


def timeline_of(session: Session, size: tuple[int, int] = (80, 24)) -> TimeChart:
    draft = outline_scene(session.player, session.look)
    timeline = draft.fill(room_of_main(draft, *size)).chart.timeline
    assert timeline is not None
    return timeline


@given(scenarios(), st.data())
def test_what_a_lane_shows_as_waiting_is_what_its_worker_held(scenario: Scenario, data: st.DataObject) -> None:
    """Column by column, against the world at each event of the column."""
    session = unasked(Run(simulate(scenario), scenario))
    session.do(c.GoTo(data.draw(st.integers(0, session.player.playback.length))))
    player = session.player
    draft = outline_scene(player, session.look)
    timeline = draft.fill(Room(time=40, rows=30)).chart.timeline
    assert timeline is not None
    edges, run = timeline.scale.times, player.playback.run
    for lane in timeline.lanes:
        shown = {column: bar.count for bar in lane.held for column in range(bar.start, bar.start + bar.length)}
        for column in range(timeline.scale.now):
            begin, until = edges[column], edges[column + 1]
            if begin == until:
                continue
            instants = [begin, *sorted({event.t for event in run.trace.events if begin < event.t < until})]
            worlds = [run.world(player.playback.cursor_at(time)) for time in instants]
            views = [world.workers[lane.worker] for world in worlds if lane.worker in world.workers.versions()]
            most = max((len(view.reserved()) + len(view.scheduled()) for view in views), default=0)
            if lane.slot == max(slot for worker, slot in slots_of(timeline) if worker == lane.worker):
                assert shown.get(column, 0) == most
            else:
                assert not shown


def slots_of(timeline: TimeChart) -> list[tuple[str, int]]:
    return [(lane.worker, lane.slot) for lane in timeline.lanes]


def test_a_reserved_task_waits_in_the_lane_of_the_worker_that_holds_it() -> None:
    """The queue, in which nothing has waited, gives its row to what waits in the worker."""
    session = unasked(open_run("three-task-order", simulate, variant="celery_defaults"))
    lines = drawn(session.player, session.look).lines()
    rows = [line for line in lines if line.startswith((" Queue", " worker", f" {GLYPHS.dot}"))]
    assert [row.split()[0] for row in rows] == ["worker1", GLYPHS.dot, "worker2"]
    held = rows[1]
    assert f"{GLYPHS.rest} Task3 {GLYPHS.rest}" in held
    assert held.rindex(GLYPHS.rest) == rows[0].rindex(GLYPHS.ack), "until it starts"


def test_a_queue_in_which_nothing_ever_waits_has_no_row_and_dead_letters_do_not_wait() -> None:
    session = unasked(open_run("sale-day", simulate))
    size = (140, 40)
    assert [curve.what for curve in timeline_of(session, size).queues] == ["high", "normal", "failed_emails"]
    canvas = drawn(session.player, session.look, size)
    (row,) = (y for y, line in enumerate(canvas.lines()) if line.startswith(" failed_emails"))
    assert "lost" in canvas.styles[row]
    assert "waiting" not in canvas.styles[row]
    session.do(c.SeekTime((40 * MICROS, 41 * MICROS)))
    assert "failed_emails" not in [curve.what for curve in timeline_of(session, size).queues]


def scenario_end(history: History) -> int:
    return history.run.trace.end


def test_a_pool_that_has_shrunk_keeps_the_lanes_it_had() -> None:
    session = unasked(open_run("autoscaling", simulate))
    text = "\n".join(drawn(session.player, session.look, (140, 50)).lines())
    assert f"{GLYPHS.dot} 8" in text


# -- bookmarks and changes --------------------------------------------------------------------------------------


def test_a_bookmark_is_set_visited_shown_and_removed() -> None:
    session = unasked(open_run("three-task-order", simulate))
    session.do(c.GoTo(20))
    place = session.player.place
    session.do(c.ToggleBookmark())
    assert session.look.bookmarks == (place,)
    assert GLYPHS.bookmark not in drawn(session.player, session.look).lines()[-2], "the knob lies on it"
    session.do(c.GoToStart())
    assert GLYPHS.bookmark in drawn(session.player, session.look).lines()[-2]
    visited = []
    while not session.player.at_end:
        session.do(c.GoToMark(1))
        visited.append(session.player.place)
    assert place in visited
    back = []
    while session.player.place != session.player.playback.rests[0]:
        session.do(c.GoToMark(-1))
        back.append(session.player.place)
    assert place in back
    session.do(c.GoTo(20))
    session.do(c.ToggleBookmark())
    assert not session.look.bookmarks


def test_bookmarks_outlive_a_what_if_as_far_as_the_runs_are_the_same() -> None:
    run = open_run("three-task-order", simulate)
    session = unasked(run)
    early, late = 15, len(run.trace) - 1
    for cursor in (early, late):
        session.do(c.GoTo(cursor))
        session.do(c.ToggleBookmark())
    session.do(c.GoTo(20))
    change = next(change for change in session.changes() if change.kind == "kill")
    session.branch(run.edited([change.edit(session.player)], simulate), change)
    assert [cursor for cursor, _ in session.look.bookmarks] == [early]
    session.do(c.GoTo(18))
    session.do(c.ToggleBookmark())
    session.do(c.Undo())
    assert [cursor for cursor, _ in session.look.bookmarks] == [early, 18, late]


@pytest.mark.parametrize("about", ["Task3", "worker2", "celery"])
def test_changes_of_a_thing_are_visited_one_by_one_there_and_back(about: str) -> None:
    session = unasked(open_run("three-task-order", simulate))
    session.do(c.GoToStart())
    session.do(c.Choose("panel", about))
    there = []
    while True:
        before = session.player.cursor
        session.do(c.GoToChange(1))
        if session.player.cursor == before:
            break
        there.append(session.player.cursor)
    events = session.run.trace.events
    expected = [
        index + 1
        for index, event in enumerate(events)
        if about in (getattr(event, "uuid", ""), getattr(event, "hostname", ""), getattr(event, "queue", ""))
        and not (isinstance(event, ev.Poll) and not event.found)
        and index + 1 > session.player.playback.opening
    ]
    assert there == expected
    back = [session.player.cursor]
    for _ in expected[1:]:
        session.do(c.GoToChange(-1))
        back.append(session.player.cursor)
    assert back == expected[::-1]


def test_without_a_choice_the_changes_are_those_of_what_has_just_happened() -> None:
    session = unasked(open_run("three-task-order", simulate))
    events = session.run.trace.events
    sent = next(i for i, event in enumerate(events) if isinstance(event, ev.TaskSent) and event.uuid == "Task2")
    session.do(c.GoTo(sent + 1))
    for _ in range(3):
        session.do(c.GoToChange(1))
        assert getattr(events[session.player.cursor - 1], "uuid", "") == "Task2"


def test_the_next_change_does_not_pass_an_open_question() -> None:
    session = Session(open_run("three-task-order", simulate), "en", motion=False)
    session.do(c.GoToEnd())
    here = session.player.place
    session.do(c.GoToChange(1))
    assert session.player.place == here


def test_a_score_is_prepared_once() -> None:
    playback = Playback(open_run("three-task-order", simulate))
    assert playback.meters is playback.meters
    assert playback.log is playback.log


# -- keys and mouse ---------------------------------------------------------------------------------------------


def test_the_axis_obeys_keys_wheel_and_mouse() -> None:
    asyncio.run(use_keys_wheel_and_mouse())


async def use_keys_wheel_and_mouse() -> None:
    app = AckademyApp(simulate, "en", open_run("retry", simulate), motion=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        session, board = app.session, app.screen.query_one(Board)
        assert session is not None
        go_to_end(session)
        for key in ("+", "+", "-"):
            await pilot.press(key)
        assert session.look.span.zoom == 1
        await pilot.press("0")
        assert session.look.span.zoom == 0
        zone = timeline_zone(board)
        board.post_message(Board.Wheeled(-1, zone.command))
        await pilot.pause()
        assert session.look.span.zoom == 1
        cursor = session.player.cursor
        board.post_message(Board.Wheeled(-1))
        await pilot.pause()
        assert session.player.cursor < cursor, "elsewhere the wheel steps"
        zone = timeline_zone(board)
        assert isinstance(zone.command, c.SeekTime)
        times = zone.command.times
        board.post_message(Board.Pressed(zone.command.at(3, zone.width)))
        await pilot.pause()
        assert times[3] <= session.player.time < times[4]
        again = timeline_zone(board).command
        assert isinstance(again, c.SeekTime)
        assert again.times[0] == times[0], "what is dragged over stands still"
        await pilot.press("b", "v", "left_parenthesis")
        assert session.look.panel == PANELS[1]
        assert session.look.bookmarks


def timeline_zone(board: Board) -> Zone:
    assert board.canvas is not None
    return next(zone for zone in board.canvas.zones if isinstance(zone.command, c.SeekTime))


# -- the scrubber and the scale ---------------------------------------------------------------------------------

BUSY = """
profile: celery-rabbitmq
until: 100
workers: {worker1: {}}
tasks: {bad: {duration: 0.1, raises: {ValueError: 1}}}
send: [{task: bad, from: 0, every: 0.5, count: 190}]
chapters: [{at: 0, ko: 하나, en: One}, {at: 30, ko: 둘, en: Two}, {at: 60, ko: 셋, en: Three}]
"""


def scrubber(session: Session, width: int) -> str:
    canvas = Canvas(width, 1)
    draw_scrubber(canvas, 0, 0, width, build_scene(session.player, session.look, Room(scrubber=width - 2)))
    return canvas.lines()[0]


@pytest.mark.parametrize("width", [20, 40, 80])
def test_failures_cover_neither_the_chapters_nor_all_else(width: int) -> None:
    scenario = parse_scenario(BUSY)
    bar = scrubber(unasked(Run(simulate(scenario), scenario)), width)
    assert bar.count(GLYPHS.chapter) == 2
    assert bar.count(GLYPHS.failed) > width // 2


def test_marks_in_most_columns_are_left_out_as_noise() -> None:
    scenario = parse_scenario(BUSY.replace(", raises: {ValueError: 1}", ""))
    session = unasked(Run(simulate(scenario), scenario))
    assert GLYPHS.mark not in scrubber(session, 80)
    assert GLYPHS.mark in scrubber(unasked(open_run("pools", simulate)), 80)


@pytest.mark.parametrize("width", range(60, 201, 7))
@pytest.mark.parametrize("name", ["sale-day", "three-task-order"])
def test_no_two_times_of_a_scale_can_be_taken_for_one(name: str, width: int) -> None:
    session = session_at_start(name)
    canvas = Canvas(width, 4)
    box = Box(0, 0, width, 4)
    draft = outline_scene(session.player, session.look)
    room = Room(time=timeline_view(draft.scene.chart, box).width, rows=box.height - 1)
    draw_timeline(canvas, draft.fill(room), box, roomy=False)
    text = next(line for line in canvas.lines() if " s" in line)
    assert text.rstrip().endswith(" s")
    assert not re.search(r"\d s \d", text)


@cache
def session_at_start(name: str) -> Session:
    return Session(open_run(name, simulate), "en", motion=False)


@pytest.mark.parametrize("size", [(80, 24), (140, 40), (200, 60)])
def test_queues_keep_their_rows_where_slots_have_to_share_one(size: tuple[int, int]) -> None:
    session = unasked(open_run("sale-day", simulate))
    names = {line.split()[0] for line in drawn(session.player, session.look, size).lines() if line.strip()}
    # At 80x24, with what the end has to say, three rows for queues are too many: one curve stands for all.
    assert {"high", "normal"} <= names or (size == (80, 24) and {"all", "running"} <= names)


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (140, 40)])
@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("name", ["three-task-order", "retry", "sale-day"])
def test_scrubber_and_timeline_are_one_ruler(name: str, lang: str, size: tuple[int, int]) -> None:
    """The knob stands below the line of now, and both end in one column; however idle time is folded."""
    session = unasked(open_run(name, simulate))
    look, y = dataclasses.replace(session.look, lang=lang), -3 if size[1] >= 40 else -2
    for part in (1, 2, 3):  # at the start a question takes the place of the timeline
        session.do(c.Seek(part, 3))
        rows = drawn(session.player, look, size).cells
        # The lowest row with the sign but those of the meters, which have axes of their own.
        ruler = next(row for row in reversed(rows) if GLYPHS.here in row and GLYPHS.rule not in row)
        assert rows[y].index(GLYPHS.knob) == ruler.index(GLYPHS.here)
        assert rows[y].index(GLYPHS.edge) == size[0] - 2
    session.do(c.ZoomTime(1))
    row = drawn(session.player, session.look, size).cells[y]
    assert row.index(GLYPHS.knob) + 1 == row.index(GLYPHS.edge), "the whole run, though the timeline shows half of it"

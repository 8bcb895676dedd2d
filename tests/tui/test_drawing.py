"""Laws of drawing: exact widths, whole wide characters, the same screen for the same place."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from rich.cells import cell_len

from simulator.course.progress import Book
from simulator.engine import simulate
from simulator.play.playback import Playback
from simulator.play.player import Player
from simulator.scenario import Scenario, parse_scenario
from simulator.scene.build import Outline, build_scene
from simulator.scene.look import Look
from simulator.scene.model import Scene, Selection
from simulator.scene.pages.learn import learn_page
from simulator.scene.pages.sheet import Block, Sheet, execution_rows, message_sheet
from simulator.scene.room import Room
from simulator.scene.stage.inside import look_inside
from simulator.story.run import Run, open_run
from simulator.trace.events import SettingChanged
from simulator.tui.controls import commands as c
from simulator.tui.drawing.canvas import Canvas, cut, shorten, wrap
from simulator.tui.drawing.glyphs import GLYPHS, make_ascii
from simulator.tui.drawing.layout import MIN_HEIGHT, MIN_WIDTH, divide
from simulator.tui.drawing.main import draw_main, room_of_main
from simulator.tui.drawing.pages.page import draw_page
from simulator.tui.drawing.pages.present import draw_present, room_of_present
from simulator.tui.drawing.pages.sheet import draw_sheet
from simulator.tui.drawing.stage.zoom import draw_worker_zoom, room_of_zoom
from simulator.tui.learner import Learner
from simulator.tui.screens.help import help_sheet
from simulator.tui.style.palettes import PALETTES
from simulator.tui.style.themes import make_styles
from tests.strategies import scenarios
from tests.tui.drawn import answer_all, main_screen, presses

SIZES = st.tuples(st.integers(MIN_WIDTH, 300), st.integers(MIN_HEIGHT, 90))
LANGUAGES = st.sampled_from(["ko", "en", "both"])
TEXTS = st.text(st.sampled_from("ab 가나다―○é\u0301"), max_size=30)
STYLES = set(make_styles(PALETTES["ackademy-dark"]))


def check(canvas: Canvas, width: int, height: int) -> None:
    assert [cell_len(line) for line in canvas.lines()] == [width] * height
    assert {style for row in canvas.styles for style in row} <= STYLES
    for zone in canvas.zones:
        assert zone.x >= 0
        assert zone.y < height


def start(run: Run) -> Player:
    return Player.at_start(Playback(run))


@cache
def many_workers(count: int, slots: int) -> Player:
    text = f"""
    workers: {count}
    config: {{worker_concurrency: {slots}}}
    queues: {{celery: , high: , low: , mail: , 보고서: }}
    tasks: {{이메일_보내기: {{exponential: 1}}}}
    send: [{{task: 이메일_보내기, every: 0.01, count: {count * 3}}}]
    """
    scenario = parse_scenario(text)
    return start(Run(simulate(scenario), scenario))


# -- screens ----------------------------------------------------------------------------------------------------


@given(scenarios(), SIZES, LANGUAGES, st.booleans(), st.data())
def test_every_line_is_exactly_as_wide_as_the_terminal(
    scenario: Scenario, size: tuple[int, int], lang: str, future: bool, data: st.DataObject
) -> None:
    player = start(Run(simulate(scenario), scenario))
    player = player.seek(data.draw(st.integers(0, player.playback.length)))
    if data.draw(st.booleans()):
        player = player.toggle().advance(data.draw(st.floats(0, 3)))
    check(main_screen(player, Look(lang, future=future), *size), *size)


@pytest.mark.parametrize("lang", ["ko", "en", "both"])
@pytest.mark.parametrize("answer", [None, 0, 1])
@given(size=SIZES)
def test_questions_fit_every_size(order: Run, lang: str, answer: int | None, size: tuple[int, int]) -> None:
    player = start(order).end()
    if answer is not None:
        player = player.answer(answer)
    check(main_screen(player, Look(lang), *size), *size)


@pytest.mark.parametrize(("count", "slots"), [(1, 8), (7, 1), (7, 3), (40, 1), (500, 1), (500, 2)])
@pytest.mark.parametrize("size", [(60, 18), (80, 24), (140, 40), (300, 90)], ids=str)
def test_many_workers_fit(count: int, slots: int, size: tuple[int, int]) -> None:
    player = many_workers(count, slots).seek_time(500_000)
    canvas = main_screen(player, Look("ko", Selection("workers", "worker1")), *size)
    check(canvas, *size)
    assert c.Choose("worker", "worker1") in presses(canvas)


@given(size=SIZES, lang=LANGUAGES, offset=st.integers(0, 50))
def test_sheets_fit(order: Run, size: tuple[int, int], lang: str, offset: int) -> None:
    player = start(order).end().answer(0)
    for sheet in (
        message_sheet(player, "Task3", lang),
        help_sheet("main", lang),
    ):
        check(draw_sheet(sheet, *size, offset=offset), *size)


@given(scenarios(), LANGUAGES, st.sampled_from([(80, 24), (140, 40)]), st.data())
def test_step_then_back_is_the_same_screen(
    scenario: Scenario, lang: str, size: tuple[int, int], data: st.DataObject
) -> None:
    player = start(Run(simulate(scenario), scenario))
    here = player.go(data.draw(st.sampled_from(player.playback.rests)))
    there = here if here.at_end else here.step().back()
    before, after = (main_screen(p, Look(lang), *size) for p in (here, there))
    assert all(before.same_row(after, y) for y in range(size[1]))


def test_the_future_is_hidden_unless_asked_for() -> None:
    player = start(open_run("three-task-order", simulate)).end().answer(0).answer(1)
    hidden, shown = (
        "\n".join(main_screen(player, Look("en", future=future), 140, 40).lines()) for future in (False, True)
    )
    assert hidden.count(GLYPHS.mark) == 0
    assert shown.count(GLYPHS.mark) > 0
    assert "task-succeeded" not in hidden
    assert "task-succeeded" in shown or "result-stored" in shown


def test_the_title_bar_says_what_is_played(order: Run) -> None:
    head = "\n".join(main_screen(start(order), Look("en"), 80, 24).lines()[:2])
    for part in ("One order", "guide", "not Celery's default", "seed 1", order.trace.short_hash):
        assert part in head


@given(width=st.integers(MIN_WIDTH, 300), height=st.integers(MIN_HEIGHT, 90), asked=st.integers(0, 12))
def test_the_parts_of_the_screen_do_not_overlap(width: int, height: int, asked: int) -> None:
    layout = divide(width, height, asked)
    assert layout.stage.y == 2
    assert layout.stage.height >= 5
    assert layout.words.y == layout.stage.bottom + 1
    assert layout.words.height >= 4
    assert layout.time.bottom <= layout.transport or not layout.time.height
    assert layout.words.bottom <= layout.transport < layout.keys == height - 1
    lanes = [layout.producers, layout.queues, layout.workers, layout.events]
    assert all(left.right <= right.x for left, right in pairwise(lanes) if left.width)
    assert layout.workers.right <= width
    assert min(layout.queues.width, layout.workers.width) >= 20


# -- canvas -----------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(-9, 24), st.integers(-1, 3), TEXTS), max_size=12))
def test_nothing_that_is_put_leaves_its_row(puts: list[tuple[int, int, str]]) -> None:
    canvas = Canvas(20, 2)
    for x, y, text in puts:
        canvas.put(x, y, text, "dim")
    check(canvas, 20, 2)
    for y in range(2):
        assert "".join(text for text, _ in canvas.runs(y)) == canvas.lines()[y]


@given(TEXTS, st.integers(0, 12))
def test_cut_is_never_too_wide(text: str, width: int) -> None:
    assert cell_len(cut(text, width)) <= width
    if cell_len(text) <= width:
        assert cut(text, width) == text


@given(TEXTS, st.integers(2, 12))
def test_wrap_loses_nothing(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_wrap_keeps_an_accent_that_stands_alone() -> None:
    assert wrap("aaaa \u0301", 2) == ["aa", "aa", "\u0301"]


def test_ascii_terminals_get_ascii_signs_of_the_same_width(order: Run) -> None:
    player = start(order).end().answer(0).end()
    canvas = make_ascii(main_screen(player, Look("en", future=True), 140, 40))
    check(canvas, 140, 40)
    ours = set("".join(getattr(GLYPHS, name) for name in GLYPHS.__dataclass_fields__)) - set(" ")
    assert not ours & set("".join(canvas.lines()))
    assert all(char.isascii() or "가" <= char <= "힣" for line in canvas.lines() for char in line)


@pytest.mark.parametrize("height", [18, 24])
def test_a_long_list_scrolls_to_what_is_chosen(height: int) -> None:
    lessons = Learner(Book()).syllabus.lessons
    for lesson in (lessons[0], lessons[-1]):
        page = learn_page(Learner(Book()).syllabus, lesson.name, "en")
        assert lesson.title_in("en") in "\n".join(draw_page(page, 80, height).lines())


@given(st.text("작업 abc_0123456789", max_size=30), st.integers(0, 30))
def test_shorten_is_never_too_wide_and_keeps_a_number_where_it_can(text: str, width: int) -> None:
    short = shorten(text, width)
    assert cell_len(short) <= width
    number = text[len(text.rstrip("0123456789")) :]
    if cell_len(text) <= width:
        assert short == text
    elif number and len(number) + 1 + 4 <= width and text[: -len(number)][-1:] not in ("_", " "):
        assert short.endswith(f"…{number}")


@pytest.mark.parametrize("width", range(60, 81))
def test_the_title_goes_before_what_only_tells_runs_apart(width: int) -> None:
    first = main_screen(start(open_run("pools", simulate)), Look("en"), width, 24).lines()[0]
    assert "Pools: several tasks at a time" in first
    assert "celery-rabbitmq" in first


@pytest.mark.parametrize("rows", range(2, 14))
@pytest.mark.parametrize("height", [40, 50, 60, 70])
def test_lanes_and_meters_leave_no_hole_between_them(rows: int, height: int) -> None:
    time = divide(200, height, rows=rows).time.height
    strip = time - 2 * rows - 1
    assert strip >= 4 or time <= rows + 2 + 6


@pytest.mark.parametrize("size", [(80, 24), (140, 40)], ids=str)
def test_a_long_notice_is_told_to_its_end_on_every_screen_of_a_moment(order: Run, size: tuple[int, int]) -> None:
    notice = " ".join(["what-if", *("too long for one row" for _ in range(size[0] // 16)), "end."])
    player = start(order).step().step()

    def told(room: Callable[[Outline], Room]) -> Scene:
        return structs.replace(build_scene(player, Look("en"), room), notice=notice)

    inside = look_inside(player, "worker1", "en", motion=False)
    for canvas in (
        draw_main(told(lambda draft: room_of_main(draft, *size)), *size),
        draw_worker_zoom(told(lambda draft: room_of_zoom(draft, *size)), inside, *size),
        draw_present(told(lambda draft: room_of_present(draft, *size)), *size),
    ):
        check(canvas, *size)
        words = " ".join(" ".join(canvas.lines()).replace(GLYPHS.heavy, " ").split())
        assert notice in words, canvas.lines()


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("size", [(80, 24), (140, 40)], ids=str)
def test_services_that_tasks_call_are_on_the_stage_and_in_the_presenter(lang: str, size: tuple[int, int]) -> None:
    run, services = open_run("sale-day", simulate), ("mail", "stock")
    down = next(e for e in run.trace if isinstance(e, SettingChanged) and e.setting == "down" and e.value)
    player = answer_all(start(run)).seek_time(down.t + 1_000_000)
    for draw, room in ((draw_main, room_of_main), (draw_present, room_of_present)):
        canvas = draw(build_scene(player, Look(lang), partial(room, width=size[0], height=size[1])), *size)
        check(canvas, *size)
        name = down.hostname.removeprefix("services.")
        line = next(line for line in canvas.lines() if f"{GLYPHS.failed} {name}" in line)
        other = next(service for service in services if service != name)
        assert size != (80, 24) or f"{GLYPHS.done} {other}" in line


ENDINGS = {
    "ignored": "ignore: true",
    "rejected": "raises: ValueError, reject: discard, acks_late: true, acks_on_failure: false",
    "retried": "raises: [ValueError], autoretry_for: [ValueError], retry_kwargs: {max_retries: 1, countdown: 1}",
    "failed": "raises: ValueError",
}


@pytest.mark.parametrize("task", ENDINGS.values(), ids=ENDINGS)
def test_a_worker_shows_how_its_executions_ended(task: str) -> None:
    scenario = parse_scenario(
        f"tasks: {{a: {{duration: 1, {task}}}}}\nworkers: 1\nsend: [{{at: 0, task: a}}]\nuntil: 6"
    )
    rows = execution_rows(start(Run(simulate(scenario), scenario)).end(), "worker1")
    assert rows
    check(draw_sheet(Sheet("", "", [Block("", rows)], []), 100, 30), 100, 30)

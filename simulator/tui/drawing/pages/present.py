"""The presenter: the same moment for an audience. At most five panels, and a clock legible from the last row."""

from __future__ import annotations

from dataclasses import replace

from simulator.scene.build import Outline
from simulator.scene.model import Scene, TextLine
from simulator.scene.room import Room
from simulator.scene.words import present_words
from simulator.story.language import say
from simulator.story.values import clock_text
from simulator.trace.time import MICROS
from simulator.tui.controls.commands import Play
from simulator.tui.drawing.bars import MOTIONS, draw_notice, draw_scrubber
from simulator.tui.drawing.canvas import Canvas, cut, wrap
from simulator.tui.drawing.figures import draw_figures, figures_width
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box, is_too_small
from simulator.tui.drawing.pages.present_stage import draw_present_stage, room_of_present_stage
from simulator.tui.drawing.pages.show_of_hands import QuestionRows, ask, draw_question
from simulator.tui.style.plain import write_keys

TALL = 32
"""Height from which digits are six rows high instead of three."""

FEW_ROWS = 22
"""Largest height without blank rows."""

FEWEST = 7
"""Least rows of a stage."""

Line = tuple[str, str]
"""A text and its style."""


def draw_present(scene: Scene, width: int, height: int, *, revealed: bool = True) -> Canvas:
    """Draw a moment.

    Args:
        scene: the moment.
        width: cells.
        height: rows.
        revealed: whether the answer to a question that the run has shown may be told.
    """
    canvas = Canvas(width, height)
    _draw_heading(canvas, scene)
    bottom, end, told = _lay_out(scene, width, height, revealed=revealed)
    if scene.question is not None and told is not None:
        draw_question(canvas, scene.question, told, Box(0, end, width, bottom - end))
    if end > 2:
        _draw_moment(canvas, scene, Box(0, 2, width, end - 2), _scale(width, height) if end > FEW_ROWS else 1)
    caption = height - bottom - 3
    taken = draw_notice(canvas, bottom, scene, spare=max(0, min(2, caption - 1)))
    below = Box(2, bottom + 1 + taken, width - 4, caption - taken)
    _draw_caption(canvas, scene, below, hidden=not revealed)
    _draw_line(canvas, scene, height - 2)
    return canvas


def room_of_present(draft: Outline, width: int, height: int, *, revealed: bool = True) -> Room:
    """The room for a scene on the presenter's screen."""
    if is_too_small(width, height):
        return Room()
    scene = draft.scene
    scrubber = max(0, _line_width(scene, width) - 2)
    _, end, _ = _lay_out(scene, width, height, revealed=revealed)
    if end <= 2:
        return Room(scrubber=scrubber)
    stage = _stage(Box(0, 2, width, end - 2), _scale(width, height) if end > FEW_ROWS else 1)
    return replace(room_of_present_stage(scene, stage), scrubber=scrubber)


def _scale(width: int, height: int) -> int:
    """The scale of large digits."""
    return 2 if height >= TALL and width >= 100 else 1


def _lay_out(scene: Scene, width: int, height: int, *, revealed: bool) -> tuple[int, int, QuestionRows | None]:
    """The row of the caption's rule, the row below the moment, and the question between them."""
    bottom = height - 5 - (height >= 28) - (height >= 36)
    question = scene.question
    if question is None or (question.verdict and not revealed):
        return bottom, bottom, None
    told = ask(scene, question, width)
    end = bottom - told.rows - (2 if bottom < FEW_ROWS else len(told.choices) + 3)
    return bottom, end if end - 2 >= FEWEST else 2, told


def _numbers_row(box: Box) -> int | None:
    """Row of the numbers; None if there is no room for them."""
    return box.y + (box.height >= FEWEST + 10) if box.height >= FEWEST + 4 else None


def _stage(box: Box, scale: int) -> Box:
    """The box of the stage: the rest below the numbers."""
    row = _numbers_row(box)
    y = box.y if row is None else row + 3 * scale + 1 + (box.height >= FEWEST + 6)
    return Box(1, y, box.width - 2, box.bottom - y)


def _draw_moment(canvas: Canvas, scene: Scene, box: Box, scale: int) -> None:
    """Draw the moment: numbers if there is room, and the stage."""
    row = _numbers_row(box)
    if row is not None:
        _draw_numbers(canvas, scene, row, scale)
    draw_present_stage(canvas, scene, _stage(box, scale))


def draw_black(width: int, height: int) -> Canvas:
    """Draw a blank screen, so that the audience looks at the speaker."""
    return Canvas(max(1, width), max(1, height), "black")


def _draw_heading(canvas: Canvas, scene: Scene) -> None:
    x = canvas.put(1, 0, cut(scene.titles[0] if scene.titles else "", canvas.width - 2, GLYPHS.ellipsis), "title")
    told = f"{GLYPHS.chapter} {scene.chapters[0]}" if scene.chapters else scene.profile
    if scene.branch:
        told = f"{GLYPHS.branch} {scene.branch}"
    if scene.hash:
        room = max(0, canvas.width - x - 7 - len(scene.hash))
        told = f"{cut(told, room, GLYPHS.ellipsis)} {GLYPHS.dot} {scene.hash}"
    room = canvas.width - x - 4
    if room >= 10:
        canvas.right(canvas.width - 1, 0, cut(told, room, GLYPHS.ellipsis), "branch" if scene.branch else "dim")
    canvas.put(0, 1, GLYPHS.rule * canvas.width, "faint")


# -- numbers ----------------------------------------------------------------------------------------------------


def _numbers(scene: Scene) -> list[tuple[int, str, str]]:
    """Counts: (number, word, style), without those that never occurred."""
    lang, counts = scene.lang, scene.counts
    found = [
        (sum(queue.count for queue in scene.queues if not queue.dead), say(present_words.WAITING, lang), "waiting"),
        (sum(worker.busy for worker in scene.workers), say(present_words.RUNNING, lang), "running"),
        (counts["succeeded"], say(present_words.DONE, lang), "done"),
    ]
    rare = (("lost", present_words.LOST, "lost"), ("failed", present_words.FAILED, "failed"))
    return found + [(counts[key], say(words, lang), style) for key, words, style in rare if counts[key]]


def _draw_numbers(canvas: Canvas, scene: Scene, y: int, scale: int) -> None:
    """Draw the clock and its motion, and the counts of tasks."""
    clock = clock_text(scene.time)
    room = max(22, canvas.width // 4) if scale == 1 else 36
    if figures_width(clock) * scale > room - 4:
        clock = f"{scene.time / MICROS:.0f}"
    below = y + 3 * scale
    _draw_number(canvas, 2, y, clock, "now", room - 4, scale)
    bar = scene.transport
    sign = GLYPHS.playing if bar.motion == "playing" else "? " if bar.motion == "asking" else GLYPHS.paused
    style = {"playing": "running", "asking": "question"}.get(bar.motion, "strong")
    canvas.put(2, below, f"{sign} {say(MOTIONS[bar.motion], scene.lang)}", style, room)
    canvas.zone(0, y, room, 3 * scale + 1, Play())
    numbers = _numbers(scene)
    each = (canvas.width - room - 2) // len(numbers)
    for place, (count, word, style) in enumerate(numbers):
        x = room + 1 + place * each
        _draw_number(canvas, x, y, f"{count}", style if count else "dim", each - 2, scale)
        canvas.put(x, below, cut(word, each - 1, GLYPHS.ellipsis), style if count else "dim")


def _draw_number(canvas: Canvas, x: int, y: int, text: str, style: str, room: int, scale: int) -> None:
    """Draw a number in large digits if they fit, else in plain ones."""
    if figures_width(text) * scale > room:
        scale = 1
    if figures_width(text) <= room:
        draw_figures(canvas, x, y, text, style, scale)
    else:
        canvas.put(x, y + 1, f"{int(float(text)):,}", style)


# -- words and time ---------------------------------------------------------------------------------------------


def _draw_caption(canvas: Canvas, scene: Scene, box: Box, *, hidden: bool) -> None:
    """Draw the scenario's caption, or else the event; then the reason, if there is room."""
    question = scene.question
    if question is not None and not question.verdict:
        words = present_words.WATCH if question.answered else present_words.HANDS
        asked = say(words, scene.lang, keys=f"1-{len(question.choices)}")
        _put_lines(canvas, box, [(part, "dim") for part in wrap(asked, box.width)], box.height)
        return
    rows = box.height - hidden
    _put_lines(canvas, box, _caption(scene, box.width, rows), rows)
    if hidden:
        canvas.put(box.x, box.bottom - 1, cut(say(present_words.SHOWN, scene.lang), box.width), "question")


def _caption(scene: Scene, width: int, rows: int) -> list[Line]:
    """The most important words, in both languages if they fit; of the others those that fit completely."""
    looks = {"note": "note", "now": "strong", "why": "dim", "unsettled": "dim"}
    told = sorted(scene.words, key=lambda line: list(looks).index(line.kind))
    spoken = list(dict.fromkeys(line.lang for line in told))

    def of(kinds: list[str], langs: list[str]) -> list[list[Line]]:
        kept = [line for line in told if line.kind in kinds and line.lang in langs]
        return [[(part, looks[line.kind]) for part in wrap(_worded(line), width)] for line in kept]

    first = [told[0].kind] if told else []
    lines = [line for piece in of(first, spoken) for line in piece]
    if len(lines) > rows:
        spoken = spoken[:1]
        lines = [line for piece in of(first, spoken) for line in piece]
    for more in of([kind for kind in looks if kind not in first], spoken):
        if len(lines) + len(more) <= rows:
            lines += more
    return lines


def _worded(line: TextLine) -> str:
    return write_keys(line.text) if line.has_keys else line.text


def _put_lines(canvas: Canvas, box: Box, lines: list[Line], rows: int) -> None:
    for y, (text, style) in enumerate(lines[:rows], start=box.y):
        more = y == box.y + rows - 1 and len(lines) > rows
        end = canvas.put(box.x, y, text, style, box.width - 2 * more)
        canvas.put(end, y, f" {GLYPHS.ellipsis}" if more else "", style)


def _draw_line(canvas: Canvas, scene: Scene, y: int) -> None:
    """Draw the run as a line, up to its end."""
    end = clock_text(scene.chart.end, scene.lang)
    canvas.right(canvas.width - 1, y, end, "dim")
    draw_scrubber(canvas, 1, y, _line_width(scene, canvas.width), scene)


def _line_width(scene: Scene, width: int) -> int:
    return width - 6 - len(clock_text(scene.chart.end))

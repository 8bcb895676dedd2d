"""The title bar, the transport bar with its scrubber, and the line of keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.cells import cell_len

from simulator.scene.chart import Chart
from simulator.scene.model import Scene
from simulator.scene.words import labels, live_words
from simulator.story.language import say
from simulator.story.values import clock_text, second_unit
from simulator.tui.controls.commands import Play, Seek
from simulator.tui.controls.hints import Hint
from simulator.tui.drawing.canvas import Canvas, cut, wrap
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box
from simulator.tui.style.plain import write_keys

MOTIONS = {
    "paused": labels.PAUSED,
    "playing": labels.PLAYING,
    "asking": labels.ASKING,
    "ended": labels.ENDED,
}
LIVE_MOTIONS = {**MOTIONS, "live": live_words.LIVE}

FEW = 12
"""Number of adjacent columns that may carry marks."""

HASHED = 80
"""Minimum width at which the title bar always shows the trace's hash."""

COUNTED = 76
"""Minimum width at which the transport bar shows the event's number."""


def draw_title(canvas: Canvas, scene: Scene) -> None:
    """Draw two rows: the title, then a rule with the profile or the changes."""
    dot = f" {GLYPHS.dot} "
    origin = say(labels.SEED, "en", seed=scene.seed)
    if scene.recorded:
        origin = say(live_words.LIVE_TITLE if scene.live else labels.RECORDED, "ko" if scene.lang == "ko" else "en")
    title = " / ".join(scene.titles)
    first = next(iter(scene.titles), "")
    about = _fitting(_origins(scene, origin, canvas.width), canvas.width - cell_len(first) - 5, dot)
    start = canvas.right(canvas.width - 1, 0, about, "dim")
    if cell_len(title) > start - 3:
        title = cut(first, start - 3, GLYPHS.ellipsis)
    canvas.put(1, 0, title, "title")
    canvas.put(0, 1, GLYPHS.rule * canvas.width, "faint")
    note = say(labels.GUIDE_NOTE, scene.lang) if scene.profile == "guide" else _ahead(scene)
    branch = f" {GLYPHS.branch} {scene.branch} " if scene.branch else ""
    chapter = _chapter(scene, canvas.width // 2 - 4)
    down = say(labels.SERVICES_DOWN, scene.lang, names=", ".join(scene.down))
    down = f" {GLYPHS.failed} {cut(down, canvas.width // 3, GLYPHS.ellipsis)} " if scene.down else ""
    told = cell_len(chapter) + cell_len(branch) + cell_len(down)
    if note and told and cell_len(note) + told + 8 > canvas.width:
        note = say(live_words.BEHIND_SHORT if scene.live else labels.GUIDE_NOTE_SHORT, scene.lang)
    # The profile stands above it, too: half a warning would tell less than none.
    if note and cell_len(note) + told + 6 <= canvas.width:
        canvas.right(canvas.width - 1, 1, f" {note} ", "profile")
    x = canvas.put(1, 1, chapter, "chapter")
    x = canvas.put(x, 1, cut(branch, canvas.width - x - cell_len(down) - 1, GLYPHS.ellipsis), "branch")
    canvas.put(x, 1, down, "lost")


def _origins(scene: Scene, origin: str, width: int) -> list[list[str]]:
    """Texts that identify a run, from all details to the least; the hash goes only on a narrow screen."""
    profile = scene.profile or "?"
    first = origin if scene.recorded else profile
    if not scene.hash:
        return [[profile, origin], [first]]
    run = say(labels.TRACE_HASH, "en", hash=scene.hash)
    return [[profile, origin, run], [first, run], [first, scene.hash], *([[first]] if width < HASHED else [])]


def _fitting(candidates: list[list[str]], room: int, dot: str) -> str:
    """Return the first that fits, else the last, which is truncated."""
    texts = [dot.join(parts) for parts in candidates]
    return next((text for text in texts if cell_len(text) <= room), texts[-1])


def _ahead(scene: Scene) -> str:
    """Return how far the shown place is behind a live run."""
    ahead = (scene.transport.events or 0) - scene.transport.event
    return say(live_words.BEHIND, scene.lang, events=ahead) if scene.live and scene.transport.motion != "live" else ""


def _chapter(scene: Scene, room: int) -> str:
    """Return the current chapter; in one language if both are too long."""
    if not scene.chapters:
        return ""
    first, *others = scene.chapters
    text = " / ".join([first, *(other.partition(" ")[2] for other in others)])
    text = text if cell_len(text) <= room else cut(first, room, GLYPHS.ellipsis)
    return f" {GLYPHS.chapter} {text} "


def draw_notice(canvas: Canvas, y: int, scene: Scene, *, spare: int = 0) -> int:
    """Draw the heavy rule above the texts, with the notice if there is one.

    Args:
        canvas: where to draw.
        y: the row of the rule.
        scene: the moment.
        spare: rows below the rule that a long notice may go on in.

    Returns:
        Those that it has taken.
    """
    canvas.put(0, y, GLYPHS.heavy * canvas.width, "faint")
    if not scene.notice:
        return 0
    notice = write_keys(scene.notice) if scene.notice_has_keys else scene.notice
    first, *more = wrap(notice, canvas.width - 6)
    if len(more) > spare:
        more = more[:spare]
        last = (more or [first])[-1]
        cut_off = f"{cut(last, canvas.width - 8, '')} {GLYPHS.ellipsis}"
        first, more = (first, [*more[:-1], cut_off]) if more else (cut_off, more)
    canvas.put(2, y, f" {first} ", "notice")
    for row, text in enumerate(more, start=y + 1):
        canvas.put(3, row, text, "notice")
    return len(more)


def draw_transport(canvas: Canvas, y: int, scene: Scene, axis: Box | None = None) -> None:
    """Draw the transport bar: motion, place in the run, speed.

    Args:
        canvas: where to draw.
        y: the row.
        scene: the moment.
        axis: the columns of the timeline above, which tells the numbers itself; the scrubber then stands below it.
    """
    bar = scene.transport
    sign = GLYPHS.playing if bar.motion in ("playing", "live") else "? " if bar.motion == "asking" else GLYPHS.paused
    style = {"playing": "running", "asking": "question", "live": "running"}.get(bar.motion, "strong")
    motions = LIVE_MOTIONS if scene.live else MOTIONS
    start = motion_width(scene)
    canvas.put(1, y, f"{sign} {say(motions[bar.motion], scene.lang)}", style)
    canvas.zone(0, y, start - 1, 1, Play())
    if axis is not None:
        draw_scrubber(canvas, axis.x, y, axis.width + 1, scene, aligned=True)
        return
    time, event, speed = transport_numbers(scene)
    numbers = [time, event, f"{speed:>4}"] if canvas.width >= COUNTED else [time, f"{speed:>4}"]
    canvas.right(canvas.width - 1, y, "  ".join(numbers), "text")
    draw_scrubber(canvas, start, y, scrubber_width(scene, canvas.width), scene)


def transport_numbers(scene: Scene) -> list[str]:
    """Return the clock, the number of the event, and the speed; the totals only once they give no answer away."""
    bar, chart = scene.transport, scene.chart
    known = bar.events is not None
    time = clock_text(chart.time) + (f"/{clock_text(chart.end)}" if known else "")
    event = f"{bar.event}/{bar.events}" if known else f"{bar.event}"
    speed = f"{bar.speed:g}{GLYPHS.times}" if bar.speed >= 1 else f"1/{round(1 / bar.speed)}{GLYPHS.times}"
    return [f"{time}{second_unit(scene.lang)}", event, speed]


def motion_width(scene: Scene) -> int:
    """Return the columns for what moves, and its sign."""
    motions = LIVE_MOTIONS if scene.live else MOTIONS
    return max(cell_len(say(words, scene.lang)) for words in motions.values()) + 6


def scrubber_width(scene: Scene, width: int) -> int:
    """Return the scrubber's width in columns, which stays the same while the numbers grow."""
    bar, end = scene.transport, clock_text(scene.chart.end)
    reserved = len(end) + 10 + (len(end) if bar.events is not None else 0)
    # Where there is little room, the bar needs it more than the number of the event.
    if width >= COUNTED:
        reserved += 2 * len(f"{bar.events}") + 3 if bar.events is not None else 8
    return width - 3 - reserved - motion_width(scene)


def draw_scrubber(canvas: Canvas, x: int, y: int, width: int, scene: Scene, *, aligned: bool = False) -> None:
    """Draw the scrubber, which can be clicked and dragged; `aligned` with a timeline that shows the whole run."""
    if width < 4:
        return
    chart = scene.chart
    last = width - 2
    scale = chart.timeline.scale if aligned and chart.timeline is not None and chart.shown.is_whole else None

    def column(time: int) -> int:
        if scale is not None:
            return scale.clamp(time)
        return min(last, time * last // chart.end) if chart.end else 0

    now = column(chart.time)
    canvas.put(x, y, GLYPHS.heavy * (now + 1), "strong")
    canvas.put(x + now + 1, y, GLYPHS.rule * (last - now), "faint")
    canvas.put(x + width - 1, y, GLYPHS.edge, "faint")
    _draw_span(canvas, x, y, chart, column)
    _draw_marks(canvas, x, y, chart, column, last)
    for time in chart.stops:
        canvas.put(x + column(time), y, GLYPHS.stop, "question")
    if chart.chapters:
        canvas.put(x + column(chart.chapters[0]), y, GLYPHS.chapter, "chapter")
    for time in chart.failures:
        canvas.put(x + column(time), y, GLYPHS.failed, "failed")
    # Failures may be many: they do not cover the chapters, to which one wants to go. That one begins
    # at the very beginning goes without saying.
    for time in chart.chapters:
        if column(time):
            canvas.put(x + column(time), y, GLYPHS.chapter, "chapter")
    for time in chart.bookmarks:
        canvas.put(x + column(time), y, GLYPHS.bookmark, "bookmark")
    canvas.put(x + now, y, GLYPHS.knob, "now")
    if scale is not None:
        canvas.zone(x, y, width, 1, Seek(times=tuple(scale.times)))
    else:
        canvas.zone(x, y, width - 1, 1, Seek())


def _draw_marks(canvas: Canvas, x: int, y: int, chart: Chart, column: Callable[[int], int], last: int) -> None:
    """Draw marks of meaningful events; none if most columns have one, which would be noise."""
    now = column(chart.time)
    most = max(last if chart.future else now + 1, FEW) // 2
    seen: set[int] = set()
    for time in chart.marks:
        seen.add(column(time))
        if len(seen) > most:
            return
    for here in seen:
        canvas.put(x + here, y, GLYPHS.mark, "strong" if here <= now else "dim")


def _draw_span(canvas: Canvas, x: int, y: int, chart: Chart, column: Callable[[int], int]) -> None:
    """Draw the part of the run that the timeline shows, if not all of it."""
    shown = chart.shown
    if not shown.is_whole:
        begin, end = column(shown.begin), column(min(shown.end, chart.end))
        canvas.restyle(x + begin, y, end - begin + 1, "now")


def draw_keys(canvas: Canvas, y: int, hints: Sequence[Hint]) -> None:
    """Draw the available keys, as many as fit; each can be clicked."""
    room = canvas.width - 2
    kept: list[Hint] = []
    for hint in hints:
        width = cell_len(write_keys(hint.key)) + cell_len(hint.label) + 4
        if width - 3 <= room:
            kept.append(hint)
            room -= width
    x = 1
    for hint in kept:
        start = x
        x = canvas.put(x, y, write_keys(hint.key), "key")
        x = canvas.put(x + 1, y, hint.label, "dim")
        if hint.command is not None:
            canvas.zone(start, y, x - start, 1, hint.command)
        x += 3

"""The zoom into a message: its envelope, the letter in it, and its life as a line from left to right."""

from __future__ import annotations

from itertools import pairwise

from rich.cells import cell_len

from simulator.scene.pages.letter import Letter, MessageCopy
from simulator.scene.pages.sheet import Field
from simulator.scene.words import zoom_words as words
from simulator.story.language import say
from simulator.story.values import clock_text, second_unit
from simulator.trace.time import MICROS
from simulator.tui.drawing.canvas import Canvas, cut, wrap
from simulator.tui.drawing.frame import draw_edge, draw_frame
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box

NARROW, LOW = 76, 13
"""Size below which only the sheet is drawn."""

OUTCOMES = {
    "succeeded": ("done", "done"),
    "ignored": ("done", "done"),
    "failed": ("failed", "failed"),
    "rejected": ("failed", "failed"),
    "dead-lettered": ("failed", "failed"),
    "retried": ("again", "waiting"),
    "requeued": ("again", "waiting"),
    "revoked": ("offline", "dim"),
    "cancelled": ("lost", "lost"),
    "dropped": ("lost", "lost"),
    "lost": ("lost", "lost"),
    "died": ("lost", "lost"),
}
"""Symbol and style by outcome."""

SPANS = {
    "sending": ("dot", "dim"),
    "queued": ("rest", "waiting"),
    "held": ("held", "waiting"),
    "scheduled": ("plan", "ask"),
    "running": ("full", "running"),
}
"""Symbol and style by activity."""

LIVELY = {"queued": ("rule", "waiting"), "started": ("heavy", "running")}
"""Line drawn after a stage in which something takes time."""

Line = tuple[str, str, str]
"""A name, a text, and the text's style."""


def draw_letter(canvas: Canvas, letter: Letter, body: Box, lang: str, offset: int = 0) -> int:
    """Draw a message into a box, its headers scrolled by `offset` rows; returns the scroll limit."""
    strip = 3
    most = max(1, min(len(letter.copies), body.height - strip - 9))
    life = most + 1
    paper = min(body.height - life - strip - 1, 32)
    box = Box(body.x + 1, body.y, body.width - 2, paper)
    left = max(44, box.width * 55 // 100)
    hidden = _draw_envelope(canvas, letter, Box(box.x, box.y, left, paper), lang, offset)
    _draw_paper(canvas, letter, Box(box.x + left + 1, box.y, box.width - left - 1, paper), lang)
    y = box.bottom + (body.height > paper + life + strip + 1)
    draw_life(canvas, letter, Box(box.x, y, box.width, life), lang)
    draw_strip(canvas, letter, Box(box.x, y + life + (body.bottom - y - life > strip), box.width, 2), lang)
    return hidden


def _draw_envelope(canvas: Canvas, letter: Letter, frame: Box, lang: str, offset: int) -> int:
    draw_frame(canvas, frame)
    end = draw_edge(canvas, frame, frame.y, say(words.ENVELOPE, lang), "strong")
    stamp = f" {GLYPHS.right} {letter.queue} "
    if end + cell_len(stamp) + 2 < frame.right:
        canvas.right(frame.right - 2, frame.y, stamp, "waiting")
    inner = Box(frame.x + 2, frame.y + 1, frame.width - 4, frame.height - 2)
    told = [row for row in letter.headers if row.tone == "text"]
    rest = [row for row in letter.headers if row.tone != "text"]
    rows = [*told, *letter.properties, *rest]
    lines = [line for row in rows for line in _row_lines(row, inner.width)]
    hidden = max(0, len(lines) - inner.height)
    offset = min(offset, hidden)
    margin = 16
    for y, (name, text, style) in enumerate(lines[offset : offset + inner.height], start=inner.y):
        canvas.put(inner.x, y, cut(name, margin - 1, GLYPHS.ellipsis), "key" if style == "text" else "dim")
        canvas.put(inner.x + margin, y, text, style, inner.width - margin)
    if hidden:
        shown = f"{offset + 1}-{offset + inner.height}/{len(lines)} ↑ ↓"
        draw_edge(canvas, frame, frame.bottom - 1, shown)
    return hidden


def _row_lines(row: Field, width: int) -> list[Line]:
    first, *more = wrap(row.text, max(8, width - 16))
    return [(row.name, first, row.tone), *(("", part, row.tone) for part in more)]


def _draw_paper(canvas: Canvas, letter: Letter, frame: Box, lang: str) -> None:
    draw_frame(canvas, frame)
    draw_edge(canvas, frame, frame.y, say(words.LETTER, lang), "strong")
    y = frame.y + 1
    for row in letter.body:
        for part in wrap(row.text, frame.width - 4):
            if y >= frame.bottom - 1:
                return
            canvas.put(frame.x + 2, y, part, row.tone)
            y += 1


# -- its life ---------------------------------------------------------------------------------------------------


def draw_life(canvas: Canvas, letter: Letter, box: Box, lang: str) -> None:
    """Draw a heading with the stages, and a line for each copy and delivery; only the last ones if there are many."""
    copies = letter.copies[-max(1, box.height - 1) :]
    names = {id(copy): copy_name(copy) for copy in copies}
    longest, needed = max(map(cell_len, names.values())), _needed(letter, lang)
    # Where a cell decides whether the words of all stages fit, it is taken from the air.
    margin = min(18, longest + (2 if longest + 2 + sum(needed) <= box.width else 1))
    columns = _columns(needed, box.width - margin)
    x = box.x + margin
    for stage, width in zip(letter.stages, columns, strict=True):
        canvas.put(x, box.y, cut(say(words.STAGES[stage], lang), width - 1, GLYPHS.ellipsis), "dim")
        x += width
    before = len(letter.copies) - len(copies)
    if before:
        text = say(words.MORE_BEFORE, lang, count=before)
        canvas.put(box.x, box.y, cut(text, margin - 1, GLYPHS.ellipsis), "dim")
    for y, copy in enumerate(copies, start=box.y + 1):
        canvas.put(box.x, y, cut(names[id(copy)], margin - 1, GLYPHS.ellipsis), "dim" if copy.outcome else "strong")
        _draw_copy(canvas, letter, copy, box.x + margin, y, columns, lang)


def copy_name(copy: MessageCopy) -> str:
    """The message's number, a mark if it was redelivered, and its holder."""
    sign = GLYPHS.again if copy.again else f"#{copy.number}"
    return f"{sign:>2} {copy.hostname or copy.queue}"


def _needed(letter: Letter, lang: str) -> list[int]:
    """Required width of each stage: its word and a time must fit."""
    needed = []
    for stage in letter.stages:
        longest = max((len(_stage_time(copy, stage)) for copy in letter.copies if stage in copy.times), default=4)
        needed.append(max(cell_len(say(words.STAGES[stage], lang)) + 1, longest + 2))
    ends = [say(words.OUTCOMES[copy.outcome], lang) for copy in letter.copies if copy.outcome]
    needed[-1] = max([needed[-1], *(cell_len(end) + 2 for end in ends)])
    return needed


def _columns(needed: list[int], width: int) -> list[int]:
    """Width of each stage: as required, plus a share of the rest; if that is negative, the widest shrink first."""
    while sum(needed) > width:
        widest = max(range(len(needed)), key=lambda place: needed[place])
        needed[widest] -= 1
    extra = (width - sum(needed)) // len(needed)
    return [one + min(extra, 6) for one in needed]


def _draw_copy(
    canvas: Canvas, letter: Letter, copy: MessageCopy, x: int, y: int, columns: list[int], lang: str
) -> None:
    """Draw a line with a symbol at each stage reached, and the way between them."""
    places = []
    for stage, width in zip(letter.stages, columns, strict=True):
        places.append((stage, x, width))
        x += width
    reached = [place for place in places if place[0] in copy.times]
    for (stage, start, _), (_, end, _) in pairwise(reached):
        glyph, style = LIVELY.get(stage, ("rule", "faint"))
        canvas.put(start, y, getattr(GLYPHS, glyph) * (end - start), style)
    for stage, start, width in places:
        if stage not in copy.times:
            if not copy.outcome and reached and start > reached[-1][1]:
                canvas.put(start, y, GLYPHS.waiting, "faint")
            continue
        is_now = copy.indices[stage] == letter.last
        style = "now" if is_now else "text"
        if stage == "ended":
            sign, style = OUTCOMES[copy.outcome]
            text = f"{getattr(GLYPHS, sign)} {say(words.OUTCOMES[copy.outcome], lang)}"
            canvas.put(start, y, cut(text, width, GLYPHS.ellipsis), style)
            continue
        canvas.put(start, y, f"{GLYPHS.knob}{_stage_time(copy, stage)}", style, width)


# -- where the time went ----------------------------------------------------------------------------------------


def draw_strip(canvas: Canvas, letter: Letter, box: Box, lang: str) -> None:
    """Draw all its time on one line up to now, with a legend of the shares below."""
    if not letter.spans:
        return
    begin, end = letter.spans[0].start, letter.spans[-1].end
    left, right = f"{clock_text(begin)} ", f" {clock_text(end)}{second_unit(lang)}"
    x = canvas.put(box.x, box.y, left, "dim")
    width = box.width - cell_len(left) - cell_len(right) - 1
    for span in letter.spans:
        first = (span.start - begin) * width // max(1, end - begin)
        last = (span.end - begin) * width // max(1, end - begin)
        sign, style = SPANS[span.kind]
        canvas.put(x + first, box.y, getattr(GLYPHS, sign) * (last - first), style)
    canvas.put(x + width, box.y, GLYPHS.edge if letter.over else GLYPHS.now, "dim" if letter.over else "now")
    canvas.put(x + width + 1, box.y, right, "dim")
    spent: dict[str, int] = {}
    for span in letter.spans:
        spent[span.kind] = spent.get(span.kind, 0) + span.end - span.start
    x = box.x + cell_len(left)
    for kind, time in sorted(spent.items(), key=lambda pair: list(SPANS).index(pair[0])):
        if round(time / MICROS, 2) <= 0:
            continue
        sign, style = SPANS[kind]
        text = f"{getattr(GLYPHS, sign)} {say(words.SPENT[kind], lang, time=clock_text(time))}"
        if x + cell_len(text) <= box.right:
            x = canvas.put(x, box.y + 1, text, style) + 3


def _stage_time(copy: MessageCopy, stage: str) -> str:
    """Time at which a copy reached a stage; for a wait for an ETA, its end."""
    return clock_text(copy.eta if stage == "eta" and copy.eta is not None else copy.times[stage])

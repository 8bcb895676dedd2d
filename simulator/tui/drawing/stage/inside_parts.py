"""The parts of a worker, each in its own box."""

from __future__ import annotations

from rich.cells import cell_len

from simulator.scenario.transports import transport_named
from simulator.scene.stage.inside import Anatomy, Held, Stored
from simulator.scene.words import zoom_words as words
from simulator.story.language import say
from simulator.story.values import clock_text
from simulator.tui.controls.commands import ZoomInto
from simulator.tui.drawing.canvas import Canvas, cut
from simulator.tui.drawing.frame import draw_edge
from simulator.tui.drawing.glyphs import GLYPHS
from simulator.tui.drawing.layout import Box
from simulator.tui.drawing.stage.pool import draw_pool
from simulator.tui.drawing.stage.working import FATES

CONNECTIONS = {
    "up": ("done", "done", words.CONNECTED),
    "down": ("failed", "failed", words.NOT_CONNECTED),
    "coming": ("waiting", "waiting", words.RECONNECTING),
    "none": ("lost", "lost", words.GONE),
}
"""Symbol, style and words by connection."""

DELIVERIES = {"push": words.IS_SENT, "wait": words.LISTENS, "long poll": words.LONG_POLL}
"""Delivery of messages by `TransportTraits.manner`; a worker that polls tells its interval."""

RESULT_SIGNS = {"SUCCESS": "done", "FAILURE": "failed", "RETRY": "again"}

Line = tuple[str, str, str]
"""A text, its style, and the text at its right."""


def put_lines(canvas: Canvas, lines: list[Line], box: Box, more: str = "") -> None:
    """Draw as many lines as fit; `more` ({count}) stands for the rest."""
    fits = lines
    if len(lines) > box.height:
        fits = lines[: max(0, box.height - bool(more))]
    for y, (text, style, right) in enumerate(fits, start=box.y):
        canvas.put(box.x, y, cut(text, box.width, GLYPHS.ellipsis), style)
        # What it is matters more than how it stands.
        if right and cell_len(text) + cell_len(right) < box.width:
            canvas.right(box.x + box.width, y, right, "dim")
    if more and len(fits) < len(lines) and box.height > 0:
        text = more.format(count=len(lines) - len(fits))
        canvas.put(box.x, box.y + len(fits), cut(text, box.width, GLYPHS.ellipsis), "dim")


def consumer_lines(inside: Anatomy, lang: str) -> list[Line]:
    """The connection, the queues consumed, and the way messages arrive."""
    sign, style, text = CONNECTIONS[inside.connection]
    lines = [(f"{getattr(GLYPHS, sign)} {say(text, lang)}", style, "")]
    if inside.connection == "none":
        return lines
    if inside.state == "stopping":
        lines.append((f"{GLYPHS.failed} {say(words.TAKES_NOTHING, lang)}", "ask", ""))
    lines += [(f"{GLYPHS.pointer} {inside.short(uuid)}", "waiting", "") for uuid in inside.coming[:2]]
    for name, count in inside.queues:
        lines.append((f"{GLYPHS.cell if count else GLYPHS.place} {name}", "waiting" if count else "dim", f"{count:,}"))
    kind = transport_named(inside.transport)
    if inside.interval is not None:
        lines.append((say(words.ASKS, lang, seconds=f"{inside.interval:g}"), "dim", ""))
        if inside.asked is not None:
            time, found = inside.asked
            lines.append((say(words.ASKED, lang, time=clock_text(time), found=found), "dim", ""))
    elif kind is not None and kind.manner in DELIVERIES:
        lines.append((say(DELIVERIES[kind.manner], lang), "dim", ""))
    return lines


def draw_consumer(canvas: Canvas, inside: Anatomy, box: Box, lang: str) -> None:
    """Draw the consumer, its connection first."""
    put_lines(canvas, consumer_lines(inside, lang), box)


def window_cells(inside: Anatomy, width: int) -> list[tuple[str, str]]:
    """A cell for each place of the window, with a symbol and a style; as many as fit, none without a limit."""
    limit = inside.limit
    if not limit or limit > width:
        return []
    held = [("running" if one.place in ("active", "stored") else "waiting") for one in inside.window]
    cells = [(GLYPHS.cell, style) for style in held[:limit]]
    return cells + [(GLYPHS.place, "dim")] * (limit - len(cells))


def received(inside: Anatomy) -> list[Held]:
    """Messages in the window without those in transit, which already take a place and are shown elsewhere."""
    return [one for one in inside.window if one.place != "transit"]


def held_lines(inside: Anatomy, lang: str) -> list[Line]:
    """Messages in the window, in order of receipt."""
    lines = []
    for one in received(inside):
        acting = one.uuid == inside.acting
        running = one.place in ("active", "stored")
        sign = GLYPHS.pointer if acting else GLYPHS.running if running else GLYPHS.waiting
        style = "ghost" if one.uuid in inside.flying else "running" if running else "waiting"
        lines.append((f"{sign} {inside.short(one.uuid)}", style, say(words.IN_WINDOW[one.place], lang)))
    return lines


def draw_window(canvas: Canvas, inside: Anatomy, frame: Box, lang: str) -> dict[str, int]:
    """Draw the window: a cell for each place, then its messages; returns the row of each task."""
    box = Box(frame.x + 2, frame.y + 1, frame.width - 4, frame.height - 2)
    held, limit = len(inside.window), inside.limit
    if limit and inside.state not in ("killed", "offline"):
        foot = say(words.ROOM, lang, count=limit - held) if held < limit else say(words.FULL, lang)
        draw_edge(canvas, frame, frame.bottom - 1, foot, "dim" if held < limit else "waiting")
    cells = window_cells(inside, 2 * box.width)
    step = 2 if len(cells) * 2 <= box.width else 1
    rows = 0
    if limit and not cells and box.width > 0:
        rows = 1
        full = min(box.width, -(-box.width * held // limit))
        canvas.put(box.x, box.y, GLYPHS.heavy * full, "waiting")
        canvas.put(box.x + full, box.y, GLYPHS.rule * (box.width - full), "faint")
    for place, (sign, style) in enumerate(cells):
        rows = place * step // box.width + 1
        canvas.put(box.x + place * step % box.width, box.y + rows - 1, sign, style)
    list_box = Box(box.x, box.y + rows, box.width, box.height - rows)
    if rows and list_box.height > held + 1:
        list_box = Box(box.x, box.y + rows + 1, box.width, list_box.height - 1)
    put_lines(canvas, held_lines(inside, lang), list_box, "+{count}")
    shown = received(inside)
    for place, one in enumerate(shown[: list_box.height]):
        canvas.zone(box.x, list_box.y + place, box.width, 1, ZoomInto("message", one.uuid))
    last = max(0, list_box.height - 1)
    return {one.uuid: list_box.y + min(place, last) for place, one in enumerate(shown)}


def timer_lines(inside: Anatomy, lang: str, width: int) -> list[Line]:
    """Tasks that wait for their ETA, the next one first."""
    lines = []
    due = words.DUE if width < 30 else words.DUE_IN
    for uuid, eta in inside.timer:
        left = max(0, eta - inside.time)
        sign = GLYPHS.pointer if uuid == inside.acting else GLYPHS.waiting
        when = say(due, lang, eta=clock_text(eta), left=clock_text(left))
        style = "ghost" if uuid in inside.flying else "waiting"
        lines.append((f"{sign} {inside.short(uuid)}", style, when))
    return lines


def draw_timer(canvas: Canvas, inside: Anatomy, box: Box, lang: str) -> None:
    """Draw the ETA timer."""
    lines = timer_lines(inside, lang, box.width) or [(say(words.NOTHING_HELD, lang), "dim", "")]
    if 2 * len(lines) <= box.height and any(cell_len(f"{text} {when}") > box.width for text, _, when in lines):
        # When is what a timer is about: where it does not fit beside the task, it stands below.
        lines = [part for text, style, when in lines for part in ((text, style, ""), (f"  {when}", "dim", ""))]
    put_lines(canvas, lines, box, "+{count}")


def draw_buckets(canvas: Canvas, inside: Anatomy, box: Box, lang: str) -> None:
    """Draw the rate limits: a line for each, and the tasks it holds back."""
    put_lines(canvas, bucket_lines(inside, lang), box)


def bucket_lines(inside: Anatomy, lang: str) -> list[Line]:
    """Task types with a limit, those with waiting tasks first."""
    lines = []
    for bucket in sorted(inside.buckets, key=lambda one: -one.waiting):
        sign = GLYPHS.waiting if bucket.waiting else GLYPHS.place
        lines.append((f"{sign} {bucket.task}", "waiting" if bucket.waiting else "dim", bucket.rate))
        if bucket.waiting:
            lines.append((f"  {say(words.HELD_BY_RATE, lang, count=bucket.waiting)}", "dim", ""))
    return lines


def beat_lines(inside: Anatomy, lang: str) -> list[Line]:
    """Beat's entries: interval, and time of the next send."""
    lines = []
    for tick in inside.beat:
        every = say(words.AT_TIMES, lang)
        if tick.interval is not None:
            every = say(words.EVERY, lang, seconds=f"{tick.interval:g}")
        lines.append((tick.name, "text", every))
        if tick.next is not None:
            lines.append((f"  {say(words.NEXT_AT, lang, time=clock_text(tick.next))}", "waiting", ""))
        elif tick.last is not None:
            lines.append((f"  {say(words.LAST_AT, lang, time=clock_text(tick.last))}", "dim", ""))
    return lines


def draw_beat(canvas: Canvas, inside: Anatomy, box: Box, lang: str) -> None:
    """Draw the embedded beat."""
    put_lines(canvas, beat_lines(inside, lang), box)


def result_line(inside: Anatomy, one: Stored, width: int) -> Line:
    """A result: symbol, time, task; its state if there is room, and whether the message is acknowledged."""
    sign = RESULT_SIGNS.get(one.state, "offline")
    style = {"done": "done", "failed": "failed", "again": "waiting"}.get(sign, "dim")
    ack = f"ACK {GLYPHS.done}" if one.acked else ""
    text = f"{getattr(GLYPHS, sign)} {clock_text(one.time)} {inside.short(one.uuid)}"
    longer = f"{text} {one.state}"
    return longer if cell_len(longer) + cell_len(ack) + 1 <= width else text, style, ack


def draw_results(canvas: Canvas, inside: Anatomy, box: Box, lang: str) -> None:
    """Draw the last results, latest first."""
    lines = [result_line(inside, one, box.width) for one in inside.results] or [
        (say(words.NO_RESULTS, lang), "dim", "")
    ]
    put_lines(canvas, lines, box)


def gone_lines(inside: Anatomy, lang: str) -> list[Line]:
    """Lines about a killed worker: the time, and the fate of its messages."""
    if inside.state != "killed":
        return []
    lines = [(f"{GLYPHS.lost} {say(words.KILLED_AT, lang, time=clock_text(inside.since))}", "lost", "")]
    for uuid, fate in inside.dropped:
        told, sign, style = FATES[fate]
        lines.append((f"{getattr(GLYPHS, sign)} {inside.short(uuid)}", style, say(told, lang)))
    return lines


def draw_gone(canvas: Canvas, inside: Anatomy, box: Box, lang: str) -> None:
    """Draw the remains of a killed worker."""
    put_lines(canvas, gone_lines(inside, lang), box, "+{count}")


def draw_lines(canvas: Canvas, inside: Anatomy, body: Box, lang: str) -> None:
    """Draw without boxes: each part as a heading and a few lines, with the pool last in the remaining room."""
    held, limit = len(inside.window), inside.limit
    window = say(words.WINDOW if limit else words.WINDOW_OPEN, lang, held=held, limit=limit)
    signs = "".join(sign for sign, _ in window_cells(inside, max(0, body.width - 24)))
    busy = sum(slot.state == "running" for slot in inside.slots)
    pool = say(words.POOL, lang, kind=inside.kind, busy=busy, size=len(inside.slots))
    lines: list[Line] = [*consumer_lines(inside, lang)[:3], (f"{window} {signs}", "strong", "")]
    lines += [
        *held_lines(inside, lang)[:3],
        *timer_lines(inside, lang, body.width)[:2],
        *bucket_lines(inside, lang)[:1],
    ]
    results = [result_line(inside, one, body.width - 2) for one in inside.results[:1]]
    room = body.height - 1 - len(results) - min(len(inside.slots), 3)
    lines = [*lines[: max(1, room)], (pool, "strong", "")]
    inner = Box(body.x + 1, body.y, body.width - 2, body.height)
    put_lines(canvas, lines, inner)
    rest = Box(inner.x, inner.y + len(lines), inner.width, inner.height - len(lines) - len(results))
    if inside.state == "killed":
        draw_gone(canvas, inside, rest, lang)
    else:
        draw_pool(canvas, inside, rest, lang)
    put_lines(canvas, results, Box(inner.x, inner.bottom - len(results), inner.width, len(results)))

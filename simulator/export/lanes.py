"""Executions over time as bars on lanes, for printing in black and white: empty to be filled in, or complete."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from itertools import groupby

from rich.cells import cell_len

from simulator.export.document import Picture
from simulator.story.run import Run
from simulator.story.stops import Stop
from simulator.trace import events as ev
from simulator.trace.time import MICROS, to_micros
from simulator.world.lives import ExecutionLife, lives_of

MAX_LANES = 12
"""Most lanes on a sheet of paper."""

TICKS = 12
"""Approximate number of ticks on the time axis."""

STEPS = (1, 2, 5)

MAX_BARS = 40
"""Most bars that anybody draws by hand; a run with more is shown in part."""

WIDTH, LEFT, LANE, NOTE = 760, 110, 34, 14
"""Pixels of the drawing: total width, width for names, height of a lane and of a row of notes."""

COLUMNS = 72
"""Characters of the time axis in the text version."""

FILLS = {"succeeded": "white", "ignored": "white", "retried": "url(#hatched)", "failed": "url(#crossed)"}
"""Fill by outcome; other bars are drawn as cut off."""

SIGNS = {"succeeded": "=", "ignored": "=", "retried": "/", "failed": "#"}

PATTERNS = (
    '<defs><pattern id="hatched" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" '
    'fill="white"/><path d="M0 6 6 0" stroke="#555"/></pattern><pattern id="crossed" width="6" height="6" '
    'patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="white"/><path d="M0 6 6 0M0 0 6 6" '
    'stroke="#555"/></pattern></defs>'
)


@dataclass(frozen=True)
class Lane:
    """A slot of a worker, or a sender; times in microseconds."""

    name: str
    runs: Sequence[ExecutionLife] = ()
    marks: Sequence[tuple[int, str]] = ()
    """(time, mark): a task that is sent, `ack`, or `killed`."""


@dataclass(frozen=True)
class Lanes:
    """The data of a drawing."""

    end: int
    """In microseconds; at least 1."""
    senders: list[Lane]
    slots: list[Lane]
    left_out: int = 0
    """Number of slots for which there is no room."""
    ticks: list[int] = field(default_factory=list)
    begin: int = 0
    """Later than 0 in an excerpt."""
    notes: Sequence[tuple[int, str]] = ()
    """Faults, captions and questions: (time, text)."""

    @property
    def is_excerpt(self) -> bool:
        """True if the run has more bars than are drawn."""
        return self.begin > 0


def find_lanes(run: Run, notes: Sequence[tuple[int, str]] = (), focus: int = 0) -> Lanes:
    """The lanes of a run, up to the end of its last event; of a long one, the part around `focus` (microseconds).

    Args:
        run: what is drawn.
        notes: faults, captions and questions to draw: (time in microseconds, text).
        focus: the moment that matters most.
    """
    trace = run.trace
    lives = lives_of(trace)
    end = max(1, trace.events[-1].t if trace.events else 1)
    begin, end = _excerpt([run.start for runs in lives.slots.values() for run in runs], focus, end)
    slots = []
    for (hostname, slot), runs in list(lives.slots.items())[:MAX_LANES]:
        alone = (hostname, 2) not in lives.slots
        gone = lives.workers[hostname].gone
        marks = [(time, "killed") for index, time in gone if isinstance(trace[index], ev.WorkerLost)]
        marks += [(run.ack, "ack") for run in runs if run.ack is not None]
        slots.append(Lane(hostname if alone else f"{hostname} {slot}", runs, sorted(marks)))
    sent: dict[str, list[tuple[int, str]]] = {}
    for event in trace:
        if isinstance(event, ev.TaskSent) and event.hostname not in lives.workers:
            sent.setdefault(event.hostname, []).append((event.t, event.uuid))
    senders = [Lane(name, (), list(_together(marks))) for name, marks in sent.items()]
    made = Lanes(end, senders, slots, max(0, len(lives.slots) - MAX_LANES), find_ticks(end), begin, notes)
    return _cut(made) if made.is_excerpt else made


def _excerpt(starts: list[int], focus: int, end: int) -> tuple[int, int]:
    """Begin and end of what is drawn: all, or so many bars around a moment."""
    starts = sorted(starts)
    if len(starts) <= MAX_BARS:
        return 0, end
    middle = bisect_left(starts, focus)
    first = max(0, min(middle - MAX_BARS // 4, len(starts) - MAX_BARS))
    begin, until = starts[first], starts[first + MAX_BARS - 1]
    return (begin, until) if until > begin > 0 else (1, max(until, 2))


def _cut(lanes: Lanes) -> Lanes:
    """Only what an excerpt shows."""
    begin, end = lanes.begin, lanes.end

    def within(marks: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
        return [mark for mark in marks if begin <= mark[0] <= end]

    def cut(lane: Lane) -> Lane:
        runs = [run for run in lane.runs if run.start <= end and (run.end is None or run.end >= begin)]
        return Lane(lane.name, runs, within(lane.marks))

    slots = [lane for lane in map(cut, lanes.slots) if lane.runs or lane.marks]
    step = find_ticks(end - begin)[1]
    ticks = list(range(-(-begin // step) * step, end + 1, step))
    return replace(lanes, senders=list(map(cut, lanes.senders)), slots=slots, ticks=ticks, notes=within(lanes.notes))


def _together(marks: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Sends of one instant combined into a mark: the first, and the number of others."""
    for time, group in groupby(marks, key=lambda mark: mark[0]):
        first, *more = [what for _, what in group]
        yield time, f"{first} +{len(more)}" if more else first


def find_ticks(end: int) -> list[int]:
    """Round times up to `end` (microseconds), about `TICKS` of them.

    >>> find_ticks(10_000_000)
    [0, 1000000, 2000000, 3000000, 4000000, 5000000, 6000000, 7000000, 8000000, 9000000, 10000000]
    """
    step, place = 1000, 0
    while end // step > TICKS:
        place += 1
        step = 1000 * STEPS[place % 3] * 10 ** (place // 3)
    return list(range(0, end + 1, step))


def draw_lanes(lanes: Lanes, *, filled: bool, unit: str = "s") -> Picture:
    """Draw the lanes; only sends unless they are `filled`. `unit` is written at the axis, whose numbers are seconds."""
    return Picture(_svg(lanes, filled, unit), tuple(_text(lanes, filled, unit)))


def _seconds(time: int) -> str:
    return f"{round(time / MICROS, 3):g}"


def _svg(lanes: Lanes, filled: bool, unit: str) -> str:
    rows = [*lanes.senders, *lanes.slots]
    above = NOTE * (1 + max((level for level, *_ in _levels(lanes)), default=-1))
    height = above + len(rows) * LANE + 28
    parts = [*_axis(lanes, height, above, unit)]
    for place, lane in enumerate(rows):
        parts += _svg_lane(lane, above + place * LANE, lanes, filled or not lane.runs)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'font-family="sans-serif" font-size="11">{PATTERNS}{"".join(parts)}</svg>'
    )


def _x(time: int, lanes: Lanes) -> float:
    share = (max(lanes.begin, min(time, lanes.end)) - lanes.begin) / (lanes.end - lanes.begin)
    return round(LEFT + share * (WIDTH - LEFT - 20), 1)


def _levels(lanes: Lanes) -> Iterator[tuple[int, float, str]]:
    """Each note with its row, so that no two overlap: (row, x, text)."""
    free: list[float] = []
    for time, text in lanes.notes:
        x, width = _x(time, lanes), 5.6 * len(text) + 12
        row = next((row for row, at in enumerate(free) if at <= x), len(free))
        free[row : row + 1] = [x + width]
        yield row, x, text


def _axis(lanes: Lanes, height: int, above: int, unit: str) -> Iterator[str]:
    bottom = height - 22
    for row, x, text in _levels(lanes):
        y = NOTE * row + 10
        yield f'<path d="M{x} {y - 8}V{bottom}" stroke="black" stroke-dasharray="2 3"/>'
        anchor, at = ("end", x - 3) if x + 5.6 * len(text) > WIDTH else ("start", x + 3)
        yield f'<text x="{at:g}" y="{y}" font-size="10" text-anchor="{anchor}">{escape(text)}</text>'
    for tick in lanes.ticks:
        x = _x(tick, lanes)
        yield f'<path d="M{x} {above}V{bottom}" stroke="#ccc"/>'
        yield f'<text x="{x}" y="{height - 8}" text-anchor="middle">{_seconds(tick)}</text>'
    yield f'<text x="{WIDTH - 2}" y="{height - 8}" text-anchor="end">{escape(unit)}</text>'


def _svg_lane(lane: Lane, top: int, lanes: Lanes, filled: bool) -> Iterator[str]:
    middle = top + LANE // 2
    yield f'<path d="M{LEFT} {top + LANE}H{WIDTH - 20}" stroke="#777"/>'
    yield f'<text x="{LEFT - 8}" y="{middle + 4}" text-anchor="end">{escape(lane.name)}</text>'
    if not filled:
        return
    for run in lane.runs:
        yield from _bar(run, top + 5, lanes)
    free = float(LEFT)
    for time, what in lane.marks:
        x = _x(time, lanes)
        if what == "ack":
            yield f'<path d="M{x} {top + LANE - 8}l4 7h-8z"/>'
        elif what == "killed":
            yield f'<path d="M{x - 5} {middle - 5}l10 10m0 -10l-10 10" stroke="black" stroke-width="2.5"/>'
        else:
            yield f'<path d="M{x} {top + 10}v{LANE - 10}" stroke="black" stroke-width="1.5"/>'
            if x >= free:
                yield f'<text x="{x + 4:g}" y="{top + 20}" font-size="9">{escape(what)}</text>'
                free = x + 6 * len(what) + 10


def _bar(run: ExecutionLife, top: int, lanes: Lanes) -> Iterator[str]:
    x, until = _x(run.start, lanes), _x(run.end if run.end is not None else lanes.end, lanes)
    fill = FILLS.get(run.outcome, "white")
    dash = "" if run.outcome in FILLS else ' stroke-dasharray="4 3"'
    width = max(1.5, round(until - x, 1))
    yield f'<rect x="{x}" y="{top}" width="{width}" height="18" rx="2" fill="{fill}" stroke="black"{dash}/>'
    if width > 6 * len(run.uuid):
        yield f'<text x="{x + width / 2:g}" y="{top + 13}" text-anchor="middle">{escape(run.uuid)}</text>'


# -- as text ----------------------------------------------------------------------------------------------------


def _text(lanes: Lanes, filled: bool, unit: str) -> Iterator[str]:
    rows = [*lanes.senders, *lanes.slots]
    room = max([len(lane.name) for lane in rows] + [8])
    for time, text in lanes.notes:
        yield f"{'':>{room}}  {' ' * _column(time, lanes)}| {text}"
    for lane in rows:
        row = [" "] * (COLUMNS + 1)
        if filled or not lane.runs:
            _fill(row, lane, lanes)
        yield f"{lane.name:>{room}} |{''.join(row)}|"
    axis = [" "] * (COLUMNS + 8)
    free = 0
    for tick in lanes.ticks:
        column, label = _column(tick, lanes), _seconds(tick)
        if column >= free:
            axis[column : column + len(label)] = label
            free = column + len(label) + 1
    yield f"{' ' * (room - cell_len(unit))}{unit}  {''.join(axis).rstrip()}"


def _column(time: int, lanes: Lanes) -> int:
    within = max(0, time - lanes.begin) * COLUMNS // (lanes.end - lanes.begin)
    return min(within, COLUMNS)


def _fill(row: list[str], lane: Lane, lanes: Lanes) -> None:
    for run in lane.runs:
        first = _column(run.start, lanes)
        last = max(first + 1, _column(run.end if run.end is not None else lanes.end, lanes))
        row[first:last] = SIGNS.get(run.outcome, "~") * (last - first)
        name = run.uuid[: max(0, last - first - 2)]
        row[first + 1 : first + 1 + len(name)] = name
    for time, what in lane.marks:
        row[_column(time, lanes)] = {"ack": "^", "killed": "X"}.get(what, "+")


def arrivals(run: Run) -> list[tuple[str, int, int, int]]:
    """Sends by task type: (name, count, first and last time), without retries."""
    seen: dict[str, list[int]] = {}
    for task in lives_of(run.trace).tasks.values():
        seen.setdefault(task.name, []).append(task.sent_at)
    return [(name, len(times), times[0], times[-1]) for name, times in seen.items()]


def moment_of(run: Run, stop: Stop) -> int:
    """Time at which the program stops for a caption or a question, in microseconds: after the event before it."""
    last = run.trace.events[stop.cursor - 1].t if stop.cursor else 0
    return last if stop.item.at is None else max(last, to_micros(stop.item.at))

"""Building what a scene shows over time: the timeline, the line of the whole run, meters, the histories of queues."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence

from simulator.play.axis import Axis, Span
from simulator.play.history import History
from simulator.play.meters import Reading
from simulator.play.player import Player
from simulator.scene.chart import BEFORE, Bar, Chart, Curve, Fold, MeterPanel, Scale, Shown, SlotLane, TimeChart
from simulator.scene.look import Look
from simulator.scene.room import Room
from simulator.world import World
from simulator.world.level import Level
from simulator.world.lives import Execution

FINE = 2
"""Values that a line of dots has in each column."""


class Over:
    """A run as it is looked at over time: what may be seen now, on axes of any width."""

    def __init__(self, player: Player, look: Look, time: int | None = None, end: int | None = None) -> None:
        """Look at a run from where its player is; `time` and `end` are another clock and scale to show it on."""
        self.player = player
        self.look = look
        self.history: History = player.playback.history
        self.time = player.time if time is None else time
        self.end = player.horizon if end is None else end
        self.future = look.future and player.may_know_all

    def axis(self, width: int) -> Axis:
        """So many columns; what is folded of the future is a secret too."""
        cursor = self.player.playback.length + 1 if self.future else self.player.cursor
        return self.player.playback.views.axis(cursor, self.time, self.end, self.look.span, width)

    def may_see(self, index: int) -> bool:
        """Whether an event has happened, or what lies ahead is shown."""
        return index < self.player.cursor or self.future

    def largest(self, levels: Level, axis: Axis) -> list[float]:
        """The largest value of a number in each column that may be seen."""
        columns = self.player.playback.views.largest(levels, axis)
        return self.seen(columns, axis, lambda: levels.at(self.player.cursor))

    def seen(self, columns: Sequence[float], axis: Axis, now: Callable[[], float]) -> list[float]:
        """Of columns of the whole run those that may be seen, with what a number is `now` in the last one."""
        return list(columns) if self.future else axis.until_now(columns, now())


def outline_chart(over: Over, world: World) -> Chart:
    """How the run lies in time, without what depends on the room there is."""
    player, playback, look = over.player, over.player.playback, over.look
    axis = over.axis(1)
    places = {*playback.stops, *(place for place, _ in player.answered)}
    return Chart(
        time=over.time,
        end=over.end,
        future=over.future,
        queues=list(world.queues),
        workers=[(name, int(playback.history.workers[name].pool.highest(player.cursor))) for name in world.workers],
        shown=Shown(axis.begin, axis.end, axis.length, axis.is_whole),
        stops=[place[1] for place in sorted(places) if over.future or place <= player.place],
        chapters=[chapter.at for place, chapter in playback.chapters if player.may_know_all or place <= player.limit],
        bookmarks=[time for _, time in look.bookmarks],
    )


# -- the line of the whole run ----------------------------------------------------------------------------------


def find_marks(over: Over, columns: int) -> list[int]:
    """When something meaningful happened, as far as it may be seen: the first time in each column."""
    playback = over.player.playback
    seen = len(playback.rests) if over.future else bisect_right(playback.rests, over.player.place)
    return list(_thinned(playback.rest_times, seen, over.end, columns))


def find_failures(over: Over, columns: int) -> list[int]:
    """When something went wrong: the first time in each column."""
    indices, times = over.history.failures
    seen = len(times) if over.future else bisect_left(indices, over.player.cursor)
    return list(_thinned(times, seen, over.end, columns))


def _thinned(times: Sequence[int], seen: int, end: int, columns: int) -> Iterator[int]:
    """Of the first `seen` times, in order, the first one in each column: there may be a million of them."""
    if columns < 1:
        return
    place = 0
    while place < seen:
        yield times[place]
        here = min(columns, times[place] * columns // end) if end else 0
        place = bisect_left(times, -(-(here + 1) * end // columns), place + 1, seen)


# -- the timeline -----------------------------------------------------------------------------------------------


def scale_of(axis: Axis) -> Scale:
    """An axis as values."""
    folds = [Fold(first, behind, gap.begin, gap.end) for first, behind, gap in axis.folded()]
    return Scale(axis.now, axis.times(), axis.length, folds)


def build_timeline(over: Over, chart: Chart, room: Room) -> TimeChart:
    """Rows for queues and slots, as many as there is room for."""
    axis, history = over.axis(room.time), over.history
    slots = [(name, slot) for name, count in chart.workers for slot in range(1, count + 1)]
    # All slots that do not fit share a row: the others are the queues'.
    shared = bool(slots) and len(slots) + max(1, len(chart.queues)) > room.rows
    rows = room.rows - (1 if shared else len(slots)) if slots else room.rows
    known = [name for name in chart.queues if name in history.queues]
    shown = known if len(known) == 1 else known[: max(1, rows)]
    return TimeChart(
        scale_of(axis),
        [Curve(name, over.largest(history.queues[name], axis), 2) for name in shown],
        [] if shared else [_lane(over, name, slot, axis) for name, slot in slots],
        Curve("busy", over.largest(history.busy, axis), len(slots)) if shared else None,
    )


def _lane(over: Over, name: str, slot: int, axis: Axis) -> SlotLane:
    """What a slot ran, up to now, and the planned rest of what it runs."""
    history = over.history
    runs = history.slots.get((name, slot), [])
    columns = over.player.playback.views.runs(name, slot, axis) if runs else []
    bars, start = [], 0
    for column in range(1, len(columns) + 1):
        if column < len(columns) and columns[column] == columns[start]:
            continue
        place = columns[start]
        if place >= 0 and over.may_see(runs[place].start_index):
            bars.append(_bar(over, runs[place], axis, start, column))
        start = column
    worker = history.workers[name]
    deaths = [*worker.gone, *worker.child_deaths.get(slot, [])]
    seen = [axis.column(time) for index, time in deaths if over.may_see(index)]
    return SlotLane(name, slot, bars, [min(column, axis.width - 1) for column in seen if 0 <= column <= axis.width])


def _bar(over: Over, run: Execution, axis: Axis, start: int, behind: int) -> Bar:
    """An execution, in the columns that are its own."""
    cursor = over.player.cursor
    ended, begun = run.end_index < cursor, run.start_index < cursor
    # The last cell before the line of now is the last one that can be seen.
    until = min(behind, axis.now) if begun else start
    length = max(until - start, 1 if begun else 0)
    ahead = planned = 0
    if over.future and not ended:
        ahead = max(0, behind - start - length)
    elif not ended:
        end = over.history.plan(run)
        planned = max(0, (axis.clamp(end) if end is not None else 0) - start - length)
    acked = None
    if run.ack is not None and over.may_see(run.ack_index):
        acked = BEFORE if run.ack <= run.start else max(0, axis.column(run.ack))
    outcome = run.outcome if ended else ""
    return Bar(run.uuid, start, length, ended, outcome, run.attempt, ahead, planned, acked)


# -- numbers ----------------------------------------------------------------------------------------------------


def read_meters(over: Over) -> tuple[Reading, list[str]]:
    """What the run comes to now, and which numbers of it there are, the most telling first."""
    counted, cursor = over.player.playback.meters, over.player.cursor
    memory = ["memory"] if counted.memory_from < cursor else []
    return counted.read(cursor, over.player.time), ["waiting", "busy", *memory, "wait", "rate"]


def build_meters(over: Over, width: int) -> MeterPanel:
    """What the run comes to, now and over time."""
    reading, _ = read_meters(over)
    axis = over.axis(width)
    fine = list(_curves(over, reading, over.axis(FINE * width))) if over.look.dots else []
    return MeterPanel(scale_of(axis), reading, list(_curves(over, reading, axis)), fine)


def _curves(over: Over, reading: Reading, axis: Axis) -> Iterator[Curve]:
    """All there are, the most telling first."""
    counted, cursor, history = over.player.playback.meters, over.player.cursor, over.history
    yield Curve("waiting", over.largest(history.ready, axis), 2)
    yield Curve("busy", over.largest(history.busy, axis), counted.slots.highest(cursor))
    if counted.memory_from < cursor:
        yield Curve("memory", over.largest(counted.memory, axis), 0)
    waits = over.seen(counted.waits(axis), axis, lambda: counted.wait_now(cursor, axis.time(axis.now)))
    yield Curve("wait", waits, 0)
    yield Curve("rate", over.seen(counted.rates(axis), axis, lambda: reading.rate), 0)


def queue_levels(over: Over, name: str, count: int, width: int) -> list[float]:
    """How long a queue was in each of so many equal parts of the run, up to now."""
    player, known = over.player, over.history.queues.get(name)
    if known is None or width < 1:
        return []
    views = player.playback.views
    axis = views.axis(player.cursor, player.time, max(1, player.horizon), Span(folds=False), width)
    # The last part has not ended: what it will come to is the future.
    return axis.until_now(views.largest(known, axis), count)

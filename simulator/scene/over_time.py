"""Building a scene's parts over time: the timeline, the scrubber, meters, queue histories."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence, Set

from simulator.play.axis import Axis, Span
from simulator.play.history import History
from simulator.play.meters import Reading
from simulator.play.player import Player
from simulator.scene.chart import (
    BEFORE,
    Bar,
    Chart,
    Curve,
    Fold,
    HeldBar,
    MeterPanel,
    Scale,
    SlotLane,
    TimeChart,
    VisibleSpan,
)
from simulator.scene.look import Look
from simulator.scene.room import Room
from simulator.trace.time import NEVER
from simulator.world import World
from simulator.world.level import EVERYTHING, Level
from simulator.world.lives import ExecutionLife

FINE = 2
"""Values per column of a dot chart."""


class Over:
    """A run over time: what is visible now, on axes of any width."""

    def __init__(self, player: Player, look: Look, time: int | None = None, end: int | None = None) -> None:
        """View a run from its player's place; `time` and `end` override clock and scale."""
        self.player = player
        self.look = look
        self.history: History = player.playback.history
        self.time = player.time if time is None else time
        self.end = player.horizon if end is None else end
        self.future = look.future and player.may_know_all

    def axis(self, width: int) -> Axis:
        """Return an axis of `width` columns; folds of the future are secret too."""
        cursor = self.player.playback.length + 1 if self.future else self.player.cursor
        return self.player.playback.views.axis(cursor, self.time, self.end, self.look.span, width)

    def may_see(self, index: int) -> bool:
        """Return whether an event has happened, or the future is shown."""
        return index < self.player.cursor or self.future

    def largest(self, levels: Level, axis: Axis) -> list[float]:
        """Return the maximum of a level in each visible column."""
        columns = self.player.playback.views.largest(levels, axis)
        return self.seen(columns, axis, lambda: levels.at(self.player.cursor))

    def seen(self, columns: Sequence[float], axis: Axis, now: Callable[[], float]) -> list[float]:
        """Return the visible ones of a whole run's columns, with the value `now` in the last one."""
        return list(columns) if self.future else axis.until_now(columns, now())


def outline_chart(over: Over, world: World) -> Chart:
    """Build the run's layout in time, without the parts that depend on available room."""
    player, playback, look = over.player, over.player.playback, over.look
    axis = over.axis(1)
    places = {*playback.stops, *(place for place, _ in player.answered)}
    return Chart(
        time=over.time,
        end=over.end,
        future=over.future,
        queues=list(world.queues),
        workers=[(name, int(playback.history.workers[name].pool.highest(player.cursor))) for name in world.workers],
        shown=VisibleSpan(axis.begin, axis.end, axis.length, axis.is_whole),
        stops=[place[1] for place in sorted(places) if over.future or place <= player.place],
        chapters=[chapter.at for place, chapter in playback.chapters if player.may_know_all or place <= player.limit],
        bookmarks=[time for _, time in look.bookmarks],
    )


# -- the line of the whole run ----------------------------------------------------------------------------------


def find_marks(over: Over, columns: int) -> list[int]:
    """Return times of visible meaningful events: the first in each column."""
    playback = over.player.playback
    seen = len(playback.rests) if over.future else bisect_right(playback.rests, over.player.place)
    return playback.views.firsts("rests", playback.rest_times, seen, over.end, columns)


def find_failures(over: Over, columns: int) -> list[int]:
    """Return times of failures: the first in each column."""
    indices, times = over.history.failures
    seen = len(times) if over.future else bisect_left(indices, over.player.cursor)
    return over.player.playback.views.firsts("failures", times, seen, over.end, columns)


# -- the timeline -----------------------------------------------------------------------------------------------


def scale_of(axis: Axis) -> Scale:
    """Convert an axis to values."""
    folds = [Fold(first, behind, gap.begin, gap.end) for first, behind, gap in axis.folded()]
    return Scale(axis.now, axis.times(), axis.length, folds)


def build_timeline(over: Over, chart: Chart, room: Room, dead: Set[str]) -> TimeChart:
    """Build rows for queues and slots, as many as fit; `dead`: the queues of dead letters."""
    axis = over.axis(room.time)
    slots = [(name, slot, slot == count) for name, count in chart.workers for slot in range(1, count + 1)]
    # If the slots do not fit, they share one row, and the queues get the rest.
    shared = len(slots) >= room.rows
    busy = Curve("busy", over.largest(over.history.busy, axis), len(slots)) if slots and shared else None
    held = _held_in_all(over, axis) if busy is not None and room.rows > 2 else None
    rows = room.rows - (len(slots) if not shared else (busy is not None) + (held is not None))
    return TimeChart(
        scale_of(axis),
        list(_queues(over, chart.queues, axis, rows, dead)),
        [] if shared else [_lane(over, name, slot, axis, last) for name, slot, last in slots],
        busy,
        held,
    )


def _held_in_all(over: Over, axis: Axis) -> Curve | None:
    """Build a curve of what waits in all workers; None while nothing has."""
    first, held = over.history.held_since, over.history.held
    return Curve("held", over.largest(held, axis), 2) if first < over.time or (over.future and first < NEVER) else None


def _queues(over: Over, names: Sequence[str], axis: Axis, rows: int, dead: Set[str]) -> Iterator[Curve]:
    """Yield a curve for each queue in which something has waited; if they do not fit, one for all."""
    history = over.history
    known = [name for name in names if name in history.queues]
    shown = [name for name in known if over.future or history.waited.get(name, NEVER) < over.time]
    if len(shown) > rows == 1:
        yield Curve("", over.largest(history.lasting[EVERYTHING], axis), 2)
    else:
        for name in shown[: max(1, rows)]:
            yield Curve(name, over.largest(history.lasting[name], axis), 2, name in dead)


def _lane(over: Over, name: str, slot: int, axis: Axis, last: bool) -> SlotLane:
    """Build a slot's executions up to now, and the planned remainder of the current one; in the `last` what waits."""
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
    ends = [min(column, axis.width - 1) for column in seen if 0 <= column <= axis.width]
    held, until = (list(_held(over, name, axis)), _held_now(over, name, axis)) if last else ([], 0)
    return SlotLane(name, slot, bars, ends, held, until)


def _held(over: Over, name: str, axis: Axis) -> Iterator[HeldBar]:
    """Yield what waits in a worker, a bar for each span in which the same tasks do.

    All that is in the columns before now has happened; what is held now may have to wait for its ETA.
    """
    holds = over.history.holds.get(name)
    if not holds:
        return
    columns = over.player.playback.views.holds(name, axis)
    start = 0
    for column in range(1, axis.width + 1):
        if column < axis.width and column != axis.now and columns[column] == columns[start]:
            continue
        (count, place), length = columns[start], column - start
        is_future, start = start >= axis.now, column
        if count and (over.future or not is_future):
            yield HeldBar(holds[place].uuid, count, column - length, length, holds[place].eta, is_future)


def _held_now(over: Over, name: str, axis: Axis) -> int:
    """Return the number of columns from now to the ETA for which a worker holds a task; 0 if it holds none for one."""
    holds = over.history.holds.get(name)
    place = over.player.playback.views.holds(name, axis)[axis.now][1] if holds else -1
    if not holds or place < 0 or over.future:
        return 0
    hold, cursor = holds[place], over.player.cursor
    if hold.eta is None or not hold.start_index < cursor <= hold.end_index or hold.start >= over.time:
        return 0
    return max(0, axis.clamp(hold.eta) - axis.now)


def _bar(over: Over, run: ExecutionLife, axis: Axis, start: int, behind: int) -> Bar:
    """Build an execution's bar in its own columns."""
    cursor = over.player.cursor
    ended, begun = run.end_index < cursor, run.start_index < cursor
    # The last cell before the now line is the last visible one.
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
    """Read the current meters and the names of those available, most telling first."""
    counted, cursor = over.player.playback.meters, over.player.cursor
    memory = ["memory"] if counted.memory_from < cursor else []
    return counted.read(cursor, over.player.time), ["waiting", "busy", *memory, "wait", "rate"]


def build_meters(over: Over, width: int) -> MeterPanel:
    """Build the meters, now and over time."""
    reading, _ = read_meters(over)
    axis = over.axis(width)
    fine = list(_curves(over, reading, over.axis(FINE * width))) if over.look.dots else []
    return MeterPanel(scale_of(axis), reading, list(_curves(over, reading, axis)), fine)


def _curves(over: Over, reading: Reading, axis: Axis) -> Iterator[Curve]:
    """Yield all available curves, most telling first."""
    counted, cursor, history = over.player.playback.meters, over.player.cursor, over.history
    yield Curve("waiting", over.largest(history.ready, axis), 2)
    yield Curve("busy", over.largest(history.busy, axis), counted.slots.highest(cursor))
    if counted.memory_from < cursor:
        yield Curve("memory", over.largest(counted.memory, axis), 0)
    waits = over.seen(counted.waits(axis), axis, lambda: counted.wait_now(cursor, axis.time(axis.now)))
    yield Curve("wait", waits, 0)
    yield Curve("rate", over.seen(counted.rates(axis), axis, lambda: reading.rate), 0)


def queue_levels(over: Over, name: str, count: int, width: int) -> list[float]:
    """Return a queue's maximum length in each of `count` equal parts of the run, up to now."""
    player, known = over.player, over.history.queues.get(name)
    if known is None or width < 1:
        return []
    views = player.playback.views
    axis = views.axis(player.cursor, player.time, max(1, player.horizon), Span(folds=False), width)
    # The last part has not ended: its maximum still lies in the future.
    return axis.until_now(views.largest(known, axis), count)

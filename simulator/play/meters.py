"""Meters at a cursor: waiting, busy, throughput, waits, memory, and Little's law."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from simulator.measure.summary import Little
from simulator.play.axis import Axis
from simulator.play.columns import Columns
from simulator.play.history import History
from simulator.trace.time import MICROS, as_seconds
from simulator.trace.trace import Trace
from simulator.world.level import EVERYTHING, Level
from simulator.world.lives import TaskLife, lives_of
from simulator.world.passes import Pass, pass_over
from simulator.world.processes import processes_of

STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Reading:
    """All meters at one moment; seconds and megabytes."""

    waiting: int
    most_waiting: int
    busy: int
    slots: int
    """Slots of the online workers."""
    rate: float
    """Recent throughput in tasks per second (over `Meters.window`)."""
    done: int
    started: int
    """Tasks started; waits are undefined if 0."""
    mean_wait: float
    worst_wait: float
    worst: str
    """The id of the started task that waited longest."""
    open: OpenWaits
    """The waits that go on."""
    memory: float
    most_memory: float
    little: Little | None
    """Little's law up to this moment, counting unfinished tasks with their time so far. None at the very start."""


class _Moments:
    """Moments in order, with running sums of their times."""

    def __init__(self) -> None:
        self.indices: list[int] = []
        self.times: list[int] = []
        self.sums = [0]

    def add(self, index: int, time: int) -> None:
        """Append a moment."""
        self.indices.append(index)
        self.times.append(time)
        self.sums.append(self.sums[-1] + time)

    def before(self, cursor: int) -> tuple[int, int]:
        """Return the number of moments before a cursor, and the sum of their times."""
        count = bisect_left(self.indices, cursor)
        return count, self.sums[count]


class _Counts(Pass):
    """Running totals over the lives of a run, in event order."""

    def __init__(self, trace: Trace) -> None:
        super().__init__(trace)
        self.inside = Level()
        """Tasks that were sent and have not ended."""
        self.areas = [0.0]
        """Under each step of `inside` but the last, all up to it."""
        self.sent, self.ended, self.done = _Moments(), _Moments(), _Moments()
        """Done are those that succeeded or failed."""
        self.starts = _Moments()
        """First starts."""
        self.waits: list[int] = []
        """The wait before each of them."""
        self.wait_sums = [0]
        self.worst: list[TaskLife] = []
        """Of the tasks started up to each of `starts`, the one that waited longest."""
        self.waited = _Moments()
        """Ends of first waits, by start or otherwise: their times are when the tasks were sent."""
        self.oldest: tuple[list[int], list[int]] = [], []
        """(indices, places among the tasks in the order of sending) of the first one that waits, where that changes."""

    def extend(self, trace: Trace) -> None:
        """Add the new events."""
        self.trace, self.count = trace, len(trace.events)
        lives = lives_of(trace)
        tasks = lives.tasks.values()
        sent, ended = len(self.sent.times), len(self.ended.times)
        steps = [(task.sent_index, task.sent_at, 1) for task in islice(tasks, sent, None)]
        for task in islice(lives.ended, ended, None):
            time = task.finished_at or 0
            steps.append((task.end_index, time, -1))
            self.ended.add(task.end_index, time)
            if task.outcome in ("succeeded", "failed"):
                self.done.add(task.end_index, time)
        for index, time, by in sorted(steps):
            before = self.inside.values[-1] * (time - self.inside.times[-1])
            self.areas.append(self.areas[-1] + before)
            self.inside.change(index, time, by)
            if by > 0:
                self.sent.add(index, time)
        for task in islice(lives.started, len(self.waits), None):
            self._start(task)
        self._wait([*tasks], islice(lives.waited, len(self.waited.times), None))

    def _start(self, task: TaskLife) -> None:
        first = task.runs[0]
        wait = first.start - task.sent_at
        self.starts.add(first.start_index, first.start)
        self.waits.append(wait)
        self.wait_sums.append(self.wait_sums[-1] + wait)
        worst = self.worst[-1] if self.worst else task
        self.worst.append(task if wait > (worst.wait or 0) else worst)

    def _wait(self, tasks: Sequence[TaskLife], waited: Iterable[TaskLife]) -> None:
        indices, places = self.oldest
        for task in waited:
            self.waited.add(task.waited_index, task.sent_at)
            place = places[-1] if places else 0
            while place < len(tasks) and tasks[place].waited_index <= task.waited_index:
                place += 1
            if not places or place > places[-1]:
                indices.append(task.waited_index)
                places.append(place)


@dataclass(frozen=True, slots=True)
class OpenWaits:
    """The current waits of tasks sent and neither started nor ended; seconds."""

    count: int
    mean: float
    longest: float


class Meters:
    """The meters of a run, readable at any cursor by bisection."""

    def __init__(self, history: History) -> None:
        """Total up the lives of a run."""
        self.history = history
        trace = history.run.trace
        self.slots = history.online
        """Slots of the workers that are online."""
        processes = processes_of(trace)
        self.memory = processes.memory[EVERYTHING]
        """Megabytes of all processes that run tasks."""
        self.memory_from = processes.memory_from
        """The first event at which a task says how much it takes."""
        self._counts = pass_over(trace, _Counts)
        self.window = _round_up(max(MICROS, trace.end // 8))
        """Microseconds over which what is done a second is counted."""
        self._columns: Columns[list[float]] = Columns()

    @property
    def done(self) -> tuple[list[int], list[int]]:
        """(indices, times) of the ends of tasks that succeeded or failed."""
        return self._counts.done.indices, self._counts.done.times

    def read(self, cursor: int, time: int) -> Reading:
        """Read all meters after `cursor` events, at clock `time` (microseconds)."""
        history = self.history
        counts = self._counts
        started, _ = counts.starts.before(cursor)
        worst = counts.worst[started - 1] if started else None
        done, _ = counts.done.before(cursor)
        return Reading(
            waiting=int(history.ready.at(cursor)),
            most_waiting=int(history.ready.highest(cursor)),
            busy=int(history.busy.at(cursor)),
            slots=int(self.slots.at(cursor)),
            rate=self._rate(time, done),
            done=done,
            started=started,
            mean_wait=as_seconds(counts.wait_sums[started]) / started if started else 0.0,
            worst_wait=as_seconds(worst.wait or 0) if worst is not None else 0.0,
            worst=worst.uuid if worst is not None else "",
            open=self.open_waits(cursor, time),
            memory=self.memory.at(cursor),
            most_memory=self.memory.highest(cursor),
            # Rates are meaningless at the very start: three tasks in a microsecond are three million per second.
            little=self.little(cursor, time) if time * 1000 >= history.run.trace.end else None,
        )

    def little(self, cursor: int, time: int) -> Little | None:
        """Compute Little's law from 0 to `time`: L from the area under the number of tasks, W from their mean stay."""
        counts = self._counts
        (sent, sent_sum), (ended, ended_sum) = counts.sent.before(cursor), counts.ended.before(cursor)
        if not sent or not time:
            return None
        inside = counts.inside
        place = bisect_left(inside.indices, cursor) - 1
        area = counts.areas[place] + inside.values[place] * (time - inside.times[place])
        stays = ended_sum + (sent - ended) * time - sent_sum
        return Little(L=area / time, arrival_rate=sent / as_seconds(time), W=as_seconds(stays) / sent)

    def open_waits(self, cursor: int, time: int) -> OpenWaits:
        """Return the current waits after `cursor` events, at clock `time` (microseconds)."""
        counts = self._counts
        (sent, sent_sum), (over, over_sum) = counts.sent.before(cursor), counts.waited.before(cursor)
        if sent == over:
            return OpenWaits(0, 0.0, 0.0)
        indices, places = counts.oldest
        change = bisect_left(indices, cursor)
        oldest = places[change - 1] if change else 0
        mean = time - (sent_sum - over_sum) / (sent - over)
        return OpenWaits(sent - over, mean / MICROS, as_seconds(time - counts.sent.times[oldest]))

    def _rate(self, time: int, done: int) -> float:
        since = bisect_right(self._counts.done.times, time - self.window, 0, done) if time >= self.window else 0
        return (done - since) / as_seconds(self.window)

    def rates(self, axis: Axis) -> list[float]:
        """Return the throughput per second at the end of each column, over the whole run."""

        def count() -> list[float]:
            edges = axis.times()[1:]
            return [self._rate(edge - 1, bisect_left(self._counts.done.times, edge)) for edge in edges]

        return self._columns.get(("rates", *axis.key), count)

    def waits(self, axis: Axis) -> list[float]:
        """Return the longest wait of tasks first started in each column, in seconds, over the whole run."""

        def find() -> list[float]:
            places = [bisect_left(self._counts.starts.times, edge) for edge in axis.times()]
            waits = self._counts.waits
            return [as_seconds(max(waits[a:b], default=0)) for a, b in pairwise(places)]

        return self._columns.get(("waits", *axis.key), find)

    def wait_now(self, cursor: int, since: int) -> float:
        """Return the longest wait of tasks first started since a time, in seconds."""
        starts, waits = self._counts.starts, self._counts.waits
        until, _ = starts.before(cursor)
        return as_seconds(max(waits[bisect_left(starts.times, since) : until], default=0))


def _round_up(micros: int) -> int:
    """Round up to 1, 2 or 5 times a power of ten.

    >>> _round_up(1_000_000), _round_up(3_000_001)
    (1000000, 5000000)
    """
    power = 1
    while True:
        for step in STEPS:
            if step * power >= micros:
                return step * power
        power *= 10

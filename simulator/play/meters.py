"""What a run comes to up to a cursor: waiting, busy, done a second, waits, memory, and Little's law."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from simulator.measure.summary import Little
from simulator.play.axis import Axis
from simulator.play.columns import Columns
from simulator.play.history import History
from simulator.play.levels import Levels
from simulator.trace import events as ev
from simulator.trace.time import MICROS, NEVER, as_seconds

FINAL = ("SUCCESS", "FAILURE", "REVOKED")
"""States that are stored for good."""

STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Reading:
    """All numbers at one moment; seconds and megabytes."""

    waiting: int
    most_waiting: int
    busy: int
    slots: int
    """Of the workers that are online."""
    rate: float
    """Tasks done a second, lately (`Meters.window`)."""
    done: int
    started: int
    """Tasks that have been started; of none there is no wait."""
    mean_wait: float
    worst_wait: float
    worst: str
    """The task that waited longest, of those that were started."""
    memory: float
    most_memory: float
    little: Little | None
    """Up to this moment: who is still here counts with the time spent so far. None in the first moments."""


class Meters:
    """One pass over a run's events, to be read at any cursor by bisection."""

    def __init__(self, history: History) -> None:
        """Scan the events."""
        self.history = history
        self.slots = Levels()
        """Slots of the workers that are online."""
        self.memory = Levels()
        """Megabytes of all processes that run tasks."""
        self.memory_from = NEVER
        """The first event at which a task says how much it takes."""
        self.inside = Levels()
        """Tasks that were sent and have not ended."""
        self.done: tuple[list[int], list[int]] = [], []
        """(indices, times) of tasks that succeeded or failed."""
        self._sent: tuple[list[int], list[int]] = [], []
        self._ended: tuple[list[int], list[int]] = [], []
        self._waits: tuple[list[int], list[int], list[int], list[str]] = [], [], [], []
        """(indices, times, waits, tasks) of first starts."""
        _Scan(self).read()
        run = history.run.trace
        self.window = _round_up(max(MICROS, run.end // 8))
        """Microseconds over which what is done a second is counted."""
        self._sent_sums = [0, *accumulate(self._sent[1])]
        self._ended_sums = [0, *accumulate(self._ended[1])]
        self._areas = list(accumulate(_areas(self.inside), initial=0.0))
        waits = self._waits[2]
        self._wait_sums = [0, *accumulate(waits)]
        self._worst = _places_of_largest(waits)
        self._columns: Columns[list[float]] = Columns()

    def read(self, cursor: int, time: int) -> Reading:
        """All numbers after `cursor` events, when the clock shows `time`."""
        history = self.history
        started = bisect_left(self._waits[0], cursor)
        worst = self._worst[started - 1] if started else -1
        done = bisect_left(self.done[0], cursor)
        return Reading(
            waiting=int(history.ready.at(cursor)),
            most_waiting=int(history.ready.highest(cursor)),
            busy=int(history.busy.at(cursor)),
            slots=int(self.slots.at(cursor)),
            rate=self._rate(time, done),
            done=done,
            started=started,
            mean_wait=as_seconds(self._wait_sums[started]) / started if started else 0.0,
            worst_wait=as_seconds(self._waits[2][worst]) if started else 0.0,
            worst=self._waits[3][worst] if started else "",
            memory=self.memory.at(cursor),
            most_memory=self.memory.highest(cursor),
            # In the first moments the rates say nothing: three tasks in a microsecond are three million a second.
            little=self.little(cursor, time) if time * 1000 >= history.run.trace.end else None,
        )

    def little(self, cursor: int, time: int) -> Little | None:
        """Little's law from 0 to `time`: L is the area under the number of tasks here, W the mean of their stays."""
        sent, ended = bisect_left(self._sent[0], cursor), bisect_left(self._ended[0], cursor)
        if not sent or not time:
            return None
        place = bisect_left(self.inside.indices, cursor) - 1
        area = self._areas[place] + self.inside.values[place] * (time - self.inside.times[place])
        stays = self._ended_sums[ended] + (sent - ended) * time - self._sent_sums[sent]
        return Little(L=area / time, arrival_rate=sent / as_seconds(time), W=as_seconds(stays) / sent)

    def _rate(self, time: int, done: int) -> float:
        since = bisect_right(self.done[1], time - self.window, 0, done) if time >= self.window else 0
        return (done - since) / as_seconds(self.window)

    def rates(self, axis: Axis) -> list[float]:
        """What was done a second, at the end of each column; of the whole run."""

        def count() -> list[float]:
            edges = axis.times()[1:]
            return [self._rate(edge - 1, bisect_left(self.done[1], edge)) for edge in edges]

        return self._columns.get(("rates", *axis.key), count)

    def waits(self, axis: Axis) -> list[float]:
        """The longest wait of the tasks that were first started in each column, in seconds; of the whole run."""

        def find() -> list[float]:
            places = [bisect_left(self._waits[1], edge) for edge in axis.times()]
            waits = self._waits[2]
            return [as_seconds(max(waits[a:b], default=0)) for a, b in pairwise(places)]

        return self._columns.get(("waits", *axis.key), find)

    def wait_now(self, cursor: int, since: int) -> float:
        """The longest wait of the tasks that were first started since a time, in seconds."""
        indices, times, waits, _ = self._waits
        return as_seconds(max(waits[bisect_left(times, since) : bisect_left(indices, cursor)], default=0))


def _areas(levels: Levels) -> list[float]:
    """Under each step of a number that changes, up to the next one."""
    times, values = levels.times, levels.values
    return [value * (after - time) for value, time, after in zip(values, times, times[1:], strict=False)]


def _places_of_largest(values: Sequence[int]) -> list[int]:
    """Of each place, where the largest value up to there stands; the first one of equals.

    >>> _places_of_largest([3, 5, 4, 5, 9])
    [0, 1, 1, 1, 4]
    """
    found: list[int] = []
    for place, value in enumerate(values):
        best = found[-1] if found else place
        found.append(place if value > values[best] else best)
    return found


def _round_up(micros: int) -> int:
    """To 1, 2 or 5 times a power of ten.

    >>> _round_up(1_000_000), _round_up(3_000_001)
    (1000000, 5000000)
    """
    power = 1
    while True:
        for step in STEPS:
            if step * power >= micros:
                return step * power
        power *= 10


class _Scan:
    """One pass over a run's events, for meters."""

    def __init__(self, meters: Meters) -> None:
        self.meters = meters
        self.sent: dict[str, int] = {}
        """When each task was first sent."""
        self.waiting: set[str] = set()
        """Tasks that have never been started."""
        self.inside: set[str] = set()
        self.sizes: dict[str, int] = {}
        """Slots by worker."""
        self.children: dict[str, dict[int, float]] = {}
        """Megabytes of each process of a worker, by slot; 0 where the worker runs its tasks itself."""

    def read(self) -> None:
        for index, event in enumerate(self.meters.history.run.trace.events):
            self._scan(index, event)

    def _scan(self, index: int, event: ev.Event) -> None:
        match event:
            case ev.TaskSent():
                self._send(index, event)
            case ev.TaskStarted():
                self._start(index, event)
            case ev.TaskSucceeded() | ev.TaskFailed():
                self._end(index, event.t, event.uuid, done=True)
            case ev.ResultStored():
                if event.message and event.state in FINAL:
                    self._end(index, event.t, event.uuid, done=event.state != "REVOKED")
            case ev.TaskRevoked() | ev.TaskLost():
                self._end(index, event.t, event.uuid)
            case ev.MessageDropped(delivery_tag=0):
                self._end(index, event.t, event.uuid)
            case _:
                self._scan_worker(index, event)

    def _send(self, index: int, event: ev.TaskSent) -> None:
        if event.uuid in self.sent:
            return
        self.sent[event.uuid] = event.t
        self.waiting.add(event.uuid)
        self.inside.add(event.uuid)
        self.meters.inside.change(index, event.t, 1)
        _note(self.meters._sent, index, event.t)

    def _start(self, index: int, event: ev.TaskStarted) -> None:
        meters = self.meters
        if event.uuid in self.waiting:
            self.waiting.discard(event.uuid)
            indices, times, waits, tasks = meters._waits
            indices.append(index)
            times.append(event.t)
            waits.append(event.t - self.sent[event.uuid])
            tasks.append(event.uuid)
        if event.memory:
            meters.memory_from = min(meters.memory_from, index)
            children = self.children.get(event.hostname, {})
            self._take(index, event.t, event.hostname, 0 if 0 in children else event.slot, event.memory)

    def _end(self, index: int, t: int, uuid: str, *, done: bool = False) -> None:
        if uuid not in self.inside:
            return
        self.inside.discard(uuid)
        self.meters.inside.change(index, t, -1)
        _note(self.meters._ended, index, t)
        if done:
            _note(self.meters.done, index, t)

    def _scan_worker(self, index: int, event: ev.Event) -> None:
        match event:
            case ev.WorkerOnline():
                self._resize(index, event.t, event.hostname, event.concurrency)
                rest = float(event.settings.get("memory", ev.RESTING_MEMORY))
                for slot in range(1, event.concurrency + 1) if event.pool == "prefork" else (0,):
                    self._take(index, event.t, event.hostname, slot, rest)
            case ev.PoolResized():
                self._resize(index, event.t, event.hostname, event.size)
            case ev.ChildStarted():
                self._take(index, event.t, event.hostname, event.slot, event.memory)
            case ev.ChildExited():
                self._take(index, event.t, event.hostname, event.slot, 0)
            case ev.WorkerLost() | ev.WorkerOffline():
                self._resize(index, event.t, event.hostname, 0)
                for slot in list(self.children.get(event.hostname, {})):
                    self._take(index, event.t, event.hostname, slot, 0)
            case _:
                pass

    def _resize(self, index: int, t: int, hostname: str, size: int) -> None:
        before = self.sizes.get(hostname, 0)
        self.sizes[hostname] = size
        if size != before:
            self.meters.slots.change(index, t, size - before)

    def _take(self, index: int, t: int, hostname: str, slot: int, memory: float) -> None:
        """A process has this many megabytes now; 0: it is gone."""
        children = self.children.setdefault(hostname, {})
        before = children.pop(slot, 0.0)
        if memory:
            children[slot] = memory
        if memory != before:
            self.meters.memory.change(index, t, memory - before)


def _note(where: tuple[list[int], list[int]], index: int, t: int) -> None:
    where[0].append(index)
    where[1].append(t)

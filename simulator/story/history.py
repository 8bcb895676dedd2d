"""What a run did over time, for the timeline: executions by slot, queue lengths, lives of workers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from simulator.story.run import Run
from simulator.trace import events as ev
from simulator.trace.time import to_micros

NEVER = 2**62


@dataclass(slots=True)
class Execution:
    """One execution in a slot; times in microseconds, indices of events."""

    hostname: str
    slot: int
    uuid: str
    name: str
    start_index: int
    start: int
    end_index: int = NEVER
    end: int | None = None
    outcome: str = ""
    """`succeeded`, `failed`, `retried`, `rejected`, `cancelled`, `ignored`, `revoked`, `lost`; empty before."""


class Levels:
    """A number that changes with events: how many messages are ready in a queue."""

    def __init__(self) -> None:
        """Zero, from the start on."""
        self.indices: list[int] = [-1]
        self.times: list[int] = [0]
        self.values: list[int] = [0]
        self._columns: dict[tuple[int, int], list[int]] = {}

    def change(self, index: int, time: int, by: int) -> None:
        """It changed with an event."""
        self.indices.append(index)
        self.times.append(time)
        self.values.append(max(0, self.values[-1] + by))

    def at(self, cursor: int) -> int:
        """Its value after the first `cursor` events."""
        return self.values[bisect_left(self.indices, cursor) - 1]

    def columns(self, width: int, end: int) -> list[int]:
        """The largest value in each of `width` equal parts of the time up to `end`."""
        found = self._columns.get((width, end))
        if found is None:
            found = []
            for column in range(width):
                begin, until = column * end // width, (column + 1) * end // width
                first = max(0, bisect_right(self.times, begin) - 1)
                last = bisect_left(self.times, max(until, begin + 1))
                found.append(max(self.values[first:last], default=0))
            self._columns[(width, end)] = found
        return found


class History:
    """One pass over a run's events."""

    def __init__(self, run: Run) -> None:
        """Scan the events."""
        self.run = run
        self.slots: dict[tuple[str, int], list[Execution]] = {}
        """Executions by worker and slot, first one first."""
        self.queues: dict[str, Levels] = {}
        """Ready messages by queue."""
        self.busy = Levels()
        """Executions going on in all workers."""
        self.deaths: dict[str, list[tuple[int, int]]] = {}
        """By worker, (index, time) of each time it was lost or went offline."""
        self.by_start: dict[int, Execution] = {}
        self._open: dict[tuple[str, int], Execution] = {}
        names: dict[str, str] = {}
        for index, event in enumerate(run.trace.events):
            self._scan(index, event, names)
        self._columns: dict[tuple[str, int, int, int], list[int]] = {}
        self._parent = History(run.parent) if run.parent is not None else None

    def _scan(self, index: int, event: ev.Event, names: dict[str, str]) -> None:
        match event:
            case ev.TaskSent():
                names.setdefault(event.uuid, event.name)
            case ev.QueueDeclared():
                self.queues[event.queue] = Levels()
            case ev.WorkerOnline():
                for slot in range(1, event.concurrency + 1):
                    self.slots.setdefault((event.hostname, slot), [])
            case ev.MessageQueued() | ev.MessageRequeued():
                self._queue(event.queue).change(index, event.t, 1)
            case ev.MessageDelivered():
                self._queue(event.queue).change(index, event.t, -1)
            case ev.MessageDropped() if not event.delivery_tag:
                self._queue(event.queue).change(index, event.t, -1)
            case ev.MessageDeadLettered():
                if event.source and not event.delivery_tag:
                    self._queue(event.source).change(index, event.t, -1)
                self._queue(event.queue).change(index, event.t, 1)
            case ev.TaskStarted():
                key = (event.hostname, event.slot)
                name = names.get(event.uuid, "")
                run = Execution(event.hostname, event.slot, event.uuid, name, index, event.t)
                self.slots.setdefault(key, []).append(run)
                self._open[key] = self.by_start[index] = run
                self.busy.change(index, event.t, 1)
            case (
                ev.TaskSucceeded()
                | ev.TaskFailed()
                | ev.TaskRetried()
                | ev.TaskRejected()
                | ev.TaskCancelled()
                | ev.TaskIgnored()
            ):
                self._end((event.hostname, event.slot), index, event.t, event.type.removeprefix("task-"))
            case ev.TaskRevoked() if event.terminated:
                for key in [
                    key for key, run in self._open.items() if (key[0], run.uuid) == (event.hostname, event.uuid)
                ]:
                    self._end(key, index, event.t, "revoked")
            case ev.ChildExited():
                self._end((event.hostname, event.slot), index, event.t, "lost")
            case ev.PoolResized():
                for slot in range(1, event.size + 1):
                    self.slots.setdefault((event.hostname, slot), [])
            case ev.WorkerLost() | ev.WorkerOffline():
                self.deaths.setdefault(event.hostname, []).append((index, event.t))
                for key in [key for key in self._open if key[0] == event.hostname]:
                    self._end(key, index, event.t, "lost")
            case _:
                pass

    def _queue(self, name: str) -> Levels:
        return self.queues.setdefault(name, Levels())

    def _end(self, key: tuple[str, int], index: int, time: int, outcome: str) -> None:
        run = self._open.pop(key, None)
        if run is not None:
            run.end_index, run.end, run.outcome = index, time, outcome
            self.busy.change(index, time, -1)

    def plan(self, run: Execution) -> int | None:
        """When an execution would end if nothing came between, as far as that is known."""
        if run.outcome in ("succeeded", "failed", "retried"):
            return run.end
        if self._parent is not None and run.start_index in self._parent.by_start:
            before = self._parent.by_start[run.start_index]
            if before.uuid == run.uuid and before.start == run.start:
                return self._parent.plan(before)
        scenario = self.run.scenario
        task = scenario.model.tasks.get(run.name) if scenario is not None else None
        if task is None or task.duration.kind != "constant":
            return None
        return run.start + to_micros(task.duration.numbers[0])

    def columns(self, hostname: str, slot: int, width: int, end: int) -> list[int]:
        """For each of `width` equal parts of the time up to `end` the place of the execution in it, or -1."""
        key = (hostname, slot, width, end)
        found = self._columns.get(key)
        if found is None:
            found = [-1] * width
            for place, run in enumerate(self.slots.get((hostname, slot), [])):
                first = run.start * width // max(1, end)
                last = (run.end if run.end is not None else end) * width // max(1, end)
                for column in range(min(first, width - 1), min(max(last, first + 1), width)):
                    if found[column] < 0 or column > first:
                        found[column] = place
            self._columns[key] = found
        return found

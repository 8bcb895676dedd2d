"""A run in the Trace Event Format, which Perfetto shows: tracks of slots and queues, arrows of messages.

Times are microseconds of the run. Source of the format: the document "Trace Event Format" of the Chromium project.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from simulator.play.history import History
from simulator.story.catalog import Words
from simulator.story.run import Run
from simulator.story.values import call_text
from simulator.trace import events as ev
from simulator.trace.time import NEVER
from simulator.world.level import EVERYTHING

BROKER = Words("Broker", "Broker")
PRODUCERS = Words("Producer", "Producers")
QUEUE = Words("Queue {name}", "Queue {name}")
READY = Words("Queue {name} 길이", "Length of queue {name}")
SLOT = Words("자리 {slot}", "slot {slot}")
WAITS = Words("대기", "waits")
SENDS = Words("전송", "sends")
OUTAGE = Words("Broker 중단", "broker down")

LANES = 32
"""Most rows of what overlaps in one track; with more at once, the rest is only in the counter of its queue."""

PRODUCER_PID, BROKER_PID, FIRST_WORKER = 1, 2, 3
"""Numbers of the processes."""

PUBLISH, HELD = 1_000, 2_000
"""First thread numbers of a process for what it sends and for what waits in it; its slots have their own numbers."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Slice:
    """Something that lasts, on a thread of a process; times in microseconds."""

    pid: int
    tid: int
    name: str
    begin: int
    end: int
    args: Json = field(default_factory=dict)
    message: int = 0
    """The message that it is about, which an arrow follows; 0 if none."""


def chrome_trace(run: Run, lang: str, begin: int = 0, end: int | None = None) -> Json:
    """Write a run, or its part from `begin` to `end` (microseconds), as a trace in one language."""
    return _Tracer(run, lang, begin, run.trace.end if end is None else min(end, run.trace.end)).write()


class _Tracer:
    """Everything that is written about one run."""

    def __init__(self, run: Run, lang: str, begin: int, end: int) -> None:
        self.run = run
        self.lang = lang
        self.begin, self.end = begin, end
        self.history = History(run)
        self.short = run.names.short
        names = dict.fromkeys(event.hostname for event in run.trace if isinstance(event, ev.WorkerOnline))
        self.workers = {name: FIRST_WORKER + place for place, name in enumerate(names)}
        self.producers: dict[str, int] = {}
        self.threads: dict[tuple[int, int], str] = {}
        """Names of the threads in use."""
        self.calls = {event.uuid: event for event in run.trace if isinstance(event, ev.TaskSent)}

    def write(self) -> Json:
        header = self.run.trace.header
        slices = [one for one in self._slices() if one.end >= self.begin and one.begin <= self.end]
        rows = [*self._counters(), *self._incidents(), *self._written(slices)]
        rows.sort(key=lambda row: row["ts"])  # stable: a slice stays before what belongs to it
        about = {
            "scenario": header.scenario,
            "profile": header.profile,
            "seed": header.seed,
            "trace": self.run.trace.hash,
        }
        return {"displayTimeUnit": "ms", "otherData": about, "traceEvents": [*self._names(), *rows]}

    # -- slices --------------------------------------------------------------------------------------------------

    def _slices(self) -> Iterator[Slice]:
        yield from self._published()
        yield from self._in_queues()
        for name, pid in self.workers.items():
            yield from self._held(name, pid)
        for (name, slot), runs in self.history.slots.items():
            self.threads[self.workers[name], slot] = SLOT.text(self.lang, slot=slot)
            for place, one in enumerate(runs):
                following = runs[place + 1].start if place + 1 < len(runs) else NEVER
                until = self.run.trace.end if one.end is None else one.end
                started: Any = self.run.trace[one.start_index]
                args = {"attempt": one.attempt, "outcome": one.outcome or "running", **self._about(one.uuid)}
                if one.ack is not None:
                    args["acked_at"] = one.ack
                until = max(until, min(one.start + 1, following))
                yield Slice(self.workers[name], slot, self._label(one.uuid), one.start, until, args, started.message)

    def _label(self, uuid: str) -> str:
        sent = self.calls.get(uuid)
        return f"{self.short(uuid)} {sent.name}" if sent is not None and sent.name != uuid else self.short(uuid)

    def _about(self, uuid: str) -> Json:
        sent = self.calls.get(uuid)
        return {"id": uuid} if sent is None else {"id": uuid, "call": call_text(sent.name, sent.args, sent.kwargs)}

    def _published(self) -> Iterator[Slice]:
        for event in self.run.trace:
            if isinstance(event, ev.TaskSent):
                pid, tid = self._publisher(event.hostname)
                args = {**self._about(event.uuid), "queue": event.queue}
                yield Slice(pid, tid, self._label(event.uuid), event.t, event.t + 1, args, event.message)

    def _publisher(self, name: str) -> tuple[int, int]:
        if name in self.workers:
            self.threads[self.workers[name], PUBLISH] = SENDS.text(self.lang)
            return self.workers[name], PUBLISH
        tid = self.producers.setdefault(name, len(self.producers) + 1)
        self.threads[PRODUCER_PID, tid] = name
        return PRODUCER_PID, tid

    def _in_queues(self) -> Iterator[Slice]:
        """Yield how long each message was ready in each queue."""
        waits: dict[str, list[tuple[int, int, str, int]]] = {}
        ready: dict[int, tuple[str, int, str]] = {}

        def leave(message: int, time: int) -> None:
            if message in ready:
                queue, since, uuid = ready.pop(message)
                waits.setdefault(queue, []).append((since, time, uuid, message))

        for event in self.run.trace:
            match event:
                case ev.MessageQueued() | ev.MessageRequeued():
                    ready[event.message] = event.queue, event.t, event.uuid
                case ev.MessageDeadLettered():
                    leave(event.message, event.t)
                    ready[event.message] = event.queue, event.t, event.uuid
                case ev.MessageDelivered() | ev.MessageDropped():
                    leave(event.message, event.t)
        for message in list(ready):
            leave(message, self.run.trace.end)
        first = 1
        for queue in self.history.queues:
            rows = sorted(waits.get(queue, []))
            used = 1
            for lane, (since, until, uuid, message) in in_lanes(rows):
                used = max(used, lane + 1)
                yield Slice(
                    BROKER_PID,
                    first + lane,
                    self._label(uuid),
                    since,
                    max(until, since + 1),
                    self._about(uuid),
                    message,
                )
            if rows:
                name = QUEUE.text(self.lang, name=queue)
                self.threads |= {(BROKER_PID, first + lane): name for lane in range(used)}
            first += LANES

    def _held(self, name: str, pid: int) -> Iterator[Slice]:
        """Yield what waited in a worker, reserved or for its ETA."""
        end = self.run.trace.end
        holds = [
            (one.start, end if one.end is None else one.end, one.uuid, 0) for one in self.history.holds.get(name, [])
        ]
        for lane, (since, until, uuid, _) in in_lanes(sorted(holds)):
            self.threads[pid, HELD + lane] = WAITS.text(self.lang)
            yield Slice(pid, HELD + lane, self._label(uuid), since, max(until, since + 1), self._about(uuid))

    # -- rows ----------------------------------------------------------------------------------------------------

    def _written(self, slices: Iterable[Slice]) -> Iterator[Json]:
        """Yield slices and, for each message, an arrow through all of its slices."""
        kept = sorted(slices, key=lambda one: one.begin)
        places: dict[int, list[int]] = {}
        for place, one in enumerate(kept):
            if one.message:
                places.setdefault(one.message, []).append(place)
        steps: dict[int, str] = {}
        for found in places.values():
            if len(found) > 1:
                steps |= dict.fromkeys(found, "t") | {found[0]: "s", found[-1]: "f"}
        for place, one in enumerate(kept):
            ts, until = max(one.begin, self.begin), min(one.end, max(self.end, one.begin + 1))
            where = {"pid": one.pid, "tid": one.tid, "ts": ts}
            yield {"ph": "X", "name": one.name, "cat": "run", "dur": until - ts, "args": one.args, **where}
            if place in steps:
                arrow = {"ph": steps[place], "name": "message", "cat": "message", "id": one.message, **where}
                yield arrow | ({"bp": "e"} if steps[place] == "f" else {})

    def _counters(self) -> Iterator[Json]:
        for name, level in self.history.lasting.items():
            if name == EVERYTHING:
                continue
            title = READY.text(self.lang, name=name)
            for time, value in zip(level.times, level.values, strict=True):
                if self.begin <= time <= self.end:
                    yield {
                        "ph": "C",
                        "name": title,
                        "pid": BROKER_PID,
                        "tid": 0,
                        "ts": time,
                        "args": {"ready": int(value)},
                    }

    def _incidents(self) -> Iterator[Json]:
        down: int | None = None
        for event in self.run.trace:
            if isinstance(event, ev.BrokerDown):
                down = event.t
            elif isinstance(event, ev.BrokerUp) and down is not None:
                yield from self._outage(down, event.t)
                down = None
            if not self.begin <= event.t <= self.end:
                continue
            match event:
                case ev.WorkerLost() | ev.WorkerOffline() | ev.ChildExited():
                    yield self._instant(event, event.type, self.workers.get(event.hostname, BROKER_PID), "p")
                case ev.TaskLost():
                    yield self._instant(event, f"{event.type} {self.short(event.uuid)}", BROKER_PID, "g")
                case ev.SettingChanged():
                    about = " ".join(filter(None, (event.hostname, f"{event.setting}={event.value}")))
                    yield self._instant(event, about, BROKER_PID, "g")
        if down is not None:
            yield from self._outage(down, self.run.trace.end)

    def _outage(self, since: int, until: int) -> Iterator[Json]:
        if until >= self.begin and since <= self.end:
            self.threads[BROKER_PID, 0] = OUTAGE.text(self.lang)
            ts, name = max(since, self.begin), OUTAGE.text(self.lang)
            yield {
                "ph": "X",
                "name": name,
                "cat": "fault",
                "pid": BROKER_PID,
                "tid": 0,
                "ts": ts,
                "dur": min(until, self.end) - ts,
                "args": {},
            }

    def _instant(self, event: ev.Event, name: str, pid: int, scope: str) -> Json:
        return {"ph": "i", "name": name, "cat": "fault", "pid": pid, "tid": 0, "ts": event.t, "s": scope, "args": {}}

    def _names(self) -> Iterator[Json]:
        """Yield the names of processes and threads, and the order of both."""
        processes = {PRODUCER_PID: PRODUCERS.text(self.lang), BROKER_PID: BROKER.text(self.lang)}
        processes |= {pid: name for name, pid in self.workers.items()}
        for pid, name in processes.items():
            yield _named("process_name", pid, 0, {"name": name})
            yield _named("process_sort_index", pid, 0, {"sort_index": pid})
        for (pid, tid), name in sorted(self.threads.items()):
            yield _named("thread_name", pid, tid, {"name": name})
            yield _named("thread_sort_index", pid, tid, {"sort_index": tid})


def _named(kind: str, pid: int, tid: int, args: Json) -> Json:
    return {"ph": "M", "name": kind, "pid": pid, "tid": tid, "ts": 0, "args": args}


def in_lanes(spans: Iterable[tuple[int, int, str, int]]) -> Iterator[tuple[int, tuple[int, int, str, int]]]:
    """Put spans (begin, end, ...), sorted by begin, into as few rows as they need; beyond `LANES` they are left out.

    >>> [lane for lane, _ in in_lanes([(0, 4, "a", 1), (1, 2, "b", 2), (2, 3, "c", 3), (9, 9, "d", 4)])]
    [0, 1, 1, 0]
    """
    free: list[int] = []
    busy: list[tuple[int, int]] = []
    used = 0
    for span in spans:
        begin, end = span[0], max(span[1], span[0] + 1)
        while busy and busy[0][0] <= begin:
            insort(free, busy.pop(0)[1])
        if free:
            lane = free.pop(0)
        elif used < LANES:
            lane, used = used, used + 1
        else:
            continue
        insort(busy, (end, lane))
        yield lane, span

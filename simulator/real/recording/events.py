"""Celery's events as events of ours: a recording of a real Celery becomes a trace like any other.

What Celery does not report is concluded and marked `inferred`: that a message was queued, delivered, acknowledged or
came back; which slot ran a task; that a worker is there, or gone without a word. What cannot be known is `UNKNOWN`.

Events of several processes arrive late and in any order: they are held back (`Conversion.release`) and put in the
order of their timestamps, and a task is sent before it is received whatever the clocks say.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable
from itertools import count
from typing import Any

from simulator.real.recording.known import UNKNOWN, Known, KnownWorker, with_evidence
from simulator.real.recording.raw import Raw, arguments, keywords, moment, runtime, signal_number, text_or_none
from simulator.trace import Header, Trace, to_micros
from simulator.trace import events as ev
from simulator.trace.events import NO_CAUSE, Event

SILENCE = 3
"""Heartbeats that may be missing until a worker counts as lost (Celery: HEARTBEAT_EXPIRE_WINDOW, 200 %)."""
RESIZED = "pool-resized"
"""Kind of the recorder's own event: `size` is what a worker says of its pool."""
ENDS = ("task-succeeded", "task-failed", "task-retried", "task-rejected", "task-revoked", "task-cancelled")


class _Message:
    """One publish of a task."""

    __slots__ = ("acked", "cause", "id", "name", "queue", "retries", "uuid")

    def __init__(self, uuid: str, name: str, number: int, queue: str, retries: int) -> None:
        self.uuid, self.name, self.id, self.queue, self.retries = uuid, name, number, queue, retries
        self.acked = False
        self.cause = NO_CAUSE


class _Delivery:
    """One delivery of a message to a worker."""

    __slots__ = ("cause", "hostname", "message", "over", "slot", "started", "tag")

    def __init__(self, message: _Message, tag: int, hostname: str) -> None:
        self.message, self.tag, self.hostname = message, tag, hostname
        self.slot = 0
        self.started = self.over = False
        self.cause = NO_CAUSE


class _Worker:
    """A worker that has been heard of."""

    __slots__ = ("autoscales", "freq", "last_seen", "most", "slots", "wanted")

    def __init__(self, known: KnownWorker, *, new: bool) -> None:
        scale = known.settings.get("autoscale")
        self.autoscales = scale is not None
        size = max(1, scale[1]) if scale is not None and new else known.concurrency or 1
        self.slots: list[_Delivery | None] = [None] * size
        self.most: float = scale[0] if scale is not None else float("inf") if known.concurrency is None else size
        """Slots that it may grow to; no limit where nobody knows its concurrency."""
        self.wanted: int | None = None
        """The size to which its pool has shrunk, while busy slots keep ours from following."""
        self.freq = 0.0
        self.last_seen = 0.0


class Conversion:
    """Conversion of Celery's events into ours, one after the other: for a file as for a cluster being watched.

    `add` what arrives, `release` what is older than a time; the returned events continue the trace, whose length so
    far is `len(events)`. A recorder that knows of them may also add three events of ours: `worker-lost`, `task-lost`
    and `pool-resized`.
    """

    def __init__(self, origin: float, known: Known | None = None) -> None:
        """`origin`: the Unix time that is 0 in the trace."""
        self.origin = origin
        self.known = known or Known()
        self.events: list[Event] = []
        self.notes: Counter[str] = Counter()
        """Corrections, counted: `late` events, `unsent` tasks, `unreceived` starts, `unheard` workers, ..."""
        self._waiting: list[tuple[float, int, Raw]] = []
        self._arrivals = count()
        self._unsent: dict[tuple[str, int], Raw] = {}
        self._messages: dict[tuple[str, int], _Message] = {}
        self._deliveries: dict[str, list[_Delivery]] = {}
        self._unacked: dict[int, _Delivery] = {}
        """The last delivery of each unacknowledged message."""
        self._ready: dict[str, list[int]] = {}
        self._workers: dict[str, _Worker] = {}
        self._gone: dict[str, str] = {}
        self._closing: dict[str, _Worker] = {}
        """Workers that have said goodbye while something ran in them."""
        self._numbers, self._tags = count(1), count(1)
        self._now = 0
        for queue in self.known.queues:
            self._declare(queue, inferred=False)

    # -- in and out ---------------------------------------------------------------------------------------------

    def add(self, raw: Raw) -> None:
        """Add an event as Celery's receiver passes it on: a dictionary with `type`, `timestamp`, `hostname`, ..."""
        if not isinstance(raw.get("type"), str) or not isinstance(raw.get("timestamp"), int | float):
            self.notes["unreadable"] += 1
            return
        when = float(raw["timestamp"]) - self.known.offsets.get(str(raw.get("hostname")), 0.0)
        if raw["type"] == "task-sent" and raw.get("uuid"):
            self._unsent.setdefault((str(raw["uuid"]), int(raw.get("retries") or 0)), raw)
        heapq.heappush(self._waiting, (when, next(self._arrivals), raw))

    def greet(self, hostname: str) -> list[Event]:
        """Add a worker that was running before any event arrived; returns the new events."""
        first = len(self.events)
        name = self.name({"hostname": hostname})
        if name not in self._workers:
            self._join(name, inferred=True)
        return self.events[first:]

    def hold(self, raw: Raw, *, running: bool) -> list[Event]:
        """Add a task that a greeted worker held before any event arrived; returns the new events."""
        first = len(self.events)
        worker = self.name(raw)
        if worker in self._workers:
            self._received(raw, worker, inferred=True)
            if running:
                self._started(raw, worker, inferred=True)
        return self.events[first:]

    def watch(self, when: float) -> list[Event]:
        """Note that no earlier event will arrive: workers silent for too long are lost; returns the new events."""
        first = len(self.events)
        if not self._waiting or self._waiting[0][0] > when:
            self._now = max(self._now, to_micros(when - self.origin))
            self._notice_silence(when)
        return self.events[first:]

    def release(self, before: float = float("inf")) -> list[Event]:
        """Convert the events before a Unix time; returns the new events."""
        first = len(self.events)
        while self._waiting and self._waiting[0][0] < before:
            when, _, raw = heapq.heappop(self._waiting)
            t = to_micros(when - self.origin)
            if t < self._now:
                self.notes["late"] += 1
            self._now = max(t, self._now)
            self._notice_silence(when)
            self._take(raw, when)
        return self.events[first:]

    def _take(self, raw: Raw, when: float) -> None:
        kind = str(raw["type"])
        if kind.startswith("task-") and not raw.get("uuid"):
            return  # of no task
        if kind == "task-sent":
            self._sent(raw)
        elif kind.startswith("task-"):
            worker = self._seen(raw, when)
            if kind == "task-received":
                self._received(raw, worker)
            elif kind == "task-started":
                self._started(raw, worker)
            elif kind in ENDS:
                self._ended(kind, raw, worker)
            elif kind == "task-lost":
                self._lost(raw, worker)
        elif kind == "worker-lost":
            self._leave(self.name(raw), "lost", inferred=bool(raw.get("inferred")))
        elif kind == "worker-offline":
            self._leave(self.name(raw), "offline")
        elif kind in ("worker-online", "worker-heartbeat"):
            self._alive(kind, raw, when)
        elif kind == RESIZED:
            self._resized(raw)

    def _emit(self, kind: type[Event], *values: Any, cause: int = NO_CAUSE, **more: Any) -> int:
        self.events.append(kind(self._now, cause, *values, **more))
        return len(self.events) - 1

    # -- workers ------------------------------------------------------------------------------------------------

    def name(self, raw: Raw) -> str:
        """The name of a process in the trace: `w1` for `w1@host`; Celery's default name stays whole."""
        hostname = str(raw.get("hostname") or UNKNOWN)
        bare = hostname.partition("@")[0]
        return hostname if bare in ("celery", "") else bare

    def _seen(self, raw: Raw, when: float) -> str:
        """The worker that an event comes from, which is online by then."""
        name = self.name(raw)
        if name in self._closing and raw["type"] in (*ENDS, "task-started"):
            return name  # a warm shutdown: it has said goodbye, and ends what it runs
        if name not in self._workers:
            self.notes["unheard"] += 1
            self._join(name, inferred=True)
        self._workers[name].last_seen = when
        return name

    def _join(self, name: str, *, inferred: bool) -> None:
        known = self.known.workers.get(name, KnownWorker())
        for queue in known.queues:
            self._declare(queue)
        self._end_closing(name)
        worker = self._workers[name] = _Worker(known, new=not inferred)
        self._gone.pop(name, None)
        self._emit(
            ev.WorkerOnline,
            name,
            known.queues,
            known.pool,
            len(worker.slots),
            known.prefetch_count,
            dict(known.settings),
            inferred=inferred,
        )

    def _alive(self, kind: str, raw: Raw, when: float) -> None:
        name = self.name(raw)
        if kind == "worker-online":
            if (
                name in self._workers
            ):  # a connection that came back, or a second life nobody saw the end of the first of
                self._leave(name, "lost", inferred=True)
            self._join(name, inferred=False)
        else:
            self._seen(raw, when)
            active, processed = int(raw.get("active") or 0), int(raw.get("processed") or 0)
            self._emit(ev.WorkerHeartbeat, name, active, processed)
        self._workers[name].last_seen = when
        self._workers[name].freq = float(raw.get("freq") or 0)

    def _leave(self, name: str, how: str, *, inferred: bool = False) -> None:
        """Remove a worker; its unacknowledged messages return to the broker (at an unknown time)."""
        worker = self._workers.pop(name, None)
        if worker is None:
            if how == "lost" and not inferred:  # killed while it shut down
                self._end_closing(name)
            return
        self._gone[name] = how
        kind = ev.WorkerOffline if how == "offline" else ev.WorkerLost
        cause = self._emit(kind, name, inferred=inferred)
        running = [d for d in worker.slots if d is not None] if how == "offline" else []
        if running:
            self._closing[name] = worker
        self._give_back(name, how, running, cause)

    def _give_back(self, name: str, how: str, running: list[_Delivery], cause: int) -> None:
        """Return the messages of a worker that is gone, but for those that are still `running` there."""
        for delivery in [d for d in self._unacked.values() if d.hostname == name and d not in running]:
            if how == "offline" or not self.known.leases:
                self._requeue(delivery, "shutdown" if how == "offline" else "connection-lost", cause)
        for deliveries in self._deliveries.values():
            for delivery in deliveries:
                delivery.over = delivery.over or (delivery.hostname == name and delivery not in running)

    def _end_closing(self, name: str) -> None:
        """End what a worker still ran after its goodbye: its process is gone, killed or cold."""
        worker = self._closing.pop(name, None)
        if worker is not None and any(worker.slots):
            cause = self._emit(ev.WorkerLost, name, inferred=True)
            self._gone[name] = "lost"
            self._give_back(name, "lost", [], cause)

    def _resized(self, raw: Raw) -> None:
        """Take the size of a pool as its worker says it; a busy slot goes when it is free."""
        name = self.name(raw)
        worker, size = self._workers.get(name), int(raw["size"])
        if worker is None:
            return
        worker.wanted = size if size < len(worker.slots) else None
        if size > len(worker.slots):
            worker.slots += [None] * (size - len(worker.slots))
            self._emit(ev.PoolResized, name, size, "autoscale", inferred=True)
        self._shrink(name, worker)

    def _shrink(self, name: str, worker: _Worker) -> None:
        before = len(worker.slots)
        while worker.wanted is not None and len(worker.slots) > max(1, worker.wanted) and worker.slots[-1] is None:
            worker.slots.pop()
        if len(worker.slots) < before:
            self._emit(ev.PoolResized, name, len(worker.slots), "autoscale", inferred=True)

    def _notice_silence(self, when: float) -> None:
        for name, worker in list(self._workers.items()):
            if worker.freq and when - worker.last_seen > SILENCE * worker.freq:
                self.notes["silent"] += 1
                self._leave(name, "lost", inferred=True)

    # -- messages -----------------------------------------------------------------------------------------------

    def _declare(self, queue: str, *, inferred: bool = True) -> None:
        if queue not in self._ready:
            self._ready[queue] = []
            self._emit(ev.QueueDeclared, queue, dict(self.known.queues.get(queue, {})), inferred=inferred)

    def _sent(self, raw: Raw, *, inferred: bool = False) -> _Message:
        """Convert a publish, and the broker's handling of it."""
        uuid, retries = str(raw["uuid"]), int(raw.get("retries") or 0)
        key = (uuid, retries)
        self._unsent.pop(key, None)
        if key in self._messages and not inferred:
            return self._messages[key]  # it was put before its receive, or concluded from it
        queue = str(raw.get("queue") or UNKNOWN).removeprefix(self.known.queue_prefix)
        self._declare(queue)
        name = str(raw.get("name") or UNKNOWN)
        message = self._messages[key] = _Message(uuid, name, next(self._numbers), queue, retries)
        message.cause = self._emit(
            ev.TaskSent,
            UNKNOWN if inferred else self.name(raw),
            uuid,
            name,
            message.id,
            queue,
            arguments(raw.get("args")),
            keywords(raw.get("kwargs")),
            retries,
            moment(raw.get("eta"), self.origin),
            moment(raw.get("expires"), self.origin),
            raw.get("priority"),
            text_or_none(raw.get("root_id")),
            text_or_none(raw.get("parent_id")),
            inferred=inferred,
        )
        position = len(self._ready[queue])
        self._ready[queue].append(message.id)
        message.cause = self._emit(
            ev.MessageQueued, uuid, message.id, queue, position, cause=message.cause, inferred=True
        )
        return message

    def _message(self, raw: Raw, worker: str) -> _Message:
        """The message that a worker received: sent as reported, before or just now, or inferred."""
        key = (str(raw["uuid"]), int(raw.get("retries") or 0))
        if key in self._unsent:
            return self._sent(self._unsent[key])
        if key not in self._messages or self._messages[key].acked:
            self.notes["unsent"] += 1
            queue = self.known.queue_of(str(raw.get("name")), worker)
            return self._sent({"queue": queue, **raw}, inferred=True)
        return self._messages[key]

    def _requeue(self, delivery: _Delivery, why: str, cause: int) -> None:
        message = delivery.message
        del self._unacked[message.id]
        ready = self._ready[message.queue]
        ready.insert(0, message.id)
        host = "" if why == "visibility-timeout" else delivery.hostname
        message.cause = self._emit(
            ev.MessageRequeued,
            *(message.uuid, message.id, message.queue, 0, delivery.tag, host, why),
            cause=cause,
            inferred=True,
        )

    def _received(self, raw: Raw, worker: str, *, inferred: bool = False) -> _Delivery:
        message = self._message(raw, worker)
        before = self._unacked.get(message.id)
        if before is not None:
            gone = before.hostname in self._gone or not self.known.leases
            self._requeue(before, "connection-lost" if gone else "visibility-timeout", NO_CAUSE)
        self._ready[message.queue].remove(message.id)
        delivery = _Delivery(message, next(self._tags), worker)
        again = any(d.message is message for d in self._deliveries.get(message.uuid, ()))
        self._unacked[message.id] = delivery
        self._deliveries.setdefault(message.uuid, []).append(delivery)
        cause = self._emit(
            ev.MessageDelivered,
            *(message.uuid, message.id, message.queue, delivery.tag, worker, again),
            cause=message.cause,
            inferred=True,
        )
        eta = moment(raw.get("eta"), self.origin)
        delivery.cause = self._emit(
            ev.TaskReceived,
            *(worker, message.uuid, message.name, message.id, delivery.tag),
            arguments(raw.get("args")),
            keywords(raw.get("kwargs")),
            message.retries,
            eta,
            moment(raw.get("expires"), self.origin),
            text_or_none(raw.get("root_id")),
            text_or_none(raw.get("parent_id")),
            cause=cause,
            inferred=inferred,
        )
        if eta is not None and eta > self._now:
            delivery.cause = self._emit(
                ev.TaskScheduled,
                *(worker, message.uuid, message.id, delivery.tag, eta),
                cause=delivery.cause,
                inferred=True,
            )
        return delivery

    def _ack(self, delivery: _Delivery) -> None:
        message = delivery.message
        if message.acked or message.id not in self._unacked:
            return
        message.acked = True
        del self._unacked[message.id]
        delivery.cause = self._emit(
            ev.MessageAcked,
            *(message.uuid, message.id, message.queue, delivery.tag, delivery.hostname),
            cause=delivery.cause,
            inferred=True,
        )

    # -- executions ---------------------------------------------------------------------------------------------

    def _delivery(self, raw: Raw, worker: str, *, started: bool) -> _Delivery:
        """The delivery that an event concerns: the oldest that fits; inferred if there is none."""
        mine = [d for d in self._deliveries.get(str(raw["uuid"]), ()) if d.hostname == worker and not d.over]
        fitting = [d for d in mine if d.started == started] or mine
        if fitting:
            return fitting[0]
        self.notes["unreceived"] += 1
        retries = max((r for uuid, r in self._messages if uuid == raw["uuid"]), default=0)
        return self._received({"retries": retries, **raw}, worker, inferred=True)

    def _started(self, raw: Raw, name: str, *, inferred: bool = False) -> None:
        delivery = self._delivery(raw, name, started=False)
        worker, message = self._workers.get(name) or self._closing[name], delivery.message
        if message.name not in self.known.late:
            self._ack(delivery)
        if None in worker.slots:
            place = worker.slots.index(None)
        elif len(worker.slots) < worker.most:
            place = len(worker.slots)
            worker.slots.append(None)
            why = "autoscale" if worker.autoscales else UNKNOWN
            self._emit(ev.PoolResized, name, place + 1, why, cause=delivery.cause, inferred=True)
        else:  # the end of what ran there was lost
            self.notes["unended"] += 1
            place = 0
        worker.slots[place] = delivery
        delivery.started, delivery.slot = True, place + 1
        delivery.cause = self._emit(
            ev.TaskStarted,
            *(name, message.uuid, message.id, delivery.tag, place + 1),
            cause=delivery.cause,
            inferred=inferred,
        )

    def _ended(self, kind: str, raw: Raw, name: str) -> None:
        """Convert an end of an execution; a task may be reported as failed twice, and then failed twice."""
        done = [d for d in self._deliveries.get(str(raw["uuid"]), ()) if d.hostname == name and d.over]
        mine = [d for d in self._deliveries.get(str(raw["uuid"]), ()) if d.hostname == name and not d.over]
        delivery = done[-1] if done and not mine else self._delivery(raw, name, started=True)
        requeued = kind == "task-rejected" and bool(raw.get("requeue"))
        if kind != "task-cancelled" and not requeued:
            self._ack(delivery)
        self._tell_end(kind, raw, delivery)
        worker = self._workers.get(name) or self._closing[name]
        if delivery in worker.slots:
            worker.slots[worker.slots.index(delivery)] = None
            self._shrink(name, worker)
            if not any(worker.slots):
                self._closing.pop(name, None)
        delivery.over = True
        if requeued and delivery.message.id in self._unacked:
            self._requeue(delivery, "rejected", delivery.cause)

    def _tell_end(self, kind: str, raw: Raw, delivery: _Delivery) -> None:
        message, slot = delivery.message, delivery.slot
        about = (delivery.hostname, message.uuid, message.id, delivery.tag)
        took = runtime(raw.get("runtime"))
        exception = str(raw.get("exception"))
        values: tuple[Any, ...] = {
            "task-succeeded": (slot, took or 0, raw.get("result")),
            "task-failed": (exception, slot, took),
            "task-retried": (slot, exception, took or 0),
            "task-rejected": (slot, bool(raw.get("requeue"))),
            "task-revoked": (bool(raw.get("expired")), bool(raw.get("terminated")), signal_number(raw.get("signum"))),
            "task-cancelled": (slot,),
        }[kind]
        delivery.cause = self._emit(ev.EVENT_TYPES[kind], *about, *values, cause=delivery.cause)

    def _lost(self, raw: Raw, name: str) -> None:
        delivery = self._delivery(raw, name, started=True)
        message = delivery.message
        self._emit(
            ev.TaskLost,
            *(message.uuid, message.id, delivery.tag, name, "acked"),
            cause=delivery.cause,
            inferred=True,
        )


def convert(
    raws: Iterable[Raw], known: Known | None = None, *, origin: float | None = None, header: Header | None = None
) -> Trace:
    """Convert a whole recording, in any order, to a trace that begins at `origin` (Unix time; default: first event)."""
    listed = list(raws)
    times = [float(raw["timestamp"]) for raw in listed if isinstance(raw.get("timestamp"), int | float)]
    start = min(times, default=0.0) if origin is None else origin
    conversion = Conversion(start, with_evidence(listed, known or Known()))
    for raw in listed:
        conversion.add(raw)
    conversion.release()
    end = max((event.t for event in conversion.events), default=0)
    since = {"since": round(start, 6)}
    return Trace(header or Header(end=end, stopped="until", recorded=since), conversion.events)

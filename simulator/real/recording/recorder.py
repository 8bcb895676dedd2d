"""Recording of a running cluster: listen to Celery's events, and append them to a trace file once they are final.

Reading only: a queue of one's own is bound to the exchange of the events, and workers are asked once what they are
(`inspect`). Only `enable` changes anything: workers that sent no task events send them while it records.

What was written stays: each event is a line, appended and never touched again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import IO, Any

from kombu import Connection, Consumer

from simulator.real.gate import PATIENCE, bounded, lost_of, lost_with, make_celery, scheme_of
from simulator.real.own_queues import OwnControl, own_name, remove_dead
from simulator.real.recording.asking import Asker
from simulator.real.recording.cluster import Cluster, ask_cluster, name_of
from simulator.real.recording.events import RESIZED, Conversion
from simulator.real.recording.raw import Raw, is_readable
from simulator.real.recording.redact import redacted
from simulator.scenario.transports import transport_like
from simulator.trace import MICROS, Header, end_line, event_line, header_line
from simulator.trace.events import Event

HOLD = 1.0
"""Seconds that events are held back, to sort those of several processes by timestamp."""

TICK = 0.2
"""Seconds between turns of the recording loop."""

SKEW = 1.0
"""Clock difference in seconds from which a worker's timestamps are corrected."""

SUBSCRIBE = 0.05
"""Seconds of the first turn, in which Kombu subscribes on Redis; events from then on are kept."""

GARBLED = (ValueError, KeyError, TypeError, AttributeError)
"""Errors of Kombu over a message that is none, where none of our own code runs."""


class BrokerSilent(Exception):
    """No broker answers; `reason` in the library's words."""

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class RecordingProgress:
    """Progress of a recording."""

    seconds: float = 0.0
    workers: int = 0
    received: int = 0
    running: int = 0
    ended: int = 0
    events: int = 0


@dataclass(slots=True)
class _Heard:
    """Counts for one worker, to detect lost events."""

    processed: int | None = None
    """The worker's count of accepted tasks, in its first heartbeat and its latest."""
    latest: int = 0
    started: int = 0
    """`task-started` events since that first heartbeat."""
    offset: float | None = None


@dataclass(slots=True)
class Recorder:
    """One recording, from `run` to its end; `stop` ends it, also from another thread or a signal handler."""

    url: str
    stream: IO[str] | None
    """Stream that the trace is written to; None if only `events` is read."""
    enable: bool = False
    redact: bool = False
    clock: Callable[[], float] = time.time
    progress: RecordingProgress = field(default_factory=RecordingProgress)
    notes: Counter[str] = field(default_factory=Counter)
    clocks: dict[str, float] = field(default_factory=dict)
    """Seconds by which each clock is ahead, by hostname, if significant."""
    header: Header | None = None
    """The header, once it listens."""
    events: Sequence[Event] = ()
    """Final events so far. The sequence only grows, so another thread may read it during the recording."""
    _heard: dict[str, _Heard] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _running: set[str] = field(default_factory=set)
    _asker: Asker = field(default_factory=Asker)
    _told: dict[str, Any] = field(default_factory=dict)
    """Settings and tasks, as the workers said them."""
    _looked_at: set[str] = field(default_factory=set)
    _priorities: dict[str, Counter[str]] = field(default_factory=dict)
    """By task type, how many of those that workers were seen to hold had each priority."""
    _stopped: bool = False

    def stop(self) -> None:
        """End the recording at its next turn."""
        self._stopped = True

    def run(self, seconds: float | None = None, tell: Callable[[RecordingProgress], None] = lambda _: None) -> None:
        """Record until `stop`, Ctrl+C, or for a number of `seconds`.

        Raises:
            BrokerSilent: there is no broker at the address, or it is gone before anybody has answered.
        """
        with connected(self.url) as (app, connection):
            receiver = app.events.Receiver(connection.default_channel, node_id=own_name())
            transport = str(connection.transport.driver_type)
            scheme = scheme_of(self.url)
            # Listening begins before anybody is asked, so that nothing falls between the two.
            inbox: list[Raw] = []
            with _listening(receiver, connection, partial(self._hear, inbox)) as again:
                with _answering(connection):
                    self._drain(connection, SUBSCRIBE)
                    origin = self.clock()
                    cluster = ask_cluster(app)
                self._told = cluster.told()
                kind = transport_like(scheme)
                leases = kind is not None and kind.visibility_timeout is not None
                known = cluster.known(transport=transport, leases=leases)
                self._names = dict(cluster.running)
                conversion = Conversion(origin, known)
                offsets: Any = known.offsets
                header = Header(
                    profile=kind.profile if kind is not None else "",
                    scenario="recording",
                    title={"ko": "실제 Celery 기록", "en": "A recording of a real Celery"},
                    stopped="recorded",
                    polls="found",
                    recorded={"since": round(origin, 6), **({"asked": self._told} if self._told else {})},
                )
                self._put(header_line(header))
                self._asker.looks = leases or any("x-max-priority" in given for given in known.queues.values())
                self._note_priorities(cluster)
                for name in cluster.workers:
                    conversion.greet(name)
                    if "autoscale" in known.workers[name_of(name)].settings:
                        self._asker.autoscaled.add(name)
                self._hold(conversion, cluster, inbox)
                self.events, self.header = conversion.events, header
                self._write(conversion.events)
                with _answering(connection):
                    enabled = _enable(app) if self.enable else []
                take = partial(self._take, conversion, offsets)
                try:
                    lost: tuple[type[BaseException], ...] = (BrokerSilent, *lost_with(connection))
                    with self._asker.asking(partial(_app_at, self.url), lost):
                        self._listen(connection, conversion, inbox, take, again, origin, seconds, tell)
                finally:
                    for raw in inbox:
                        take(raw)
                    self._finish(conversion, cluster, origin)
                    _disable(app, enabled)

    def _hear(self, inbox: list[Raw], receiver: Any, event: Any) -> None:
        """Take in an event from the broker; what is none is counted and left."""
        if is_readable(event, self.clock()):
            inbox.append(receiver.event_from_message(event, localize=False)[1])
        else:
            self.notes["unreadable"] += 1

    def _drain(self, connection: Connection, seconds: float) -> None:
        """Wait for events; a message that Kombu cannot take apart is counted and left."""
        try:
            connection.drain_events(timeout=seconds)
        except TimeoutError:
            pass
        except GARBLED:
            self.notes["unreadable"] += 1

    def _hold(self, conversion: Conversion, cluster: Cluster, backlog: list[Raw]) -> None:
        """Begin with what the workers held when they were asked, unless its events have been heard already."""
        heard: dict[Any, set[str]] = {}
        for raw in backlog:
            heard.setdefault(raw.get("uuid"), set()).add(str(raw.get("type")))
        for raw, running in cluster.held():
            kinds = heard.get(raw["uuid"], set())
            if "task-received" not in kinds:
                shown = redacted(raw) if self.redact else raw
                conversion.hold(shown, running=running and "task-started" not in kinds)

    def _note_priorities(self, cluster: Cluster) -> None:
        """Count the priorities of tasks that workers hold, each task once."""
        for uuid, name, priority in cluster.priorities():
            if uuid not in self._looked_at:
                self._looked_at.add(uuid)
                self._priorities.setdefault(name, Counter())[str(priority)] += 1

    def _answered(self, conversion: Conversion, transport: str) -> None:
        """Take what workers have said meanwhile."""
        for answer in self._asker.heard():
            if isinstance(answer, Cluster):
                self._note_priorities(answer)
                for host in answer.workers:
                    known = answer.worker(host, transport)
                    conversion.known.workers[name_of(host)] = known  # type: ignore[index]
                    if "autoscale" in known.settings:
                        self._asker.autoscaled.add(host)
                self._told = {**answer.told(), **self._told}
                continue
            for host, size in answer.items():
                conversion.add({"type": RESIZED, "timestamp": self.clock(), "hostname": host, "size": size})

    def _listen(
        self,
        connection: Connection,
        conversion: Conversion,
        inbox: list[Raw],
        take: Callable[[Raw], None],
        again: Callable[[], None],
        origin: float,
        seconds: float | None,
        tell: Callable[[RecordingProgress], None],
    ) -> None:
        lost, broken = lost_with(connection), False
        try:
            while not self._stopped:
                now = self.clock()
                if seconds is not None and now - origin >= seconds + HOLD:
                    return
                try:
                    if broken:
                        again()
                        broken = False
                    self._drain(connection, TICK)
                except lost:
                    self.notes["reconnected"] += not broken
                    broken = True
                    time.sleep(TICK)
                for raw in inbox:
                    take(raw)
                inbox.clear()
                before = min(self.clock() - HOLD, self._asker.pending())
                if not broken:  # of a silent broker it does not follow that the workers are gone
                    self._answered(conversion, str(connection.transport.driver_type))
                    self._write(conversion.release(before))
                    self._write(conversion.watch(before))
                self.progress.seconds = max(0.0, before - origin)
                tell(self.progress)
        except KeyboardInterrupt:
            return

    def _take(self, conversion: Conversion, offsets: dict[str, float], raw: Raw) -> None:
        """Take an event from the broker: correct its clock, look up missing facts, hide secrets."""
        host, kind = str(raw.get("hostname")), str(raw.get("type"))
        if isinstance(raw.get("timestamp"), int | float):
            self._compare_clocks(host, float(raw["local_received"]) - float(raw["timestamp"]), offsets)
        self._count(host, kind, raw)
        if raw.get("uuid") in self._names:
            raw.setdefault("name", self._names[str(raw["uuid"])])
        conversion.add(redacted(raw) if self.redact else raw)

    def _compare_clocks(self, host: str, behind: float, offsets: dict[str, float]) -> None:
        """Estimate a clock's offset: the least difference ever seen, since messages take almost no time."""
        heard = self._heard.setdefault(host, _Heard())
        if heard.offset is None or abs(behind) < abs(heard.offset):
            heard.offset = behind
            if abs(behind) >= SKEW:
                offsets[host] = self.clocks[host] = -behind
            else:
                offsets.pop(host, None)
                self.clocks.pop(host, None)

    def _count(self, host: str, kind: str, raw: Raw) -> None:
        heard, uuid = self._heard.setdefault(host, _Heard()), str(raw.get("uuid"))
        if kind == "worker-heartbeat" and isinstance(raw.get("processed"), int):
            if heard.processed is None or raw["processed"] < heard.latest:
                heard.processed, heard.started = raw["processed"], 0
            heard.latest = raw["processed"]
        elif kind == "worker-online":
            heard.processed, heard.latest, heard.started = 0, 0, 0
            self._asker.notice(host, float(raw["timestamp"]))
        elif kind == "task-received":
            self.progress.received += 1
        elif kind == "task-started":
            heard.started += 1
            self._running.add(uuid)
        elif kind.startswith("task-") and kind != "task-sent":
            self.progress.ended += kind in ("task-succeeded", "task-failed", "task-revoked")
            self._running.discard(uuid)
        self.progress.running = len(self._running)

    def _put(self, text: str) -> None:
        """Write whole lines to the file at once: a killed process leaves at most the last of them cut off."""
        if self.stream is not None:
            self.stream.write(text)
            self.stream.flush()

    def _write(self, events: list[Event]) -> None:
        if events:
            if self.stream is not None:
                self._put("".join(map(event_line, events)))
            self.progress.events += len(events)
            online = {"worker-online": 1, "worker-offline": -1, "worker-lost": -1}
            self.progress.workers += sum(online.get(event.type, 0) for event in events)

    def _finish(self, conversion: Conversion, cluster: Cluster, origin: float) -> None:
        self._write(conversion.release())
        self.notes.update(conversion.notes)
        for heard in self._heard.values():
            missed = heard.latest - (heard.processed or 0) - heard.started
            if heard.processed is not None and missed > 0:
                self.notes["mute" if not heard.started else "missed"] += missed
        if not cluster.workers:
            self.notes["unanswered"] += 1
        notes: dict[str, Any] = {key: count for key, count in sorted(self.notes.items()) if count}
        if self.clocks:
            notes["clocks"] = {host: round(ahead, 3) for host, ahead in sorted(self.clocks.items())}
        now = max(round((self.clock() - origin) * MICROS), conversion.events[-1].t if conversion.events else 0)
        told = {**self._told, **({"priorities": self._priorities} if self._priorities else {})}
        self._put(end_line(now, {"notes": notes, **({"asked": told} if told else {})}))


@contextmanager
def connected(url: str) -> Iterator[tuple[Any, Any]]:
    """Make an application without tasks, connected to its broker; raises `BrokerSilent`."""
    app = make_celery(broker=url, set_as_current=False, control=OwnControl)
    app.conf.update(broker_connection_timeout=PATIENCE, broker_connection_retry=False, worker_hijack_root_logger=False)
    app.conf.broker_transport_options = bounded(url)
    lost: tuple[type[BaseException], ...] = (OSError, KeyError, TypeError, ValueError, ImportError)  # no such transport
    try:
        connection = app.connection_for_read()
        lost = (*lost, *lost_with(connection))
        connection.ensure_connection(max_retries=1, interval_start=0, timeout=PATIENCE)
        remove_dead(connection)
    except lost as error:
        raise BrokerSilent(str(error) or type(error).__name__) from error
    try:
        yield app, connection
    finally:
        connection.release()
        app.close()


@contextmanager
def _answering(connection: Any) -> Iterator[None]:
    """Raise `BrokerSilent` if the broker is lost in the block."""
    try:
        yield
    except lost_with(connection) as error:
        raise BrokerSilent(str(error) or type(error).__name__) from error


@contextmanager
def _app_at(url: str) -> Iterator[Any]:
    """Make an application of its own for another thread; raises `BrokerSilent`."""
    with connected(url) as (app, _):
        yield app


@contextmanager
def _listening(receiver: Any, connection: Any, take: Callable[[Any, Any], None]) -> Iterator[Callable[[], None]]:
    """Consume events while the block runs; yields a function that connects again."""

    def received(body: Any, _: Any) -> None:
        for event in body if isinstance(body, list) else [body]:
            take(receiver, event)

    def garbled(*_: Any) -> None:
        take(receiver, None)

    def consume() -> list[Any]:
        made = receiver.get_consumers(partial(Consumer, connection.default_channel), connection.default_channel)
        for consumer in made:
            consumer.callbacks = [received]
            consumer.on_decode_error = garbled
            consumer.consume()
        return list(made)

    with _answering(connection):
        consumers = consume()

    def again() -> None:
        connection.close()
        connection.connect()
        consumers[:] = consume()

    try:
        yield again
    finally:
        for consumer in consumers:
            with suppress(*lost_with(connection)):  # the broker forgets the queue by itself
                consumer.cancel()


def _enable(app: Any) -> list[str]:
    """Have every worker send task events; returns those that did not before."""
    replies = app.control.enable_events(reply=True, timeout=1.0) or []
    return [
        host for reply in replies for host, said in reply.items() if "already" not in str(said) and "ok" in str(said)
    ]


def _disable(app: Any, hosts: list[str]) -> None:
    """Disable task events again where they were enabled."""
    if hosts:
        with suppress(*lost_of(app)):  # without a broker nobody can be told
            app.control.disable_events(destination=hosts, reply=True, timeout=1.0)

"""The parts of a scene: values only, ready to be drawn or written as JSON."""

from __future__ import annotations

from typing import Literal

from simulator.scene.chart import Chart, MeterPanel
from simulator.scene.part import ScenePart

Spot = tuple[str, str, int]
"""A place on the stage: `producer`, `queue`, `worker` or `store`; its name; the position or slot there."""


Fate = Literal["returns", "returned", "lost"]
"""What becomes of a message in a worker that was killed: it will be back in its queue, it is, or it never will."""


class Selection(ScenePart, frozen=True):
    """What a person has chosen: a panel (`queue`, `workers` or none) and in it a task's id or a worker's name."""

    panel: str = ""
    key: str = ""


class QueuedMessage(ScenePart, frozen=True):
    """A message that waits in a queue."""

    uuid: str
    name: str
    waited: int
    """For how long, in microseconds."""
    position: int
    """From 0."""


class QueueBox(ScenePart, frozen=True):
    """A queue."""

    name: str
    count: int
    unacked: int
    longest: int = 0
    """The most that were in it at once so far."""
    broker_up: bool = True
    items: tuple[QueuedMessage, ...] = ()
    """The next messages, as many as were asked for (`Room.items`)."""
    levels: tuple[float, ...] = ()
    """How long it was in each of `Room.levels` equal parts of the run, up to now: as many as have begun."""


class SlotBox(ScenePart, frozen=True):
    """A slot of a worker's pool that runs something; times in microseconds."""

    slot: int
    uuid: str
    name: str
    elapsed: int
    planned: int | None
    """How long it will take, where that is known."""
    acked: bool


class WorkerBox(ScenePart, frozen=True):
    """A worker. What it holds is told of as many workers as were asked for (`Room.workers`), and of the chosen one."""

    name: str
    state: str
    """`idle`, `running`, `stopping`, `killed` or `offline`."""
    since: int
    """When it came into that state of life, in microseconds."""
    busy: int
    concurrency: int
    done: int
    slots: tuple[SlotBox, ...] = ()
    """What it runs, by slot; the first ones of very many."""
    reserved: tuple[str, ...] = ()
    """Tasks it has received that wait for a slot, the first ones of very many."""
    reserved_count: int = 0
    scheduled: tuple[tuple[str, int], ...] = ()
    """(id, eta in microseconds) of the tasks it holds for their ETA, the next ones first."""
    scheduled_count: int = 0
    coming: tuple[str, ...] = ()
    """Tasks on their way to it, the first ones of very many."""
    coming_count: int = 0
    sending: tuple[str, ...] = ()
    """Tasks that it has sent itself, whose message is about to leave for the broker, the first ones of very many."""
    sending_count: int = 0
    unsettled: tuple[str, ...] = ()
    """Tasks that the broker takes to be with it though it runs them no more, the first ones of very many.

    Their run has ended and the ACK is to come, or an earlier process of it held them.
    """
    unsettled_count: int = 0
    dropped: tuple[tuple[str, Fate], ...] = ()
    """Of a killed worker: the tasks it held, and what becomes of their message."""


class ProducerBox(ScenePart, frozen=True):
    """Somebody who sends tasks."""

    name: str
    sent: int
    sending: tuple[str, ...] = ()
    """Tasks whose message is about to leave for the broker, the first ones of very many."""
    sending_count: int = 0


class Flight(ScenePart, frozen=True):
    """Something on its way between two places: `task`, `ack`, `ask`, `answer` or `result`.

    `drop` goes nowhere: a killed worker lets go of it. What is lost for good has itself as target, else a queue.
    """

    kind: str
    label: str
    uuid: str
    source: Spot
    target: Spot
    progress: float
    """0 to 1."""


class Flow(ScenePart, frozen=True):
    """So many messages on their way at once that single ones would only be noise: how many, and where to."""

    coming: int
    """From producers to queues."""
    going: int
    """From queues to workers."""


class StoreBox(ScenePart, frozen=True):
    """The result backend: how many results it has got, and the last one."""

    count: int
    uuid: str
    state: str


class Told(ScenePart, frozen=True):
    """A line of words: what it is (`now`, `why`, `note`), in one language, and more of it in another."""

    kind: str
    text: str
    lang: str
    has_keys: bool = False
    """Whether its arrows are keys."""


class ChoiceLine(ScenePart, frozen=True):
    """One answer that can be chosen."""

    key: str
    text: str
    right: bool
    """Only told once it was answered."""
    chosen: bool
    because: str


class QuestionBox(ScenePart, frozen=True):
    """A question: open, answered, or (where the run has shown it) with what came of the answer."""

    texts: list[str]
    choices: list[ChoiceLine]
    answered: bool
    verdict: str
    """Empty until the run has shown it; then `right`, `wrong`, `unknown` (was not known), `changed` (answered for a run
    that a what-if has changed), `none` (nothing is right any more)."""
    why: list[str]
    known: bool = True
    """Whether there was an answer, other than "I don't know"."""


class EventLine(ScenePart, frozen=True):
    """An event in the list."""

    index: int
    time: int
    text: str
    tone: str
    """What it means for a task: `running`, `done`, `failed`, `lost`, `waiting`, `dim` (an aside), ..."""
    is_now: bool
    is_future: bool


class TransportBar(ScenePart, frozen=True):
    """What the transport bar shows."""

    motion: str
    """`paused`, `playing`, `asking`, `ended` or `live`."""
    event: int
    """How many events have happened."""
    events: int | None
    """How many there are in all; None while that would answer an open question."""
    speed: float


class LogLine(ScenePart, frozen=True):
    """A line of a worker's log: one, or several, with newlines between."""

    hostname: str
    text: str


class Lower(ScenePart, frozen=True):
    """What the lower panel shows."""

    panel: str
    """`timeline`, `meters` or `log`."""
    dots: bool
    """Whether charts are lines of dots, not blocks."""
    whose: str
    """The worker whose log it is; empty for all."""
    meters: MeterPanel | None = None
    """Where they were asked for (`Room.meters`)."""
    log: list[LogLine] = []
    """The last entries, as many as were asked for (`Room.log`)."""


class Scene(ScenePart, frozen=True):
    """A moment of a run as it is to be shown."""

    lang: str
    titles: list[str]
    """In every language that is shown."""
    profile: str
    seed: int
    recorded: bool
    """Whether this is a real Celery, not a simulation."""
    hash: str
    """Empty while the run goes on."""
    branch: str
    """What was changed, in words; empty in an original run."""
    chapters: list[str]
    """The number and heading of the chapter we are in, in every language that is shown; none where there is none."""
    time: int
    """What the clock shows, in microseconds."""
    producers: list[ProducerBox]
    queues: list[QueueBox]
    workers: list[WorkerBox]
    counts: dict[str, int]
    flights: list[Flight]
    """On their way now, the latest first; of very many a few."""
    flow: Flow | None
    """All that is on its way, where it is very much."""
    trail: Flight | None
    """At rest: the way of the last event."""
    words: list[Told]
    question: QuestionBox | None
    events: list[EventLine]
    """The latest lines of the event list, as many as were asked for (`Room.events`)."""
    chart: Chart
    transport: TransportBar
    selection: Selection
    notice: str
    """A word to the person."""
    lower: Lower
    notice_has_keys: bool = False
    """Whether its arrows are keys: they are where nothing is filled in."""
    look: frozenset[str] = frozenset()
    """What a caption points at: names of workers and queues, or `producers`, `queues`, `workers`."""
    flying: frozenset[str] = frozenset()
    """Tasks that are on their way to where the world already has them."""
    down: tuple[str, ...] = ()
    """Services that are down."""
    live: bool = False
    """Whether the run goes on while it is shown."""
    names: dict[str, str] = {}
    """What tasks are called here whose id is too long to be shown: by id."""
    store: StoreBox | None = None
    """None where no result is ever stored."""

    def short(self, uuid: str) -> str:
        """What a task is called here."""
        return self.names.get(uuid, uuid)

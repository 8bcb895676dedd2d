"""The parts of a scene: plain values, ready to draw or serialise as JSON."""

from __future__ import annotations

from typing import Literal

from simulator.scene.chart import Chart, MeterPanel
from simulator.scene.part import ScenePart

Spot = tuple[str, str, int]
"""A place on the stage: `producer`, `queue`, `worker` or `store`; its name; the position or slot there."""


Fate = Literal["returns", "returned", "lost"]
"""Fate of a message in a killed worker: it will return to its queue, it has returned, or it never will."""


class Selection(ScenePart, frozen=True):
    """The user's selection: a panel (`queue`, `workers` or none), and a task id or worker name in it."""

    panel: str = ""
    key: str = ""


class QueuedMessage(ScenePart, frozen=True):
    """A message waiting in a queue."""

    uuid: str
    name: str
    waited: int
    """Waiting time in microseconds."""
    position: int
    """From 0."""


class QueueBox(ScenePart, frozen=True):
    """A queue."""

    name: str
    count: int
    unacked: int
    longest: int = 0
    """The maximum length so far."""
    broker_up: bool = True
    consumed: bool | None = True
    """True if an online worker consumes it; None while a question is open, which may ask just that."""
    dead: bool = False
    """True if it holds dead letters, which wait for no consumer."""
    items: tuple[QueuedMessage, ...] = ()
    """The next messages, up to `Room.items`."""
    levels: tuple[float, ...] = ()
    """Maximum length in each of `Room.levels` equal parts of the run, for the parts begun so far."""


class SlotBox(ScenePart, frozen=True):
    """A busy slot of a worker's pool; times in microseconds."""

    slot: int
    uuid: str
    name: str
    elapsed: int
    planned: int | None
    """Planned duration, if known."""
    acked: bool


class WorkerBox(ScenePart, frozen=True):
    """A worker. Its contents are included for `Room.workers` workers and for the chosen one."""

    name: str
    state: str
    """`idle`, `running`, `stopping`, `killed` or `offline`."""
    since: int
    """Time at which it came online or went away, in microseconds."""
    busy: int
    concurrency: int
    done: int
    queues: tuple[str, ...] = ()
    """The queues that it consumes."""
    slots: tuple[SlotBox, ...] = ()
    """Busy slots, limited in number."""
    reserved: tuple[str, ...] = ()
    """Received tasks waiting for a slot, limited in number."""
    reserved_count: int = 0
    scheduled: tuple[tuple[str, int], ...] = ()
    """(id, ETA in microseconds) of tasks held for their ETA, next first."""
    scheduled_count: int = 0
    coming: tuple[str, ...] = ()
    """Tasks in transit to it, limited in number."""
    coming_count: int = 0
    sending: tuple[str, ...] = ()
    """Tasks that it has sent itself and whose message is about to leave for the broker, limited in number."""
    sending_count: int = 0
    unsettled: tuple[str, ...] = ()
    """Tasks that the broker takes to be with it though it runs them no more, the first ones of very many.

    Their run has ended and the ACK is to come, or an earlier process of it held them.
    """
    unsettled_count: int = 0
    dropped: tuple[tuple[str, Fate], ...] = ()
    """Of a killed worker: the tasks it held, and what becomes of their message."""


class ProducerBox(ScenePart, frozen=True):
    """A producer of tasks."""

    name: str
    sent: int
    sending: tuple[str, ...] = ()
    """Tasks whose message is about to leave for the broker, limited in number."""
    sending_count: int = 0


class Flight(ScenePart, frozen=True):
    """Something in flight between two places: `task`, `ack`, `ask`, `answer` or `result`.

    `drop` falls from a killed worker. Its target is its own place if it is lost for good, else a queue.
    """

    kind: str
    label: str
    uuid: str
    source: Spot
    target: Spot
    progress: float
    """0 to 1."""


class Flow(ScenePart, frozen=True):
    """Counts of messages in flight, when there are too many to show individually."""

    coming: int
    """From producers to queues."""
    going: int
    """From queues to workers."""


class StoreBox(ScenePart, frozen=True):
    """The result backend: the number of results stored, and the last one."""

    count: int
    uuid: str
    state: str


class ServiceBox(ScenePart, frozen=True):
    """A service that tasks call."""

    name: str
    down: str
    """The exception of calls while it is down; empty while it is up."""
    calls: int
    """Executions that call it now."""
    capacity: int | None
    """Calls that it takes at once; more are refused."""
    waiting: int
    """Tasks that call it and are held for an ETA: retries, most of them."""


class TextLine(ScenePart, frozen=True):
    """A line of text of a kind (`now`, `why`, `note`, `unsettled`: questions without a right answer) in a language."""

    kind: str
    text: str
    lang: str
    has_keys: bool = False
    """True if arrows in it stand for keys."""


class ChoiceLine(ScenePart, frozen=True):
    """An answer choice."""

    key: str
    text: str
    right: bool
    """Set only once the question is answered."""
    chosen: bool
    because: str


class QuestionBox(ScenePart, frozen=True):
    """A question: open, answered, or judged once the run has shown the outcome."""

    texts: list[str]
    choices: list[ChoiceLine]
    answered: bool
    verdict: str
    """Empty until the run has shown it; then `right`, `wrong`, `unknown` (was not known), `changed` (answered for a run
    that a what-if has changed)."""
    why: list[str]
    known: bool = True
    """True if there was an answer other than "I don't know"."""
    further: bool = False
    """True if another question of this moment was answered before it."""
    by_class: bool = False
    """True if the answer is that of most of a class."""


class EventLine(ScenePart, frozen=True):
    """An event in the list."""

    index: int
    time: int
    text: str
    tone: str
    """Its tone: `running`, `done`, `failed`, `lost`, `waiting`, `dim` (an aside), ..."""
    is_now: bool
    is_future: bool


class TransportBar(ScenePart, frozen=True):
    """The transport bar."""

    motion: str
    """`paused`, `playing`, `asking`, `ended` or `live`."""
    event: int
    """Number of applied events."""
    events: int | None
    """Total number; None while that could answer an open question."""
    speed: float


class LogLine(ScenePart, frozen=True):
    """An entry of a worker's log, with newlines between its lines."""

    hostname: str
    text: str


class LowerPanel(ScenePart, frozen=True):
    """The lower panel."""

    panel: str
    """`timeline`, `meters` or `log`."""
    dots: bool
    """True if charts use dots instead of blocks."""
    whose: str
    """The worker whose log is shown; empty for all."""
    meters: MeterPanel | None = None
    """Set if requested (`Room.meters`)."""
    log: list[LogLine] = []
    """The last entries, up to `Room.log`."""


class Scene(ScenePart, frozen=True):
    """A moment of a run, ready to be shown."""

    lang: str
    titles: list[str]
    """The title in every displayed language."""
    profile: str
    seed: int
    recorded: bool
    """True if this is a recording of real Celery."""
    hash: str
    """Empty while the run is live."""
    branch: str
    """The changes, in words; empty in an original run."""
    chapters: list[str]
    """Number and heading of the current chapter in every displayed language, if any."""
    time: int
    """The clock, in microseconds."""
    producers: list[ProducerBox]
    queues: list[QueueBox]
    workers: list[WorkerBox]
    counts: dict[str, int]
    flights: list[Flight]
    """Current flights, latest first, limited in number."""
    flow: Flow | None
    """Totals in flight, if there are too many to show."""
    trail: Flight | None
    """The path of the last event, at rest."""
    words: list[TextLine]
    question: QuestionBox | None
    events: list[EventLine]
    """The latest lines of the event list, up to `Room.events`."""
    chart: Chart
    transport: TransportBar
    selection: Selection
    notice: str
    """A message to the user."""
    lower: LowerPanel
    notice_has_keys: bool = False
    """True if arrows in it stand for keys, as in texts without parameters."""
    look: frozenset[str] = frozenset()
    """Things that a caption highlights: names of workers and queues, or `producers`, `queues`, `workers`."""
    flying: frozenset[tuple[str, tuple[str, str]]] = frozenset()
    """(task, (kind, name) of a place) for everything in flight to a place where the world already has it."""
    down: tuple[str, ...] = ()
    """Services that are down."""
    services: list[ServiceBox] = []
    """Services that tasks call."""
    live: bool = False
    """True if the run is live."""
    names: dict[str, str] = {}
    """Short names of tasks whose ids are too long to show, by id."""
    store: StoreBox | None = None
    """None if no result is ever stored."""

    def short(self, uuid: str) -> str:
        """Return a task's display name."""
        return self.names.get(uuid, uuid)

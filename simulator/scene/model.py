"""The parts of a scene: plain values, ready to be drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from simulator.play.axis import Span
from simulator.play.columns import Views
from simulator.play.history import History
from simulator.scene.lower import Lower
from simulator.world import WorkerView

WHOLE = Span()

Place = tuple[str, str, int]
"""A place on the stage: `producer`, `queue`, `worker` or `store`; its name; the position or slot there."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a person has chosen: a panel (`queue`, `workers` or none) and in it a task's id or a worker's name."""

    panel: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A message that waits in a queue."""

    uuid: str
    name: str
    waited: int
    """For how long, in microseconds."""
    position: int
    """From 0."""


@dataclass(frozen=True)
class QueueBox:
    """A queue."""

    name: str
    count: int
    unacked: int
    head: Callable[[int], list[Item]]
    """The next so many messages."""
    broker_up: bool = True
    levels: Callable[[int], list[float]] = lambda width: []
    """How long it was in each of so many equal parts of the run, up to now: as many as have begun."""
    longest: int = 0
    """The most that were in it at once so far."""


@dataclass(frozen=True, slots=True)
class SlotBox:
    """A slot of a worker's pool that runs something; times in microseconds."""

    slot: int
    uuid: str
    name: str
    elapsed: int
    planned: int | None
    """How long it will take, where that is known."""
    acked: bool


@dataclass(frozen=True)
class WorkerBox:
    """A worker."""

    name: str
    state: str
    """`idle`, `running`, `stopping`, `killed` or `offline`."""
    since: int
    """When it came into that state of life, in microseconds."""
    busy: int
    concurrency: int
    done: int
    view: WorkerView
    time: int
    history: History
    dropping: Callable[[WorkerView], list[tuple[str, bool]]] = lambda view: []

    @cached_property
    def dropped(self) -> list[tuple[str, bool]]:
        """Of a killed worker: the tasks it held, and whether their message comes back."""
        return self.dropping(self.view)

    @cached_property
    def slots(self) -> list[SlotBox]:
        """What it runs, by slot."""
        found = []
        for running in self.view.active():
            execution = self.history.by_start.get(running.started)
            end = self.history.plan(execution) if execution is not None else None
            planned = end - running.started_at if end is not None else None
            elapsed = max(0, self.time - running.started_at)
            found.append(SlotBox(running.slot, running.uuid, running.name, elapsed, planned, running.acked))
        return found

    @cached_property
    def reserved(self) -> list[str]:
        """Tasks it has received that wait for a slot."""
        return self.view.reserved()

    @cached_property
    def scheduled(self) -> list[tuple[str, int]]:
        """(id, eta in microseconds) of the tasks it holds for their ETA, the next one first."""
        return self.view.scheduled()

    @cached_property
    def coming(self) -> list[str]:
        """Tasks on their way to it."""
        return self.view.transit()


@dataclass(frozen=True, slots=True)
class ProducerBox:
    """Somebody who sends tasks."""

    name: str
    sent: int
    sending: str
    """A task on its way to the broker."""


@dataclass(frozen=True, slots=True)
class Flight:
    """Something on its way between two places: `task`, `ack`, `ask`, `answer` or `result`.

    `drop` goes nowhere: a killed worker lets go of it. What is lost for good has itself as target, else a queue.
    """

    kind: str
    label: str
    uuid: str
    source: Place
    target: Place
    progress: float
    """0 to 1."""


@dataclass(frozen=True, slots=True)
class StoreBox:
    """The result backend: how many results it has got, and the last one."""

    count: int
    uuid: str
    state: str


@dataclass(frozen=True, slots=True)
class Told:
    """A line of words: what it is (`now`, `why`, `note`), in one language, and more of it in another."""

    kind: str
    text: str
    lang: str
    has_keys: bool = False
    """Whether its arrows are keys."""


@dataclass(frozen=True, slots=True)
class ChoiceLine:
    """One answer that can be chosen."""

    key: str
    text: str
    right: bool
    """Only told once it was answered."""
    chosen: bool
    because: str


@dataclass(frozen=True)
class QuestionBox:
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


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event in the list."""

    index: int
    time: int
    text: str
    style: str
    is_now: bool
    is_future: bool


@dataclass(frozen=True)
class Chart:
    """What the timeline needs."""

    history: History
    views: Views
    """The same by columns."""
    cursor: int
    time: int
    end: int
    """Where the scale ends, in microseconds: when the run ends, or later while that is secret."""
    future: bool
    queues: Sequence[str]
    workers: Sequence[tuple[str, int]]
    """(worker, slots) from the first one on: the most it has had."""
    marks: Sequence[int]
    """Times of meaningful events, in order."""
    seen: int
    """How many of them may be seen."""
    stops: Sequence[int]
    """Times of captions and questions that may be seen."""
    chapters: Sequence[int] = ()
    """When each chapter begins, up to an open question."""
    short: Callable[[str], str] = str
    """A text with short names in place of long ids."""
    span: Span = WHOLE
    """Which part of the time is looked at."""
    bookmarks: Sequence[int] = ()
    """The times that a person has marked: where they have been is no secret."""


@dataclass(frozen=True)
class Transport:
    """What the transport bar shows."""

    motion: str
    """`paused`, `playing`, `asking`, `ended` or `live`."""
    event: int
    """How many events have happened."""
    events: int | None
    """How many there are in all; None while that would answer an open question."""
    speed: float


@dataclass(frozen=True)
class Scene:
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
    """On their way now."""
    trail: Flight | None
    """At rest: the way of the last event."""
    words: list[Told]
    question: QuestionBox | None
    events: Callable[[int], list[EventLine]]
    """The latest so many lines of the event list."""
    chart: Chart
    transport: Transport
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
    short: Callable[[str], str] = str
    """A text with short names in place of long ids."""
    store: StoreBox | None = None
    """None where no result is ever stored."""

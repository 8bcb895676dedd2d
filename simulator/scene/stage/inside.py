"""The internals of a worker at a moment: consumer, prefetch window, ETA timer, rate limits, pool, results, beat.

All of it comes from the trace up to the cursor; what a trace lacks (a memory limit, beat's schedule) comes
from the scenario, if there is one.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from simulator.play.player import Player
from simulator.scenario import Scenario
from simulator.scene.model import Fate, Flight
from simulator.scene.part import ScenePart
from simulator.scene.stage.dropped import dropped_by
from simulator.scene.stage.inside_flights import find_inner_flights, find_inner_trail
from simulator.scene.stage.stage import is_crowded, worker_state
from simulator.trace import events as ev
from simulator.trace.rates import parse_rate
from simulator.trace.time import to_micros
from simulator.world import WorkerView, World

MAX_RESULTS = 12
"""Limit of listed results."""

KIB_PER_MB = 1024


Own = list[tuple[int, ev.Event]]
"""A worker's latest events, latest first."""


class Held(ScenePart, frozen=True):
    """A message in the prefetch window; `place`: `transit`, `reserved`, `active` or `stored`."""

    uuid: str
    name: str
    place: str


class Slot(ScenePart, frozen=True):
    """A slot of the pool; times in microseconds, memory in megabytes."""

    number: int
    state: str
    """`running`, `free` or `childless`."""
    uuid: str = ""
    name: str = ""
    elapsed: int = 0
    planned: int | None = None
    acked: bool = False
    memory: float | None = None
    """Memory of its child; None if the pool has no children."""
    ran: int | None = None
    """Tasks its child has started; None if not counted."""


class RateBucket(ScenePart, frozen=True):
    """A rate-limited task type, with the number of tasks that its limit holds back."""

    task: str
    rate: str
    waiting: int


class Stored(ScenePart, frozen=True):
    """A stored result."""

    time: int
    uuid: str
    state: str
    acked: bool
    """True if its message is already acknowledged."""


class Tick(ScenePart, frozen=True):
    """An entry of the worker's embedded beat; times in microseconds, None if there is none or it is unknown."""

    name: str
    interval: float | None
    last: int | None
    next: int | None


class Anatomy(ScenePart, frozen=True):
    """A worker's internals."""

    name: str
    state: str
    """`idle`, `running`, `stopping`, `killed` or `offline`."""
    since: int
    time: int
    connection: str
    """`up`, `down`, `coming` or `none`."""
    transport: str
    interval: float | None
    """Polling interval in seconds, if it polls."""
    asked: tuple[int, int] | None
    """Its last poll: (time in microseconds, messages found)."""
    queues: list[tuple[str, int]]
    """(queue, ready messages) of the queues it consumes."""
    coming: list[str]
    limit: int
    """Size of the prefetch window; 0: no limit."""
    window: list[Held]
    unacked: int
    timer: list[tuple[str, int]]
    """(task, ETA in microseconds), the next one first."""
    buckets: list[RateBucket]
    kind: str
    slots: list[Slot]
    most_memory: float | None
    """Megabytes above which a child is replaced after a task."""
    most_tasks: int | None
    results: list[Stored]
    """Latest first."""
    done: int
    beat: list[Tick]
    acting: str
    """The task of the last event, if that event concerned this worker."""
    dropped: list[tuple[str, Fate]]
    """The tasks a killed worker held, and whether their messages return."""
    flights: list[Flight]
    trail: Flight | None
    names: dict[str, str] = {}
    """Short names of tasks whose ids are too long to show, by id."""

    def short(self, uuid: str) -> str:
        """Return a task's display name."""
        return self.names.get(uuid, uuid)

    @property
    def flying(self) -> frozenset[str]:
        """Tasks still in flight to the place where the world already has them."""
        if is_crowded(self.flights):
            return frozenset()
        return frozenset(flight.uuid for flight in self.flights if flight.kind == "task" and flight.progress < 1)


def look_inside(player: Player, name: str, lang: str, *, motion: bool = True) -> Anatomy:
    """Build a worker's internals; `motion`: include flights. Raises KeyError if it does not exist at the cursor."""
    world = player.playback.run.world(player.cursor)
    worker = world.workers[name]
    info = worker.info
    scenario = player.playback.run.scenario
    own = list(player.playback.activity.of(name, player.cursor))
    event = world.event
    window = [
        Held(d.uuid, world.publish(d.message).name, d.place) for d in worker.deliveries() if d.place != "scheduled"
    ]
    window = window if worker.life == "online" else []
    interval = info.settings.get("polling_interval")
    poll = worker.last_poll
    most_tasks = info.settings.get("max_tasks_per_child")
    inside = Anatomy(
        name,
        worker_state(worker, world.settings),
        worker.since,
        player.time,
        _connection(world, worker),
        str(info.settings.get("transport", "")),
        float(interval) if interval is not None else None,
        (poll.t, poll.found) if poll is not None else None,
        [(queue, len(world.queues[queue])) for queue in worker.queues if queue in world.queues],
        worker.transit(),
        info.prefetch_count,
        window,
        worker.unacked if worker.life == "online" else 0,
        worker.scheduled(),
        _buckets(world, worker, scenario),
        info.pool,
        _slots(player, worker, own if most_tasks else None) if worker.life == "online" else [],
        _memory_limit(scenario, worker),
        most_tasks,
        _results(world, own),
        worker.done,
        _beat(world, worker, scenario),
        getattr(event, "uuid", "") if getattr(event, "hostname", "") == name else "",
        dropped_by(player, worker),
        find_inner_flights(player, world, name, lang) if motion else [],
        find_inner_trail(player, world, name, lang, motion=motion),
    )
    return structs.replace(inside, names=player.playback.run.names.of(_ids(inside)))


def _ids(inside: Anatomy) -> Iterator[str]:
    """Yield the ids of all tasks named in it."""
    yield from (held.uuid for held in inside.window)
    yield from (slot.uuid for slot in inside.slots)
    yield from (stored.uuid for stored in inside.results)
    yield from inside.coming
    yield from (uuid for uuid, _ in inside.timer)
    yield from (uuid for uuid, _ in inside.dropped)


def _connection(world: World, worker: WorkerView) -> str:
    """Return the state of its connection to the broker."""
    if worker.life != "online":
        return "none"
    if not world.broker_up:
        return "down"
    return "up" if worker.connected else "coming"


def _slots(player: Player, worker: WorkerView, own: Own | None) -> list[Slot]:
    """Return all slots of the pool; with `own`, the tasks of each child are counted."""
    running = {one.slot: one for one in worker.active()}
    children = worker.children
    ran = _ran(own) if own is not None else {}
    history = player.playback.history
    slots = []
    for number in range(1, worker.concurrency + 1):
        memory = children.get(number)
        count = ran.get(number, 0) if own is not None else None
        one = running.get(number)
        if one is None:
            childless = worker.info.pool == "prefork" and memory is None
            slots.append(Slot(number, "childless" if childless else "free", memory=memory, ran=count))
            continue
        execution = history.by_start.get(one.started)
        end = history.plan(execution) if execution is not None else None
        planned = end - one.started_at if end is not None else None
        elapsed = max(0, player.time - one.started_at)
        slots.append(Slot(number, "running", one.uuid, one.name, elapsed, planned, one.acked, memory, count))
    return slots


def _ran(own: Own) -> dict[int, int]:
    """Return the number of tasks started by the child of each slot."""
    ran: dict[int, int] = {}
    fresh: set[int] = set()
    for _, event in own:
        if isinstance(event, ev.WorkerOnline):
            break
        if isinstance(event, ev.ChildStarted):
            fresh.add(event.slot)
        elif isinstance(event, ev.TaskStarted) and event.slot not in fresh:
            ran[event.slot] = ran.get(event.slot, 0) + 1
    return ran


def _memory_limit(scenario: Scenario | None, worker: WorkerView) -> float | None:
    if scenario is None or worker.info.pool != "prefork":
        return None
    spec = scenario.model.workers.get(worker.hostname)
    limit = (spec and spec.max_memory_per_child) or scenario.settings.worker_max_memory_per_child
    return limit / KIB_PER_MB if limit else None


def _buckets(world: World, worker: WorkerView, scenario: Scenario | None) -> list[RateBucket]:
    """Return the rate-limited task types of this worker."""
    told = {
        key.removeprefix("rate_limit."): value
        for (host, key), value in world.settings.items()
        if host == worker.hostname and key.startswith("rate_limit.")
    }
    if scenario is not None and not scenario.settings.worker_disable_rate_limits:
        for name, task in scenario.model.tasks.items():
            rate = task.rate_limit
            if rate is None and scenario.settings.task_default_rate_limit:
                rate = f"{scenario.settings.task_default_rate_limit:g}/s"
            if rate is not None:
                told.setdefault(name, rate)
    held = {name: len(tasks) for name, (_, tasks) in worker.rate_limited().items()}
    return [RateBucket(name, f"{rate}", held.get(name, 0)) for name, rate in told.items() if rate and parse_rate(rate)]


def _results(world: World, own: Own) -> list[Stored]:
    """Return the last results it stored, latest first."""
    unacked = world.unacked_tags(tuple(world.queues))
    found: list[Stored] = []
    for _, event in own:
        if isinstance(event, ev.ResultStored) and event.message:
            found.append(Stored(event.t, event.uuid, event.state, event.delivery_tag not in unacked))
            if len(found) == MAX_RESULTS:
                break
    return found


def _beat(world: World, worker: WorkerView, scenario: Scenario | None) -> list[Tick]:
    """Return its beat's entries with their next times; intervals count from the first start, without drift."""
    spec = scenario.model.workers.get(worker.hostname) if scenario is not None else None
    if scenario is None or spec is None or not spec.beat or worker.life != "online":
        return []
    return [
        Tick(name, entry.schedule.interval, *_ticked(world, worker, entry.task, entry.schedule.interval))
        for name, entry in scenario.model.beat_schedule.items()
    ]


def _ticked(world: World, worker: WorkerView, task: str, interval: float | None) -> tuple[int | None, int | None]:
    """Return when an entry was last sent and will next be sent, in microseconds."""
    last = None
    for event in reversed(world.trace.events[max(0, world.cursor - 4000) : world.cursor]):
        if isinstance(event, ev.TaskSent) and (event.hostname, event.name) == (worker.hostname, task):
            last = event.t
            break
    if interval is None:
        return last, None
    return last, (worker.info.t if last is None else last) + to_micros(interval)

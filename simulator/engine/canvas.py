"""Canvas: chains, groups and chords, and what the child that finished one part does about the next.

A canvas is frozen when it is called: every task of it has its id before the first is sent, and each message carries
what follows. A child that returns publishes the next link of its chain *before* it stores its own result; a chord's
body is published by whoever finishes the last task of the header, *after* storing its result (where the result backend
counts; else `celery.chord_unlock` looks every second). Where a link fails, all that will now never be sent is stored
as FAILURE, and never counts as sent. A group that something follows is a chord, as Celery upgrades it.

Source: celery.canvas: chain.prepare_steps, _chord.run; celery.app.trace: build_tracer (the chain, then mark_as_done);
celery.backends.base: Backend.mark_as_done, mark_as_failure, mark_as_revoked; celery.backends.redis:
RedisBackend.on_chord_part_return; celery.app.builtins: add_unlock_chord_task. Recordings 30_canvas_redis and
31_canvas_failure_redis. An unregistered link is reported without its chain and chord (celery.worker.consumer.consumer:
Consumer.on_unknown_task), and an expired one without its chain, so what follows them is never heard of.
Celery leaves tasks inside a group of a broken chain PENDING; here they are stored as FAILURE like any other link.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from simulator.engine.failures import Exceptions, Failure, Retry
from simulator.engine.parts import Execution, Message
from simulator.engine.tasks import Task
from simulator.scenario import schema
from simulator.trace.events import NO_CAUSE, ResultStored
from simulator.trace.time import MICROS

if TYPE_CHECKING:
    from simulator.engine.producers import Entry
    from simulator.engine.simulation import Simulation
    from simulator.engine.worker import Worker
    from simulator.scenario.profiles import Settings

CHORD_UNLOCK = "celery.chord_unlock"
"""The task that polls for the end of a header, for result backends without a counter."""

FIRST_LOOK = MICROS
"""How long after a header is sent `celery.chord_unlock` looks first (celery.canvas: _chord.run, countdown)."""

UNREACHABLE = "OperationalError"
"""What a child's publish fails with when the broker does not take it."""


class Step(msgspec.Struct):
    """One task of a canvas that has been called."""

    entry: Any
    """The producers' `Entry` it is a call of."""
    number: int
    uuid: str
    immutable: bool
    then: Any = None
    """The `Step`, `Group` or `Header` that is next in its chain."""
    header: Any = None
    """The `Header` that it is the end of a part of, where nothing follows it in its chain."""


class Group(msgspec.Struct):
    """Parts that are sent at once, and nothing after them."""

    members: list[Any]


class Header(msgspec.Struct):
    """The header of a chord, and its body."""

    body: Any
    members: list[Any] = []
    ends: list[str] = []
    """Ids of the tasks that its parts end with, in order."""
    results: dict[str, tuple[bool, Any]] = {}
    """By id, of the ends that have a result: whether it succeeded, and the result or the exception."""


class Unlocking(msgspec.Struct):
    """The place of `celery.chord_unlock`: the header it looks at."""

    header: Header


class Place(msgspec.Struct):
    """Where a message stands in its canvas."""

    step: Any
    """A `Step`, or `Unlocking`."""
    root_id: str
    parent_id: str | None


class Origin(msgspec.Struct):
    """Who publishes or stores something for a canvas."""

    simulation: Any
    hostname: str
    cause: int
    when: int
    """The priority of an arrival."""
    root_id: str | None = None
    parent_id: str | None = None


class Canvas:
    """A canvas under `send`, called at each occasion."""

    def __init__(self, simulation: Simulation, spec: schema.Part, entries: list[Entry]) -> None:
        """`entries` are those of its leaves, in order."""
        self.simulation = simulation
        self.spec = spec
        self.number = 0
        """How often it was called."""
        self._entries = entries
        # By identity: two leaves may read the same.
        self._places = {id(leaf): place for place, (_, leaf) in enumerate(spec.leaves)}

    def send(self, hostname: str, when: int) -> None:
        """Call it: freeze it, and send what comes first."""
        number = self.number
        self.number += 1
        uuids = [entry.name(number) for entry in self._entries]
        first = self._freeze(self.spec, number, uuids, None, None)
        self.simulation.calling(first, hostname)
        _launch(first, (), Origin(self.simulation, hostname, NO_CAUSE, when))

    def _freeze(self, part: schema.Part, number: int, uuids: list[str], then: Any, header: Header | None) -> Any:
        """A part with all that comes after it; `header` is the one it ends a part of, if nothing comes after it."""
        if not part.is_canvas:
            place = self._places[id(part)]
            uuid = uuids[place]
            if then is None and header is not None:
                header.ends.append(uuid)
            return Step(self._entries[place], number, uuid, part.immutable, then, header if then is None else None)
        if part.chain is not None:
            node = then
            for link in reversed(part.chain):
                node = self._freeze(link, number, uuids, node, header)
            return node
        members = part.group if part.chord is None else part.chord.header
        if part.chord is not None:
            then = self._freeze(part.chord.body, number, uuids, then, header)
        if then is None:
            return Group([self._freeze(member, number, uuids, None, header) for member in members or ()])
        upper = Header(then)
        upper.members = [self._freeze(member, number, uuids, None, upper) for member in members or ()]
        return upper


def _launch(node: Any, given: tuple[Any, ...], origin: Origin) -> bool:
    """Send what comes first in a part, with the result before it as first argument; whether the broker took it all."""
    if isinstance(node, Step):
        place = Place(node, origin.root_id or node.uuid, origin.parent_id)
        entry: Entry = node.entry
        message = entry.compose(node.number, node.uuid, () if node.immutable else given, place)
        taken: bool = origin.simulation.publish(message, origin.hostname, origin.cause, origin.when)
        return taken
    if isinstance(node, Header) and not origin.simulation.settings.chord_counter and not _watch(node, origin):
        return False
    # The first that is refused raises in the publisher: the others are not tried.
    return all(_launch(member, given, origin) for member in node.members)


def _watch(header: Header, origin: Origin) -> bool:
    """Send the task that looks for the end of a header, before the header itself; whether the broker took it.

    Source: celery.backends.base: Backend.fallback_chord_unlock (countdown 1, the body's queue).
    """
    simulation: Simulation = origin.simulation
    body = _first(header.body)
    uuid = simulation.name_task(CHORD_UNLOCK)
    message = Message(
        simulation.next_message(),
        uuid,
        CHORD_UNLOCK,
        (),
        {},
        body.entry,
        body.number,
        body.entry.queue,
        eta=simulation.clock.now + FIRST_LOOK,
        canvas=Place(Unlocking(header), origin.root_id or uuid, origin.parent_id),
    )
    return simulation.publish(message, origin.hostname, origin.cause, origin.when)


def _first(node: Any) -> Step:
    return node if isinstance(node, Step) else _first(node.members[0])


def returned(worker: Worker, execution: Execution) -> bool:
    """The function has returned, nothing is stored yet: the child publishes the next link, if there is one.

    Where the broker does not take it, the task fails with that.

    Returns:
        Whether it published, which takes a hop.
    """
    message = execution.delivery.message
    place: Place = message.canvas
    origin = _origin(worker, message, execution.started)
    if isinstance(place.step, Unlocking):
        _join(place.step.header, origin)
        return True
    if place.step.then is None:
        return False
    if not _launch(place.step.then, (execution.result,), origin):
        execution.failure, execution.exception = UNREACHABLE, f"{UNREACHABLE}()"
    return True


def stored(worker: Worker, execution: Execution) -> None:
    """The child has stored a final result: it tells the chord, and gives up the links after a failure."""
    message, exception = execution.delivery.message, execution.exception
    step = message.canvas.step
    if isinstance(step, Unlocking):
        return
    origin = _origin(worker, message, execution.stored)
    succeeded = exception is None
    _tell(step, succeeded, execution.result if succeeded else exception, origin)
    if not succeeded:
        _give_up(step.then, exception, origin)


def revoked(worker: Worker, message: Message, exception: str, cause: int) -> None:
    """An expired task was revoked: its chord is told, its chain is not."""
    if isinstance(message.canvas.step, Step):
        _tell(message.canvas.step, False, exception, _origin(worker, message, cause))


def _origin(worker: Worker, message: Message, cause: int) -> Origin:
    place: Place = message.canvas
    return Origin(worker.simulation, worker.hostname, cause, worker.consumer.on_completion, place.root_id, message.uuid)


def _tell(step: Step, succeeded: bool, value: Any, origin: Origin) -> None:
    """A task that ends a part of a header has a result; the last one to come joins them."""
    header: Header | None = step.header
    if header is None:
        return
    header.results[step.uuid] = (succeeded, value)
    if origin.simulation.settings.chord_counter and len(header.results) == len(header.ends):
        _join(header, origin)


def _join(header: Header, origin: Origin) -> None:
    """All ends have a result: send the body with the list of them, or store its failure."""
    unknown = (False, "NotRegistered()")
    results = [(uuid, *header.results.get(uuid, unknown)) for uuid in header.ends]
    header.results = {}  # the counter is deleted: a task that runs once more counts from the start
    failed = next(((uuid, value) for uuid, succeeded, value in results if not succeeded), None)
    if failed is not None:
        _give_up(header.body, f"ChordError({f'Dependency {failed[0]} raised {failed[1]}'!r})", origin)
    elif not _launch(header.body, ([value for _, _, value in results],), origin):
        _give_up(header.body, f"ChordError({f'Callback error: {UNREACHABLE}()'!r})", origin)


def _give_up(node: Any, exception: Any, origin: Origin) -> None:
    """Store FAILURE for all that will never be sent: results without a message, which no count knows."""
    simulation: Simulation = origin.simulation
    now, hostname = simulation.clock.now, origin.hostname
    while isinstance(node, Step):
        simulation.events.append(ResultStored(now, origin.cause, hostname, node.uuid, 0, 0, "FAILURE", exception))
        _tell(node, False, exception, origin)
        node = node.then
    for member in node.members if node is not None else ():
        _give_up(member, exception, origin)


class Unlock(Task):
    """`celery.chord_unlock`: looks whether a header has finished, and tries again until it has."""

    def __init__(self, settings: Settings, exceptions: Exceptions, seed: int) -> None:
        """Registered in every worker, where the result backend does not count."""
        super().__init__(CHORD_UNLOCK, schema.Task(), settings, exceptions, {}, seed)
        self.policy = _Again(settings.chord_retry_interval)  # type: ignore[assignment]

    def run(self, message: Message, execution: Execution) -> int:
        """Look, which takes no time."""
        header: Header = message.canvas.step.header
        worker: Worker = execution.delivery.consumer.worker
        finished = worker.simulation.finished
        if not all(uuid in header.results or uuid in finished for uuid in header.ends):
            # A bare `self.retry()`: no exception is behind it.
            execution.failure = execution.exception = "None"
        return 0


class _Again:
    """`self.retry(countdown=interval, max_retries=None)`."""

    def __init__(self, interval: int) -> None:
        self._interval = interval

    def decide(self, exception: str, retries: int, identity: str, number: int) -> Retry | Failure:
        """Always once more."""
        return Retry(self._interval)

"""Canvas: chains, groups and chords, each part published by the child that finished the one before.

A canvas is frozen when it is called: every task of it has its id before the first is sent, and each message carries
what follows. A child that returns publishes the next link of its chain *before* it stores its own result; a chord's
body is published by the child that finishes the last header task, *after* storing its result (if the result backend
counts; else `celery.chord_unlock` polls every second). When a link fails, the rest that is never sent is stored
as FAILURE and does not count as sent. A group followed by another part becomes a chord, as in Celery.

Source: celery.canvas: chain.prepare_steps, _chord.run; celery.app.trace: build_tracer (the chain, then mark_as_done);
celery.backends.base: Backend.mark_as_done, mark_as_failure, mark_as_revoked; celery.backends.redis:
RedisBackend.on_chord_part_return; celery.app.builtins: add_unlock_chord_task. Recordings 30_canvas_redis and
31_canvas_failure_redis. An unregistered link is reported without its chain and chord (celery.worker.consumer.consumer:
Consumer.on_unknown_task), and an expired one without its chain, so what follows them is never heard of.
Celery leaves tasks inside a group of a broken chain PENDING; here they are stored as FAILURE like any other link.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from simulator.engine.calls import Entry
from simulator.engine.context import Context
from simulator.engine.executions import Execution
from simulator.engine.failures import Exceptions, Failure, Retry
from simulator.engine.publisher import Publisher
from simulator.engine.state import CanvasStep, ChordHeader, Group, Message, Node, Place
from simulator.engine.tasks import CallOutcome, Task
from simulator.scenario import schema
from simulator.scenario.profiles import Settings
from simulator.trace.events import NO_CAUSE, ResultStored
from simulator.trace.time import MICROS

CHORD_UNLOCK = "celery.chord_unlock"
"""The task that polls for a finished header, for result backends without a counter."""

FIRST_LOOK = MICROS
"""Delay of the first `celery.chord_unlock` after its header, in microseconds (celery.canvas: _chord.run, countdown)."""

UNREACHABLE = "OperationalError"
"""The exception of a child's publish that the broker refuses."""


class Sender(Protocol):
    """A publisher: a producer, or a worker's child."""

    hostname: str
    on_completion: int
    """The agenda priority at which its messages arrive."""


class Origin(msgspec.Struct):
    """The publisher or storer acting for a canvas, with the cause."""

    hostname: str
    cause: int
    when: int
    """The agenda priority of an arrival."""
    root_id: str | None = None
    parent_id: str | None = None
    priority: int | None = None
    """That of the message of whoever acts, with `task_inherit_parent_priority`."""
    overrides: bool = False
    """True if it goes over what the parts say themselves."""


class SentCanvas:
    """A canvas under `send`; each occasion calls it once."""

    def __init__(self, workflow: Workflow, spec: schema.Part, entries: Sequence[Entry]) -> None:
        """Prepare the canvas; `entries` belong to its leaves, in order."""
        self.spec = spec
        self.number = 0
        """Number of times it was called."""
        self._workflow = workflow
        self._entries = entries
        # By identity: two leaves may be equal.
        self._places = {id(leaf): place for place, (_, leaf) in enumerate(spec.leaves)}

    def send(self, hostname: str, when: int) -> None:
        """Freeze the canvas and send its first tasks."""
        number = self.number
        self.number += 1
        uuids = [entry.name(number) for entry in self._entries]
        self._workflow.unsent.update(dict.fromkeys(uuids, ()))
        first = self._freeze(self.spec, number, uuids, None, None)
        if self._workflow.publisher.observer is not None:
            self._workflow.publisher.observer.calls_canvas(first, hostname)
        self._workflow.launch(first, (), Origin(hostname, NO_CAUSE, when))

    def _freeze(
        self, part: schema.Part, number: int, uuids: list[str], then: Node | None, header: ChordHeader | None
    ) -> Node:
        """Freeze a part with everything after it; `header`: the chord header it completes if nothing follows."""
        if not part.is_canvas:
            place = self._places[id(part)]
            uuid = uuids[place]
            if then is not None:
                self._workflow.waits_for(then, [uuid])
            if then is None and header is not None:
                header.ends.append(uuid)
            return CanvasStep(
                self._entries[place], number, uuid, part.immutable, then, header if then is None else None
            )
        if part.chain is not None:
            last, *others = reversed(part.chain)
            node = self._freeze(last, number, uuids, then, header)
            for link in others:
                node = self._freeze(link, number, uuids, node, header)
            return node
        members = part.group if part.chord is None else part.chord.header
        if part.chord is not None:
            then = self._freeze(part.chord.body, number, uuids, then, header)
        if then is None:
            return Group([self._freeze(member, number, uuids, None, header) for member in members or ()])
        upper = ChordHeader(then)
        upper.members = [self._freeze(member, number, uuids, None, upper) for member in _unrolled(members or ())]
        self._workflow.waits_for(then, upper.ends)
        return upper


def _unrolled(members: Sequence[schema.Part]) -> list[schema.Part]:
    """Return the members of a header in the order in which they are sent: those of a group inside it in reverse.

    Source: celery.canvas: group._freeze_unroll (deque.extendleft); recording chord_of_a_group_redis.
    """
    found, stack = [], deque(members)
    while stack:
        part = stack.popleft()
        if part.group is not None:
            stack.extendleft(part.group)
        else:
            found.append(part)
    return found


class Workflow:
    """Advances canvases on behalf of the children that have run a part."""

    def __init__(self, context: Context, publisher: Publisher) -> None:
        """Keep what sending and storing need."""
        self.context = context
        self.publisher = publisher
        self.results = context.results
        self.clock = context.clock
        self.note = context.journal.note
        self.unsent: dict[str, Sequence[str]] = {}
        """By id, what each part waits for that was neither sent nor given up."""
        self.counts = context.settings.chord_counter
        """True if the result backend counts the finished tasks of a header."""

    def waits_for(self, node: Node, uuids: Sequence[str]) -> None:
        """Take note of what the first tasks of a part wait for."""
        if isinstance(node, CanvasStep):
            self.unsent[node.uuid] = uuids
            return
        for member in node.members:
            self.waits_for(member, uuids)

    def launch(self, node: Node, given: tuple[Any, ...], origin: Origin) -> bool:
        """Send the first tasks of a part, with the preceding result as first argument.

        Returns:
            Whether the broker accepted all of them.
        """
        if isinstance(node, CanvasStep):
            self.unsent.pop(node.uuid, None)
            place = Place(node, origin.root_id or node.uuid, origin.parent_id)
            inherited = None if node.caller.has_priority and not origin.overrides else origin.priority
            message = node.caller.compose(node.number, node.uuid, () if node.immutable else given, place, inherited)
            return self.publisher.publish(message, origin.hostname, origin.cause, origin.when)
        if isinstance(node, ChordHeader) and not self.counts and not self._watch(node, origin):
            return False
        # The first refusal raises in the publisher, so the rest is not tried.
        return all(self.launch(member, given, origin) for member in node.members)

    def _watch(self, header: ChordHeader, origin: Origin) -> bool:
        """Send `celery.chord_unlock` before its header; return whether the broker accepted it.

        Source: celery.backends.base: Backend.fallback_chord_unlock (countdown 1, the body's queue).
        """
        body = _first(header.body)
        uuid = self.context.names.next(CHORD_UNLOCK)
        message = Message(
            self.context.next_message(),
            uuid,
            CHORD_UNLOCK,
            (),
            {},
            body.caller.identity,
            body.number,
            body.caller.queue,
            eta=self.clock.now + FIRST_LOOK,
            canvas=Place(None, origin.root_id or uuid, origin.parent_id, header),
        )
        return self.publisher.publish(message, origin.hostname, origin.cause, origin.when)

    def returned(self, sender: Sender, message: Message, place: Place, attempt: CallOutcome, cause: int) -> bool:
        """Publish the next link, if any, after the function has returned and before its result is stored.

        If the broker refuses it, the task fails. An inherited priority goes over the link's own.

        Source: celery.app.trace: build_tracer (`priority=task_priority`).

        Returns:
            Whether it published, which takes a hop.
        """
        origin = self._origin(sender, message, place, cause)
        origin.overrides = True
        if place.step is None:
            if place.unlocks is not None:
                self._join(place.unlocks, origin)
            return True
        if place.step.then is None:
            return False
        if not self.launch(place.step.then, (attempt.result,), origin):
            attempt.failure, attempt.exception = UNREACHABLE, f"{UNREACHABLE}()"
        return True

    def stored(self, sender: Sender, message: Message, place: Place, attempt: Execution, cause: int) -> None:
        """Handle a final result: count it for its chord; after a failure, give up the links that follow.

        A backend that counts does so for an ignored result too (celery.backends.base: Backend.mark_as_done);
        `celery.chord_unlock` only ever learns of what is stored.
        """
        if place.step is None:
            return
        origin = self._origin(sender, message, place, cause)
        exception = attempt.exception
        succeeded = exception is None
        if self.counts or not attempt.task.ignore_result:
            self._tell(place.step, succeeded, attempt.result if succeeded else exception, origin)
        if exception is not None:
            self._give_up(place.step.then, exception, origin)

    def revoked(self, sender: Sender, message: Message, place: Place, exception: str, cause: int) -> None:
        """Handle an expired task: its chord is notified, its chain is not."""
        if place.step is not None:
            self._tell(place.step, False, exception, self._origin(sender, message, place, cause))

    def unregistered(self, place: Place, exception: str) -> None:
        """Note the stored failure of an unregistered task; a backend that counts is not told of it."""
        if place.step is not None and place.step.header is not None and not self.counts:
            place.step.header.results[place.step.uuid] = (False, exception)

    def _tell(self, step: CanvasStep, succeeded: bool, value: Any, origin: Origin) -> None:
        """Record the result of a task that completes a header member; the last one triggers the body.

        Each task counts once, however often it runs, and no later run changes anything once the chord is joined.

        Source: celery.backends.redis: CHORD_PART_RETURN_LUA (the set of members, the marker `done`).
        """
        header = step.header
        if header is None or header.is_joined:
            return
        header.results.setdefault(step.uuid, (succeeded, value))
        if self.counts and len(header.results) == len(header.ends):
            header.is_joined = True
            self._join(header, origin)

    def _join(self, header: ChordHeader, origin: Origin) -> None:
        """Send a chord's body with its header's results, or store the body's failure."""
        results = [(uuid, *header.results[uuid]) for uuid in header.ends]
        failed = next(((uuid, value) for uuid, succeeded, value in results if not succeeded), None)
        if failed is not None:
            text = f"Dependency {failed[0]} raised {failed[1]}"
            self._give_up(header.body, f"ChordError({text!r})", origin)
        elif not self.launch(header.body, ([value for _, _, value in results],), origin):
            self._give_up(header.body, f"ChordError({f'Callback error: {UNREACHABLE}()'!r})", origin)

    def _origin(self, sender: Sender, message: Message, place: Place, cause: int) -> Origin:
        priority = message.priority if self.context.settings.task_inherit_parent_priority else None
        return Origin(sender.hostname, cause, sender.on_completion, place.root_id, message.uuid, priority)

    def _give_up(self, node: Node | None, exception: str, origin: Origin) -> None:
        """Store FAILURE for tasks that will never be sent; having no message, they are not counted."""
        now, hostname = self.clock.now, origin.hostname
        while isinstance(node, CanvasStep):
            if not self.results.backend_down:
                self.unsent.pop(node.uuid, None)
                self.note(ResultStored(now, origin.cause, hostname, node.uuid, 0, 0, "FAILURE", exception))
            self._tell(node, False, exception, origin)
            node = node.then
        for member in node.members if node is not None else ():
            self._give_up(member, exception, origin)


def _first(node: Node) -> CanvasStep:
    return node if isinstance(node, CanvasStep) else _first(node.members[0])


class Unlock(Task):
    """`celery.chord_unlock`: retries until each result of its header is stored, which an ignored one never is.

    Source: celery.app.builtins: add_unlock_chord_task (`deps.ready()`, `max_retries=None`).
    """

    def __init__(self, settings: Settings, exceptions: Exceptions, seed: int) -> None:
        """Create the task; workers register it if the result backend does not count."""
        super().__init__(CHORD_UNLOCK, schema.Task(), settings, exceptions, {}, seed)
        self.policy = Again(settings.chord_retry_interval)

    def run(self, message: Message, attempt: CallOutcome) -> int:
        """Check the header, in no time."""
        header = message.canvas.unlocks if message.canvas is not None else None
        if header is None:
            return 0
        if not all(uuid in header.results for uuid in header.ends):
            # A bare `self.retry()` carries no exception.
            attempt.failure = attempt.exception = "None"
        return 0


class Again:
    """The policy of `self.retry(countdown=interval, max_retries=None)`."""

    def __init__(self, interval: int) -> None:
        """Retry after `interval` microseconds."""
        self._interval = interval

    def decide(self, exception: str, retries: int, identity: str, number: int) -> Retry | Failure:
        """Always retry."""
        return Retry(self._interval)

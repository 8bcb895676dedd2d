"""A body that sends tasks of its own and waits for their results: `result.get()` inside a task.

It sends them all as it begins and takes their results one after another; only then comes its own work. Its slot does
nothing else meanwhile, so where every slot waits like this for tasks that need a slot, none of them ever goes on.
That is why `get()` raises RuntimeError in every pool but gevent's and eventlet's (a greenlet that waits is in nobody's
way), unless it is called with `disable_sync_subtasks=False`. What was sent before stays sent.

Source: celery.result: AsyncResult.get, assert_will_not_block; celery.worker.components: Pool.create
(task_join_will_block, of celery.concurrency.base: BasePool); celery.app.base: Celery.send_task (result.ignored).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from simulator.engine.canvas import UNREACHABLE, Place, Step
from simulator.engine.producers import Entry
from simulator.trace.time import to_micros

if TYPE_CHECKING:
    from simulator.engine.parts import Execution, Message
    from simulator.engine.pool import Pool
    from simulator.engine.simulation import Simulation
    from simulator.scenario.schema import Gets

WILL_BLOCK = "RuntimeError('Never call result.get() within a task!')"
TIMED_OUT = "TimeoutError('The operation timed out.')"

GREEN = ("gevent", "eventlet")
"""Pools in which a task that waits holds up no other."""


class Waiting(msgspec.Struct):
    """Where a body stands in its line of results."""

    pool: Any
    """The `Pool` that runs it."""
    gets: Any
    duration: int
    """Of its own work, still to come, in microseconds."""
    uuids: list[str] = []
    """What it sent and has a result, in order; what ignores its result is not waited for."""
    ready: dict[str, tuple[str | None, int]] = {}
    """By id, of the results that are there: the exception, if it is one, and the index of the event that stored it."""
    place: int = 0
    """Which of them it waits for."""
    timer: Any = None
    """The `Call` that ends this wait, where `get()` has a timeout."""


class Subtasks:
    """All bodies of a run that wait for results."""

    def __init__(self, simulation: Simulation) -> None:
        """Nobody waits yet."""
        self.simulation = simulation
        self.awaited: dict[str, Execution] = {}
        """By id of what has no result yet, the execution that will ask for it."""
        self._entries: dict[str, Entry] = {}

    def begin(self, pool: Pool, execution: Execution, gets: Gets, duration: int) -> None:
        """The body sends its tasks, then waits; its own `duration` comes after that."""
        waiting = execution.waiting = Waiting(pool, gets, duration)
        message = execution.delivery.message
        for place in range(len(gets.tasks)):
            entry = self._entry(message, place, gets)
            child = self._message(message, entry)
            if not self.simulation.publish(child, pool.worker.hostname, execution.started, pool.on_completion):
                self._raise(execution, UNREACHABLE, f"{UNREACHABLE}()")
                return
            task = self.simulation.tasks.get(child.name)
            if task is None or not task.ignore_result:
                waiting.uuids.append(child.uuid)
        if waiting.uuids and gets.disable_sync_subtasks and pool.kind not in GREEN:
            self._raise(execution, "RuntimeError", WILL_BLOCK)
            return
        self.awaited.update(dict.fromkeys(waiting.uuids, execution))
        self._next(execution)

    def stored(self, uuid: str, exception: str | None, index: int) -> None:
        """A result that somebody will ask for is there; who waits for it hears of it a hop later."""
        execution = self.awaited.pop(uuid)
        waiting: Waiting = execution.waiting
        waiting.ready[uuid] = (exception, index)
        if uuid == waiting.uuids[waiting.place]:
            clock = self.simulation.clock
            self._stop_timer(waiting)
            execution.call = clock.at(clock.now + self.simulation.hop, waiting.pool.on_completion, self._got, execution)

    def forget(self, execution: Execution) -> None:
        """The body waits no longer: it goes on, raises, or is no more."""
        waiting: Waiting = execution.waiting
        self._stop_timer(waiting)
        for uuid in waiting.uuids:
            self.awaited.pop(uuid, None)
        execution.waiting = None

    def _got(self, execution: Execution) -> None:
        execution.call = None
        self._next(execution)

    def _next(self, execution: Execution) -> None:
        """Take the results that are there, in order; wait for the first that is not."""
        waiting: Waiting = execution.waiting
        while waiting.place < len(waiting.uuids):
            result = waiting.ready.get(waiting.uuids[waiting.place])
            if result is None:
                self._wait(execution, waiting)
                return
            exception, execution.got = result
            if exception is not None:
                self._raise(execution, exception.partition("(")[0], exception)
                return
            waiting.place += 1
        self.forget(execution)
        waiting.pool.work(execution, waiting.duration)

    def _wait(self, execution: Execution, waiting: Waiting) -> None:
        if waiting.gets.timeout is not None:
            clock = self.simulation.clock
            when = clock.now + to_micros(waiting.gets.timeout)
            waiting.timer = clock.at(when, waiting.pool.on_timer, self._timed_out, execution)

    def _timed_out(self, execution: Execution) -> None:
        execution.waiting.timer = None
        self._raise(execution, "TimeoutError", TIMED_OUT)

    def _stop_timer(self, waiting: Waiting) -> None:
        if waiting.timer is not None:
            self.simulation.clock.cancel(waiting.timer)
            waiting.timer = None

    def _raise(self, execution: Execution, failure: str, exception: str) -> None:
        """`get()`, or the sending, raises inside the body, which catches nothing."""
        pool: Pool = execution.waiting.pool
        self.forget(execution)
        execution.failure, execution.exception, execution.kills = failure, exception, None
        pool.returned(execution)

    def _entry(self, message: Message, place: int, gets: Gets) -> Entry:
        """What its draws are named after: the call it stems from, its place in the body, and the body's attempt."""
        identity = f"{message.entry.identity}/{message.name}/{place}/{message.retries}"
        found = self._entries.get(identity)
        if found is None:
            found = self._entries[identity] = Entry(self.simulation, gets.tasks[place], identity, single=False)
        return found

    def _message(self, parent: Message, entry: Entry) -> Message:
        """The call of a child: the parent's number, so that its draws are its own; the parent's root."""
        uuid = entry.name(parent.number)
        root_id = parent.canvas.root_id if parent.canvas is not None else parent.uuid
        place = Place(Step(entry, parent.number, uuid, immutable=True), root_id, parent.uuid)
        return entry.compose(parent.number, uuid, canvas=place)

"""Subtasks: a body that sends tasks and waits for their results with `result.get()`.

It sends them all as it begins and takes their results one after another; only then comes its own work. Its slot does
nothing else meanwhile, so where every slot waits like this for tasks that need a slot, none of them ever goes on.
That is why `get()` raises RuntimeError in every pool but gevent's and eventlet's (a greenlet that waits is in nobody's
way), unless it is called with `disable_sync_subtasks=False`. What was sent before stays sent.

Source: celery.result: AsyncResult.get, assert_will_not_block; celery.worker.components: Pool.create
(task_join_will_block, of celery.concurrency.base: BasePool); celery.app.base: Celery.send_task (ignored, priority).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from simulator.engine.calls import CallFactory, Entry
from simulator.engine.clock import Call
from simulator.engine.context import Context
from simulator.engine.executions import Execution
from simulator.engine.publisher import Publisher
from simulator.engine.state import CanvasStep, Message, Place
from simulator.engine.tasks import Task
from simulator.engine.workflow.canvas import UNREACHABLE
from simulator.scenario.schema import Gets
from simulator.trace.time import to_micros

WILL_BLOCK = "RuntimeError('Never call result.get() within a task!')"
TIMED_OUT = "TimeoutError('The operation timed out.')"


class BodyRunner(Protocol):
    """The view of the pool that a waiting body needs."""

    hostname: str
    on_completion: int
    on_timer: int
    green: bool
    """True if a waiting task blocks no other."""

    def work(self, execution: Execution, duration: int) -> None:
        """Do the body's own work for `duration` microseconds."""

    def returned(self, execution: Execution) -> None:
        """Handle the function's return or exception."""


class Subtasks:
    """Runs bodies that send tasks and wait for their results."""

    def __init__(self, context: Context, publisher: Publisher, calls: CallFactory, tasks: Mapping[str, Task]) -> None:
        """Start with no waiting bodies."""
        self.context = context
        self.publisher = publisher
        self.tasks = tasks
        self._calls = calls
        self._entries: dict[str, Entry] = {}

    def begin(self, body: BodyRunner, execution: Execution, gets: Gets, duration: int) -> None:
        """Send the body's tasks, then wait; its own work of `duration` microseconds follows."""
        get = Get(self.context, body, execution, gets.timeout, duration)
        execution.waiting = get
        message = execution.delivery.message
        for place in range(len(gets.tasks)):
            child = self._message(message, self._entry(message, place, gets))
            if not self.publisher.publish(child, body.hostname, execution.started, body.on_completion):
                get.fail(UNREACHABLE, f"{UNREACHABLE}()")
                return
            task = self.tasks.get(child.name)
            if task is None or not task.ignore_result:
                get.uuids.append(child.uuid)
        if get.uuids and gets.disable_sync_subtasks and not body.green:
            get.fail("RuntimeError", WILL_BLOCK)
            return
        self.context.results.awaited.update(dict.fromkeys(get.uuids, get))
        get.go_on()

    def _entry(self, message: Message, place: int, gets: Gets) -> Entry:
        """Return the entry whose draws are named by its originating call, place in the body and attempt."""
        identity = f"{message.identity}/{message.name}/{place}/{message.retries}"
        found = self._entries.get(identity)
        if found is None:
            found = self._entries[identity] = self._calls.entry(gets.tasks[place], identity)
        return found

    def _message(self, parent: Message, entry: Entry) -> Message:
        """Compose a child's message with the parent's number, so that its draws are its own, and the parent's root."""
        uuid = entry.name(parent.number)
        root_id = parent.canvas.root_id if parent.canvas is not None else parent.uuid
        place = Place(CanvasStep(entry, parent.number, uuid, immutable=True), root_id, parent.uuid)
        inherits = self.context.settings.task_inherit_parent_priority and not entry.has_priority
        return entry.compose(parent.number, uuid, canvas=place, inherited=parent.priority if inherits else None)


class Get:
    """The progress of a body through the results it waits for."""

    def __init__(
        self, context: Context, body: BodyRunner, execution: Execution, timeout: float | None, duration: int
    ) -> None:
        """Prepare to wait; `duration` (microseconds) is the body's own work, done afterwards."""
        self.uuids: list[str] = []
        """Tasks sent that store a result, in order; those that ignore their result are not waited for."""
        self._clock = context.clock
        self._hop = context.hop
        self._awaited = context.results.awaited
        self._body = body
        self._execution = execution
        self._timeout = timeout
        self._duration = duration
        self._ready: dict[str, tuple[str | None, int]] = {}
        """Available results by id: the exception, if it failed, and the index of the event that stored it."""
        self._place = 0
        """Index of the one it waits for."""
        self._timer: Call | None = None
        """The timeout of this wait, if `get()` has one."""

    def stored(self, uuid: str, exception: str | None, index: int) -> None:
        """Handle an available result; if the body waits for this one, it continues a hop later."""
        self._ready[uuid] = (exception, index)
        if uuid == self.uuids[self._place]:
            self._stop_timer()
            time = self._clock.now + self._hop
            self._execution.call = self._clock.at(time, self._body.on_completion, self._got)

    def forget(self) -> None:
        """Stop waiting: the body continues, raises or is gone."""
        self._stop_timer()
        for uuid in self.uuids:
            self._awaited.pop(uuid, None)
        self._execution.waiting = None

    def _got(self, _: object) -> None:
        self._execution.call = None
        self.go_on()

    def go_on(self) -> None:
        """Take available results in order; wait for the first missing one."""
        execution = self._execution
        while self._place < len(self.uuids):
            result = self._ready.get(self.uuids[self._place])
            if result is None:
                self._wait()
                return
            exception, execution.got = result
            if exception is not None:
                self.fail(exception.partition("(")[0], exception)
                return
            self._place += 1
        self.forget()
        self._body.work(execution, self._duration)

    def _wait(self) -> None:
        if self._timeout is not None:
            when = self._clock.now + to_micros(self._timeout)
            self._timer = self._clock.at(when, self._body.on_timer, self._timed_out)

    def _timed_out(self, _: object) -> None:
        self._timer = None
        self.fail("TimeoutError", TIMED_OUT)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._clock.cancel(self._timer)
            self._timer = None

    def fail(self, failure: str, exception: str) -> None:
        """Raise from `get()` or from publishing inside the body, which catches nothing."""
        self.forget()
        execution = self._execution
        execution.failure, execution.exception, execution.kills = failure, exception, None
        self._body.returned(execution)

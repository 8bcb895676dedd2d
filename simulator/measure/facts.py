"""What a run comes to, task by task: one pass over the events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from simulator.trace import events as ev
from simulator.trace.trace import Trace


@dataclass(slots=True)
class TaskFacts:
    """One task in the whole run; times in microseconds."""

    uuid: str
    name: str
    queue: str
    sent_at: int
    starts: list[tuple[int, str]] = field(default_factory=list)
    """When and on which worker each of its executions started."""
    receivers: list[str] = field(default_factory=list)
    """Workers that received it."""
    state: str = "PENDING"
    """Celery's state at the end, as its events tell it."""
    retries: int = 0
    """How often it was tried again."""
    dead_letters: int = 0
    """How often it came into a dead-letter queue."""
    effects: list[int] = field(default_factory=list)
    """Delivery tags of the executions that had their side effect.

    A task type that declares `idempotent` or `effect_at` has an `effect` event for each; of any other the effect is
    taken to be the last thing that the body does, so that an execution had it when it succeeded.
    """
    outcome: str = "alive"
    """The first end it came to: `succeeded`, `failed`, `revoked`, `dropped`, `lost`; `alive` without one."""
    finished_at: int | None = None
    """When it came to its first end."""

    @property
    def is_served(self) -> bool:
        """Whether it was worked on to an end: it succeeded, or failed after a run."""
        return self.outcome == "succeeded" or (self.outcome == "failed" and bool(self.starts))

    @property
    def wait(self) -> int | None:
        """From sent to first started."""
        return self.starts[0][0] - self.sent_at if self.starts else None

    @property
    def response(self) -> int | None:
        """From sent to its end, unless it was lost."""
        if self.finished_at is None or self.outcome == "lost":
            return None
        return self.finished_at - self.sent_at


OUTCOMES = {"SUCCESS": "succeeded", "FAILURE": "failed", "REVOKED": "revoked"}
"""How a task ended, by the state that is stored for good."""


class Facts:
    """All tasks of a run, and its polls."""

    def __init__(self, trace: Trace) -> None:
        """Read the trace once."""
        self.trace = trace
        self.tasks: dict[str, TaskFacts] = {}
        self.polls: Counter[str] = Counter()
        """Questions that are events, by worker."""
        self.found: Counter[str] = Counter()
        """Those of them that found something."""
        self.refused: list[tuple[str, str, str]] = []
        """(id, task type, queue) of what could not be published."""
        self.never_sent: dict[str, str] = {}
        """State by id of what a canvas gave up before it was sent."""
        self.stored: dict[str, list[tuple[int, str]]] = {}
        """By id, what was stored in the result backend: when, and which state."""
        self.deaths: Counter[str] = Counter()
        """By worker, how often it or a child of it was killed."""
        self._declared = {
            name for name, task in trace.header.tasks.items() if "idempotent" in task or "effect_at" in task
        }
        for event in trace.events:
            self._read(event)

    def of(self, whom: str) -> Iterator[TaskFacts]:
        """The tasks that a name stands for: a task's id, else a task type, else a queue."""
        if whom in self.tasks:
            yield self.tasks[whom]
            return
        by_name = [task for task in self.tasks.values() if task.name == whom]
        yield from by_name or (task for task in self.tasks.values() if task.queue == whom)

    def silent_polls(self, worker: str | None = None) -> int:
        """Empty polls that are no events."""
        silent = self.trace.header.silent_polls
        return silent.get(worker, 0) if worker is not None else sum(silent.values())

    def _read(self, event: ev.Event) -> None:
        if isinstance(event, ev.ResultStored):
            self.stored.setdefault(event.uuid, []).append((event.t, event.state))
        match event:
            case ev.TaskSent():
                if event.uuid not in self.tasks:
                    self.tasks[event.uuid] = TaskFacts(event.uuid, event.name, event.queue, event.t)
            case ev.TaskReceived():
                task = self.tasks[event.uuid]
                task.receivers.append(event.hostname)
                task.state = "RECEIVED"
            case ev.TaskStarted():
                task = self.tasks[event.uuid]
                task.starts.append((event.t, event.hostname))
                task.state = "STARTED"
            case ev.ResultStored(message=0):
                self.never_sent[event.uuid] = event.state
            case ev.ResultStored(state="SUCCESS" | "FAILURE" | "REVOKED" as state):
                self._end(event.uuid, event.t, OUTCOMES[state], state)
                if state == "SUCCESS":
                    self._returned(event.uuid, event.delivery_tag)
            case ev.Effect():
                self.tasks[event.uuid].effects.append(event.delivery_tag)
            case ev.TaskRejected(requeue=False):
                self.tasks[event.uuid].state = "REJECTED"
            case ev.TaskRetried():
                self.tasks[event.uuid].retries += 1
                self.tasks[event.uuid].state = "RETRY"
            case ev.TaskRevoked():
                self._end(event.uuid, event.t, "revoked", "REVOKED")
            case ev.MessageDropped(delivery_tag=0):
                self._end(event.uuid, event.t, "dropped", None)
            case ev.MessageDeadLettered():
                self.tasks[event.uuid].dead_letters += 1
            case ev.PublishFailed():
                self.refused.append((event.uuid, event.name, event.queue))
            case ev.TaskSucceeded():
                self._end(event.uuid, event.t, "succeeded", "SUCCESS")
                self._returned(event.uuid, event.delivery_tag)
            case ev.TaskFailed():
                self._end(event.uuid, event.t, "failed", "FAILURE")
            case ev.TaskLost():
                self._end(event.uuid, event.t, "lost", None)
            case ev.Poll():
                self.polls[event.hostname] += 1
                self.found[event.hostname] += bool(event.found)
            case ev.WorkerLost() | ev.ChildExited(why="killed"):
                self.deaths[event.hostname] += 1
            case _:
                pass

    def _returned(self, uuid: str, tag: int) -> None:
        """An execution succeeded; both its result and its event may say so."""
        task = self.tasks[uuid]
        if task.name not in self._declared and tag not in task.effects:
            task.effects.append(tag)

    def _end(self, uuid: str, t: int, outcome: str, state: str | None) -> None:
        task = self.tasks[uuid]
        task.state = state or task.state
        if task.outcome == "alive":
            task.outcome, task.finished_at = outcome, t


def facts_of(trace: Trace) -> Facts:
    """The facts of a trace, kept with it."""
    facts: Facts | None = trace.derived.get("facts")
    if facts is None:
        facts = trace.derived["facts"] = Facts(trace)
    return facts

"""Expressions at each moment of a run, in one pass: where does one come to hold?

A measure has the value here that `measures` finds in the trace up to that moment. What sums up a run over its time, or
names a time of it, has none (`not_of_a_moment`).
"""

from __future__ import annotations

from bisect import insort
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil
from typing import TypeVar

import msgspec

from simulator.measure.measures import COUNTS, MEASURED, TIMES
from simulator.scenario.conditions.evaluation import Value, prepare
from simulator.scenario.conditions.goals import STATES, Expression, Items, Measure, Operation, Word, words
from simulator.trace import events as ev
from simulator.trace.time import MICROS, NEVER
from simulator.trace.trace import Trace
from simulator.world.level import EVERYTHING, Level
from simulator.world.lives import Lives, TaskLife, lives_of
from simulator.world.passes import Pass
from simulator.world.processes import Processes
from simulator.world.ready import Ready

OF_A_TASK = frozenset({"state", "worker_of", "position", "started_at", "finished_at"})
"""Measures of one task, which only its own events change."""

OF_WORKERS = frozenset({"deaths", "polls", "empty_polls"})
"""Measures that few kinds of events change, and that are quickly taken anew."""

LEVELS = frozenset({"queue", "processes", "memory"})
"""Subjects of which only the largest value so far is known at a moment."""

SINGLE = frozenset({"queue_length", "unacked", "running", "publish_failed"})

PERCENTILES = {"p50": 0.5, "p95": 0.95}

KNOWN_NOW = (*sorted({*COUNTS, *OF_A_TASK, *OF_WORKERS, *SINGLE}), *PERCENTILES, "mean", "max", "peak", "age_at(end)")
"""Everything that has a value at a moment, as a list to choose from."""

END = Measure("end")

SETTLING = (ev.MessageAcked, ev.MessageRequeued, ev.MessageDropped, ev.MessageDeadLettered)
"""Events after which a message is with no worker."""

P = TypeVar("P", bound=Pass)


def not_of_a_moment(expression: Expression) -> str | None:
    """Return the first measure that has no value at a moment, or None."""
    match expression:
        case Measure(name=name, arguments=arguments):
            return None if _is_of_a_moment(name, arguments) else name
        case Operation(operands=parts) | Items(items=parts):
            return next((found for part in parts if (found := not_of_a_moment(part)) is not None), None)
        case _:
            return None


def _is_of_a_moment(name: str, arguments: tuple[Expression, ...]) -> bool:
    what = arguments[0].value if arguments and isinstance(arguments[0], Word) else ""
    match name:
        case "mean" | "p50" | "p95":
            return what in TIMES
        case "max":
            return what in TIMES or what in LEVELS
        case "peak":
            return what in LEVELS and len(arguments) <= 2
        case "age_at":
            return arguments[0] == END
        case _:
            return name in COUNTS or name in OF_A_TASK or name in OF_WORKERS or name in SINGLE


def strange_names(expression: Expression, trace: Trace) -> Iterator[Word]:
    """Yield the names in an expression that a run knows nothing of."""
    tasks = lives_of(trace).tasks
    queues = {event.queue for event in trace.events if isinstance(event, ev.QueueDeclared)}
    queues |= {task.queue for task in tasks.values()}
    known: dict[str, set[str]] = {
        "i": {*tasks},
        "x": {*tasks, *(task.name for task in tasks.values()), *queues},
        "k": {*lives_of(trace).workers},
        "q": queues,
    }
    known[""] = known["x"] | known["k"] | STATES
    for word in words(expression):
        if word.kind in known and word.value not in known[word.kind] and (word.kind or not word.quoted):
            yield word


LOOK = 1024
"""Events between two looks at whether a search is still wanted."""


@dataclass(frozen=True, slots=True)
class Onset:
    """The moment at which an expression comes to hold."""

    cursor: int | None
    """None: nowhere after the start."""
    holds: bool
    """True if it holds at the start."""


class OnsetSearch:
    """A search for the first cursor in (`start`, `end`] at which an expression comes to hold, having not held before.

    One that holds from the start of the run on comes to hold at its first event. It may be made in one thread and run
    in another: it reads nothing of the run but its events.
    """

    def __init__(self, trace: Trace, expression: Expression, start: int = 0, end: int | None = None) -> None:
        """Prepare it; `expression` has only measures of a moment."""
        self.start = start
        self._events = trace.events[:end]
        self._watch = Watch(trace, expression)

    def run(self, look: Callable[[int, int], None] = lambda time, events: None) -> Onset:
        """Search; `look` is called now and then with the time and the number of events, and may end it by raising."""
        held = held_at_start = False
        for index, event in enumerate(self._events):
            if not index % LOOK:
                look(event.t, index)
            holds = self._watch.take(event) is True
            if index < self.start:
                held_at_start = holds
            elif holds and not held:
                return Onset(index + 1, held_at_start)
            held = holds
        return Onset(None, held_at_start)


class Tracker:
    """A measure that is continued event by event."""

    value: Value = 0

    def take(self, event: ev.Event) -> bool:
        """Read an event, which the lives have read already; return whether the value may have changed."""
        raise NotImplementedError


class Watch:
    """The value of an expression after each event."""

    def __init__(self, trace: Trace, expression: Expression) -> None:
        """Start before the first event; `expression` has only measures of a moment."""
        # A trace without events, whose passes are continued by hand: it tells what has happened so far.
        self._here = Trace(msgspec.structs.replace(trace.header, silent_polls={}), ())
        self._lives = self._here.derived[Lives] = Lives(self._here)
        self._whole = lives_of(trace)
        self._passes: dict[type[Pass], Pass] = {}
        self._trackers: list[Tracker] = []
        self._work_out = prepare(expression, self._bind)
        self._value = self._work_out()

    def _bind(self, measure: Measure) -> Callable[[], Value]:
        """Make the tracker of a measure; return what tells its value."""
        given = ["end" if one == END else str(getattr(one, "value", "")) for one in measure.arguments]
        tracker = self._tracker(measure.name, given)
        self._trackers.append(tracker)
        return lambda: tracker.value

    def _tracker(self, name: str, given: list[str]) -> Tracker:
        if name in COUNTS:
            return Sum(self._lives, self._selected(given), COUNTS[name])
        if name in OF_A_TASK:
            return OfTask(self._here, name, given[0])
        if name in OF_WORKERS:
            return OfWorkers(self._here, name, given)
        match name, given:
            case "age_at", [_, *subject]:
                return Age(self._lives, self._selected(subject))
            case _, [what, *subject] if what in TIMES:
                return Times(self._lives, self._selected(subject), TIMES[what], name)
            case _, ["queue", *subject]:
                return Highest(self._pass(Ready).queues, subject)
            case _, ["processes", *subject]:
                return Highest(self._pass(Processes).running, subject)
            case _, ["memory", *subject]:
                return Highest(self._pass(Processes).memory, subject)
            case "queue_length", subject:
                return Length(self._pass(Ready).queues, subject)
            case "unacked", subject:
                return Unacked(subject)
            case "publish_failed", subject:
                return FailedPublishes(subject)
            case _, worker:
                return GoingOn(self._lives, worker)

    def _pass(self, kind: type[P]) -> P:
        found = self._passes.get(kind)
        if not isinstance(found, kind):
            found = self._passes[kind] = kind(self._here)
        return found

    def _selected(self, subject: list[str]) -> Callable[[TaskLife], bool]:
        """Return whether a task is among those that a name selects: a task id, else a task type, else a queue."""
        if not subject:
            return lambda task: True
        [name] = subject
        if name in self._whole.tasks:
            return lambda task: task.uuid == name
        if any(task.name == name for task in self._whole.tasks.values()):
            return lambda task: task.name == name
        return lambda task: task.queue == name

    def take(self, event: ev.Event) -> Value:
        """Read the next event; return the value of the expression after it."""
        one = (event,)
        self._lives.read(one)
        for other in self._passes.values():
            other.read(one)
        changed = [tracker.take(event) for tracker in self._trackers]
        if any(changed):
            self._value = self._work_out()
        return self._value


class OfTasks(Tracker):
    """Tells a subclass of each event of a task that is meant."""

    def __init__(self, lives: Lives, selected: Callable[[TaskLife], bool]) -> None:
        """Start with no tasks; `selected`: whether a task is meant."""
        self._lives = lives
        self._selected = selected

    def take(self, event: ev.Event) -> bool:
        """Read an event."""
        task = self._lives.tasks.get(getattr(event, "uuid", ""))
        return task is not None and self._selected(task) and self.take_of(task)

    def take_of(self, task: TaskLife) -> bool:
        """Read an event of this task; return whether the value may have changed."""
        raise NotImplementedError


class Sum(OfTasks):
    """A sum over tasks."""

    def __init__(self, lives: Lives, selected: Callable[[TaskLife], bool], count: Callable[[TaskLife], int]) -> None:
        """Start at zero; `count`: the part of a task."""
        super().__init__(lives, selected)
        self._count = count
        self._parts: dict[str, int] = {}
        self.total = self.value = 0

    def take_of(self, task: TaskLife) -> bool:
        """Count what the task's part has grown by."""
        part = self._count(task)
        grown = part - self._parts.get(task.uuid, 0)
        self._parts[task.uuid] = part
        self.total += grown
        self.value = self.total
        return grown != 0


class Times(OfTasks):
    """A statistic of the durations of tasks, in seconds."""

    def __init__(
        self,
        lives: Lives,
        selected: Callable[[TaskLife], bool],
        time: Callable[[TaskLife], int | None],
        statistic: str,
    ) -> None:
        """Start without a value."""
        super().__init__(lives, selected)
        self._time = time
        self._statistic = statistic
        self._known: set[str] = set()
        self._sorted: list[int] = []
        self._sum = 0
        self.value = None

    def take_of(self, task: TaskLife) -> bool:
        """Add the duration of a task once it has one."""
        time = self._time(task) if task.uuid not in self._known else None
        if time is None:
            return False
        self._known.add(task.uuid)
        insort(self._sorted, time)
        self._sum += time
        count, share = len(self._sorted), PERCENTILES.get(self._statistic, 1.0)
        found = self._sum / count if self._statistic == "mean" else self._sorted[max(0, ceil(share * count) - 1)]
        self.value = round(found / MICROS, 3)
        return True


class Age(OfTasks):
    """The wait of the oldest task that has not started, in seconds; it grows with each event."""

    def __init__(self, lives: Lives, selected: Callable[[TaskLife], bool]) -> None:
        """Start with none."""
        super().__init__(lives, selected)
        self._waiting: deque[TaskLife] = deque()
        self._seen: set[str] = set()

    def take(self, event: ev.Event) -> bool:
        """Read an event, of whatever task."""
        super().take(event)
        waiting = self._waiting
        while waiting and waiting[0].waited_index != NEVER:
            waiting.popleft()
        self.value = round((event.t - waiting[0].sent_at) / MICROS, 3) if waiting else 0.0
        return True

    def take_of(self, task: TaskLife) -> bool:
        """Take in a task that is new."""
        if task.uuid not in self._seen:
            self._seen.add(task.uuid)
            self._waiting.append(task)
        return True


class OfTask(Tracker):
    """A measure of one task, taken anew at its events."""

    def __init__(self, here: Trace, name: str, uuid: str) -> None:
        """Start with what holds of a task that was not sent."""
        self._here = here
        self._measure = MEASURED[name]
        self._uuid = uuid
        self.value = self._measure(here, uuid)

    def take(self, event: ev.Event) -> bool:
        """Read an event."""
        if getattr(event, "uuid", "") != self._uuid and not self._is_tie(event):
            return False
        self.value = self._measure(self._here, self._uuid)
        return True

    def _is_tie(self, event: ev.Event) -> bool:
        """Return whether another task starts at the instant at which this one did: the order of sending decides."""
        if not isinstance(event, ev.TaskStarted):
            return False
        task = lives_of(self._here).tasks.get(self._uuid)
        return task is not None and bool(task.runs) and task.runs[0].start == event.t


class OfWorkers(Tracker):
    """A count of what happens to workers, taken anew when it does."""

    def __init__(self, here: Trace, name: str, subject: list[str]) -> None:
        """Start with no workers."""
        self._here = here
        self._measure = MEASURED[name]
        self._subject = subject

    def take(self, event: ev.Event) -> bool:
        """Read an event."""
        if not isinstance(event, ev.Poll | ev.WorkerLost | ev.ChildExited):
            return False
        self.value = self._measure(self._here, *self._subject)
        return True


class Length(Tracker):
    """A level: the number of ready messages."""

    def __init__(self, levels: dict[str, Level], subject: list[str]) -> None:
        """Start at zero."""
        self._levels = levels
        self._name = subject[0] if subject else EVERYTHING

    def take(self, event: ev.Event) -> bool:
        """Read an event."""
        level = self._levels.get(self._name)
        now = int(level.now) if level is not None else 0
        changed, self.value = now != self.value, now
        return changed


class Highest(Tracker):
    """The largest value of a level so far."""

    def __init__(self, levels: dict[str, Level], subject: list[str]) -> None:
        """Start at zero."""
        self._levels = levels
        self._name = subject[0] if subject else EVERYTHING
        self._most: float = 0

    def take(self, event: ev.Event) -> bool:
        """Read an event."""
        level = self._levels.get(self._name)
        if level is None or level.now <= self._most:
            return False
        self._most = self.value = round(level.now, 3)
        return True


class Unacked(Tracker):
    """The number of messages that are delivered and not settled."""

    def __init__(self, subject: list[str]) -> None:
        """Start with none."""
        self._subject = subject
        self._held: set[int] = set()

    def take(self, event: ev.Event) -> bool:
        """Read an event."""
        if isinstance(event, ev.MessageDelivered):
            if event.queue in self._subject or not self._subject:
                self._held.add(event.message)
        elif isinstance(event, SETTLING):
            self._held.discard(event.message)
        changed, self.value = len(self._held) != self.value, len(self._held)
        return changed


class FailedPublishes(Tracker):
    """The number of failed publishes."""

    def __init__(self, subject: list[str]) -> None:
        """Start with none."""
        self._subject = subject
        self._count = 0

    def take(self, event: ev.Event) -> bool:
        """Read an event."""
        if not isinstance(event, ev.PublishFailed):
            return False
        whose = event.uuid, event.name, event.queue
        self._count += not self._subject or self._subject[0] in whose
        self.value = self._count
        return True


class GoingOn(Tracker):
    """The number of executions going on."""

    def __init__(self, lives: Lives, subject: list[str]) -> None:
        """Start with none."""
        self._lives = lives
        self._subject = subject

    def take(self, event: ev.Event) -> bool:
        """Read an event."""
        now = self._lives.running(self._subject[0]) if self._subject else int(self._lives.busy.now)
        changed, self.value = now != self.value, now
        return changed

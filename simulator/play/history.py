"""A run over time, for the timeline: lives, queue lengths, what workers hold, idle gaps, planned ends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from simulator.story.run import Run
from simulator.trace import events as ev
from simulator.trace.time import NEVER, to_micros
from simulator.trace.trace import Trace
from simulator.world.holds import Hold, holds_of
from simulator.world.level import EVERYTHING, Level
from simulator.world.lives import ExecutionLife, lives_of
from simulator.world.passes import Pass, pass_over
from simulator.world.ready import backlog_of, ready_of

SHORT = 1_000_000
"""Least length of a gap, in microseconds."""

IDLE = frozenset({ev.Poll, ev.WorkerHeartbeat})
"""Event types that do not interrupt a gap."""


@dataclass(frozen=True, slots=True)
class Gap:
    """An idle span in microseconds, in which nothing runs, happens or waits in a worker; `index` is what ends it.

    It is the number of events if the end of the run ends it.
    """

    begin: int
    end: int
    index: int


class Gaps(Pass):
    """The idle gaps up to the last event."""

    def __init__(self, trace: Trace) -> None:
        """Start with no gaps."""
        super().__init__(trace)
        self.found: list[Gap] = []
        self._last = 0
        """Time of the latest event that interrupts a gap."""

    def extend(self, trace: Trace) -> None:
        """Find gaps among the new events."""
        self.trace, start = trace, self.count
        self.count = len(trace.events)
        busy, held = lives_of(trace).busy, holds_of(trace).held
        last = self._last
        for index, event in enumerate(islice(trace.events, start, None), start):
            t = event.t
            if t > last and type(event) not in IDLE:
                # Only a long gap is ever folded, and only a few are long.
                if t - last >= SHORT and not busy.at(index) and not held.at(index):
                    self.found.append(Gap(last, t, index))
                last = t
        self._last = last

    def up_to(self, end: int) -> list[Gap]:
        """Return all gaps of a run that ends at `end` (microseconds)."""
        if end > self._last and not lives_of(self.trace).busy.now and not holds_of(self.trace).held.now:
            return [*self.found, Gap(self._last, end, self.count)]
        return self.found


class History:
    """A run over time: its passes and planned ends."""

    def __init__(self, run: Run) -> None:
        """Collect the passes of a run."""
        self.run = run
        lives, ready = lives_of(run.trace), ready_of(run.trace)
        self.workers = lives.workers
        """By name, in the order in which they first came online."""
        self.slots = lives.slots
        """Executions by worker and slot, first one first."""
        self.by_start = lives.by_start
        """Executions by the index of their task-started."""
        self.busy = lives.busy
        """Executions going on in all workers."""
        self.online = lives.online
        """Slots of the workers that are online."""
        self.failures = lives.failures
        """(indices, times) of what went wrong: an execution failed, a task was lost, a worker died."""
        self.queues = ready.queues
        """Ready messages by queue."""
        self.ready = backlog_of(run.trace)
        """Messages that wait in all queues, without dead letters that nobody consumes."""
        self._parent = History(run.parent) if run.parent is not None else None

    @property
    def holds(self) -> dict[str, list[Hold]]:
        """By worker, the tasks that it held for some time, in the order received."""
        return holds_of(self.run.trace).workers

    @cached_property
    def held(self) -> Level:
        """Tasks that wait in all workers."""
        return holds_of(self.run.trace).held.lasting()

    @cached_property
    def held_since(self) -> int:
        """Since when anything waits in a worker, in microseconds; `NEVER` if nothing ever does."""
        return _first_step(self.held)

    @cached_property
    def lasting(self) -> dict[str, Level]:
        """By queue (`EVERYTHING`: as `ready`), messages that wait: what comes and goes at once does not."""
        return {name: level.lasting() for name, level in {**self.queues, EVERYTHING: self.ready}.items()}

    @cached_property
    def waited(self) -> dict[str, int]:
        """By queue in which a message ever waits, since when one does for the first time, in microseconds."""
        firsts = {name: _first_step(level) for name, level in self.lasting.items()}
        return {name: time for name, time in firsts.items() if time < NEVER}

    @property
    def gaps(self) -> list[Gap]:
        """The idle gaps of the run."""
        return pass_over(self.run.trace, Gaps).up_to(self.run.trace.end)

    def plan(self, run: ExecutionLife) -> int | None:
        """Return when an execution would end if nothing intervened; None if unknown.

        Time limits, awaited results and shared cores intervene: the actual end of such an execution
        was not planned at its start.
        """
        scenario = self.run.scenario
        task = scenario.model.tasks.get(run.name) if scenario is not None else None
        if task is not None and (task.gets is not None or task.cpu):
            return None
        if run.outcome in ("succeeded", "failed", "retried") and not self._met_limit(run):
            return run.end
        before = self._parent.by_start.get(run.start_index) if self._parent is not None else None
        if self._parent is not None and before is not None and (before.uuid, before.start) == (run.uuid, run.start):
            return self._parent.plan(before)
        if task is None or task.duration.kind != "constant":
            return None
        return run.start + to_micros(task.duration.numbers[0])

    def _met_limit(self, run: ExecutionLife) -> bool:
        """Return whether an execution reached a time limit of its task."""
        scenario = self.run.scenario
        task = scenario.model.tasks.get(run.name) if scenario is not None else None
        if scenario is None or task is None or run.end is None:
            return False
        config = scenario.model.config
        soft = config.task_soft_time_limit if task.soft_time_limit is None else task.soft_time_limit
        hard = config.task_time_limit if task.time_limit is None else task.time_limit
        return any(limit and run.end - run.start >= to_micros(limit) for limit in (soft, hard))


def _first_step(level: Level) -> int:
    """Return when a level is above 0 for the first time, in microseconds; `NEVER` if it never is."""
    return next((time for time, value in zip(level.times, level.values, strict=True) if value), NEVER)

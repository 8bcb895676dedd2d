"""The processes of a prefork pool: what they grow to, how they end, when the parent notices and replaces them.

Source: billiard.pool: Pool._maintain_pool, Worker.workloop (max_tasks_per_child, max_memory_per_child);
celery.concurrency.asynpool: AsynPool.register_with_event_loop (the 5 s timer).
"""

from __future__ import annotations

from typing import Protocol

from simulator.engine.context import Context
from simulator.engine.executions import Execution
from simulator.engine.tasks import Task
from simulator.engine.worker.life import Life
from simulator.trace.events import ChildExited, ChildStarted, ExitReason, PoolResized, ResizeReason, StartReason
from simulator.trace.time import to_micros

TICK = to_micros(5.0)
"""How often the parent looks after its children."""

NOTICED = to_micros(0.1)
"""How long it takes to notice a death where siblings keep the parent awake."""

KIB_PER_MB = 1024


class Slots(Protocol):
    """The pool, as its children's keeper sees it."""

    size: int
    """How many slots there are to be."""
    free: list[int]
    """Slots that run nothing, a heap."""
    active: dict[int, Execution]
    """Executions by slot."""

    def interrupt(self, execution: Execution) -> None:
        """What an execution was about to do will not happen."""

    def lost(self, execution: Execution, cause: int) -> int:
        """The child of a running task was found dead; the index of the last event it led to."""

    def let_go(self, execution: Execution) -> None:
        """Nothing runs this any more."""

    def free_slot(self, slot: int, cause: int) -> None:
        """A slot can take a request."""

    def slot_is_free(self, cause: int) -> None:
        """A slot has become free, or is gone."""


class Children:
    """One child for each slot."""

    def __init__(self, context: Context, life: Life, slots: Slots, *, tasks_grow: bool) -> None:
        """All are up and have run nothing; `tasks_grow`: whether any task needs or leaks memory."""
        settings, spec = context.settings, life.spec
        self.clock = context.clock
        self.journal = context.journal
        self.note = context.journal.note
        self.life = life
        self.slots = slots
        self.last = slots.size
        """The highest slot that is to be kept."""
        startup = spec.child_startup
        self.startup = settings.child_startup if startup is None else to_micros(startup)
        self.real = settings.child_replacement
        self.rest = settings.child_memory if spec.memory is None else spec.memory
        """MB of a child that has run nothing."""
        recycles = spec.max_tasks_per_child or settings.worker_max_tasks_per_child
        limit = spec.max_memory_per_child or settings.worker_max_memory_per_child
        self.max_tasks = recycles if life.prefork else None
        self.max_memory = limit / KIB_PER_MB if limit and life.prefork else None
        self.tracks_memory = bool(self.max_memory or spec.memory is not None or tasks_grow)
        """Whether the memory of children has to be kept."""
        self.recycles = bool(self.max_tasks or self.tracks_memory)
        """Whether children have to be looked at after each task."""
        self._runs: dict[int, int] = {}
        self._memory: dict[int, float] = {}
        """MB by slot."""
        self._leaked: dict[int, float] = {}
        self.unnoticed: dict[int, Execution] = {}
        """By slot, what ran in a child that is dead, before the parent knows."""
        self._gone: set[int] = set()
        """Slots without a child."""
        self._ended = False

    # -- what they grow to -------------------------------------------------------------------------------------

    def ran_up(self, slot: int, task: Task) -> float | None:
        """The child of a slot begins a task: its memory from then on, in MB; None where it stays as it is.

        What a task leaks is never given back, what it needs is kept for the next one: a high-water mark.
        """
        before = self.memory(slot)
        leaked = self._leaked[slot] = self._leaked.get(slot, 0.0) + task.leak
        self._memory[slot] = max(before, self.rest + leaked + task.memory)
        return None if self._memory[slot] == before else self._memory[slot]

    def memory(self, slot: int) -> float:
        """MB of the child in a slot."""
        return self._memory.get(slot, self.rest)

    def is_used_up(self, slot: int) -> bool:
        """Whether the child has run its last task; then it is on its way out. Looked at after a task, and only then."""
        runs = self._runs[slot] = self._runs.get(slot, 0) + 1
        if slot in self._gone or slot > self.last:
            return False
        if self.max_tasks is not None and runs >= self.max_tasks:
            why: ExitReason = "max-tasks"
        elif self.max_memory is not None and self.memory(slot) > self.max_memory:
            why = "max-memory"
        else:
            return False
        self.exit(slot, why, len(self.journal) - 1)
        return True

    # -- how they end ------------------------------------------------------------------------------------------

    def exit(self, slot: int, why: ExitReason, cause: int) -> None:
        """A child ends; its slot stays empty until the parent notices and a new one is up."""
        if slot in self._gone or slot > self.last:
            return
        slots = self.slots
        self._gone.add(slot)
        if slot in slots.free:
            slots.free.remove(slot)
        execution = slots.active.pop(slot, None)
        if execution is not None:
            slots.interrupt(execution)
            self.unnoticed[slot] = execution
        index = self.note(ChildExited(self.clock.now, cause, self.life.hostname, slot, self.memory(slot), why))
        self.clock.at(self._noticed_at(), self.life.on_timer, self._noticed, (slot, index))

    def _noticed_at(self) -> int:
        now = self.clock.now
        if not self.real:
            return now
        return now + NOTICED if self.slots.size > 1 else self._next_look()

    def _next_look(self) -> int:
        """When the parent's timer looks after the children again."""
        since = self.life.online_at
        return since + ((self.clock.now - since) // TICK + 1) * TICK

    def _noticed(self, noticed: tuple[int, int]) -> None:
        """The parent finds the child gone: it says what became of its task, and starts another."""
        slot, cause = noticed
        if self._ended:
            return
        execution = self.unnoticed.pop(slot, None)
        if execution is not None:
            if not execution.over:
                cause = self.slots.lost(execution, cause)
            self.slots.let_go(execution)
        if slot > self.last or not self.life.runs:
            self._gone.discard(slot)
            self.slots.slot_is_free(cause)
            return
        if self.startup:
            time = self.clock.now + self.startup
            self.clock.at(time, self.life.on_timer, self._started, (slot, cause, "replaced"))
        else:
            self._started((slot, cause, "replaced"))

    def _started(self, started: tuple[int, int, StartReason]) -> None:
        slot, cause, why = started
        if self._ended:
            return
        self._gone.discard(slot)
        self._forget(slot)
        index = self.note(ChildStarted(self.clock.now, cause, self.life.hostname, slot, self.rest, why))
        self.slots.free_slot(slot, index)

    def _forget(self, slot: int) -> None:
        self._runs.pop(slot, None)
        self._leaked.pop(slot, None)
        self._memory.pop(slot, None)

    def abandon(self) -> None:
        """The parent is gone, and its children with it (prctl: PDEATHSIG)."""
        self._ended = True

    # -- how many ----------------------------------------------------------------------------------------------

    def resize(self, size: int, cause: int, why: ResizeReason) -> None:
        """So many slots from now on: new ones start, idle ones beyond go at once, busy ones when they are free."""
        slots, was = self.slots, self.slots.size
        if size == was:
            return
        slots.size = self.last = size
        index = self.note(PoolResized(self.clock.now, cause, self.life.hostname, size, why))
        for slot in range(was + 1, size + 1):
            if slot in slots.active or slot in self._gone:
                continue
            self._gone.add(slot)
            time = self.clock.now + self.startup
            self.clock.at(time, self.life.on_timer, self._started, (slot, index, "grown"))
        for slot in [slot for slot in slots.free if slot > size]:
            slots.free.remove(slot)
            self.retire(slot)
        slots.free.sort()

    def grow(self, by: int, cause: int) -> None:
        """So many slots more, by command: the parent only counts them, and starts children when it looks next.

        Source: billiard.pool: Pool.grow; held against a run of `ackademy verify`.
        """
        if self.real and self.life.prefork:
            self.clock.at(self._next_look(), self.life.on_timer, self._grow, (by, cause))
        else:
            self._grow((by, cause))

    def _grow(self, asked: tuple[int, int]) -> None:
        by, cause = asked
        if not self._ended:
            self.resize(self.slots.size + by, cause, "pool_grow")

    def retire(self, slot: int) -> None:
        """A child beyond the size of the pool goes."""
        memory = self.memory(slot)
        self._forget(slot)
        cause = len(self.journal) - 1
        self.note(ChildExited(self.clock.now, cause, self.life.hostname, slot, memory, "shrunk"))

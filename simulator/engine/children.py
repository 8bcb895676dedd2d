"""The processes of a prefork pool: what they grow to, how they end, when the parent notices and replaces them.

Source: billiard.pool: Pool._maintain_pool, Worker.workloop (max_tasks_per_child, max_memory_per_child);
celery.concurrency.asynpool: AsynPool.register_with_event_loop (the 5 s timer).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.engine.parts import Execution
from simulator.trace.events import ChildExited, ChildStarted, PoolResized
from simulator.trace.time import to_micros

if TYPE_CHECKING:
    from simulator.engine.pool import Pool
    from simulator.engine.tasks import Task

TICK = to_micros(5.0)
"""How often the parent looks after its children."""

NOTICED = to_micros(0.1)
"""How long it takes to notice a death where siblings keep the parent awake."""

KIB_PER_MB = 1024


class Children:
    """One child for each slot."""

    def __init__(self, pool: Pool) -> None:
        worker = pool.worker
        settings, spec = pool.simulation.settings, worker.spec
        self.pool = pool
        self.worker = worker
        self.clock = pool.clock
        self.events = pool.events
        self.last = pool.size
        """The highest slot that is to be kept."""
        startup = spec.child_startup
        self.startup = settings.child_startup if startup is None else to_micros(startup)
        self.real = settings.child_replacement
        self.rest = settings.child_memory if spec.memory is None else spec.memory
        """MB of a child that has run nothing."""
        recycles = spec.max_tasks_per_child or settings.worker_max_tasks_per_child
        limit = spec.max_memory_per_child or settings.worker_max_memory_per_child
        self.max_tasks = recycles if pool.prefork else None
        self.max_memory = limit / KIB_PER_MB if limit and pool.prefork else None
        tasks = pool.simulation.tasks.values()
        self.weighs = bool(
            self.max_tasks or self.max_memory or spec.memory is not None or any(t.memory or t.leak for t in tasks)
        )
        """Whether runs and memory have to be kept."""
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
            why = "max-tasks"
        elif self.max_memory is not None and self.memory(slot) > self.max_memory:
            why = "max-memory"
        else:
            return False
        self.exit(slot, why, len(self.events) - 1)
        return True

    # -- how they end ------------------------------------------------------------------------------------------

    def exit(self, slot: int, why: str, cause: int) -> None:
        """A child ends; its slot stays empty until the parent notices and a new one is up."""
        if slot in self._gone or slot > self.last:
            return
        self._gone.add(slot)
        if slot in self.pool.free:
            self.pool.free.remove(slot)
        execution = self.pool.active.pop(slot, None)
        if execution is not None:
            self.pool.interrupt(execution)
            self.unnoticed[slot] = execution
        index = len(self.events)
        self.events.append(ChildExited(self.clock.now, cause, self.worker.hostname, slot, self.memory(slot), why))
        self.clock.at(self._noticed_at(), self.pool.on_timer, self._noticed, (slot, index))

    def _noticed_at(self) -> int:
        now = self.clock.now
        if not self.real:
            return now
        return now + NOTICED if self.pool.size > 1 else self._next_look()

    def _next_look(self) -> int:
        """When the parent's timer looks after the children again."""
        since = self.worker.online_at
        return since + ((self.clock.now - since) // TICK + 1) * TICK

    def _noticed(self, noticed: tuple[int, int]) -> None:
        """The parent finds the child gone: it says what became of its task, and starts another."""
        slot, cause = noticed
        if self._ended:
            return
        execution = self.unnoticed.pop(slot, None)
        if execution is not None and not execution.over:
            cause = self.pool.outcomes.lost(execution, cause)
        if slot > self.last or not self.worker.runs:
            self._gone.discard(slot)
            self.worker.slot_is_free(cause)
            return
        if self.startup:
            self.clock.at(self.clock.now + self.startup, self.pool.on_timer, self._started, (slot, cause, "replaced"))
        else:
            self._started((slot, cause, "replaced"))

    def _started(self, started: tuple[int, int, str]) -> None:
        slot, cause, why = started
        if self._ended:
            return
        self._gone.discard(slot)
        self._runs.pop(slot, None)
        self._leaked.pop(slot, None)
        self._memory.pop(slot, None)
        index = len(self.events)
        self.events.append(ChildStarted(self.clock.now, cause, self.worker.hostname, slot, self.rest, why))
        self.pool.free_slot(slot, index)

    def abandon(self) -> None:
        """The parent is gone, and its children with it (prctl: PDEATHSIG)."""
        self._ended = True

    # -- how many ----------------------------------------------------------------------------------------------

    def resize(self, size: int, cause: int, why: str) -> None:
        """So many slots from now on: new ones start, idle ones beyond go at once, busy ones when they are free."""
        pool, was = self.pool, self.pool.size
        if size == was:
            return
        pool.size = self.last = size
        index = len(self.events)
        self.events.append(PoolResized(self.clock.now, cause, self.worker.hostname, size, why))
        for slot in range(was + 1, size + 1):
            if slot in pool.active or slot in self._gone:
                continue
            self._gone.add(slot)
            self.clock.at(self.clock.now + self.startup, pool.on_timer, self._started, (slot, index, "grown"))
        for slot in [slot for slot in pool.free if slot > size]:
            pool.free.remove(slot)
            self.retire(slot)
        pool.free.sort()

    def grow(self, by: int, cause: int) -> None:
        """So many slots more, by command: the parent only counts them, and starts children when it looks next.

        Source: billiard.pool: Pool.grow; held against a run of `ackademy verify`.
        """
        if self.real and self.pool.prefork:
            self.clock.at(self._next_look(), self.pool.on_timer, self._grow, (by, cause))
        else:
            self._grow((by, cause))

    def _grow(self, asked: tuple[int, int]) -> None:
        by, cause = asked
        if not self._ended:
            self.resize(self.pool.size + by, cause, "pool_grow")

    def retire(self, slot: int) -> None:
        """A child beyond the size of the pool goes."""
        self._runs.pop(slot, None)
        self._leaked.pop(slot, None)
        memory = self._memory.pop(slot, self.rest)
        cause = len(self.events) - 1
        self.events.append(ChildExited(self.clock.now, cause, self.worker.hostname, slot, memory, "shrunk"))

"""Child processes of a prefork pool: their memory, how they exit, when the parent notices and replaces them.

Source: billiard.pool: Pool._maintain_pool, Worker.workloop (max_tasks_per_child, max_memory_per_child);
celery.concurrency.asynpool: AsynPool.register_with_event_loop (the 5 s timer).
"""

from __future__ import annotations

from typing import Protocol

from simulator.engine.clock import Call
from simulator.engine.context import Context
from simulator.engine.executions import Execution
from simulator.engine.tasks import Task
from simulator.engine.worker.life import Life
from simulator.trace.events import ChildExited, ChildStarted, ExitReason, PoolResized, ResizeReason, StartReason
from simulator.trace.time import to_micros

TICK = to_micros(5.0)
"""Interval at which the parent maintains its children, in microseconds."""

NOTICED = to_micros(0.02)
"""Microseconds until the parent notices a death that it does not miss."""

FORK = to_micros(0.1)
"""How long a parent is busy with starting one child: it collects its garbage before each fork.

Source: celery.concurrency.asynpool: AsynPool._create_worker_process; recordings 26 and 47.
"""

MISSED = 0
NOTICES = (79, 48)
"""How often a death is missed, and how often it is noticed at once."""

KIB_PER_MB = 1024


class Slots(Protocol):
    """The view of the pool that its children need."""

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
    """The child processes of a pool, one per slot."""

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
        self.forks = min(self.startup, FORK) if life.prefork and settings.child_death != "at_once" else 0
        """How long the parent is busy with starting a child."""
        self.fate = settings.child_death
        """Whether the parent misses a death at first: `missed`, `at_once` or `drawn`."""
        self.chances = context.chances
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
        """Slots that have no child."""
        self._dead: dict[int, int] = {}
        """By slot whose child is dead without the parent's knowing, the index of its end."""
        self._tick: Call | None = None
        """The next look by the timer, while it has something to find."""
        self._since: int | None = None
        """Since when the timer counts; None: since the worker is online."""
        self._ended = False

    # -- memory ------------------------------------------------------------------------------------------------

    def ran_up(self, slot: int, task: Task) -> float | None:
        """The child of a slot begins a task: its memory from then on, in MB; None where it stays as it is.

        What a task leaks is never given back, what it needs is kept for the next one: a high-water mark.
        """
        before = self.memory(slot)
        leaked = self._leaked[slot] = self._leaked.get(slot, 0.0) + task.leak
        self._memory[slot] = max(before, self.rest + leaked + task.memory)
        return None if self._memory[slot] == before else self._memory[slot]

    def memory(self, slot: int) -> float:
        """Return the memory of the child in a slot, in MB."""
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

    # -- exits -------------------------------------------------------------------------------------------------

    def exit(self, slot: int, why: ExitReason, cause: int) -> None:
        """A child ends; its slot stays empty until the parent notices and a new one is up.

        The parent looks once, at the end of the child's pipe, and often before the kernel has made the child a zombie
        that can be waited for: then it has missed this death, and finds it when it looks the next time.

        Source: celery.concurrency.asynpool: AsynPool._event_process_exit; billiard.pool: Pool._join_exited_workers
        (waitpid with WNOHANG). Of 127 deaths 48 were noticed at once, whatever the concurrency, broker and acks.
        """
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
        now, hostname = self.clock.now, self.life.hostname
        seen, by_chance = self.fate != "missed", self.fate != "at_once"
        if by_chance:
            usual = MISSED if self.fate == "missed" else None
            seen = self.chances.draw("child_death", hostname, now, NOTICES, usual) != MISSED
        self._dead[slot] = self.note(ChildExited(now, cause, hostname, slot, self.memory(slot), why, by_chance))
        self.clock.at(now + NOTICED * by_chance, self.life.on_timer, self._look_at_end, None if seen else slot)

    def _look_at_end(self, missed: int | None) -> None:
        """The end of a pipe makes the parent look after its children: all the dead but this one are found."""
        self.look(missed)
        if self._dead and self._tick is None:
            self._tick = self.clock.at(self._next_tick(), self.life.on_timer, self._look_at_tick)

    def timer(self) -> tuple[int, int]:
        """Since when the parent's timer counts, and how often it looks after the children."""
        return (self._since if self._since is not None else self.life.online_at), TICK

    def _next_tick(self) -> int:
        """When it looks again."""
        since, every = self.timer()
        return since + (max(self.clock.now - since, 0) // every + 1) * every

    def _look_at_tick(self, _: object) -> None:
        """The timer counts anew from when the dead have been replaced.

        Source: kombu.asynchronous.timer: Timer.call_repeatedly.
        """
        self._tick = None
        self._since = self.clock.now + self.forks * self.look()

    def look(self, missed: int | None = None) -> int:
        """The parent finds its dead children, but the one in the slot `missed`; how many it starts instead.

        It does so when its timer fires, when a child's pipe ends, when the autoscaler has changed the pool, and when
        its connection is lost. Source: billiard.pool: Pool.maintain_pool and who calls it.
        """
        found = [slot for slot in self._dead if slot != missed]
        replaced = 0
        for slot in found:
            if not self._ended:
                replaced += self._notice(slot, self._dead.pop(slot), replaced)
        return replaced

    def _notice(self, slot: int, cause: int, before: int) -> bool:
        """The parent says what became of a dead child's task, and starts another child, `before` others first."""
        execution = self.unnoticed.pop(slot, None)
        if execution is not None:
            if not execution.over:
                cause = self.slots.lost(execution, cause)
            self.slots.let_go(execution)
        if slot > self.last or not self.life.runs:
            self._gone.discard(slot)
            self.slots.slot_is_free(cause)
            return False
        self._start(slot, cause, "replaced", before)
        return True

    def _start(self, slot: int, cause: int, why: StartReason, before: int) -> None:
        """Start a child after `before` others; meanwhile the parent's loop does nothing else."""
        now = self.clock.now
        if self.forks:
            self.life.sleep(now + self.forks * (before + 1))
        wait = self.forks * before + self.startup
        if wait or why == "grown":
            self.clock.at(now + wait, self.life.on_timer, self._started, (slot, cause, why))
        else:
            self._started((slot, cause, why))

    def _started(self, started: tuple[int, int, StartReason]) -> None:
        slot, cause, why = started
        if self._ended:
            return
        if self.clock.now < self.life.asleep_until:
            self.clock.at(self.life.asleep_until, self.life.on_timer, self._started, started)
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

    # -- pool size ---------------------------------------------------------------------------------------------

    def resize(self, size: int, cause: int, why: ResizeReason) -> None:
        """So many slots from now on: new ones start, idle ones beyond go at once, busy ones when they are free."""
        slots, was = self.slots, self.slots.size
        if size == was:
            return
        slots.size = self.last = size
        index = self.note(PoolResized(self.clock.now, cause, self.life.hostname, size, why))
        grown = [slot for slot in range(was + 1, size + 1) if slot not in slots.active and slot not in self._gone]
        self._gone.update(grown)
        for before, slot in enumerate(grown):
            self._start(slot, index, "grown", before)
        for slot in [slot for slot in slots.free if slot > size]:
            slots.free.remove(slot)
            self.retire(slot)
        slots.free.sort()

    def grow(self, by: int, cause: int) -> None:
        """So many slots more, by command: the parent only counts them, and starts children when it looks next.

        Source: billiard.pool: Pool.grow; held against a run of `ackademy verify`.
        """
        if self.fate != "at_once" and self.life.prefork:
            self.clock.at(self._next_tick(), self.life.on_timer, self._grow, (by, cause))
        else:
            self._grow((by, cause))

    def _grow(self, asked: tuple[int, int]) -> None:
        by, cause = asked
        if not self._ended:
            self.resize(self.slots.size + by, cause, "pool_grow")

    def retire(self, slot: int) -> None:
        """Remove a child beyond the size of the pool."""
        memory = self.memory(slot)
        self._forget(slot)
        cause = len(self.journal) - 1
        self.note(ChildExited(self.clock.now, cause, self.life.hostname, slot, memory, "shrunk"))
        self.look()

"""Child processes of a prefork pool: their memory, how they exit, when the parent notices and replaces them.

Source: billiard.pool: Pool._maintain_pool, Worker.workloop (max_tasks_per_child, max_memory_per_child);
celery.concurrency.asynpool: AsynPool.register_with_event_loop (the 5 s timer).
"""

from __future__ import annotations

from simulator.engine.clock import Call
from simulator.engine.context import Context
from simulator.engine.executions import Execution
from simulator.engine.tasks import Task
from simulator.engine.worker.life import Life
from simulator.engine.worker.slots import Slots
from simulator.trace.events import (
    NO_CAUSE,
    ChildExited,
    ChildStarted,
    ExitReason,
    PoolResized,
    ResizeReason,
    StartReason,
)
from simulator.trace.time import to_micros

TICK = to_micros(5.0)
"""Interval at which the parent maintains its children, in microseconds."""

NOTICED = to_micros(0.02)
"""Microseconds until the parent notices a death that it does not miss."""

FORK = to_micros(0.1)
"""Time that a parent is blocked by starting one child, as it collects its garbage before each fork.

Source: celery.concurrency.asynpool: AsynPool._create_worker_process; measured in recordings.
"""

TERM_WAIT = to_micros(0.1)
"""Time that a parent is blocked by ending a child at a hard time limit: it sends SIGTERM, waits, and sends SIGKILL. The
child never ends in time, as it would first wait until the parent has read all results.

Source: billiard.pool: TimeoutHandler._trywaitkill, Worker._ensure_messages_consumed; seen in 5 of 5 limits; recording
hard_limit_rabbitmq.
"""

MISSED = 0
NOTICES = (79, 48)
"""Observed numbers of deaths missed and of deaths noticed at once."""

KIB_PER_MB = 1024


class Children:
    """The child processes of a pool, one per slot."""

    def __init__(self, context: Context, life: Life, slots: Slots, *, tasks_grow: bool) -> None:
        """Start with all children up and unused; `tasks_grow`: whether any task needs or leaks memory."""
        settings, spec = context.settings, life.spec
        self.clock = context.clock
        self.journal = context.journal
        self.note = context.journal.note
        self.life = life
        self.slots = slots
        self.last = slots.size
        """The highest slot to be kept."""
        startup = spec.child_startup
        self.startup = settings.child_startup if startup is None else to_micros(startup)
        self.is_too_slow = life.prefork and self.startup > settings.worker_proc_alive_timeout
        """True if no replacement is ever up in time."""
        self._patience = settings.worker_proc_alive_timeout
        self.forks = min(self.startup, FORK) if life.prefork and settings.child_death != "at_once" else 0
        """Time that the parent is blocked by starting a child."""
        self.term_wait = TERM_WAIT if self.forks else 0
        """Time that it is blocked by ending one at a hard time limit."""
        self.fate = settings.child_death
        """A parent's reaction to a death: `missed` at first, seen `at_once`, or `drawn` each time."""
        self.chances = context.chances
        self.rest = settings.child_memory if spec.memory is None else spec.memory
        """MB of an unused child."""
        recycles = spec.max_tasks_per_child or settings.worker_max_tasks_per_child
        limit = spec.max_memory_per_child or settings.worker_max_memory_per_child
        self.max_tasks = recycles if life.prefork else None
        self.max_memory = limit / KIB_PER_MB if limit and life.prefork else None
        self.memory_limit = spec.memory_limit
        """MB that all its processes may take together; None: no limit."""
        self.tracks_memory = bool(self.max_memory or self.memory_limit or spec.memory is not None or tasks_grow)
        """True if the memory of children has to be tracked."""
        self.recycles = bool(self.max_tasks or self.tracks_memory)
        """True if children have to be checked after each task."""
        self._runs: dict[int, int] = {}
        self._memory: dict[int, float] = {}
        """MB by slot."""
        self._leaked: dict[int, float] = {}
        self.unnoticed: dict[int, Execution] = {}
        """Executions in dead children, by slot, before the parent notices."""
        self._gone: set[int] = set()
        """Slots without a child."""
        self._dead: dict[int, int] = {}
        """Index of the exit of each dead child that the parent has not noticed, by slot."""
        self._tick: Call | None = None
        """The next check by the timer, if there is something to find."""
        self._since: int | None = None
        """Start of the timer; None: when the worker came online."""
        self._ended = False

    # -- memory ------------------------------------------------------------------------------------------------

    def raise_memory(self, slot: int, task: Task) -> float | None:
        """Raise a child's memory for the task it begins; return it in MB, or None if it stays the same.

        Leaked memory is never given back, and needed memory is kept for the next task: a high-water mark.
        """
        before = self.memory(slot)
        leaked = self._leaked[slot] = self._leaked.get(slot, 0.0) + task.leak
        self._memory[slot] = max(before, self.rest + leaked + task.memory)
        return None if self._memory[slot] == before else self._memory[slot]

    def memory(self, slot: int) -> float:
        """Return the memory of the child in a slot, in MB."""
        return self._memory.get(slot, self.rest)

    def kill_largest(self, cause: int) -> None:
        """Kill the largest children until the others fit into the box; among equals the kernel chooses.

        Source: Linux: mm/oom_kill.c: oom_badness (resident memory), select_bad_process; the victim gets SIGKILL.
        """
        while self.memory_limit is not None:
            live = [slot for slot in range(1, self.last + 1) if slot not in self._gone]
            if sum(map(self.memory, live)) <= self.memory_limit:
                return
            most = max(map(self.memory, live))
            largest = [slot for slot in live if self.memory(slot) == most]
            fell = 0
            if len(largest) > 1:
                weights = [1.0] * len(largest)
                fell = self.chances.draw("oom_victim", self.life.hostname, self.clock.now, weights)
            self.exit(largest[fell], "killed", cause)

    def is_used_up(self, slot: int) -> bool:
        """Return True if the child has run its last task and is about to exit. Called once after each task."""
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
        """End a child; its slot stays empty until the parent notices and a new child is up.

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
            self._expect_limit(execution)
        ends = self.clock.now
        if why == "time-limit" and self.term_wait:
            ends += self.term_wait
            self.life.sleep(ends)
        seen = self._is_seen()
        self._dead[slot] = self._note_exit(slot, why, cause)
        noticed = ends + NOTICED * (self.fate != "at_once")
        self.clock.at(noticed, self.life.on_timer, self._reap_at_pipe_end, None if seen else slot)

    def _expect_limit(self, execution: Execution) -> None:
        """Keep the hard time limit of a task whose child has died: the parent does not ask whether the child lives.

        Source: billiard.pool: TimeoutHandler.on_hard_timeout; celery.concurrency.asynpool: AsynPool.on_job_process_down
        (only once the death is noticed); recordings limit_of_the_dead_redis, limit_of_the_dead_rabbitmq.
        """
        ends = execution.started_at + execution.hard_limit
        if execution.hard_limit and execution.started >= 0 and not execution.over and ends > self.clock.now:
            self.clock.at(ends, self.life.on_timer, self._limit_of_the_dead, execution)

    def _limit_of_the_dead(self, execution: Execution) -> None:
        if self.unnoticed.get(execution.slot) is execution and not execution.over:
            self.slots.out_of_time(execution)

    def _reap_at_pipe_end(self, missed: int | None) -> None:
        """Check the children at the end of a pipe: all dead ones but `missed` are found."""
        self.reap(missed)
        if self._dead and self._tick is None:
            vain = self.is_too_slow and not self.unnoticed
            self._tick = self.clock.at(self._next_tick(), self.life.on_timer, self._reap_at_tick, None, vain)

    def timer(self) -> tuple[int, int]:
        """Return the start and interval of the parent's check of its children."""
        return (self._since if self._since is not None else self.life.online_at), TICK

    def _next_tick(self) -> int:
        """Return the time of the next check."""
        since, every = self.timer()
        return since + (max(self.clock.now - since, 0) // every + 1) * every

    def _reap_at_tick(self, _: object) -> None:
        """Check the children by the timer, which restarts once the dead are replaced.

        Source: kombu.asynchronous.timer: Timer.call_repeatedly.
        """
        self._tick = None
        self._since = self.clock.now + self.forks * self.reap()

    def reap(self, missed: int | None = None) -> int:
        """Find the dead children, except the one in slot `missed`; return the number of replacements started.

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
        """Report a dead child's task and start another child, after `before` others."""
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
        """Start a child after `before` others, which blocks the parent's loop."""
        now = self.clock.now
        if self.forks:
            self.life.sleep(now + self.forks * (before + 1))
        if self.is_too_slow:
            # Kills and replacements alternate for ever: they keep no run alive.
            self.clock.at(now + self.forks * before + self._patience, self.life.on_timer, self._time_out, slot, True)
            return
        wait = self.forks * before + self.startup
        if wait or why == "grown":
            self.clock.at(now + wait, self.life.on_timer, self._started, (slot, cause, why))
        else:
            self._started((slot, cause, why))

    def _time_out(self, slot: int) -> None:
        """Kill a child that is not up in time; its replacement starts when the parent notices.

        Those that start with the worker are not timed.

        Source: celery.concurrency.asynpool: AsynPool._create_process_handlers (verify_process_alive).
        """
        if self._ended:
            return
        self._dead[slot] = self._note_exit(slot, "slow-start", NO_CAUSE)
        seen = self._is_seen()
        noticed = self.clock.now + NOTICED * (self.fate != "at_once")
        self.clock.at(noticed, self.life.on_timer, self._reap_at_pipe_end, None if seen else slot, True)

    def _is_seen(self) -> bool:
        """Return True if the parent notices a death at once."""
        if self.fate == "at_once":
            return True
        usual = MISSED if self.fate == "missed" else None
        return self.chances.draw("child_death", self.life.hostname, self.clock.now, NOTICES, usual) != MISSED

    def _note_exit(self, slot: int, why: ExitReason, cause: int) -> int:
        now, memory = self.clock.now, self.memory(slot)
        return self.note(ChildExited(now, cause, self.life.hostname, slot, memory, why, self.fate != "at_once"))

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
        if self.memory_limit is not None:
            self.kill_largest(index)

    def _forget(self, slot: int) -> None:
        self._runs.pop(slot, None)
        self._leaked.pop(slot, None)
        self._memory.pop(slot, None)

    def abandon(self) -> None:
        """End all children together with the parent (prctl: PDEATHSIG)."""
        self._ended = True

    # -- pool size ---------------------------------------------------------------------------------------------

    def resize(self, size: int, cause: int, why: ResizeReason) -> None:
        """Resize to a number of slots: new ones start, idle extra ones exit at once, busy ones when they are free."""
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
        """Add slots by command: the parent only counts them, and starts children at its next check.

        Source: billiard.pool: Pool.grow; confirmed by a run of `ackademy verify`.
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
        self.reap()

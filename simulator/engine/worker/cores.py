"""CPU sharing: computing tasks share their worker's cores; within one process, one core (the GIL).

Processor sharing: with more computing tasks than cores, each proceeds at the same part of full speed.
"""

from __future__ import annotations

from collections.abc import Callable

from simulator.engine.clock import Call, Clock
from simulator.engine.executions import Execution, Share
from simulator.engine.worker.life import Life
from simulator.trace.time import NEVER


class Cores:
    """The computing executions of a worker."""

    def __init__(self, clock: Clock, life: Life, returned: Callable[[Execution], None]) -> None:
        """Start idle; `returned` is called with each execution that has finished its work."""
        self.clock = clock
        self.on_completion = life.on_completion
        one_process = life.pool_kind == "threads" or life.green
        self.count = 1 if one_process else (life.spec.cores or NEVER)
        self.plenty = self.count >= NEVER or life.solo
        """True if executions never have to share cores."""
        self._returned = returned
        self._shares: list[Share] = []
        self._since = 0
        self._next: Call | None = None

    def join(self, execution: Execution, work: int) -> None:
        """Add an execution with `work` microseconds at full speed."""
        self._proceed()
        execution.computing = Share(execution, float(work))
        self._shares.append(execution.computing)
        self._plan()

    def leave(self, share: Share) -> None:
        """Remove an execution."""
        self._proceed()
        self._shares.remove(share)
        share.execution.computing = None
        self._plan()

    def _proceed(self) -> None:
        """Account for the work done since the last change."""
        now = self.clock.now
        done = (now - self._since) * self._speed()
        for share in self._shares:
            share.left -= done
        self._since = now

    def _speed(self) -> float:
        return min(1.0, self.count / len(self._shares)) if self._shares else 1.0

    def _plan(self) -> None:
        if self._next is not None:
            self.clock.cancel(self._next)
            self._next = None
        if self._shares:
            first = min(self._shares, key=lambda share: share.left)
            time = self.clock.now + max(0, round(first.left / self._speed()))
            self._next = self.clock.at(time, self.on_completion, self._done, first)

    def _done(self, share: Share) -> None:
        self._next = None
        self.leave(share)
        self._returned(share.execution)

"""Tasks that compute share the cores of their worker; in one process they share one (the GIL).

Processor sharing: with more computing tasks than cores, each proceeds at the same part of full speed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.engine.clock import Call
from simulator.engine.parts import Execution
from simulator.trace.time import NEVER

if TYPE_CHECKING:
    from simulator.engine.pool import Pool


class _Share:
    """One computing task: what is left of it, in microseconds at full speed."""

    def __init__(self, execution: Execution, left: float) -> None:
        self.execution = execution
        self.left = left


class Cores:
    """Who computes in a worker now."""

    def __init__(self, pool: Pool, cores: int | None) -> None:
        self.pool = pool
        self.clock = pool.clock
        one_process = pool.kind in ("threads", "gevent", "eventlet")
        self.count = 1 if one_process else (cores or NEVER)
        self.plenty = self.count >= NEVER or pool.solo
        """Whether nobody ever has to share."""
        self._shares: list[_Share] = []
        self._since = 0
        self._next: Call | None = None

    def join(self, execution: Execution, work: int) -> None:
        """A task begins to compute."""
        self._proceed()
        execution.computing = _Share(execution, float(work))
        self._shares.append(execution.computing)
        self._plan()

    def leave(self, execution: Execution) -> None:
        """A task computes no more."""
        self._proceed()
        self._shares.remove(execution.computing)
        execution.computing = None
        self._plan()

    def _proceed(self) -> None:
        """What has been computed since the last change."""
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
            self._next = self.clock.at(time, self.pool.on_completion, self._done, first)

    def _done(self, share: _Share) -> None:
        self._next = None
        execution = share.execution
        self.leave(execution)
        self.pool.returned(execution)

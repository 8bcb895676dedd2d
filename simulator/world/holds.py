"""Tasks that wait in a worker: received and not started, reserved for a slot or held for their ETA."""

from __future__ import annotations

from typing import Any, ClassVar

from simulator.trace import events as ev
from simulator.trace.time import NEVER
from simulator.trace.trace import Trace
from simulator.world.level import Level
from simulator.world.passes import Handlers, Pass, pass_over


class Hold:
    """A task in a worker's memory; times in microseconds, events by index (`NEVER` if it has not happened)."""

    __slots__ = ("end", "end_index", "eta", "start", "start_index", "uuid")

    def __init__(self, event: ev.TaskReceived, index: int) -> None:
        """Begin with the task-received."""
        self.uuid = event.uuid
        self.start_index = index
        self.start = event.t
        self.eta = event.eta if event.eta and event.eta > event.t else None
        """The moment before which it may not start; None without one."""
        self.end_index: int = NEVER
        self.end: int | None = None


class Holds(Pass):
    """Tasks that each worker holds, over the whole run."""

    def __init__(self, trace: Trace) -> None:
        """Start with nothing held."""
        super().__init__(trace)
        self.workers: dict[str, list[Hold]] = {}
        """By worker, in the order received; without those that ended at the instant at which they began."""
        self.held = Level()
        """Number of tasks that all workers hold."""
        self._open: dict[str, dict[int, Hold]] = {}
        """By worker and delivery tag."""

    def _received(self, event: ev.TaskReceived, index: int) -> None:
        hold = Hold(event, index)
        self.workers.setdefault(event.hostname, []).append(hold)
        held = self._open.setdefault(event.hostname, {})
        if event.delivery_tag not in held:
            self.held.change(index, event.t, 1)
        held[event.delivery_tag] = hold

    def _left(self, event: Any, index: int) -> None:
        """End a hold: the task was started, or given up before that."""
        hold = self._open.get(event.hostname, {}).pop(event.delivery_tag, None)
        if hold is not None:
            self._end(event.hostname, hold, index, event.t)

    def _end(self, hostname: str, hold: Hold, index: int, t: int) -> None:
        hold.end_index, hold.end = index, t
        self.held.change(index, t, -1)
        if hold.start == t:
            holds = self.workers[hostname]
            del holds[next(place for place in range(len(holds) - 1, -1, -1) if holds[place] is hold)]

    def _end_all(self, hostname: str, index: int, t: int) -> None:
        for hold in reversed(self._open.pop(hostname, {}).values()):
            self._end(hostname, hold, index, t)

    def _forgot(self, event: ev.WorkerOnline | ev.WorkerOffline | ev.WorkerLost, index: int) -> None:
        """End all that a worker holds: with its process or its connection it loses what it has received."""
        self._end_all(event.hostname, index, event.t)

    def _broker_down(self, event: ev.BrokerDown, index: int) -> None:
        for hostname in [*self._open]:
            self._end_all(hostname, index, event.t)

    def _changed(self, event: ev.SettingChanged, index: int) -> None:
        if event.setting == "connection" and event.value == "lost":
            self._end_all(event.hostname, index, event.t)

    HANDLERS: ClassVar[Handlers] = {
        ev.TaskReceived: _received,
        ev.TaskStarted: _left,
        ev.TaskRevoked: _left,
        ev.MessageRequeued: _left,
        ev.MessageDropped: _left,
        ev.MessageDeadLettered: _left,
        ev.WorkerOnline: _forgot,
        ev.WorkerOffline: _forgot,
        ev.WorkerLost: _forgot,
        ev.BrokerDown: _broker_down,
        ev.SettingChanged: _changed,
    }


def holds_of(trace: Trace) -> Holds:
    """Return what workers hold in a trace, cached with it."""
    return pass_over(trace, Holds)

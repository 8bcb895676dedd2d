"""Queue lengths over time: the ready messages of each queue."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from simulator.trace import events as ev
from simulator.trace.trace import Trace
from simulator.world.level import EVERYTHING, Level
from simulator.world.lifecycle import MOVES, STEPS, moves_of
from simulator.world.passes import Handlers, Pass, pass_over


class Ready(Pass):
    """Ready messages by queue; in all queues under `EVERYTHING`."""

    def __init__(self, trace: Trace, level: Callable[[], Level] = Level) -> None:
        """Start with no queues; `level` makes the levels."""
        super().__init__(trace)
        self._level = level
        self.everything = level()
        self.queues: dict[str, Level] = {EVERYTHING: self.everything}

    def puts(self, queue: str) -> int:
        """Return how many times a message was put into a queue."""
        return self.queues[queue].rises()

    def _declared(self, event: ev.QueueDeclared, index: int) -> None:
        self.queues.setdefault(event.queue, self._level())

    def _change(self, queue: str, index: int, t: int, by: int) -> None:
        level = self.queues.get(queue)
        if level is None:
            level = self.queues[queue] = self._level()
        level.change(index, t, by)
        self.everything.change(index, t, by)

    def _stepped(self, event: ev.MessageQueued | ev.MessageRequeued | ev.MessageDelivered, index: int) -> None:
        self._change(event.queue, index, event.t, STEPS[type(event)])

    def _moved(self, event: ev.MessageDropped | ev.MessageDeadLettered, index: int) -> None:
        for queue, by in MOVES[type(event)](event):
            self._change(queue, index, event.t, by)

    HANDLERS: ClassVar[Handlers] = {
        ev.QueueDeclared: _declared,
        **dict.fromkeys(STEPS, _stepped),
        **dict.fromkeys(MOVES, _moved),
    }


class Backlog(Pass):
    """Ready messages that wait for a worker: dead letters only where one has consumed their queue."""

    def __init__(self, trace: Trace) -> None:
        """Start with nothing waiting."""
        super().__init__(trace)
        self.level = Level()
        self._consumed: set[str] = set()
        self._dead: dict[str, set[int]] = {}
        """Dead letters by queue, where no worker has consumed it yet."""

    def _moved(self, event: Any, index: int) -> None:
        for queue, by in moves_of(event):
            dead = self._dead.setdefault(queue, set())
            if by > 0 and isinstance(event, ev.MessageDeadLettered) and queue not in self._consumed:
                dead.add(event.message)
            elif event.message in dead:
                dead.remove(event.message)
            else:
                self.level.change(index, event.t, by)

    def _online(self, event: ev.WorkerOnline, index: int) -> None:
        self._consume(event.queues, index, event.t)

    def _changed(self, event: ev.SettingChanged, index: int) -> None:
        if event.setting == "queues":
            self._consume(event.value, index, event.t)

    def _consume(self, queues: Iterable[str], index: int, t: int) -> None:
        self._consumed.update(queues)
        for queue in queues:
            if waiting := len(self._dead.pop(queue, ())):
                self.level.change(index, t, waiting)

    HANDLERS: ClassVar[Handlers] = {
        **dict.fromkeys((*STEPS, *MOVES), _moved),
        ev.WorkerOnline: _online,
        ev.SettingChanged: _changed,
    }


def backlog_of(trace: Trace) -> Level:
    """Return how many messages wait for a worker in a trace, cached with it."""
    return pass_over(trace, Backlog).level


def ready_of(trace: Trace) -> Ready:
    """Return the ready messages of a trace, cached with it."""
    return pass_over(trace, Ready)

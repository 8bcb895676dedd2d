"""Queue lengths over time: the ready messages of each queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from simulator.trace import events as ev
from simulator.trace.trace import Trace
from simulator.world.level import EVERYTHING, Level
from simulator.world.lifecycle import MOVES, STEPS
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


def ready_of(trace: Trace) -> Ready:
    """Return the ready messages of a trace, cached with it."""
    return pass_over(trace, Ready)

"""Producers: each entry under `send` publishes tasks, once, several times, or again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.engine.clock import WATCH, Rank, priority
from simulator.engine.draws import Sampler, sampler, stream
from simulator.engine.parts import Message
from simulator.engine.tasks import fill, has_braces
from simulator.trace.events import NO_CAUSE, TaskSent
from simulator.trace.time import NEVER, to_micros

if TYPE_CHECKING:
    from simulator.engine.simulation import Simulation
    from simulator.scenario.schema import Send


class Entry:
    """One line under `send`, at work."""

    def __init__(self, simulation: Simulation, index: int, spec: Send, identity: str) -> None:
        self.simulation = simulation
        self.on_publish = priority(Rank.PUBLISH, index)
        self.spec = spec
        self.identity = identity
        """What its draws are named after: its id, else producer, task and its ordinal among those."""
        self.number = 0
        """How many it has sent."""
        self.first = to_micros(spec.at if spec.at is not None else spec.from_ or 0)
        self.last = to_micros(spec.until) if spec.until is not None else NEVER
        """No task is sent at or after this time."""
        self.gap: Sampler | None = None
        if spec.every is not None:
            self.gap = sampler(spec.every, stream(simulation.seed, "every", identity))
        self.count = spec.count if spec.count is not None else (NEVER if self.gap else 1)
        self._clock = simulation.clock
        self._hop = simulation.settings.hop
        self._queue = simulation.broker.queue(spec.queue or simulation.queue_of(spec.task))
        self._args = tuple(spec.args)
        self._fills = has_braces(spec.args) or has_braces(spec.kwargs)
        self._single = spec.id is not None and spec.every is None and self.count == 1

    def start(self) -> None:
        """Plan the first publish."""
        if self.first < self.last:
            self.simulation.clock.at(self.first, self.on_publish, self._occasion)

    def _occasion(self, _: Any) -> None:
        if self.gap is None:
            for number in range(self.count):
                if not number & WATCH:
                    self.simulation.watch()
                self._send()
            return
        self._send()
        clock = self.simulation.clock
        following = clock.now + self.gap(self.number - 1, 0)
        if self.number < self.count and following < self.last:
            clock.at(following, self.on_publish, self._occasion)

    def _send(self) -> None:
        simulation, spec, number = self.simulation, self.spec, self.number
        self.number += 1
        args, kwargs = self._args, spec.kwargs
        if self._fills:
            values = {"n": number + 1}
            args, kwargs = tuple(fill(args, values)), fill(kwargs, values)
        uuid = self._uuid(number)
        simulation.messages = ident = simulation.messages + 1
        queue = self._queue
        message = Message(ident, uuid, spec.task, args, kwargs, self, number, queue)
        clock, events = self._clock, simulation.events
        index = len(events)
        events.append(TaskSent(clock.now, NO_CAUSE, spec.producer, uuid, spec.task, ident, queue.name, args, kwargs))
        if self._hop:
            clock.at(clock.now + self._hop, self.on_publish, simulation.arrive, (message, index))
        else:
            simulation.broker.publish(message, index)

    def _uuid(self, number: int) -> str:
        if self._single:
            return str(self.spec.id)
        if self.spec.id is not None:
            return self.simulation.fresh(f"{self.spec.id}_{number + 1}", self.spec.id)
        return self.simulation.name_task(self.spec.task)

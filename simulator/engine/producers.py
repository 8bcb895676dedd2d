"""Producers: each entry under `send` publishes tasks, once, several times, or again and again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from simulator.engine.canvas import Canvas
from simulator.engine.clock import WATCH, Rank, priority
from simulator.engine.draws import Sampler, sampler, stream
from simulator.engine.parts import Message
from simulator.engine.tasks import fill, has_braces
from simulator.trace.events import NO_CAUSE
from simulator.trace.time import NEVER, to_micros

if TYPE_CHECKING:
    from simulator.engine.simulation import Simulation
    from simulator.scenario.schema import Call, Send


class Entry:
    """A call that is made again and again: what is published, and under which name its draws go."""

    def __init__(self, simulation: Simulation, spec: Call, identity: str, *, single: bool = False) -> None:
        """`single`: it is made once, so its id is the task's as it stands."""
        self.simulation = simulation
        self.spec = spec
        self.identity = identity
        """What its draws are named after: its id, else producer, task and its ordinal among those."""
        self.number = 0
        """How many it has sent."""
        self.queue = simulation.broker.queue(spec.queue or simulation.queue_of(spec.task))
        self._countdown = to_micros(spec.countdown or 0)
        self._eta = to_micros(spec.eta) if spec.eta is not None else None
        task = simulation.scenario.model.tasks.get(spec.task)
        expires = spec.expires if spec.expires is not None or task is None else task.expires
        self._expires = to_micros(expires) if expires is not None else None
        self._priority = spec.priority if spec.priority is not None or task is None else task.priority
        if self._priority is None:
            self._priority = simulation.settings.task_default_priority
        self._args = tuple(spec.args)
        self._fills = has_braces(spec.args) or has_braces(spec.kwargs)
        self._single = spec.id is not None and single

    def send(self, hostname: str, when: int) -> None:
        """Publish the next one, as `hostname`; `when` is the priority of its arrival at that instant."""
        number = self.number
        self.number += 1
        self.simulation.publish(self.compose(number, self.name(number)), hostname, NO_CAUSE, when)

    def compose(self, number: int, uuid: str, given: tuple[Any, ...] = (), canvas: Any = None) -> Message:
        """The message of its `number`-th call; `given` come before its own arguments."""
        simulation, spec = self.simulation, self.spec
        args, kwargs = self._args, spec.kwargs
        if self._fills:
            values = {"n": number + 1}
            args, kwargs = tuple(fill(args, values)), fill(kwargs, values)
        now = simulation.clock.now
        eta = now + self._countdown if self._countdown else self._eta
        return Message(
            simulation.next_message(),
            uuid,
            spec.task,
            given + args if given else args,
            kwargs,
            self,
            number,
            self.queue,
            eta if eta is not None and eta > now else None,
            now + self._expires if self._expires is not None else None,
            self._priority,
            canvas=canvas,
        )

    def name(self, number: int) -> str:
        """The id of the task of its `number`-th call."""
        if self._single:
            return str(self.spec.id)
        if self.spec.id is not None:
            return self.simulation.fresh(f"{self.spec.id}_{number + 1}", self.spec.id)
        return self.simulation.name_task(self.spec.task)


class Line:
    """One line under `send`, at work: its occasions, and what is called at each."""

    def __init__(self, simulation: Simulation, index: int, spec: Send, ordinals: Counter[tuple[str, str]]) -> None:
        """`ordinals` counts, over all lines, the calls without an id by producer and task."""
        self.simulation = simulation
        self.producer = spec.producer
        self.on_publish = priority(Rank.PUBLISH, index)
        self.burst = spec.burst
        self.first = to_micros(spec.at if spec.at is not None else spec.from_ or 0)
        self.last = to_micros(spec.until) if spec.until is not None else NEVER
        """No task is sent at or after this time."""
        count = NEVER if spec.every is not None else 1
        self.count = spec.count if spec.count is not None else count
        self.is_single = spec.every is None and self.count == self.burst == 1
        self.occasions = 0
        """How many there were."""
        entries = [
            Entry(simulation, call, _identity(spec, call, ordinals), single=self.is_single) for call in spec.calls
        ]
        self.entries: list[Entry | Canvas] = [*entries]
        if spec.each is None and spec.is_canvas:
            self.entries = [Canvas(simulation, spec, entries)]
        self.gap: Sampler | None = None
        if spec.every is not None:
            self.gap = sampler(spec.every, stream(simulation.seed, "every", entries[0].identity))

    def start(self) -> None:
        """Plan the first occasion."""
        if self.first < self.last:
            self.simulation.clock.at(self.first, self.on_publish, self._occasion)

    def _occasion(self, _: Any) -> None:
        if self.gap is None:
            for _number in range(self.count):
                self._send()
            return
        self._send()
        clock = self.simulation.clock
        following = clock.now + self.gap(self.occasions - 1, 0)
        if self.occasions < self.count and following < self.last:
            clock.at(following, self.on_publish, self._occasion)

    def _send(self) -> None:
        self.occasions += 1
        for number in range(self.burst):
            if not (self.occasions + number) & WATCH:
                self.simulation.watch()
            for entry in self.entries:
                entry.send(self.producer, self.on_publish)


def _identity(spec: Send, call: Call, ordinals: Counter[tuple[str, str]]) -> str:
    if call.id is not None:
        return call.id
    key = (spec.producer, call.task)
    ordinals[key] += 1
    return f"{spec.producer}/{call.task}/{ordinals[key] - 1}"

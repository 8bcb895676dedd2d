"""The rehearsal: a simulated run that determines the real sends and how each attempt behaves."""

from __future__ import annotations

from typing import Any

from simulator.engine.draws import stream, uniforms
from simulator.engine.failures import Exceptions
from simulator.engine.simulation import Simulation
from simulator.engine.state import CanvasStep, ChordHeader, Group, Message, Node, Queue
from simulator.engine.tasks import CallOutcome, Task
from simulator.scenario import Scenario
from simulator.scenario.schema import Queue as QueueSpec
from simulator.trace import as_seconds
from simulator.trace.events import NO_CAUSE

MAX_ATTEMPTS = 12
"""Least number of a task's attempts that are planned; if it may retry for ever, later ones repeat the last."""
MORE_TICKS = 20
"""Number of beat's sends planned beyond those predicted, in case reality sends more."""

OPTIONS = ("queue", "countdown", "eta", "expires", "priority")
"""Options of `apply_async` that a scenario may set."""

Row = dict[str, Any]


class Rehearsal(Simulation):
    """A run that notes the actions of its producers. `run()` once; times are seconds, ready for JSON."""

    def __init__(self, scenario: Scenario) -> None:
        """Do not start yet."""
        super().__init__(scenario, observer=self)
        self._clock = self.context.clock
        self.sends: list[Row] = []
        """Producers' calls: `at`, and `call` (one task) or `canvas`."""
        self.behaviours: dict[str, list[Row]] = {}
        """Attempts of each task, by id: the time each sleeps, and how it ends."""
        self.producers: dict[str, str] = {}
        """The producer of each task, by id."""
        self._ticks: dict[str, int] = {}
        exceptions = Exceptions(scenario.model.exceptions)
        # Whether the arguments fit is for reality to say.
        bodies = {name: spec.model_copy(update={"signature": None}) for name, spec in scenario.model.tasks.items()}
        self._bodies = {
            name: Task(name, spec, scenario.settings, exceptions, self.services, scenario.model.seed)
            for name, spec in bodies.items()
        }

    def publishes(self, message: Message, hostname: str, cause: int) -> None:
        """Note a message that a producer sends of its own accord."""
        identity = message.identity
        if identity.startswith("beat/"):
            self._ticks[identity] = max(self._ticks.get(identity, 0), message.number + 1)
            return
        if cause == NO_CAUSE and message.canvas is None:
            self.sends.append({"at": as_seconds(self._clock.now), "call": self._call(message)})
            self.producers[message.uuid] = hostname
        self._know(message)

    def calls_canvas(self, node: Node, hostname: str) -> None:
        """Note a canvas that a producer calls."""
        self.sends.append({"at": as_seconds(self._clock.now), "canvas": self._node(node, hostname)})

    def _call(self, message: Message) -> Row:
        """A call, with only those options that the scenario sets on it.

        Celery itself determines the rest, by its routes and the task's own options.
        """
        spec = self.calls.specs[message.identity]
        options = {key: getattr(spec, key) for key in OPTIONS if getattr(spec, key) is not None}
        return {
            "id": message.uuid,
            "task": message.name,
            "args": list(message.args),
            "kwargs": message.kwargs,
            "options": options,
        }

    def _node(self, node: Node, hostname: str) -> Row:
        """A frozen canvas as data."""
        if isinstance(node, CanvasStep):
            message = node.caller.compose(node.number, node.uuid)
            self.context.messages -= 1  # it was only looked at
            self._know(message)
            self.producers[node.uuid] = hostname
            row: Row = {"call": self._call(message), "immutable": node.immutable}
            return row if node.then is None else {**row, "then": self._node(node.then, hostname)}
        members = [self._node(member, hostname) for member in node.members]
        if isinstance(node, ChordHeader):
            return {"header": members, "body": self._node(node.body, hostname)}
        if isinstance(node, Group):
            return {"group": members}
        raise TypeError(type(node).__name__)

    def _know(self, message: Message) -> None:
        if message.uuid not in self.behaviours and message.name in self._bodies:
            self.behaviours[message.uuid] = self._attempts(message)

    def _attempts(self, message: Message) -> list[Row]:
        """The behaviour of each attempt of a task, by the same draws as in the simulation."""
        spec = self.scenario.model.tasks[message.name]
        own = spec.retry_kwargs.max_retries if spec.retry_kwargs is not None else None
        retries = spec.max_retries if own is None else own
        can_fail = (spec.raises, spec.kills) != (None, None)
        count = 1 if not can_fail else MAX_ATTEMPTS if retries is None else max(retries + 2, MAX_ATTEMPTS)
        rows = []
        for attempt in range(count):
            ended = CallOutcome()
            tried = Message(
                0, message.uuid, message.name, (), {}, message.identity, message.number, message.queue, retries=attempt
            )
            duration = self._bodies[message.name].run(tried, ended)
            latency = self.services[spec.calls].latency if spec.calls is not None else 0
            name = stream(self.scenario.model.seed, "jitter", f"{message.identity}/{message.name}/{message.number}")
            row: Row = {"sleep": as_seconds(duration + latency), "jitter": uniforms(name, 0, attempt, 1)[0]}
            if ended.failure == "Reject":
                row["rejects"] = spec.reject
            elif ended.failure == "Ignore":
                row["ignores"] = True
            elif ended.failure is not None:
                row["raises"] = ended.failure
            if ended.kills is not None:
                row["kills"] = ended.kills
            rows.append(row)
        return rows

    def beat_behaviours(self) -> dict[str, list[Row]]:
        """As `behaviours`, for `beat.<entry>.<n>`: beat's tasks are named by entry and number, from 1."""
        found = {}
        nowhere = Queue("", 0, QueueSpec(), has_arguments=False, consumer_timeout=0)
        for name, entry in self.scenario.model.beat_schedule.items():
            identity = f"beat/{name}"
            if entry.task in self._bodies:
                for number in range(self._ticks.get(identity, 0) + MORE_TICKS):
                    message = Message(0, "", entry.task, (), {}, identity, number, nowhere)
                    found[f"beat.{name}.{number + 1}"] = self._attempts(message)
        return found

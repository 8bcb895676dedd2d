"""A rehearsal: the simulated run that says what to send to a real Celery when, and how each attempt of it behaves."""

from __future__ import annotations

from typing import Any

from simulator.engine.draws import stream, uniforms
from simulator.engine.failures import Exceptions
from simulator.engine.publisher import Publisher
from simulator.engine.simulation import Simulation
from simulator.engine.state import Group, Header, Message, Node, Queue, Step
from simulator.engine.tasks import Attempt, Task
from simulator.scenario import Scenario
from simulator.scenario.schema import Queue as QueueSpec
from simulator.trace import as_seconds
from simulator.trace.events import NO_CAUSE

MOST_ATTEMPTS = 12
"""How many attempts of a task are told apart, at least; where it may retry for ever, the rest are like the last."""
MORE_TICKS = 20
"""Of what beat sends, so many more than predicted are known, in case reality sends more."""

OPTIONS = ("queue", "countdown", "eta", "expires", "priority")
"""What `apply_async` may be told."""

Row = dict[str, Any]


class Rehearsal(Simulation):
    """A run that notes what its producers do. `run()` once; times are seconds, ready for JSON."""

    def __init__(self, scenario: Scenario) -> None:
        """Nothing happens yet."""
        super().__init__(scenario)
        self._clock = self.context.clock
        self.sends: list[Row] = []
        """What producers call: `at`, and `call` (one task) or `canvas`."""
        self.behaviours: dict[str, list[Row]] = {}
        """By task id, each attempt: how long it sleeps, and how it ends."""
        self.producers: dict[str, str] = {}
        """By task id, who sends it."""
        self._ticks: dict[str, int] = {}
        exceptions = Exceptions(scenario.model.exceptions)
        # Whether the arguments fit is for reality to say.
        bodies = {name: spec.model_copy(update={"signature": None}) for name, spec in scenario.model.tasks.items()}
        self._bodies = {
            name: Task(name, spec, scenario.settings, exceptions, self.services, scenario.model.seed)
            for name, spec in bodies.items()
        }

    def make_publisher(self) -> Publisher:
        """What sends messages, and tells of them."""
        return _Told(self)

    def publishes(self, message: Message, hostname: str, cause: int) -> None:
        """What a producer sends on its own account is noted."""
        identity = message.identity
        if identity.startswith("beat/"):
            self._ticks[identity] = max(self._ticks.get(identity, 0), message.number + 1)
            return
        if cause == NO_CAUSE and message.canvas is None:
            self.sends.append({"at": as_seconds(self._clock.now), "call": self._call(message)})
            self.producers[message.uuid] = hostname
        self._know(message)

    def calls_canvas(self, node: Node, hostname: str) -> None:
        """A producer calls a canvas."""
        self.sends.append({"at": as_seconds(self._clock.now), "canvas": self._node(node, hostname)})

    def _call(self, message: Message) -> Row:
        """What is called, with the options that the scenario gives to this call and no others.

        Where it goes and what else becomes of it is for Celery to find out: by its routes and the task's own options.
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
        if isinstance(node, Step):
            message = node.caller.compose(node.number, node.uuid)
            self.context.messages -= 1  # it was only looked at
            self._know(message)
            self.producers[node.uuid] = hostname
            row: Row = {"call": self._call(message), "immutable": node.immutable}
            return row if node.then is None else {**row, "then": self._node(node.then, hostname)}
        members = [self._node(member, hostname) for member in node.members]
        if isinstance(node, Header):
            return {"header": members, "body": self._node(node.body, hostname)}
        if isinstance(node, Group):
            return {"group": members}
        raise TypeError(type(node).__name__)

    def _know(self, message: Message) -> None:
        if message.uuid not in self.behaviours and message.name in self._bodies:
            self.behaviours[message.uuid] = self._attempts(message)

    def _attempts(self, message: Message) -> list[Row]:
        """What each attempt of a task does, by the draws that the simulation makes as well."""
        spec = self.scenario.model.tasks[message.name]
        own = spec.retry_kwargs.max_retries if spec.retry_kwargs is not None else None
        retries = spec.max_retries if own is None else own
        can_fail = (spec.raises, spec.kills) != (None, None)
        count = 1 if not can_fail else MOST_ATTEMPTS if retries is None else max(retries + 2, MOST_ATTEMPTS)
        rows = []
        for attempt in range(count):
            ended = Attempt()
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
        """As `behaviours`, for `beat.<entry>.<n>`: what beat sends is named by its entry and its number, from 1."""
        found = {}
        nowhere = Queue("", 0, QueueSpec(), has_arguments=False, consumer_timeout=0)
        for name, entry in self.scenario.model.beat_schedule.items():
            identity = f"beat/{name}"
            if entry.task in self._bodies:
                for number in range(self._ticks.get(identity, 0) + MORE_TICKS):
                    message = Message(0, "", entry.task, (), {}, identity, number, nowhere)
                    found[f"beat.{name}.{number + 1}"] = self._attempts(message)
        return found


class _Told(Publisher):
    """Tells a rehearsal of all that is sent."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        super().__init__(rehearsal.context, rehearsal.broker)
        self._rehearsal = rehearsal

    def publish(self, message: Message, hostname: str, cause: int, when: int, dead: bool = False) -> bool:
        """As in every run."""
        if not dead:
            self._rehearsal.publishes(message, hostname, cause)
        return super().publish(message, hostname, cause, when, dead)

    def calling(self, node: Node, hostname: str) -> None:
        """A producer calls a canvas."""
        self._rehearsal.calls_canvas(node, hostname)

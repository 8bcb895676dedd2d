"""A run: the parts of the model, wired; the events, recorded."""

from __future__ import annotations

from collections import Counter
from typing import Any

from simulator.engine.broker import Broker
from simulator.engine.clock import Clock, Rank, priority
from simulator.engine.parts import Message
from simulator.engine.producers import Entry
from simulator.engine.tasks import Task
from simulator.engine.transports import Asking, Push, Transport
from simulator.engine.worker import Worker
from simulator.scenario.load import Scenario
from simulator.scenario.schema import FORMAT_VERSION
from simulator.trace.events import Event
from simulator.trace.time import MICROS, to_micros
from simulator.trace.trace import Header, Trace

ENGINE_VERSION = "1"
"""Changes when the same scenario may give another trace."""

DEFAULT_UNTIL = 3600 * MICROS
"""The longest run without `until`."""

MAX_EVENTS = 10_000_000
"""A run that makes more is refused: about 2 GB."""


class LimitReached(Exception):
    """A run made more events than the limit; `events` and simulated `time` (microseconds) say how far it came."""

    def __init__(self, events: int, time: int) -> None:
        """Keep how far it came."""
        super().__init__(events, time)
        self.events = events
        self.time = time


class Simulation:
    """The model of one scenario. `run()` once."""

    def __init__(self, scenario: Scenario, max_events: int = MAX_EVENTS) -> None:
        """Build everything; nothing happens yet."""
        model = scenario.model
        self.scenario = scenario
        self.settings = scenario.settings
        self.seed = model.seed
        self.events: list[Event] = []
        self.messages = 0
        """How many messages were published."""
        self.finished: set[str] = set()
        """Tasks that have a final state."""
        # Who asks for a time gets it, also when nothing is left to do.
        self.clock = Clock(lambda: model.until is None and not self.broker.has_work(), self.watch)
        self._max_events = max_events
        self.broker = Broker(self)
        self.transport: Transport = Asking(self) if self.settings.transport == "guide" else Push(self)
        self.tasks = {name: Task(name, spec, self.settings, self.seed) for name, spec in model.tasks.items()}
        self.workers: dict[str, Worker] = {}
        self._order = {name: index for index, name in enumerate(model.workers)}
        self._names: Counter[str] = Counter()
        self._taken = {send.id for send in model.send if send.id is not None}

    def run(self) -> Trace:
        """Play the scenario to its end; raises `LimitReached`."""
        model = self.scenario.model
        self._declare()
        until = to_micros(model.until) if model.until is not None else DEFAULT_UNTIL
        done = self.clock.run(until)
        if done:
            end, stopped = self.clock.now, "done"
        else:
            end, stopped = until, "until" if model.until is not None else "cap"
        # `until` is exclusive; a run that ends by itself ends after its whole last instant.
        last = end if stopped == "done" else end - 1
        silent = {name: self.transport.silent_polls(name, last) for name in sorted(self.workers)}
        header = Header(
            scenario=self.scenario.name,
            title=self.scenario.title,
            profile=model.profile,
            seed=model.seed,
            end=end,
            stopped=stopped,
            polls=self.settings.polls,
            silent_polls={name: count for name, count in silent.items() if count},
            versions={"engine": ENGINE_VERSION, "format": str(FORMAT_VERSION)},
        )
        return Trace(header, self.events)

    def watch(self) -> None:
        """Raise `LimitReached` where the run has made too many events."""
        if len(self.events) > self._max_events:
            raise LimitReached(len(self.events), self.clock.now)

    def arrive(self, arrived: tuple[Message, int]) -> None:
        """A published message has travelled to the broker."""
        self.broker.publish(*arrived)

    def queue_of(self, task: str) -> str:
        """Where a task of this name is sent when nobody says otherwise."""
        registered = self.tasks.get(task)
        return registered.queue if registered is not None else self.settings.task_default_queue

    def name_task(self, task: str) -> str:
        """The next unused `<task>_<n>`."""
        while True:
            self._names[task] += 1
            uuid = f"{task}_{self._names[task]}"
            if uuid not in self._taken:
                return uuid

    def fresh(self, uuid: str, stem: str) -> str:
        """`uuid`, or where another task has it, the stem with the next free number."""
        while uuid in self._taken:
            self._names[stem] += 1
            uuid = f"{stem}_{self._names[stem]}"
        self._taken.add(uuid)
        return uuid

    def survives(self, uuid: str, besides: Worker) -> bool:
        """Whether a task has a final state, or a copy anywhere but in what `besides` was running."""
        if uuid in self.finished:
            return True
        if any(message.uuid == uuid for queue in self.broker.queues.values() for message in queue.ready):
            return True
        return any(
            delivery.message.uuid == uuid
            for worker in self.workers.values()
            if worker is not besides and worker.alive
            for delivery in [*worker.held.values(), *(e.delivery for e in worker.active.values())]
        )

    def _declare(self) -> None:
        """What there is at the start, then what is planned."""
        model = self.scenario.model
        self._declare_queues()
        for name, spec in model.workers.items():
            if to_micros(spec.starts_at) == 0:
                self._start_worker(name)
            else:
                when = priority(Rank.FAULT, self._order[name])
                self.clock.at(to_micros(spec.starts_at), when, self._start_worker, name)
        ordinals: Counter[tuple[str, str]] = Counter()
        for index, send in enumerate(model.send):
            key = (send.producer, send.task)
            identity = send.id or f"{send.producer}/{send.task}/{ordinals[key]}"
            ordinals[key] += send.id is None
            Entry(self, index, send, identity).start()
        for index, fault in enumerate(model.faults):
            run: Any = self._kill_worker if fault.kill is not None else self._start_worker
            whom = fault.kill or fault.start
            self.clock.at(to_micros(fault.at), priority(Rank.FAULT, len(self._order) + index), run, whom)

    def _declare_queues(self) -> None:
        model = self.scenario.model
        consumed = [name for spec in model.workers.values() for name in spec.queues or []]
        default = [self.settings.task_default_queue] if any(not w.queues for w in model.workers.values()) else []
        sent = [send.queue or self.queue_of(send.task) for send in model.send]
        for name in dict.fromkeys([*model.queues, *default, *consumed, *sent]):
            self.broker.queue(name)

    def _start_worker(self, name: str) -> None:
        current = self.workers.get(name)
        if current is not None and current.alive:
            return
        self.workers[name] = Worker(self, name, self._order[name], self.scenario.model.workers[name])
        self.workers[name].start()

    def _kill_worker(self, name: str) -> None:
        worker = self.workers.get(name)
        if worker is not None and worker.alive:
            worker.kill()


def simulate(scenario: Scenario, max_events: int = MAX_EVENTS) -> Trace:
    """Play a scenario: a pure function of it, byte for byte.

    Raises:
        LimitReached: the run made more than `max_events` events.
    """
    return Simulation(scenario, max_events).run()

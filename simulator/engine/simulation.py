"""A run: the parts of the model, wired; the events, recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from simulator.engine.beat import Beats
from simulator.engine.broker import Broker, Queue
from simulator.engine.canvas import CHORD_UNLOCK, Unlock
from simulator.engine.clock import Clock, Rank, priority
from simulator.engine.control import plan_control
from simulator.engine.failures import Exceptions
from simulator.engine.faults import plan_faults
from simulator.engine.parts import Message
from simulator.engine.producers import Line
from simulator.engine.services import Service
from simulator.engine.subtasks import Subtasks
from simulator.engine.tasks import Task
from simulator.engine.transports import Transport, transport_of
from simulator.engine.worker import Worker
from simulator.scenario.load import Scenario
from simulator.scenario.schema import FORMAT_VERSION
from simulator.scenario.schema import Task as TaskSpec
from simulator.trace import LimitReached
from simulator.trace.events import Event, PublishFailed, TaskSent
from simulator.trace.time import MICROS, to_micros
from simulator.trace.trace import Header, Trace

ENGINE_VERSION = "3"
"""Changes when the same scenario may give another trace."""

DEFAULT_UNTIL = 3600 * MICROS
"""The longest run without `until`."""

MAX_EVENTS = 10_000_000
"""A run that makes more is refused: about 2 GB."""


Watch = Callable[[int, int], None]
"""Is told now and then how far a run has come: simulated microseconds, events. What it raises ends the run."""


class Simulation:
    """The model of one scenario. `run()` once."""

    def __init__(self, scenario: Scenario, max_events: int = MAX_EVENTS, watch: Watch | None = None) -> None:
        """Build everything; nothing happens yet."""
        model = scenario.model
        self.scenario = scenario
        self.settings = scenario.settings
        self.hop = scenario.settings.hop
        self.seed = model.seed
        self.events: list[Event] = []
        self.messages = 0
        """How many messages were published."""
        self.finished: set[str] = set()
        """Tasks that have a final state."""
        self.effects: set[str] = set()
        """Tasks whose side effect has happened, of those that declare it."""
        # Who asks for a time gets it, also when nothing is left to do.
        self.clock = Clock(lambda: model.until is None and not self.broker.has_work(), self.watch)
        self._max_events = max_events
        self._watch = watch
        self.broker = Broker(self, model.queues)
        self.transport: Transport = transport_of(self)
        self.services = {name: Service(spec) for name, spec in model.services.items()}
        exceptions = Exceptions(model.exceptions)
        self.tasks = {
            name: Task(name, spec, self.settings, exceptions, self.services, self.seed)
            for name, spec in model.tasks.items()
        }
        if not self.settings.chord_counter:
            self.tasks[CHORD_UNLOCK] = Unlock(self.settings, exceptions, self.seed)
        self.subtasks = Subtasks(self)
        self.workers: dict[str, Worker] = {}
        self._order = {name: index for index, name in enumerate(model.workers)}
        self._names: Counter[str] = Counter()
        self._taken = {call.id for send in model.send for call in send.calls if call.id is not None}

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
            tasks={name: said for name, spec in model.tasks.items() if (said := _declared(spec))},
            versions={"engine": ENGINE_VERSION, "format": str(FORMAT_VERSION)},
        )
        return Trace(header, self.events)

    def watch(self) -> None:
        """Raise `LimitReached` where the run has made too many events; tell who watches how far it has come."""
        if len(self.events) > self._max_events:
            raise LimitReached(len(self.events), self.clock.now)
        if self._watch is not None:
            self._watch(self.clock.now, len(self.events))

    def next_message(self) -> int:
        """The identity of the next publish."""
        self.messages += 1
        return self.messages

    def publish(self, message: Message, hostname: str, cause: int, when: int) -> bool:
        """Somebody publishes a message; it reaches the broker a hop later, with priority `when` at that instant.

        Returns:
            Whether the broker takes it.
        """
        queue: Queue = message.queue
        if (self.broker.down or queue.rejects) and self._is_refused(message, hostname, cause):
            return False
        index = self._sent(message, hostname, cause)
        if self.hop:
            self.clock.at(self.clock.now + self.hop, when, self._arrive, (message, index))
        else:
            self.broker.publish(message, index)
        return True

    def _is_refused(self, message: Message, hostname: str, cause: int) -> bool:
        """Whether the broker cannot or will not take a message now; then it never was one, and an event says so."""
        refused = self.broker.refuses(message.queue)
        if refused is None:
            return False
        self.messages -= 1
        name = message.queue.name
        self.events.append(PublishFailed(self.clock.now, cause, hostname, message.uuid, message.name, name, refused))
        return True

    def finish(self, uuid: str, exception: str | None, index: int) -> None:
        """A task has a final state, stored by the event at `index`: whoever waits for it is told."""
        self.finished.add(uuid)
        if uuid in self.subtasks.awaited:
            self.subtasks.stored(uuid, exception, index)

    def calling(self, node: Any, hostname: str) -> None:
        """A producer calls a canvas, frozen to `node`: for who wants to know; a run does not."""

    def dead_letter(self, message: Message, queue: str, worker: Worker, cause: int) -> None:
        """The application publishes a copy of a task that has finally failed."""
        copy = Message(
            self.next_message(),
            message.uuid,
            message.name,
            message.args,
            message.kwargs,
            message.entry,
            message.number,
            self.broker.queue(queue),
            retries=message.retries,
        )
        if self._is_refused(copy, worker.hostname, cause):
            return
        index = self._sent(copy, worker.hostname, cause)
        if self.hop:
            when = worker.consumer.on_completion
            self.clock.at(self.clock.now + self.hop, when, self._arrive_dead, (copy, index))
        else:
            self.broker.dead_letter(copy, index, "failed")

    def _sent(self, message: Message, hostname: str, cause: int) -> int:
        index = len(self.events)
        place = message.canvas
        self.events.append(
            TaskSent(
                self.clock.now,
                cause,
                hostname,
                message.uuid,
                message.name,
                message.id,
                message.queue.name,
                message.args,
                message.kwargs,
                message.retries,
                message.eta,
                message.expires,
                message.priority,
                place.root_id if place is not None else None,
                place.parent_id if place is not None else None,
            )
        )
        return index

    def _arrive(self, arrived: tuple[Message, int]) -> None:
        self.broker.publish(*arrived)

    def _arrive_dead(self, arrived: tuple[Message, int]) -> None:
        self.broker.dead_letter(*arrived, "failed")

    def dead_letter_queue(self, task: str) -> str | None:
        """Where the application puts a copy of a failed task, if anywhere."""
        registered = self.tasks.get(task)
        if registered is not None and registered.dead_letter_queue is not None:
            return registered.dead_letter_queue
        route = self.scenario.model.config.routes.find(task)
        return route.dead_letter_queue if route is not None else None

    def queue_of(self, task: str) -> str:
        """Where a task of this name is sent when nobody says otherwise."""
        return self.scenario.model.queue_of(task)

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
        """Whether a task has a final state, or a copy anywhere but in the hands of `besides`."""
        if uuid in self.finished or self.broker.holds(uuid):
            return True
        return any(
            delivery.message.uuid == uuid
            for worker in self.workers.values()
            if worker is not besides and worker.alive
            for delivery in [*worker.consumer.held.values(), *(e.delivery for e in worker.pool.busy)]
        )

    def _declare(self) -> None:
        """What there is at the start, then what is planned."""
        model = self.scenario.model
        self._declare_queues()
        self.beats = Beats(self)
        self.beats.start_own()
        for name, spec in model.workers.items():
            if to_micros(spec.starts_at) == 0:
                self.start_worker(name)
            else:
                when = priority(Rank.FAULT, self._order[name])
                self.clock.at(to_micros(spec.starts_at), when, self.start_worker, name)
        ordinals: Counter[tuple[str, str]] = Counter()
        for index, send in enumerate(model.send):
            Line(self, index, send, ordinals).start()
        plan_faults(self, len(self._order))
        plan_control(self, len(self._order) + len(model.faults))

    def _declare_queues(self) -> None:
        model = self.scenario.model
        consumed = [name for spec in model.workers.values() for name in spec.queues or []]
        default = [self.settings.task_default_queue] if any(not w.queues for w in model.workers.values()) else []
        sent = [call.queue or self.queue_of(call.task) for send in model.send for call in send.calls]
        dead = [name for name in map(self.dead_letter_queue, model.tasks) if name is not None]
        sent += [
            call.queue or self.queue_of(call.task)
            for task in model.tasks.values()
            if task.gets is not None
            for call in task.gets.tasks
        ]
        sent += [entry.options.queue or self.queue_of(entry.task) for entry in model.beat_schedule.values()]
        for name in dict.fromkeys([*model.queues, *default, *consumed, *sent, *dead]):
            self.broker.queue(name)

    def start_worker(self, name: str) -> None:
        """Start a worker that does not run."""
        current = self.workers.get(name)
        if current is not None and current.alive:
            return
        self.workers[name] = Worker(self, name, self._order[name], self.scenario.model.workers[name])
        self.workers[name].start()


def _declared(spec: TaskSpec) -> dict[str, Any]:
    """What a task declares and no event says."""
    gets = [call.task for call in spec.gets.tasks] if spec.gets is not None else None
    said = {
        "calls": spec.calls,
        "gets": gets,
        "rate_limit": spec.rate_limit or None,
        "idempotent": spec.idempotent,
        "effect_at": spec.effect_at,
    }
    return {key: value for key, value in said.items() if value is not None}


def simulate(scenario: Scenario, max_events: int = MAX_EVENTS, *, watch: Watch | None = None) -> Trace:
    """Play a scenario: a pure function of it, byte for byte.

    Args:
        scenario: what is played.
        max_events: more are refused.
        watch: is told now and then how far the run has come (simulated microseconds, events); may raise to end it.

    Raises:
        LimitReached: the run made more than `max_events` events.
    """
    return Simulation(scenario, max_events, watch).run()

"""A run: builds the parts of the model and connects them."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from simulator.engine.beat import Beats
from simulator.engine.broker import Broker, transport_of
from simulator.engine.calls import CallFactory
from simulator.engine.clock import WATCH, Rank, priority
from simulator.engine.context import Context
from simulator.engine.control import plan_control
from simulator.engine.failures import Exceptions
from simulator.engine.faults import Faults
from simulator.engine.fleet import Fleet
from simulator.engine.journal import KEPT, EventSink
from simulator.engine.locks import Locks
from simulator.engine.payloads import Payloads
from simulator.engine.producers import SendLine
from simulator.engine.publisher import DefaultRoutes, Observer, Publisher
from simulator.engine.scaling import make_scalers
from simulator.engine.services import Service
from simulator.engine.state import Message
from simulator.engine.tasks import Task, locks_body
from simulator.engine.worker.application import Application
from simulator.engine.workflow.canvas import CHORD_UNLOCK, Unlock, Workflow
from simulator.engine.workflow.subtasks import Subtasks
from simulator.scenario.checks.memory import VARIABLE, memory_limit, memory_of
from simulator.scenario.checks.size import find_excess
from simulator.scenario.load import Scenario
from simulator.scenario.problems import Problem
from simulator.scenario.profiles import COUNTING_BACKENDS
from simulator.scenario.schema import FORMAT_VERSION, ScenarioFile
from simulator.scenario.schema import Task as TaskSpec
from simulator.trace import LimitReached
from simulator.trace.time import MICROS, NEVER, as_seconds, to_micros
from simulator.trace.trace import RESULT_EXPIRES, Header, Trace

ENGINE_VERSION = "8"
"""Changes when the same scenario may give another trace."""

DEFAULT_UNTIL = 3600 * MICROS
"""The time limit of a run without `until`, in microseconds."""

MAX_EVENTS = 10_000_000
"""The default limit of events in a run; that of memory (`scenario.memory`) is reached first unless it is raised."""

MAX_HANDED_ON: Final = 1_000_000_000
"""The same where events are not kept, so that only time is spent."""

FORGET_AFTER: Final = 10_000
"""Number of finished tasks that a run without a trace may keep in mind."""


MOST_QUIET: Final = 3_000_000
"""Calls of the clock that a run may make beside `CALLS_OF_EVENT` for each event: looking at a clock takes time, too."""

CALLS_OF_EVENT: Final = 30

Watch = Callable[[int, int], None]
"""Progress callback, called periodically with (simulated microseconds, events); an exception from it ends the run."""


class Simulation:
    """The model of one scenario. `run()` once."""

    def __init__(
        self,
        scenario: Scenario,
        max_events: int = MAX_EVENTS,
        watch: Watch | None = None,
        forced: Mapping[str, int] | None = None,
        observer: Observer | None = None,
        sink: EventSink | None = None,
        memory: int | None = None,
    ) -> None:
        """Build the model without running it.

        `forced` sets outcomes, by name, of draws that the real thing leaves to chance. If it is given, even empty,
        `context.chances.drawn` has all draws after the run. `observer` is told what is sent. A `sink` takes the
        events, which the trace then lacks. `memory`: the limit in bytes, if not the usual one.
        """
        model, settings = scenario.model, scenario.settings
        self.scenario = scenario
        self._max_events = max_events
        self._memory = memory_limit() if memory is None else memory
        self._watch = watch
        self._watched = 0
        taken = [call.id for send in model.send for call in send.calls if call.id is not None]
        self.context = Context(
            settings, model.seed, taken=taken, forced=forced, is_idle=self._is_idle, watch=self.watch, sink=sink
        )
        self.broker = Broker(self.context, model.queues, prioritised=_has_priorities(model))
        self.transport = transport_of(self.context, self.broker)
        self.publisher = Publisher(self.context, self.broker, observer)
        self.publisher.locks = Locks({name: spec.lock for name, spec in model.tasks.items() if spec.lock is not None})
        self.routes = DefaultRoutes(model)
        self.calls = CallFactory(self.context, self.publisher, self.routes, model.tasks)
        self.workflow = Workflow(self.context, self.publisher)
        self.services = {name: Service(name, spec) for name, spec in model.services.items()}
        exceptions = Exceptions(model.exceptions)

        def registered(name: str, spec: TaskSpec) -> Task:
            return Task(name, spec, settings, exceptions, self.services, model.seed)

        self.tasks = {name: registered(name, spec) for name, spec in model.tasks.items()}
        self.versions: dict[str, list[Task]] = {name: [task] for name, task in self.tasks.items()}
        """Each task with its versions in workers that have other code, by name."""
        if not settings.chord_counter:
            self.tasks[CHORD_UNLOCK] = Unlock(settings, exceptions, model.seed)
        subtasks = Subtasks(self.context, self.publisher, self.calls, self.tasks)
        application = Application(self.tasks, self.publisher, self.routes, self.workflow, subtasks)
        self._declare_queues()
        self.beats = Beats(self.context, self.calls, model)
        applications = dict.fromkeys(model.workers, application)
        for name, spec in model.workers.items():
            if spec.tasks is not None:
                own = {task: self.tasks[task] for task in spec.tasks}
                for task, arguments in spec.tasks.items():
                    if arguments is not None:
                        changed = model.tasks[task].model_copy(update={"signature": arguments})
                        own[task] = registered(task, changed)
                        self.versions[task].append(own[task])
                if CHORD_UNLOCK in self.tasks:
                    own[CHORD_UNLOCK] = self.tasks[CHORD_UNLOCK]
                applications[name] = Application(own, self.publisher, self.routes, self.workflow, subtasks)
        for send in model.send:
            for call in send.calls if send.commits is not None else ():
                for version in self.versions.get(call.task, ()):
                    version.reads(self.publisher.transactions)
        self.fleet = Fleet(self.context, model.workers, applications, self.broker, self.transport, self.beats)
        self.scalers = make_scalers(self.context, model.scale, self.broker, self.fleet)
        if model.config.maxmemory is not None:
            sizes = {name: spec.payload for name, spec in model.tasks.items() if spec.payload is not None}
            self.publisher.payloads = Payloads(sizes, model.config.maxmemory, self._messages)

    def run(self) -> Trace:
        """Play the scenario to its end; raises `LimitReached`."""
        model, clock = self.scenario.model, self.context.clock
        self._plan()
        until = to_micros(model.until) if model.until is not None else DEFAULT_UNTIL
        with _collector_paused():
            done = clock.play(until)
        if done:
            end, stopped = clock.now, "done"
        else:
            end, stopped = until, "until" if model.until is not None else "cap"
        # `until` is exclusive; a run that ends by itself ends after its whole last instant.
        last = end if stopped == "done" else end - 1
        workers = sorted(self.fleet.workers.items())
        silent = {name: worker.consumer.subscription.silent_polls(last) for name, worker in workers}
        header = Header(
            scenario=self.scenario.name,
            title=self.scenario.title,
            profile=model.profile,
            seed=model.seed,
            end=end,
            stopped=stopped,
            polls=self.scenario.settings.polls,
            silent_polls={name: count for name, count in silent.items() if count},
            unsent={uuid: list(waits) for uuid, waits in self.workflow.unsent.items()},
            returns={str(message): as_seconds(time) for message, time in self.transport.returns().items()},
            tasks=declared_traits(self.scenario),
            result_expires=_kept_for(model),
            versions={"engine": ENGINE_VERSION, "format": str(FORMAT_VERSION)},
        )
        self.context.journal.hand_on(NEVER)
        return Trace(header, self.context.journal.events)

    def _messages(self) -> Iterator[Message]:
        """Iterate over the messages that the broker holds: ready ones, and those not acknowledged yet."""
        for queue in self.broker.queues.values():
            yield from queue
        for worker in self.fleet.workers.values():
            for delivery in worker.consumer.held.values():
                yield delivery.message

    def watch(self) -> None:
        """Report progress; raise `LimitReached` if the run has made too many events, or takes too much memory."""
        context = self.context
        events, now = len(context.journal), context.clock.now
        if events > self._max_events:
            raise LimitReached(events, now)
        self._watched += 1
        calls = self._watched * WATCH
        if calls > MOST_QUIET + CALLS_OF_EVENT * events:
            raise LimitReached(events, now, Problem("limit.quiet", {"calls": f"{calls:,}"}))
        memory = self._memory_taken()
        if memory > self._memory:
            raise LimitReached(events, now, self._memory_problem(memory))
        if self._watch is not None:
            self._watch(now, events)
        sink = context.journal.sink
        if sink is not None:
            self._hand_on(sink)

    def _memory_taken(self) -> float:
        """Estimate the bytes that the run keeps: its events, and what is not over; with a `sink`, the latter."""
        context = self.context
        alive, arguments = len(context.copies.counts) + len(context.clock), float(context.arguments)
        if context.journal.sink is not None:
            arguments *= alive / max(1, context.messages)
        return memory_of(len(context.journal.events), alive, arguments)

    def _memory_problem(self, memory: float) -> Problem:
        context = self.context
        params: dict[str, object] = {
            "mb": f"{memory / 1e6:,.0f}",
            "most_mb": f"{self._memory / 1e6:,.0f}",
            "events": f"{len(context.journal.events):,}",
            "tasks": f"{len(context.copies.counts) + len(context.clock):,}",
            "name": VARIABLE,
        }
        return Problem("limit.grown" if context.journal.sink is None else "limit.backlog", params)

    def _hand_on(self, sink: EventSink) -> None:
        """Hand on what is older than the engine looks back, and from time to time forget the tasks that are over."""
        context = self.context
        context.journal.hand_on(context.clock.now - KEPT)
        if len(context.results.finished) > 2 * len(context.copies.counts) + FORGET_AFTER:
            context.results.forget(context.copies)
            sink.forget(context.copies.counts)

    def _is_idle(self) -> bool:
        """Return whether no message waits for a consumer that will take it. With `until`, a run is never idle."""
        if self.scenario.model.until is not None:
            return False
        broker = self.broker
        if broker.down:
            return True
        if broker.leases and any(True for _ in self.fleet):
            return False  # a worker will sweep expired leases
        for queue in broker.queues.values():
            if queue.size and (queue.subscribers or queue.head().expires_at < NEVER or self.fleet.awaits(queue)):
                return False
        return not any(scaler.is_due() for scaler in self.scalers)

    def _plan(self) -> None:
        """Start what exists at time 0 and schedule the rest."""
        model, context = self.scenario.model, self.context
        self.beats.start_own()
        for name, spec in model.workers.items():
            if any(line.takes(name) for line in model.scale):
                continue  # its controller starts it
            if to_micros(spec.starts_at) == 0:
                self.fleet.start(name)
            else:
                when = priority(Rank.FAULT, self.fleet.order[name])
                context.clock.at(to_micros(spec.starts_at), when, self.fleet.start, name)
        ordinals: Counter[tuple[str, str]] = Counter()
        for index, send in enumerate(model.send):
            SendLine(context, self.calls, self.workflow, index, send, ordinals).start()
        first = len(model.workers)
        Faults(context, self.scenario, self.broker, self.fleet, self.beats, self.versions, self.services).plan(first)
        plan_control(context, model.control, self.fleet, first + len(model.faults))
        for index, scaler in enumerate(self.scalers, first + len(model.faults) + len(model.control)):
            scaler.begin(index)

    def _declare_queues(self) -> None:
        """Declare the queues that exist at time 0."""
        model, queue_of = self.scenario.model, self.routes.queue_of
        default = self.scenario.settings.task_default_queue
        consumed = [name for spec in model.workers.values() for name in spec.queues or []]
        defaults = [default] if any(not worker.queues for worker in model.workers.values()) else []
        sent = [call.queue or queue_of(call.task) for send in model.send for call in send.calls]
        gets = [call for task in model.tasks.values() if task.gets is not None for call in task.gets.tasks]
        sent += [call.queue or queue_of(call.task) for call in gets]
        sent += [entry.options.queue or queue_of(entry.task) for entry in model.beat_schedule.values()]
        dead = [name for name in map(self.routes.dead_letters_of, model.tasks) if name is not None]
        for name in dict.fromkeys([*model.queues, *defaults, *consumed, *sent, *dead]):
            self.broker.queue(name)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause the collection of cyclic garbage.

    Objects made for each task form no cycles, so the collector would only traverse all living objects again and
    again: a third of the time in a run of 100,000 messages.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _has_priorities(model: ScenarioFile) -> bool:
    """Return whether any message of a scenario has a priority."""
    calls = [call for send in model.send for call in send.calls]
    calls += [entry.call for entry in model.beat_schedule.values()]
    calls += [call for task in model.tasks.values() if task.gets is not None for call in task.gets.tasks]
    given = [*(call.priority for call in calls), *(task.priority for task in model.tasks.values())]
    return bool(model.config.task_default_priority) or any(given)


def declared_traits(scenario: Scenario) -> dict[str, dict[str, Any]]:
    """Return the declared traits that no event carries, by task type, as in `Header.tasks`."""
    default_rate = scenario.settings.task_default_rate_limit
    return {name: said for name, spec in scenario.model.tasks.items() if (said := _declared(spec, default_rate))}


def _kept_for(model: ScenarioFile) -> float:
    """Return the seconds for which a result is kept if `result_expires` is set; a database keeps it (0: for ever).

    Source: celery.backends.redis: RedisBackend._set (SETEX with every state); celery.app.builtins:
    add_backend_cleanup_task.
    """
    backend, expires = model.config.result_backend, model.config.result_expires
    if expires is None:
        return RESULT_EXPIRES
    return expires if backend is None or backend.startswith(COUNTING_BACKENDS) else 0.0


def _declared(spec: TaskSpec, default_rate: float) -> dict[str, Any]:
    """Return the declared traits of a task that no event carries."""
    gets = [call.task for call in spec.gets.tasks] if spec.gets is not None else None
    said = {
        "calls": spec.calls,
        "gets": gets,
        "rate_limit": (default_rate if spec.rate_limit is None else spec.rate_limit) or None,
        "idempotent": spec.idempotent,
        "effect_at": 1.0 if spec.effect_at is None and locks_body(spec) else spec.effect_at,
    }
    return {key: value for key, value in said.items() if value is not None}


def simulate(scenario: Scenario, max_events: int = MAX_EVENTS, *, watch: Watch | None = None) -> Trace:
    """Run a scenario; equal scenarios give byte-identical traces.

    Args:
        scenario: the scenario to run.
        max_events: the limit on events.
        watch: progress callback with (simulated microseconds, events); may raise to end the run.

    Raises:
        LimitReached: the run made more than `max_events` events or took too much memory, or is sure to.
        ScenarioError: the variable that limits the memory holds no number.
    """
    memory = memory_limit()
    _refuse_excess(scenario, max_events, memory)
    return Simulation(scenario, max_events, watch, memory=memory).run()


def _refuse_excess(scenario: Scenario, max_events: int, memory: int) -> None:
    """Raise `LimitReached` for a run that is sure to reach a limit, before it begins."""
    until = scenario.model.until
    found = find_excess(scenario, max_events, to_micros(until) if until is not None else DEFAULT_UNTIL, memory)
    if found is not None:
        raise LimitReached(found[0], 0, found[1])


def simulate_into(
    sink: EventSink, scenario: Scenario, max_events: int = MAX_HANDED_ON, *, watch: Watch | None = None
) -> Header:
    """Run a scenario without keeping its trace: the events go to `sink`, in blocks; return the header.

    The run is the one that `simulate` makes, event for event; its memory does not grow with its length.

    Raises:
        LimitReached: the run made more than `max_events` events, or what it keeps took too much memory.
        ScenarioError: the variable that limits the memory holds no number.
    """
    return Simulation(scenario, max_events, watch, sink=sink).run().header

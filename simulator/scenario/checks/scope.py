"""Facts about a whole scenario: senders, consumers, calls and raised exceptions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from simulator.scenario import schema
from simulator.scenario.profiles import Settings
from simulator.scenario.source import Path
from simulator.scenario.transports import TRANSPORTS


class RuleScope:
    """Facts about a scenario that the rules check."""

    def __init__(self, data: dict[str, Any], model: schema.ScenarioFile, settings: Settings) -> None:
        """`data` is the scenario as written, with everything laid over; `model` and `settings` come from it."""
        self.data = data
        self.model = model
        self.settings = settings

    def task(self, path: Path) -> schema.Task:
        """The task that a path under `tasks` belongs to."""
        return self.model.tasks[str(path[1])]

    def worker(self, path: Path) -> schema.Worker:
        """The worker that a path under `workers` belongs to."""
        return self.model.workers[str(path[1])]

    def pool_of(self, name: str) -> str:
        """The pool kind of a worker."""
        worker = self.model.workers.get(name)
        kind = (worker and worker.pool) or self.settings.worker_pool
        return "prefork" if kind == "processes" else kind

    @property
    def sends_by_beat(self) -> bool:
        """True if beat sends something; its tasks have generated ids."""
        return bool(self.model.beat_schedule)

    def fault(self, path: Path) -> schema.Fault:
        """The fault that a path under `faults` belongs to."""
        return self.model.faults[int(path[1])]

    def queue_of(self, call: schema.Call) -> str:
        """The queue that a call is sent to."""
        return call.queue or self.model.queue_of(call.task)

    @cached_property
    def calls(self) -> list[schema.Call]:
        """All calls of the scenario."""
        beaten = [entry.call for entry in self.model.beat_schedule.values()]
        by_tasks = [call for task in self.model.tasks.values() if task.gets is not None for call in task.gets.tasks]
        return [*(call for send in self.model.send for call in send.calls), *beaten, *by_tasks]

    @cached_property
    def queues_of_task(self) -> dict[str, set[str]]:
        """The queues that each task is sent to."""
        found: dict[str, set[str]] = {}
        for call in self.calls:
            found.setdefault(call.task, set()).add(self.queue_of(call))
        return found

    @cached_property
    def used_routes(self) -> set[str | None]:
        """Keys of `task_routes` that are the route of a task."""
        return {self.model.config.routes.key_of(name) for name in [*self.model.tasks, *self.queues_of_task]}

    @cached_property
    def sent_to(self) -> set[str]:
        """Queues that receive messages."""
        routes, specs = (self.model.config.task_routes or {}).values(), self.model.queues.values()
        dead = [*(t.dead_letter_queue for t in self.model.tasks.values()), *(r.dead_letter_queue for r in routes)]
        dead += [spec.dead_letter_routing_key for spec in specs if spec and spec.dead_letter_exchange is not None]
        return {*map(self.queue_of, self.calls), *(name for name in dead if name is not None)}

    @cached_property
    def consumed(self) -> set[str]:
        """Queues that some worker consumes."""
        default = [self.settings.task_default_queue]
        return {name for worker in self.model.workers.values() for name in worker.queues or default}

    @cached_property
    def called(self) -> set[str]:
        """Services that a task calls."""
        return {task.calls for task in self.model.tasks.values() if task.calls is not None}

    @cached_property
    def raised(self) -> set[str]:
        """Exceptions that something raises, with their base classes."""
        names = {fault.raises for fault in self.model.faults if fault.raises is not None}
        names |= {name for task in self.model.tasks.values() for name in raised_by(task)}
        for name in [*names]:
            parent = self.model.exceptions.get(name)
            while parent is not None and parent not in names:
                names.add(parent)
                parent = self.model.exceptions.get(parent)
        return names

    @cached_property
    def ends(self) -> dict[str, float]:
        """Time in seconds at which a fault first kills or stops each worker; only workers that have such a fault."""
        found: dict[str, float] = {}
        for fault in self.model.faults:
            name = fault.kill or fault.stop
            if name is not None:
                found[name] = min(fault.at, found.get(name, fault.at))
        return found

    @cached_property
    def loses_workers(self) -> bool:
        """True if work is interrupted: a worker or a child dies or stops, or the broker is down."""
        faults, tasks = self.model.faults, self.model.tasks.values()
        ends = any(
            fault.kill or fault.kill_child or fault.stop or fault.restarts or fault.disconnect or fault.down == "broker"
            for fault in faults
        )
        return ends or bool(self.model.scale) or any(task.kills for task in tasks)

    @cached_property
    def sets_windows(self) -> bool:
        """True if the scenario sets how many messages a worker takes, which depends on when it acknowledges."""
        workers = self.model.workers.values()
        return self.model.config.worker_prefetch_multiplier is not None or any(
            worker.prefetch_multiplier is not None for worker in workers
        )

    @cached_property
    def depends_on_acks(self) -> bool:
        """True if the scenario sets a limit for ACKs (a lease, RabbitMQ's timeout) or says when to withhold one."""
        config, workers = self.model.config, self.model.workers.values()
        options = [config.broker_transport_options, *(worker.broker_transport_options for worker in workers)]
        leases = any(given is not None and given.visibility_timeout is not None for given in options)
        queues = (limits for limits in self.model.queues.values() if limits is not None)
        times_out = config.consumer_timeout is not None or any(q.consumer_timeout is not None for q in queues)
        holders = [config.written().get(f"task_{key}") for key in _WITHHELD]
        holders += [getattr(task, key) for task in self.model.tasks.values() for key in _WITHHELD]
        return leases or times_out or False in holders

    def is_pushed(self) -> bool:
        """True if the broker pushes messages to workers, which then need not poll."""
        return TRANSPORTS[self.settings.transport].delivers == "push"

    def sorts(self, queue: str) -> bool:
        """Return True if a queue sorts by priority."""
        limits = self.model.queues.get(queue)
        return not self.is_pushed() or (limits is not None and limits.max_priority is not None)

    def after_end(self, time: Any) -> bool:
        """Return True if a time lies past the end of the run."""
        until = self.model.until
        return until is not None and isinstance(time, int | float) and time >= until


_WITHHELD = ("acks_on_failure", "acks_on_timeout", "acks_on_failure_or_timeout")
"""Options that withhold an ACK if false."""


def raised_by(task: schema.Task) -> Iterator[str]:
    """The exceptions that the task's own body raises."""
    raises = task.raises
    if isinstance(raises, str):
        yield raises
    yield from (name for name in raises or () if name is not None and not isinstance(raises, str))

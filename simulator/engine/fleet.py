"""All workers of a run that have been started, dead or alive, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from simulator.engine.broker import Broker, Transport
from simulator.engine.context import Context
from simulator.engine.state import Queue
from simulator.engine.worker.application import Application
from simulator.engine.worker.life import Life
from simulator.engine.worker.worker import Embedded, Worker
from simulator.scenario.schema import Worker as WorkerSpec


class Fleet:
    """The workers of a run."""

    def __init__(
        self,
        context: Context,
        specs: Mapping[str, WorkerSpec],
        applications: Mapping[str, Application],
        broker: Broker,
        transport: Transport,
        beats: Embedded,
    ) -> None:
        """Create the fleet without starting any worker.

        `specs`: their settings, in order of declaration; `applications`: what each loads.
        """
        self.workers: dict[str, Worker] = {}
        """The latest process of each worker, by name."""
        self.order = {name: index for index, name in enumerate(specs)}
        self._context = context
        self._specs = specs
        self._applications = applications
        self._broker = broker
        self._transport = transport
        self._beats = beats

    def start(self, name: str) -> None:
        """Start a worker unless it is running."""
        if self.alive(name) is not None:
            return
        life = Life(name, self.order[name], self._specs[name], self._context.settings)
        worker = self.workers[name] = Worker(
            self._context,
            life,
            self._applications[name],
            self._broker,
            self._transport,
            self._beats,
            self._others,
            self._saved(name),
        )
        worker.start()

    def _saved(self, name: str) -> set[str]:
        """Return the revoked task ids in a worker's state file: what its last process knew, if it could save it."""
        before = self.workers.get(name)
        if before is None or before.life.was_killed or not self._context.settings.saves_state:
            return set()
        return before.consumer.revoked

    def alive(self, name: str) -> Worker | None:
        """Return the worker of that name if it is running, else None."""
        worker = self.workers.get(name)
        return worker if worker is not None and worker.life.alive else None

    def __iter__(self) -> Iterator[Worker]:
        """Iterate over the running workers."""
        return iter([worker for worker in self.workers.values() if worker.life.alive])

    def awaits(self, queue: Queue) -> bool:
        """Return whether a running worker is about to consume from `queue` again."""
        return any(
            worker.life.runs and not worker.consumer.connected and queue in worker.consumer.queues for worker in self
        )

    def _others(self, asking: Worker) -> Iterator[Worker]:
        return (worker for worker in self if worker is not asking)

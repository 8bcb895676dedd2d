"""Controllers that start and stop workers: the lines under `scale`.

Source: Kubernetes, Horizontal Pod Autoscaling (desired replicas are the metric over its target, rounded up; tolerance;
the stabilization window), Pod Lifecycle (SIGTERM, and SIGKILL after the grace period), ReplicaSet (pods that are not
ready go first, then the newest); KEDA, Scaling Deployments (a metric above zero wakes a deployment of zero).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import ceil
from typing import Any

from simulator.engine.broker import Broker
from simulator.engine.clock import Call, Rank, priority
from simulator.engine.context import Context
from simulator.engine.fleet import Fleet
from simulator.engine.worker.worker import Worker
from simulator.scenario.conditions.evaluation import Value, is_number, work_out
from simulator.scenario.conditions.goals import parse_goal
from simulator.scenario.schema import Scale
from simulator.trace.events import NO_CAUSE, SettingChanged
from simulator.trace.time import to_micros

DIGITS = 9
"""Digits of a wish that count: 0.1 + 0.2 of a worker is no more than 0.3."""


class Scaler:
    """One controller: looks at its reading at regular times and sets how many of its workers there are."""

    def __init__(self, context: Context, scale: Scale, names: Sequence[str], broker: Broker, fleet: Fleet) -> None:
        """Create a controller of the workers `names`, in the order in which they start."""
        self.replicas = scale.first
        """Number of workers that there shall be."""
        self._clock = context.clock
        self._note = context.journal.note
        self._scale = scale
        self._most = scale.most_of(len(names))
        self._by = parse_goal(scale.by)
        self._names = list(names)
        self._broker = broker
        self._fleet = fleet
        self._when = 0
        self._starting: dict[str, Call] = {}
        """Calls at which workers come online, the latest last."""
        self._wishes: list[tuple[int, int]] = []
        """(time, workers) of each wish within the stabilization window."""

    def begin(self, index: int) -> None:
        """Start the first workers and look regularly; `index`: the declaration index."""
        self._when = priority(Rank.FAULT, index)
        for name in self._names[: self.replicas]:
            self._fleet.start(name)
        self._look_again()

    def is_due(self) -> bool:
        """Return whether it will start a worker that is not there: then a run with waiting messages is not idle."""
        return self._wanted() > len(self._serving())

    def _look_again(self) -> None:
        self._clock.at(self._clock.now + to_micros(self._scale.every), self._when, self._look, None, True)

    def _look(self, _: Any) -> None:
        now, wish = self._clock.now, self._wanted()
        window = now - to_micros(self._scale.stabilization)
        self._wishes = [(time, size) for time, size in self._wishes if time > window]
        self._wishes.append((now, wish))
        if wish < self.replicas:
            wish = min(self.replicas, max(size for _, size in self._wishes))
        if wish != self.replicas:
            self.replicas = wish
            self._note(SettingChanged(now, NO_CAUSE, self._scale.workers, "replicas", wish))
        self._reconcile()
        self._look_again()

    def _wanted(self) -> int:
        """Return how many workers the reading of this moment asks for, within the bounds."""
        reading = work_out(self._by, self._read)
        if not isinstance(reading, int | float) or not is_number(reading):
            return self.replicas  # no metric, no change
        wish = round(reading, DIGITS)
        if self.replicas and abs(wish / self.replicas - 1) <= self._scale.tolerance:
            return self.replicas
        return min(max(ceil(wish), self._scale.min), self._most)

    def _read(self, name: str, arguments: list[Value]) -> Value:
        """Return a signal of this moment."""
        whose = arguments[0] if arguments else None
        if name == "queue_length":
            return sum(queue.size for queue in self._broker.queues.values() if whose in (None, queue.name))
        if name == "unacked":
            return sum(
                delivery.is_held and whose in (None, delivery.message.queue.name)
                for worker in self._fleet
                for delivery in worker.consumer.held.values()
            )
        return sum(len(worker.pool.active) for worker in self._fleet if whose in (None, worker.hostname))

    def _serving(self) -> list[str]:
        """Return its workers that run, whoever has started them, the oldest first; then those that are about to."""
        running = []
        for place, name in enumerate(self._names):
            worker = self._fleet.alive(name)
            if worker is not None and worker.life.stopping is None and name not in self._starting:
                running.append((worker.life.online_at, place, name))
        return [*(name for _, _, name in sorted(running)), *self._starting]

    def _reconcile(self) -> None:
        """Start or stop workers until there are as many as there shall be; one that has died is replaced."""
        serving = self._serving()
        while len(serving) > self.replicas:
            self._end(serving.pop())
        free = [name for name in self._names if name not in serving and self._fleet.alive(name) is None]
        for name in free[: self.replicas - len(serving)]:
            at = self._clock.now + to_micros(self._scale.start_up)
            self._starting[name] = self._clock.at(at, self._when, self._start, name)
            serving.append(name)

    def _start(self, name: str) -> None:
        del self._starting[name]
        self._fleet.start(name)

    def _end(self, name: str) -> None:
        """Cancel a worker's start, or shut it down: SIGTERM, and SIGKILL after its grace period."""
        call = self._starting.pop(name, None)
        if call is not None:
            self._clock.cancel(call)
            return
        worker = self._fleet.alive(name)
        if worker is not None:
            at = self._clock.now + to_micros(self._scale.grace)
            deadline = self._clock.at(at, self._when, partial(self._kill, worker))
            worker.when_ended = partial(self._clock.cancel, deadline)
            worker.stop("warm")

    def _kill(self, worker: Worker, _: Any) -> None:
        worker.kill()


def make_scalers(context: Context, lines: Sequence[Scale], broker: Broker, fleet: Fleet) -> list[Scaler]:
    """Return the controllers of a scenario."""
    return [Scaler(context, line, [name for name in fleet.order if line.takes(name)], broker, fleet) for line in lines]

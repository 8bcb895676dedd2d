"""Facts about a system that the rules of advice ask for; all times in seconds."""

from __future__ import annotations

import math
from functools import cached_property
from statistics import NormalDist

from simulator.scenario import Scenario, schema
from simulator.scenario.checks.scope import RuleScope, raised_by
from simulator.scenario.transports import TRANSPORTS
from simulator.scenario.values.distributions import Distribution
from simulator.trace.time import MICROS

P95 = -math.log(0.05)
"""95th percentile of an exponential distribution, in means."""
NORMAL_P95 = NormalDist().inv_cdf(0.95)
"""95th percentile of a normal distribution, in standard deviations from the mean."""


class System(RuleScope):
    """A scenario as the rules look at it."""

    def __init__(self, scenario: Scenario) -> None:
        """Take over a checked scenario."""
        super().__init__(scenario.data, scenario.model, scenario.settings)
        self.traits = TRANSPORTS[scenario.settings.transport]
        self.tasks, self.workers = scenario.model.tasks, scenario.model.workers

    # -- tasks ---------------------------------------------------------------------------------------------------

    def is_late(self, name: str) -> bool:
        """Return True if a task is acknowledged after it has run."""
        given = self.tasks[name].acks_late
        return self.settings.task_acks_late if given is None else given

    def is_requeued(self, name: str) -> bool:
        """Return True if a task goes back to its queue when its child dies."""
        given = self.tasks[name].reject_on_worker_lost
        return self.is_late(name) and (self.settings.task_reject_on_worker_lost if given is None else given)

    def time_limit(self, name: str) -> float:
        """Hard time limit of a task; 0: none."""
        given = self.tasks[name].time_limit
        return self.settings.task_time_limit / MICROS if given is None else given

    def soft_time_limit(self, name: str) -> float:
        """Soft time limit of a task; 0: none."""
        given = self.tasks[name].soft_time_limit
        return self.settings.task_soft_time_limit / MICROS if given is None else given

    def is_rated(self, name: str) -> bool:
        """Return True if a task has a rate limit."""
        given = self.tasks[name].rate_limit
        return bool(self.settings.task_default_rate_limit if given is None else given)

    def mean_run(self, name: str) -> float:
        """Mean run time of a task, its service's latency included."""
        return mean(self.tasks[name].duration) + self._latency(name)

    def long_run(self, name: str) -> float:
        """Run time that one execution in twenty exceeds, or the longest where there is one."""
        return long_value(self.tasks[name].duration) + self._latency(name)

    def _latency(self, name: str) -> float:
        service = self.model.services.get(self.tasks[name].calls or "")
        return service.latency if service is not None else 0.0

    def can_fail(self, name: str) -> bool:
        """Return True if a task's body or its service raises."""
        task = self.tasks[name]
        return any(raised_by(task)) or task.calls is not None

    def longest_delay(self, name: str) -> tuple[str, float]:
        """Longest countdown, ETA or retry delay of a task, with the path of what sets it; 0.0 without one."""
        found = [("", 0.0)]
        for path, call in self.placed_calls:
            if call.task == name:
                found.append((f"{path}.countdown", call.countdown or 0.0))
                found.append((f"{path}.eta", call.eta or 0.0))
        task = self.tasks[name]
        if task.autoretry_for and self.can_fail(name):
            if task.retry_backoff:
                first = 1.0 if task.retry_backoff is True else task.retry_backoff
                last = first * 2.0 ** min((task.max_retries if task.max_retries is not None else 64) - 1, 64)
                found.append((f"tasks.{name}.retry_backoff_max", min(last, float(task.retry_backoff_max))))
            else:
                delay = task.default_retry_delay
                fallback = self.settings.default_retry_delay / MICROS
                found.append((f"tasks.{name}.default_retry_delay", fallback if delay is None else delay))
        return max(found, key=lambda one: one[1])

    @cached_property
    def placed_calls(self) -> list[tuple[str, schema.Call]]:
        """Calls of producers and beat, each with its path."""
        found: list[tuple[str, schema.Call]] = []
        for index, send in enumerate(self.model.send):
            for path, call in send.placed_calls:
                found.append((".".join(map(str, ("send", index, *path))), call))
        found += [(f"beat_schedule.{name}", entry.call) for name, entry in self.model.beat_schedule.items()]
        return [(path, call) for path, call in found if call.task in self.tasks]

    # -- queues and workers ----------------------------------------------------------------------------------------

    def queues_of(self, worker: str) -> list[str]:
        """The queues that a worker consumes."""
        return self.workers[worker].queues or [self.settings.task_default_queue]

    def consumers(self, queue: str) -> list[str]:
        """The workers of a queue."""
        return [name for name in self.workers if queue in self.queues_of(name)]

    def tasks_in(self, queue: str) -> list[str]:
        """The known tasks that are sent to a queue."""
        return [name for name, queues in self.queues_of_task.items() if queue in queues and name in self.tasks]

    def workers_of(self, task: str) -> list[str]:
        """The workers that may run a task."""
        queues = self.queues_of_task.get(task, {self.model.queue_of(task)})
        return [name for name in self.workers if queues & set(self.queues_of(name))]

    def slots(self, worker: str) -> int:
        """Number of tasks that a worker runs at once."""
        spec = self.workers[worker]
        if self.pool_of(worker) == "solo":
            return 1
        if spec.autoscale is not None:
            return spec.autoscale[0]
        return spec.concurrency or self.settings.worker_concurrency

    def multiplier(self, worker: str) -> int:
        """A worker's prefetch multiplier; 0: no limit."""
        given = self.workers[worker].prefetch_multiplier
        return self.settings.worker_prefetch_multiplier if given is None else given

    def prefetches(self, worker: str) -> bool:
        """Return True if a worker can hold messages that wait for a slot."""
        if self.settings.worker_disable_prefetch:
            return False
        late = [self.is_late(name) for queue in self.queues_of(worker) for name in self.tasks_in(queue)]
        return self.multiplier(worker) != 1 or not all(late)

    def visibility(self, worker: str) -> float:
        """A worker's visibility timeout; infinite where nothing is leased."""
        if self.traits.visibility_timeout is None:
            return math.inf
        own = self.workers[worker].broker_transport_options
        given = own.model_dump(exclude_none=True) if own is not None else {}
        return self.settings.options_of(given).visibility_timeout / MICROS

    def shortest_visibility(self, task: str) -> float:
        """Shortest visibility timeout among the workers of a task; infinite without one."""
        return min((self.visibility(worker) for worker in self.workers_of(task)), default=math.inf)

    def consumer_timeout(self, task: str) -> float:
        """Shortest `consumer_timeout` of a task's queues; infinite where the broker has none."""
        if not self.traits.has_ttl:
            return math.inf
        limits = [self.model.queues.get(queue) for queue in self.queues_of_task.get(task, ())]
        found = [limit.consumer_timeout for limit in limits if limit is not None and limit.consumer_timeout is not None]
        return min(found, default=self.settings.consumer_timeout / MICROS)

    def rate_into(self, queue: str) -> dict[str, float]:
        """Tasks a second that are sent to a queue, by task, from all that is sent for ever."""
        found: dict[str, float] = {}
        for send in self.model.send:
            if send.interval is None or send.count is not None or send.until is not None:
                continue
            every = mean(send.interval)
            for call in send.calls if every else ():
                if self.queue_of(call) == queue and call.task in self.tasks:
                    found[call.task] = found.get(call.task, 0.0) + send.burst / every
        return found


def mean(quantity: Distribution) -> float:
    """Mean of a distribution (a normal one as if it were not cut at 0).

    >>> mean(Distribution("uniform", (1.0, 3.0)))
    2.0
    """
    numbers = quantity.numbers
    match quantity.kind:
        case "lognormal":
            sigma = math.log(numbers[1] / numbers[0]) / NORMAL_P95
            return numbers[0] * math.exp(sigma**2 / 2)
        case "normal":
            return numbers[0]
        case "choice":
            return sum(n * w for n, w in zip(numbers, quantity.weights, strict=True)) / sum(quantity.weights)
        case _:
            return sum(numbers) / len(numbers)


def long_value(quantity: Distribution) -> float:
    """95th percentile of a distribution without an upper bound, the largest value of one with.

    >>> long_value(Distribution("uniform", (1.0, 3.0)))
    3.0
    """
    numbers = quantity.numbers
    match quantity.kind:
        case "exponential":
            return numbers[0] * P95
        case "normal":
            return numbers[0] + NORMAL_P95 * numbers[1]
        case "choice":
            return max(n for n, w in zip(numbers, quantity.weights, strict=True) if w)
        case _:
            return max(numbers)

"""A worker's rate limits: which requests they hold back, and until when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulator.engine.clock import Call
from simulator.engine.context import Context
from simulator.engine.state import Delivery
from simulator.engine.tasks import Task
from simulator.engine.worker.hub_timers import HubTimers
from simulator.engine.worker.life import Life
from simulator.engine.worker.limits import Bucket
from simulator.engine.worker.slots import Slots


class RateLimits:
    """The buckets of one worker, by task type."""

    def __init__(
        self,
        context: Context,
        life: Life,
        tasks: Mapping[str, Task],
        pool: Slots,
        submit: Callable[[Delivery], None],
        when_free: Callable[[Callable[[Any], None], Any], None],
        call_at: Callable[[int, Callable[[Any], None], Any], Call],
    ) -> None:
        """Limit what the tasks declare.

        Args:
            context: the ground of the run.
            life: the worker.
            tasks: what it has loaded, by name.
            pool: asked how much it runs.
            submit: takes a request that nothing holds back any more.
            when_free: runs an action in the worker's loop, once nothing blocks it.
            call_at: sets a timer of that loop.
        """
        settings = context.settings
        self.clock = context.clock
        self.life = life
        self.tasks = tasks
        self.pool = pool
        self.rates: dict[str, float] = {}
        """Rates set by remote control, by task type."""
        turns = settings.rate_limit_timers and context.transport.has_loop and not (life.green or life.solo)
        self.hub_timers = HubTimers(context.clock, life, self._pour) if turns else None
        """The timers of the loop; None if each bucket has one that is never late."""
        self.buckets: dict[str, Bucket] = {}
        self._disabled = settings.worker_disable_rate_limits
        self._submit = submit
        self._when_free = when_free
        self._call_at = call_at

    def rate(self, name: str) -> float:
        """Return the rate limit of a task in tasks per second; 0.0: no limit."""
        return 0.0 if self._disabled else self.rates.get(name, self.tasks[name].rate)

    def waiting(self) -> list[Delivery]:
        """Return the requests that are held back."""
        return [delivery for bucket in self.buckets.values() for delivery in bucket.waiting]

    def hold(self, delivery: Delivery) -> None:
        """Put a task into its bucket, which it leaves with the next token.

        Source: celery.worker.consumer.consumer: Consumer._limit_task, _schedule_bucket_request.
        """
        bucket = self.buckets.get(delivery.message.name)
        if bucket is None:
            bucket = self.buckets[delivery.message.name] = Bucket()
        bucket.waiting.append(delivery)
        self._refill(bucket, self.rate(delivery.message.name))

    def set(self, name: str, rate: float) -> None:
        """Set a task's rate (`rate_limit`); its bucket starts full."""
        self.rates[name] = rate
        bucket = self.buckets.get(name)
        if bucket is not None:
            if bucket.call is not None:
                self.clock.cancel(bucket.call)
                bucket.call = None
            bucket.next_token = 0
            self._refill(bucket, rate)

    def clear(self) -> None:
        """Drop all that is held back: the connection is lost."""
        for bucket in self.buckets.values():
            bucket.waiting.clear()
        if self.hub_timers is not None:
            self.hub_timers.clear()

    def _refill(self, bucket: Bucket, rate: float) -> None:
        now = self.clock.now
        for delivery in bucket.refill(now, rate):
            self._submit(delivery)
        if not bucket.waiting:
            return
        if self.hub_timers is not None:
            self.hub_timers.add(bucket)
        elif bucket.call is None:
            bucket.call = self._call_at(bucket.next_token, self._token, bucket)

    def _pour(self, bucket: Bucket) -> bool:
        """Hand over what a bucket lets go; return True if the pool has started something."""
        if not bucket.waiting:
            return False
        busy = self.pool.count_busy()
        for delivery in bucket.refill(self.clock.now, self.rate(bucket.waiting[0].message.name)):
            self._submit(delivery)
        return self.pool.count_busy() > busy

    def _token(self, bucket: Bucket) -> None:
        bucket.call = None
        self._when_free(self._refilled, bucket)

    def _refilled(self, bucket: Bucket) -> None:
        if bucket.waiting:
            self._refill(bucket, self.rate(bucket.waiting[0].message.name))

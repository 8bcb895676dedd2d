"""Rules by which a worker takes messages in and hands them to its pool, for the engine and for whoever watches.

The engine's consumer plays a run by `PrefetchWindow`, `TokenBucket` and `DRAIN`. `Intake` applies the same rules to the
events of a worker, so that what a reader is told of a limit is the limit that was in force. What no event marks (an
ETA that comes, a token that is there) follows from the time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from heapq import heappop, heappush
from operator import itemgetter
from typing import Any, Generic, TypeVar

from simulator.trace.events import SettingChanged, WorkerOnline
from simulator.trace.rates import parse_rate
from simulator.trace.time import MICROS, NEVER, to_micros
from simulator.world.timer_thread import TimerThread

GREEN = ("gevent", "eventlet")
"""Pools of greenlets."""
DRAIN = to_micros(0.1)
"""Time that a fresh worker's loop looks for more messages before it does anything else.

Source: celery.worker.loops: asynloop, _quick_drain (amqp only).
"""

EVENT_LOOPS = ("amqp", "redis", "sqs")
"""Transports on which a worker's loop fires its timers between turns (celery.worker.loops: asynloop)."""
LOSES_UNACKED = ("memory", "filesystem")
"""Transports where nothing puts back what a lost connection had taken out."""

Item = TypeVar("Item")


def overdue_fires_at(received: int, *busy_until: int) -> int:
    """Return when a task is released whose ETA had passed when it came: at the loop's next turn (microseconds).

    `busy_until`: other times before which the loop does not turn, such as the end of the drain after its start.

    Source: kombu.asynchronous.hub: Hub.create_loop (timers fire after the prefetch count is sent).
    """
    return max(received, *busy_until) + 1


class PrefetchWindow:
    """A worker's limit on unacknowledged messages.

    Source: kombu.common: QoS; celery.worker.strategy: default (increment_eventually), celery.worker.consumer.consumer:
    Consumer.apply_eta_task (decrement_eventually).
    """

    __slots__ = ("eta_limit", "limit", "size")

    def __init__(self, size: int, eta_limit: int | None) -> None:
        """Open a window of `size` messages (0: no limit), which held ETA tasks widen to `eta_limit` at most.

        A limit below the size narrows it, with the first such task.
        """
        self.size = size
        self.eta_limit = eta_limit or NEVER
        self.limit = size or NEVER
        """Messages it may hold now; `NEVER` without a limit."""

    def grow(self) -> None:
        """Make room beside a task that is held for its ETA."""
        if self.size:
            self.limit = min(self.limit + 1, self.eta_limit)

    def shrink(self) -> None:
        """Take that room back: the ETA has come, or the task is forgotten."""
        if self.size:
            self.limit = max(self.limit - 1, 1)

    def widen(self, by: int) -> None:
        """Change the size for good (`pool_grow`, `pool_shrink`, `autoscale`)."""
        if self.size:
            self.size += by
            self.limit = min(self.limit + by, self.eta_limit) if by > 0 else max(self.limit + by, 1)

    def reset(self) -> None:
        """Go back to the size: a new connection has a QoS of its own (celery.worker.consumer.tasks: Tasks.start)."""
        self.limit = self.size or NEVER

    def copy(self) -> PrefetchWindow:
        """Return an independent copy."""
        other = PrefetchWindow(self.size, self.eta_limit)
        other.limit = self.limit
        return other


class StaticWindow(PrefetchWindow):
    """A window that nothing changes, since `basic.qos` reaches no consumer that runs already: one for each queue.

    Source: celery.worker.consumer.tasks: Tasks.qos_global (quorum queues; RabbitMQ refuses a global QoS for them).
    """

    __slots__ = ()

    def grow(self) -> None:
        """Do nothing: a task held for its ETA takes up its place."""

    def shrink(self) -> None:
        """Do nothing."""

    def widen(self, by: int) -> None:
        """Do nothing."""

    def copy(self) -> PrefetchWindow:
        """Return an independent copy."""
        return StaticWindow(self.size, None)


class TokenBucket(Generic[Item]):
    """Requests of one task type that its rate limit holds back in a worker, and when the next one may go.

    Source: kombu.utils.limits: TokenBucket, with the capacity of 1 that Celery gives it.
    """

    __slots__ = ("fires", "next_token", "waiting")

    def __init__(self) -> None:
        """Begin with a token."""
        self.waiting: deque[Item] = deque()
        """Requests without a token, first received first."""
        self.next_token = 0
        """Time of the next token, in microseconds."""
        self.fires = 0
        """Time at which a timer looks for it; 0: none is set."""

    def refill(self, now: int, rate: float) -> Iterator[Item]:
        """Yield what may go at `now`; a rate of 0 is no limit."""
        while self.waiting and (not rate or now >= self.next_token):
            if rate:
                self.next_token = now + round(MICROS / rate)
            yield self.waiting.popleft()


class Intake:
    """A worker's limits as they follow from its events: prefetch window, rate limits, the drain after its start."""

    __slots__ = (
        *("buckets", "connected_at", "counts_tokens", "drain_until", "drains", "multiplier", "online", "pending"),
        *("due", "green", "has_pool_queue", "rates", "solo", "thread", "times_overdue", "window"),
    )

    def __init__(self, info: WorkerOnline, online: int, tasks: Mapping[str, Mapping[str, Any]]) -> None:
        """Begin with a worker that came online with the event at index `online`, in a run of these `tasks`."""
        settings = info.settings
        self.online = online
        self.connected_at = info.t
        self.solo = info.pool == "solo"
        self.green = info.pool in GREEN
        self.has_pool_queue = info.pool == "threads" and settings.get("transport") not in LOSES_UNACKED
        """True if the pool has a queue of its own, which a lost connection does not empty."""
        self.due: set[int] = set()
        """Delivery tags of tasks whose ETA has come and that widen the window until they start (greenlets)."""
        self.multiplier = info.prefetch_count // max(1, (settings.get("autoscale") or [info.concurrency])[0])
        window = StaticWindow if settings.get("static_window") else PrefetchWindow
        self.window = window(info.prefetch_count, settings.get("worker_eta_task_limit"))
        self.counts_tokens = not settings.get("worker_disable_rate_limits")
        self.rates: dict[str, float] = {}
        """Tasks a second, by task that has ever had a limit."""
        if self.counts_tokens:
            limited = {name: said["rate_limit"] for name, said in tasks.items() if said.get("rate_limit")}
            self.rates = {name: parse_rate(rate) for name, rate in limited.items()}
        self.buckets: dict[str, TokenBucket[int]] = {}
        """Delivery tags held back, by task."""
        self.pending: list[tuple[int, int, int, int]] = []
        """(time of release, ETA, delivery tag, message) of what is held for an ETA; a heap."""
        transport = settings.get("transport")
        self.thread = TimerThread(info.t) if settings.get("timer_thread") else None
        """The thread that fires its timers, late; None where they fire in time."""
        self.times_overdue = (transport in EVENT_LOOPS and not self.green) or self.thread is not None
        """True if a task whose ETA has passed when it comes is held, too, until the timers fire."""
        self.drains = transport == "amqp" and settings.get("startup_drain") is not False and not self.green
        self.drain_until = 0
        """Until when the worker, fresh, starts nothing; 0 where it does."""

    def copy(self) -> Intake:
        """Return an independent copy."""
        other = Intake.__new__(Intake)
        for name in self.__slots__:
            setattr(other, name, getattr(self, name))
        other.window = self.window.copy()
        other.thread = self.thread and self.thread.copy()
        other.rates, other.pending, other.due = self.rates.copy(), self.pending.copy(), self.due.copy()
        other.buckets = {}
        for name, bucket in self.buckets.items():
            copied = other.buckets[name] = TokenBucket[int]()
            copied.waiting, copied.next_token, copied.fires = bucket.waiting.copy(), bucket.next_token, bucket.fires
        return other

    def connect(self, now: int) -> None:
        """Take note of a new connection; its heartbeat, which the timers' sleep goes by, begins with it."""
        self.connected_at = now
        if self.thread is not None:
            self.thread = TimerThread(now)

    def schedule(self, tag: int, message: int, eta: int, now: int) -> None:
        """Hold a task for its ETA, outside the window; if that has passed, until the timers fire."""
        self.window.grow()
        if self.thread is not None:
            fires = self.thread.enter(now, eta)
        else:
            fires = eta if eta > now else overdue_fires_at(now, self.drain_until)
        heappush(self.pending, (fires, eta, tag, message))

    def settle(self, now: int, name_of: Callable[[int], str]) -> None:
        """Bring about what time alone does until `now`: ETAs come, tokens are there.

        A solo worker's loop stands still while it runs something; call this only when it does not.

        Args:
            now: the time, in microseconds.
            name_of: tells the task of a message.
        """
        while True:
            name, at = min(self._tokens(), key=itemgetter(1), default=("", NEVER))
            if self.pending and self.pending[0][0] <= min(at, now):
                self._come(*heappop(self.pending), name_of)
            elif at <= now:
                self._refill(self.buckets[name], self.rates.get(name, 0.0), at, by_timer=True)
            else:
                return

    def _tokens(self) -> Iterator[tuple[str, int]]:
        """Iterate over the tasks that wait for a token, with its time; a solo worker's go when they are started."""
        if not self.solo:
            for name, bucket in self.buckets.items():
                if bucket.waiting:
                    yield name, bucket.fires

    def _come(self, at: int, eta: int, tag: int, message: int, name_of: Callable[[int], str]) -> None:
        """Take note that the timer of an ETA has fired."""
        name = name_of(message)
        if self.green and not self.rates.get(name):
            self.due.add(tag)
        else:
            self.window.shrink()
        if self.solo and self.rates.get(name):
            self._bucket(name).waiting.append(tag)
        else:
            self.limit(name, tag, at, by_timer=True)

    def _refill(self, bucket: TokenBucket[int], rate: float, now: int, *, by_timer: bool = False) -> None:
        """Let go what has a token, and set a timer for the rest."""
        for _ in bucket.refill(now, rate):
            pass
        if bucket.waiting and bucket.fires <= now:
            due = bucket.next_token
            bucket.fires = due if self.thread is None else self.thread.enter(now, due, by_timer=by_timer)

    def limit(self, name: str, tag: int, now: int, *, by_timer: bool = False) -> None:
        """Put a request into its task's bucket where that has a rate limit, and let go what has a token."""
        rate = self.rates.get(name)
        if not rate:
            return
        bucket = self._bucket(name)
        bucket.waiting.append(tag)
        self._refill(bucket, rate, now, by_timer=by_timer)

    def _bucket(self, name: str) -> TokenBucket[int]:
        bucket = self.buckets.get(name)
        if bucket is None:
            bucket = self.buckets[name] = TokenBucket()
        return bucket

    def next_start(self, bucket: TokenBucket[int]) -> int:
        """Return when the next request of a bucket may go: when its timer fires that looks for the token."""
        return bucket.next_token if self.thread is None or self.solo else max(bucket.next_token, bucket.fires)

    def leave(self, tag: int, now: int) -> None:
        """Take a request out of its bucket that a solo worker has started or given up: it had a token."""
        for name, bucket in self.buckets.items():
            if tag in bucket.waiting:
                bucket.waiting.remove(tag)
                rate = self.rates.get(name)
                bucket.next_token = now + round(MICROS / rate) if rate else 0

    def start(self, tag: int) -> None:
        """Take note that a request has a slot, or is dropped."""
        if tag in self.due:
            self.due.remove(tag)
            self.window.shrink()

    def drain(self, now: int, ready_since: int) -> None:
        """Take note of a message that was received; it was ready since the event at index `ready_since`."""
        if ready_since > self.online:
            self.drains, self.drain_until = False, 0
        else:
            self.drain_until = max(self.connected_at + DRAIN, now)

    def keeps(self, tag: int) -> bool:
        """Return True if a received request is held back by nothing, so that its pool has it."""
        limited = any(tag in bucket.waiting for bucket in self.buckets.values())
        return not limited and all(held != tag for _, _, held, _ in self.pending)

    def forget(self) -> None:
        """Start over with a connection that is lost: nothing waits, and the next one has a window of its own."""
        self.window.reset()
        self.pending.clear()
        self.due.clear()
        for bucket in self.buckets.values():
            bucket.waiting.clear()

    def change(self, event: SettingChanged, slots: int) -> None:
        """Apply a command of remote control to a worker whose pool has so many slots.

        A pool without processes leaves the window as it is (celery.worker.consumer.consumer:
        Consumer._update_prefetch_count).
        """
        setting, value = event.setting, event.value
        if setting == "pool_grow":
            self.window.widen(value * self.multiplier)
        elif setting == "pool_shrink" and value < slots:
            self.window.widen(-value * self.multiplier)
        elif setting == "autoscale" and value[0] is not None:
            self.window.widen(value[0] * self.multiplier - self.window.size)
        elif setting.startswith("rate_limit.") and self.counts_tokens:
            name = setting.removeprefix("rate_limit.")
            self.rates[name] = rate = parse_rate(value)
            bucket = self.buckets.get(name)
            if bucket is not None:
                bucket.next_token = bucket.fires = 0
                self._refill(bucket, rate, event.t)

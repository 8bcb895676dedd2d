"""Interfaces between the broker, its transports and the workers.

They are base classes and no protocols, because each is used several times a task: a compiled engine (`make compiled`)
finds their methods without looking up names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from simulator.engine.state import Queue, Sink
from simulator.scenario.profiles import WorkerOptions
from simulator.trace.events import ReleaseReason
from simulator.trace.time import NEVER
from simulator.world.intake import PrefetchWindow


class Credit:
    """A consumer's prefetch window, as far as the broker knows."""

    known: int
    """The prefetch count."""


class Subscriber(Sink):
    """A consumer, as a transport sees it."""

    index: int
    """Declaration index of its worker."""
    on_delivery: int
    on_timer: int
    queues: list[Queue]
    queue_names: tuple[str, ...]
    options: WorkerOptions
    """Its `broker_transport_options`."""
    window: PrefetchWindow
    """The prefetch window: how many unacknowledged messages it may hold."""
    phase: int
    """Microseconds from connecting to its first poll, if it polls."""
    since: int
    """Time of its last connection, in microseconds."""
    qos: Credit
    is_loop: bool
    """True if the loop that asks for messages runs the tasks itself (solo)."""
    quit: Callable[[Literal["consumer-timeout"]], None]
    """Shuts the worker down because the broker has closed its channel."""

    def has_room(self) -> bool:
        """Return True if it would take another message now."""
        raise NotImplementedError

    def is_blocked(self) -> bool:
        """Return True if a hand-over or a task blocks its loop, so that it cannot even poll."""
        raise NotImplementedError


class Subscription:
    """A transport's state for one consumer, and the notifications from that consumer. `cause` is an event index."""

    request_opened_at: int
    """Time at which its request was opened; `NEVER` if none is open."""
    delivery_in_transit: bool
    """True if a message that a blocking read waited for is in transit."""

    def open(self, cause: int) -> None:
        """Start consuming the consumer's queues."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop consuming."""
        raise NotImplementedError

    def settle(self, cause: int) -> None:
        """Take note that the consumer has room for another message."""
        raise NotImplementedError

    def filled(self) -> None:
        """Take note that the window has shrunk and the consumer is full without a delivery."""
        raise NotImplementedError

    def turned(self, cause: int) -> None:
        """Take note that the worker's loop has finished with the delivered message."""
        raise NotImplementedError

    def abandon(self, cause: int, why: ReleaseReason, closed: bool) -> None:
        """Dispose of the unacknowledged messages of a connection that has ended.

        `closed`: whether the worker closed it itself and could still talk to the broker.
        """
        raise NotImplementedError

    def next_sweep(self, delivered: int, now: int) -> int:
        """Return the time of its first sweep from `now` on that finds a lease expired which began at `delivered`.

        `NEVER` if the worker does not sweep. Times in microseconds.
        """
        return NEVER

    def leave_lock(self) -> int:
        """Take the lock of a sweep and leave it behind; return until when it stays, 0 if another holds it."""
        return 0

    def silent_polls(self, end: int) -> int:
        """Return the number of empty polls without an event, up to and including `end` (microseconds)."""
        raise NotImplementedError


class Transport:
    """The way ready messages reach workers."""

    rejected: str
    """Destination of a message rejected with requeue: `original`, `front` or `back`."""
    turns: bool
    """True if subscriptions need `turned`, once per turn of the worker's loop."""

    def subscription(self, subscriber: Subscriber) -> Subscription:
        """Return the subscription of a new consumer; it is opened when the consumer connects."""
        raise NotImplementedError

    def ready(self, queue: Queue) -> None:
        """Take note that a message became ready in a queue."""
        raise NotImplementedError

    def returns(self) -> dict[int, int]:
        """Return when each leased message would be ready again (microseconds), by message id; none is leased here."""
        return {}

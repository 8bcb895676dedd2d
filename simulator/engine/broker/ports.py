"""What broker, transport and workers need of each other."""

from __future__ import annotations

from typing import Literal, Protocol

from simulator.engine.state import Queue, Sink
from simulator.trace.events import PartingReason


class Subscriber(Sink, Protocol):
    """A consumer, as a transport sees it."""

    index: int
    """Of its worker, in order of declaration."""
    on_delivery: int
    on_timer: int
    queues: list[Queue]
    queue_names: tuple[str, ...]
    limit: int
    """How many unacknowledged messages it may have."""
    phase: int
    """How long after it connects it asks for the first time, where it asks."""
    since: int
    """When it last connected."""

    def has_room(self) -> bool:
        """Whether it would take another message now."""

    def stands(self) -> bool:
        """Whether its loop stands still in a hand-over or a task, so that it cannot even ask."""

    def quit(self, why: Literal["consumer-timeout"]) -> None:
        """The broker has closed its channel."""


class Subscription(Protocol):
    """What a transport keeps about one consumer, and what the consumer tells it. `cause` is always an event's index."""

    in_hand: bool
    """Whether a message that was waited for is on its way."""

    def open(self, cause: int) -> None:
        """The consumer begins to consume its queues."""

    def close(self) -> None:
        """It consumes no more."""

    def settle(self, cause: int) -> None:
        """It may hold a message more than before."""

    def filled(self) -> None:
        """It has no room any more, without having been given a message: its window has shrunk."""

    def turned(self, cause: int) -> None:
        """Its loop is through with the message it was given."""

    def abandon(self, cause: int, why: PartingReason, closed: bool) -> None:
        """Its connection has ended: what becomes of all that it had not acknowledged.

        `closed`: the worker has closed it itself, so it could say something first.
        """

    def silent_polls(self, end: int) -> int:
        """Empty polls of this worker that no event tells of, up to and including the time `end`."""


class Transport(Protocol):
    """How a ready message reaches a worker."""

    rejected: str
    """Where a message goes that is rejected with requeue: `original`, `front` or `back`."""
    turns: bool
    """Whether a subscription has to be told when the loop has turned."""

    def subscription(self, subscriber: Subscriber) -> Subscription:
        """The record of a consumer that has just been made; it is opened when the consumer connects."""

    def ready(self, queue: Queue) -> None:
        """A message became ready in a queue."""

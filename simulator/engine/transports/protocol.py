"""What the broker and the workers need of a transport."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from simulator.engine.broker import Queue
    from simulator.engine.consumer import Consumer


class Transport(Protocol):
    """A strategy; `cause` is always an event's index."""

    rejected: str
    """Where a message goes that is rejected with requeue: `original`, `front` or `back`."""
    turns: bool
    """Whether `turned` has to be called."""

    def subscribe(self, consumer: Consumer, cause: int) -> None:
        """A worker begins to consume its queues."""

    def unsubscribe(self, consumer: Consumer) -> None:
        """A worker consumes no more."""

    def ready(self, queue: Queue) -> None:
        """A message became ready in a queue."""

    def settle(self, consumer: Consumer, cause: int) -> None:
        """A worker may hold a message more than before."""

    def filled(self, consumer: Consumer) -> None:
        """A worker has no room any more, without having been given a message: its window has shrunk."""

    def turned(self, consumer: Consumer, cause: int) -> None:
        """A worker's loop is through with the message it was given."""

    def abandon(self, consumer: Consumer, cause: int, why: str, closed: bool) -> None:
        """A worker's connection has ended: what becomes of all that it had not acknowledged.

        `closed`: the worker has closed it itself, so it could say something first.
        """

    def silent_polls(self, name: str, end: int) -> int:
        """Empty polls of a worker that no event tells of, up to and including the time `end`."""

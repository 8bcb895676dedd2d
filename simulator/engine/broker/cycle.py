"""The order in which a worker's queues are served."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from simulator.engine.state import PriorityQueue, Queue

SPARSE = 8
"""If fewer than one queue in this many has a message, only those are checked; else all, in order."""


class Cycle:
    """One worker's queues, in the order they are checked.

    With priority steps, a message of a better step goes first, whatever its queue. Source: kombu.utils.scheduling:
    round_robin_cycle, priority_cycle, sorted_cycle; kombu.transport.redis: Channel._brpop_start (priority by priority,
    queue by queue).
    """

    def __init__(
        self, queues: Sequence[Queue], strategy: str, *, by_steps: bool = False, ready: set[Queue] | None = None
    ) -> None:
        """Start at the first queue.

        Args:
            queues: the queues to serve.
            strategy: `queue_order_strategy`.
            by_steps: whether a better priority step goes first, whatever its queue.
            ready: the queues that have a message, where that set is maintained.
        """
        ordered = sorted(queues, key=lambda queue: queue.name) if strategy == "sorted" else queues
        self._turns = OrderedDict((queue, turn) for turn, queue in enumerate(ordered))
        """The turn in which each queue was last served, least recent first."""
        self._turn = len(queues)
        self._only = queues[0] if len(queues) == 1 else None
        self._rotates = strategy == "round_robin" and len(queues) > 1
        self._by_steps = by_steps and any(isinstance(queue, PriorityQueue) for queue in queues)
        self._ready = ready

    def filled(self) -> list[Queue]:
        """Return the queues that have a message, in order of their turns."""
        ready = self._ready
        if ready is not None and len(ready) * SPARSE < len(self._turns):
            return sorted(ready, key=self._turns.__getitem__)
        return [queue for queue in self._turns if queue.size]

    def first(self) -> Queue | None:
        """Return the queue to serve next, without advancing; None if all are empty."""
        if self._only is not None:
            return self._only if self._only.size else None
        queues: Iterable[Queue] = self._turns
        if self._ready is not None and len(self._ready) * SPARSE < len(self._turns):
            queues = self.filled()
        best, found = 0, None
        for queue in queues:
            if queue.size:
                if not self._by_steps:
                    return queue
                rank = queue.head().rank
                if found is None or rank < best:
                    best, found = rank, queue
                    if not rank:
                        break
        return found

    def next(self) -> Queue | None:
        """Return the queue to serve now and advance: under round robin it moves to the end."""
        only = self._only
        if only is not None:
            return only if only.size else None
        queue = self.first()
        if self._rotates and queue is not None:
            self._turns[queue] = self._turn
            self._turns.move_to_end(queue)
            self._turn += 1
        return queue

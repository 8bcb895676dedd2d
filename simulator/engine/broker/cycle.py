"""Which of its queues a worker is served from."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.engine.state import PriorityQueue, Queue


class Cycle:
    """The queues of one worker, in the order in which they are looked at.

    With priority steps a message of a better step goes first, whatever its queue. Source: kombu.utils.scheduling:
    round_robin_cycle, priority_cycle, sorted_cycle; kombu.transport.redis: Channel._brpop_start (priority by priority,
    queue by queue).
    """

    def __init__(self, queues: Sequence[Queue], strategy: str, *, by_steps: bool) -> None:
        """Begin with the first queue; `by_steps`: whether a better step goes first, whatever its queue."""
        self.queues = sorted(queues, key=lambda queue: queue.name) if strategy == "sorted" else list(queues)
        self._only = self.queues[0] if len(self.queues) == 1 else None
        self._rotates = strategy == "round_robin" and len(self.queues) > 1
        self._by_steps = by_steps and any(isinstance(queue, PriorityQueue) for queue in queues)

    def first(self) -> Queue | None:
        """The queue with the message that is served next."""
        if self._only is not None:
            return self._only if self._only.size else None
        if not self._by_steps:
            for queue in self.queues:
                if queue.size:
                    return queue
            return None
        best, found = 0, None
        for queue in self.queues:
            if queue.size:
                rank = queue.head().rank
                if found is None or rank < best:
                    best, found = rank, queue
                    if not rank:
                        break
        return found

    def next(self) -> Queue | None:
        """The same, to be served now: in a round robin it is the last one from then on."""
        only = self._only
        if only is not None:
            return only if only.size else None
        queue = self.first()
        if self._rotates and queue is not None:
            self.queues.remove(queue)
            self.queues.append(queue)
        return queue

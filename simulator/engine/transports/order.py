"""Which of its queues a worker is served from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.engine.broker import Queue


class Cycle:
    """The queues of one worker, in the order in which they are looked at.

    A message of a better priority step goes first, whatever its queue. Source: kombu.utils.scheduling:
    round_robin_cycle, priority_cycle, sorted_cycle; kombu.transport.redis: Channel._brpop_start (priority by priority,
    queue by queue).
    """

    def __init__(self, queues: Sequence[Queue], strategy: str) -> None:
        self.queues = sorted(queues, key=lambda queue: queue.name) if strategy == "sorted" else list(queues)
        self._rotates = strategy == "round_robin" and len(self.queues) > 1
        self._steps = any(queue.steps for queue in queues)

    def first(self) -> Queue | None:
        """The queue with the message that is served next."""
        ready = [queue for queue in self.queues if queue.ready] if len(self.queues) > 1 else self.queues
        if not ready or not ready[0].ready:
            return None
        return min(ready, key=lambda queue: queue.ready[0].rank) if self._steps and len(ready) > 1 else ready[0]

    def served(self, queue: Queue) -> None:
        """A message came from that queue: in a round robin it is the last one now."""
        if self._rotates:
            self.queues.remove(queue)
            self.queues.append(queue)

"""Rate limits: a one-token bucket per task type and worker.

Source: kombu.utils.limits: TokenBucket, with the capacity of 1 that Celery gives it.
"""

from __future__ import annotations

from collections import deque

from simulator.engine.clock import Call
from simulator.engine.state import Delivery


class Bucket:
    """A worker's rate-limited requests of one task type."""

    def __init__(self) -> None:
        self.waiting: deque[Delivery] = deque()
        """Requests without a token, first received first."""
        self.next_token = 0
        """When the next token is available, in microseconds."""
        self.call: Call | None = None
        """The scheduled call at that time, while requests wait."""

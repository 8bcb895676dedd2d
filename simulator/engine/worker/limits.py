"""Rate limits: a one-token bucket per task type and worker."""

from __future__ import annotations

from simulator.engine.clock import Call
from simulator.engine.state import Delivery
from simulator.world.intake import TokenBucket


class Bucket(TokenBucket[Delivery]):
    """A worker's rate-limited requests of one task type, with the timer of the next token."""

    def __init__(self) -> None:
        """Begin with a token and nothing waiting."""
        super().__init__()
        self.call: Call | None = None
        """The call at the next token, while something waits."""

"""The view of a pool that the parts of its worker share."""

from __future__ import annotations

from collections.abc import Callable

from simulator.engine.executions import Execution
from simulator.engine.state import Delivery
from simulator.trace.events import ExitReason


class Slots:
    """The slots of a pool, with the beginning and end of executions in them.

    A base class rather than a Protocol, because it is used several times a task (see `engine.broker.ports`).
    """

    size: int
    """Target number of slots."""
    free: list[int]
    """Slots that run nothing, a heap."""
    active: dict[int, Execution]
    """Executions by slot."""
    paused: bool
    """True if nothing can be handed over for a moment."""
    waits_in_line: bool
    """True if the consumer itself is blocked in the hand-over until a slot is free.

    Source: billiard.pool: Pool.apply_async (waitforslot), celery.worker.components: Pool.create (putlocks).
    """
    has_queue: bool
    """True if requests wait in a queue of the pool's own, which a lost connection does not empty.

    Source: celery.concurrency.thread: TaskPool.on_apply (ThreadPoolExecutor.submit); celery.worker.consumer.consumer:
    Consumer.on_close (clears what waits elsewhere); a worker of 5.7 whose connection to RabbitMQ was cut.
    """
    tell: Callable[[Execution], None]
    """Called with each result that a child sends."""
    slot_is_free: Callable[[int], None]
    """Called with the index of the causing event when a slot has become free, or is gone."""

    def begin(self, delivery: Delivery, cause: int) -> None:
        """Hand a request to a free slot."""
        raise NotImplementedError

    def count_busy(self) -> int:
        """Return the number of slots whose execution has not ended."""
        raise NotImplementedError

    def reported(self, execution: Execution) -> None:
        """Process a result."""
        raise NotImplementedError

    def interrupt(self, execution: Execution) -> None:
        """Cancel whatever an execution has scheduled."""
        raise NotImplementedError

    def let_go(self, execution: Execution) -> None:
        """Mark an execution's delivery as no longer running."""
        raise NotImplementedError

    def lost(self, execution: Execution, cause: int) -> int:
        """Handle the death of a running task's child; return the index of the last event it led to."""
        raise NotImplementedError

    def out_of_time(self, execution: Execution) -> None:
        """Report the hard time limit of a task whose child is dead already."""
        raise NotImplementedError

    def end_child(self, execution: Execution, why: ExitReason, cause: int) -> None:
        """Kill the child of an execution that is already reported."""
        raise NotImplementedError

    def leave(self, execution: Execution, cause: int) -> None:
        """Remove a finished execution from its slot."""
        raise NotImplementedError

    def free_slot(self, slot: int, cause: int) -> None:
        """Let a slot take the next request."""
        raise NotImplementedError

    def reap_children(self) -> None:
        """Notice dead children."""
        raise NotImplementedError

"""The lifecycle of deliveries: received, perhaps held for an ETA, started in a free slot, ended once.

Every simulated run keeps it. A recording of a real Celery may lack the event that led to another one, so its deliveries
are not followed.
"""

from __future__ import annotations

from typing import Any, Final

from simulator.trace import events as ev
from simulator.trace.bounds import Violation

DELIVERED: Final = 0
RECEIVED: Final = 1
STARTED: Final = 2
REJECTED: Final = 3
FAILED: Final = 4
"""A worker may report both of them, in either order."""
OVER: Final = 5

STAGES = ("delivered", "received", "started", "rejected", "failed", "over")
"""Names of the stages, as problems give them."""


class Lifecycle:
    """The stage of each delivery, and the execution in each slot."""

    __slots__ = ("_held", "_slots", "_stages", "_workers")

    def __init__(self) -> None:
        """Start before the first event."""
        self._stages: dict[int, int] = {}
        self._workers: dict[str, dict[int, int]] = {}
        """The delivery that runs in each slot, by worker."""
        self._slots: dict[int, int] = {}
        """The slot of each delivery that runs."""
        self._held: dict[str, dict[int, None]] = {}
        """Deliveries that are not over, by worker."""

    def _refuse(self, event: Any) -> None:
        stage = STAGES[self._stages[event.delivery_tag]]
        raise Violation("trace.life", kind=event.type, delivery=event.delivery_tag, stage=stage)

    # -- workers ------------------------------------------------------------------------------------------------

    def begin(self, hostname: str) -> None:
        """Begin a worker's process, or end one that is killed: its deliveries are over, and its pool is empty."""
        self._workers[hostname] = {}
        self._stages.update(dict.fromkeys(self._held.get(hostname, ()), OVER))
        self._held[hostname] = {}

    def exit(self, event: ev.ChildExited) -> None:
        """Free the slot of a child that exited; its execution may still be reported as failed."""
        self._workers[event.hostname].pop(event.slot, None)

    # -- deliveries ---------------------------------------------------------------------------------------------

    def deliver(self, tag: int, hostname: str) -> None:
        """Make a delivery."""
        self._stages[tag] = DELIVERED
        self._held[hostname][tag] = None

    def receive(self, event: ev.TaskReceived) -> None:
        """Receive a task, once a delivery."""
        if self._stages[event.delivery_tag] != DELIVERED:
            self._refuse(event)
        self._stages[event.delivery_tag] = RECEIVED

    def hold(self, event: ev.TaskScheduled) -> None:
        """Hold a received task for its ETA."""
        if self._stages[event.delivery_tag] != RECEIVED:
            self._refuse(event)

    def start(self, event: ev.TaskStarted) -> None:
        """Start a received task in a slot that runs nothing."""
        tag, slot = event.delivery_tag, event.slot
        if self._stages[tag] != RECEIVED:
            self._refuse(event)
        running = self._workers[event.hostname]
        if slot in running:
            raise Violation("trace.slot_taken", slot=slot, worker=event.hostname, delivery=running[slot])
        self._stages[tag] = STARTED
        running[slot] = tag
        self._slots[tag] = slot

    def effect(self, event: ev.Effect) -> None:
        """Have an effect, while the task runs."""
        if self._stages[event.delivery_tag] != STARTED:
            self._refuse(event)

    def end(self, event: Any) -> None:
        """End an execution in its slot; without a slot (0), a delivery that was never started."""
        tag, slot, kind = event.delivery_tag, event.slot, type(event)
        stage = self._stages[tag]
        after = FAILED if kind is ev.TaskFailed else REJECTED if kind is ev.TaskRejected else OVER
        if stage > STARTED:
            if {stage, after} != {REJECTED, FAILED}:
                self._refuse(event)
            after = OVER
        if slot != self._slots.get(tag, 0):
            self._refuse(event)
        self._stages[tag] = after
        self._free(event.hostname, tag)

    def revoke(self, event: ev.TaskRevoked) -> None:
        """Discard a delivery, whether it has started or not."""
        if self._stages[event.delivery_tag] > STARTED:
            self._refuse(event)
        self._stages[event.delivery_tag] = OVER
        self._free(event.hostname, event.delivery_tag)

    def _free(self, hostname: str, tag: int) -> None:
        self._held[hostname].pop(tag, None)
        slot = self._slots.get(tag)
        running = self._workers[hostname]
        if slot is not None and running.get(slot) == tag:
            del running[slot]

"""Locks with a lease that sends or bodies take, so that a task is not queued, or does not run, twice at once."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.engine.state import Message
from simulator.scenario.schema import Lock as LockSpec
from simulator.trace.time import NEVER, to_micros


class Lock:
    """The lock of one task type."""

    def __init__(self, task: str, spec: LockSpec) -> None:
        """Read its settings; nobody holds it yet."""
        self.by_send = spec.by == "send"
        self.skips = spec.held == "skip"
        self.lease = to_micros(spec.lease) if spec.lease is not None else NEVER
        self._task = task
        self._key = spec.key

    def key(self, message: Message) -> str:
        """Return the key in Redis: as set, else the task's name with its arguments."""
        if self._key is not None:
            return self._key
        given = [*map(repr, message.args), *(f"{name}={value!r}" for name, value in message.kwargs.items())]
        return f"{self._task}({', '.join(given)})"


class Locks:
    """All locks of a run, held or free.

    A lock ends when its holder releases it, or with its lease. A process that dies releases nothing; a holder whose
    lease is over does not release the lock of the next one.

    Source: celery_once.tasks: QueueOnce.apply_async (no lock for retries), after_return (not after a retry, Ignore or
    Reject); redis.lock: Lock (SET NX PX, a token for each holder).
    """

    def __init__(self, specs: Mapping[str, LockSpec]) -> None:
        """Start with all locks free; `specs` by task."""
        found = {name: Lock(name, spec) for name, spec in specs.items()}
        self.by_send = {name: lock for name, lock in found.items() if lock.by_send}
        self.by_body = {name: lock for name, lock in found.items() if not lock.by_send}
        self._held: dict[str, tuple[object, int]] = {}
        """Holder and end of the lease by key."""

    def take(self, key: str, holder: object, now: int, lease: int) -> bool:
        """Take a lock unless another holder's lease is running; return whether it was taken."""
        held = self._held.get(key)
        if held is not None and now < held[1]:
            return False
        self._held[key] = (holder, min(now + lease, NEVER))
        return True

    def release(self, key: str, holder: object) -> None:
        """Release a lock if this holder still has it."""
        held = self._held.get(key)
        if held is not None and held[0] == holder:
            del self._held[key]

    def admits(self, message: Message, now: int) -> bool:
        """Take the lock of a send; return False if the task is queued or runs already. A retry needs none."""
        lock = self.by_send.get(message.name)
        return lock is None or bool(message.retries) or self.take(lock.key(message), message.uuid, now, lock.lease)

    def finish(self, message: Message) -> None:
        """Release what the send of a task took that has ended."""
        lock = self.by_send.get(message.name)
        if lock is not None:
            self.release(lock.key(message), message.uuid)

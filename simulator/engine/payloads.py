"""Payloads: the memory that a broker's messages take, and a Redis that is full."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from simulator.engine.state import Message


class Payloads:
    """The sizes of messages by task type, and the memory that the broker has for them.

    A message takes its memory from the publish until it is acknowledged. Beyond the limit every publish is refused.

    Source: Redis: `maxmemory` with the policy `noeviction`, its default (OOM command not allowed when used memory >
    'maxmemory'); redis.exceptions.OutOfMemoryError is none of the errors that kombu retries.
    """

    def __init__(self, megabytes: Mapping[str, float], limit: float, messages: Callable[[], Iterable[Message]]) -> None:
        """Keep the sizes (MB, by task type) and the limit (MB); `messages` are those that the broker holds."""
        self._megabytes = megabytes
        self._limit = limit
        self._messages = messages

    def fits(self, message: Message) -> bool:
        """Return whether the broker has room for one more message."""
        sizes = self._megabytes
        taken = sum(sizes.get(held.name, 0.0) for held in self._messages())
        return taken + sizes.get(message.name, 0.0) <= self._limit

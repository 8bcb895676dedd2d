"""Numbers that change with events, read at any cursor."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from itertools import accumulate


class Levels:
    """A number that changes with events: how many messages are ready in a queue. Never below 0."""

    def __init__(self) -> None:
        """Zero, from the start on."""
        self.indices: list[int] = [-1]
        self.times: list[int] = [0]
        self.values: list[float] = [0]

    def change(self, index: int, time: int, by: float) -> None:
        """It changed with an event."""
        self.set(index, time, max(0, self.values[-1] + by))

    def set(self, index: int, time: int, value: float) -> None:
        """It has a value from an event on."""
        self.indices.append(index)
        self.times.append(time)
        self.values.append(value)

    def at(self, cursor: int) -> float:
        """Its value after the first `cursor` events."""
        return self.values[bisect_left(self.indices, cursor) - 1]

    def highest(self, cursor: int) -> float:
        """Its largest value up to then."""
        return self._highest[bisect_left(self.indices, cursor) - 1]

    @cached_property
    def _highest(self) -> list[float]:
        return list(accumulate(self.values, max))

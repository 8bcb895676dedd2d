"""SimPy's environment, driving the agenda of a clock."""

from __future__ import annotations

from typing import Protocol

import simpy


class Agenda(Protocol):
    """A clock with scheduled calls of its own."""

    now: int
    """The current time, in microseconds."""

    def step(self) -> None:
        """Run the next calls; raises `StopSimulation` at the end."""


class Kernel(simpy.Environment):
    """SimPy's `Environment` with the agenda and the time of a clock, lighter than its own."""

    def __init__(self, agenda: Agenda) -> None:
        """Drive `agenda`."""
        super().__init__(initial_time=agenda.now)
        self._agenda = agenda

    @property
    def now(self) -> int:
        """The current time, in microseconds."""
        return self._agenda.now

    def step(self) -> None:
        """Let the agenda run its next calls."""
        self._agenda.step()

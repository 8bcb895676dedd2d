"""The memory that a run may take: an estimate of what it keeps, the same on every machine.

The figures are measured (`tests/engine/test_memory.py`) and rather high: what a run is stopped for must not have filled
the machine.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from simulator.scenario.problems import Problem, ScenarioError

VARIABLE: Final = "ACKADEMY_MEMORY"
"""Environment variable with the megabytes that a run may take."""

DEFAULT: Final = 240
"""Megabytes that a run may take where the variable does not say; with the program itself about 300."""

OF_EVENT: Final = 190
"""Bytes of an event that is kept."""

OF_MESSAGE: Final = 1_000
"""Bytes of a task of which there is a message, a delivery or a timer, beyond its events."""


def memory_limit(environment: Mapping[str, str] = os.environ) -> int:
    """Return the bytes that a run may take; raises `ScenarioError` for a value that is no number of megabytes."""
    said = environment.get(VARIABLE) or str(DEFAULT)
    if not (said.isascii() and said.isdecimal() and len(said) <= len("1000000")):
        raise ScenarioError([Problem("limit.variable", {"name": VARIABLE, "value": said})])
    return int(said) * 1_000_000


def memory_of(events: int, messages: int, arguments: float) -> float:
    """Estimate the bytes of so many events, tasks that are not over, and bytes of arguments."""
    return events * OF_EVENT + messages * OF_MESSAGE + arguments

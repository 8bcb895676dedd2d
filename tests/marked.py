"""Processes that carry a mark in their environment, as everything does that they start: what a killed one has left."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

MARK = "ACKADEMY_TEST_ROUND"
"""Name of the variable that holds the mark."""


def processes(mark: str) -> list[int]:
    """All that run with a mark in their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                if f"{MARK}={mark}".encode() in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
    return found

"""The recordings that are not predicted yet, by reason. One that is predicted has to leave this list."""

from __future__ import annotations

UNPREDICTED: dict[str, list[str]] = {}

REASONS = {name: reason for reason, names in UNPREDICTED.items() for name in names}
"""By recording, why it is not predicted yet."""

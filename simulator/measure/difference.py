"""Differences between a prediction and a recording, before they are worded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Mismatch:
    """A single difference.

    `code` is a name in `story.agreement_words`, `params` what goes into its words: names, counts, a `Happening` (None:
    nothing more), Celery's terms as a list, or a span in seconds (low, high).
    """

    code: str
    params: Mapping[str, object]


def differs(code: str, **params: object) -> Mismatch:
    """Create a difference."""
    return Mismatch(code, params)

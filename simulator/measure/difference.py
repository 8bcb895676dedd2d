"""What differs between a prediction and a recording, before it is put into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """One thing that differs.

    `code` is a name in `story.agreement_words`, `params` what goes into its words: names, counts, a `Happening` (None:
    nothing more), words of Celery's as a list, or a span in seconds (low, high).
    """

    code: str
    params: Mapping[str, object]


def differs(code: str, **params: object) -> Difference:
    """A difference."""
    return Difference(code, params)

"""Chapters of a run, as its scenario divides it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from simulator.scenario import Scenario
from simulator.trace import Trace, to_micros


@dataclass(frozen=True)
class Chapter:
    """A chapter of a run."""

    number: int
    """From 1, in the order of the run."""
    at: int
    """Beginning in microseconds."""
    cursor: int
    """The cursor before its first event."""
    text: dict[str, str]
    """Its heading, by language."""


def find_chapters(scenario: Scenario, trace: Trace) -> list[Chapter]:
    """Chapters that the run reaches, in order."""
    found = sorted(((to_micros(chapter.at), chapter) for chapter in scenario.model.chapters), key=lambda pair: pair[0])
    return [
        Chapter(number, at, bisect_left(trace.events, at, key=lambda event: event.t), chapter.text)
        for number, (at, chapter) in enumerate(found, start=1)
        if at <= trace.end
    ]

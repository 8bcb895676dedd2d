"""Failures and retries of a type of task, from the courses of its tasks and from what its workers say of it."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from statistics import fmean, median
from typing import Any

from simulator.export.recorded_tasks import RecordedTask
from simulator.export.scenario_file import Draft
from simulator.scenario.schema import Task, accepts

SAME_DELAY = 0.15
"""Relative difference up to which two delays count as one setting."""

ALIKE = 0.9
"""Share of the delays that have to be those of one setting."""

JITTERED_FROM = 10
"""Fewest first retries from which a backoff with jitter is recognised."""

WHOLE = 0.1
"""Seconds by which a delay of whole seconds may be off, as it is counted from the event that followed the call."""


def failures_of(name: str, tasks: list[RecordedTask], asked: Mapping[str, Any], draft: Draft) -> dict[str, Any]:
    """`raises`, and the retry policy if there were retries.

    Args:
        name: the type's.
        tasks: those of the type.
        asked: the attributes that workers reported of it; empty: none.
        draft: where notes go.
    """
    attempts: dict[int, list[str | None]] = defaultdict(list)
    for task in tasks:
        for number, (_, exception) in enumerate(task.runs):
            attempts[number].append(exception)
    ended = Counter(exception for found in attempts.values() for exception in found)
    if not any(ended):
        return {}
    options: dict[str, Any] = {"raises": _raises(attempts, ended)}
    retried = [task for task in tasks if task.retried]
    if retried:
        options["autoretry_for"] = sorted({exception for task in retried for _, exception in task.retried})
        options |= _policy(name, retried, asked, draft)
    return options


def _raises(attempts: dict[int, list[str | None]], ended: Counter[str | None]) -> Any:
    """One exception per attempt if all tasks agree, else probabilities."""
    if len(attempts) > 1 and all(len(set(found)) == 1 for found in attempts.values()):
        each = [attempts[number][0] for number in sorted(attempts)]
        return each[0] if len(set(each)) == 1 else each
    total = ended.total()
    return {kind: round(count / total, 4) for kind, count in ended.items() if kind is not None}


def _policy(name: str, retried: list[RecordedTask], asked: Mapping[str, Any], draft: Draft) -> dict[str, Any]:
    """`max_retries` and the delays: as reported, a doubling backoff, one with jitter, or one countdown."""
    most = max(len(task.retried) for task in retried)
    limit = asked.get("max_retries")
    if not isinstance(limit, int):
        exhausted = any(task.exhausted and len(task.retried) == most for task in retried)
        if not exhausted and not asked:
            draft.note("recording.max_retries", name=name, most=most)
        limit = most if exhausted else max(most, 3)
    options: dict[str, Any] = {"max_retries": max(limit, most)}
    if asked.get("retry_backoff"):
        keys = ("retry_backoff", "retry_backoff_max", "retry_jitter")
        return {**options, **{key: asked[key] for key in keys if key in asked and accepts(Task, key, asked[key])}}
    by_attempt: dict[int, list[float]] = defaultdict(list)
    for task in retried:
        for number, delay in enumerate(task.delays):
            by_attempt[number].append(delay)
    if not by_attempt:
        draft.note("recording.no_delay", name=name)
        return options
    middles = [median(by_attempt[number]) for number in sorted(by_attempt)]
    factor = max(1, round(middles[0]))
    close = [_near(delay, factor * 2**number) for number, found in by_attempt.items() for delay in found]
    if len(middles) > 1 and fmean(close) >= ALIKE:
        return {**options, "retry_backoff": factor, "retry_jitter": False}
    every = [delay for found in by_attempt.values() for delay in found]
    if jittered := _jittered(by_attempt):
        return {**options, "retry_backoff": jittered, "retry_jitter": True}
    if not all(_near(delay, middles[0]) for delay in every):
        draft.note("recording.delays", name=name, low=round(min(every), 2), high=round(max(every), 2))
    # Celery counts from before it sends, the event tells of after it: the setting is the round number.
    countdown = round(fmean(every), 3)
    if abs(countdown - round(countdown)) <= 0.05 * countdown:
        countdown = round(countdown)
    options["retry_kwargs"] = {"max_retries": options.pop("max_retries"), "countdown": countdown}
    return options


def _jittered(by_attempt: Mapping[int, list[float]]) -> int | None:
    """Return the factor of a doubling backoff with jitter, if delays look like one: whole seconds, evenly from 0 to it.

    Source: celery.utils.time: get_exponential_backoff_interval.
    """
    if len(by_attempt) < 2 or len(by_attempt[0]) < JITTERED_FROM:
        return None
    if any(abs(delay - round(delay)) > WHOLE for found in by_attempt.values() for delay in found):
        return None
    factor: int = max(1, *(math.ceil(round(max(found)) / 2**number) for number, found in by_attempt.items()))
    for number, found in by_attempt.items():
        most = factor * 2**number
        if abs(fmean(found) - most / 2) > 3 * (most + 1) / math.sqrt(12 * len(found)):
            return None
    return factor


def _near(value: float, wanted: float) -> bool:
    return abs(value - wanted) <= max(0.1, SAME_DELAY * wanted)

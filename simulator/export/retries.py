"""Failures and retries of a type of task, from the courses of its tasks and from what its workers say of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from statistics import fmean, median
from typing import Any

from simulator.export.recorded_tasks import RecordedTask
from simulator.export.scenario_file import Draft
from simulator.scenario.schema import Task, accepts

SAME_DELAY = 0.15
"""Relative difference up to which two delays count as one setting."""


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
    """`max_retries` and the delays: as reported, one countdown, a doubling backoff, or the mean of those seen."""
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
    if len(middles) > 1 and all(_near(each, factor * 2**n) for n, each in enumerate(middles)):
        return {**options, "retry_backoff": factor, "retry_jitter": False}
    every = [delay for found in by_attempt.values() for delay in found]
    if not all(_near(delay, middles[0]) for delay in every):
        draft.note("recording.delays", name=name, low=round(min(every), 2), high=round(max(every), 2))
    # Celery counts from before it sends, the event tells of after it: the setting is the round number.
    countdown = round(fmean(every), 3)
    if abs(countdown - round(countdown)) <= 0.05 * countdown:
        countdown = round(countdown)
    options["retry_kwargs"] = {"max_retries": options.pop("max_retries"), "countdown": countdown}
    return options


def _near(value: float, wanted: float) -> bool:
    return abs(value - wanted) <= max(0.1, SAME_DELAY * wanted)

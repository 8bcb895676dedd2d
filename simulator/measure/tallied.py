"""The measures of the goal language that can be taken on the way, evaluated on a `Tally`.

Each has the value that `measures` finds in the trace of the same run; with a warm-up, that of the time after it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from simulator.measure.summary import Little, QueueSummary, Spread, Summary, TypeSummary, WorkerSummary
from simulator.measure.tally import Tally, Totals, WorkerTotals
from simulator.scenario.conditions.evaluation import Value, work_out
from simulator.scenario.conditions.goals import Expression, Items, Measure, Operation, Word
from simulator.trace.time import MICROS, as_seconds
from simulator.world.level import EVERYTHING, Level, LevelTimes
from simulator.world.lifecycle import OUTCOMES


def can_tally(expression: Expression) -> bool:
    """Return whether an expression needs no trace: what happened to single tasks, and when, does."""
    match expression:
        case Measure(name=name, arguments=arguments):
            of_calls = any(isinstance(word, Word) and word.value == "calls" for word in arguments[:1])
            return name in TALLIED and not (name == "peak" and (of_calls or len(arguments) > 2))
        case Operation(operands=parts) | Items(items=parts):
            return all(can_tally(part) for part in parts)
        case _:
            return True


def evaluate_tally(expression: Expression, tally: Tally) -> Value:
    """Evaluate a parsed expression that `can_tally` on a closed tally."""
    return work_out(expression, lambda name, arguments: TALLIED[name](tally, *arguments))


def _totals(tally: Tally, subject: str | None) -> Totals:
    """Return the totals of a task id, else of a task type, else of a queue; of all for None."""
    if subject is None:
        return tally.all
    for named in (tally.by_id, tally.by_name, tally.by_queue):
        if subject in named:
            return named[subject]
    return Totals()


def _workers(tally: Tally, worker: str | None) -> list[WorkerTotals]:
    return [totals for name, totals in tally.workers.items() if worker in (None, name)]


def _of(count: Callable[[Totals], int]) -> Callable[..., Value]:
    def measure(tally: Tally, subject: str | None = None) -> Value:
        return count(_totals(tally, subject))

    return measure


def _outcome(name: str) -> Callable[..., Value]:
    return _of(lambda totals: totals.outcomes[name])


def _finished_by(tally: Tally, subject: str | None = None) -> Value:
    totals = _totals(tally, subject)
    return None if totals.outcomes["alive"] else round(totals.finished.highest / 1000) / 1000


def _level(tally: Tally, what: str, subject: str | None) -> Level | None:
    """Return a level of one queue or worker, or of all; None if `what` is not a level."""
    levels = {"queue": tally.ready.queues, "processes": tally.processes.running, "memory": tally.processes.memory}
    if what not in levels:
        return None
    return levels[what].get(subject or EVERYTHING) or LevelTimes(tally.warm_up)


def _statistic(name: str) -> Callable[..., Value]:
    def measure(tally: Tally, what: str, subject: str | None = None) -> Value:
        level = _level(tally, what, subject)
        if level is None:
            spread: Spread = getattr(_totals(tally, subject), what).spread()
            value: float | None = getattr(spread, name)
        elif name == "max":
            value = level.highest()
        elif not tally.length:
            value = None
        elif name == "mean":
            value = level.area(tally.header.end) / tally.length
        else:
            value = level.share({"p50": 0.5, "p95": 0.95}[name], tally.header.end)
        return None if value is None else round(value, 3)

    return measure


def _peak(tally: Tally, what: str, subject: str | None = None) -> Value:
    level = _level(tally, what, subject)
    return 0 if level is None else round(level.highest(), 3)


def _util(tally: Tally, worker: str | None = None) -> Value:
    found, end = _workers(tally, worker), tally.header.end
    online = sum(one.slots.area(end) for one in found)
    return sum(one.busy.area(end) for one in found) / online if online else None


def _process_seconds(tally: Tally, worker: str | None = None) -> Value:
    level = tally.processes.running.get(worker or EVERYTHING)
    return round(level.area(tally.header.end) / 1e6, 3) if level is not None else 0


def _silent(tally: Tally, worker: str | None) -> int:
    return sum(count for name, count in tally.header.silent_polls.items() if worker in (None, name))


def _polls(tally: Tally, worker: str | None = None) -> int:
    return sum(one.polls for one in _workers(tally, worker)) + _silent(tally, worker)


def _empty_polls(tally: Tally, worker: str | None = None) -> Value:
    return _polls(tally, worker) - sum(one.found for one in _workers(tally, worker))


def _polls_per_hour(tally: Tally, worker: str | None = None) -> Value:
    return round(_polls(tally, worker) * 3600e6 / tally.header.end, 3) if tally.header.end else None


def little_of_tally(tally: Tally) -> Little | None:
    """Compute Little's law as `summary.little_of` does; None if no time was measured or no task."""
    tasks = tally.all
    if not tally.length or not tasks.sent:
        return None
    return Little(
        L=tally.present.area(tally.header.end) / tally.length,
        arrival_rate=tasks.sent / as_seconds(tally.length),
        W=as_seconds(tasks.stays) / tasks.sent,
    )


def _little(name: str) -> Callable[..., Value]:
    def measure(tally: Tally) -> Value:
        little = little_of_tally(tally)
        return None if little is None else round(getattr(little, name), 6)

    return measure


TALLIED: dict[str, Callable[..., Value]] = {
    "sent": _of(lambda totals: totals.sent),
    **{name: _outcome(name) for name in OUTCOMES},
    "served": _of(lambda totals: totals.served),
    "retried": _of(lambda totals: totals.retries),
    "dead_lettered": _of(lambda totals: totals.dead_lettered),
    "publish_failed": lambda tally, subject=None: tally.refused[subject or ""],
    "runs": _of(lambda totals: totals.runs),
    "effects": _of(lambda totals: totals.effects),
    "duplicates": _of(lambda totals: totals.duplicates),
    "finished_by": _finished_by,
    "mean": _statistic("mean"),
    "p50": _statistic("p50"),
    "p95": _statistic("p95"),
    "max": _statistic("max"),
    "peak": _peak,
    "util": _util,
    "process_seconds": _process_seconds,
    "deaths": lambda tally, worker=None: sum(one.deaths for one in _workers(tally, worker)),
    "polls": _polls,
    "empty_polls": _empty_polls,
    "polls_per_hour": _polls_per_hour,
    "L": _little("L"),
    "arrival_rate": _little("arrival_rate"),
    "W": _little("W"),
    "end": lambda tally: round(tally.header.end / 1000) / 1000,
}
"""Functions of these measures by name."""


def summarise_tally(tally: Tally) -> Summary:
    """Return the summary of a run that left no trace, and so no hash."""
    header, end = tally.header, tally.header.end
    queues = [
        QueueSummary(name, level.rises(), int(level.highest()), level.area(end) / end if end else 0.0, int(level.now))
        for name, level in tally.ready.queues.items()
        if name != EVERYTHING
    ]
    return Summary(
        scenario=header.scenario,
        profile=header.profile,
        seed=header.seed,
        hash="",
        end=as_seconds(end),
        stopped=header.stopped,
        events=tally.count,
        types=[
            _type(name, tally.by_name.get(name) or Totals(), tally.refused_types[name])
            for name in dict.fromkeys((*tally.by_name, *tally.refused_types))
        ],
        workers=[_worker(name, worker, tally) for name, worker in tally.workers.items()],
        queues=queues,
        little=little_of_tally(tally),
    )


def _type(name: str, totals: Totals, refused: int) -> TypeSummary:
    known: dict[str, Any] = {**totals.outcomes, "retried": totals.retries}
    for field in fields(TypeSummary):
        if hasattr(totals, field.name):
            known[field.name] = getattr(totals, field.name)
    known |= {"wait": totals.wait.spread(), "response": totals.response.spread()}
    return TypeSummary(name=name, publish_failed=refused, **known)


def _worker(name: str, worker: WorkerTotals, tally: Tally) -> WorkerSummary:
    busy, online = worker.busy.area(tally.header.end), worker.slots.area(tally.header.end)
    polls = _polls(tally, name)
    return WorkerSummary(
        hostname=name,
        concurrency=worker.pool,
        executions=worker.executions,
        busy=busy / MICROS,
        online=online / MICROS,
        utilisation=busy / online if online else 0.0,
        polls=polls,
        empty_polls=polls - worker.found,
        deaths=worker.deaths,
    )

"""Calibration: how far a model's waits, responses and runs lie from those of the recording that it was made of.

The recording is one run and has its share of chance. So the model is played with several seeds, which gives a band of
95th percentiles; the recorded values, drawn again in blocks, give another. Where the two meet, there is no difference
that one recording can show. Where they do not, the model is played once more with parts of the recording in place of
its own: what closes the gap explains it.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from random import Random
from statistics import median
from typing import Any, Literal

from simulator.measure.summary import since_of
from simulator.trace import Trace, as_seconds
from simulator.world.lives import TaskLife, lives_of

PartName = Literal["arrivals", "durations", "retries", "dispatch"]
Measure = Literal["wait", "response", "service"]
By = Literal["type", "queue", "worker"]
Key = tuple[Measure, By, str]
"""(measure, kind of the part, its name)."""

FEW = 20
"""Least number of values from which a distribution is judged."""

CLOSE = 0.2
"""Relative difference of a 95th percentile that is good enough."""

INSTANT = 0.1
"""Seconds; two waits that differ by less than this are the same to whoever waits."""

BLUR = {"wait": 0.05, "response": 0.05, "service": 0.01}
"""Seconds by which values may differ without being counted into a distance."""

DRAWN = 2000
"""Most values of one sample that go into a distance; of more, as many quantiles."""

SHORT = 0.5
"""Seconds; shorter waits than this may differ several times without harm."""

SCATTERED = 3
"""Times the recorded 95th percentile, beyond which a single run of the model makes it too uncertain to rely on."""

RESAMPLES = 200
"""Times that a recorded sample is drawn again."""

TAIL = 0.025
"""Share of the resamples that is left out at each end of their band."""

EXPLAINS = 0.5
"""Share of a gap that a part has to close to explain it."""

CLAIMED = 1.0
"""Relative difference of a 95th percentile beyond which chance may explain it, but nobody should rely on the model."""

SHIFT = 0.05
"""Difference in a worker's share of all runs that matters."""


@dataclass(frozen=True, slots=True)
class Points:
    """A sample in numbers; seconds."""

    count: int
    mean: float
    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class Facet:
    """One distribution, recorded and simulated."""

    measure: Measure
    by: By
    name: str
    recorded: Points
    model: Points
    """Over all runs together."""
    typical: float
    """Median of the 95th percentiles of single runs."""
    band: tuple[float, float]
    """Least and largest of them."""
    recorded_band: tuple[float, float]
    """Range of the recorded 95th percentile, by resamples of the recording."""
    distance: float
    """Largest gap between the recorded and the simulated distribution function, 0 to 1, beyond a shift by `BLUR`."""
    chance: float
    """The largest such distance of a single run from all runs."""
    substituted: dict[PartName, float] = field(default_factory=dict)
    """The same as `typical`, where the model had that part from the recording; only of waits that are off."""

    @property
    def explained_by(self) -> PartName | None:
        """The part that closes the gap; `dispatch` if none of those tried does, None if none was tried."""
        if not self.substituted:
            return None
        gap, real = abs(self.typical - self.recorded.p95), self.recorded.p95
        name, left = min(((name, abs(p95 - real)) for name, p95 in self.substituted.items()), key=lambda one: one[1])
        return name if left <= (1 - EXPLAINS) * gap else "dispatch"

    @property
    def error(self) -> float:
        """Relative difference of the 95th percentiles, at least of those below `INSTANT`."""
        return abs(self.typical - self.recorded.p95) / self._scale

    @property
    def uncertainty(self) -> float:
        """The largest `error` that the recording does not rule out: over its band, not only of the value seen."""
        return max(abs(self.typical - real) for real in (self.recorded.p95, *self.recorded_band)) / self._scale

    @property
    def _scale(self) -> float:
        return max(self.recorded.p95, INSTANT)

    @property
    def is_judged(self) -> bool:
        """True if there are enough values to tell."""
        return min(self.recorded.count, self.model.count) >= FEW

    @property
    def is_scattered(self) -> bool:
        """True if some run of the model waits several times as long as recorded, or the usual one differs clearly."""
        real = self.recorded.p95
        away = abs(self.typical - real) > max(INSTANT, CLAIMED * real)
        return away or self.band[1] > SCATTERED * max(real, SHORT)

    @property
    def is_vague(self) -> bool:
        """True if the recording itself shows the 95th percentile so roughly that nothing may be claimed of it."""
        return self.uncertainty > CLAIMED

    @property
    def is_close(self) -> bool:
        """True if the recorded 95th percentile is one that a run of the model may have, or close to one."""
        (low, high), (least, most) = self.band, self.recorded_band
        slack = max(INSTANT, CLOSE * self.recorded.p95)
        return low - slack <= most and least <= high + slack


State = Literal["agree", "differ", "unknown"]
Advice = tuple[str, dict[str, Any]]
"""A code of what to measure or set next, with its parameters."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things that a difference may come from."""

    name: PartName
    state: State
    """`unknown`: the recording does not tell."""
    among: tuple[str, ...] = ()
    """Types or workers in which it differs."""
    recorded: float = 0
    low: float = 0
    high: float = 0
    """Retries: the recorded number, and the least and largest of the model's runs."""


Level = Literal["good", "partly", "bad", "unknown"]


@dataclass(frozen=True, slots=True)
class Calibration:
    """The comparison of a recording with runs of its model."""

    runs: int
    tasks: int
    seconds: float
    sent_told: bool
    """False if waits begin with the receipt, because the sending was not reported."""
    facets: tuple[Facet, ...]
    parts: tuple[Part, ...]
    counts: dict[str, tuple[float, float, float]]
    """`throughput` (successes a second), `retried`, `failed`: recorded, least and largest of the runs."""
    advice: tuple[Advice, ...] = ()

    def waits(self) -> list[Facet]:
        """The waits of each type."""
        return [facet for facet in self.facets if (facet.measure, facet.by) == ("wait", "type")]

    @property
    def good(self) -> list[Facet]:
        """The waits that the model may be asked for."""
        return [one for one in self._close if not one.is_scattered and not one.is_vague]

    @property
    def scattered(self) -> list[Facet]:
        """The waits that agree as far as one recording tells, but which are too uncertain to rely on."""
        return [one for one in self._close if one.is_scattered]

    @property
    def vague(self) -> list[Facet]:
        """The waits that nothing contradicts, but of which the recording shows too little to claim anything."""
        return [one for one in self._close if one.is_vague and not one.is_scattered]

    @property
    def _close(self) -> list[Facet]:
        return [one for one in self.waits() if one.is_judged and one.is_close]

    @property
    def off(self) -> list[Facet]:
        """The waits that it gets wrong."""
        return [facet for facet in self.waits() if facet.is_judged and not facet.is_close]

    @property
    def too_few(self) -> list[Facet]:
        """The waits that the recording is too short to judge."""
        return [facet for facet in self.waits() if not facet.is_judged]

    @property
    def within(self) -> float:
        """The accuracy that may be claimed of p95 waits: the largest uncertainty of those that are good.

        A model that hits the recorded value says nothing about the value that the next recording would have had.
        """
        return max((facet.uncertainty for facet in self.good), default=0.0)

    @property
    def level(self) -> Level:
        """The verdict in a word."""
        off = [*self.off, *self.scattered]
        if not self.good and not off:
            return "unknown"
        if not off:
            return "good"
        right, wrong = (sum(facet.recorded.count for facet in found) for found in (self.good, off))
        return "partly" if right > wrong else "bad"

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data; seconds."""
        data = asdict(self)
        data["facets"] = [
            {**asdict(one), "error": one.error, "uncertainty": one.uncertainty}
            | {"judged": one.is_judged, "close": one.is_close}
            for one in self.facets
        ]
        data["advice"] = [{"code": code, **params} for code, params in self.advice]
        verdict = {"level": self.level, "within": round(self.within, 4)}
        kinds = {"good": self.good, "off": self.off, "scattered": self.scattered, "vague": self.vague}
        named = {kind: [one.name for one in found] for kind, found in {**kinds, "too_few": self.too_few}.items()}
        return {"verdict": {**verdict, **named}, **data}


@dataclass(slots=True)
class Observed:
    """Values of one run that are compared."""

    samples: dict[Key, list[float]] = field(default_factory=dict)
    retried: int = 0
    failed: int = 0
    succeeded: int = 0
    shares: Counter[str] = field(default_factory=Counter)
    """Runs by worker."""


def observe(trace: Trace) -> Observed:
    """Collect the values of one run; what waits at its end counts with its wait so far."""
    found = Observed()
    lives = lives_of(trace)
    for task in lives.tasks.values():
        found.retried += task.retries
        found.failed += task.outcome == "failed"
        found.succeeded += task.outcome == "succeeded"
        wait = _wait(task, trace)
        worker = task.runs[0].hostname if task.runs else ""
        if wait is not None:
            _add(found, "wait", task, worker, wait)
        if task.response is not None:
            _add(found, "response", task, worker, as_seconds(task.response))
        for run in task.runs:
            found.shares[run.hostname] += 1
            if run.end is not None and run.outcome in ("succeeded", "failed", "retried") and _told(trace, run):
                _add(found, "service", task, run.hostname, as_seconds(run.end - run.start))
    return found


def _wait(task: TaskLife, trace: Trace) -> float | None:
    """Seconds to its first start, or so far; None where nobody saw it begin."""
    if task.runs:
        return as_seconds(task.runs[0].start - task.sent_at) if _told(trace, task.runs[0]) else None
    return as_seconds(trace.end - task.sent_at) if task.outcome == "alive" else None


def _told(trace: Trace, run: Any) -> bool:
    return not trace[run.start_index].inferred


def _add(found: Observed, measure: Measure, task: TaskLife, worker: str, value: float) -> None:
    for by, name in (("type", task.name), ("queue", task.queue), ("worker", worker)):
        if name:
            found.samples.setdefault((measure, by, name), []).append(value)  # type: ignore[arg-type]


def points(ordered: Sequence[float]) -> Points:
    """Describe a sample in ascending order; it must not be empty."""

    def rank(share: float) -> float:
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]

    return Points(len(ordered), math.fsum(ordered) / len(ordered), rank(0.5), rank(0.95), rank(0.99))


def resampled(values: Sequence[float]) -> tuple[float, float]:
    """Return the band of the 95th percentile of a sample in the order of time, which must not be empty.

    Waits that follow each other are alike, so blocks are drawn (circular block bootstrap: Politis and Romano 1992), as
    long as the square root of the sample. The draws are the same for the same sample.
    """
    count = len(values)
    length = max(1, round(math.sqrt(count)))
    twice = [*values, *values[:length]]
    draw = Random(count)
    highs = []
    for _ in range(max(40, min(RESAMPLES, 1_000_000 // count))):
        drawn: list[float] = []
        while len(drawn) < count:
            start = draw.randrange(count)
            drawn += twice[start : start + length]
        highs.append(points(sorted(drawn[:count])).p95)
    highs.sort()
    left_out = int(TAIL * len(highs))
    return highs[left_out], highs[-1 - left_out]


def distance(one: Sequence[float], other: Sequence[float], blur: float = 0.0) -> float:
    """Return the largest gap between two empirical distribution functions, of samples in ascending order.

    Without `blur`, it is that of Kolmogorov and Smirnov; with it, a shift by so many seconds is no gap.
    """
    gap = 0.0
    for mine, theirs in ((one, other), (other, one)):
        for value in _thinned(mine):
            gap = max(gap, bisect_right(mine, value) / len(mine) - bisect_right(theirs, value + blur) / len(theirs))
            gap = max(gap, bisect_left(theirs, value - blur) / len(theirs) - bisect_left(mine, value) / len(mine))
    return gap


def _thinned(ordered: Sequence[float]) -> Sequence[float]:
    step = max(1, len(ordered) // DRAWN)
    return ordered[::step]


def calibrate(
    recorded: Trace,
    runs: Iterable[Trace],
    *,
    other_arrivals: tuple[str, ...] = (),
    substitute: Callable[[], Mapping[PartName, Iterable[Trace]]] = dict,
    advise: Callable[[Calibration], Iterable[Advice]] = lambda _: (),
) -> Calibration:
    """Compare a recording with runs of its model, at least two.

    Args:
        recorded: the recording.
        runs: of the model with the recorded arrivals and different seeds, over the same time; consumed one by one.
        other_arrivals: types of which the model itself sends more or fewer than were recorded.
        substitute: plays the model with parts of the recording in place of its own; asked only if a wait is off.
        advise: finds what to measure or set next.

    Raises:
        ValueError: there are fewer than two runs.
    """
    real = observe(recorded)
    simulated = [observe(run) for run in runs]
    if len(simulated) < 2:
        raise ValueError("a spread takes two runs")
    facets = tuple(
        facet
        for key, values in sorted(real.samples.items())
        if (facet := _facet(key, values, [run.samples.get(key, []) for run in simulated])) is not None
    )
    seconds = as_seconds(recorded.end)
    told = since_of(recorded) == "sent"
    counts = {
        "throughput": _range(real.succeeded / seconds, [run.succeeded / seconds for run in simulated]),
        "retried": _range(real.retried, [run.retried for run in simulated]),
        "failed": _range(real.failed, [run.failed for run in simulated]),
    }
    tasks = len(lives_of(recorded).tasks)
    arrivals = Part("arrivals", "differ" if other_arrivals else "agree" if told else "unknown", other_arrivals)
    if any(_is_off(facet) for facet in facets):
        facets = _explained(facets, substitute())
    parts = (arrivals, *_parts(facets, real, simulated, counts))
    found = Calibration(len(simulated), tasks, seconds, told, facets, parts, counts)
    return replace(found, advice=tuple(advise(found)))


def _range(real: float, found: Sequence[float]) -> tuple[float, float, float]:
    return real, min(found), max(found)


def _is_off(facet: Facet) -> bool:
    """Return True if it is a wait of a type that the model gets wrong."""
    return (facet.measure, facet.by) == ("wait", "type") and facet.is_judged and not facet.is_close


def _explained(facets: Sequence[Facet], played: Mapping[PartName, Iterable[Trace]]) -> tuple[Facet, ...]:
    """Add to each wait that is off what it is with each part of the recording."""
    found: dict[str, dict[PartName, list[float]]] = {}
    for part, runs in played.items():
        for run in runs:
            for (measure, by, name), values in observe(run).samples.items():
                if (measure, by) == ("wait", "type"):
                    found.setdefault(name, {}).setdefault(part, []).append(points(sorted(values)).p95)
    return tuple(
        replace(facet, substituted={part: median(highs) for part, highs in found.get(facet.name, {}).items()})
        if _is_off(facet)
        else facet
        for facet in facets
    )


def _facet(key: Key, recorded: list[float], runs: list[list[float]]) -> Facet | None:
    ordered = [sorted(run) for run in runs if run]
    if len(ordered) < 2:
        return None
    pooled = sorted(value for run in ordered for value in run)
    highs = [points(run).p95 for run in ordered]
    measure, by, name = key
    blur, real = BLUR[measure], sorted(recorded)
    chance = max(distance(run, pooled, blur) for run in ordered)
    gap = distance(real, pooled, blur)
    band = min(highs), max(highs)
    return Facet(measure, by, name, points(real), points(pooled), median(highs), band, resampled(recorded), gap, chance)


def _parts(
    facets: Sequence[Facet],
    real: Observed,
    simulated: Sequence[Observed],
    counts: dict[str, tuple[float, float, float]],
) -> tuple[Part, ...]:
    """Judge what a difference may come from: distributions that differ, and what closes the gap of a wait."""
    off = [facet for facet in facets if _is_off(facet)]
    longer = {
        facet.name
        for facet in facets
        if (facet.measure, facet.by) == ("service", "type")
        and facet.is_judged
        and not facet.is_close
        and facet.distance > facet.chance
    }
    longer |= {facet.name for facet in off if facet.explained_by == "durations"}
    found = [Part("durations", "differ" if longer else "agree", tuple(sorted(longer)))]
    recorded, low, high = counts["retried"]
    slack = max(2.0, 0.25 * recorded)
    odd = not low - slack <= recorded <= high + slack or any(facet.explained_by == "retries" for facet in off)
    found.append(Part("retries", "differ" if odd else "agree", (), recorded, low, high))
    total = real.shares.total()
    uneven = []
    for worker, count in sorted(real.shares.items()):
        shares = [run.shares[worker] / max(1, run.shares.total()) for run in simulated]
        if not min(shares) - SHIFT <= count / total <= max(shares) + SHIFT:
            uneven.append(worker)
    left = any(facet.explained_by in ("dispatch", None) for facet in off) and not longer and not odd
    found.append(Part("dispatch", "differ" if uneven or left else "agree", tuple(uneven)))
    return tuple(found)

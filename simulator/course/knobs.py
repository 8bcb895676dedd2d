"""Knobs: settings of a scenario that can be turned, each with its values and a description in both languages.

A scenario may declare its own under `knobs:`; any other gets the usual ones.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import floor, log10
from typing import Any

from simulator.course.exercise_knobs import ALLOWED, NOT_ALLOWED, exercise_paths, values_at
from simulator.scenario import Edit, Scenario, ScenarioError, schema
from simulator.scenario.differences import is_allowed
from simulator.scenario.profiles import PROFILES
from simulator.scenario.running import can_change_running
from simulator.scenario.transports import TRANSPORTS
from simulator.scenario.values.paths import parse_path
from simulator.story.catalog import Words
from simulator.story.values import flow_text
from simulator.trace.time import as_seconds

STEPS = 20
"""Approximate number of values on a range."""

MAX_KNOBS = 6
"""Most tasks, and most services, that get a knob each."""

TIMES = ("duration", "latency", "polling_interval", "countdown", "default_retry_delay", "starts_at", "phase")
"""Settings measured in seconds."""

FACTORS = (0.1, 0.2, 0.5, 1, 2, 5, 10)

ACKS_LATE = Words(
    "true: 실행이 끝난 뒤에 ACK합니다. false: 실행 직전에 ACK하므로, 실행 중에 Worker가 죽으면 Task가 유실됩니다.",
    "true: ACK after the run. false: ACK just before it, so a worker that dies in the middle loses the task.",
)
MULTIPLIER = Words(
    "Worker가 자리 하나마다 ACK 없이 받아 둘 수 있는 메시지 수입니다. 0이면 제한이 없습니다.",
    "How many unACKed messages a worker may hold per slot. 0 means no limit.",
)
CONCURRENCY = Words(
    "Worker 하나가 동시에 실행하는 Task 수, 곧 자리의 개수입니다.",
    "How many tasks a worker runs at once: its slots.",
)
INTERVAL = Words(
    "Worker가 빈 Queue에 다시 묻기까지 기다리는 시간입니다.",
    "How long a worker waits before it polls an empty queue again.",
)
WORKERS = Words("Worker의 개수입니다.", "The number of workers.")
DURATION = Words("이 Task를 한 번 실행하는 데 걸리는 시간입니다.", "How long one run of this task takes.")
LATENCY = Words("이 서비스의 응답 시간입니다.", "How long this service takes to respond.")
CAPACITY = Words(
    "이 서비스가 동시에 받는 호출 수입니다. 넘치는 호출은 거절합니다.",
    "How many calls this service takes at once; it refuses any more.",
)
RATE_LIMIT = Words(
    "이 서비스가 1초에 받는 호출 수입니다. 넘치는 호출은 거절합니다.",
    "How many calls this service takes per second; it refuses any more.",
)
SEED = Words(
    "무작위로 정해지는 것(시간, 간격, 실패)이 모두 이 값에서 나옵니다. seed가 같으면 실행도 같습니다.",
    "Everything random (durations, gaps, failures) comes from this number: same seed, same run.",
)
PROFILE = Words(
    "어떤 Broker와 기본값을 쓸지 정합니다. guide는 학습용이며 Celery의 기본값이 아닙니다.",
    "Which broker and whose defaults to use. guide is for learning; its settings are not Celery's defaults.",
)


@dataclass(frozen=True)
class Knob:
    """A setting that can be turned."""

    path: str
    current: Any
    """Its value at the moment shown; None if there is none."""
    values: tuple[Any, ...]
    """Its possible values in order, the current one included."""
    about: Mapping[str, str]
    """Its description by language."""
    bounds: tuple[float, float] | None = None
    """The declared range."""
    forbidden: bool = False
    """True if the lesson's exercise must be solved without it."""

    @property
    def name(self) -> str:
        """Its short name; Celery's own name for a setting of Celery."""
        return setting_name(self.path)

    @property
    def unit(self) -> str:
        """`s` for times, else empty."""
        return "s" if self.path.rpartition(".")[2] in TIMES else ""

    @property
    def running(self) -> bool:
        """True if it can also be turned in the middle of the run."""
        return can_change_running(self.path)

    @property
    def allowed(self) -> str:
        """Its possible values, in short."""
        if self.bounds is not None:
            return " - ".join(map(flow_text, self.bounds))
        return " · ".join(map(flow_text, self.values))

    def turned(self, value: Any, by: int) -> Any:
        """The value a number of places further, or the last one there is."""
        place = self.values.index(value) if value in self.values else 0
        return self.values[max(0, min(place + by, len(self.values) - 1))]


def setting_name(path: str) -> str:
    """The displayed name of a setting; Celery's own ones without their section.

    >>> setting_name("config.task_acks_late"), setting_name("tasks.pay.duration")
    ('task_acks_late', 'tasks.pay.duration')
    """
    return path.rpartition(".")[2] if path.startswith("config.") else path


def list_knobs(scenario: Scenario, changed: Mapping[tuple[str, str], Any] | None = None) -> list[Knob]:
    """The knobs of a scenario: its own, or the usual ones if it declares none.

    Args:
        scenario: what is run.
        changed: what was changed during the run, by (subject, setting), as `World.settings` has it.
    """
    seen = _Values(scenario, changed or {})
    own = [_declared(scenario, seen, knob) for knob in scenario.model.knobs]
    exercise = scenario.model.exercise
    if exercise is not None:
        # What solves the exercise comes first; the rest may be played with.
        allowed = [knob for knob in own if is_allowed(parse_path(knob.path), exercise.may_change)]
        others = [replace(knob, about=_with_note(knob.about), forbidden=True) for knob in own if knob not in allowed]
        own = [*allowed, *_of_exercise(scenario, seen, {knob.path for knob in own}), *others]
    return own or list(_usual(scenario, seen))


def value_in(scenario: Scenario, path: str) -> Any:
    """The value written at a path of a scenario, or else its default; None if there is neither."""
    return _Values(scenario, {}).at(path)


def _with_note(about: Mapping[str, str]) -> dict[str, str]:
    return {lang: f"{text} {NOT_ALLOWED.text(lang)}" for lang, text in about.items()}


class _Values:
    """Values at paths of a scenario, with the changes made during its run."""

    def __init__(self, scenario: Scenario, changed: Mapping[tuple[str, str], Any]) -> None:
        self.scenario = scenario
        self.changed = changed

    def at(self, path: str) -> Any:
        if can_change_running(path):
            room, name, setting = parse_path(path)
            if (f"{room}.{name}", setting) in self.changed:
                return self.changed[f"{room}.{name}", setting]
        written = self.scenario.value_at(path)
        return self._implied(path) if written is None or path == "workers" else written

    def _implied(self, path: str) -> Any:
        """The default that applies if nothing is written."""
        settings, model = self.scenario.settings, self.scenario.model
        implied: dict[str, Any] = {
            "config.task_acks_late": settings.task_acks_late,
            "config.worker_prefetch_multiplier": settings.worker_prefetch_multiplier,
            "config.worker_concurrency": settings.worker_concurrency,
            "config.broker_transport_options.polling_interval": _plain(as_seconds(settings.polling_interval)),
            "seed": model.seed,
            "profile": model.profile,
            "workers": len(model.workers),
        }
        if path.endswith((".duration", ".latency")):
            return 0
        return implied[path] if path in implied else self._default(path)

    def _default(self, path: str) -> Any:
        """The format's own default; None if it has no written form."""
        found: Any = self.scenario.model
        for part in parse_path(path):
            if isinstance(found, dict):
                found = found.get(part)
            elif isinstance(found, list):
                found = found[int(part)] if part.isdecimal() and int(part) < len(found) else None
            else:
                found = getattr(found, part, None)
        return found if isinstance(found, bool | int | float | str | list) else None


def _declared(scenario: Scenario, seen: _Values, knob: schema.Knob) -> Knob:
    current = seen.at(knob.path)
    about = knob.text or {"ko": knob.path, "en": knob.path}
    if knob.values is not None:
        return Knob(knob.path, current, _with_current(current, knob.values), about)
    low, high = knob.range or (0.0, 0.0)
    places = range_values(low, high, whole=_is_whole(scenario, knob.path, low))
    return Knob(knob.path, current, _with_current(current, places), about, (low, high))


def _of_exercise(scenario: Scenario, seen: _Values, known: set[str]) -> list[Knob]:
    """Knobs for settings that the exercise allows and no knob declares: first the usual ones, then single settings."""
    exercise = scenario.model.exercise
    if exercise is None:
        return []
    usual = [knob for knob in _usual(scenario, seen) if is_allowed(parse_path(knob.path), exercise.may_change)]
    found = [_with_valid_values(scenario, knob) for knob in usual if knob.path not in known]
    known = {*known, *(knob.path for knob in found)}
    for path in exercise_paths(scenario):
        if path not in known:
            current = seen.at(path)
            values = values_at(path, partial(_is_valid_with, scenario, path))
            found.append(Knob(path, current, _with_current(current, values), ALLOWED._asdict()))
    return found


def _with_valid_values(scenario: Scenario, knob: Knob) -> Knob:
    """A knob with only those values that keep the scenario valid."""
    values = (value for value in knob.values if value == knob.current or _is_valid_with(scenario, knob.path, value))
    return replace(knob, values=tuple(values))


def _is_valid_with(scenario: Scenario, path: str, value: Any) -> bool:
    """Return True if the scenario is valid with a value."""
    try:
        scenario.edited(Edit(path, value))
    except ScenarioError:
        return False
    return True


def _is_whole(scenario: Scenario, path: str, low: float) -> bool:
    """Return True if the format accepts only whole numbers at a path, found by trying one that is not."""
    try:
        scenario.edited(Edit(path, low + 0.5))
    except ScenarioError as error:
        return any(problem.code == "type.integer" for problem in error.problems)
    return False


def _usual(scenario: Scenario, seen: _Values) -> Iterator[Knob]:
    model = scenario.model
    yield _one(seen, "config.task_acks_late", (False, True), ACKS_LATE)
    for key, setting, values, words in (
        ("prefetch_multiplier", "worker_prefetch_multiplier", (0, 1, 2, 4, 8), MULTIPLIER),
        ("concurrency", "worker_concurrency", (1, 2, 4, 8), CONCURRENCY),
    ):
        own = [name for name, worker in model.workers.items() if getattr(worker, key) is not None]
        if len(own) < len(model.workers) or not own:
            yield _one(seen, f"config.{setting}", values, words)
        for name in own[:3]:
            yield _one(seen, _path("workers", name, key), values, words)
    if not TRANSPORTS[scenario.settings.transport].is_celerys:
        intervals = (0.1, 0.2, 0.5, 1, 2, 5, 10)
        yield _one(seen, "config.broker_transport_options.polling_interval", intervals, INTERVAL)
    if _is_count(model.workers):
        yield _one(seen, "workers", (1, 2, 3, 4, 6, 8), WORKERS)
    for name in list(model.tasks)[:MAX_KNOBS]:
        yield _scaled(seen, _path("tasks", name, "duration"), DURATION)
    for name, service in list(model.services.items())[:MAX_KNOBS]:
        yield _scaled(seen, _path("services", name, "latency"), LATENCY)
        if service.capacity is not None:
            yield _one(seen, _path("services", name, "capacity"), (1, 2, 4, 8, 16), CAPACITY)
        if service.rate_limit is not None:
            yield _scaled(seen, _path("services", name, "rate_limit"), RATE_LIMIT)
    yield _one(seen, "seed", tuple(range(1, 10)), SEED)
    yield _one(seen, "profile", tuple(PROFILES), PROFILE)


def _path(room: str, name: str, key: str) -> str:
    """A path through a name that may contain dots."""
    if any(char in " .[]\"'*" for char in name):
        quote = "'" if '"' in name else '"'
        return f"{room}[{quote}{name}{quote}].{key}"
    return f"{room}.{name}.{key}"


def _is_count(workers: Mapping[str, schema.Worker]) -> bool:
    """Return True if the workers equal those written as a mere count."""
    return all(worker == schema.Worker() for worker in workers.values()) and list(workers) == [
        f"worker{n}" for n in range(1, len(workers) + 1)
    ]


def _one(seen: _Values, path: str, values: Sequence[Any], about: Words) -> Knob:
    current = seen.at(path)
    return Knob(path, current, _with_current(current, values), about._asdict())


def _scaled(seen: _Values, path: str, about: Words) -> Knob:
    current = seen.at(path)
    if isinstance(current, int | float):
        values: list[Any] = [_plain(n * 10.0**p) for p in range(-2, 4) for n in (1, 2, 5)]
        values = [value for value in values if current / 20 <= value <= current * 20] if current else [0, *values[3:12]]
    else:
        values = [scaled(current, factor) for factor in FACTORS]
    return Knob(path, current, _with_current(current, values), about._asdict())


def scaled(value: Any, factor: float) -> Any:
    """Multiply a duration or distribution.

    >>> scaled({"exponential": 2}, 5), scaled({"choice": {"1": 0.9, "60": 0.1}}, 2)
    ({'exponential': 10}, {'choice': {'2': 0.9, '120': 0.1}})
    """
    if isinstance(value, dict) and "choice" in value:
        return {"choice": {flow_text(scaled(float(key), factor)): share for key, share in value["choice"].items()}}
    if isinstance(value, dict):
        return {key: scaled(item, factor) for key, item in value.items()}
    if isinstance(value, list):
        return [scaled(item, factor) for item in value]
    return _plain(value * factor) if isinstance(value, int | float) else value


def _plain(value: float) -> float:
    """A number without binary rounding noise, as an integer if it is one."""
    value = round(value, 6)
    return int(value) if value == int(value) else value


def range_values(low: float, high: float, *, whole: bool) -> list[float]:
    """About `STEPS` round values of a range, including both ends.

    >>> range_values(1, 4, whole=True), range_values(0, 0.5, whole=False)[:3]
    ([1, 2, 3, 4], [0, 0.05, 0.1])
    """
    if high <= low:
        return [_plain(low)]
    rough = (high - low) / STEPS
    power = 10.0 ** floor(log10(rough))
    step = next(power * n for n in (1, 2, 5, 10) if power * n >= rough * 0.999)
    step = max(1, round(step)) if whole else step
    count = int((high - low) / step + 1e-9)
    values = [_plain(low + n * step) for n in range(count + 1)]
    return values if values[-1] == high else [*values, _plain(high)]


def _with_current(current: Any, values: Sequence[Any]) -> tuple[Any, ...]:
    """The values with the current one inserted in order."""
    if current in values:
        return tuple(values)
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (current, *values))
    if numbers and list(values) == sorted(values):
        place = bisect_left(list(values), current)
        return (*values[:place], current, *values[place:])
    return (current, *values)

"""Task failures: exceptions, which of them are retried, and when.

Source: celery.app.autoretry: add_autoretry_behaviour; celery.app.task: Task.retry;
celery.utils.time: get_exponential_backoff_interval.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from simulator.engine.draws import stream, uniforms
from simulator.scenario.profiles import Settings
from simulator.scenario.schema import Task as TaskSpec
from simulator.trace.time import MICROS, to_micros

MAX_RETRIES_EXCEEDED = "MaxRetriesExceededError"


class Exceptions:
    """Python's built-in exception hierarchy, extended by the scenario's."""

    def __init__(self, parents: Mapping[str, str]) -> None:
        """Extend the hierarchy; `parents` maps each exception of the scenario to its parent."""
        self._parents = parents
        self._known: dict[str, frozenset[str]] = {}

    def is_a(self, name: str, kinds: list[str]) -> bool:
        """Return whether `except (kinds):` would catch an exception of that name."""
        if not kinds:
            return False
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = frozenset(self._ancestry(name))
        return not known.isdisjoint(kinds)

    def _ancestry(self, name: str) -> list[str]:
        """Return the exception and its ancestors; an undeclared one derives from `Exception`."""
        line = [name]
        while line[-1] in self._parents and len(line) <= len(self._parents):
            line.append(self._parents[line[-1]])
        known = getattr(builtins, line[-1], Exception)
        if isinstance(known, type) and issubclass(known, BaseException):
            line += [cls.__name__ for cls in known.__mro__]
        return [*line, "Exception"] if line[-1] not in ("BaseException", "object") else line


@dataclass(frozen=True, slots=True)
class Retry:
    """The decision to retry after `delay` microseconds."""

    delay: int
    bare: bool = False
    """True if the body called `self.retry()` without `exc=`, so that the exception is not reported."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The decision that the task has failed for good with this exception."""

    exception: str


class Policy(Protocol):
    """The retry policy of a task."""

    def decide(self, exception: str, retries: int, identity: str, number: int) -> Retry | Failure:
        """Decide what follows an exception in an attempt after `retries` retries."""


class RetryPolicy:
    """The retry policy of a task."""

    def __init__(self, name: str, spec: TaskSpec, settings: Settings, exceptions: Exceptions, seed: int) -> None:
        self._spec = spec
        self._exceptions = exceptions
        self._seed = seed
        self._name = name
        delay = spec.default_retry_delay
        self._default_delay = settings.default_retry_delay if delay is None else to_micros(delay)

    def decide(self, exception: str, retries: int, identity: str, number: int) -> Retry | Failure:
        """Decide what follows an exception in an attempt after `retries` retries."""
        spec, is_a = self._spec, self._exceptions.is_a
        body = spec.retry
        if body is not None and is_a(exception, body.on):
            countdown = None if body.countdown is None else to_micros(body.countdown)
            if not self._exhausted(retries, spec.max_retries):
                return Retry(self._default_delay if countdown is None else countdown, bare=not body.exc)
            exception = exception if body.exc else MAX_RETRIES_EXCEEDED
        if is_a(exception, spec.autoretry_for) and not is_a(exception, spec.dont_autoretry_for):
            given = spec.retry_kwargs.max_retries if spec.retry_kwargs is not None else None
            limit = spec.max_retries if given is None else given
            if not self._exhausted(retries, limit):
                return Retry(self._automatic_delay(retries, identity, number))
        return Failure(exception)

    @staticmethod
    def _exhausted(retries: int, limit: int | None) -> bool:
        return limit is not None and retries + 1 > limit

    def _automatic_delay(self, retries: int, identity: str, number: int) -> int:
        spec = self._spec
        if spec.retry_backoff:
            factor = int(max(1.0, float(spec.retry_backoff)))
            delay: int = min(spec.retry_backoff_max, factor * 2 ** min(retries, 60))
            if spec.retry_jitter:
                name = stream(self._seed, "jitter", f"{identity}/{self._name}/{number}")
                delay = int(uniforms(name, 0, retries, 1)[0] * (delay + 1))
            return delay * MICROS
        if spec.retry_kwargs is not None and spec.retry_kwargs.countdown is not None:
            return to_micros(spec.retry_kwargs.countdown)
        return self._default_delay

"""Runs that a rule of Celery is held against, and what is read of them."""

from __future__ import annotations

from typing import Any

from simulator import simulate
from simulator.measure import evaluate_text
from simulator.trace import Trace
from simulator.trace import events as ev
from tests.strategies import build

RABBIT: dict[str, Any] = {"profile": "celery-rabbitmq", "workers": 1}
REDIS: dict[str, Any] = {"profile": "celery-redis", "workers": 1}
IDEAL = {"child_death": "at_once", "shutdown_return": "ideal", "visibility_sweep": "ideal", "hop": 0}


def play(base: dict[str, Any], /, config: dict[str, Any] | None = None, **data: Any) -> Trace:
    return simulate(build({**base, "config": {**IDEAL, **(config or {})}, **data}))


def story(trace: Trace, uuid: str, *kinds: str) -> list[str]:
    """The types of a task's events, of some kinds."""
    return [e.type for e in trace if getattr(e, "uuid", None) == uuid and (not kinds or e.type.startswith(kinds))]


def starts(trace: Trace) -> list[str]:
    return [e.uuid for e in trace if isinstance(e, ev.TaskStarted)]


def value(trace: Trace, text: str) -> object:
    return evaluate_text(text, trace)


ONE = [{"at": 0, "id": "T", "task": "work"}]

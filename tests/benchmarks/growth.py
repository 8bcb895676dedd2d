"""Growth of a run's cost with its size: each situation at two sizes, as the exponent of growth.

An exponent of 1 is linear; what every task costs besides (a logarithm in the agenda) takes it a little higher.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from simulator.engine import simulate
from simulator.scenario import Scenario
from tests.benchmarks.engine import cpu
from tests.strategies import build

Build = Callable[[int], dict[str, Any] | Scenario]
"""A scenario of that size, or its data."""


def _kill(count: int) -> dict[str, Any]:
    """A worker dies with all messages in its hands."""
    return {
        "profile": "celery-rabbitmq",
        "config": {"worker_prefetch_multiplier": 0, "task_acks_late": True},
        "tasks": {"work": 100},
        "workers": {"victim": {}, "other": {"starts_at": 60}},
        "send": [{"at": 0, "task": "work", "count": count}],
        "faults": [{"at": 30, "kill": "victim"}],
        "until": 40,
    }


def _outage(count: int) -> dict[str, Any]:
    """The broker goes away and comes back while a hundred workers have all messages in their hands."""
    return {
        "profile": "celery-rabbitmq",
        "config": {"worker_prefetch_multiplier": 0, "task_acks_late": True},
        "tasks": {"work": 100},
        "workers": 100,
        "send": [{"at": 0, "task": "work", "count": count}],
        "faults": [{"at": 30, "down": "broker", "for": 5}],
        "until": 40,
    }


def _eta(count: int) -> dict[str, Any]:
    """One worker holds all tasks for their ETA."""
    return {
        "profile": "celery-rabbitmq",
        "tasks": {"work": 0},
        "workers": {"w": {"concurrency": 4}},
        "send": [{"from": 0, "every": 0.0001, "task": "work", "countdown": 3600, "count": count}],
        "until": 7200,
    }


def _priorities(profile: str) -> Build:
    """Messages of ten priorities wait, then are worked off."""

    def scenario(count: int) -> dict[str, Any]:
        sends = [
            {"from": place * 1e-5, "every": 1e-4, "task": "work", "priority": place, "count": count // 10}
            for place in range(10)
        ]
        return {
            "profile": profile,
            "config": {"task_queue_max_priority": 9, "worker_prefetch_multiplier": 1, "task_acks_late": True},
            "tasks": {"work": 0},
            "workers": {"w": {"starts_at": 100}},
            "send": sends,
            "until": 7200,
        }

    return scenario


def _leases(count: int) -> dict[str, Any]:
    """All messages are unacknowledged when their visibility timeout is over; they come back with the next sweep."""
    return {
        "profile": "celery-redis",
        "config": {
            "worker_prefetch_multiplier": 0,
            "task_acks_late": True,
            "broker_transport_options": {"visibility_timeout": 10.0, "unacked_restore_interval": 0.01},
        },
        "tasks": {"work": 36000},
        "workers": {"w": {}},
        "send": [{"at": 0, "task": "work", "count": count}],
        "until": 15,
    }


def _chord(count: int) -> Scenario:
    """A chord with so many header tasks: more than a file may have."""
    one = build(
        {
            "profile": "celery-redis",
            "tasks": {"work": 0.001, "join": 0},
            "workers": {"w": {"concurrency": 8}},
            "send": [{"at": 0, "chord": {"header": [{"task": "work"}], "body": {"task": "join"}}}],
        }
    )
    send = one.model.send[0]
    if send.chord is None:
        raise ValueError("no chord")
    header = [send.chord.header[0].model_copy() for _ in range(count)]
    many = send.model_copy(update={"chord": send.chord.model_copy(update={"header": header})})
    return replace(one, model=one.model.model_copy(update={"send": [many]}))


def _queues(count: int) -> Scenario:
    """So many workers that each consume all of 200 queues."""
    queues = [f"q{number}" for number in range(200)]
    one = build(
        {
            "profile": "celery-redis",
            "tasks": {"work": {"exponential": 1}},
            "workers": {"w": {"queues": queues}},
            "send": [
                {"from": 0, "every": 250 / count, "task": "work", "queue": name, "count": count // 5} for name in queues
            ],
        }
    )
    workers = {f"w{number}": one.model.workers["w"] for number in range(count)}
    return replace(one, model=one.model.model_copy(update={"workers": workers}))


def _storm(count: int) -> dict[str, Any]:
    """Every task fails and is retried, thrice."""
    return {
        "profile": "celery-redis",
        "tasks": {"work": {"duration": 0, "raises": "OSError", "autoretry_for": ["OSError"], "default_retry_delay": 1}},
        "workers": {"w": {"concurrency": 4}},
        "send": [{"from": 0, "every": 0.0001, "task": "work", "count": count // 4}],
        "until": 7200,
    }


def _revokes(count: int) -> dict[str, Any]:
    """As many tasks are revoked, in a hundred commands, while they wait."""
    return {
        "profile": "celery-redis",
        "tasks": {"work": 0.0001},
        "workers": {"w": {}},
        "send": [{"at": 0, "task": "work", "countdown": 100, "count": count}],
        "control": [
            {"at": 1 + first / 1000, "revoke": [f"work_{first + number}" for number in range(1, count // 100 + 1)]}
            for first in range(0, count, count // 100)
        ],
    }


SITUATIONS: dict[str, tuple[Build, int]] = {
    "kill with {} alive": (_kill, 100_000),
    "outage, 100 workers with {} alive": (_outage, 100_000),
    "{} ETA tasks in one worker": (_eta, 100_000),
    "priorities with {} queued, Redis": (_priorities("celery-redis"), 100_000),
    "priorities with {} queued, RabbitMQ": (_priorities("celery-rabbitmq"), 100_000),
    "priorities with {} queued, guide": (_priorities("guide"), 100_000),
    "visibility timeout with {} unacknowledged": (_leases, 100_000),
    "a chord of {}": (_chord, 10_000),
    "200 queues x {} workers": (_queues, 1_000),
    "a retry storm of {}": (_storm, 100_000),
    "revokes of {}": (_revokes, 10_000),
}
"""By name, how a scenario of a size is made, and the larger of the two sizes."""

APART = 4
"""The larger size is so many times the smaller."""


def exponent(build_data: Build, size: int) -> tuple[float, float, float]:
    """(exponent, CPU seconds at the smaller size, at the larger); the better of two runs counts."""
    small, large = (_cost(build_data(count)) for count in (size // APART, size))
    return math.log(large / small, APART), small, large


def _cost(made: dict[str, Any] | Scenario) -> float:
    scenario = made if isinstance(made, Scenario) else build(made)
    return min(cpu(lambda: simulate(scenario)) for _ in range(2))

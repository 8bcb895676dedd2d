"""Scenarios at random, small enough to read when one fails."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from simulator.scenario import Scenario, parse_scenario

# A coarse grid of times, so that many things fall on one instant: that is where order matters.
TIMES = st.integers(0, 24).map(lambda n: n / 4)
SHORT = st.integers(0, 8).map(lambda n: n / 4)
QUEUES = ("celery", "high", "low")
WORKERS = ("worker1", "worker2", "worker3")
NAMES = ("mail", "pay", "report")


@st.composite
def quantities(draw: st.DrawFn) -> Any:
    """A constant on the grid, or a distribution."""
    return draw(
        st.one_of(
            SHORT,
            SHORT,
            st.builds(lambda m: {"exponential": m}, st.sampled_from([0.1, 0.5, 1.0])),
            st.builds(lambda a, b: {"uniform": [a, a + b]}, SHORT, SHORT),
            st.builds(lambda m: {"lognormal": {"median": m, "p95": 3 * m}}, st.sampled_from([0.1, 0.5])),
            st.just({"choice": {"0.25": 0.9, "3": 0.1}}),
            st.lists(SHORT, min_size=1, max_size=3).map(lambda values: {"list": values}),
        )
    )


@st.composite
def workers(draw: st.DrawFn) -> dict[str, Any]:
    """One worker's options."""
    return draw(
        st.fixed_dictionaries(
            {},
            optional={
                "concurrency": st.integers(1, 3),
                "prefetch_multiplier": st.integers(0, 3),
                "queues": st.lists(st.sampled_from(QUEUES), min_size=1, max_size=3, unique=True),
                "starts_at": SHORT,
                "phase": SHORT,
            },
        )
    )


EXCEPTIONS = ("ValueError", "SMTPException", "Timeout")


@st.composite
def tasks(draw: st.DrawFn) -> dict[str, Any]:
    """What a task does, and what goes wrong in it."""
    names = st.lists(st.sampled_from((*EXCEPTIONS, "Exception")), max_size=2)
    return draw(
        st.fixed_dictionaries(
            {"duration": quantities()},
            optional={
                "acks_late": st.booleans(),
                "raises": st.one_of(
                    st.sampled_from(EXCEPTIONS),
                    st.lists(st.sampled_from(EXCEPTIONS), min_size=1, max_size=2),
                    st.just({"ValueError": 0.3, "Timeout": 0.3}),
                ),
                "autoretry_for": names,
                "dont_autoretry_for": names,
                "retry": st.fixed_dictionaries({"on": names}, optional={"countdown": SHORT, "exc": st.booleans()}),
                "retry_backoff": st.sampled_from([1, 2]),
                "retry_kwargs": st.fixed_dictionaries(
                    {"max_retries": st.integers(0, 2)}, optional={"countdown": SHORT}
                ),
                "default_retry_delay": SHORT,
                "max_retries": st.integers(0, 2),
                "calls": st.just("mail_server"),
                "expires": TIMES,
                "priority": st.integers(0, 9),
                "dead_letter_queue": st.just("dead"),
                "idempotent": st.booleans(),
                "effect_at": st.sampled_from(["start", "end", 0.5]),
            },
        )
    )


@st.composite
def sends(draw: st.DrawFn) -> dict[str, Any]:
    """One line under `send`."""
    line: dict[str, Any] = {"task": draw(st.sampled_from((*NAMES, "unknown")))}
    if draw(st.booleans()):
        line["queue"] = draw(st.sampled_from(QUEUES))
    line |= draw(
        st.fixed_dictionaries({}, optional={"countdown": SHORT, "expires": SHORT, "priority": st.integers(0, 9)})
    )
    if draw(st.booleans()):
        line |= {"at": draw(TIMES), "count": draw(st.integers(1, 4))}
    else:
        every = draw(st.one_of(st.sampled_from([0.25, 0.5, 1.0]), st.just({"exponential": 0.4})))
        line |= {"from": draw(SHORT), "every": every, "count": draw(st.integers(1, 5))}
    return line


def running_changes() -> st.SearchStrategy[dict[str, Any]]:
    """What may change while a run goes on."""
    return st.fixed_dictionaries(
        {"tasks.mail.duration": quantities()},
        optional={
            "tasks.*.raises": st.sampled_from([None, "Timeout", {"ValueError": 0.5}]),
            "services.mail_server.latency": SHORT,
            "services.mail_server.capacity": st.sampled_from([None, 1, 2]),
            "services.mail_server.rate_limit": st.sampled_from([None, 4.0]),
        },
    )


@st.composite
def faults(draw: st.DrawFn) -> dict[str, Any]:
    """A worker dies, stops or comes back; the broker or a service is away for a while."""
    action = draw(st.sampled_from(["kill", "kill", "start", "start", "stop", "down", "set"]))
    fault: dict[str, Any] = {"at": draw(TIMES)}
    if action == "set":
        return fault | {"set": draw(running_changes())}
    if action == "down":
        fault["down"] = draw(st.sampled_from(["broker", "services.mail_server"]))
        return fault | ({"for": draw(SHORT)} if draw(st.booleans()) else {})
    fault[action] = draw(st.sampled_from(WORKERS))
    if action == "stop":
        fault["how"] = draw(st.sampled_from(["warm", "cold"]))
    return fault


@st.composite
def scenario_data(draw: st.DrawFn, profile: str | None = None) -> dict[str, Any]:
    """A whole scenario as data."""
    chosen = profile or draw(st.sampled_from(["guide", "celery-rabbitmq"]))
    data: dict[str, Any] = {
        "profile": chosen,
        "seed": draw(st.integers(0, 5)),
        "polls": draw(st.sampled_from(["every", "found"])),
        "until": draw(st.one_of(st.none(), TIMES.map(lambda t: t + 1))),
        "config": draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "task_acks_late": st.booleans(),
                    "worker_prefetch_multiplier": st.integers(0, 4),
                    "hop": st.sampled_from([0.0, 0.000001, 0.25]),
                },
            )
        ),
        "exceptions": {"SMTPException": "OSError"},
        "tasks": {name: draw(tasks()) for name in NAMES},
        "queues": {
            name: draw(
                st.fixed_dictionaries(
                    {},
                    optional={
                        "max_length": st.integers(1, 4),
                        "overflow": st.sampled_from(["drop-head", "reject-publish"]),
                        "max_priority": st.integers(1, 9),
                    },
                )
            )
            for name in draw(st.lists(st.sampled_from(QUEUES), max_size=2, unique=True))
        },
        "workers": {name: draw(workers()) for name in WORKERS[: draw(st.integers(1, 3))]},
        "send": draw(st.lists(sends(), max_size=5)),
        "services": {
            "result_backend": {"latency": draw(st.sampled_from([0.0, 0.0, 0.25]))},
            "mail_server": draw(
                st.fixed_dictionaries(
                    {}, optional={"latency": SHORT, "rate_limit": st.just(4.0), "capacity": st.integers(1, 2)}
                )
            ),
        },
    }
    data["faults"] = [
        fault
        for fault in draw(st.lists(faults(), max_size=4))
        if all(fault[key] in data["workers"] for key in ("kill", "start", "stop") if key in fault)
    ]
    if chosen == "guide":
        data["config"]["broker_transport_options"] = {"polling_interval": draw(st.sampled_from([0.5, 0.75, 1.0]))}
    return {key: value for key, value in data.items() if value is not None}


def build(data: dict[str, Any]) -> Scenario:
    """The scenario of some data (JSON is YAML)."""
    return parse_scenario(json.dumps(data), file="generated.yaml")


def scenarios(profile: str | None = None) -> st.SearchStrategy[Scenario]:
    """Whole scenarios."""
    return scenario_data(profile).map(build)

"""Scenarios at random, small enough to read when one fails.

Strategies are made once, here: Hypothesis takes longer to make one than to draw from it.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.vendor.pretty import for_type_by_name

from simulator.scenario import Scenario, parse_scenario
from simulator.scenario.transports import TRANSPORTS

# A coarse grid of times, so that many things fall on one instant: that is where order matters.
TIMES = st.integers(0, 24).map(lambda n: n / 4)
SHORT = st.integers(0, 8).map(lambda n: n / 4)
QUEUES = ("celery", "high", "low")
WORKERS = ("worker1", "worker2", "worker3")
NAMES = ("mail", "pay", "report")


def examples(share: float) -> settings:
    """A share of the examples that a law gets: for one with many parameters, whose examples add up."""
    return settings(max_examples=max(1, round(settings().max_examples * share)))


QUANTITIES = st.one_of(
    SHORT,
    SHORT,
    st.sampled_from([0.1, 0.5, 1.0]).map(lambda m: {"exponential": m}),
    st.tuples(SHORT, SHORT).map(lambda p: {"uniform": [p[0], p[0] + p[1]]}),
    st.sampled_from([0.1, 0.5]).map(lambda m: {"lognormal": {"median": m, "p95": 3 * m}}),
    st.just({"choice": {"0.25": 0.9, "3": 0.1}}),
    st.lists(SHORT, min_size=1, max_size=3).map(lambda values: {"list": values}),
)
"""A constant on the grid, or a distribution."""


def some(options: dict[str, st.SearchStrategy[Any]], most: int = 4) -> st.SearchStrategy[dict[str, Any]]:
    """A few of the options, so that what fails is easy to read."""
    keys = st.lists(st.sampled_from(sorted(options)), max_size=most, unique=True)

    @st.composite
    def chosen(draw: st.DrawFn) -> dict[str, Any]:
        return {key: draw(options[key]) for key in draw(keys)}

    return chosen()


LATER = st.integers(1, 8).map(lambda n: n / 4)
"""A time that is not zero."""
WORKER = {
    "concurrency": st.integers(1, 3),
    "pool": st.sampled_from(["prefork", "threads", "solo", "gevent"]),
    "prefetch_multiplier": st.integers(0, 3),
    "autoscale": st.tuples(st.integers(1, 3), st.integers(0, 2)).map(lambda p: [p[0] + p[1], p[0]]),
    "max_tasks_per_child": st.integers(1, 2),
    "max_memory_per_child": st.just(100 * 1024),
    "child_startup": st.sampled_from([0, 0.5]),
    "memory": st.just(60),
    "cores": st.integers(1, 2),
    "speed": st.sampled_from([0.5, 2]),
    "queues": st.lists(st.sampled_from(QUEUES), min_size=1, max_size=3, unique=True),
    "starts_at": SHORT,
    "phase": SHORT,
    "beat": st.booleans(),
}
"""One worker's options."""

EXCEPTIONS = ("ValueError", "SMTPException", "Timeout")


NAMED = st.lists(st.sampled_from((*EXCEPTIONS, "Exception")), max_size=2)
RETRIES: dict[str, st.SearchStrategy[Any]] = {
    "autoretry_for": NAMED,
    "dont_autoretry_for": NAMED,
    "retry": st.fixed_dictionaries({"on": NAMED}, optional={"countdown": SHORT, "exc": st.booleans()}),
    "retry_backoff": st.sampled_from([1, 2]),
    "retry_kwargs": st.fixed_dictionaries({"max_retries": st.integers(0, 2)}, optional={"countdown": SHORT}),
    "default_retry_delay": SHORT,
    "max_retries": st.integers(0, 2),
}
ACKS: dict[str, st.SearchStrategy[Any]] = {
    key: st.booleans()
    for key in (
        *("acks_late", "acks_on_failure", "acks_on_timeout", "reject_on_worker_lost"),
        *("ignore_result", "track_started", "catches_soft_limit", "cpu", "idempotent"),
    )
}
BODY: dict[str, st.SearchStrategy[Any]] = {
    "raises": st.one_of(
        st.sampled_from(EXCEPTIONS),
        st.lists(st.sampled_from(EXCEPTIONS), min_size=1, max_size=2),
        st.just({"ValueError": 0.3, "Timeout": 0.3}),
    ),
    "reject": st.sampled_from(["discard", "requeue"]),
    "ignore": st.just(True),
    "kills": st.sampled_from(["child", "worker", ["child"], ["worker"]]),
    "memory": st.just(80),
    "leak": st.just(30),
    "time_limit": LATER,
    "soft_time_limit": LATER,
    "rate_limit": st.sampled_from(["2/s", "60/m", 4]),
    "calls": st.just("mail_server"),
    "expires": TIMES,
    "priority": st.integers(0, 9),
    "queue": st.sampled_from(QUEUES),
    "dead_letter_queue": st.just("dead"),
    "lock": st.fixed_dictionaries(
        {"by": st.sampled_from(["send", "body"]), "lease": st.sampled_from([0.5, 5.0, None])},
        optional={"held": st.sampled_from(["skip", "raise"]), "key": st.just("one")},
    ),
    "effect_at": st.sampled_from(["start", "end", 0.5]),
}
SOME_OF_BODY, SOME_OF_ACKS, SOME_OF_RETRIES = some(BODY), some(ACKS), some(RETRIES)


@st.composite
def tasks(draw: st.DrawFn) -> dict[str, Any]:
    """A task's behaviour and failures."""
    task = {**draw(SOME_OF_BODY), **draw(SOME_OF_ACKS), "duration": draw(QUANTITIES)}
    if "raises" in task or "calls" in task:
        task |= draw(SOME_OF_RETRIES)
    if "time_limit" in task and "soft_time_limit" in task:  # a longer soft one is refused
        task["soft_time_limit"], task["time_limit"] = sorted((task["soft_time_limit"], task["time_limit"]))
    if repeats(task):
        task["duration"] = 0.5  # for ever, and each time at once, would be no small scenario
    return task


def repeats(task: dict[str, Any]) -> bool:
    """Return True if a task may come back without end."""
    return task.get("reject") == "requeue" or "kills" in task or task.get("acks_on_timeout") is False


def gets(names: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Tasks that a body sends and waits for, of these names, so that none waits for its own kind."""
    called = st.fixed_dictionaries(
        {"task": st.sampled_from((*names, "unknown"))}, optional={"queue": st.sampled_from(QUEUES), "countdown": SHORT}
    )
    return st.fixed_dictionaries(
        {
            "tasks": st.lists(called, min_size=1, max_size=2),
            "disable_sync_subtasks": st.sampled_from([False, False, True]),
        },
        optional={"timeout": SHORT},
    )


GETS = {NAMES[place - 1]: gets(NAMES[place:]) for place in range(1, len(NAMES))}
"""The tasks that each may wait for: those after it."""

SEND = st.fixed_dictionaries(
    {"task": st.sampled_from((*NAMES, "unknown"))},
    optional={
        "queue": st.sampled_from(QUEUES),
        "countdown": SHORT,
        "expires": SHORT,
        "priority": st.integers(0, 9),
    },
)
AT_ONCE = st.fixed_dictionaries({"at": TIMES, "count": st.integers(1, 4)})
REGULARLY = st.fixed_dictionaries(
    {
        "from": SHORT,
        "every": st.sampled_from([0.25, 0.5, 1.0, {"exponential": 0.4}]),
        "count": st.integers(1, 5),
    }
)
SENDS = st.tuples(SEND, st.one_of(AT_ONCE, REGULARLY)).map(lambda line: line[0] | line[1])
"""A line under `send`."""

RUNNING_CHANGES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"tasks.mail.duration": QUANTITIES},
    optional={
        "tasks.*.raises": st.sampled_from([None, "Timeout", {"ValueError": 0.5}]),
        "services.mail_server.latency": SHORT,
        "services.mail_server.capacity": st.sampled_from([None, 1, 2]),
        "services.mail_server.rate_limit": st.sampled_from([None, 4.0]),
    },
)
"""Changes in the middle of a run."""


CALLS = st.fixed_dictionaries(
    {"task": st.sampled_from((*NAMES, "unknown"))},
    optional={"immutable": st.booleans(), "queue": st.sampled_from(QUEUES), "countdown": SHORT, "expires": SHORT},
)
PARTS = st.recursive(
    CALLS,
    lambda parts: st.one_of(
        st.builds(lambda listed: {"chain": listed}, st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda listed: {"group": listed}, st.lists(parts, min_size=1, max_size=3)),
        st.builds(
            lambda header, body: {"chord": {"header": header, "body": body}},
            st.lists(parts, min_size=1, max_size=3),
            parts,
        ),
    ),
    max_leaves=6,
)


CANVASES = st.tuples(PARTS, TIMES, st.integers(1, 2)).map(
    lambda line: {**({"chain": [line[0]]} if "task" in line[0] else line[0]), "at": line[1], "count": line[2]}
)
"""A line under `send` that calls a chain, a group or a chord."""

LINES = st.lists(st.one_of(SENDS, SENDS, CANVASES), max_size=5)

BEAT: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from(["tick", "tock"]),
    st.fixed_dictionaries(
        {
            "task": st.sampled_from(NAMES),
            "schedule": st.one_of(st.integers(1, 8).map(lambda n: n / 2), st.just({"crontab": {}})),
        },
        optional={"options": st.fixed_dictionaries({}, optional={"expires": SHORT, "queue": st.sampled_from(QUEUES)})},
    ),
    max_size=2,
)


@st.composite
def faults(draw: st.DrawFn, workers: list[str], broker: str) -> dict[str, Any]:
    """A worker or a child dies, stops or comes back; the broker or a service is away or slow for a while."""
    actions = ["kill", "kill", "start", "start", "stop", "stop", "kill_child", "down", "slow", "set"]
    actions += ["disconnect"] if TRANSPORTS[{"rabbitmq": "amqp"}.get(broker, broker)].keeps_connection else []
    action = draw(st.sampled_from(actions))
    fault: dict[str, Any] = {"at": draw(TIMES)}
    if action == "set":
        return fault | {"set": draw(RUNNING_CHANGES)}
    if action in ("down", "slow"):
        fault[action] = draw(st.sampled_from(["broker", "services.mail_server"] if action == "down" else SERVICES))
        return fault | ({"for": draw(SHORT)} if draw(st.booleans()) else {})
    alone = ("kill_child", "disconnect")
    fault[action] = name = draw(st.sampled_from([name for name in workers if name != "beat" or action not in alone]))
    if action == "start" and name != "beat":  # where the old process still shuts down, a start is an error
        return {"at": fault["at"], "restart": name}
    if action == "stop":
        fault["how"] = draw(st.sampled_from(["warm", "soft", "cold"]))
    elif action == "disconnect":
        fault["for"] = draw(SHORT)
    elif action == "kill_child" and draw(st.booleans()):
        fault["slot"] = draw(st.integers(1, 3))
    return fault


SERVICES = ["services.mail_server", "services.result_backend"]
RESULT_BACKEND = st.sampled_from([{"latency": 0.0}, {"latency": 0.0}, {"latency": 0.25}])
MAIL_SERVER = {"latency": SHORT, "rate_limit": st.just(4.0), "capacity": st.integers(1, 2)}
CREWS = {
    size: st.fixed_dictionaries(dict.fromkeys(WORKERS[:size], some(WORKER))) for size in range(1, len(WORKERS) + 1)
}


@cache
def controls(workers: tuple[str, ...]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Lines of remote control."""
    some_worker, task = st.sampled_from([*workers, "all"]), st.sampled_from(NAMES)
    uuids = st.tuples(task, st.integers(1, 4)).map(lambda pair: f"{pair[0]}_{pair[1]}")
    count, queue = {"n": st.integers(1, 2)}, {"queue": st.sampled_from((*QUEUES, "extra"))}
    commands: dict[str, tuple[st.SearchStrategy[Any], dict[str, st.SearchStrategy[Any]]]] = {
        "revoke": (uuids, {"terminate": st.booleans()}),
        "rate_limit": (task, {"rate": st.sampled_from(["1/s", 4, 0])}),
        "time_limit": (task, {"soft": SHORT, "hard": SHORT}),
        "pool_grow": (some_worker, count),
        "pool_shrink": (some_worker, count),
        "autoscale": (some_worker, {"max": st.integers(2, 4), "min": st.integers(1, 2)}),
        "add_consumer": (some_worker, queue),
        "cancel_consumer": (some_worker, queue),
        "shutdown": (some_worker, {}),
    }
    lines = (
        st.fixed_dictionaries({"at": TIMES, command: whom, **options})
        for command, (whom, options) in sorted(commands.items())
    )
    return st.lists(st.one_of(*lines), max_size=3)


SWITCHES = (
    *("visibility_sweep", "shutdown_return"),
    *("startup_drain", "reconnect", "outage_crash", "autoscale_check", "rate_limit_timers", "timer_thread"),
)
CONFIG: dict[str, st.SearchStrategy[Any]] = {
    "task_acks_late": st.booleans(),
    "task_reject_on_worker_lost": st.booleans(),
    "task_acks_on_failure_or_timeout": st.booleans(),
    "worker_prefetch_multiplier": st.integers(0, 4),
    "worker_disable_prefetch": st.booleans(),
    "worker_eta_task_limit": st.integers(1, 4),
    "child_death": st.sampled_from(["missed", "at_once", "drawn"]),
    "worker_soft_shutdown_timeout": SHORT,
    "worker_cancel_long_running_tasks_on_connection_loss": st.booleans(),
    "broker_connection_max_retries": st.integers(0, 2),
    "task_queue_max_priority": st.just(9),
    "consumer_timeout": st.just(1.0),
    "channel_tick_interval": st.just(0.5),
    "hop": st.sampled_from([0.0, 0.000001, 0.25]),
    "result_backend": st.sampled_from(["redis://", "db+sqlite://"]),
    "task_default_exchange_type": st.sampled_from(["direct", "topic"]),
    **{switch: st.sampled_from(["ideal", "real"]) for switch in SWITCHES},
}
QUEUE: dict[str, st.SearchStrategy[Any]] = {
    "max_length": st.integers(1, 4),
    "overflow": st.sampled_from(["drop-head", "reject-publish"]),
    "max_priority": st.integers(1, 9),
    "message_ttl": SHORT,
    "dead_letter_exchange": st.sampled_from(["", "dlx"]),
    "delivery_limit": st.integers(0, 2),
    "queue_type": st.sampled_from(["classic", "quorum"]),
    "consumer_timeout": st.just(1.0),
    "exchange": st.just("dlx"),
}
VISIBILITY: dict[str, st.SearchStrategy[Any]] = {
    "visibility_timeout": st.sampled_from([0.5, 1.0, 2.0, 5.0]),
    "unacked_restore_interval": st.sampled_from([0.25, 1.0]),
    "unacked_restore_throttle": st.just(1),
    "unacked_restore_limit": st.integers(1, 3),
    "unacked_mutex_expire": st.just(2.0),
    "queue_order_strategy": st.sampled_from(["round_robin", "priority", "sorted"]),
}
INTERVAL = {"polling_interval": st.sampled_from([0.5, 1.0])}
OPTIONS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "redis": some(VISIBILITY),
    "sqs": some(
        {"visibility_timeout": VISIBILITY["visibility_timeout"], "wait_time_seconds": st.sampled_from([0, 1, 3])}
    ),
    "filesystem": some(INTERVAL),
    "memory": some(INTERVAL),
}
BROKERS = ("guide", "rabbitmq", "redis", "filesystem", "memory", "sqs")
"""Each is a profile, but for `memory`, which is `celery-redis` with another `broker_url`."""


def possible(queue: dict[str, Any]) -> dict[str, Any]:
    """A queue without what RabbitMQ refuses or ignores: limits of classic queues, priorities of quorum queues."""
    kind = queue.get("queue_type") or ("quorum" if "delivery_limit" in queue else "classic")
    return {key: value for key, value in queue.items() if key != {"quorum": "max_priority"}.get(kind, "delivery_limit")}


SECTIONS = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 5),
        "polls": st.sampled_from(["every", "found"]),
        "heartbeats": st.booleans(),
        "config": some(CONFIG, most=5),
        "exceptions": st.just({"SMTPException": "OSError"}),
        "tasks": st.fixed_dictionaries(dict.fromkeys(NAMES, tasks())),
        "queues": st.dictionaries(st.sampled_from(QUEUES), some(QUEUE).map(possible), max_size=2),
        "workers": st.integers(1, 3).flatmap(CREWS.__getitem__),
        "send": LINES,
        "beat_schedule": BEAT,
        "services": st.fixed_dictionaries({"result_backend": RESULT_BACKEND, "mail_server": some(MAIL_SERVER)}),
    }
)
"""What does not depend on the broker."""


@st.composite
def scenario_data(draw: st.DrawFn, brokers: str | tuple[str, ...] = BROKERS) -> dict[str, Any]:
    """A whole scenario as data, on one of these brokers."""
    broker = brokers if isinstance(brokers, str) else draw(st.sampled_from(brokers))
    profile = {"guide": "guide", "memory": "celery-redis"}.get(broker, f"celery-{broker}")
    data: dict[str, Any] = {"profile": profile, **draw(SECTIONS)}
    config = data["config"]
    if broker == "memory":
        config["broker_url"] = "memory://"
    if broker == "guide":
        config["broker_transport_options"] = {"polling_interval": draw(st.sampled_from([0.5, 0.75, 1.0]))}
    elif broker != "rabbitmq":
        config["broker_transport_options"] = draw(OPTIONS[broker])
    for queue in data["queues"].values():
        if "dead_letter_exchange" in queue:  # what is rejected there again and again goes round for ever
            queue["dead_letter_routing_key"] = "dead"
    for name, tasks_it_gets in GETS.items():
        if draw(st.sampled_from([False, False, True])):
            data["tasks"][name]["gets"] = draw(tasks_it_gets)
    names = list(data["workers"])
    data["control"] = draw(controls(tuple(names)))
    if data["beat_schedule"] and not any(worker.get("beat") for worker in data["workers"].values()):
        names.append("beat")
    data["faults"] = draw(st.lists(faults(names, broker), max_size=4))
    # What may come back without end, and beat, need one.
    if not data["send"] or data["beat_schedule"] or broker in ("redis", "sqs") or draw(st.booleans()):
        data["until"] = draw(TIMES) + 1
    elif any(repeats({**config_acks(config), **task}) for task in data["tasks"].values()):
        data["until"] = 7.0
    return data


def config_acks(config: dict[str, Any]) -> dict[str, Any]:
    """Settings that apply to every task."""
    return {"acks_on_timeout": config.get("task_acks_on_failure_or_timeout", True)}


def build(data: dict[str, Any]) -> Scenario:
    """The scenario of some data (JSON is YAML)."""
    return parse_scenario(json.dumps(data), file="generated.yaml")


# A failing example names its data, not all that was made of it: Hypothesis warns of so long a text.
for_type_by_name(
    Scenario.__module__, "Scenario", lambda scenario, printer, _: printer.text(f"build({scenario.data!r})")
)


def scenarios(brokers: str | tuple[str, ...] = BROKERS) -> st.SearchStrategy[Scenario]:
    """Whole scenarios."""
    return scenario_data(brokers).map(build)

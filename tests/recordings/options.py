"""Options of workers and queues in an experiment, translated into a scenario's."""

from __future__ import annotations

from typing import Any

WORKER = {"name", "concurrency", "pool", "queues", "args", "start_at"}
WORKER |= {"autoscale", "prefetch_multiplier", "max_tasks_per_child", "max_memory_per_child", "beat"}
NO_EFFECT = {"-O", "-l", "--loglevel", "--without-gossip", "--without-mingle", "--without-heartbeat", "-E", "--events"}
"""Command-line options that change nothing that is compared: `-O fair` is the default since 4.0."""
TAKES_A_WORD = {"-O", "-l", "--loglevel"}
LONG = {"-c": "concurrency", "-P": "pool", "-Q": "queues", "-B": "beat"}
NUMBERS = {"concurrency", "prefetch_multiplier", "max_tasks_per_child", "max_memory_per_child"}
ARGUMENTS = {
    "x-max-priority": "max_priority",
    "x-max-length": "max_length",
    "x-overflow": "overflow",
    "x-message-ttl": "message_ttl",
    "x-dead-letter-exchange": "dead_letter_exchange",
    "x-dead-letter-routing-key": "dead_letter_routing_key",
    "x-delivery-limit": "delivery_limit",
}
"""AMQP's queue arguments and the format's names of them."""
BINDING = {"name", "exchange", "exchange_type", "routing_key", "durable", "auto_delete"}


def worker_options(spec: dict[str, Any], queues: list[str]) -> dict[str, Any]:
    """A worker's options; `queues` are all that are declared, which it consumes where it names none."""
    if unknown := sorted(set(spec) - WORKER):
        raise ValueError(f"worker {spec['name']}: unknown {', '.join(unknown)}")
    options = {key: value for key, value in spec.items() if key not in ("name", "args", "start_at")}
    options |= _command_line([str(word) for word in spec.get("args", [])])
    if "queues" not in options and queues:
        options["queues"] = queues
    if "autoscale" in options:
        most, _, least = str(options["autoscale"]).partition(",")
        if isinstance(options["autoscale"], str):
            options["autoscale"] = [int(most), int(least or 0)]
        options.setdefault("concurrency", options["autoscale"][1])
    return options


def _command_line(words: list[str]) -> dict[str, Any]:
    """Options as `celery worker` takes them: `--name=value`, `--name value`, `-c 2`."""
    options: dict[str, Any] = {}
    rest = list(words)
    while rest:
        word, _, value = rest.pop(0).partition("=")
        if word in NO_EFFECT:
            if word in TAKES_A_WORD and not value:
                rest.pop(0)
            continue
        name = LONG.get(word, word.removeprefix("--").replace("-", "_"))
        if name == "beat":
            options[name] = True
            continue
        value = value or rest.pop(0)
        if name in NUMBERS:
            options[name] = int(value)
        elif name == "queues":
            options[name] = value.split(",")
        elif name in ("pool", "autoscale"):
            options[name] = value
        else:
            raise ValueError(f"unknown worker argument {word}")
    return options


def queue_limits(spec: dict[str, Any], bound: dict[tuple[Any, Any], str]) -> dict[str, Any]:
    """A queue's limits; `bound` has the queues by exchange and routing key."""
    known = BINDING | {"queue_arguments", "max_priority", "max_length"}
    if unknown := sorted(set(spec) - known):
        raise ValueError(f"queue {spec['name']}: unknown {', '.join(unknown)}")
    limits: dict[str, Any] = {key: spec[key] for key in ("max_priority", "max_length") if key in spec}
    for argument, value in spec.get("queue_arguments", {}).items():
        limits[ARGUMENTS[argument]] = value / 1000 if argument == "x-message-ttl" else value
    if "dead_letter_exchange" in limits:
        # A scenario has no bindings: the routing key is the name of the queue, as with the default exchange.
        key = limits.get("dead_letter_routing_key", spec.get("routing_key", spec["name"]))
        limits["dead_letter_routing_key"] = bound.get((limits["dead_letter_exchange"], key), key)
    return limits

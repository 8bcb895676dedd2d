"""Runs in which every type of event occurs."""

from __future__ import annotations

from functools import cache

from simulator.engine import simulate
from simulator.scenario import load_scenario, parse_scenario
from simulator.trace import Header, Trace
from simulator.trace import events as ev

CRASH = """
profile: celery-rabbitmq
workers: 2
config: {worker_prefetch_multiplier: 1}
tasks: {pay: 4}
send: [{at: 0, task: pay, count: 6}]
faults: [{at: 2, kill: worker1}, {at: 5, start: worker1}]
"""
WRONG_ARGUMENTS = """
tasks: {pay: {duration: 1, signature: [order_id]}}
send: [{at: 0, task: pay, args: [1, 2]}]
"""


@cache
def lesson(name: str, variant: str | None = None) -> Trace:
    """The run of a packaged scenario."""
    return simulate(load_scenario(name, variant=variant))


@cache
def run_of(text: str) -> Trace:
    """The run of a scenario given as text."""
    return simulate(parse_scenario(text))


@cache
def offline() -> Trace:
    """A worker that says goodbye, made by hand: no scenario can ask for it yet."""
    online = ev.WorkerOnline(0, -1, "worker1", ("celery",), "prefork", 1, 4)
    goodbye = ev.WorkerOffline(1_000_000, -1, "worker1")
    return Trace(Header(end=1_000_000), [ev.QueueDeclared(0, -1, "celery"), online, goodbye])


def traces() -> list[Trace]:
    """Runs that have every type of event between them."""
    return [
        lesson("three-task-order"),
        lesson("three-task-order", "celery_defaults"),
        lesson("message"),
        lesson("success-and-ack", "early"),
        run_of(CRASH),
        run_of(WRONG_ARGUMENTS),
        offline(),
    ]

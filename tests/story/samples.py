"""Runs in which every type of event occurs."""

from __future__ import annotations

from functools import cache

from simulator.engine import simulate
from simulator.scenario import load_scenario, parse_scenario
from simulator.trace import Trace

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
RETRIES = """
profile: guide
workers: 1
tasks:
  send_email:
    {duration: 1, raises: SMTPException, autoretry_for: [SMTPException], retry_kwargs: {max_retries: 2, countdown: 5},
     dead_letter_queue: failed_emails}
send: [{at: 0.5, id: Task1, task: send_email, args: [12345]}]
"""
OUTAGES = """
profile: celery-rabbitmq
workers: {worker1: {}, worker2: {starts_at: 6}}
services: {mail: {latency: 0.1}}
tasks: {pay: {duration: 2, acks_late: true}, mail: {duration: 0.5, calls: mail}}
send:
  - {at: 0, id: Task1, task: pay}
  - {at: 0.1, id: Task2, task: mail}
  - {at: 2, id: Task3, task: pay}
  - {at: 5, id: Task4, task: mail}
  - {at: 6.1, id: Task5, task: pay}
  - {at: 6.1, id: Task6, task: pay}
  - {at: 6.1, id: Task7, task: pay, expires: 1.5, priority: 3}
faults:
  - {at: 1, down: broker, for: 2}
  - {at: 4.5, down: services.mail, raises: SMTPException, for: 1}
  - {at: 7, stop: worker1}
  - {at: 9, stop: worker2, how: cold}
until: 12
"""
"""A broker's and a service's outage, and both ways to shut down."""
OVERFLOW = """
workers: 1
queues: {celery: {max_length: 2}, strict: {max_length: 1, overflow: reject-publish}}
tasks: {a: 3, b: {duration: 1, queue: strict}}
send: [{at: 0.5, task: a, count: 4}, {at: 0.5, task: b, count: 2}]
until: 9
"""


@cache
def lesson(name: str, variant: str | None = None) -> Trace:
    """The run of a packaged scenario."""
    return simulate(load_scenario(name, variant=variant))


@cache
def run_of(text: str) -> Trace:
    """The run of a scenario given as text."""
    return simulate(parse_scenario(text))


def traces() -> list[Trace]:
    """Runs that have every type of event between them."""
    return [
        lesson("three-task-order"),
        lesson("three-task-order", "celery_defaults"),
        lesson("message"),
        lesson("success-and-ack", "early"),
        run_of(CRASH),
        run_of(WRONG_ARGUMENTS),
        run_of(RETRIES),
        run_of(OUTAGES),
        run_of(OVERFLOW),
    ]

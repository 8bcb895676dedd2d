"""Runs in which every type of event occurs."""

from __future__ import annotations

from functools import cache

from simulator.engine import simulate
from simulator.scenario import parse_scenario
from simulator.trace import Header, Trace
from simulator.trace import events as ev
from tests.lessons import played

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
config: {reconnect: ideal, shutdown_return: ideal, startup_drain: ideal}
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
EXPIRY = """
profile: celery-redis
workers: 1
tasks: {pay: 2}
send:
  - {at: 0, id: Task1, task: pay}
  - {at: 0.1, id: Task2, task: pay, expires: 1.5}
"""
"""A message that expires inside a worker: it is acknowledged there, and not run."""
CONTROLS = """
profile: celery-redis
workers: {worker1: {autoscale: [3, 1], max_tasks_per_child: 3}, worker2: {queues: [slow]}}
config: {broker_transport_options: {visibility_timeout: 20}, task_track_started: true, autoscale_check: ideal}
services: {mail: {latency: 0.2}}
tasks:
  pay: {duration: 2, calls: mail}
  hang: {duration: 60, time_limit: 3, acks_late: true}
  crash: {duration: 0.5, kills: child}
  report: {duration: 30, queue: slow, acks_late: true}
send:
  - {at: 0, id: A, task: pay}
  - {at: 0, id: B, task: hang}
  - {at: 0.1, id: C, task: crash}
  - {at: 0.2, id: D, task: report}
  - {at: 6, id: E, task: pay, countdown: 3}
  - {at: 12, task: pay, count: 4}
faults: [{at: 5, slow: services.mail, latency: 1, for: 3}, {at: 30, stop: worker1, how: soft}]
control:
  - {at: 2.5, revoke: B, terminate: true}
  - {at: 7, revoke: [E, Z]}
  - {at: 10, rate_limit: pay, rate: 30/m}
  - {at: 10, time_limit: pay, soft: 5}
  - {at: 11, add_consumer: worker1, queue: slow}
  - {at: 22, rate_limit: pay, rate: 0}
  - {at: 23, autoscale: worker1, max: 4, min: 2}
  - {at: 24, pool_grow: worker2, n: 2}
  - {at: 25.5, pool_shrink: worker2}
  - {at: 26, cancel_consumer: worker2, queue: slow}
  - {at: 27, revoke: D, terminate: true, signal: SIGKILL}
"""
"""Remote control, limits, dying children, and a lease that runs out while its task goes on."""
CANVAS = """
profile: celery-rabbitmq
workers: {worker1: {concurrency: 2}}
tasks: {step: {duration: 0.5, returns: done}, slow: 1, fail: {duration: 0.5, raises: Timeout}}
send:
  - {at: 0, chain: [{id: c1, task: step}, {id: c2, task: fail}, {id: c3, task: step}]}
  - {at: 2, chord: {header: [{id: h1, task: slow}, {id: h2, task: step}], body: {id: callback, task: step}}}
beat_schedule: {tick: {task: step, schedule: 3}}
faults: [{at: 4, kill: beat}, {at: 7, start: beat}]
until: 8
"""
"""A chain that breaks, a chord, and a beat that is away for a while."""
UNHEARD = """
profile: celery-redis
workers: {worker1: {starts_at: 2}}
tasks: {pay: 1}
send: [{at: 0, id: Task1, task: pay}]
control: [{at: 1, revoke: Task1}]
"""
"""A command that is sent before any worker is there."""
UNLOCK = """
workers: {worker1: {concurrency: 2}}
config: {result_backend: db+sqlite://}
tasks: {step: {duration: 1.5}}
send: [{at: 0, chord: {header: [{id: h1, task: step}, {id: h2, task: step}], body: {id: callback, task: step}}}]
"""


@cache
def run_of(text: str) -> Trace:
    """The run of a scenario given as text."""
    return simulate(parse_scenario(text))


@cache
def pool_events() -> Trace:
    """A pool's children, heartbeats, effects, a rejection with and without requeue, and a run that is given up."""
    name = "worker1"
    events: list[ev.Event] = [
        ev.QueueDeclared(0, -1, "celery"),
        ev.WorkerOnline(0, -1, name, ("celery",), "prefork", 1, 1, {"task_acks_late": True}),
        ev.ChildStarted(0, 1, name, 1, 50.0),
    ]
    for uuid, message, at in (("A", 1, 1), ("B", 2, 8)):
        events.append(ev.TaskSent(at * 1_000_000, -1, "producer", uuid, "pay", message, "celery"))
        events.append(ev.MessageQueued(at * 1_000_000, len(events) - 1, uuid, message, "celery", 0))

    def deliver(uuid: str, message: int, tag: int, at: int, *, again: bool) -> None:
        now, index = at * 1_000_000, len(events)
        events.append(ev.MessageDelivered(now, index - 1, uuid, message, "celery", tag, name, again))
        events.append(ev.TaskReceived(now, index, name, uuid, "pay", message, tag))
        events.append(ev.TaskStarted(now, index + 1, name, uuid, message, tag, 1, 80.0))

    last = events.pop(), events.pop()  # B comes later
    deliver("A", 1, 1, 1, again=False)
    events += [
        ev.Effect(2_000_000, 5, name, "A", 1, 1),
        ev.ChildExited(3_000_000, -1, name, 1, 80.0, "killed"),
        ev.ChildStarted(3_000_000, 9, name, 1, 50.0, "replaced"),
        ev.MessageRequeued(3_000_000, 9, "A", 1, "celery", 0, 1, name, "rejected"),
        ev.TaskRejected(3_000_000, 11, name, "A", 1, 1, 0, requeue=True),
    ]
    deliver("A", 1, 2, 4, again=True)
    events += [
        ev.Effect(5_000_000, 15, name, "A", 1, 2),
        ev.MessageDropped(5_000_000, 15, "A", 1, "celery", "rejected", 2, name),
        ev.TaskRejected(5_000_000, 17, name, "A", 1, 2, 1),
        ev.TaskLost(5_000_000, 18, "A", 1, 2, name, "gone"),
        ev.ChildExited(6_000_000, -1, name, 1, 80.0, "max-tasks"),
        ev.PoolResized(7_000_000, -1, name, 2, "autoscale"),
        ev.WorkerHeartbeat(7_500_000, -1, name, 0, 2),
        *reversed(last),
    ]
    deliver("B", 2, 3, 8, again=False)
    events += [
        ev.MessageRequeued(9_000_000, -1, "B", 2, "celery", 0, 3, name, "shutdown"),
        ev.TaskCancelled(9_000_000, len(events), name, "B", 2, 3, 1),
        ev.TaskIgnored(9_000_000, len(events) + 1, name, "B", 2, 3, 1),
        ev.ResultLost(9_000_000, len(events) + 2, name, "B", 2, 3, 1, "SUCCESS"),
    ]
    return Trace(Header(scenario="pool", end=10_000_000), events)


def traces() -> list[Trace]:
    """Runs that have every type of event between them."""
    return [
        played("three-task-order"),
        played("three-task-order", "celery_defaults"),
        played("message"),
        played("success-and-ack", "early"),
        run_of(CRASH),
        run_of(WRONG_ARGUMENTS),
        run_of(RETRIES),
        run_of(OUTAGES),
        run_of(OVERFLOW),
        run_of(EXPIRY),
        run_of(CONTROLS),
        pool_events(),
        run_of(CANVAS),
        run_of(UNLOCK),
        run_of(UNHEARD),
    ]

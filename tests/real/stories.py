"""Scenarios that a real Celery plays, each with the brokers it is held on; short, for each takes its real time.

Where two workers ask one Redis queue, `brpop_timeout` is long: which of two idle workers is first is a coin flip when a
BRPOP is renewed between two sends.
"""

from __future__ import annotations

REDIS, RABBITMQ = "redis", "rabbitmq"

STORIES: dict[str, tuple[tuple[str, ...], str]] = {
    "three-task-order": (
        (REDIS,),
        """
config: {broker_transport_options: {brpop_timeout: 30}}
tasks: {long: 1, short: 0.5}
workers: 2
send: [{id: A, task: long, at: 0}, {id: B, task: long, at: 0.05}, {id: C, task: short, at: 0.1}]
""",
    ),
    "three-task-order-pushed": (
        (RABBITMQ,),
        """
tasks: {long: 1, short: 0.5}
workers: 2
send: [{id: A, task: long, at: 0}, {id: B, task: long, at: 0.05}, {id: C, task: short, at: 0.1}]
""",
    ),
    "retries": (
        (REDIS,),
        """
exceptions: {Busy: Exception}
tasks:
  auto: {duration: 0.1, raises: [Busy, Busy, null], autoretry_for: [Busy], default_retry_delay: 0.3}
  own: {duration: 0.1, raises: [Busy, null], retry: {on: [Busy], countdown: 0.4, exc: true}}
workers: {w1: {concurrency: 2}}
send: [{id: A, task: auto, at: 0}, {id: B, task: own, at: 0.2}]
""",
    ),
    "exhaustion": (
        (RABBITMQ,),
        """
exceptions: {Busy: Exception}
tasks:
  never: {duration: 0.1, raises: Busy, autoretry_for: [Busy], max_retries: 2, default_retry_delay: 0.3}
  other: {duration: 0.1, raises: KeyError, autoretry_for: [Busy], default_retry_delay: 0.3}
workers: {w1: {concurrency: 1}}
send: [{id: A, task: never, at: 0}, {id: B, task: other, at: 0.6}]
""",
    ),
    "kill-early-ack": (
        (RABBITMQ,),
        """
tasks: {nap: 1}
workers: {w1: {concurrency: 1}, w2: {concurrency: 1, starts_at: 1}}
send: [{id: RUNNING, task: nap, at: 0}, {id: WAITING, task: nap, at: 0.1}]
faults: [{at: 0.5, kill: w1}]
""",
    ),
    "kill-late-ack": (
        (RABBITMQ,),
        """
tasks: {nap: {duration: 1, acks_late: true}}
workers: {w1: {concurrency: 1}, w2: {concurrency: 1, starts_at: 1}}
send: [{id: RUNNING, task: nap, at: 0}, {id: WAITING, task: nap, at: 0.1}]
faults: [{at: 0.5, kill: w1}]
""",
    ),
    "kill-late-ack-lease": (
        (REDIS,),
        """
config:
  broker_transport_options: {visibility_timeout: 2, unacked_restore_interval: 0.25, unacked_restore_throttle: 1}
tasks: {nap: {duration: 1, acks_late: true}}
workers: {w1: {concurrency: 1}, w2: {concurrency: 1, starts_at: 1}}
send: [{id: RUNNING, task: nap, at: 0}]
faults: [{at: 0.5, kill: w1}]
""",
    ),
    "prefetch": (
        (RABBITMQ,),
        """
tasks: {long: 1.5, short: 0.2}
workers: {w1: {concurrency: 1, prefetch_multiplier: 4}, w2: {concurrency: 1, prefetch_multiplier: 4}}
send:
  - {id: L, task: long, at: 0}
  - {id: A, task: short, at: 0.1}
  - {id: B, task: short, at: 0.2}
  - {id: C, task: short, at: 0.3}
  - {id: D, task: short, at: 0.4}
""",
    ),
    "prefetch-one-late": (
        (REDIS,),
        """
config:
  task_acks_late: true
  worker_prefetch_multiplier: 1
  broker_transport_options: {brpop_timeout: 30}
tasks: {long: 1.5, short: 0.3}
workers: {w1: {concurrency: 1}, w2: {concurrency: 1}}
send:
  - {id: L, task: long, at: 0}
  - {id: A, task: short, at: 0.1}
  - {id: B, task: short, at: 0.15}
  - {id: C, task: short, at: 0.2}
""",
    ),
    "priorities": (
        (RABBITMQ,),
        """
queues: {celery: {max_priority: 10}}
config: {worker_prefetch_multiplier: 1, task_acks_late: true}
tasks: {nap: 0.4}
workers: {w1: {concurrency: 1}}
send:
  - {id: FIRST, task: nap, at: 0}
  - {id: LOW, task: nap, at: 0.1, priority: 1}
  - {id: MIDDLE, task: nap, at: 0.15, priority: 5}
  - {id: HIGH, task: nap, at: 0.2, priority: 9}
""",
    ),
    "priorities-redis": (
        (REDIS,),
        """
config: {worker_prefetch_multiplier: 1, task_acks_late: true}
tasks: {nap: 0.4}
workers: {w1: {concurrency: 1}}
send:
  - {id: FIRST, task: nap, at: 0}
  - {id: NINE, task: nap, at: 0.1, priority: 9}
  - {id: THREE, task: nap, at: 0.15, priority: 3}
  - {id: ZERO, task: nap, at: 0.2, priority: 0}
""",
    ),
    "eta": (
        (REDIS,),
        """
tasks: {nap: 0.2}
workers: {w1: {concurrency: 1}}
send:
  - {id: LATER, task: nap, at: 0, countdown: 1.2}
  - {id: SOON, task: nap, at: 0.1, countdown: 0.5}
  - {id: NOW, task: nap, at: 0.2}
""",
    ),
    "expires": (
        (REDIS,),
        """
tasks: {nap: 0.8}
workers: {w1: {concurrency: 1}}
send:
  - {id: A, task: nap, at: 0}
  - {id: GONE, task: nap, at: 0.1, expires: 0.3}
  - {id: KEPT, task: nap, at: 0.2, expires: 5}
""",
    ),
    "warm-shutdown": (
        (RABBITMQ,),
        """
tasks: {nap: 1}
workers: {w1: {concurrency: 1}, w2: {concurrency: 1, starts_at: 1.2}}
send: [{id: A, task: nap, at: 0}, {id: B, task: nap, at: 0.1}]
faults: [{at: 0.5, stop: w1}]
""",
    ),
    "cold-shutdown": (
        (REDIS,),
        """
tasks: {nap: {duration: 1.5, acks_late: true}}
workers: {w1: {concurrency: 1}, w2: {concurrency: 1, starts_at: 1.2}}
send: [{id: A, task: nap, at: 0}]
faults: [{at: 0.5, stop: w1, how: cold}]
""",
    ),
    "soft-shutdown": (
        (REDIS, RABBITMQ),
        """
config: {worker_soft_shutdown_timeout: 1.5}
tasks: {nap: {duration: 0.8, acks_late: true}}
workers: {w1: {concurrency: 1}, w2: {concurrency: 1, starts_at: 3.5}}
send: [{id: A, task: nap, at: 0}, {id: B, task: nap, at: 0.1}]
faults: [{at: 0.4, stop: w1, how: soft}]
""",
    ),
    "canvas": (
        (REDIS,),
        """
tasks: {step: 0.2, slow: 0.6}
workers: {w1: {concurrency: 2}}
send:
  - {at: 0, chain: [{id: C1, task: step}, {id: C2, task: step}]}
  - {at: 0.8, chord: {header: [{id: H1, task: slow}, {id: H2, task: step}], body: {id: BODY, task: step}}}
""",
    ),
    "chain": (
        (RABBITMQ,),
        """
tasks: {step: 0.2, bad: {duration: 0.2, raises: ValueError}}
workers: {w1: {concurrency: 1}}
send:
  - {at: 0, chain: [{id: C1, task: step}, {id: C2, task: step}, {id: C3, task: step}]}
  - {at: 1, chain: [{id: D1, task: step}, {id: D2, task: bad}, {id: D3, task: step}]}
""",
    ),
    "beat": (
        (REDIS,),
        """
until: 3.2
tasks: {tick: 0.1}
workers: {w1: {concurrency: 1}}
beat_schedule: {often: {task: tick, schedule: 1}}
""",
    ),
    "beats": (
        (REDIS,),
        """
until: 3.4
tasks: {tick: 0.1}
workers:
  w1: {concurrency: 1, queues: [celery], beat: true}
  w2: {concurrency: 1, queues: [other], beat: true, starts_at: 0.5}
beat_schedule: {often: {task: tick, schedule: 1}}
""",
    ),
    "kill-one-of-two-children": (
        (RABBITMQ,),
        """
tasks: {nap: 1.5, long: 2.5}
workers: {w1: {concurrency: 2}}
send: [{id: A, task: long, at: 0}, {id: B, task: nap, at: 0.3}]
faults: [{at: 0.8, kill_child: w1, slot: 1}]
""",
    ),
    "deploy": (
        (RABBITMQ,),
        """
config: {task_acks_late: true, worker_prefetch_multiplier: 1}
tasks: {nap: 0.8, long: 4}
workers: {w1: {}, w2: {queues: [slow]}}
send: [{id: A, task: nap, at: 0.2}, {id: L, task: long, at: 0.45, queue: slow}, {id: B, task: nap, at: 0.7}]
faults: [{at: 1.3, rolling: [w1, w2], every: 0.4, grace: 1.5, start_up: 1}]
until: 11
""",
    ),
    "revoke": (
        (REDIS,),
        """
tasks: {nap: 0.8}
workers: {w1: {concurrency: 1}}
send: [{id: A, task: nap, at: 0}, {id: B, task: nap, at: 0.1}, {id: C, task: nap, at: 0.2}]
control: [{at: 0.4, revoke: B}]
""",
    ),
    "two-queues": (
        (RABBITMQ,),
        """
tasks: {nap: 0.3, mail: {duration: 0.3, queue: mails}}
workers: {w1: {concurrency: 1, queues: [celery]}, w2: {concurrency: 1, queues: [mails, celery], starts_at: 0.5}}
send: [{id: M1, task: mail, at: 1}, {id: N1, task: nap, at: 1.1}, {id: M2, task: mail, at: 1.2}]
""",
    ),
}
"""By name: on which brokers, and the scenario."""

CASES = [(name, broker) for name, (brokers, _) in STORIES.items() for broker in brokers]

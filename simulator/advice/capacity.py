"""Rules about capacity: who waits, who hoards, what limits do not limit."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.advice.findings import Evidence, rule
from simulator.advice.system import System
from simulator.trace.time import MICROS

Found = Iterator[tuple[bool, list[Evidence]]]

LONG, TIMES = 5.0, 10.0
"""A task is long if it takes so many seconds and so many times what its neighbours take."""
START_SHARE = 0.1
"""Share of a slot's time that starting children may take."""
MANY = 100
"""Tasks with an ETA that a worker may hold without harm."""
GREEN = ("gevent", "eventlet")


@rule("overloaded")
def _overloaded(system: System) -> Found:
    """More work arrives than the workers of a queue can do: the queue grows without end."""
    for queue in sorted(system.sent_to):
        work = sum(rate * system.mean_run(name) for name, rate in system.rate_into(queue).items())
        slots = sum(system.slots(worker) for worker in system.consumers(queue))
        if slots and work >= slots:
            yield True, [("#queue", queue), ("#work", work), ("#slots", slots)]


@rule("prefetch-behind-long")
def _prefetch_behind_long(system: System) -> Found:
    """Short tasks held by a worker that is busy with a long one, while others are free."""
    for queue in sorted(system.sent_to):
        runs = {name: system.long_run(name) for name in system.tasks_in(queue)}
        holders = [worker for worker in system.consumers(queue) if system.prefetches(worker)]
        if not runs or not holders or len(system.consumers(queue)) < 2:
            continue
        longest, shortest = max(runs, key=runs.__getitem__), min(runs, key=runs.__getitem__)
        if runs[longest] >= LONG and runs[longest] >= TIMES * runs[shortest]:
            multiplier = system.multiplier(holders[0])
            yield (
                True,
                [
                    ("config.worker_prefetch_multiplier", multiplier),
                    (f"tasks.{longest}.duration", runs[longest]),
                    (f"tasks.{shortest}.duration", runs[shortest]),
                ],
            )


@rule("prefetch-without-limit")
def _prefetch_without_limit(system: System) -> Found:
    """A multiplier of 0 is no prefetch of 0: the first worker takes all there is."""
    for worker in system.workers:
        if system.multiplier(worker) == 0 and not system.settings.worker_disable_prefetch:
            yield True, [(f"workers.{worker}.prefetch_multiplier", 0)]


@rule("priority-behind-prefetch")
def _priority_behind_prefetch(system: System) -> Found:
    """Priorities order a queue, not what a worker has already taken."""
    for queue in sorted(system.sent_to):
        given = {call.priority for _, call in system.placed_calls if system.queue_of(call) == queue}
        given |= {system.tasks[name].priority for name in system.tasks_in(queue)}
        holders = [worker for worker in system.consumers(queue) if system.prefetches(worker)]
        if len(given) > 1 and holders and system.sorts(queue):
            multiplier = system.multiplier(holders[0])
            yield True, [("config.worker_prefetch_multiplier", multiplier), ("#priorities", len(given))]


@rule("priority-ignored")
def _priority_ignored(system: System) -> Found:
    """A priority in a queue that does not sort."""
    for path, call in system.placed_calls:
        priority = system.tasks[call.task].priority if call.priority is None else call.priority
        queue = system.queue_of(call)
        if priority is not None and not system.sorts(queue) and system.settings.task_queue_max_priority is None:
            yield True, [(f"{path}.priority", priority), (f"queues.{queue}.max_priority", None)]


@rule("limit-without-effect")
def _limit_without_effect(system: System) -> Found:
    """A time limit in a pool that enforces none: threads and solo neither, greenlets only the hard one."""
    for name in system.tasks:
        for worker in system.workers_of(name):
            pool = system.pool_of(worker)
            for key, limit, kept in (
                ("time_limit", system.time_limit(name), ("prefork", *GREEN)),
                ("soft_time_limit", system.soft_time_limit(name), ("prefork",)),
            ):
                if limit and pool not in kept:
                    yield True, [(f"tasks.{name}.{key}", limit), (f"workers.{worker}.pool", pool)]


@rule("soft-limit-too-late")
def _soft_limit_too_late(system: System) -> Found:
    """A soft limit above the hard one never fires."""
    for name in system.tasks:
        soft, hard = system.soft_time_limit(name), system.time_limit(name)
        if hard and soft > hard:
            yield True, [(f"tasks.{name}.soft_time_limit", soft), (f"tasks.{name}.time_limit", hard)]


@rule("limit-below-run")
def _limit_below_run(system: System) -> Found:
    """A hard limit below what the task often takes."""
    for name in system.tasks:
        hard = system.time_limit(name)
        if hard and system.long_run(name) > hard:
            yield True, [(f"tasks.{name}.time_limit", hard), (f"tasks.{name}.duration", system.long_run(name))]


@rule("computing-greenlet")
def _computing_greenlet(system: System) -> Found:
    """A body that computes in a pool of greenlets: it blocks all others, and the worker's loop."""
    for name, task in system.tasks.items():
        for worker in system.workers_of(name) if task.cpu else ():
            if system.pool_of(worker) in GREEN:
                yield True, [(f"tasks.{name}.cpu", True), (f"workers.{worker}.pool", system.pool_of(worker))]


@rule("children-start-too-often")
def _children_start_too_often(system: System) -> Found:
    """Children replaced after a few tasks, with a start that takes long beside them."""
    for name, spec in system.workers.items():
        most = spec.max_tasks_per_child or system.settings.worker_max_tasks_per_child
        start = spec.child_startup
        if start is None:
            start = system.settings.child_startup / MICROS
        runs = [system.mean_run(task) for queue in system.queues_of(name) for task in system.tasks_in(queue)]
        if most is None or not runs or system.pool_of(name) != "prefork":
            continue
        if start > START_SHARE * most * (sum(runs) / len(runs)):
            yield True, [(f"workers.{name}.max_tasks_per_child", most), (f"workers.{name}.child_startup", start)]


@rule("rate-limit-a-worker")
def _rate_limit_a_worker(system: System) -> Found:
    """A rate limit counts in each worker on its own: more workers, more of it."""
    for name, task in system.tasks.items():
        workers = system.workers_of(name)
        if system.is_rated(name) and len(workers) > 1:
            yield True, [(f"tasks.{name}.rate_limit", task.rate_limit or "-"), ("#workers", len(workers))]


@rule("rate-limit-blocks-others")
def _rate_limit_blocks_others(system: System) -> Found:
    """Throttled tasks fill the prefetch window: others of the same queue wait with them."""
    for queue in sorted(system.sent_to):
        tasks = system.tasks_in(queue)
        rated = [name for name in tasks if system.is_rated(name)]
        if rated and len(rated) < len(tasks):
            others = [name for name in tasks if name not in rated]
            yield True, [(f"tasks.{rated[0]}.rate_limit", system.tasks[rated[0]].rate_limit), ("#queue", queue),
                         ("#tasks", ", ".join(others[:3]))]  # fmt: skip


@rule("rate-limits-off")
def _rate_limits_off(system: System) -> Found:
    """`worker_disable_rate_limits` over a task with a rate limit."""
    for name in system.tasks:
        if system.is_rated(name) and system.settings.worker_disable_rate_limits:
            yield True, [("config.worker_disable_rate_limits", True), (f"tasks.{name}.rate_limit", "-")]


@rule("eta-hoarded")
def _eta_hoarded(system: System) -> Found:
    """Tasks with an ETA widen the window: one worker takes them all, however many."""
    if system.settings.worker_eta_task_limit is not None or system.settings.quorum[0]:
        return
    for index, send in enumerate(system.model.send):
        number = (send.occasions or MANY) * send.burst
        for call in send.calls:
            if number >= MANY and (call.countdown or call.eta):
                yield True, [(f"send.{index}.countdown", call.countdown or call.eta), ("#number", number)]


@rule("expires-in-backlog")
def _expires_in_backlog(system: System) -> Found:
    """Tasks that expire before their turn comes: the backlog they are sent with takes longer."""
    for index, send in enumerate(system.model.send):
        number = (send.occasions or 1) * send.burst if send.every is None else send.burst
        for call in send.calls:
            if call.task not in system.tasks:
                continue
            expires = system.tasks[call.task].expires if call.expires is None else call.expires
            slots = sum(system.slots(worker) for worker in system.consumers(system.queue_of(call)))
            wait = (number - 1) * system.mean_run(call.task) / slots if slots else 0.0
            if expires is not None and wait > expires:
                yield True, [(f"send.{index}.expires", expires), ("#backlog", wait)]


@rule("beat-faster-than-task")
def _beat_faster_than_task(system: System) -> Found:
    """Beat sends on time whether or not the last run has ended."""
    for name, entry in system.model.beat_schedule.items():
        interval, task = entry.schedule.interval, system.tasks.get(entry.task)
        if task is None or interval is None or system.long_run(entry.task) <= interval:
            continue
        slots = sum(system.slots(worker) for worker in system.workers_of(entry.task))
        grows = bool(slots) and system.mean_run(entry.task) > interval * slots and entry.options.expires is None
        evidence: list[Evidence] = [(f"beat_schedule.{name}.schedule", interval)]
        yield grows, [*evidence, (f"tasks.{entry.task}.duration", system.long_run(entry.task))]


@rule("retry-without-jitter")
def _retry_without_jitter(system: System) -> Found:
    """Tasks that fail together retry together: every wave hits the service again."""
    for name, task in system.tasks.items():
        if task.autoretry_for and not (task.retry_backoff and task.retry_jitter):
            certain = task.calls is not None and system.model.services[task.calls].capacity is not None
            if not task.retry_backoff:
                yield certain, [(f"tasks.{name}.retry_backoff", False)]
            else:
                yield certain, [(f"tasks.{name}.retry_jitter", False)]


@rule("retry-for-ever")
def _retry_for_ever(system: System) -> Found:
    """`max_retries: null` with an error that stays: the task never ends."""
    for name, task in system.tasks.items():
        kwargs = task.retry_kwargs.max_retries if task.retry_kwargs is not None else None
        if (task.autoretry_for or task.retry) and task.max_retries is None and kwargs is None:
            yield task.raises is not None, [(f"tasks.{name}.max_retries", None)]

"""Rules about delivery: what is lost, run twice, handed out again, or never handed out."""

from __future__ import annotations

import math
from collections.abc import Iterator

from simulator.advice.findings import Evidence, rule
from simulator.advice.system import System

Found = Iterator[tuple[bool, list[Evidence]]]

VISIBILITY = "config.broker_transport_options.visibility_timeout"


@rule("visibility-before-eta")
def _visibility_before_eta(system: System) -> Found:
    """A lease that ends before a countdown, an ETA or a retry delay: the task is delivered once more, and again."""
    for name in system.tasks:
        path, delay = system.longest_delay(name)
        if delay > system.shortest_visibility(name):
            yield True, [(VISIBILITY, system.shortest_visibility(name)), (path, delay)]


@rule("visibility-before-end")
def _visibility_before_end(system: System) -> Found:
    """A lease that ends before a late ACK: a second worker starts the task while the first still runs it."""
    for name in system.tasks:
        limit = system.shortest_visibility(name)
        if math.isinf(limit) or not system.is_late(name):
            continue
        if system.long_run(name) > limit:
            yield True, [(VISIBILITY, limit), (f"tasks.{name}.duration", system.long_run(name))]
        elif system.time_limit(name) > limit:
            yield False, [(VISIBILITY, limit), (f"tasks.{name}.time_limit", system.time_limit(name))]


@rule("two-visibility-timeouts")
def _two_visibility_timeouts(system: System) -> Found:
    """Applications on one Redis with two timeouts: the shorter one sweeps for all."""
    found = {name: system.visibility(name) for name in system.workers}
    if system.traits.leases_by_worker and len(set(found.values())) > 1:
        least, most = min(found, key=found.__getitem__), max(found, key=found.__getitem__)
        path = "workers.{}.broker_transport_options.visibility_timeout"
        yield True, [(path.format(least), found[least]), (path.format(most), found[most])]


@rule("visibility-too-long")
def _visibility_too_long(system: System) -> Found:
    """A lease far longer than any task: what a dead worker held comes back only after it."""
    for limit in {system.visibility(name) for name in system.workers} - {math.inf}:
        late = [name for name in system.tasks if system.is_late(name)]
        longest = max((max(system.long_run(name), system.longest_delay(name)[1]) for name in late), default=math.inf)
        if limit >= 600 and longest * 10 < limit:
            yield False, [(VISIBILITY, limit), ("#longest", longest)]


@rule("early-ack-loses")
def _early_ack_loses(system: System) -> Found:
    """An early ACK: what a worker runs when it dies is gone."""
    early = [name for name in system.tasks if not system.is_late(name)]
    if early:
        yield False, [("config.task_acks_late", system.settings.task_acks_late), ("#tasks", ", ".join(early[:3]))]


@rule("late-ack-runs-twice")
def _late_ack_runs_twice(system: System) -> Found:
    """A late ACK with a side effect that is not idempotent: it happens once a delivery."""
    for name, task in system.tasks.items():
        if system.is_late(name) and not task.idempotent:
            yield False, [(f"tasks.{name}.acks_late", True), (f"tasks.{name}.idempotent", bool(task.idempotent))]


@rule("requeued-for-ever")
def _requeued_for_ever(system: System) -> Found:
    """`reject_on_worker_lost` without a delivery limit: a task that kills its process goes round for ever."""
    for name in system.tasks:
        if not system.is_requeued(name):
            continue
        for queue in sorted(system.queues_of_task.get(name, {system.model.queue_of(name)})):
            limits = system.model.queues.get(queue)
            if limits is None or limits.delivery_limit is None:
                kills = system.tasks[name].kills is not None
                yield (
                    kills,
                    [(f"tasks.{name}.reject_on_worker_lost", True), (f"queues.{queue}.delivery_limit", None)],
                )


@rule("worker-lost-needs-late-ack")
def _worker_lost_needs_late_ack(system: System) -> Found:
    """`reject_on_worker_lost` with an early ACK, which leaves nothing to requeue."""
    for name, task in system.tasks.items():
        given = task.reject_on_worker_lost
        if (system.settings.task_reject_on_worker_lost if given is None else given) and not system.is_late(name):
            yield True, [(f"tasks.{name}.reject_on_worker_lost", True), (f"tasks.{name}.acks_late", False)]


@rule("failure-not-acked")
def _failure_not_acked(system: System) -> Found:
    """`acks_on_failure: false` without dead letters: the broker deletes the message of each failure."""
    for name, task in system.tasks.items():
        given = task.acks_on_failure
        if given is None:
            given = task.acks_on_failure_or_timeout
        if (system.settings.task_acks_on_failure if given is None else given) or not system.is_late(name):
            continue
        for queue in sorted(system.queues_of_task.get(name, {system.model.queue_of(name)})):
            limits = system.model.queues.get(queue)
            if not system.traits.redrives and (limits is None or limits.dead_letter_exchange is None):
                yield True, [(f"tasks.{name}.acks_on_failure", False), (f"queues.{queue}.dead_letter_exchange", None)]


@rule("eta-past-consumer-timeout")
def _eta_past_consumer_timeout(system: System) -> Found:
    """RabbitMQ closes the channel of a worker that holds an ETA task for longer than `consumer_timeout`."""
    for name in system.tasks:
        path, delay = system.longest_delay(name)
        if delay > system.consumer_timeout(name) and not system.settings.quorum[0]:
            yield True, [("config.consumer_timeout", system.consumer_timeout(name)), (path, delay)]


@rule("run-past-consumer-timeout")
def _run_past_consumer_timeout(system: System) -> Found:
    """The same with a late ACK of a long task."""
    for name in system.tasks:
        limit = system.consumer_timeout(name)
        if system.is_late(name) and system.long_run(name) > limit:
            yield True, [("config.consumer_timeout", limit), (f"tasks.{name}.duration", system.long_run(name))]


@rule("queue-without-worker")
def _queue_without_worker(system: System) -> Found:
    """A queue that receives messages and that no worker consumes."""
    if not system.workers:
        return
    for name, queues in system.queues_of_task.items():
        for queue in sorted(queues - system.consumed):
            yield True, [(f"tasks.{name}.queue", queue), ("workers.*.queues", ", ".join(sorted(system.consumed)))]


@rule("route-never-matches")
def _route_never_matches(system: System) -> Found:
    """A key of `task_routes` that is the route of no task."""
    for key in system.model.config.task_routes or {}:
        if key not in system.used_routes:
            yield True, [("config.task_routes", key), ("#tasks", ", ".join([*system.tasks][:3]))]


@rule("overflow-drops")
def _overflow_drops(system: System) -> Found:
    """A length limit that drops the oldest message without a word."""
    for name, limits in system.model.queues.items():
        if limits and limits.max_length and limits.overflow == "drop-head" and limits.dead_letter_exchange is None:
            yield False, [(f"queues.{name}.max_length", limits.max_length), (f"queues.{name}.overflow", "drop-head")]


@rule("ttl-drops")
def _ttl_drops(system: System) -> Found:
    """A time to live without dead letters: what waits for longer is gone."""
    for name, limits in system.model.queues.items():
        if limits and limits.message_ttl is not None and limits.dead_letter_exchange is None:
            path = f"queues.{name}"
            yield False, [(f"{path}.message_ttl", limits.message_ttl), (f"{path}.dead_letter_exchange", None)]


@rule("expires-before-countdown")
def _expires_before_countdown(system: System) -> Found:
    """A call that expires before its own countdown has passed never runs."""
    for path, call in system.placed_calls:
        expires = system.tasks[call.task].expires if call.expires is None else call.expires
        delay = call.countdown or call.eta
        if expires is not None and delay is not None and expires <= delay:
            yield True, [(f"{path}.countdown", delay), (f"{path}.expires", expires)]


@rule("chord-ignores-results")
def _chord_ignores_results(system: System) -> Found:
    """A backend without a counter waits for the results of a header; a task that stores none leaves the body unsent."""
    for send in system.model.send if not system.settings.chord_counter else ():
        for part in [send, *(deeper for _, deeper in send.parts)] if send.is_canvas else []:
            for _, call in [leaf for one in part.chord.header for leaf in one.leaves] if part.chord else ():
                task = system.tasks.get(str(call.task))
                given = task.ignore_result if task is not None else None
                if task is not None and (system.settings.task_ignore_result if given is None else given):
                    yield True, [(f"tasks.{call.task}.ignore_result", True), ("#tasks", call.task)]


@rule("get-in-task")
def _get_in_task(system: System) -> Found:
    """A body that waits for a task of its own workers: with all slots waiting, nobody is left to run it."""
    for name, task in system.tasks.items():
        if task.gets is None or task.gets.timeout is not None:
            continue
        for call in task.gets.tasks:
            own = set(system.workers_of(name))
            if own and {w for w in system.workers if system.queue_of(call) in system.queues_of(w)} <= own:
                yield True, [(f"tasks.{name}.gets", call.task), ("#slots", sum(system.slots(w) for w in own))]

"""Remote control: the lines under `control`, broadcast to all running workers.

Source: celery.worker.control.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from simulator.engine.clock import Rank, priority
from simulator.engine.context import Context
from simulator.engine.fleet import Fleet
from simulator.engine.worker.worker import Worker
from simulator.scenario.schema import ABOUT_TASKS, Control
from simulator.trace.events import NO_CAUSE, CommandUnheard, SettingChanged
from simulator.trace.rates import parse_rate
from simulator.trace.time import to_micros

Handler = Callable[[Worker, Control], None]


def plan_control(context: Context, lines: Sequence[Control], fleet: Fleet, first: int) -> None:
    """Schedule every control line; `first` is the declaration index of the first one."""
    for index, line in enumerate(lines):
        when = priority(Rank.FAULT, first + index)
        context.clock.at(to_micros(line.at), when, partial(_send, context, fleet, line))


def _send(context: Context, fleet: Fleet, line: Control, _: Any) -> None:
    Broadcast(context, fleet, line)


class Broadcast:
    """One command on its way to the workers it is meant for; each handles it a hop later, in its event loop."""

    def __init__(self, context: Context, fleet: Fleet, line: Control) -> None:
        """Send the command."""
        command = line.command
        whom = getattr(line, command)
        names = line.destination if command in ABOUT_TASKS else None if whom == "all" else [whom]
        self._note = context.journal.note
        self._clock = context.clock
        self._line = line
        self._handler = _HANDLERS[command]
        self._about = (whom,) if isinstance(whom, str) else tuple(whom)
        addressed = [w for w in fleet if (names is None or w.hostname in names) and w.consumer.connected]
        self._left = len(addressed)
        """Workers that have neither heard it nor gone."""
        for worker in addressed:
            context.clock.at(context.clock.now + context.hop, worker.life.on_timer, partial(self._arrive, worker))
        if not addressed:
            self._unheard()

    def _unheard(self) -> None:
        self._note(CommandUnheard(self._clock.now, NO_CAUSE, self._line.command, self._about))

    def _arrive(self, worker: Worker, _: Any) -> None:
        if worker.life.runs:
            worker.loop.when_free(self._obey, worker)
        else:
            self._miss()

    def _miss(self) -> None:
        """Take note that a worker was gone before it heard the command."""
        self._left -= 1
        if not self._left:
            self._unheard()

    def _obey(self, worker: Worker) -> None:
        if worker.life.runs:
            self._left = -1  # somebody has heard it
            self._handler(worker, self._line)
        else:
            self._miss()


def _note(worker: Worker, setting: str, value: object) -> int:
    return worker.note(SettingChanged(worker.clock.now, NO_CAUSE, worker.hostname, setting, value))


def _resizes(worker: Worker) -> bool:
    """Return whether the pool can grow and shrink; other pools, and autoscaled ones, refuse (celery.worker.control)."""
    return (worker.life.prefork or worker.life.green) and worker.autoscaler is None


def _revoke(worker: Worker, line: Control) -> None:
    """Record the revoked ids; with `terminate`, also end running tasks if the pool supports it."""
    ids = [line.revoke] if isinstance(line.revoke, str) else list(line.revoke or ())
    _note(worker, "revoke", ids if len(ids) > 1 else ids[0])
    worker.consumer.revoked.update(ids)
    worker.results.revoked = True
    if line.terminate and (worker.life.prefork or worker.life.green):
        for execution in list(worker.pool.active.values()):
            if execution.delivery.message.uuid in ids and not execution.over:
                worker.pool.outcomes.terminate(execution, line.signal or "SIGTERM")


def _rate_limit(worker: Worker, line: Control) -> None:
    name = str(line.rate_limit)
    if name in worker.pool.tasks:
        _note(worker, f"rate_limit.{name}", line.rate)
        worker.consumer.limits.set(name, parse_rate(line.rate))


def _time_limit(worker: Worker, line: Control) -> None:
    """Change a task's time limits, which the worker heeds only from its next connection on.

    Source: celery.worker.request: create_request_cls (keeps the limits that the task had when the worker connected);
    celery.worker.consumer.tasks: Tasks.start (update_strategies); 4 of 4 workers let a task run past such a limit.
    """
    name = str(line.time_limit)
    if name in worker.pool.tasks:
        _note(worker, f"time_limit.{name}", [line.soft, line.hard])
        worker.pool.announced[name] = to_micros(line.soft or 0), to_micros(line.hard or 0)


def _pool_grow(worker: Worker, line: Control) -> None:
    if not _resizes(worker):
        return
    cause = _note(worker, "pool_grow", line.n)
    worker.pool.children.grow(line.n, cause)
    worker.life.max_slots += line.n
    worker.consumer.widen(line.n * worker.consumer.multiplier, cause)


def _pool_shrink(worker: Worker, line: Control) -> None:
    """Shrink the pool; only idle children can be removed, the last one too, after which nothing starts.

    Source: billiard.pool: Pool.shrink; celery.worker.consumer.consumer: Consumer._update_prefetch_count (a pool without
    processes leaves the window as it is).
    """
    if not _resizes(worker):
        return
    count = min(line.n, len(worker.pool.free))
    if count <= 0:
        return
    cause = _note(worker, "pool_shrink", count)
    worker.pool.children.resize(worker.pool.size - count, cause, "pool_shrink")
    worker.life.max_slots = worker.pool.size
    if worker.pool.size:
        worker.consumer.widen(-count * worker.consumer.multiplier, cause)
    worker.consumer.has_shrunk()


def _autoscale(worker: Worker, line: Control) -> None:
    if worker.autoscaler is not None:
        cause = _note(worker, "autoscale", [line.max, line.min])
        worker.autoscaler.update(line.max, line.min, cause)


def _add_consumer(worker: Worker, line: Control) -> None:
    name = str(line.queue)
    names = list(worker.consumer.queue_names)
    if name not in names:
        cause = _note(worker, "queues", [*names, name])
        worker.consumer.set_queues([*names, name], cause)


def _cancel_consumer(worker: Worker, line: Control) -> None:
    name = str(line.queue)
    names = [other for other in worker.consumer.queue_names if other != name]
    if len(names) < len(worker.consumer.queue_names):
        cause = _note(worker, "queues", names)
        worker.consumer.set_queues(names, cause)


def _shutdown(worker: Worker, line: Control) -> None:
    worker.stop("warm")


_HANDLERS = {
    "revoke": _revoke,
    "rate_limit": _rate_limit,
    "time_limit": _time_limit,
    "pool_grow": _pool_grow,
    "pool_shrink": _pool_shrink,
    "autoscale": _autoscale,
    "add_consumer": _add_consumer,
    "cancel_consumer": _cancel_consumer,
    "shutdown": _shutdown,
}

"""The Celery application of a stage: the scenario's settings and tasks, sharing nothing with other stages."""

from __future__ import annotations

import builtins
import os
import re
import signal
import time
from collections.abc import Mapping, Sequence
from inspect import Parameter, Signature
from pathlib import Path
from typing import Any, NoReturn

import celery.utils.time
from celery import Celery, Task
from celery.exceptions import Ignore, Reject, SoftTimeLimitExceeded
from celery.worker.consumer import Consumer
from celery.worker.consumer.delayed_delivery import DelayedDelivery
from kombu import Exchange, Queue

from simulator.real.gate import PATIENCE, bounded, make_celery
from simulator.real.performing.body_lock import release, take
from simulator.real.performing.limits import GREEN
from simulator.real.performing.plan import FILES, RESULTS, Plan
from simulator.scenario.values.routes import compile_pattern

EXECUTIONS = "executions"
"""File in which task bodies note their start and end: task id, worker, process id, `BEGINS` or `ENDS`."""
BEGINS, ENDS = "begins", "ends"
LOCK_ERROR = "LockError"
"""The exception of a body that does not get its lock."""


def make_app(plan: Plan, worker: str | None = None) -> Celery:
    """Make the application for a producer or beat, or for `worker` if one is named."""
    app = make_celery(set_as_current=worker is not None)
    prefix = plan.prefix
    options: dict[str, Any] = dict(plan.conf["broker_transport_options"])
    if worker is None:
        options |= bounded(plan.broker)
    if worker in plan.workers:
        options |= plan.workers[worker].get("broker_transport_options", {})
    if plan.transport == "redis":
        options["global_keyprefix"] = f"{plan.run}:"
    app.conf.update(plan.conf)
    app.conf.update(
        broker_url=plan.broker,
        broker_transport_options=options,
        broker_connection_retry_on_startup=True,
        redis_socket_timeout=30 * PATIENCE if worker is not None else PATIENCE,
        redis_socket_connect_timeout=PATIENCE,
        result_backend=_backend(plan),
        result_backend_transport_options={"global_keyprefix": f"{plan.run}:"},
        task_default_queue=prefix + plan.conf["task_default_queue"],
        task_queues=[_queue(row, prefix) for row in plan.queues],
        task_routes=[[_route(key, row, prefix) for key, row in plan.conf["task_routes"].items()]],
        task_default_delivery_mode="transient",
        event_exchange=f"{prefix}events",
        event_queue_prefix=f"{prefix}events",
        control_exchange=f"{prefix}control",
        task_send_sent_event=True,
        worker_send_task_events=True,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=True,
        enable_utc=True,
        timezone="UTC",
        beat_scheduler="simulator.real.performing.scheduler:Numbered",
        beat_schedule={name: _beat_entry(plan, row) for name, row in plan.beat.items()},
        beat_max_loop_interval=0.05,
    )
    if worker is not None:
        celery.utils.time.random = JITTER
        # Its exchanges and queues have fixed names: they would stay behind on the broker.
        DelayedDelivery.include_if = _never
    _register(app, plan, worker or "")
    return app


def _never(step: DelayedDelivery, consumer: Consumer) -> bool:
    return False


def _route(key: str, row: Mapping[str, Any], prefix: str) -> tuple[str | re.Pattern[str], dict[str, Any]]:
    """A route for Celery; a regular expression is compiled here, a glob by Celery."""
    pattern = compile_pattern(key) if key.startswith(("/", "re.compile(")) else None
    return pattern or key, {"queue": prefix + row["queue"]}


def _backend(plan: Plan) -> str | None:
    return f"{FILES}{Path(plan.folder) / RESULTS}" if plan.backend == FILES else plan.backend


def _queue(row: Mapping[str, Any], prefix: str) -> Queue:
    exchange = Exchange(row["exchange"], "direct", durable=False) if row["exchange"] else Exchange("")
    arguments, durable = dict(row["arguments"]), row["durable"]
    return Queue(
        prefix + row["name"], exchange, routing_key=row["routing_key"], durable=durable, queue_arguments=arguments
    )


def _beat_entry(plan: Plan, row: Mapping[str, Any]) -> dict[str, Any]:
    options = dict(row["options"])
    if "queue" in options:
        options["queue"] = plan.prefix + options["queue"]
    entry = {key: row[key] for key in ("task", "schedule", "args", "kwargs")}
    return {**entry, "options": options}


# -- the tasks --------------------------------------------------------------------------------------------------


def exception_types(parents: Mapping[str, str], names: list[str]) -> dict[str, type[BaseException]]:
    """The scenario's exceptions as classes; an undeclared name is a built-in, or else an `Exception`."""
    made: dict[str, type[BaseException]] = {}

    def make(name: str, depth: int = 0) -> type[BaseException]:
        if name not in made:
            builtin = getattr(builtins, name, None)
            if name not in parents and isinstance(builtin, type) and issubclass(builtin, BaseException):
                made[name] = builtin
            else:
                parent = make(parents[name], depth + 1) if name in parents and depth < 50 else Exception
                # Where pickle finds it: a child hands its exception to its parent.
                made[name] = globals().setdefault(name, type(name, (parent,), {"__module__": __name__}))
        return made[name]

    for name in [*parents, *names]:
        make(name)
    return made


class _Jitter:
    """Stand-in for `random` in Celery's backoff: returns the prediction's draw for the running attempt."""

    drawn = 0.0

    def randrange(self, stop: int) -> int:
        return int(self.drawn * stop)


JITTER = _Jitter()


def split_id(uuid: str) -> tuple[str, str]:
    """The task's id in the plan, and the beat that sent it; empty if none did.

    >>> told_apart("beat.w1.often.3"), told_apart("A")
    (('beat.often.3', 'w1'), ('A', ''))
    """
    if not uuid.startswith("beat."):
        return uuid, ""
    beat, _, rest = uuid.removeprefix("beat.").partition(".")
    return f"beat.{rest}", beat


def _register(app: Celery, plan: Plan, worker: str) -> None:
    raised = [row["raises"] for rows in plan.behaviours.values() for row in rows if "raises" in row]
    retried = [
        name
        for task in plan.tasks.values()
        for name in (*task["autoretry_for"], *task["dont_autoretry_for"], *((task["retry"] or {}).get("on", ())))
    ]
    types = exception_types(plan.exceptions, [*raised, *retried, LOCK_ERROR])
    for name, spec in plan.tasks.items():
        options = dict(spec["options"])
        if spec["queue"] is not None:
            options["queue"] = plan.prefix + spec["queue"]
        if spec["autoretry_for"]:
            options["autoretry_for"] = tuple(types[one] for one in spec["autoretry_for"])
            options["dont_autoretry_for"] = tuple(types[one] for one in spec["dont_autoretry_for"])
            options["retry_kwargs"] = spec["retry_kwargs"]
        app.task(name=name, bind=True, typing=False, shared=False, **options)(_body(plan, name, worker, types))


def compute(seconds: float) -> None:
    """Keep a core busy, without yielding to another greenlet."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def _body(plan: Plan, name: str, worker: str, types: Mapping[str, type[BaseException]]) -> Any:
    spec = plan.tasks[name]
    retry = spec["retry"]
    host = plan.workers.get(worker, {})
    speed = float(host.get("speed", 1.0))
    # Among greenlets it matters that a body which computes does not yield; elsewhere sleeping comes to the same.
    rest = compute if spec["cpu"] and host.get("pool") in GREEN else time.sleep
    signature = None
    if spec["signature"] is not None:
        signature = Signature([Parameter(one, Parameter.POSITIONAL_OR_KEYWORD) for one in spec["signature"]])

    def body(self: Task, *args: Any, **kwargs: Any) -> str:
        if signature is not None:
            signature.bind(*args, **kwargs)
        request = self.request
        rows = plan.behaviours.get(split_id(str(request.id))[0]) or [{"sleep": 0.0, "jitter": 0.0}]
        row = rows[min(request.retries, len(rows) - 1)]
        JITTER.drawn = row["jitter"]
        _note(plan, str(request.id), worker, BEGINS)
        lock, token = spec["lock"], ""
        key = _lock_key(name, lock, args, kwargs) if lock is not None else ""
        try:
            if lock is not None:
                token = take(plan.folder, key, lock["lease"])
                if not token and lock["held"] == "skip":
                    return "skipped"
                if not token:
                    _raise(types[LOCK_ERROR](f"{key} is locked"), types, retry, self)
            rest(row["sleep"] / speed)
            _end_badly(row, types, retry, self)
        except SoftTimeLimitExceeded:
            if spec["catches"]:
                return "caught"
            raise
        finally:
            if token:
                release(plan.folder, key, token)
            _note(plan, str(request.id), worker, ENDS)
        return "ok"

    return body


def _end_badly(row: Mapping[str, Any], types: Mapping[str, type[BaseException]], retry: Any, task: Task) -> None:
    """End the way this attempt ends if it does not return: by raising, retrying or dying."""
    if "kills" in row:
        os.kill(os.getpid(), signal.SIGKILL) if row["kills"] == "child" else os.killpg(0, signal.SIGKILL)
    if "rejects" in row:
        raise Reject("rejected", requeue=row["rejects"] == "requeue")
    if "ignores" in row:
        raise Ignore
    if "raises" in row:
        _raise(types[row["raises"]](), types, retry, task)


def _lock_key(name: str, lock: Mapping[str, Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """The name of a lock, as in the simulation: as set, else the task with its arguments."""
    given = [*map(repr, args), *(f"{key}={value!r}" for key, value in kwargs.items())]
    return str(lock["key"]) if lock["key"] is not None else f"{name}({', '.join(given)})"


def _raise(error: BaseException, types: Mapping[str, type[BaseException]], retry: Any, task: Task) -> NoReturn:
    """Raise an exception, or let the body ask for a retry because of it."""
    if retry is not None and isinstance(error, tuple(types[one] for one in retry["on"])):
        more = {} if retry["countdown"] is None else {"countdown": retry["countdown"]}
        try:
            raise error
        except type(error) as caught:
            raise task.retry(exc=caught if retry["exc"] else None, **more) from None
    raise error


def _note(plan: Plan, uuid: str, worker: str, what: str) -> None:
    """Note a body's start or end in one write, which concurrent writes cannot split."""
    line = f"{uuid}\t{worker}\t{os.getpid()}\t{what}\n".encode()
    descriptor = os.open(Path(plan.folder) / EXECUTIONS, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)

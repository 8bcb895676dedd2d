"""Replies of each living worker to `celery inspect` at a moment of a run, in Celery's own format."""

from __future__ import annotations

from typing import Any

from simulator.story.run import Run
from simulator.trace.events import TaskReceived
from simulator.world import World, inspect

QUESTIONS = (
    *("active", "reserved", "scheduled", "registered", "stats", "conf", "revoked"),
    *("active_queues", "clock", "ping", "report"),
)
"""Inspections without arguments."""

OURS = frozenset({"hop", "visibility_sweep", "child_death"})
"""Keys under `config` that are not settings of Celery."""


def inspect_workers(run: Run, world: World, question: str) -> dict[str, Any]:
    """Replies by node name (`celery@worker1`); `question` is one of `QUESTIONS`."""
    match question:
        case "conf":
            return _conf(run, world)
        case "report":
            return {node: {"ok": _report(conf)} for node, conf in _conf(run, world).items()}
        case _:
            workers = run.scenario.model.workers if run.scenario is not None else {}
            own = {name: tuple(spec.tasks) for name, spec in workers.items() if spec.tasks is not None}
            return inspect(world, question, registered(run, world), own)


def registered(run: Run, world: World) -> tuple[str, ...]:
    """Names of the registered tasks: the scenario's, else those received in the trace."""
    if run.scenario is not None:
        return tuple(run.scenario.model.tasks)
    return tuple({event.name: None for event in world.trace if isinstance(event, TaskReceived)})


def _conf(run: Run, world: World) -> dict[str, Any]:
    """Celery's settings as far as known: the scenario's, overridden by those a worker reports."""
    config: dict[str, Any] = {}
    if run.scenario is not None:
        used = run.scenario.settings
        config = {
            "broker_url": f"{used.transport}://",
            "task_default_queue": used.task_default_queue,
            "worker_prefetch_multiplier": used.worker_prefetch_multiplier,
            **{key: value for key, value in run.scenario.model.config.written().items() if key not in OURS},
        }
    answers = {}
    for worker in world.workers.values():
        if worker.life == "online":
            info = worker.info
            reported = {key: value for key, value in info.settings.items() if key.startswith("task_")}
            pool = {"worker_concurrency": info.concurrency, "worker_pool": info.pool}
            answers[f"celery@{worker.hostname}"] = {**config, **reported, **pool}
    return answers


def _report(conf: dict[str, Any]) -> str:
    """Celery's report (celery.app.utils: bugreport), without software versions and platform, which a run lacks."""
    transport = str(conf.get("broker_url", "")).partition(":")[0]
    settings = "\n".join(f"{name}: {value!r}" for name, value in conf.items())
    return f"\nsoftware -> ackademy (simulated)\nsettings -> transport:{transport}\n\n{settings}\n"

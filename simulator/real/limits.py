"""What a stage cannot do, said before it starts: what it refuses, and what it does otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

from simulator.scenario import Problem

if TYPE_CHECKING:
    from simulator.real.rehearsal import Rehearsal
    from simulator.scenario import Scenario

GREEN = ("gevent", "eventlet")
SWITCHES = (
    *("visibility_sweep", "child_replacement", "shutdown_return", "startup_drain", "reconnect", "autoscale_check"),
)


def refused(scenario: Scenario, rehearsal: Rehearsal, transport: str, backend: str | None) -> list[Problem]:
    """Why a real run would not be a run of this scenario."""
    found = [*_faults(scenario), *_services(scenario), *_machines(scenario)]
    model = scenario.model
    if any(entry.schedule.crontab is not None for entry in model.beat_schedule.values()):
        found.append(Problem("verify.crontab"))
    if backend is None and any(_has_chord(send["canvas"]) for send in rehearsal.sends if "canvas" in send):
        found.append(Problem("verify.chord"))
    pools = {worker.pool or scenario.settings.worker_pool for worker in model.workers.values()}
    found += [Problem("verify.pool", {"pool": pool}) for pool in GREEN if pool in pools and find_spec(pool) is None]
    if transport == "memory":
        found += _memory(scenario)
    return found


def _faults(scenario: Scenario) -> Iterator[Problem]:
    for fault in scenario.model.faults:
        if fault.down == "broker":
            yield Problem("verify.broker_down")
        elif fault.down is not None or fault.slow is not None:
            yield Problem("verify.service", {"service": str(fault.down or fault.slow)})
        elif "beat" in (fault.kill, fault.stop, fault.start) and "beat" not in scenario.model.workers:
            yield Problem("verify.beat_fault")


def _services(scenario: Scenario) -> Iterator[Problem]:
    for name, spec in scenario.model.services.items():
        if spec.rate_limit is not None or spec.capacity is not None or name == "result_backend":
            yield Problem("verify.service", {"service": f"services.{name}"})


def _machines(scenario: Scenario) -> Iterator[Problem]:
    for name, spec in scenario.model.workers.items():
        if spec.cores is not None:
            yield Problem("verify.cores", {"worker": name})
        if spec.max_memory_per_child is not None:
            yield Problem("verify.memory", {"worker": name})
    if scenario.settings.worker_max_memory_per_child is not None:
        yield Problem("verify.memory", {"worker": "config"})
    for name, task in scenario.model.tasks.items():
        if task.kills == "worker" or (isinstance(task.kills, list) and "worker" in task.kills):
            yield Problem("verify.kills_worker", {"task": name})


def _memory(scenario: Scenario) -> Iterator[Problem]:
    model = scenario.model
    if len(model.workers) != 1 or model.faults or model.beat_schedule:
        yield Problem("verify.one_process")


def _has_chord(node: dict[str, object]) -> bool:
    if "header" in node:
        return True
    inner = [node["then"]] if "then" in node else node.get("group", [])
    return any(_has_chord(one) for one in inner)  # type: ignore[attr-defined]


def otherwise(scenario: Scenario, scale: float) -> list[Problem]:
    """What is done in another way than the scenario says; prediction and reality do it alike."""
    found = []
    model = scenario.model
    if model.profile == "guide":
        found.append(Problem("verify.guide"))
    written = model.config.written()
    if ideal := [key for key in SWITCHES if written.get(key) == "ideal"]:
        found.append(Problem("verify.ideal", {"settings": ", ".join(ideal)}))
    backoffs = [name for name, task in model.tasks.items() if task.retry_backoff]
    if backoffs and scale != 1:
        found.append(Problem("verify.backoff", {"tasks": ", ".join(backoffs)}))
    if any(task.memory or task.leak or task.cpu for task in model.tasks.values()):
        found.append(Problem("verify.sleeps"))
    return found

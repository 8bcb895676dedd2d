"""Limits of a stage, reported before it starts: features it refuses, and features it performs differently."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

from simulator.scenario.source import Path, Source

if TYPE_CHECKING:
    from simulator.real.performing.rehearsal import Rehearsal
    from simulator.scenario import Scenario


@dataclass(frozen=True)
class Limit:
    """A feature that is refused or performed differently: a `code` of `words.LIMITS` and its parameters."""

    code: str
    params: dict[str, str] = field(default_factory=dict)
    path: Path = ()
    """The place in the scenario that asks for it, if there is one."""
    where: str = ""
    """The same in its file: `file:line:column`."""

    def found_in(self, source: Source) -> Limit:
        """The same with its place in the file."""
        mark = source.at(self.path) if self.path else None
        return self if mark is None else replace(self, where=f"{source.file}:{mark.line}:{mark.column}")


class Refused(Exception):
    """A scenario that cannot be run for real, with all the reasons."""

    def __init__(self, limits: list[Limit]) -> None:
        """Keep the reasons."""
        super().__init__(limits)
        self.limits = limits


GREEN = ("gevent", "eventlet")
SWITCHES = {
    **dict.fromkeys(
        (
            *("visibility_sweep", "shutdown_return", "startup_drain", "reconnect", "outage_crash"),
            *("autoscale_check", "rate_limit_timers", "timer_thread"),
        ),
        "ideal",
    ),
    "child_death": "at_once",
}
"""Settings that only the simulator has, with the value that leaves out the real thing's slow bookkeeping."""


def refused(scenario: Scenario, rehearsal: Rehearsal, transport: str, backend: str | None) -> list[Limit]:
    """Reasons why a real run would not be a run of this scenario."""
    found = [*_faults(scenario), *_services(scenario), *_machines(scenario)]
    model = scenario.model
    if rehearsal.broker.has_quorum and any(scenario.settings.topic):
        found.append(Limit("native_delay"))
    if any(entry.schedule.crontab is not None for entry in model.beat_schedule.values()):
        found.append(Limit("crontab"))
    if model.config.maxmemory is not None or any(task.payload is not None for task in model.tasks.values()):
        found.append(Limit("payload"))
    if any(send.commits is not None or send.outbox is not None for send in model.send):
        found.append(Limit("transactions"))
    if backend is None and any(_has_chord(send["canvas"]) for send in rehearsal.sends if "canvas" in send):
        found.append(Limit("chord"))
    if transport == "memory":
        found += _memory(scenario)
    return found


def lacking(scenario: Scenario) -> list[Limit]:
    """Pools whose library is not installed here."""
    model = scenario.model
    pools = {worker.pool or scenario.settings.worker_pool for worker in model.workers.values()}
    return [Limit("pool", {"pool": pool}) for pool in GREEN if pool in pools and find_spec(pool) is None]


def _faults(scenario: Scenario) -> Iterator[Limit]:
    if scenario.model.scale:
        yield Limit("controller", path=("scale",))
    for index, fault in enumerate(scenario.model.faults):
        place: Path = ("faults", index)
        if fault.down == "broker":
            yield Limit("broker_down", path=(*place, "down"))
        elif fault.disconnect is not None:
            yield Limit("disconnect", path=(*place, "disconnect"))
        elif fault.during is not None:
            yield Limit("during", path=(*place, "during"))
        elif fault.down is not None or fault.slow is not None:
            yield Limit("service", {"service": str(fault.down or fault.slow)}, place)
        elif "beat" in (fault.kill, fault.stop, fault.start) and "beat" not in scenario.model.workers:
            yield Limit("beat_fault", path=place)


def _services(scenario: Scenario) -> Iterator[Limit]:
    for name, spec in scenario.model.services.items():
        limited = (spec.rate_limit, spec.capacity, spec.timeout, spec.breaker) != (None, None, None, None)
        if limited or name == "result_backend":
            yield Limit("service", {"service": f"services.{name}"}, ("services", name))


def _machines(scenario: Scenario) -> Iterator[Limit]:
    for name, spec in scenario.model.workers.items():
        if spec.cores is not None:
            yield Limit("cores", {"worker": name}, ("workers", name, "cores"))
        if spec.max_memory_per_child is not None:
            yield Limit("memory", {"worker": name}, ("workers", name, "max_memory_per_child"))
        if spec.tasks is not None:
            yield Limit("tasks", {"worker": name}, ("workers", name, "tasks"))
    if scenario.settings.worker_max_memory_per_child is not None:
        yield Limit("memory", {"worker": "config"}, ("config", "worker_max_memory_per_child"))
    for name, task in scenario.model.tasks.items():
        if task.lock is not None and task.lock.by == "send":
            yield Limit("lock", {"task": name}, ("tasks", name, "lock"))
        if task.gets is not None:
            yield Limit("gets", {"task": name}, ("tasks", name, "gets"))
        if task.kills == "worker" or (isinstance(task.kills, list) and "worker" in task.kills):
            yield Limit("kills_worker", {"task": name}, ("tasks", name, "kills"))


def _memory(scenario: Scenario) -> Iterator[Limit]:
    model = scenario.model
    if len(model.workers) != 1 or model.faults or model.beat_schedule:
        yield Limit("one_process")


def _has_chord(node: dict[str, object]) -> bool:
    if "header" in node:
        return True
    inner = [node["then"]] if "then" in node else node.get("group", [])
    return any(_has_chord(one) for one in inner)  # type: ignore[attr-defined]


def deviations(scenario: Scenario, scale: float, backend: str | None) -> list[Limit]:
    """Features performed differently from the scenario, by prediction and reality alike.

    `backend`: the URL of the result backend that is used, if any.
    """
    found = []
    model = scenario.model
    asked, used = (str(url or "").partition("://")[0] for url in (model.config.result_backend, backend))
    if asked and asked != used:
        found.append(Limit("backend" if used else "no_backend", {"asked": f"{asked}://", "used": f"{used}://"}))
    if model.profile == "guide":
        found.append(Limit("guide"))
    written = model.config.written()
    if ideal := [key for key, value in SWITCHES.items() if written.get(key) == value]:
        found.append(Limit("ideal", {"settings": ", ".join(ideal)}))
    backoffs = [name for name, task in model.tasks.items() if task.retry_backoff]
    if backoffs and scale != 1:
        found.append(Limit("backoff", {"tasks": ", ".join(backoffs)}))
    pools = {worker.pool or scenario.settings.worker_pool for worker in model.workers.values()}
    if any(task.memory or task.leak or (task.cpu and not pools <= {*GREEN}) for task in model.tasks.values()):
        found.append(Limit("sleeps"))
    return found

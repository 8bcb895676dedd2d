"""What breaks, and when: the lines under `faults`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from simulator.engine.beat import HOSTNAME
from simulator.engine.clock import Rank, priority
from simulator.scenario.running import running_changes
from simulator.trace.events import NO_CAUSE, BrokerDown, BrokerUp, SettingChanged
from simulator.trace.time import as_seconds, to_micros

if TYPE_CHECKING:
    from simulator.engine.simulation import Simulation
    from simulator.scenario.schema import Fault

DEFAULT_EXCEPTION = "Timeout"
"""What calls to a service that is down fail with where the fault does not say."""


def plan_faults(simulation: Simulation, first: int) -> None:
    """Schedule every fault of the scenario; `first` is the declaration index of the first one."""
    for index, fault in enumerate(simulation.scenario.model.faults):
        when = priority(Rank.FAULT, first + index)
        begin, end = _actions(simulation, fault)
        simulation.clock.at(to_micros(fault.at), when, begin)
        if end is not None and fault.ends is not None:
            simulation.clock.at(to_micros(fault.ends), when, end)


def _actions(simulation: Simulation, fault: Fault) -> tuple[Any, Any]:
    beat = HOSTNAME in (fault.kill, fault.stop, fault.start) and HOSTNAME not in simulation.scenario.model.workers
    if beat:
        return partial(_switch_beat, simulation, fault.start is not None), None
    if fault.kill is not None:
        return partial(_kill, simulation, fault.kill), None
    if fault.kill_child is not None:
        return partial(_kill_child, simulation, fault.kill_child, fault.slot), None
    if fault.stop is not None:
        return partial(_stop, simulation, fault.stop, fault.how or "warm"), None
    if fault.start is not None:
        return partial(_start, simulation, fault.start), None
    if fault.set is not None:
        return partial(_set, simulation, fault.set), None
    if fault.down == "broker":
        return partial(_broker_down, simulation), partial(_broker_up, simulation)
    if fault.slow is not None:
        name = fault.slow.partition(".")[2]
        latency = simulation.scenario.model.services[name].latency
        return partial(_slow, simulation, name, fault.latency), partial(_slow, simulation, name, latency)
    name = str(fault.down).partition(".")[2]
    down = partial(_set_service, simulation, name, fault.raises or DEFAULT_EXCEPTION)
    return down, partial(_set_service, simulation, name, None)


def _kill(simulation: Simulation, name: str, _: Any) -> None:
    worker = simulation.workers.get(name)
    if worker is not None and worker.alive:
        worker.kill()


def _kill_child(simulation: Simulation, name: str, slot: int | None, _: Any) -> None:
    """SIGKILL to one child: the one named, else the first that runs something, else the first."""
    worker = simulation.workers.get(name)
    if worker is not None and worker.alive and worker.pool.prefork:
        victim = slot if slot is not None else min(worker.pool.active, default=1)
        worker.pool.children.exit(victim, "killed", NO_CAUSE)


def _slow(simulation: Simulation, name: str, latency: float | None, _: Any) -> None:
    """A service answers later; without a latency, ten times as late."""
    service = simulation.services[name]
    service.latency = service.latency * 10 if latency is None else to_micros(latency)
    simulation.events.append(
        SettingChanged(simulation.clock.now, NO_CAUSE, f"services.{name}", "latency", as_seconds(service.latency))
    )


def _stop(simulation: Simulation, name: str, how: str, _: Any) -> None:
    worker = simulation.workers.get(name)
    if worker is not None and worker.alive:
        worker.stop(how)


def _start(simulation: Simulation, name: str, _: Any) -> None:
    simulation.start_worker(name)


def _switch_beat(simulation: Simulation, running: bool, _: Any) -> None:
    simulation.beats.switch(running)


def _broker_down(simulation: Simulation, _: Any) -> None:
    if simulation.broker.down:
        return
    simulation.broker.down = True
    index = len(simulation.events)
    simulation.events.append(BrokerDown(simulation.clock.now, NO_CAUSE))
    for worker in simulation.workers.values():
        if worker.alive:
            worker.lose_connection(index)


def _broker_up(simulation: Simulation, _: Any) -> None:
    if not simulation.broker.down:
        return
    simulation.broker.down = False
    index = len(simulation.events)
    simulation.events.append(BrokerUp(simulation.clock.now, NO_CAUSE))
    for worker in simulation.workers.values():
        if worker.alive:
            worker.reconnect(index)


def _set_service(simulation: Simulation, name: str, raises: str | None, _: Any) -> None:
    simulation.services[name].raises = raises
    simulation.events.append(SettingChanged(simulation.clock.now, NO_CAUSE, f"services.{name}", "down", raises))


def _set(simulation: Simulation, changes: dict[str, Any], _: Any) -> None:
    for path, value in changes.items():
        for change in running_changes(simulation.scenario.model, path, value):
            if change.room == "tasks":
                simulation.tasks[change.name].change(change.setting, change.value)
            else:
                simulation.services[change.name].change(change.setting, change.value)
            now = simulation.clock.now
            simulation.events.append(SettingChanged(now, NO_CAUSE, change.subject, change.setting, value))

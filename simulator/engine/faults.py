"""Fault injection: the lines under `faults`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from simulator.engine.beat import HOSTNAME, Beats
from simulator.engine.broker import Broker
from simulator.engine.clock import Call, Rank, priority
from simulator.engine.context import Context
from simulator.engine.fleet import Fleet
from simulator.engine.services import Service
from simulator.engine.tasks import Task
from simulator.engine.worker.worker import Worker
from simulator.scenario.load import Scenario
from simulator.scenario.problems import ScenarioError
from simulator.scenario.running import BACKEND, running_changes
from simulator.scenario.schema import Fault
from simulator.scenario.schema.faults import GRACE
from simulator.trace.events import NO_CAUSE, BrokerDown, BrokerUp, SettingChanged
from simulator.trace.time import as_seconds, to_micros

DEFAULT_EXCEPTION = "Timeout"
"""The exception of calls to a service that is down, unless the fault names one."""

Action = Callable[[Any], None]


class Faults:
    """Schedules faults and applies them to the parts of a run."""

    def __init__(
        self,
        context: Context,
        scenario: Scenario,
        broker: Broker,
        fleet: Fleet,
        beats: Beats,
        tasks: Mapping[str, Sequence[Task]],
        services: Mapping[str, Service],
    ) -> None:
        """Keep the parts that faults act on (`tasks`: every version of each); `plan` schedules them."""
        self._clock = context.clock
        self._note = context.journal.note
        self._results = context.results
        self._scenario = scenario
        self._model = scenario.model
        self._broker = broker
        self._fleet = fleet
        self._beats = beats
        self._tasks = tasks
        self._services = services

    def plan(self, first: int) -> None:
        """Schedule every fault of the scenario; `first` is the declaration index of the first one."""
        for index, fault in enumerate(self._model.faults):
            when = priority(Rank.FAULT, first + index)
            for at, name in fault.restarts:
                self._clock.at(to_micros(at), when, partial(self._restart, name, fault, when))
            if fault.restarts:
                continue
            begin, end = self._actions(index, fault)
            self._clock.at(to_micros(fault.at), when, begin)
            if end is not None and fault.ends is not None:
                self._clock.at(to_micros(fault.ends), when, end)

    def _actions(self, index: int, fault: Fault) -> tuple[Action, Action | None]:
        """Return a fault's action at its start, and at its end if it has one."""
        if HOSTNAME in (fault.kill, fault.stop, fault.start) and HOSTNAME not in self._model.workers:
            return partial(self._switch_beat, fault.start is not None), None
        if fault.kill is not None:
            return partial(self._kill, fault.kill, fault.during), None
        if fault.kill_child is not None:
            return partial(self._kill_child, fault.kill_child, fault.slot), None
        if fault.stop is not None:
            return partial(self._stop, fault.stop, fault.how or "warm"), None
        if fault.start is not None:
            return partial(self._start, index, fault.start), None
        if fault.set is not None:
            return partial(self._set, fault.set), None
        if fault.disconnect is not None:
            cut = partial(self._cut, fault.disconnect, fault.ends != fault.at and fault.ends is not None)
            return cut, partial(self._restore_link, fault.disconnect)
        if fault.down == "broker":
            return self._broker_down, self._broker_up
        if fault.slow is not None:
            name = fault.slow.partition(".")[2]
            latency = self._model.services[name].latency
            return partial(self._slow, name, fault.latency), partial(self._slow, name, latency)
        name = str(fault.down).partition(".")[2]
        down = partial(self._set_service, name, fault.raises or DEFAULT_EXCEPTION)
        return down, partial(self._set_service, name, None)

    def _kill(self, name: str, during: str | None, _: Any) -> None:
        worker = self._fleet.alive(name)
        if worker is not None and during is not None:
            worker.kill_in_sweep()
        elif worker is not None:
            worker.kill()

    def _kill_child(self, name: str, slot: int | None, _: Any) -> None:
        """Send SIGKILL to one child: the one in `slot`, else the first busy one, else the first."""
        worker = self._fleet.alive(name)
        if worker is not None and worker.life.prefork:
            victim = slot if slot is not None else min(worker.pool.active, default=1)
            worker.pool.children.exit(victim, "killed", NO_CAUSE)

    def _stop(self, name: str, how: str, _: Any) -> None:
        worker = self._fleet.alive(name)
        if worker is not None:
            worker.stop(how)

    def _start(self, index: int, name: str, _: Any) -> None:
        """Start a worker; raises `ScenarioError` if its last process has not ended yet."""
        worker = self._fleet.alive(name)
        if worker is not None and worker.life.stopping is not None:
            path, source = ("faults", index, "start"), self._scenario.source
            mark = source.at(path) if path in source.values else None
            time = f"{as_seconds(self._clock.now):g}"
            raise ScenarioError([source.problem("fault.still_stopping", mark, name=name, time=time)])
        self._fleet.start(name)

    def _restart(self, name: str, fault: Fault, when: int, _: Any) -> None:
        """Shut a worker down within its grace period, then start it anew; one that is not running is only started."""
        worker = self._fleet.alive(name)
        ready = to_micros(fault.start_up or 0.0)
        if worker is None:
            self._clock.at(self._clock.now + ready, when, self._fleet.start, name)
            return
        grace = to_micros(GRACE if fault.grace is None else fault.grace)
        deadline = self._clock.at(self._clock.now + grace, when, partial(self._force, worker, fault.then or "cold"))
        worker.when_ended = partial(self._start_again, name, deadline, ready, when)
        if worker.life.stopping is None:
            worker.stop("warm")

    def _force(self, worker: Worker, how: str, _: Any) -> None:
        if how == "kill":
            worker.kill()
        elif worker.life.alive:
            worker.stop("cold")

    def _start_again(self, name: str, deadline: Call, ready: int, when: int) -> None:
        self._clock.cancel(deadline)
        self._clock.at(self._clock.now + ready, when, self._fleet.start, name)

    def _switch_beat(self, running: bool, _: Any) -> None:
        self._beats.switch(running)

    def _cut(self, name: str, lasts: bool, _: Any) -> None:
        worker = self._fleet.alive(name)
        if worker is not None:
            worker.cut(lasts)

    def _restore_link(self, name: str, _: Any) -> None:
        worker = self._fleet.alive(name)
        if worker is not None:
            worker.restore_link()

    def _broker_down(self, _: Any) -> None:
        if self._broker.down:
            return
        self._broker.down = True
        index = self._note(BrokerDown(self._clock.now, NO_CAUSE))
        for worker in self._fleet:
            worker.lose_connection(index)

    def _broker_up(self, _: Any) -> None:
        if not self._broker.down:
            return
        self._broker.down = False
        index = self._note(BrokerUp(self._clock.now, NO_CAUSE))
        for worker in self._fleet:
            worker.reconnect(index)

    def _slow(self, name: str, latency: float | None, _: Any) -> None:
        """Slow a service down to `latency` seconds; tenfold if None."""
        service = self._services[name]
        service.latency = service.latency * 10 if latency is None else to_micros(latency)
        if name == BACKEND:
            self._results.latency = service.latency
        now, value = self._clock.now, as_seconds(service.latency)
        self._note(SettingChanged(now, NO_CAUSE, f"services.{name}", "latency", value))

    def _set_service(self, name: str, raises: str | None, _: Any) -> None:
        self._services[name].raises = raises
        if name == BACKEND:
            self._results.backend_down = raises is not None
        self._note(SettingChanged(self._clock.now, NO_CAUSE, f"services.{name}", "down", raises))

    def _set(self, changes: dict[str, Any], _: Any) -> None:
        for path, value in changes.items():
            for change in running_changes(self._model, path, value):
                if change.room == "tasks":
                    for task in self._tasks[change.name]:
                        task.change(change.setting, change.value)
                else:
                    self._services[change.name].change(change.setting, change.value)
                    if change.name == BACKEND:
                        self._results.latency = self._services[BACKEND].latency
                self._note(SettingChanged(self._clock.now, NO_CAUSE, change.subject, change.setting, value))

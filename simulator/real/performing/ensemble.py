"""Performance of a plan on a real Celery: send, control and break things on time, and record the events.

Subclasses own the processes: in `stage` each worker is a process of its own, in `inside` all is one process.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import heappop, heappush
from pathlib import Path
from typing import Any

from celery import Celery, chain, chord, group

from simulator.real.performing import leftovers
from simulator.real.performing.application import BEGINS, EXECUTIONS
from simulator.real.performing.plan import Plan, Row
from simulator.real.recording.monitor import Monitor
from simulator.real.recording.raw import Raw

BEAT = "beat"
"""Name of the beat that runs as a process of its own."""
PATIENCE = 45.0
"""Seconds that a worker may take to come online."""
SETTLE = 0.3
"""Seconds between the last worker's coming online and time 0."""
LATE_EVENTS = 2.2
"""Seconds to wait for late events: a worker sends them when its loop turns, at the latest for its next heartbeat."""
GLANCE = 0.05
"""Seconds between two looks whether a process has ended."""
ORDER = {"spawn": 0, "fault": 1, "control": 2, "send": 3}


class StageError(Exception):
    """A plan that cannot be played: `code` and `params` say why."""

    def __init__(self, code: str, **params: object) -> None:
        """Keep code and parameters for whoever words them."""
        super().__init__(code, params)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class PerformedFault:
    """A fault as it was carried out; `t` in seconds after time 0."""

    t: float
    fault: int
    """Index into the scenario's faults."""
    what: str
    """`kill`, `stop`, `start`, `kill_child`; `nothing` if it could not be done."""
    hostname: str
    uuid: str = ""
    """The task that the killed child ran, if any."""
    how: str = ""
    """The way in which a worker was stopped: `warm`, `soft` or `cold`."""


@dataclass(frozen=True)
class BodyMark:
    """The start or end of a task body."""

    uuid: str
    hostname: str
    pid: int
    what: str


@dataclass(frozen=True)
class Performance:
    """A finished performance; times are Unix times."""

    start: float
    """Time 0."""
    end: float
    raws: list[Raw]
    online: dict[str, list[float]]
    deeds: list[PerformedFault]
    executions: dict[str, int]
    """Number of times that each task's body began, by task id."""
    sent: list[float] = field(default_factory=list)
    """Time at which each of the plan's sends was really made, in seconds after time 0."""
    said: list[float] = field(default_factory=list)
    """The same for each control command."""


class Ensemble:
    """One performance of a plan: `play()` once."""

    def __init__(self, plan: Plan, app: Celery, progress: Callable[[float], None] = lambda _: None) -> None:
        """Do nothing yet; `progress` is called with the time (seconds after time 0) now and then."""
        self.plan = plan
        self.app = app
        self.monitor = Monitor(app)
        self.deeds: list[PerformedFault] = []
        self.sent: list[float] = []
        self.said: dict[int, float] = {}
        self.startup = 1.5
        """Seconds that a worker needs to come online, as measured so far."""
        self._progress = progress
        self._agenda: list[tuple[float, int, int, Callable[[], None]]] = []
        """Actions that are still to be done, each with its time in seconds after time 0; a heap."""
        self._planned = 0
        self._start = 0.0
        self._claimed = 0.0

    def spawn(self, name: str) -> None:
        """Start a worker, or beat."""
        raise NotImplementedError

    def is_online(self, name: str) -> bool:
        """Return True if the worker has come online; raises `StageError` if it never will."""
        raise NotImplementedError

    def is_running(self, name: str) -> bool:
        """Return True if a process of that name runs."""
        raise NotImplementedError

    def carry_out_fault(self, index: int, fault: Row) -> None:
        """Carry out a fault: kill or stop a process."""
        raise NotImplementedError

    def play(self) -> Performance:
        """Run the plan to its end; raises `StageError`."""
        self._claim()
        if not self.monitor.start():
            raise StageError("real.deaf", reason=str(self.monitor.failure or ""))
        self._declare()
        self.assemble()
        self._start = time.time() + SETTLE
        self._fill_agenda()
        while self._agenda and self._agenda[0][0] <= self.plan.end:
            at, _, _, act = heappop(self._agenda)
            self._wait_until(at)
            act()
        self._wait_until(self.plan.end)
        end = time.time()
        time.sleep(LATE_EVENTS)
        runs = Counter(body.uuid for body in self.bodies() if body.what == BEGINS)
        said = [self.said[index] for index in range(len(self.plan.control))]
        heard = list(self.monitor.raws), dict(self.monitor.online)
        return Performance(self._start, end, *heard, self.deeds, dict(runs), self.sent, said)

    def assemble(self) -> None:
        """Start everything present from the beginning and wait until it is online; raises `StageError`."""
        first = [name for name, spec in self.plan.workers.items() if spec["starts_at"] == 0]
        begun = time.time()
        for name in first:
            self.spawn(name)
        for name in first:
            while not self.is_online(name):
                time.sleep(0.02)
        self.startup = time.time() - begun
        if self.plan.beat and not any(spec["beat"] for spec in self.plan.workers.values()):
            self.spawn(BEAT)
            time.sleep(self.startup)

    def _claim(self) -> None:
        leftovers.claim(self.app, self.plan)
        self._claimed = time.time()

    def _declare(self) -> None:
        """Declare the queues, and warm up whatever is slow the first time, so that the first send is not late."""
        with self.app.producer_pool.acquire(block=True) as producer, self.app.events.default_dispatcher():
            for queue in self.app.amqp.queues.values():
                queue(producer.connection.default_channel).declare()
            producer.channel.connection  # noqa: B018

    def _wait_until(self, at: float) -> None:
        while (rest := self._start + at - time.time()) > 0:
            time.sleep(min(rest, 0.25))
            self._progress(time.time() - self._start)
            if time.time() - self._claimed > leftovers.ALIVE / 4:
                self._claim()

    def bodies(self) -> list[BodyMark]:
        """Starts and ends of bodies noted so far, in order."""
        path = Path(self.plan.folder) / EXECUTIONS
        if not path.exists():
            return []
        lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
        return [BodyMark(uuid, worker, int(pid), what) for uuid, worker, pid, what in lines]

    def done(self, index: int, what: str, hostname: str, uuid: str = "", how: str = "") -> None:
        """Record that a fault was carried out now."""
        self.deeds.append(PerformedFault(time.time() - self._start, index, what, hostname, uuid, how))

    # -- what is to be done when --------------------------------------------------------------------------------

    def _do_at(self, at: float, kind: str, act: Callable[..., None], *words: Any) -> None:
        """Put an action on the agenda, `at` seconds after time 0."""
        self._planned += 1
        heappush(self._agenda, (at, ORDER[kind], self._planned, lambda: act(*words)))

    def _fill_agenda(self) -> None:
        plan = self._do_at
        for name, spec in self.plan.workers.items():
            if spec["starts_at"] > 0:
                plan(max(0.0, spec["starts_at"] - self.startup), "spawn", self.spawn, name)
        for index, fault in enumerate(self.plan.faults):
            if "start" in fault:  # it needs a while to come online
                ends = [f["at"] for f in self.plan.faults[:index] if fault["start"] in (f.get("kill"), f.get("stop"))]
                begin = max([fault["at"] - self.startup, *(end + 0.2 for end in ends)])
                plan(begin, "spawn", self._start_once_ended, index, fault["start"], fault["at"])
            elif "restarts" in fault:
                for at, name in fault["restarts"]:
                    plan(at, "fault", self._restart, index, name, fault)
            else:
                plan(fault["at"], "fault", self.carry_out_fault, index, fault)
        for index, line in enumerate(self.plan.control):
            plan(line["at"], "control", self._control, index, line)
        for send in self.plan.sends:
            plan(send["at"], "send", self._send, send)

    # -- workers that start again -------------------------------------------------------------------------------

    def _start_once_ended(self, index: int, name: str, latest: float) -> None:
        """Start a worker as soon as its last process has ended, if that is so in time: one that runs is not started."""
        now = time.time() - self._start
        if not self.is_running(name):
            self.done(index, "start", name)
            self.spawn(name)
        elif now < latest:
            self._do_at(now + GLANCE, "spawn", self._start_once_ended, index, name, latest)
        else:
            self.done(index, "nothing", name)

    def _restart(self, index: int, name: str, fault: Row) -> None:
        """Shut a worker down as a deploy does: warm, then as `then` says after its `grace`, and start it anew."""
        now = time.time() - self._start
        if self.is_running(name):
            self.carry_out_fault(index, {"stop": name})
            self._do_at(now + fault["grace"], "fault", self._force, index, name, fault)
        self._start_after(index, name, fault["start_up"])

    def _force(self, index: int, name: str, fault: Row) -> None:
        """End a worker whose grace period is over."""
        if self.is_running(name) and not self._has_restarted(index, name):
            self.carry_out_fault(index, {"kill": name} if fault["then"] == "kill" else {"stop": name, "how": "cold"})

    def _has_restarted(self, index: int, name: str) -> bool:
        return any(deed.fault == index and deed.what == "start" and deed.hostname == name for deed in self.deeds)

    def _start_after(self, index: int, name: str, start_up: float) -> None:
        """Wait for the end of a process, and let the next one be online `start_up` seconds later, or a little after."""
        now = time.time() - self._start
        if self.is_running(name):
            self._do_at(now + GLANCE, "spawn", self._start_after, index, name, start_up)
        else:
            begin = now + max(0.0, start_up - self.startup)
            self._do_at(begin, "spawn", self._start_once_ended, index, name, begin)

    # -- what is said to Celery ---------------------------------------------------------------------------------

    def _send(self, send: Row) -> None:
        self.sent.append(time.time() - self._start)
        if "call" in send:
            self._signature({"call": send["call"], "immutable": False}).apply_async()
        else:
            self._canvas(send["canvas"]).apply_async()

    def _signature(self, node: Row) -> Any:
        call = node["call"]
        options: Row = {"task_id": call["id"], **call["options"]}
        if "queue" in options:
            options["queue"] = self.plan.prefix + options["queue"]
        if "eta" in options:
            options["eta"] = datetime.fromtimestamp(self._start + options["eta"], UTC)
        return self.app.signature(
            call["task"], args=call["args"], kwargs=call["kwargs"], options=options, immutable=bool(node["immutable"])
        )

    def _canvas(self, node: Row) -> Any:
        if "call" in node:
            first = self._signature(node)
            return first if "then" not in node else chain(first, self._canvas(node["then"]), app=self.app)
        if "group" in node:
            return group([self._canvas(member) for member in node["group"]], app=self.app)
        header = group([self._canvas(member) for member in node["header"]], app=self.app)
        body = self._canvas(node["body"])
        return chord(header, body, app=self.app)

    def _control(self, index: int, line: Row) -> None:
        """Send a remote-control command, as `celery control` does."""
        self.said[index] = time.time() - self._start
        ask = self.app.control
        command = next(key for key in COMMANDS if key in line)
        whom = line[command]
        names = line.get("destination") if command in ABOUT_TASKS else None if whom == "all" else [whom]
        to = {"destination": [f"{name}@{self.plan.run}" for name in names]} if names is not None else {}
        if command == "revoke":
            ask.revoke(whom, terminate=line.get("terminate", False), signal=line.get("signal", "SIGTERM"), **to)
        elif command == "rate_limit":
            ask.rate_limit(whom, line.get("rate") or 0, **to)
        elif command == "time_limit":
            ask.time_limit(whom, soft=line.get("soft"), hard=line.get("hard"), **to)
        elif command in ("pool_grow", "pool_shrink"):
            getattr(ask, command)(line.get("n", 1), **to)
        elif command == "autoscale":
            ask.autoscale(line.get("max"), line.get("min"), **to)
        elif command == "shutdown":
            ask.shutdown(**to)
        else:
            getattr(ask, command)(self.plan.prefix + line["queue"], **to)


COMMANDS = (
    *("revoke", "rate_limit", "time_limit", "pool_grow", "pool_shrink", "autoscale"),
    *("add_consumer", "cancel_consumer", "shutdown"),
)
ABOUT_TASKS = ("revoke", "rate_limit", "time_limit")

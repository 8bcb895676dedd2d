"""A stage: a real Celery that runs a plan. It starts the processes, sends, breaks what is to break, listens, cleans up."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from celery import chain, chord, group

from simulator.real import leftovers
from simulator.real.application import EXECUTIONS, make_app
from simulator.real.monitor import Monitor
from simulator.real.plan import Plan, Row
from simulator.real.process import BEAT
from simulator.real.raw import Raw

PATIENCE = 45.0
"""Seconds that a worker may take to come online."""
SETTLE = 0.3
"""Seconds between the last worker's coming online and time 0."""
LAST_WORDS = 0.4
"""Seconds in which events of the end still arrive."""
SIGNALS = {"warm": signal.SIGTERM, "soft": signal.SIGQUIT, "cold": signal.SIGQUIT}
ORDER = {"spawn": 0, "fault": 1, "control": 2, "send": 3}


class StageError(Exception):
    """A stage that cannot play: `code` and `params` say why."""

    def __init__(self, code: str, **params: object) -> None:
        """Keep code and parameters for whoever words them."""
        super().__init__(code, params)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class Deed:
    """What was done to whom, when; `t` in seconds after time 0."""

    t: float
    fault: int
    """Its place in the scenario's faults."""
    what: str
    hostname: str
    uuid: str = ""
    """The task that the killed child ran."""


@dataclass(frozen=True)
class Performance:
    """What happened: times are Unix times."""

    start: float
    """Time 0."""
    end: float
    raws: list[Raw]
    online: dict[str, list[float]]
    deeds: list[Deed]
    executions: dict[str, int]
    """By task id, how often its body began."""


class Process:
    """A process of ours, with all its children a group of its own."""

    def __init__(self, plan_file: Path, name: str, lifeline: int, module: str = "simulator.real.process") -> None:
        """Start it; `lifeline` is the read end of the pipe that tells it that we are gone."""
        self.log = plan_file.parent / f"{name}.log"
        words = [sys.executable, "-m", module, str(plan_file), name, str(lifeline)]
        with open(self.log, "ab") as stream:
            self._popen = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
                pass_fds=(lifeline,),
                cwd=plan_file.parent,
            )
        self.since = time.time()

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._popen.poll() is None

    def tell(self, number: int) -> None:
        """A signal to the process itself."""
        if self.alive:
            os.kill(self._popen.pid, number)

    def kill(self) -> None:
        """End it and all its children at once."""
        try:
            os.killpg(self._popen.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._popen.wait()

    def wait(self, timeout: float) -> None:
        """Wait until it has ended, or for so many seconds."""
        try:
            self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            pass

    def last_words(self) -> str:
        """The last line of what it wrote."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1].strip() if lines else ""


class Stage:
    """One performance of a plan. `with Stage(plan) as stage: stage.play()`; leaving it removes whatever it made."""

    def __init__(self, plan: Plan, progress: Callable[[float], None] = lambda _: None) -> None:
        """Nothing is made yet; `progress` hears the time (seconds after time 0) now and then."""
        self.plan = replace(plan, folder=str(leftovers.state_folder() / plan.run))
        self.app = make_app(self.plan)
        self.processes: dict[str, Process] = {}
        self.deeds: list[Deed] = []
        self._progress = progress
        self._read, self._write = os.pipe()
        self._monitor: Monitor | None = None
        self._start = 0.0
        self._claimed = 0.0
        self._startup = 1.5

    def __enter__(self) -> Stage:
        leftovers.make_folder(self.plan.run)
        self._file = self.plan.save()
        return self

    def __exit__(self, *_: object) -> None:
        """End every process, then remove queues, keys and the folder."""
        for process in self.processes.values():
            process.kill()
        if self._monitor is not None:
            self._monitor.stop()
        os.close(self._read)
        os.close(self._write)
        leftovers.remove(self.app, self.plan)
        self.app.close()
        shutil.rmtree(self.plan.folder, ignore_errors=True)

    def play(self) -> Performance:
        """Run the plan to its end."""
        leftovers.claim(self.app, self.plan)
        self._claimed = time.time()
        self._monitor = Monitor(self.app)
        if not self._monitor.start():
            raise StageError("real.deaf", reason=str(self._monitor.failure or ""))
        self._declare()
        first = [name for name, spec in self.plan.workers.items() if spec["starts_at"] == 0]
        for name in first:
            self._spawn(name)
        for name in first:
            self._await(name)
        if self.plan.beat and not any(spec["beat"] for spec in self.plan.workers.values()):
            self._spawn(BEAT)
            time.sleep(self._startup)
        self._start = time.time() + SETTLE
        for at, _, act in sorted(self._agenda(), key=lambda line: line[:2]):
            self._wait_until(at)
            act()
        self._wait_until(self.plan.end)
        end = time.time()
        time.sleep(LAST_WORDS)
        return Performance(
            self._start, end, list(self._monitor.raws), dict(self._monitor.online), self.deeds, self._executions()
        )

    # -- processes ----------------------------------------------------------------------------------------------

    def _declare(self) -> None:
        """The queues; and all that is slow the first time, so that the first send is not late."""
        with self.app.producer_pool.acquire(block=True) as producer, self.app.events.default_dispatcher():
            for queue in self.app.amqp.queues.values():
                queue(producer.connection.default_channel).declare()
            producer.channel.connection  # noqa: B018

    def _spawn(self, name: str) -> None:
        self.processes[name] = Process(self._file, name, self._read)

    def _await(self, name: str) -> None:
        """Wait until a worker has said that it is there."""
        assert self._monitor is not None
        process = self.processes[name]
        while not any(t >= process.since for t in self._monitor.online.get(name, ())):
            if not process.alive:
                raise StageError("real.worker_ended", worker=name, reason=process.last_words())
            if time.time() - process.since > PATIENCE:
                raise StageError("real.worker_silent", worker=name, reason=process.last_words())
            time.sleep(0.02)
        self._startup = time.time() - process.since

    def _wait_until(self, at: float) -> None:
        while (rest := self._start + at - time.time()) > 0:
            time.sleep(min(rest, 0.25))
            self._progress(time.time() - self._start)
            if time.time() - self._claimed > leftovers.ALIVE / 4:
                leftovers.claim(self.app, self.plan)
                self._claimed = time.time()

    def _executions(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for uuid, _, _ in self._bodies():
            found[uuid] = found.get(uuid, 0) + 1
        return found

    def _bodies(self) -> list[list[str]]:
        """Task id, worker and process id of every body that began, in order."""
        path = Path(self.plan.folder) / EXECUTIONS
        if not path.exists():
            return []
        return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]

    # -- what is to be done when --------------------------------------------------------------------------------

    def _agenda(self) -> list[tuple[float, int, Callable[[], None]]]:
        lines: list[tuple[float, int, Callable[[], None]]] = []

        def plan(at: float, kind: str, act: Callable[..., None], *words: Any) -> None:
            lines.append((at, ORDER[kind], lambda: act(*words)))

        for name, spec in self.plan.workers.items():
            if spec["starts_at"] > 0:
                plan(max(0.0, spec["starts_at"] - self._startup), "spawn", self._spawn, name)
        for index, fault in enumerate(self.plan.faults):
            if "start" in fault:  # it needs a while to come online
                ends = [f["at"] for f in self.plan.faults[:index] if fault["start"] in (f.get("kill"), f.get("stop"))]
                begin = max([fault["at"] - self._startup, *(end + 0.2 for end in ends)])
                plan(begin, "spawn", self._restart, index, fault)
            else:
                plan(fault["at"], "fault", self._break, index, fault)
        for line in self.plan.control:
            plan(line["at"], "control", self._control, line)
        for send in self.plan.sends:
            plan(send["at"], "send", self._send, send)
        return lines

    def _done(self, index: int, what: str, hostname: str, uuid: str = "") -> None:
        self.deeds.append(Deed(time.time() - self._start, index, what, hostname, uuid))

    def _restart(self, index: int, fault: Row) -> None:
        self._done(index, "start", fault["start"])
        process = self.processes.get(fault["start"])
        if process is not None:
            process.wait(0.5)
            if process.alive:
                return  # as in the simulation: one that runs is not started
        self._spawn(fault["start"])

    def _break(self, index: int, fault: Row) -> None:
        if "kill_child" in fault:
            self._kill_child(index, fault["kill_child"])
            return
        name = fault.get("kill") or fault["stop"]
        self._done(index, "kill" if "kill" in fault else "stop", name)
        process = self.processes.get(name)
        if process is None:
            return
        if "kill" in fault:
            process.kill()
        else:
            process.tell(SIGNALS[fault.get("how") or "warm"])

    def _kill_child(self, index: int, name: str) -> None:
        """The child that began a body last; which slot it is in, the prediction says."""
        mine = [(uuid, int(pid)) for uuid, worker, pid in self._bodies() if worker == name]
        self._done(index, "kill_child", name, mine[-1][0] if mine else "")
        if mine and mine[-1][1] != os.getpid():
            try:
                os.kill(mine[-1][1], signal.SIGKILL)
            except ProcessLookupError:
                pass

    # -- what is said to Celery ---------------------------------------------------------------------------------

    def _send(self, send: Row) -> None:
        if "call" in send:
            self._signature({"call": send["call"], "immutable": False}).apply_async()
        else:
            self._canvas(send["canvas"]).apply_async()

    def _signature(self, node: Row) -> Any:
        call = node["call"]
        options: Row = {"task_id": call["id"], "queue": self.plan.prefix + call["queue"]}
        if call["eta"] is not None:
            options["eta"] = datetime.fromtimestamp(self._start + call["eta"], UTC)
        if call["expires"] is not None:
            options["expires"] = call["expires"]
        if call["priority"] is not None:
            options["priority"] = call["priority"]
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

    def _control(self, line: Row) -> None:
        """A remote-control command, as `celery control` sends it."""
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

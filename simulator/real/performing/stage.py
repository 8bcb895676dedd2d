"""A stage: a real Celery with a process for each worker; leaving it removes everything it created."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from simulator.real.gate import lost_of
from simulator.real.performing import leftovers
from simulator.real.performing.application import BEGINS, make_app
from simulator.real.performing.ensemble import PATIENCE, Ensemble, Performance, PerformedFault, StageError
from simulator.real.performing.plan import Plan, Row

SIGNALS = {"warm": signal.SIGTERM, "soft": signal.SIGQUIT, "cold": signal.SIGQUIT}
PERFORMANCE = "performance.json"
"""File in which a one-process stage stores its performance."""


class Process:
    """A process of ours; with its children it forms a process group."""

    def __init__(
        self,
        plan_file: Path,
        name: str,
        lifeline: int,
        module: str = "simulator.real.performing.process",
        pool: str = "",
    ) -> None:
        """Start it; `lifeline` is the read end of the pipe whose closing tells it that we are gone."""
        self.log = plan_file.parent / f"{name}.log"
        words = [sys.executable, "-m", module, str(plan_file), name, str(lifeline)]
        if pool:
            words += ["-P", pool]
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
    def pid(self) -> int:
        """Its process id."""
        return self._popen.pid

    @property
    def alive(self) -> bool:
        """True if it is running."""
        return self._popen.poll() is None

    def tell(self, number: int) -> None:
        """Send a signal to the process itself."""
        if self.alive:
            os.kill(self._popen.pid, number)

    def kill(self) -> None:
        """Kill it and all its children at once."""
        with suppress(ProcessLookupError):
            os.killpg(self._popen.pid, signal.SIGKILL)
        self._popen.wait()

    def wait(self, timeout: float) -> None:
        """Wait until it has ended, or for a number of seconds."""
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(timeout)

    def last_line(self) -> str:
        """The last line of its output."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1].strip() if lines else ""


class Stage(Ensemble):
    """`with Stage(plan) as stage: stage.play()`."""

    def __init__(self, plan: Plan, progress: Callable[[float], None] = lambda _: None) -> None:
        """Create nothing yet; `progress` is called with the time (seconds after time 0) now and then."""
        placed = replace(plan, folder=str(leftovers.state_folder() / plan.run))
        super().__init__(placed, make_app(placed), progress)
        self.processes: dict[str, Process] = {}
        self._read, self._write = os.pipe()
        self._lost = lost_of(self.app)

    def __enter__(self) -> Stage:
        try:
            leftovers.make_folder(self.plan.run)
            self._file = self.plan.save()
        except OSError as error:
            raise StageError("real.folder", folder=self.plan.folder, reason=error.strerror) from error
        return self

    def __exit__(self, *_: object) -> None:
        """End every process, then remove queues, keys and the folder.

        If the broker is gone, the folder stays: the next run removes what is left (`leftovers.sweep`).
        """
        for process in self.processes.values():
            process.kill()
        self.monitor.stop()
        os.close(self._read)
        os.close(self._write)
        try:
            leftovers.remove(self.app, self.plan)
        except self._lost:
            return
        finally:
            self.app.close()
        shutil.rmtree(self.plan.folder, ignore_errors=True)

    def play(self) -> Performance:
        """Run the plan to its end; raises `StageError`."""
        if self.plan.transport == "memory":
            return self._play_inside()
        lost: tuple[type[BaseException], ...] = (*self._lost, RuntimeError)
        try:
            performance = super().play()
        except lost as error:
            # Celery's result backend raises a RuntimeError when it gives up (celery.backends.asynchronous).
            why = error.__cause__ if isinstance(error, RuntimeError) else error
            if not isinstance(why, self._lost):
                raise
            raise StageError("real.lost", reason=str(why) or type(why).__name__) from error
        if self.monitor.failure is not None:
            raise StageError("real.lost", reason=str(self.monitor.failure))
        return performance

    def _play_inside(self) -> Performance:
        """Wait for the one process that is worker, producer and monitor, because the broker lives in it."""
        name = next(iter(self.plan.workers))
        process = self.processes[name] = Process(self._file, name, self._read, "simulator.real.performing.inside")
        result = Path(self.plan.folder) / PERFORMANCE
        while not result.exists():
            if not process.alive and not result.exists():
                raise StageError("real.worker_ended", worker=name, reason=process.last_line())
            if time.time() - process.since > PATIENCE + self.plan.end:
                raise StageError("real.worker_silent", worker=name, reason=process.last_line())
            time.sleep(0.05)
        found = json.loads(result.read_text(encoding="utf-8"))
        if "code" in found:
            raise StageError(found["code"], **found["params"])
        return Performance(**{**found, "deeds": [PerformedFault(**deed) for deed in found["deeds"]]})

    def spawn(self, name: str) -> None:
        """Start a worker, or beat."""
        pool = self.plan.workers[name]["pool"] if name in self.plan.workers else ""
        self.processes[name] = Process(self._file, name, self._read, pool=pool)

    def is_online(self, name: str) -> bool:
        """Return True if the worker has come online; raises `StageError` if it never will."""
        process = self.processes[name]
        if any(t >= process.since for t in self.monitor.online.get(name, ())):
            return True
        if not process.alive:
            raise StageError("real.worker_ended", worker=name, reason=process.last_line())
        if time.time() - process.since > PATIENCE:
            raise StageError("real.worker_silent", worker=name, reason=process.last_line())
        return False

    def is_running(self, name: str) -> bool:
        """Return True if the latest process of that name runs."""
        process = self.processes.get(name)
        return process is not None and process.alive

    def carry_out_fault(self, index: int, fault: Row) -> None:
        """Carry out a fault: kill or stop a process, unless that is to start only later."""
        if fault.get("early"):
            self.done(index, "nothing", fault.get("kill") or fault.get("stop") or fault["kill_child"])
            return
        if "kill_child" in fault:
            self._kill_child(index, fault["kill_child"], fault["runs"])
            return
        name = fault.get("kill") or fault["stop"]
        self.done(index, "kill" if "kill" in fault else "stop", name, how=fault.get("how") or "warm")
        process = self.processes.get(name)
        if process is None:
            return
        if "kill" in fault:
            process.kill()
        else:
            process.tell(SIGNALS[fault.get("how") or "warm"])

    def _kill_child(self, index: int, name: str, uuid: str) -> None:
        """Kill the child that runs the task the rehearsal has in that slot, or an idle child if it has none there.

        If reality has gone another way, nothing is killed; the verdict shows the difference.
        """
        if self.plan.workers[name]["pool"] != "prefork":
            self.done(index, "nothing", name)
            return
        mine = [body for body in self.bodies() if body.hostname == name]
        latest = {body.pid: body for body in mine}
        running = {body.uuid: pid for pid, body in latest.items() if body.what == BEGINS}
        idle = [pid for pid in self._children(name) if pid not in running.values()]
        victim = running.get(uuid) if uuid else next(iter(idle), None)
        self.done(index, "kill_child" if victim is not None else "nothing", name, uuid)
        if victim is not None:
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)

    def _children(self, name: str) -> list[int]:
        """Process ids of a worker's children, in order, where the system can list them (Linux)."""
        process = self.processes.get(name)
        if process is None or not process.alive:
            return []
        try:
            listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii")
        except OSError:
            return []
        return [int(pid) for pid in listed.split()]

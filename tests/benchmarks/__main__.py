"""`make bench`: the house's numbers, measured. Prints a table; judges nothing.

With names as arguments, only the rows whose name contains one of them.
"""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from shutil import which
from statistics import median
from typing import Any

from simulator.engine import simulate
from simulator.scenario import Edit
from simulator.scenario.checks.memory import VARIABLE
from simulator.world import Timeline
from tests.benchmarks.engine import cpu, markovian, ratio
from tests.benchmarks.growth import SITUATIONS, exponent
from tests.benchmarks.instructions import instructions_a_task
from tests.benchmarks.mixes import ALL, FEATURES, GUIDE, LATE, MIXES, PUSH, PUSH_HOPS, YARDSTICK
from tests.strategies import build

Row = tuple[str, str, str]
"""(what, measured, to reach)."""

REACH = {GUIDE: ">= 0.7x", PUSH: ">= 0.7x", PUSH_HOPS: "", "plain": ">= 0.5x", ALL: ">= 0.35x"}
"""By load, how fast it is to be, of the yardstick."""

COMPILED_REACH = {GUIDE: ">= 1.0x", PUSH: ">= 1.0x", PUSH_HOPS: "", "plain": ">= 0.8x", ALL: ">= 0.55x"}
"""The same of the compiled engine."""


def throughput() -> Iterator[Row]:
    """Tasks a second of M/M/4 as a scenario against a bare SimPy M/M/4 Store model, in pairs."""
    count = 20_000
    for name in (GUIDE, PUSH, PUSH_HOPS):
        middle, low, high = ratio(MIXES[name](count), count)
        yield f"{name}, with trace", f"{middle:.2f}x ({low:.2f}-{high:.2f})", REACH[name]


def full_worker() -> Iterator[Row]:
    """A Celery-like mix on Redis against the same yardstick, and what each feature alone costs."""
    count = 20_000
    plain = cpu(partial(simulate, MIXES["plain"](count)))
    for name in FEATURES:
        scenario = MIXES[name](count)
        middle, low, high = ratio(scenario, count, pairs=3)
        spent = cpu(partial(simulate, scenario))
        told = f"{middle:.2f}x ({low:.2f}-{high:.2f}), {spent / plain:.2f}x the time"
        yield f"full worker: {name}", told, REACH.get(name, "")
    middle, low, high = ratio(MIXES[ALL](count), count)
    yield f"full worker: {ALL}", f"{middle:.2f}x ({low:.2f}-{high:.2f})", REACH[ALL]


def compiled() -> Iterator[Row]:
    """The same loads with the engine that `make compiled` has installed, against the same yardstick."""
    python = Path(".venv-compiled/bin/python").absolute()
    if not python.exists():
        yield "compiled engine", "none here; make compiled first", ""
        return
    for name, reach in COMPILED_REACH.items():
        command, there = [str(python), "-m", "tests.benchmarks.compiled", name], python.parents[1] / "tests-of-it"
        done = subprocess.run(command, cwd=there, check=True, capture_output=True, text=True)
        yield f"compiled: {name}", done.stdout.strip(), reach


def idle() -> Iterator[Row]:
    """A thousand workers that ask ten times a second, one hour, nothing to do."""
    config = {"broker_transport_options": {"polling_interval": 0.1}}
    scenario = build({"polls": "found", "until": 3600, "workers": 1000, "config": config})
    found = median(cpu(lambda: simulate(scenario)) for _ in range(5))
    yield "idle polling", f"{found:.3f} s", "< 0.1 s"


def growth() -> Iterator[Row]:
    """Time and memory a task, from 10^4 to 10^6 tasks."""
    costs = {}
    for count in (10_000, 100_000, 1_000_000):
        scenario = markovian("guide", count)
        costs[count] = cpu(partial(simulate, scenario)) / count * 1e6
    times = ", ".join(f"{cost:.1f}" for cost in costs.values())
    yield "time, us a task at 10^4 10^5 10^6", times, "linear"
    scenario = markovian("guide", 20_000)
    tracemalloc.start()
    trace = simulate(scenario)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    per_event = kept / len(trace)
    yield (
        "memory",
        f"{per_event:.0f} B an event; peak {peak / kept:.2f}x what is kept",
        "the trace's and little else",
    )


def cliffs() -> Iterator[Row]:
    """Situations that once grew faster than their size."""
    for name, (made, size) in SITUATIONS.items():
        power, small, large = exponent(made, size)
        yield name.format(f"{size:,}"), f"exponent {power:.2f} ({small:.2f} s, then {large:.2f} s)", "<= 1.1"


def instructions() -> Iterator[Row]:
    """Instructions a task, the difference of two sizes: what a busy machine does not move. Needs valgrind."""
    if which("valgrind") is None:
        yield "instructions a task", "no valgrind here", ""
        return
    bare = instructions_a_task(YARDSTICK)
    yield f"instructions a task: {YARDSTICK}", f"{bare / 1000:.1f} thousand", ""
    for name, reach in REACH.items():
        found = instructions_a_task(name)
        yield f"instructions a task: {name}", f"{found / 1000:.1f} thousand, {bare / found:.2f}x", reach


def studies() -> Iterator[Row]:
    """Runs of 200 tasks: workplaces against a plain loop; and a run without its trace against one with it."""
    from tests.benchmarks.studies import places, without_trace

    for name, found in places():
        yield f"sweep, {name}", f"{found:.2f}x a plain loop", ">= 0.9x a process, on idle cores"
    for name, found in without_trace():
        yield f"measured: {name}", f"{found:.2f}x the time of simulating", ""


def seek() -> Iterator[Row]:
    """Random cursors in a trace of 10^6 events with a backlog that grows to 64,000."""
    scenario = markovian("celery-rabbitmq", 120_000, config=LATE, workers=4)
    edited = scenario.edited(Edit("send.0.every", {"exponential": 0.11}))
    trace = simulate(edited)
    start = time.process_time()
    tracemalloc.start()
    timeline = Timeline(trace)
    timeline.at(len(trace))
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    took = time.process_time() - start
    draw = Random(1)
    times, backlog = [], 0
    for _ in range(1000):
        cursor = draw.randrange(len(trace))
        begin = time.perf_counter()
        world = timeline.at(cursor)
        head = [queue.head(5) for queue in world.queues.values()]
        busy = [worker.active() for worker in world.workers.values()]
        times.append(time.perf_counter() - begin)
        backlog = max(backlog, *(queue.longest for queue in world.queues.values()), len(head), len(busy))
    times.sort()
    p50, p99 = times[500] * 1e3, times[990] * 1e3
    yield (
        f"seek, {len(trace):,} events, {backlog:,} waiting",
        f"p50 {p50:.1f} ms, p99 {p99:.1f} ms",
        "p99 <= 16 ms",
    )
    yield "  its index", f"{size / 2**20:.0f} MiB (made in {took:.1f} s, measured)", "<= 100 MiB"


def what_if() -> Iterator[Row]:
    """A kill in a run of 10,000 tasks on 500 workers: the edit and the whole run again, and in the application."""
    from tests.benchmarks.branching import branching

    scenario = markovian("guide", 10_000, servers=500)
    middle = simulate(scenario)[-1].t // 2 / 1e6
    edit = Edit("faults", {"at": round(middle, 6), "kill": "worker7"}, append=True)
    found = []
    for _ in range(5):
        begin = time.perf_counter()
        simulate(scenario.edited(edit))
        found.append(time.perf_counter() - begin)
    yield "what-if, 10,000 tasks x 500 workers", f"{median(found):.2f} s", "<= 0.5 s"
    branched, compared = branching()
    yield "  in the application, to the screen", f"{median(branched):.2f} s", "<= 0.5 s"
    yield "  compared with the run before", f"{median(compared):.2f} s", "<= 0.5 s"


def start() -> Iterator[Row]:
    """From the command to its words, and to the first frame in a terminal."""
    found = []
    for _ in range(7):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-m", "simulator", "--help"], check=True, capture_output=True)
        found.append(time.perf_counter() - begin)
    yield "ackademy --help", f"{median(found):.2f} s", "<= 0.3 s"
    frames = [_first_frame() for _ in range(5)]
    yield "play to the first frame", f"{median(frames):.2f} s", "<= 1.2 s"


def _first_frame() -> float:
    """Seconds until the title of the three-task order stands on a pseudo-terminal."""
    begin = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
        command = [sys.executable, "-m", "simulator", "play", "three-task-order", "--lang", "en"]
        os.execve(sys.executable, command, environment)
    seen = b""
    try:
        while b"worker2" not in seen:
            ready, _, _ = select.select([terminal], [], [], 20)
            if not ready:
                raise TimeoutError("no frame in 20 s")
            seen += os.read(terminal, 65536)
        return time.perf_counter() - begin
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)


SIZES = ((80, 24), (140, 40), (200, 60))


def frame() -> Iterator[Row]:
    """One frame while playing, ANSI output included; the tasks that wait are twenty for each worker."""
    from tests.benchmarks.frame import compared, frames

    screens = [(count, size, ()) for count in (2, 64, 500) for size in SIZES] + [(500, SIZES[1], ("P",))]
    for count, (width, height), keys in screens:
        found = frames(count, (width, height), keys)
        told = f"p50 {found.p50:.1f}, p95 {found.p95:.1f} ms, {found.kilobytes:.0f} kB, {found.share:.0%} at 30 fps"
        name = "presenter" if keys else "frame"
        wanted = "p95 <= 16 ms" if count == 500 and width > 80 else ""
        yield f"{name}, {count} workers, {width}x{height}", told, wanted
    prepared, steps = compared()
    told = f"p50 {steps.p50:.1f}, p95 {steps.p95:.1f} ms a step, {prepared:.2f} s to begin"
    yield "compare, 500 workers, 140x40", told, "p95 <= 16 ms"


MEASURES: dict[str, Callable[[], Iterator[Row]]] = {
    "throughput": throughput,
    "compiled": compiled,
    "full worker": full_worker,
    "idle": idle,
    "growth": growth,
    "cliffs": cliffs,
    "instructions": instructions,
    "seek": seek,
    "what_if": what_if,
    "start": start,
    "frame": frame,
    "studies": studies,
}


def main(names: list[Any]) -> None:
    """Measure and print."""
    os.environ[VARIABLE] = "100000"  # a million tasks are measured here
    print(f"{'what':<44}{'measured':<44}reach")
    for name, measure in MEASURES.items():
        if not names or any(wanted in name for wanted in names):
            for what, measured, reach in measure():
                print(f"{what:<44}{measured:<44}{reach}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

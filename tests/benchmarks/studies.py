"""Runs a second of a sweep: in one process, in two, on a local Dask cluster; and what a run costs without its trace."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager

from simulator.engine import simulate
from simulator.measure import summary
from simulator.scenario.conditions.goals import parse_goal
from simulator.study.cluster import cluster
from simulator.study.executors import Workplace, this_machine
from simulator.study.grid import Cell
from simulator.study.jobs import Job, fingerprint, portable, run_job
from simulator.study.light import measure_run, tally_run
from simulator.study.sweep import Sweep, SweepRequest
from tests.benchmarks.engine import cpu, markovian

TASKS = 200
MEASURES = ("p95(wait)", "lost")


def runs_a_second(place: AbstractContextManager[Workplace], runs: int) -> float:
    """Runs a second once the workplace is open and warm."""
    scenario = markovian("celery-redis", TASKS)
    took = 0.0
    with place as open_place:
        for count in (4 * open_place.slots, runs):
            sweep = Sweep(SweepRequest([Cell((), scenario)], MEASURES, (), 1, count))
            begun = time.perf_counter()
            for _ in sweep.play(open_place):
                pass
            took = time.perf_counter() - begun
    return runs / took


def bare_runs_a_second(runs: int) -> float:
    """Runs a second of a plain loop in this process, without batches or files."""
    job = Job(fingerprint(), 0, portable(markovian("celery-redis", TASKS)), MEASURES, 0, tuple(range(runs)))
    begun = time.perf_counter()
    run_job(job)
    return runs / (time.perf_counter() - begun)


def places(runs: int = 800) -> list[tuple[str, float]]:
    """(workplace, runs a second as a ratio to a plain loop)."""
    bare = bare_runs_a_second(runs // 2)
    return [
        ("one process", runs_a_second(this_machine(1), runs // 2) / bare),
        ("two processes", runs_a_second(this_machine(2), runs) / bare),
        ("Dask, two processes", runs_a_second(cluster("dask", 2), runs) / bare),
    ]


def without_trace(count: int = 50_000) -> list[tuple[str, float]]:
    """(way to measure a run, CPU time as a ratio to simulating it with its trace)."""
    scenario = markovian("guide", count)
    alone = cpu(lambda: simulate(scenario))
    asked = [parse_goal(text) for text in MEASURES]
    return [
        ("summary of the trace", cpu(lambda: summary(simulate(scenario))) / alone),
        ("everything, on the way", cpu(lambda: tally_run(scenario)) / alone),
        (" and ".join(MEASURES) + ", on the way", cpu(lambda: measure_run(scenario, asked)) / alone),
    ]

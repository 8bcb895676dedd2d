"""A Dask cluster as a place to play runs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dask
import distributed

from simulator.scenario import Problem, ScenarioError
from simulator.study.executors import Workplace, cores
from simulator.study.jobs import fingerprint

DASK = "dask"

PATIENCE = 10.0
"""Seconds to wait for a cluster to answer."""

LONG = 0.5
"""Seconds that a batch should take: handing it over costs less than a tenth of that."""


@contextmanager
def cluster(where: str, jobs: int | None) -> Iterator[Workplace]:
    """Connect to a Dask cluster, or start one on this machine.

    Args:
        where: `dask` or `dask://HOST:PORT`.
        jobs: processes of one that is started; None: one for each core.

    Raises:
        ScenarioError: there is no such place, it does not answer, or has another ackademy.
    """
    if where != DASK and not where.startswith(f"{DASK}://"):
        raise ScenarioError([Problem("study.executor", {"value": where, "known": [DASK, f"{DASK}://HOST:PORT"]})])
    count = jobs or cores()
    local = {"n_workers": count, "threads_per_worker": 1, "dashboard_address": None, "silence_logs": logging.CRITICAL}
    wanted = {"address": where.replace(f"{DASK}://", "tcp://"), "timeout": PATIENCE} if where != DASK else local
    try:
        # A batch whose workers die is played by others, again and again; only after many is it to blame.
        with dask.config.set({"distributed.scheduler.allowed-failures": 10}):
            client = distributed.Client(**wanted)
    except (OSError, TimeoutError, ValueError) as error:
        raise ScenarioError([Problem("study.no_cluster", {"where": where, "reason": str(error)})]) from None
    with client:
        _same_everywhere(client, where)
        slots = sum(client.nthreads().values()) or count
        yield Workplace(client.get_executor(pure=False), slots, LONG)


def _same_everywhere(client: Any, where: str) -> None:
    """Refuse a cluster whose workers would give other numbers."""
    try:
        theirs = set(client.run(fingerprint).values())
    except Exception as error:
        raise ScenarioError([Problem("study.not_there", {"where": where, "reason": type(error).__name__})]) from error
    others = theirs - {fingerprint()}
    if others:
        params = {"where": where, "theirs": min(others), "ours": fingerprint()}
        raise ScenarioError([Problem("study.other_version", params)])

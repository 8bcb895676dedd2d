"""Workplaces for runs: this process, or the cores of this machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

SHORT = 0.1
"""Seconds that a batch should take in a process of this machine: handing it over costs less than a tenth of that."""


@dataclass(frozen=True)
class Workplace:
    """Somewhere to play runs."""

    executor: Executor
    slots: int
    """Number of batches that it plays at once."""
    seconds: float
    """Length of a batch for which handing it over costs little."""

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand over a call of a function of this room."""
        return self.executor.submit(function, *args, **kwargs)


class Here(Executor):
    """Plays each job at once, in this process."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call the function; its exceptions are in the future."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - handed on, as any executor does
            future.set_exception(error)
        return future


@contextmanager
def this_machine(jobs: int | None) -> Iterator[Workplace]:
    """Open the cores of this machine.

    Args:
        jobs: number of processes; None: one for each core. One alone is this process.
    """
    count = jobs or cores()
    if count == 1:
        yield Workplace(Here(), 1, SHORT)
    else:
        with ProcessPoolExecutor(count, _context(), initializer=_begin) as pool:
            try:
                yield Workplace(pool, count, SHORT)
            except BaseException:
                # Waits for the batches that run: a process that is just starting would miss what this one takes along.
                pool.shutdown(cancel_futures=True)
                raise


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _context() -> multiprocessing.context.BaseContext:
    """Return the way to start processes: forks of a process that has the engine loaded, where there are forks."""
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["simulator.study.jobs", "simulator.study.trials"])
    return context


def _begin() -> None:
    """Leave Ctrl+C to the process that has asked for the runs, and end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked = multiprocessing.parent_process()
    assert asked is not None
    threading.Thread(target=_end_with, args=(asked.sentinel,), name="end", daemon=True).start()


def _end_with(sentinel: int) -> None:
    """Wait for the end of a process and end this one: who waits for work would wait for ever."""
    wait([sentinel])
    os._exit(1)

"""The program, started without importing it anew: forked from a process that has imported it and done nothing else.

A start takes a second of computing, most of it imports, and the tests of a terminal start it dozens of times. What is
forked has streams, an environment, a session and signals of its own, as a program has that a shell starts.
"""

from __future__ import annotations

import atexit
import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing import get_context
from multiprocessing.reduction import DupFd
from typing import Any

from textual import constants

PRELOADED = ["simulator.cli.watching", "simulator.cli.learning", "simulator.engine", "simulator.tui.app"]

FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(PRELOADED)


class Prepared:
    """A running program, with what tests use of a `Popen`."""

    def __init__(self, words: tuple[str, ...], terminal: int, environment: Mapping[str, str]) -> None:
        self._process = FORKS.Process(target=_run, args=(words, DupFd(terminal), dict(environment), os.getcwd()))
        self._process.start()

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process.pid is not None
        return self._process.pid

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended; its exit status, negative if a signal ended it."""
        self._process.join(timeout)
        status = self._process.exitcode
        assert status is not None, "it goes on"
        return status

    def is_stopped(self) -> bool:
        """Return True if a signal has stopped it."""
        asked = ["ps", "-o", "stat=", "-p", str(self.pid)]
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.startswith("T")

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.join()
        self._process.close()


def _run(words: tuple[str, ...], terminal: Any, environment: dict[str, str], folder: str) -> None:
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    importlib.reload(constants)  # Textual has read the environment by now
    descriptor = terminal.detach()
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.dup2(descriptor, number)
        stream = os.fdopen(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    os.close(descriptor)
    sys.argv = ["ackademy", *words]
    from simulator.__main__ import main

    status = main()
    atexit._run_exitfuncs()
    os._exit(status)  # not by way of multiprocessing, which fails where the terminal is gone

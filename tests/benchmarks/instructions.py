"""Instructions a task, counted by valgrind."""

from __future__ import annotations

import os
import re
import subprocess
import sys

SIZES = (1_000, 4_000)


def instructions_a_task(name: str) -> float:
    """Instructions of one more task of that load: the difference of two sizes, so that starting up does not count."""
    small, large = (_instructions(name, count) for count in SIZES)
    return (large - small) / (SIZES[1] - SIZES[0])


def _instructions(name: str, count: int) -> int:
    valgrind = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    command = [*valgrind, sys.executable, "-m", "tests.benchmarks.mixes", name, str(count)]
    # Another hash seed is another number of collisions.
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    counted = re.search(r"I +refs: +([0-9,]+)", done.stderr)
    if counted is None:
        raise ValueError(done.stderr)
    return int(counted[1].replace(",", ""))

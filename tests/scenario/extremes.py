"""`python -m tests.scenario.extremes`: every number of the format at nothing, tiny and huge; what it costs."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from simulator.engine import LimitReached, simulate
from simulator.measure import summary
from simulator.scenario import ScenarioError
from simulator.story.report.summary import report_lines
from tests.scenario.places import Key, keys_of, load_any, places

NUMBERS = ("-1", "0", "1e-6", "1", "300", "1000000", "1e9", "1e15", "1e300", "9" * 400)
HANGS = 20
"""CPU seconds after which a run is given up."""
PLACES = 2
"""Places at which each key is tried."""


@dataclass(frozen=True)
class Cost:
    """What came of a number: `refused`, `played`, `stopped` at a limit, or what went wrong."""

    key: Key
    path: str
    number: str
    came: str
    seconds: float
    megabytes: float

    def __str__(self) -> str:
        return f"{self.path}={self.number[:20]}: {self.came}, {self.seconds:.1f} s, {self.megabytes:.0f} MB"


def costs() -> Iterator[Cost]:
    """Try each number at each key that takes numbers; raises `KeyError` for a key that no scenario has."""
    known = places()
    for key in sorted(keys_of({"number", "integer"})):
        for name, path in known[key][:PLACES]:
            for number in NUMBERS:
                came, seconds, megabytes = _in_a_child(name, f"{path}={number}")
                yield Cost(key, path, number, came, seconds, megabytes)


def _in_a_child(name: str, change: str) -> tuple[str, float, float]:
    """Load and play a scenario with a change in a process of its own, whose memory is that of this run alone."""
    there, here = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(there)
        resource.setrlimit(resource.RLIMIT_CPU, (HANGS, HANGS))
        begin = time.process_time()
        came = _came(name, change)
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        os.write(here, json.dumps((came, time.process_time() - begin, most)).encode())
        os._exit(0)
    os.close(here)
    with os.fdopen(there, "rb") as stream:
        told = stream.read()
    os.waitpid(child, 0)
    return tuple(json.loads(told)) if told else ("hung", HANGS, 0.0)


def _came(name: str, change: str) -> str:
    try:
        scenario = load_any(name, [change])
        trace = simulate(scenario)
        report_lines(summary(trace), [], "en")
    except ScenarioError as error:
        return f"refused {error.problems[0].code}"
    except LimitReached:
        return "stopped"
    except BaseException as error:  # noqa: BLE001 - whatever it is has been found
        return f"raised {error!r}"
    return "played"


def table(found: list[Cost]) -> str:
    """How many ended in which way, and the dearest of each."""
    ways = Counter(one.came.split()[0] for one in found)
    lines = [f"{'':<10}{'inputs':>8}{'over 1 s':>10}{'over 300 MB':>13}{'most s':>8}{'most MB':>9}"]
    for way, count in sorted(ways.items()):
        ones = [one for one in found if one.came.split()[0] == way]
        slow, large = sum(one.seconds > 1 for one in ones), sum(one.megabytes > 300 for one in ones)
        most = max(one.seconds for one in ones), max(one.megabytes for one in ones)
        lines.append(f"{way:<10}{count:>8}{slow:>10}{large:>13}{most[0]:>8.1f}{most[1]:>9.0f}")
    dear = [one for one in found if one.seconds > 1 or one.megabytes > 300 or one.came.startswith(("raised", "hung"))]
    return "\n".join([*lines, *map(str, dear)])


if __name__ == "__main__":
    sys.stdout.write(f"{table(list(costs()))}\n")

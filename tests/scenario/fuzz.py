"""Load many damaged scenario files in a process of their own, and say how long and how much memory that took.

`python -m tests.scenario.fuzz SEED COUNT` prints a JSON line. Not a test module: `test_fuzz` starts it.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from contextlib import suppress
from pathlib import Path

from simulator.engine import LimitReached, simulate
from simulator.scenario import ScenarioError, parse_scenario, scenario_names
from simulator.scenario.library import find_scenario
from simulator.story.problems.errors import format_problems

TEXTS = [find_scenario(name).read_text(encoding="utf-8") for name in scenario_names()]
PIECES = [
    *"{}[]:,-#&*!|>%@'\"\n\t 0129.~",
    "null", "true", "1e9", "-1", "on: ", "<<: ", "*a", "&a ", "kill: ", "every: 0", "count: 99999999",
    "until: 0.000001", "한글", "\x00", "\ufeff", "\ud7ff", "- ", "  ", "variants:", "extends: two-queues",
    "[1]", "{a: b}", "profile: ", "knobs: [{path: seed, values: [1, 2]}]", "exceptions: {A: B, B: A}",
    "exercise: {may_change: [tasks]}", "services: {x: {}}", "workers: 2000", "log: '{n}'", "retry_backoff: ",
]  # fmt: skip


def mutated(draw: random.Random) -> str:
    """A scenario with a few places damaged, or two of them mixed, or noise."""
    kind = draw.random()
    if kind < 0.1:
        return bytes(draw.randrange(256) for _ in range(draw.randrange(300))).decode("utf-8", "replace")
    text = draw.choice(TEXTS)
    for _ in range(draw.randint(1, 6)):
        place, length = draw.randrange(len(text) + 1), draw.choice([0, 0, 1, 3, 20])
        text = text[:place] + draw.choice(PIECES) + text[place + length :]
    if kind > 0.9:
        other = draw.choice(TEXTS)
        text = text[: draw.randrange(len(text) + 1)] + other[draw.randrange(len(other)) :]
    return text


def peak_megabytes() -> float:
    """The most memory this process has had. On Linux ru_maxrss would count what started it, too."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


def load(text: str) -> tuple[float, bool]:
    """Load one file, and word what is wrong with it: CPU seconds, and whether it could be run. Runs it if so."""
    begin = time.process_time()
    try:
        scenario = parse_scenario(text, file="fuzz.yaml")
        format_problems(scenario.warnings, "both", warnings=True)
    except ScenarioError as error:
        format_problems(error.problems, "both")
        return time.process_time() - begin, False
    seconds = time.process_time() - begin
    with suppress(LimitReached):
        simulate(scenario, max_events=5_000)
    return seconds, True


def main(seed: int, count: int) -> None:
    """Try `count` files; a traceback ends it with the text that caused it on stderr."""
    draw = random.Random(seed)
    loaded, slowest = 0, 0.0
    for _ in range(count):
        text = mutated(draw)
        try:
            seconds, ran = load(text)
        except BaseException:
            sys.stderr.write(text)
            raise
        loaded += ran
        slowest = max(slowest, seconds)
    sys.stdout.write(json.dumps({"loaded": loaded, "slowest": slowest, "megabytes": peak_megabytes()}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

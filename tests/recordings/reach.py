"""Which tests run a line of the engine: only they can notice that it is wrong.

The tests run once, in a process of its own, under coverage with a context for each.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent.parent
OPTIONS = ("-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not soak and not real and not law")


class BaselineFailed(Exception):
    """A test fails although nothing is wrong, or pytest could not run."""


@dataclass(frozen=True)
class Reach:
    """What a run of the tests has shown."""

    seconds: dict[str, float]
    """How long each took, by its id."""
    lines: dict[str, dict[int, list[str]]]
    """By file and line, the tests that ran it."""

    def tests(self, path: Path, line: int) -> list[str]:
        """Those that run a line, the quickest first.

        A line that only the import runs (a constant, the default of a parameter) may concern anybody; those who run
        anything of its module come first.
        """
        found = self.lines.get(str(path), {})
        if line in found:
            return sorted(found[line], key=self._by_time)
        near = {test for tests in found.values() for test in tests}
        return sorted(self.seconds, key=lambda test: (test not in near, self._by_time(test)))

    def _by_time(self, test: str) -> tuple[float, str]:
        return self.seconds[test], test


def reach(paths: Iterable[Path], asked: Sequence[Sequence[str]]) -> Reach:
    """Run the tests that pytest finds by each list of arguments; raises `BaselineFailed`."""
    said = json.dumps(sorted({str(path) for path in paths}))
    seconds: dict[str, float] = {}
    lines: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    with ThreadPoolExecutor(len(asked)) as pool:
        for answer in pool.map(lambda words: _run(said, words), asked):
            seconds |= answer["seconds"]
            for path, line, tests in answer["lines"]:
                lines[path][line] += tests
    return Reach(seconds, lines)


def _run(said: str, words: Sequence[str]) -> Any:
    command = [sys.executable, "-m", "tests.recordings.reach", said, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=TESTS.parent)
    if done.returncode:
        raise BaselineFailed(f"{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


class _Contexts:
    """A plugin of pytest that tells coverage which test is running, and keeps how long each takes."""

    def __init__(self, coverage: Any) -> None:
        self.coverage = coverage
        self.seconds: dict[str, float] = defaultdict(float)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.coverage.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.seconds[report.nodeid] += report.duration


def main(said: str, words: Sequence[str]) -> int:
    """Run the tests; the last line that is printed is what each took, and who ran which line."""
    import coverage
    import pytest

    paths = json.loads(said)
    traced = coverage.Coverage(data_file=None, include=paths, config_file=False)
    traced.start()
    contexts = _Contexts(traced)
    status = int(pytest.main([*words, *OPTIONS], plugins=[contexts]))
    traced.stop()
    if status:
        return status
    data = traced.get_data()
    lines = [
        (path, line, [test for test in tests if test])
        for path in data.measured_files()
        for line, tests in data.contexts_by_lineno(path).items()
        if any(tests)
    ]
    sys.stdout.write("\n" + json.dumps({"seconds": contexts.seconds, "lines": lines}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))

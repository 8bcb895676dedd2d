"""Runs of many cells: handed out in batches, collected in whatever order they end, kept in the order of seeds."""

from __future__ import annotations

import json
import math
import time
from array import array
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import IO, Any

from simulator.scenario import Problem, Scenario, ScenarioError
from simulator.study.executors import Workplace
from simulator.study.jobs import Job, Number, Played, fingerprint, portable, run_job

AHEAD = 3
"""Batches handed out for each slot, so that none waits for the next."""

GAP = 10**6
"""Seeds that a file of runs may skip: a run beyond is of a study with other seeds, and has no place in memory."""

MOST = 1000
"""Runs in a batch at most."""


class Runs:
    """The numbers of all runs so far: eight bytes each, by cell and measure, in the order of the seeds."""

    def __init__(
        self, scenarios: Sequence[Scenario], measures: Sequence[str], first_seed: int, warm_ups: Sequence[float] = ()
    ) -> None:
        """Start with no runs.

        Args:
            scenarios: of the cells.
            measures: expressions of the goal language.
            first_seed: run n of every cell has the seed `first_seed` + n, so that cells share their draws.
            warm_ups: of each cell, in seconds; none: 0.
        """
        self.measures = tuple(measures)
        self.first_seed = first_seed
        self.warm_ups = tuple(warm_ups) or (0.0,) * len(scenarios)
        self._texts = [portable(scenario) for scenario in scenarios]
        self._values = [[array("d") for _ in measures] for _ in scenarios]
        """By cell and measure; `nan` where there is nothing to measure, or no run yet."""
        self._has = [bytearray() for _ in scenarios]
        """By cell and number of the run: whether it has been played."""

    def __len__(self) -> int:
        return len(self._texts)

    def add(self, played: Played) -> None:
        """Keep a run's numbers."""
        place, has = played.seed - self.first_seed, self._has[played.cell]
        grow = place + 1 - len(has)
        if grow > 0:
            has.extend(bytes(grow))
            for values in self._values[played.cell]:
                values.extend([math.nan] * grow)
        has[place] = 1
        for values, value in zip(self._values[played.cell], played.values, strict=True):
            values[place] = math.nan if value is None else value

    def done(self, cell: int) -> int:
        """Return the number of runs from the first on that have been played without a gap."""
        gap = self._has[cell].find(0)
        return len(self._has[cell]) if gap < 0 else gap

    def played(self) -> int:
        """Return how many runs there are, of all cells."""
        return sum(map(sum, self._has))

    def of(self, cell: int, measure: int, count: int | None = None) -> array[float]:
        """Return a measure of the runs of a cell in the order of their seeds, up to the first gap; `nan`: nothing."""
        return self._values[cell][measure][: self.done(cell) if count is None else count]

    def key(self, cell: int) -> str:
        """Return a name of a cell that says what it plays and how it is measured."""
        return sha256(f"{self._texts[cell]}\n{self.warm_ups[cell]}".encode()).hexdigest()[:16]

    def missing(self, cell: int, count: int) -> Iterator[int]:
        """Yield the seeds among the first `count` that have not been played."""
        has = self._has[cell]
        return (self.first_seed + place for place in range(count) if place >= len(has) or not has[place])

    def job(self, cell: int, seeds: Sequence[int]) -> Job:
        """Return the job of playing a cell with some seeds."""
        return Job(fingerprint(), cell, self._texts[cell], self.measures, self.warm_ups[cell], tuple(seeds))


def play(
    runs: Runs, counts: Sequence[int], place: Workplace, keep: Callable[[Played], None] = lambda played: None
) -> Iterator[int]:
    """Play what is missing of the first `counts[cell]` runs of each cell; yield how many have ended, after each batch.

    The first batches are single runs; from then on a batch is as long as the place wants it.

    Raises:
        LimitReached: a run made too many events.
        ForeignVersion: a process has another ackademy.
    """
    todo = deque((cell, runs.missing(cell, count)) for cell, count in enumerate(counts))
    going: set[Future[list[Played]]] = set()
    size, begun = 1, time.perf_counter()
    ended = 0
    while todo or going:
        while todo and len(going) < AHEAD * place.slots:
            cell, missing = todo.popleft()
            seeds = [*islice(missing, size)]
            if seeds:
                todo.append((cell, missing))
                going.add(place.submit(run_job, runs.job(cell, seeds)))
        if not going:
            return
        finished, _ = wait(going, return_when=FIRST_COMPLETED)
        for future in finished:
            going.remove(future)
            for played in future.result():
                runs.add(played)
                keep(played)
                ended += 1
        each = (time.perf_counter() - begun) * place.slots / ended
        size = min(MOST, max(1, math.ceil(place.seconds / each)))
        yield ended


class RunsFile:
    """A file of runs, a line of JSON each, written as they end; what it has is not played again."""

    def __init__(self, file: str, runs: Runs) -> None:
        """Open or begin a file, and take from it what belongs to `runs`.

        Raises:
            ScenarioError: it cannot be used, or was written for other measures or by another ackademy.
        """
        self._runs = runs
        self._file = file
        head = {"ackademy": fingerprint(), "measures": list(runs.measures)}
        try:
            path = Path(file)
            if path.exists() and path.stat().st_size:
                self._read(path, head)
                self._stream: IO[str] = path.open("a", encoding="utf-8")
            else:
                self._stream = path.open("w", encoding="utf-8")
                print(json.dumps(head), file=self._stream, flush=True)
        except OSError as error:
            raise ScenarioError([Problem("file.unwritable", {"file": file, "reason": error.strerror})]) from None

    def _read(self, path: Path, head: dict[str, Any]) -> None:
        cells = {self._runs.key(cell): cell for cell in range(len(self._runs))}
        with path.open("r+", encoding="utf-8", errors="replace") as stream:
            try:
                said = json.loads(stream.readline())
            except (ValueError, RecursionError):
                said = None
            if not isinstance(said, dict) or said.keys() != head.keys():
                raise ScenarioError([Problem("study.not_runs", {"file": self._file})])
            for name, value in head.items():
                if said[name] != value:
                    params: dict[str, object] = {"file": self._file, "theirs": str(said[name]), "ours": str(value)}
                    raise ScenarioError([Problem(f"study.runs_{name}", params)])
            number, end = 1, stream.tell()
            while line := stream.readline():
                number += 1
                if not line.endswith("\n"):  # cut off as it was written
                    stream.seek(end)
                    stream.truncate()
                    break
                end = stream.tell()
                self._take(line, number, cells)

    def _take(self, line: str, number: int, cells: dict[str, int]) -> None:
        try:
            key, seed, values = json.loads(line)
            numbers = tuple(None if value is None else float(value) for value in values)
            if len(numbers) != len(self._runs.measures) or type(seed) is not int or type(key) is not str:
                raise ValueError(line)
        except (ValueError, TypeError, OverflowError, RecursionError):
            raise ScenarioError([Problem("study.runs_line", {"file": self._file, "line": number})]) from None
        if key in cells and 0 <= seed - self._runs.first_seed < number + GAP:
            self._runs.add(Played(cells[key], seed, numbers))

    def keep(self, played: Played) -> None:
        """Write a run."""
        row: list[str | int | list[Number]] = [self._runs.key(played.cell), played.seed, list(played.values)]
        print(json.dumps(row), file=self._stream)

    def close(self) -> None:
        """Write what is left."""
        self._stream.close()

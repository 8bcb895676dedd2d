"""The settings of a study: axes with their values, and the cells of their grid."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

from simulator.scenario import Edit, Mark, Problem, Scenario, ScenarioError
from simulator.scenario.source import read_source

ARRIVALS = "arrivals"
"""The axis of `--scale-arrivals`: how many times as many calls come."""

MAX_CELLS = 10_000

_RANGE = re.compile(r"(?P<low>-?[\d.]+?)\.\.(?P<high>-?[\d.]+)(?:/(?P<step>[\d.]+))?\Z")
_COMMA = re.compile(r""",(?![^\[{]*[\]}])""")
"""A comma outside brackets."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A setting with the values it takes."""

    path: str
    values: tuple[Any, ...]


Changes = tuple[tuple[str, Any], ...]
"""(path, value) of each setting that a cell changes."""


@dataclass(frozen=True)
class Cell:
    """One combination of settings."""

    changes: Changes
    scenario: Scenario
    """The scenario with these settings."""

    @cached_property
    def options(self) -> list[str]:
        """The command line's words for what it changes."""
        edits = [(edit.path, edit.value) for edit in self.scenario.edits[-self._edits :]] if self._edits else []
        return [word for path, value in edits for word in ("--set", f"{path}={_flow(value)}")]

    @property
    def _edits(self) -> int:
        return sum(len(edits_of(self.scenario, path, value)) for path, value in self.changes)

    @property
    def label(self) -> str:
        """Its settings as text."""
        return ", ".join(f"{path}={_flow(value)}" for path, value in self.changes)

    def play(self, words: Sequence[str], seed: int) -> str:
        """The command that plays its run with a seed; `words` name the scenario and how it was loaded."""
        return shlex.join(["ackademy", "play", *words, *self.options, "--seed", str(seed)])


def _flow(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def parse_axis(text: str) -> list[Factor]:
    """Parse `PATH=VALUES`, several of them separated by commas; values are `1,2,4`, `1..8` or `0.5..2/0.5`.

    Raises:
        ScenarioError: there is no value, or a range is empty.

    >>> parse_axis("workers=1..3,config.worker_prefetch_multiplier=1,4")
    [Factor(path='workers', values=(1, 2, 3)), Factor(path='config.worker_prefetch_multiplier', values=(1, 4))]
    """
    axes: list[tuple[str, list[str]]] = []
    for part in _COMMA.split(text):
        path, sign, value = part.partition("=")
        if sign and re.match(r"[\w*]", path.strip()) and "{" not in path:
            axes.append((path.strip(), [value]))
        elif axes:
            axes[-1][1].append(part)
        else:
            raise ScenarioError([Problem("study.vary", {"text": text})])
    return [Factor(path, tuple(value for one in values for value in _values(one, text))) for path, values in axes]


def _values(text: str, whole: str) -> list[Any]:
    found = _RANGE.match(text.strip())
    if found is None:
        if not text.strip():
            raise ScenarioError([Problem("study.vary", {"text": whole})])
        source = read_source(f"value: {text}", "--vary")
        if source.problems:
            raise ScenarioError(source.problems)
        return [source.data["value"]]
    try:
        low, high, step = (float(found[name] or 1) for name in ("low", "high", "step"))
    except ValueError:
        raise ScenarioError([Problem("study.vary", {"text": whole})]) from None
    if step <= 0 or high < low or (high - low) / step >= MAX_CELLS:
        raise ScenarioError([Problem("study.range", {"text": text.strip()})])
    numbers = [round(low + place * step, 9) for place in range(int((high - low) / step + 1e-9) + 1)]
    return [int(number) if number.is_integer() else number for number in numbers]


def grid_of(axes: Sequence[Factor]) -> list[Changes]:
    """Return all combinations, the last axis changing fastest.

    Raises:
        ScenarioError: an axis comes twice, or there are more than `MAX_CELLS`.
    """
    paths = [axis.path for axis in axes]
    twice = next((path for path in paths if paths.count(path) > 1), None)
    if twice is not None:
        raise ScenarioError([Problem("study.axis_twice", {"path": twice})])
    _limit(_product(len(axis.values) for axis in axes))
    return [tuple(zip(paths, values, strict=True)) for values in product(*(axis.values for axis in axes))]


def _product(numbers: Iterable[int]) -> int:
    found = 1
    for number in numbers:
        found *= number
    return found


def _limit(count: int) -> None:
    if count > MAX_CELLS:
        raise ScenarioError([Problem("study.cells", {"count": count, "limit": MAX_CELLS})])


def read_design(file: str) -> list[Changes]:
    """Read a YAML list of cells, each a mapping of paths to values.

    Raises:
        ScenarioError: it cannot be read, or is something else.
    """
    try:
        text = Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "utf-8"
        raise ScenarioError([Problem("file.unreadable", {"file": file, "reason": reason})]) from None
    # The reader wants a mapping at the top: the list becomes one's value, further in, and its places move back again.
    try:
        source = read_source("cells:\n" + re.sub("^", " ", text, flags=re.MULTILINE), file)
    except ScenarioError as error:
        raise ScenarioError([_moved(problem) for problem in error.problems]) from None
    cells = source.data["cells"]
    problems = [_moved(problem) for problem in source.problems]
    if not isinstance(cells, list) or len(source.data) != 1:
        problems.append(Problem("study.design", {}, Mark(1, 1), file))
    else:
        for place, cell in enumerate(cells):
            if not isinstance(cell, dict) or not cell:
                mark = source.at(("cells", place))
                problems.append(_moved(source.problem("study.design", mark)))
        _limit(len(cells))
    if problems:
        raise ScenarioError(problems)
    return [tuple(cell.items()) for cell in cells]


def _moved(problem: Problem) -> Problem:
    mark = problem.mark and Mark(max(1, problem.mark.line - 1), max(1, problem.mark.column - 1))
    return Problem(problem.code, problem.params, mark, problem.file, problem.source.removeprefix(" "))


def make_cells(scenario: Scenario, all_changes: Sequence[Changes]) -> list[Cell]:
    """Apply the changes of each cell to a scenario; raises `ScenarioError` with what the first wrong cell lacks."""
    cells = []
    for changes in all_changes:
        edits = [edit for path, value in changes for edit in edits_of(scenario, path, value)]
        cells.append(Cell(changes, scenario.edited(*edits) if edits else scenario))
    return cells


def edits_of(scenario: Scenario, path: str, value: Any) -> list[Edit]:
    """Return the edits that a cell's change of a setting, or of the arrivals, stands for."""
    return scale_arrivals(scenario, value) if path == ARRIVALS else [Edit(path, value)]


def scale_arrivals(scenario: Scenario, factor: Any) -> list[Edit]:
    """Return edits after which every producer calls `factor` times as often over the same time.

    Each line's `load` is multiplied by it. Beat's schedules stay as they are.

    Raises:
        ScenarioError: the factor is no number above 0.
    """
    if isinstance(factor, bool) or not isinstance(factor, int | float) or not 0 < factor <= 1e6:
        raise ScenarioError([Problem("study.factor", {"value": str(factor)})])
    lines = enumerate(scenario.model.send if factor != 1 else ())
    return [Edit(f"send.{place}.load", factor if send.load == 1 else send.load * factor) for place, send in lines]

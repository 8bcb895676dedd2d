"""Make the engine wrong in one line, and see who notices: `python -m tests.recordings --mutations`.

Each mutation runs in a process of its own, which changes one module while it is imported; nothing is written anywhere.
Asked are the tests of single rules and the recordings that run the line (`reach`), the quickest first.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

import simulator
from tests.recordings.reach import OPTIONS, reach

PACKAGE = Path(simulator.__file__).parent
HERE = Path(__file__).parent
TESTS = HERE.parent
RECORDINGS = [str(HERE / "test_recordings.py"), "-k", "test_prediction_agrees"]
NO_RULES = ("theory", "lessons", "simulated_page")
"""Of the tests of the engine, those of whole runs, and of a page."""
RULES = [str(p) for p in sorted((TESTS / "engine").rglob("test_*.py")) if not any(word in p.name for word in NO_RULES)]
AT_ONCE = 2
QUICK = 20
"""Number of tests that are asked first: only where they notice nothing all others are loaded."""
PATIENCE = 240.0
"""Seconds, after which a mutation has made something endless."""
ENDLESS = "nothing ever ends"
ENDS = (0, 1, 2)
"""Exit statuses of pytest: all passed, some failed, some could not be collected."""


class Misplaced(Exception):
    """The place of a mutation is no longer there, or there twice."""


@dataclass(frozen=True)
class Mutation:
    """One wrong line: in `file` (below the package) `old`, which is there once and in one line, becomes `new`."""

    file: str
    old: str
    new: str
    says: str
    """The mistake it makes."""

    def applied(self, source: str) -> str:
        """The module with the wrong line; raises `Misplaced`."""
        if source.count(self.old) != 1 or "\n" in self.old + self.new:
            raise Misplaced(f"{self.file}: {source.count(self.old)} times: {self.old}")
        return source.replace(self.old, self.new)

    @property
    def line(self) -> int:
        """The number of the line, from 1."""
        source = self.path.read_text(encoding="utf-8")
        return source.count("\n", 0, source.index(self.old)) + 1

    @property
    def path(self) -> Path:
        """The file."""
        return PACKAGE / self.file

    @property
    def module(self) -> str:
        """The name of the module."""
        parts = Path(self.file).with_suffix("").parts
        return ".".join(("simulator", *(part for part in parts if part != "__init__")))


@dataclass(frozen=True)
class Noticed:
    """A mutation and the first test that noticed it."""

    mutation: Mutation
    test: str | None
    """Its id; None if all agree."""


class _Changed(SourceFileLoader):
    """Loads a module with a mutation in it."""

    def __init__(self, mutation: Mutation) -> None:
        super().__init__(mutation.module, str(mutation.path))
        self.mutation = mutation

    def get_code(self, fullname: str) -> CodeType:
        source = self.mutation.applied(self.mutation.path.read_text(encoding="utf-8"))
        return compile(source, self.path, "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    def __init__(self, mutation: Mutation) -> None:
        self.mutation = mutation

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: Any = None) -> ModuleSpec | None:
        if fullname != self.mutation.module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None:
            spec.loader = _Changed(self.mutation)
        return spec


def check_places(mutations: Sequence[Mutation]) -> None:
    """Check that all have their place; raises `Misplaced`."""
    for mutation in mutations:
        mutation.applied(mutation.path.read_text(encoding="utf-8"))


def try_out(mutations: Sequence[Mutation]) -> Iterator[Noticed]:
    """Who notices each mutation, in order; raises `BaselineFailed` if anybody complains without one."""
    check_places(mutations)
    reached = reach([mutation.path for mutation in mutations], (RULES, RECORDINGS))

    def noticing(mutation: Mutation) -> str | None:
        tests = reached.tests(mutation.path, mutation.line)
        return first_failure(mutation, [tests[:QUICK], tests[QUICK:]]) if tests else None

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for mutation, test in zip(mutations, pool.map(noticing, mutations), strict=True):
            yield Noticed(mutation, test)


def first_failure(mutation: Mutation | None, asked: Sequence[Sequence[str]]) -> str | None:
    """The first test that fails with a mutation, of those that pytest finds by each list of arguments."""
    said = json.dumps([None if mutation is None else astuple(mutation), asked])
    words = [sys.executable, "-m", "tests.recordings.mutate"]
    try:
        done = subprocess.run(
            words, input=said, capture_output=True, text=True, timeout=PATIENCE, check=False, cwd=TESTS.parent
        )
    except subprocess.TimeoutExpired:
        return ENDLESS
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        raise RuntimeError(f"{mutation}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    answer: str | None = json.loads(lines[-1])
    return answer


class _FirstFailure:
    """A plugin of pytest that keeps the first failure."""

    def __init__(self) -> None:
        self.name: str | None = None

    def keep(self, report: Any) -> None:
        if report.failed and self.name is None:
            self.name = report.nodeid

    pytest_runtest_logreport = pytest_collectreport = keep


def main(said: str) -> int:
    """Be the process that is wrong: ask the tests until one fails, and print its id as the last line."""
    import pytest

    given, asked = json.loads(said)
    mutation = None if given is None else Mutation(*given)
    if mutation is not None:
        sys.meta_path.insert(0, _Finder(mutation))
    first = _FirstFailure()
    for words in asked:
        if words and first.name is None and pytest.main([*words, *OPTIONS], plugins=[first]) not in ENDS:
            raise RuntimeError(f"pytest has no answer about {words}")
    if mutation is not None and not isinstance(getattr(sys.modules.get(mutation.module), "__loader__", None), _Changed):
        raise RuntimeError(f"{mutation.module} was never asked for, or imported before it was wrong")
    sys.stdout.write("\n" + json.dumps(first.name) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.stdin.read()))

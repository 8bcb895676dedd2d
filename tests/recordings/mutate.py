"""Make the engine wrong in one line, and see who notices: `python -m tests.recordings --mutations`.

Each mutation runs in a process of its own, which changes one module while it is imported; nothing is written anywhere.
Asked are the recordings and the tests of single rules.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

import simulator

PACKAGE = Path(simulator.__file__).parent
HERE = Path(__file__).parent
TESTS = HERE.parent
RECORDINGS = [str(HERE / "test_recordings.py"), "-k", "test_prediction_agrees"]
NO_RULES = ("theory", "lessons")
"""Of the tests of the engine, those of whole runs."""
RULES = [str(p) for p in sorted((TESTS / "engine").rglob("test_*.py")) if not any(word in p.name for word in NO_RULES)]
AT_ONCE = 2
PATIENCE = 300.0
"""Seconds, after which a mutation has made something endless."""


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
    """The tests that noticed a mutation."""

    mutation: Mutation
    recordings: list[str]
    rules: list[str]

    @property
    def by_nobody(self) -> bool:
        """True if no test did."""
        return not self.recordings and not self.rules


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
    """The tests that notice each mutation, in order; first of all, check that none complains without one."""
    check_places(mutations)
    if complaints := _failures(None):
        raise AssertionError(f"fails without a mutation: {', '.join(complaints)}")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for mutation, failed in zip(mutations, pool.map(_failures, mutations), strict=True):
            recordings = [name for name in failed if "test_recordings" in name]
            yield Noticed(mutation, recordings, [name for name in failed if name not in recordings])


def _failures(mutation: Mutation | None) -> list[str]:
    """The tests that fail with it."""
    said = json.dumps(None if mutation is None else [mutation.file, mutation.old, mutation.new, mutation.says])
    words = [sys.executable, "-m", "tests.recordings.mutate", said]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, check=False, cwd=TESTS.parent)
    except subprocess.TimeoutExpired:
        return ["nothing ever ends"]
    lines = done.stdout.splitlines()
    if not lines or not lines[-1].startswith("["):
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    return list(json.loads(lines[-1]))


class _Failures:
    """A plugin of pytest that keeps what fails."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed and report.nodeid not in self.names:
            self.names.append(report.nodeid)

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.names.append(report.nodeid)


def main(said: str) -> int:
    """Be the process that is wrong: run the tests, and print those that fail as the last line."""
    import pytest

    mutation = json.loads(said)
    if mutation is not None:
        sys.meta_path.insert(0, _Finder(Mutation(*mutation)))
    failures = _Failures()
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not soak and not real and not law"]
    for asked in (RECORDINGS, RULES):
        pytest.main([*asked, *options], plugins=[failures])
    sys.stdout.write("\n" + json.dumps(failures.names) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

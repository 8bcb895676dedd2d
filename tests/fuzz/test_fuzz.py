"""Damaged inputs of every kind: refused or taken, quickly, in little memory, with nothing in the output obeyed.

`make test` tries what was found once and a few more, `make soak` a hundred thousand, half of them guided by the lines
they reach where atheris is installed (CONTRIBUTING.md says how). Each run has its own process: memory is that of its
inputs.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.fuzz import NAMES

needs_atheris = pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is not installed")


def fuzz(*options: str) -> None:
    command = [sys.executable, "-m", "tests.fuzz", *options]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr[-3000:]}"


def test_what_was_found_once_and_a_few_more() -> None:
    fuzz("--count", "15")


@pytest.mark.soak
@pytest.mark.parametrize("name", NAMES)
def test_many(name: str) -> None:
    fuzz(name, "--count", "10000", "--seed", "100")


@pytest.mark.soak
@needs_atheris
@pytest.mark.parametrize("name", NAMES)
def test_many_that_are_guided_by_the_lines_they_reach(name: str) -> None:
    fuzz(name, "--guided", "--count", "10000")

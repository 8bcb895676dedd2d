"""Runs that the tests of the terminal look at."""

from __future__ import annotations

import pytest

from simulator.engine import simulate
from simulator.story.run import Run, open_run


@pytest.fixture(scope="session")
def order() -> Run:
    """The three-task order: captions at 0.0 and 0.5 s, a question at 1.0 s."""
    return open_run("three-task-order", simulate)

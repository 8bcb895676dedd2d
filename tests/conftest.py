"""What every test stands on: Hypothesis profiles, and a home and an environment of its own."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

IN_CI = bool(os.environ.get("CI"))

# An example of a law may be a whole run, so no deadline. HYPOTHESIS_PROFILE chooses; `make soak` takes soak.
settings.register_profile("default", max_examples=50, deadline=None, derandomize=IN_CI)
settings.register_profile("quick", settings.get_profile("default"), max_examples=10)
settings.register_profile("soak", max_examples=2_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# What a user's shell or configuration may set and a test must not see.
LEAKING = (
    "ACKADEMY_",
    "COLORFGBG",
    "COLUMNS",
    "EDITOR",
    "FORCE_COLOR",
    "LANGUAGE",
    "LC_",
    "LINES",
    "NO_COLOR",
    "RICH_",
    "TERM",
    "TEXTUAL",
    "TTY_",
    "VISUAL",
)


REAL = "real"
"""The scope of all tests of the real Celery."""

FIRST = "gw0"
"""The process of xdist that runs them."""


class BesideTheReal(LoadScopeScheduling):  # type: ignore[misc]
    """The tests in `tests/real` go to one of xdist's workers, one after the other; the rest is spread over all.

    xdist's own `loadgroup` does this by a suffix to the tests' ids, which pytest 9 does not see any more.
    """

    def _split_scope(self, nodeid: str) -> str:
        return REAL if nodeid.startswith("tests/real/") else nodeid

    def _assign_work_unit(self, node: Any) -> None:
        if REAL in self.workqueue:
            self.workqueue.move_to_end(REAL, last=node.gateway.id != FIRST)
        super()._assign_work_unit(node)


def pytest_configure(config: pytest.Config) -> None:
    """What runs beside the real Celery stands back: that one is held against the clock."""
    if os.environ.get("PYTEST_XDIST_WORKER", FIRST) != FIRST and hasattr(os, "nice"):
        os.nice(10)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> BesideTheReal:
    """How xdist shares the tests out."""
    return BesideTheReal(config, log)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One process more than there are cores: that of the real Celery sleeps most of the time."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test, and each process it starts, an empty home and an English UTF-8 locale.

    Returns:
        The home directory; the XDG directories lie in it.
    """
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith(LEAKING):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / ".local" / "share"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / ".local" / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / ".cache"))
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm-256color")
    return home

"""Common ground of all tests: Hypothesis profiles, and a home and an environment of their own."""

import gc
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import is_hypothesis_test, settings

if TYPE_CHECKING:
    from tests.browsers import Browser

# Textual reads it when it is imported: a screen is drawn a millisecond after it has changed, not 17.
os.environ["TEXTUAL_FPS"] = "1000"

# An example of a law may be a whole run, so no deadline. Where CI is set, a change is judged by the same examples each
# time, of which more would only be tried again; otherwise each run tries others. `make soak` takes the profile soak.
settings.register_profile("default", max_examples=25, deadline=None)
settings.register_profile("ci", max_examples=25, deadline=None, derandomize=True)
settings.register_profile("soak", max_examples=2_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "default"))

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


def pytest_configure(config: pytest.Config) -> None:
    """Let processes be interrupted: a shell without job control starts its background jobs with SIGINT ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark each property test as a law."""
    if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj):
        item.add_marker(pytest.mark.law)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Spare the tests what costs time and serves none of them."""
    _freeze()
    if "textual.app" in sys.modules:
        from tests import settling

        settling.install()


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Freeze what the tests of a module leave behind: loaded lessons and their traces, which others use too."""
    if nextitem is not None and nextitem.path != item.path:
        _freeze()


def _freeze() -> None:
    """Let no collection of garbage look at what is there now again and again: it took a sixth of the suite's time."""
    gc.collect()
    gc.freeze()


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


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """A real browser; the test is skipped where there is none."""
    from tests.browsers import open_browser

    with open_browser() as opened:
        yield opened

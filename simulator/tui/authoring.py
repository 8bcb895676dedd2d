"""Writing a scenario beside its run: which editor, on which file, and when the file has changed. Without Textual."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from simulator.scenario import Scenario, scenario_files
from simulator.trace.writing import write_new

POLL = 0.25
"""Seconds between two looks at the files."""

Signature = tuple[tuple[int, int, int] | None, ...]
"""Of each file: when it was changed, how long it is, which one it is; None where there is none."""


def editor_command(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The person's editor with its options; empty where none is set, or where it is not written as a command."""
    text = environment.get("VISUAL") or environment.get("EDITOR") or ""
    try:
        return shlex.split(text)
    except ValueError:
        return []


def run_editor(command: list[str]) -> int:
    """Run an editor in this terminal; returns its exit status. Ctrl+C is the editor's meanwhile, not ours.

    Raises:
        OSError: it cannot be started.
    """
    # A handler that does nothing, unlike SIG_IGN, is not handed on to the editor.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return subprocess.run(command, check=False).returncode
    finally:
        signal.signal(signal.SIGINT, before)


def copy_lesson(scenario: Scenario, folder: Path) -> Path:
    """A copy of a packaged lesson's file, never over a file that is there.

    Raises:
        OSError: it cannot be read or written.
    """
    return write_new(folder, scenario.name, ".yaml", Path(scenario.file).read_bytes())


class FileWatch:
    """Tells when a scenario's file, or one that it extends, was saved."""

    def __init__(self, file: Path) -> None:
        """Watch from now on."""
        self.file = file
        self.files = scenario_files(file)
        self._known = self._last = self._look()

    def changed(self) -> bool:
        """Return whether something was saved since this last returned True; to be polled.

        Only what stands still from one look to the next counts: editors write in pieces, or put another file in
        the place of the first.
        """
        before, self._last = self._last, self._look()
        if self._last == self._known or self._last != before:
            return False
        # A broken file says nothing of what it extends; what it did extend may be what is being mended.
        self.files = list(dict.fromkeys([*scenario_files(self.file), *self.files]))
        self._known = self._last = self._look()
        return True

    def _look(self) -> Signature:
        return tuple(_signature(file) for file in self.files)


def _signature(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino

"""Editing of a scenario beside its run: the editor, its file, and file changes. Without Textual."""

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
"""Seconds between checks of the files."""

Signature = tuple[tuple[int, int, int] | None, ...]
"""For each file its modification time, size and inode; None if it does not exist."""


def editor_command(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The user's editor with its options; empty if none is set or its setting is no valid command."""
    text = environment.get("VISUAL") or environment.get("EDITOR") or ""
    try:
        return shlex.split(text)
    except ValueError:
        return []


def run_editor(command: list[str]) -> int:
    """Run an editor in this terminal; returns its exit status. Meanwhile Ctrl+C goes to the editor.

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
    """Copy a packaged lesson's file; never overwrites a file.

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
        """Return True if a file was saved since this last returned True; to be polled.

        A file counts once it is unchanged between two checks: editors write in pieces, or replace a file by another.
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

"""Editing of a scenario beside its run: the editor, its file, and file changes. Without Textual."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from simulator.scenario import Scenario, scenario_files
from simulator.scene.words.authoring_words import LEFT_OUT
from simulator.story.catalog import LANGUAGES
from simulator.trace.writing import write_new

POLL = 0.25
"""Seconds between checks of the files."""

EXPLAINING = (("exercise", "why"), ("exercise", "in_production"))
"""Parts of a lesson that tell how its exercise is solved, besides its variants."""

_KEY = re.compile(r"( *)([A-Za-z_]\w*):(?: |$)", re.ASCII)

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
    """Copy a packaged lesson's file, but for what would solve its exercise; never overwrites a file.

    Of the variants only the one that is played stays.

    Raises:
        OSError: it cannot be read or written.
    """
    text = Path(scenario.file).read_text(encoding="utf-8")
    if scenario.model.exercise is not None:
        others = [("variants", name) for name in scenario.model.variants if name != scenario.variant]
        solving = [*EXPLAINING, *(others if scenario.variant else [("variants",)])]
        text = _without(text, solving) + "".join(f"\n# {LEFT_OUT.text(lang)}" for lang in LANGUAGES) + "\n"
    return write_new(folder, scenario.name, ".yaml", text.encode())


def _without(text: str, keys: Collection[Sequence[str]]) -> str:
    """Leave out some keys of a YAML file in block style, with all that is indented below them; the rest stays as is."""
    kept: list[str] = []
    path: list[str] = []
    """Keys, a level every two columns, down to the current line."""
    for line in text.splitlines(keepends=True):
        key = _KEY.match(line)
        if key is not None and len(key[1]) // 2 <= len(path):
            path = [*path[: len(key[1]) // 2], key[2]]
        elif line[:1] not in (" ", "#", "\n", "\r"):
            path = []
        if not any(tuple(path[: len(one)]) == tuple(one) for one in keys):
            kept.append(line)
    return "".join(kept)


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

"""A learner's progress: a plain file of their own, read, changed and written in one go.

It holds nothing else: no times, no names. A file that cannot be read is renamed, never overwritten.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from simulator.scenario import Problem
from simulator.trace.writing import alone, replacing

VERSION = 1
"""Version of the file's format."""

MAX_BYTES = 4_000_000

Result = Literal["right", "wrong", "unknown"]
"""Result of an answer; `unknown` is "I don't know"."""


class Answered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Results of a question."""

    first: Result
    """Result of the first answer ever given."""
    last: Result
    """Result of the latest answer."""
    tries: int = 1
    choice: str | None = None
    """Key of the latest choice; None for "I don't know", and in files of earlier versions."""
    right_once: bool = False
    """True if any answer was right; files of earlier versions know of the first and the last."""

    @property
    def settled(self) -> bool:
        """True if it was answered right at least once, or seen again."""
        return self.right_once or "right" in (self.first, self.last) or self.tries > 1


class LessonProgress(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Progress in one lesson."""

    done: bool = False
    """True if its end was reached with every question settled: answered right at least once, or seen again."""
    answers: dict[str, Answered] = {}
    """Results by key of the question."""
    exercise: bool = False
    """True if the exercise was passed."""
    cases: list[str] = []
    """Variants that were played to their end, with every question answered."""


class Progress(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Progress in all lessons."""

    version: int = VERSION
    lessons: dict[str, LessonProgress] = {}
    """In the order in which something was last done in them."""

    def of(self, lesson: str) -> LessonProgress:
        """Progress in one lesson."""
        return self.lessons.get(lesson, LessonProgress())

    def with_answer(self, lesson: str, question: str, result: Result, choice: str | None = None) -> Progress:
        """A copy with one more answer, and the key of what was chosen."""
        mine = self.of(lesson)
        before = mine.answers.get(question)
        first, tries = (before.first, before.tries) if before is not None else (result, 0)
        right = result == "right" or (before is not None and before.right_once)
        answers = {**mine.answers, question: Answered(first, result, tries + 1, choice, right)}
        return self._with(lesson, msgspec.structs.replace(mine, answers=answers))

    def with_done(self, lesson: str) -> Progress:
        """A copy with a lesson done."""
        return self._with(lesson, msgspec.structs.replace(self.of(lesson), done=True))

    def with_exercise(self, lesson: str) -> Progress:
        """A copy with an exercise passed."""
        return self._with(lesson, msgspec.structs.replace(self.of(lesson), exercise=True))

    def with_case(self, lesson: str, variant: str) -> Progress:
        """A copy with a variant played to its end."""
        mine = self.of(lesson)
        cases = mine.cases if variant in mine.cases else [*mine.cases, variant]
        return self._with(lesson, msgspec.structs.replace(mine, cases=cases))

    def _with(self, lesson: str, mine: LessonProgress) -> Progress:
        others = {name: one for name, one in self.lessons.items() if name != lesson}
        return msgspec.structs.replace(self, lessons={**others, lesson: mine})


class Book:
    """Storage of progress: a file, or without one the memory of this process."""

    def __init__(self, file: Path | None = None) -> None:
        """Read nothing yet."""
        self.file = file
        self.problems: list[Problem] = []
        """Problems with the file, each once."""
        self._kept = Progress()

    @property
    def progress(self) -> Progress:
        """Current progress, including that stored by other running programs."""
        if self.file is not None:
            self._kept = self._read(self.file)
        return self._kept

    def record(self, change: Callable[[Progress], Progress]) -> None:
        """Apply a change to what is stored by now, and write the file if anything changed."""
        if self.file is None:
            self._kept = change(self._kept)
            return
        folder = self.file.resolve().parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # Another program may be in the middle of the same: what it adds must not be lost.
            with alone(folder):
                self._change(change)
        except OSError as error:
            self._give_up("progress.unwritable", reason=error.strerror)
            self._kept = change(self._kept)

    def _change(self, change: Callable[[Progress], Progress]) -> None:
        before = self.progress
        self._kept = change(before)
        if self.file is not None and self._kept != before:
            self._write(self.file)

    def _read(self, file: Path) -> Progress:
        try:
            with file.open("rb") as stream:
                raw = stream.read(MAX_BYTES + 1)
        except FileNotFoundError:
            return self._kept
        except OSError as error:
            self._give_up("progress.unwritable", reason=error.strerror)
            return self._kept
        try:
            if len(raw) > MAX_BYTES:
                raise msgspec.ValidationError
            version = msgspec.json.decode(raw, type=_Version).version
            if version > VERSION:
                self._give_up("progress.newer")
                return self._kept
            return msgspec.json.decode(raw, type=Progress)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            self._set_aside(file)
            return self._kept

    def _set_aside(self, file: Path) -> None:
        number = 1
        while True:
            kept = file.with_name(f"{file.name}.broken" + (f"-{number}" if number > 1 else ""))
            if not kept.exists():
                break
            number += 1
        try:
            file.rename(kept)
        except OSError as error:
            self._give_up("progress.unwritable", reason=error.strerror)
        else:
            self.problems.append(Problem("progress.broken", {"kept": str(kept)}))

    def _write(self, file: Path) -> None:
        text = msgspec.json.format(msgspec.json.encode(self._kept), indent=1).decode()
        try:
            # A reader sees the old file or the new one, never half of one.
            with replacing(file) as stream:
                stream.write(text + "\n")
        except OSError as error:
            self._give_up("progress.unwritable", reason=error.strerror)

    def _give_up(self, code: str, **params: object) -> None:
        """Continue without the file."""
        self.problems.append(Problem(code, {"file": str(self.file), **params}))
        self.file = None


class _Version(msgspec.Struct):
    """The only field of a file that is checked before it is read."""

    version: int


def progress_file(environment: Mapping[str, str] = os.environ) -> Path:
    """A learner's progress file, in the platform's folder for program state."""
    if sys.platform == "win32" and environment.get("LOCALAPPDATA"):
        return Path(environment["LOCALAPPDATA"]) / "ackademy" / "progress.json"
    state = environment.get("XDG_STATE_HOME") or ""
    # A relative path there is invalid, says the XDG Base Directory Specification.
    folder = Path(state) if os.path.isabs(state) else Path.home() / ".local" / "state"
    return folder / "ackademy" / "progress.json"

"""A disk that is full, or a home that cannot be written: said in words, nothing half-written, nothing lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from simulator.real.performing.leftovers import OWNER, UNSAID, dead_folders, make_folder, state_folder

pytest.importorskip("resource")

ORDER = "three-task-order"
MINE = "tasks: {a: 1}\nsend: [{at: 0, count: 5, task: a}]\n"
PROGRESS = '{"version": 1, "lessons": {}}'
ROOM = 300
"""Bytes that a file may have: less than any document has."""

WRITING: list[list[str]] = [
    ["run", "mine.yaml", "--trace", "out"],
    ["worksheet", ORDER, "-o", "out"],
    ["new", "--lesson", "out.yaml"],
]
ALL: list[list[str]] = [
    *WRITING,
    *(["export", ORDER, "--to", form, "-o", "out"] for form in ("html", "cast", "perfetto", "celery-events")),
    *(["sweep", "mine.yaml", "--vary", "workers=1..9", f"--{to}", "out"] for to in ("csv", "json", "html")),
    ["worksheet", "class-45", "--to", "html", "-o", "out"],
    ["challenge", "--seed", "3", "-o", "out.svg"],
    ["new", "--from-recording", "run.jsonl", "out"],
]  # fmt: skip

CALLS = """
import contextlib, io, json, resource, sys
from simulator.__main__ import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
ended = []
for words in json.loads(sys.argv[2]):
    sys.argv = ["ackademy", "--lang", "en", *words]
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2)]
    sys.stdin = io.StringIO("1\\n" * 40)
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        status = main()
    ended.append([status, streams[1].buffer.getvalue().decode()])
print(json.dumps(ended))
"""
"""Runs commands one after the other in a process whose files have an end."""


def call(
    commands: Sequence[Sequence[str]], folder: Path, room: int = ROOM, **environment: str
) -> list[tuple[int, str]]:
    """Return the status of each command, and what it wrote to stderr."""
    done = subprocess.run(
        [sys.executable, "-c", CALLS, str(room), json.dumps(commands)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), **environment},
        stdout=subprocess.PIPE,
        check=True,
    )
    return [(status, err) for status, err in json.loads(done.stdout)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.yaml").write_text(MINE, encoding="utf-8")
    recording = Path(__file__).parent / "screens/data/recording.jsonl"
    (tmp_path / "run.jsonl").write_text(recording.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def check(commands: Sequence[Sequence[str]], folder: Path) -> None:
    """Each says that it cannot write, and leaves the folder as it was."""
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    for words, (status, err) in zip(commands, call(commands, folder), strict=True):
        assert status == 2, (words, err)
        assert "cannot write" in err, words
        assert "out" in err, words
        assert "Error" not in err, words
    left = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert left == before


def test_what_cannot_be_written_is_said_and_nothing_is_left(folder: Path) -> None:
    check(WRITING, folder)


@pytest.mark.soak
def test_no_command_leaves_half_of_anything(folder: Path) -> None:
    check(ALL, folder)


def test_progress_that_cannot_be_written_stays_as_it_was(folder: Path) -> None:
    kept = folder / "ackademy" / "progress.json"
    kept.parent.mkdir()
    kept.write_text(PROGRESS, encoding="utf-8")
    (folder / "file").write_text("")
    lesson = ["learn", "--text", ORDER]
    ((status, err),) = call([lesson], folder, 20, XDG_STATE_HOME=str(folder))
    assert (status, [file.name for file in kept.parent.iterdir()]) == (0, [kept.name])
    assert kept.read_text(encoding="utf-8") == PROGRESS
    ((blocked, said),) = call([lesson], folder, XDG_STATE_HOME=str(folder / "file"))
    assert blocked == 0
    for text in (err, said):
        assert text.count("your progress cannot be") == 1
        assert "Error" not in text


def test_a_stage_that_cannot_say_whose_it_is_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left"):
        make_folder("ackademy.verify.1-a")
    assert list(state_folder().iterdir()) == []


def test_a_stage_that_was_killed_before_it_said_whose_it_is_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    folder = make_folder("ackademy.verify.1-a")
    (folder / OWNER).write_text("")
    assert list(dead_folders()) == []
    os.utime(folder, (0, 0))
    assert UNSAID > 0
    assert list(dead_folders()) == [folder]

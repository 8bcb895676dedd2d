"""Appearance of the terminal: flags before any command override the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.course.progress import Book
from simulator.tui.app import AckademyApp
from tests.test_cli import Call


@pytest.fixture
def ackademy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return Call(monkeypatch, capsys)


@pytest.mark.parametrize(
    "words",
    [
        ("play", "retry"),
        ("learn",),
        ("learn", "retry"),
        ("learn", "--review"),
        ("vote", "retry"),
        (),
    ],
)
def test_flags_and_settings_hold_on_every_screen(
    words: tuple[str, ...], ackademy: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('lang = "both"\nspeed = 2\nglyphs = "unicode"\n')
    monkeypatch.setenv("ACKADEMY_CONFIG", str(file))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    book = Book(tmp_path / "ackademy" / "progress.json")
    book.record(lambda progress: progress.with_done("retry"))
    for module in ("classroom", "learning", "watching"):
        monkeypatch.setattr(f"simulator.cli.{module}.interactive", lambda: True)
    seen: list[AckademyApp] = []

    def run(app: AckademyApp) -> int:
        seen.append(app)
        return 0

    monkeypatch.setattr(AckademyApp, "run", run)
    assert ackademy("--theme", "mono", "--glyphs", "ascii", *words).status == 0
    (app,) = seen
    assert (app.lang, app.settings.theme, app.settings.glyphs, app.settings.speed) == ("both", "mono", "ascii", 2.0)
    assert app.kept is not None
    assert app.kept.path == file


def test_play_goes_to_where_a_condition_first_holds(ackademy: Call) -> None:
    found = ackademy("play", "three-task-order", "--until", "state(Task3) == SUCCESS", "--lang", "en")
    assert (found.status, found.err) == (0, "")
    assert found.out.splitlines()[0] == "From 4.00 s on: state(Task3) == SUCCESS"
    never = ackademy("play", "three-task-order", "--until", "lost > 0", "--lang", "en")
    assert (never.status, never.out) == (1, "")
    assert never.err == "It never holds in this run: lost > 0\n"
    assert ackademy("play", "three-task-order", "--until", "lost >").status == 2
    assert "# One order" in ackademy("play", "three-task-order", "--until", "1.5").out


def test_it_works_on_a_trace_too(ackademy: Call, tmp_path: Path) -> None:
    trace = tmp_path / "run.jsonl"
    assert ackademy("run", "three-task-order", "--trace", str(trace)).status == 0
    found = ackademy("play", str(trace), "--until", "queue_length(celery) == 0 and sent == 3", "--lang", "en")
    assert (found.status, found.out.splitlines()[0][:15]) == (0, "From 3.00 s on:")

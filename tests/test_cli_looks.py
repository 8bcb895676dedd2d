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

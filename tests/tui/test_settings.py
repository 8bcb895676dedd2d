"""Settings survive, flags win over them, and nothing a person wrote is lost."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from simulator.engine import simulate
from simulator.story.run import Run
from simulator.tui.app import AckademyApp
from simulator.tui.capture.shot import read_shot
from simulator.tui.controls import commands as c
from simulator.tui.settings import ALLOWED, UserSettings, read_settings, settings_path
from simulator.tui.style.palettes import THEMES
from simulator.tui.widgets.board import ASCII_ONLY
from tests.tui.test_app import Use, session_of


@pytest.fixture
def path() -> Path:
    found = settings_path(os.environ)
    assert found is not None
    return found


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def told(path: Path, lang: str = "en") -> list[str]:
    return [problem.text(lang) for problem in read_settings(path).problems]


def use(run: Run | None, do: Use, path: Path) -> AckademyApp:
    """Start the application as the command line does, use it, and return it."""
    kept = read_settings(path)

    async def go() -> AckademyApp:
        app = AckademyApp(simulate, kept.settings.lang or "en", run, settings=kept.settings, kept=kept)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await do(app, pilot)
        return app

    return asyncio.run(go())


def test_where_the_file_is(own_home: Path) -> None:
    assert settings_path(os.environ) == own_home / ".config" / "ackademy" / "settings.toml"
    assert settings_path({"XDG_CONFIG_HOME": "relative"}) == own_home / ".config" / "ackademy" / "settings.toml"
    assert settings_path({"ACKADEMY_CONFIG": "/elsewhere.toml"}) == Path("/elsewhere.toml")
    assert settings_path({"ACKADEMY_CONFIG": ""}) is None


def test_what_is_chosen_is_there_the_next_time(order: Run, path: Path) -> None:
    async def choose(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press("L", "greater_than_sign")
        app.do(c.SetTheme("light"))
        app.do(c.SetGlyphs("ascii"))
        app.do(c.SetMotion(False))

    async def look(app: AckademyApp, pilot: Pilot[Any]) -> None:
        assert app.theme == "ackademy-light"
        assert app.has_class(ASCII_ONLY)
        assert app.session is not None
        assert app.session.player.speed == 2.0
        assert not app.session.motion
        assert app.lang == "both"

    use(order, choose, path)
    assert read_settings(path).settings == UserSettings("light", "both", "ascii", False, 2.0)
    use(order, look, path)


def test_themes_and_signs_are_in_the_palette(order: Run, path: Path) -> None:
    async def choose(app: AckademyApp, pilot: Pilot[Any]) -> None:
        names = [entry.name for entry in app.palette_entries()]
        assert {f"theme: {name}" for name in THEMES} - set(names) == {"theme: dark"}
        await pilot.press("ctrl+p", *"okabe", "enter")
        await pilot.pause(0.3)
        assert app.theme == "ackademy-okabe-ito"

    use(order, choose, path)
    assert read_settings(path).settings.theme == "okabe-ito"


def test_nothing_is_written_where_nothing_was_chosen(order: Run, path: Path) -> None:
    async def press(app: AckademyApp, pilot: Pilot[Any]) -> None:
        await pilot.press("right", "question_mark", "escape", "q")

    use(order, press, path)
    assert not path.exists()


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in ALLOWED for value in ALLOWED[name]])
def test_every_value_comes_back(name: str, value: object, path: Path) -> None:
    read_settings(path).keep(name, value)
    found = read_settings(path)
    assert not found.problems
    assert getattr(found.settings, name) == value


def test_comments_and_other_settings_stay(path: Path) -> None:
    written(path, '# mine\ntheme   = "dark"  # at home\n\nspeed = 2\n')
    read_settings(path).keep("theme", "mono")
    read_settings(path).keep("lang", "ko")
    assert path.read_text(encoding="utf-8") == '# mine\ntheme   = "mono"  # at home\n\nspeed = 2\nlang = "ko"\n'
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    real = written(tmp_path / "dotfiles" / "ackademy.toml", 'theme = "dark"\n')
    path.parent.mkdir(parents=True)
    path.symlink_to(real)
    read_settings(path).keep("theme", "mono")
    assert path.is_symlink()
    assert real.read_text(encoding="utf-8") == 'theme = "mono"\n'


@pytest.mark.parametrize(
    ("text", "number", "part"),
    [
        ('theme = "dark"\nlang = ko\n', 2, "not TOML"),
        ('theme = "dark"\nspeed = [1,\n', 2, "not TOML"),
        ('lang = "en"\nthem = "dark"\n', 2, "unknown setting: them"),
        ('\ntheme = "drak"\n', 2, '"dark", "light"'),
        ("speed = true\n", 1, "64, not true"),
        ("motion = 1\n", 1, "motion must be one of true, false, not 1"),
        ('[theme]\nname = "dark"\n', 1, "theme must be one of"),
    ],
)
def test_what_is_wrong_is_told_and_stays(text: str, number: int, part: str, path: Path, order: Run) -> None:
    written(path, text)
    (problem,) = told(path)
    assert problem.startswith(f"{path}:{number}: ")
    assert part in problem
    assert told(path, "ko") != [problem]

    async def choose(app: AckademyApp, pilot: Pilot[Any]) -> None:
        assert path.name in session_of(app).scene().notice
        await pilot.press("L", "L", "L")
        app.do(c.SetTheme("light"))

    use(order, choose, path)
    assert path.read_text(encoding="utf-8") == text


def test_it_is_told_in_the_picker_too(path: Path) -> None:
    async def look(app: AckademyApp, pilot: Pilot[Any]) -> None:
        assert read_shot(app).lines[-1].startswith(" settings.toml:1: not TOML")
        await pilot.press("down")
        assert path.name not in read_shot(app).text

    use(None, look, written(path, "?"))


def test_a_right_setting_beside_a_wrong_one_holds(path: Path) -> None:
    written(path, 'theme = "light"\nspeed = 3\n')
    found = read_settings(path)
    assert found.settings == UserSettings(theme="light")
    assert len(found.problems) == 1


def test_no_text_and_no_file(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"theme = \xff")
    assert "cannot be read" in told(path)[0]
    path.unlink()
    path.mkdir()
    assert "cannot be read" in told(path)[0]


def test_what_breaks_while_playing_is_left_alone(path: Path) -> None:
    file = read_settings(written(path, 'theme = "dark"\n'))
    written(path, "half a li")
    file.keep("theme", "mono")
    assert path.read_text(encoding="utf-8") == "half a li"


def test_what_cannot_be_written_is_told(order: Run, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("simulator.tui.settings.replacing", full)

    async def choose(app: AckademyApp, pilot: Pilot[Any]) -> None:
        app.do(c.SetTheme("light"))
        await pilot.pause()
        assert "The setting cannot be saved: No space left on device" in read_shot(app).text

    use(order, choose, path)


def test_what_breaks_while_playing_is_told(order: Run, path: Path) -> None:
    async def choose(app: AckademyApp, pilot: Pilot[Any]) -> None:
        written(path, "half a li")
        app.do(c.SetTheme("light"))
        await pilot.pause()
        assert session_of(app).scene().notice == "settings.toml:1: not TOML; continuing without the settings file"

    use(order, choose, path)


def test_flags_win() -> None:
    settings = UserSettings(theme="light", glyphs="ascii", motion=False)
    assert settings.over(theme="mono", glyphs=None, motion=True) == UserSettings("mono", None, "ascii", True)

"""Settings that survive: a small TOML file, read at the start, a line changed when something is chosen.

What is wrong with the file is told with its line, and from then on the file is left alone: nothing a person wrote
is lost. Flags of the command line win over it. Without Textual.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from simulator.play.player import SPEEDS
from simulator.scene.words import look_words
from simulator.story.catalog import Line, line, plain
from simulator.story.language import LANGUAGE_ORDER
from simulator.trace.writing import alone, replacing
from simulator.tui.style.palettes import THEMES
from simulator.tui.style.terminal import GLYPHS

ALLOWED: Mapping[str, tuple[object, ...]] = {
    "theme": THEMES,
    "lang": LANGUAGE_ORDER,
    "glyphs": GLYPHS,
    "motion": (True, False),
    "speed": SPEEDS,
}
"""Allowed values by name of a setting."""

VARIABLE = "ACKADEMY_CONFIG"
"""Variable that names another file; if it is empty, no settings are read or stored."""

VALUE = re.compile(r"""(^[^=]*=\s*)("[^"]*"|'[^']*'|[^#\s]+)""")
"""A line of the file up to its value, and the value; a comment may follow."""

POSITION = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class UserSettings:
    """A user's preferences; None or `auto` if nothing was chosen."""

    theme: str | None = None
    lang: str | None = None
    glyphs: str = "auto"
    motion: bool | None = None
    speed: float = 1.0

    def over(self, **flags: object) -> UserSettings:
        """These settings, overridden by those of the command line."""
        return replace(self, **{name: value for name, value in flags.items() if value is not None})  # type: ignore[arg-type]


@dataclass
class SettingsFile:
    """The settings file with its contents and problems."""

    path: Path | None
    """None: nothing is read or stored."""
    settings: UserSettings = field(default_factory=UserSettings)
    problems: list[Line] = field(default_factory=list)

    def keep(self, name: str, value: object) -> None:
        """Write one setting; a file with problems is left alone.

        Raises:
            OSError: the file cannot be written.
        """
        if self.path is None or self.problems:
            return
        folder = self.path.resolve().parent
        folder.mkdir(parents=True, exist_ok=True)
        with alone(folder):
            self._change(self.path, name, value)

    def _change(self, path: Path, name: str, value: object) -> None:
        # Somebody may have edited it in the meantime.
        self.problems = read_settings(path).problems
        if self.problems:
            return
        lines = _lines(path.read_text(encoding="utf-8")) if path.exists() else []
        place = _line_of(lines, name)
        if place is None:
            lines.append(f"{name} = {_toml(value)}")
        else:
            lines[place] = VALUE.sub(lambda found: found[1] + _toml(value), lines[place], count=1)
        with replacing(path) as stream:
            stream.writelines(f"{text}\n" for text in lines)


def settings_path(environment: Mapping[str, str]) -> Path | None:
    """Path of the settings file: ACKADEMY_CONFIG, or else one in the XDG configuration directory."""
    if VARIABLE in environment:
        return Path(environment[VARIABLE]) if environment[VARIABLE] else None
    home = environment.get("XDG_CONFIG_HOME") or ""
    try:
        folder = Path(home) if os.path.isabs(home) else Path.home() / ".config"
    except RuntimeError:  # nobody's home
        return None
    return folder / "ackademy" / "settings.toml"


def read_settings(path: Path | None) -> SettingsFile:
    """Read a settings file; a missing one is empty, and invalid lines become problems."""
    if path is None:
        return SettingsFile(None)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return SettingsFile(path)
    except OSError as error:
        return SettingsFile(path, problems=[_unreadable(path, error.strerror or "")])
    except UnicodeDecodeError:
        return SettingsFile(path, problems=[_unreadable(path, "UTF-8")])
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = POSITION.search(str(error))
        number = int(place[1]) if place else max(1, len(_lines(text)))
        return SettingsFile(path, problems=[_problem(path, number, line(look_words.NOT_TOML))])
    except (RecursionError, ValueError):  # brackets in brackets, or a number that Python does not take
        return SettingsFile(path, problems=[_problem(path, 1, line(look_words.NOT_TOML))])
    lines = _lines(text)
    usable, problems = {}, []
    for name, value in found.items():
        number = (_line_of(lines, name) or 0) + 1
        if name not in ALLOWED:
            problems.append(_problem(path, number, line(look_words.UNKNOWN_SETTING, name=name)))
        elif not _is_allowed(name, value):
            allowed = ", ".join(map(_toml, ALLOWED[name]))
            told = line(look_words.WRONG_SETTING, name=name, value=plain(_toml(value)[:40]), allowed=allowed)
            problems.append(_problem(path, number, told))
        else:
            usable[name] = float(value) if name == "speed" else value
    return SettingsFile(path, UserSettings().over(**usable), problems)


def own_settings() -> SettingsFile:
    """Read the current user's settings."""
    return read_settings(settings_path(os.environ))


def _is_allowed(name: str, value: object) -> bool:
    # True equals 1, and a speed of true is none.
    return value in ALLOWED[name] and isinstance(value, bool) == isinstance(ALLOWED[name][0], bool)


def _problem(path: Path, number: int, problem: Line) -> Line:
    return line(look_words.SETTING, file=path, line=number, problem=problem)


def _unreadable(path: Path, reason: str) -> Line:
    return line(look_words.SETTINGS_UNREADABLE, file=path, reason=reason)


def _lines(text: str) -> list[str]:
    """Return the lines as TOML has them: none ends at the line breaks of Unicode, which a comment may contain."""
    return text.removesuffix("\n").split("\n") if text else []


def _line_of(lines: list[str], name: str) -> int | None:
    """Position of a top-level key among the lines."""
    for place, text in enumerate(lines):
        if re.match(rf"""\s*["']?{re.escape(name)}["']?\s*=""", text) or text.strip().startswith(f"[{name}"):
            return place
    return None


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{value:g}" if isinstance(value, float) else str(value)

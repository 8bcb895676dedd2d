"""How the terminal is to look: the flags, and the settings below them."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli.shared import Language, language_of

if TYPE_CHECKING:
    from simulator.tui.settings import SettingsFile


class ThemeName(StrEnum):
    """What `--theme` takes."""

    DARK = "dark"
    LIGHT = "light"
    CONTRAST = "contrast"
    OKABE_ITO = "okabe-ito"
    MONO = "mono"
    SIXTEEN = "sixteen"


class GlyphSet(StrEnum):
    """What `--glyphs` takes."""

    AUTO = "auto"
    UNICODE = "unicode"
    ASCII = "ascii"


Theme = Annotated[ThemeName | None, typer.Option(help="Colours; default: the settings', or what suits the terminal.")]
GlyphsWanted = Annotated[
    GlyphSet | None, typer.Option(help="Signs: ascii where lines and arrows come out two cells wide or not at all.")
]
Moving = Annotated[bool | None, typer.Option("--motion/--no-motion", help="Whether steps are shown as movement.")]


def remember_looks(context: typer.Context, **flags: Any) -> None:
    """Keep flags that stand before a command for the command."""
    context.meta["simulator.looks"] = flags


def settings_of(context: typer.Context, lang: Language | None, **flags: Any) -> tuple[str, SettingsFile]:
    """The language, and the settings with the flags over them.

    What is wrong with the file goes to stderr, where it is read after the terminal has been given back.
    """
    from simulator.tui.settings import own_settings

    kept = own_settings()
    own = kept.settings.lang
    language = language_of(context, lang) if lang or context.obj or own is None else own
    for problem in kept.problems:
        print(problem.text(language), file=sys.stderr)
    said = {name: value for name, value in flags.items() if value is not None}
    flags = {**context.meta.get("simulator.looks", {}), **said}
    wanted = {name: value.value if isinstance(value, StrEnum) else value for name, value in flags.items()}
    kept.settings = kept.settings.over(**wanted)
    return language, kept

"""Themes: what the names of styles look like. State is never told by colour alone; contrast is tested."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from rich.style import Style
from textual.theme import Theme


@dataclass(frozen=True)
class Palette:
    """Colours of a theme, as #rrggbb. Hues after Okabe and Ito: they differ for colour-blind people too."""

    name: str
    dark: bool
    ground: str
    text: str
    dim: str
    faint: str
    """Frames and rules only."""
    accent: str
    waiting: str
    running: str
    done: str
    failed: str
    ask: str
    bar: str
    """Ground of what is done in the timeline."""
    bar_running: str
    select: str
    """Ground of what is chosen."""


PALETTES = {
    palette.name: palette
    for palette in (
        Palette(
            "ackademy-dark",
            True,
            ground="#14181d",
            text="#d9dee5",
            dim="#98a3b0",
            faint="#66717d",
            accent="#56b4e9",
            waiting="#e9a227",
            running="#4cc38a",
            done="#8fd0a8",
            failed="#ff7a4d",
            ask="#cfa2e8",
            bar="#2b3742",
            bar_running="#1f5a42",
            select="#2d4a63",
        ),
        Palette(
            "ackademy-light",
            False,
            ground="#fbfaf7",
            text="#1f2429",
            dim="#5a636c",
            faint="#848c93",
            accent="#005f9e",
            waiting="#8a5a00",
            running="#00694a",
            done="#22693f",
            failed="#b03a00",
            ask="#7a3a9a",
            bar="#dde3e8",
            bar_running="#bfe5d2",
            select="#cfe3f5",
        ),
        Palette(
            "ackademy-contrast",
            True,
            ground="#000000",
            text="#ffffff",
            dim="#d0d0d0",
            faint="#a0a0a0",
            accent="#7fd4ff",
            waiting="#ffc400",
            running="#5dffa8",
            done="#b8ffce",
            failed="#ff9470",
            ask="#f0b8ff",
            bar="#333333",
            bar_running="#005a38",
            select="#00437a",
        ),
    )
}
"""The themes that come with the program."""

DEFAULT_THEME = "ackademy-dark"


def make_styles(palette: Palette) -> dict[str, Style]:
    """What each name of a style looks like, ground included."""
    ground = palette.ground

    def plain(colour: str, bold: bool = False) -> Style:
        return Style(color=colour, bgcolor=ground, bold=bold)

    def on(colour: str, text: str = ground, bold: bool = True) -> Style:
        return Style(color=text, bgcolor=colour, bold=bold)

    return {
        "text": plain(palette.text),
        "dim": plain(palette.dim),
        "faint": plain(palette.faint),
        "ghost": plain(palette.dim),
        "title": plain(palette.text, True),
        "strong": plain(palette.text, True),
        "profile": plain(palette.waiting),
        "branch": plain(palette.failed, True),
        "now": plain(palette.accent, True),
        "note": plain(palette.accent),
        "notice": plain(palette.waiting, True),
        "waiting": plain(palette.waiting),
        "running": plain(palette.running),
        "done": plain(palette.done),
        "failed": plain(palette.failed),
        "lost": plain(palette.failed, True),
        "ask": plain(palette.ask),
        "key": plain(palette.accent, True),
        "question": plain(palette.waiting, True),
        "stop": plain(palette.waiting, True),
        "chapter": plain(palette.accent, True),
        "right": plain(palette.running, True),
        "wrong": plain(palette.failed, True),
        "plan": plain(palette.running),
        "bar": on(palette.bar, palette.text, False),
        "bar.running": on(palette.bar_running, palette.text, False),
        "bar.failed": on(palette.bar, palette.failed),
        "bar.ack": on(palette.bar, palette.done),
        "bar.running.ack": on(palette.bar_running, palette.done),
        "bookmark": plain(palette.accent, True),
        "selected": on(palette.select, palette.text),
        "look": plain(palette.accent),
        "selected.frame": plain(palette.accent),
        "flight.task": on(palette.waiting),
        "flight.ack": on(palette.done),
        "flight.ask": on(palette.ask),
        "flight.answer": on(palette.ask),
    }


@cache
def styles_of(name: str) -> dict[str, Style]:
    """The styles of a theme by its name; of the default for names of other people's themes."""
    return make_styles(PALETTES.get(name, PALETTES[DEFAULT_THEME]))


def textual_themes() -> list[Theme]:
    """The same themes for Textual's own widgets."""
    return [
        Theme(
            name=palette.name,
            primary=palette.accent,
            secondary=palette.ask,
            accent=palette.accent,
            foreground=palette.text,
            background=palette.ground,
            surface=palette.ground,
            panel=palette.bar,
            success=palette.running,
            warning=palette.waiting,
            error=palette.failed,
            dark=palette.dark,
        )
        for palette in PALETTES.values()
    ]

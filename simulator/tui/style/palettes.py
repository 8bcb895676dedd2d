"""Colours of the themes. Without Textual, as the command line needs their names."""

from __future__ import annotations

from dataclasses import dataclass


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
    """Background of finished bars in the timeline."""
    bar_running: str
    select: str
    """Background of a selection."""
    grey: bool = False
    """True if the theme has no hues and uses bold, underlined and reversed text instead."""


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
        Palette(
            "ackademy-okabe-ito",
            True,
            ground="#000000",
            text="#ffffff",
            dim="#c0c0c0",
            faint="#808080",
            accent="#56b4e9",
            waiting="#e69f00",
            running="#009e73",
            done="#f0e442",
            failed="#d55e00",
            ask="#cc79a7",
            bar="#3a3a3a",
            bar_running="#00503a",
            select="#005a8c",
        ),
        Palette(
            "ackademy-mono",
            True,
            ground="#000000",
            text="#e4e4e4",
            dim="#b2b2b2",
            faint="#808080",
            accent="#ffffff",
            waiting="#c6c6c6",
            running="#ffffff",
            done="#b2b2b2",
            failed="#ffffff",
            ask="#c6c6c6",
            bar="#303030",
            bar_running="#4e4e4e",
            select="#5f5f5f",
            grey=True,
        ),
        # Each colour is one of the sixteen that the VGA palette has, so that nothing is rounded to another one.
        Palette(
            "ackademy-sixteen",
            True,
            ground="#000000",
            text="#ffffff",
            dim="#aaaaaa",
            faint="#aaaaaa",
            accent="#55ffff",
            waiting="#ffff55",
            running="#55ff55",
            done="#aaaaaa",
            failed="#ff5555",
            ask="#ff55ff",
            bar="#0000aa",
            bar_running="#aa00aa",
            select="#0000aa",
        ),
    )
}
"""The packaged themes."""

DEFAULT_THEME = "ackademy-dark"

PREFIX = "ackademy-"
"""Prefix of our themes' names, beside Textual's own ones."""

THEMES = tuple(name.removeprefix(PREFIX) for name in PALETTES)
"""Displayed names of the themes: `dark`, `light`, ..."""

"""Themes can be read: contrast, and the same names of styles in each."""

from __future__ import annotations

import pytest
from rich.color import Color

from simulator.tui.themes import PALETTES, make_styles

FRAMES = ("faint",)
"""Lines, not text: three to one is enough for what carries no words (WCAG 2.2, 1.4.11)."""


def luminance(colour: Color | None) -> float:
    assert colour is not None
    assert colour.triplet is not None
    parts = [part / 255 for part in colour.triplet]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("name", PALETTES)
def test_everything_can_be_read(name: str) -> None:
    for token, style in make_styles(PALETTES[name]).items():
        light, dark = sorted((luminance(style.color), luminance(style.bgcolor)), reverse=True)
        contrast = (light + 0.05) / (dark + 0.05)
        assert contrast >= (3.0 if token in FRAMES else 4.5), f"{token}: {contrast:.2f}"


def test_there_is_a_dark_a_light_and_a_strong_theme() -> None:
    assert {palette.dark for palette in PALETTES.values()} == {True, False}
    strong = make_styles(PALETTES["ackademy-contrast"])["text"]
    assert luminance(strong.color) - luminance(strong.bgcolor) == pytest.approx(1.0)

"""Themes can be read: contrast, also with fewer colours, and the same names of styles in each."""

from __future__ import annotations

import itertools

import pytest
from rich.color import Color, ColorSystem

from simulator.tui.style.palettes import PALETTES, THEMES
from simulator.tui.style.terminal import fitting_glyphs, fitting_theme
from simulator.tui.style.themes import make_styles, theme_name

FRAMES = ("faint",)
"""Lines, not text: three to one is enough for what carries no words (WCAG 2.2, 1.4.11)."""

OKABE_ITO = {"#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7"}

VGA = (0x000000, 0xAA0000, 0x00AA00, 0xAA5500, 0x0000AA, 0xAA00AA, 0x00AAAA, 0xAAAAAA)
BRIGHT = (0x555555, 0xFF5555, 0x55FF55, 0xFFFF55, 0x5555FF, 0xFF55FF, 0x55FFFF, 0xFFFFFF)


def rgb(colour: Color | None, colours: str) -> tuple[int, ...]:
    """The colour shown by a terminal with all colours, with 256, with Rich's sixteen, or by the Linux console."""
    assert colour is not None
    if colours == "256":
        colour = colour.downgrade(ColorSystem.EIGHT_BIT)
    elif colours in ("16", "vga"):
        colour = colour.downgrade(ColorSystem.STANDARD)
        if colours == "vga":
            assert colour.number is not None
            value = (VGA + BRIGHT)[colour.number]
            return value >> 16, value >> 8 & 255, value & 255
    return tuple(colour.get_truecolor())


def luminance(parts: tuple[int, ...]) -> float:
    shares = [part / 255 for part in parts]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("name", "colours"),
    [*itertools.product(PALETTES, ["all", "256"]), ("ackademy-sixteen", "16"), ("ackademy-sixteen", "vga")],
)
def test_everything_can_be_read(name: str, colours: str) -> None:
    for token, style in make_styles(PALETTES[name]).items():
        both = [luminance(rgb(colour, colours)) for colour in (style.color, style.bgcolor)]
        contrast = (max(both) + 0.05) / (min(both) + 0.05)
        assert contrast >= (3.0 if token in FRAMES else 4.5), f"{token}: {contrast:.2f}"


def test_there_is_a_dark_a_light_and_a_strong_theme() -> None:
    assert {palette.dark for palette in PALETTES.values()} == {True, False}
    strong = make_styles(PALETTES["ackademy-contrast"])["text"]
    assert luminance(rgb(strong.color, "all")) - luminance(rgb(strong.bgcolor, "all")) == pytest.approx(1.0)


STATES = ("waiting", "running", "done", "failed", "ask")


def test_the_hues_of_okabe_and_ito_and_no_others() -> None:
    palette = PALETTES["ackademy-okabe-ito"]
    hues = [getattr(palette, state) for state in STATES]
    assert len(set(hues)) == len(hues)
    assert set(hues) | {palette.accent} <= OKABE_ITO


@pytest.mark.parametrize("name", PALETTES)
def test_states_differ(name: str) -> None:
    styles = make_styles(PALETTES[name])
    looks = {str(styles[state]) for state in ("waiting", "running", "failed")}
    assert len(looks) == 3
    assert styles["selected"] != styles["text"]
    assert styles["flight.task"].bgcolor != styles["text"].bgcolor


def test_mono_has_no_hue_at_all() -> None:
    for token, style in make_styles(PALETTES[theme_name("mono")]).items():
        for colour in (style.color, style.bgcolor):
            assert len(set(rgb(colour, "all"))) == 1, token


def test_what_suits_a_terminal() -> None:
    assert fitting_theme({}, "truecolor") == fitting_theme({}, "256") == fitting_theme({}, None) == "dark"
    assert fitting_theme({"TERM": "linux"}, "standard") == "sixteen"
    assert fitting_theme({"NO_COLOR": "1"}, "truecolor") == "mono"
    assert fitting_theme({"NO_COLOR": ""}, "truecolor") == "dark"
    assert {fitting_theme({}, "standard"), fitting_theme({"NO_COLOR": "1"}, None)} <= set(THEMES)


@pytest.mark.parametrize(
    ("environment", "encoding", "glyphs"),
    [
        ({"TERM": "xterm-256color"}, "utf-8", "unicode"),
        ({"TERM": "xterm-256color"}, None, "unicode"),
        ({"TERM": "tmux-256color", "LANG": "ko_KR.UTF-8"}, "UTF-8", "unicode"),
        ({"TERM": "linux"}, "utf-8", "ascii"),
        ({"TERM": "vt220"}, "utf-8", "ascii"),
        ({"VTE_CJK_WIDTH": "wide"}, "utf-8", "ascii"),
        ({"VTE_CJK_WIDTH": "narrow"}, "utf-8", "unicode"),
        ({"RUNEWIDTH_EASTASIAN": "1"}, "utf-8", "ascii"),
        ({}, "ascii", "ascii"),
        ({}, "latin-1", "ascii"),
        ({}, "euc-kr", "ascii"),
        ({}, "cp949", "ascii"),
        ({}, "no-such-encoding", "ascii"),
    ],
)
def test_which_signs_suit_a_terminal(environment: dict[str, str], encoding: str | None, glyphs: str) -> None:
    assert fitting_glyphs(environment, encoding) == glyphs

"""Themes: the appearance of each style. Colour is never the only sign of a state; contrast is tested."""

from __future__ import annotations

from functools import cache, lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color as TextualColor
from textual.filter import LineFilter
from textual.theme import Theme

from simulator.tui.style.palettes import DEFAULT_THEME, PALETTES, PREFIX, Palette


def make_styles(palette: Palette) -> dict[str, Style]:
    """Make the styles of a palette by name, each with its background."""
    ground = palette.ground

    def plain(colour: str, bold: bool = False) -> Style:
        return Style(color=colour, bgcolor=ground, bold=bold)

    def on(colour: str, text: str = ground, bold: bool = True) -> Style:
        return Style(color=text, bgcolor=colour, bold=bold)

    styles = {
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
        # Signs in a bar are cut out of it: on its own ground a hue could not be read in every theme.
        "bar.failed": on(palette.failed),
        "bar.ack": on(palette.done),
        "bar.running.ack": on(palette.done),
        "bookmark": plain(palette.accent, True),
        "selected": on(palette.select, palette.text),
        "look": plain(palette.accent),
        "selected.frame": plain(palette.accent),
        "black": Style(color="#ffffff", bgcolor="#000000"),
        "code": Style(color="#000000", bgcolor="#ffffff"),
        "flight.task": on(palette.waiting),
        "flight.ack": on(palette.done),
        "flight.ask": on(palette.ask),
        "flight.answer": on(palette.ask),
    }
    return styles | _marked(palette, styles) if palette.grey else styles


BOLD, STRONG = Style(bold=True), Style(bold=True, underline=True)

MARKED = {
    "running": BOLD,
    "plan": BOLD,
    "right": BOLD,
    "waiting": Style(underline=True),
    "failed": STRONG,
    "lost": STRONG,
    "wrong": STRONG,
    "branch": STRONG,
    "flight.ack": Style(underline=True),
    "look": BOLD,
    "selected.frame": BOLD,
}
"""Attributes that distinguish styles in a theme without hues."""


def _marked(palette: Palette, styles: dict[str, Style]) -> dict[str, Style]:
    """The styles that need more than their grey; a selection is reversed."""
    marked = {name: styles[name] + mark for name, mark in MARKED.items()}
    return marked | {"selected": Style(color=palette.ground, bgcolor=palette.text, bold=True)}


REVERSED = Style(reverse=True)

COLOURLESS = MARKED | {
    "selected": REVERSED + BOLD,
    "code": REVERSED,
    "bar": REVERSED + Style(dim=True),
    "bar.running": REVERSED,
    "bar.failed": REVERSED + STRONG,
    "bar.ack": REVERSED + BOLD,
    "bar.running.ack": REVERSED + BOLD,
    "flight.task": REVERSED,
    "flight.ack": REVERSED + Style(underline=True),
    "flight.ask": REVERSED,
    "flight.answer": REVERSED,
}
"""Attributes that distinguish styles if only text and attributes may be sent."""


@cache
def colourless_styles() -> dict[str, Style]:
    """The styles for `NO_COLOR`: no foreground, no background."""
    styles = make_styles(PALETTES["ackademy-mono"])
    return {name: COLOURLESS.get(name, Style(bold=style.bold)) for name, style in styles.items()}


class WithoutColour(LineFilter):
    """Filter that removes the colours of Textual's own widgets; text with a background is reversed."""

    def apply(self, segments: list[Segment], background: TextualColor) -> list[Segment]:
        """Return the segments without colours."""
        return [Segment(text, _colourless(style, background.hex.lower()), control) for text, style, control in segments]


@lru_cache(1024)
def _colourless(style: Style | None, ground: str) -> Style | None:
    if style is None:
        return None
    own = style.bgcolor is not None and style.bgcolor.get_truecolor().hex != ground
    return style.without_color + REVERSED if own else style.without_color


def theme_name(name: str) -> str:
    """Textual's name of one of our themes.

    >>> theme_name("okabe-ito")
    'ackademy-okabe-ito'
    """
    return PREFIX + name


@cache
def styles_of(name: str) -> dict[str, Style]:
    """The styles of a theme by its name; for a foreign theme, those of the default."""
    return make_styles(PALETTES.get(name, PALETTES[DEFAULT_THEME]))


def textual_themes() -> list[Theme]:
    """Make the themes for Textual's own widgets."""
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
            variables={
                "chosen": palette.text if palette.grey else palette.select,
                "chosen-text": palette.ground if palette.grey else palette.text,
            },
        )
        for palette in PALETTES.values()
    ]

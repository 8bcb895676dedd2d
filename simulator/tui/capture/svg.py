"""A screen as an SVG picture that is right for Korean: every character stands in its own cells.

Rich's own export stretches a text to `len(text)` cells, which squeezes wide characters to half their width
(Textualize/rich#2742), and loads fonts from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from rich.cells import cell_len, get_character_cell_size
from rich.segment import Segment
from rich.style import Style

from simulator.tui.style.palettes import DEFAULT_THEME, PALETTES

Rows = Sequence[Sequence[Segment]]
"""A screen: its rows as styled segments."""

CELL, LINE, FONT = 8.43, 16, 14
FONTS = (
    "'DejaVu Sans Mono', 'Cascadia Mono', Menlo, Consolas, "
    "D2Coding, NanumGothicCoding, 'Noto Sans Mono CJK KR', monospace"
)


def make_svg(rows: Rows, title: str, theme: str = DEFAULT_THEME) -> str:
    """The picture as text; a foreign theme gets the default theme's background."""
    palette = PALETTES.get(theme, PALETTES[DEFAULT_THEME])
    width = max((sum(cell_len(segment.text) for segment in row) for row in rows), default=0)
    height = len(rows)
    outer = (width * CELL + 24, height * LINE + 24)
    layers = sorted(_rows(rows, palette.ground, palette.text), key=lambda part: part[0])
    body = "\n".join(part for _, part in layers)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {outer[0]:g} {outer[1]:g}" role="img">\n'
        f"<title>{escape(title)}</title>\n"
        f"<style>text {{ font: {FONT}px {FONTS}; white-space: pre; }} .b {{ font-weight: bold; }}</style>\n"
        f'<rect width="100%" height="100%" rx="8" fill="{palette.ground}"/>\n{body}\n</svg>\n'
    )


def _rows(rows: Rows, ground: str, colour: str) -> Iterator[tuple[int, str]]:
    """(layer, element): backgrounds come first, as letters may reach into the row below; texts stay in order."""
    for row, segments in enumerate(rows):
        column = 0
        y = 12 + row * LINE
        for segment in segments:
            style = segment.style or Style()
            width = cell_len(segment.text)
            back, front = _hex(style.bgcolor, ground), _hex(style.color, colour)
            if style.reverse:
                back, front = front, back
            if back != ground:
                x, length = 12 + column * CELL, width * CELL
                yield 0, f'<rect x="{x:g}" y="{y:g}" width="{length:g}" height="{LINE:g}" fill="{back}"/>'
            weight = ' class="b"' if style.bold else ""
            weight += ' text-decoration="underline"' if style.underline else ""
            for start, part in _pieces(segment.text):
                x = 12 + (column + start) * CELL
                length = cell_len(part) * CELL
                yield (
                    1,
                    f'<text x="{x:g}" y="{y + 13:g}" fill="{front}"{weight} textLength="{length:g}" '
                    f'lengthAdjust="spacingAndGlyphs">{escape(part)}</text>',
                )
            column += width


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Parts without outer spaces, of characters of equal width, with their first cell."""
    column, start, part = 0, 0, ""
    size = 0
    for char in [*text, ""]:
        width = get_character_cell_size(char) if char else 0
        if part and (not char or char == " " or width != size or not _is_plain(char) or not _is_plain(part[-1])):
            yield start, part
            part = ""
        if char and char != " ":
            if not part:
                start, size = column, width
            part += char
        column += width


def _is_plain(char: str) -> bool:
    """Return False for symbols, which get an element each: their width differs by font."""
    return char.isascii() or "가" <= char <= "힣"


def _hex(colour: object, default: str) -> str:
    triplet = getattr(colour, "triplet", None)
    if triplet is None:
        name = getattr(colour, "name", "default")
        return default if name == "default" else str(name)
    return str(triplet.hex)

"""Text from files as it may reach a terminal, a page or a log: nothing in it is obeyed, and nothing hides.

Control characters (so escape sequences too), bidirectional overrides, zero-width characters and halves of surrogate
pairs are shown as signs, one cell each. Every text goes out through here: printed (`VisibleStream`), drawn (`Canvas`,
`LineList`), in a document, or in a table for a spreadsheet (`TableWriter`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import Any, TextIO, cast

SIGN = "\ufffd"
"""Sign for a character that has none of its own."""

_PICTURES = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n"} | {0x7F: "\u2421"}

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and line feed, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction
    "\u00ad\u180e\u200b\u200c\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"  # without a width
    "\u2028\u2029\ud800-\udfff\U000e0000-\U000e007f]"  # line breaks of Unicode, halves of pairs, tags
    "|(?<![\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d"  # a joiner that joins no emoji
)


def visible(text: str) -> str:
    r"""Replace characters that a terminal would obey or hide by signs of one cell; tabs and line feeds stay.

    >>> visible("a\x1b[2Jb")
    'a␛[2Jb'
    """
    if text.isprintable():
        return text
    return _HIDDEN.sub(_sign, text)


def visible_line(text: str) -> str:
    r"""The same on one line: tabs are blanks, and line feeds signs as well.

    >>> visible_line("a\tb\nc")
    'a b␊c'
    """
    return visible(text).replace("\t", " ").replace("\n", "\u240a")


def _sign(found: re.Match[str]) -> str:
    return _PICTURES.get(ord(found[0]), SIGN)


def escaped(text: str) -> str:
    r"""Escape such characters in JSON as `\uXXXX`, so that it is plain to see and still says the same."""
    if text.isprintable():
        return text
    return _HIDDEN.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff0b", "\uff0d", "\uff1d", "\uff20")
"""Beginnings of a text that a spreadsheet takes for a formula, or for blanks before one."""


class TableWriter:
    """A table as comma-separated values: no text in a cell is a formula, or obeyed in another way."""

    def __init__(self, stream: TextIO) -> None:
        """Write rows to `stream`."""
        self._write = csv.writer(stream, lineterminator="\n").writerow

    def row(self, cells: Iterable[object]) -> None:
        """Write a row; numbers stay numbers."""
        self._write([cell if isinstance(cell, int | float) else _cell(str(cell)) for cell in cells])


def _cell(text: str) -> str:
    return visible(f"'{text}" if text.startswith(FORMULA) else text)


class VisibleStream:
    """A stream of text that shows what is written to it by `visible`, or (`json`) by `escaped`."""

    def __init__(self, stream: TextIO, *, json: bool = False) -> None:
        """Write to `stream`."""
        self.raw = stream
        """The stream itself, for a terminal's own control sequences."""
        self._show = escaped if json else visible

    def write(self, text: str) -> int:
        """Write a text."""
        return self.raw.write(self._show(text))

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several texts."""
        self.raw.writelines(map(self._show, lines))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)


def showing(stream: TextIO, *, json: bool = False) -> TextIO:
    """Return a stream that shows what is written to it."""
    return cast(TextIO, VisibleStream(raw(stream), json=json))


def raw(stream: TextIO) -> TextIO:
    """Return the stream below, for control sequences of our own; nothing from a file may go there."""
    return stream.raw if isinstance(stream, VisibleStream) else stream

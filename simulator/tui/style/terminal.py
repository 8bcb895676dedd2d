"""Defaults for a terminal: the symbols that it can draw, and its colours."""

from __future__ import annotations

import codecs
from collections.abc import Mapping

GLYPHS = ("auto", "unicode", "ascii")
"""Allowed settings: all symbols, ASCII ones only, or those that suit the terminal."""

FEW_SIGNS = frozenset({"linux", "vt100", "vt102", "vt220", "ansi", "cygwin", "cons25"})
"""Values of TERM whose fonts lack most of our symbols."""

WIDE = {"VTE_CJK_WIDTH": ("wide", "1"), "RUNEWIDTH_EASTASIAN": ("1",)}
"""Variables, with their values, that announce lines and arrows of two cells."""

CJK_ENCODINGS = frozenset("euc_kr cp949 johab euc_jp shift_jis cp932 gb2312 gbk gb18030 big5 big5hkscs cp950".split())
"""Encodings whose terminals draw lines and arrows two cells wide, as their fonts traditionally do."""

NARROW_COLOURS = "standard"
"""Rich's name for sixteen colours."""


def fitting_glyphs(environment: Mapping[str, str], encoding: str | None) -> str:
    """`ascii` if our symbols cannot be shown, or are not one cell wide; else `unicode`.

    >>> fitting_glyphs({"TERM": "xterm-256color"}, "utf-8"), fitting_glyphs({"TERM": "linux"}, "utf-8")
    ('unicode', 'ascii')
    """
    if environment.get("TERM", "") in FEW_SIGNS:
        return "ascii"
    if any(environment.get(name, "") in values for name, values in WIDE.items()):
        return "ascii"
    try:
        name = codecs.lookup(encoding or "utf-8").name
        "─◆▶".encode(name)
    except (LookupError, UnicodeEncodeError):
        return "ascii"
    return "ascii" if name in CJK_ENCODINGS else "unicode"


def fitting_theme(environment: Mapping[str, str], colours: str | None) -> str:
    """The default theme for a terminal; `colours` is Rich's name for its number of colours."""
    if environment.get("NO_COLOR"):
        return "mono"
    return "sixteen" if colours == NARROW_COLOURS else "dark"

"""A document as a list of blocks, written as Markdown or as one self-contained HTML page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

SPECIAL = re.compile(r"([\\`*_{}\[\]<>|])")
"""Characters with a special meaning in Markdown."""

LINE = "\\_" * 40
"""A line to write on, in Markdown."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A title: `level` from 1."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `kind` is `text`, `small`, or `answer` (highlighted)."""

    text: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class ShellCommand:
    """A command to type."""

    text: str


@dataclass(frozen=True, slots=True)
class Blanks:
    """Lines to write on, each after a label (which may be empty)."""

    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Options:
    """Choices to tick: (letter, text, whether it is ticked)."""

    choices: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; an empty cell is one to fill in."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    groups: tuple[tuple[str, int], ...] = ()
    """Headings above those of the columns, each over so many of them; empty: none."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as SVG and as lines of text, each with its legend."""

    svg: str
    lines: tuple[str, ...]
    svg_legend: str = ""
    legend: str = ""


@dataclass(frozen=True, slots=True)
class Together:
    """Blocks that no page break may come between."""

    blocks: tuple[Block, ...]


Block = Heading | Paragraph | ShellCommand | Blanks | Options | Grid | Picture | Together


def to_markdown(blocks: Sequence[Block]) -> str:
    """The document as Markdown (CommonMark with tables)."""
    return "\n\n".join(_markdown(block) for block in blocks) + "\n"


def _markdown(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"{'#' * level} {_plain(text)}"
        case Paragraph(text, "answer"):
            return f"> **{_plain(text)}**"
        case Paragraph(text):
            return _plain(text)
        case ShellCommand(text):
            return f"    {text}"
        case Blanks(labels):
            return "\n\n".join(f"{_plain(label)} {LINE}".strip() for label in labels)
        case Options(choices):
            return "\n".join(f"- [{'x' if right else ' '}] {letter}. {_plain(text)}" for letter, text, right in choices)
        case Together(blocks):
            return "\n\n".join(map(_markdown, blocks))
        case Grid(columns, rows, groups):
            over = [name for name, span in groups for _ in range(span)] or [""] * len(columns)
            columns = tuple(f"{above} {name}".strip() for above, name in zip(over, columns, strict=True))
            lines = [columns, ("---",) * len(columns), *rows]
            return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)
        case Picture(lines=lines, legend=legend):
            drawn = "```\n" + "\n".join(lines) + "\n```"
            return f"{drawn}\n\n{_plain(legend)}" if legend else drawn


def _plain(text: str) -> str:
    """Text escaped so that Markdown shows it unchanged."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _cell(text: str) -> str:
    return text if text == "---" else _plain(text)


STYLE = """
body { font: 11pt/1.5 "Noto Sans KR", "Noto Sans", "Malgun Gothic", "Apple SD Gothic Neo", system-ui, sans-serif;
  max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #000; background: #fff; word-break: keep-all; }
h1 { font-size: 1.5rem; border-bottom: 2px solid; }
h2 { font-size: 1.15rem; margin-top: 1.8rem; }
h3 { font-size: 1rem; }
table { border-collapse: collapse; width: 100%; margin: .8rem 0; font-size: .9em; }
th, td { border: 1px solid #777; padding: .3rem .5rem; text-align: left; height: 1.3rem; overflow-wrap: anywhere; }
th { background: #eee; overflow-wrap: normal; word-break: keep-all; hyphens: none; }
.together { break-inside: avoid; }
.small { font-size: .85em; color: #333; }
.answer { border-left: 4px solid; padding: .2rem .8rem; background: #eee; font-weight: 600; }
.blank { display: flex; gap: .5rem; margin: .7rem 0; }
.blank i { flex: 1; border-bottom: 1px solid #555; height: 1.4rem; }
ul.options { list-style: none; padding: 0; }
ul.options li { margin: .25rem 0; }
.box { display: inline-block; width: .9rem; height: .9rem; border: 1.5px solid; margin-right: .5rem; text-align: center;
  line-height: .8rem; vertical-align: -.1rem; font-weight: 700; }
code { background: #eee; padding: .1rem .3rem; }
svg { width: 100%; height: auto; }
table, svg, ul.options { break-inside: avoid; }
h1 ~ h1 { break-before: page; }
h2, h3 { break-after: avoid; }
@page { margin: 15mm; }
@media print { body { margin: 0; padding: 0; max-width: none; font-size: 10.5pt; } h2 { margin-top: 1.2rem; } }
"""


def to_html(blocks: Sequence[Block], title: str, lang: str) -> str:
    """The document as one page without scripts or external files, to be printed in black and white."""
    body = "\n".join(_html(block) for block in blocks)
    return (
        f'<!doctype html>\n<html lang="{escape(lang)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _html(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"<h{level}>{escape(text)}</h{level}>"
        case Paragraph(text, "text"):
            return f"<p>{escape(text)}</p>"
        case Paragraph(text, kind):
            return f'<p class="{kind}">{escape(text)}</p>'
        case ShellCommand(text):
            return f"<p><code>{escape(text)}</code></p>"
        case Blanks(labels):
            return "\n".join(f'<p class="blank"><span>{escape(label)}</span><i></i></p>' for label in labels)
        case Options(choices):
            return '<ul class="options">' + "".join(_option(*choice) for choice in choices) + "</ul>"
        case Together(blocks):
            return f'<section class="together">\n{"".join(map(_html, blocks))}\n</section>'
        case Grid(columns, rows, groups):
            above = "".join(f'<th colspan="{span}" scope="colgroup">{_breakable(name)}</th>' for name, span in groups)
            head = f"{above}</tr><tr>" if above else ""
            head += "".join(f'<th scope="col">{_breakable(name)}</th>' for name in columns)
            lines = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n" for row in rows)
            return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{lines}</tbody>\n</table>"
        case Picture(svg=svg, svg_legend=legend):
            return f'{svg}\n<p class="small">{escape(legend)}</p>' if legend else svg


def _breakable(name: str) -> str:
    """A heading that breaks only where a name has a joint, never inside a word."""
    return re.sub(r"([_(.,])(?=\S)", r"\1<wbr>", escape(name))


def _option(letter: str, text: str, right: bool) -> str:
    return f'<li><span class="box">{"✓" if right else ""}</span><b>{letter}.</b> {escape(text)}</li>'

"""Text measured and broken by its width in terminal cells."""

from __future__ import annotations

from rich.cells import cell_len, chop_cells


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells, broken between words where possible.

    >>> wrap("Both workers ask", 12), wrap("두 Worker", 4)
    (['Both workers', 'ask'], ['두', 'Work', 'er'])
    """
    width = max(1, width)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}" if line else word
            if cell_len(longer) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            # A word that takes no room at all, like an accent alone, has no pieces.
            *full, line = chop_cells(word, width) or [word]
            lines += full
        lines.append(line)
    return lines

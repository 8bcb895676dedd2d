"""A list of lines, one of them selected: Textual's, with the keys of our table and a symbol at the selected line."""

from __future__ import annotations

from collections.abc import Iterable

from rich.style import Style as RichStyle
from textual.content import Content
from textual.style import Style
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from simulator.visible import visible


class LineList(OptionList, inherit_bindings=False):
    """Selectable lines; `OptionSelected` reports a click on one."""

    DEFAULT_CSS = """
    LineList {
        border: none; padding: 0; text-wrap: nowrap; text-overflow: ellipsis; scrollbar-size: 0 0;
        color: $foreground; background: $background;
        &:focus { border: none; background: $background; background-tint: $background 0%; }
        & > .option-list--option { padding: 0; }
        & > .option-list--option-highlighted, &:focus > .option-list--option-highlighted {
            color: $chosen-text; background: $chosen; text-style: bold;
        }
    }
    """

    def __init__(self, pointer: str) -> None:
        """Begin empty; `pointer` is the symbol before the selected line."""
        super().__init__(markup=False)
        self.pointer = pointer
        self._texts: list[Content] = []
        self._pointed: int | None = None

    def offer(self, lines: Iterable[tuple[str, RichStyle]]) -> None:
        """Replace the lines, with their styles; the first one is selected."""
        # Without their ground: the chosen line has another one.
        self._texts = [
            Content(visible(text)).stylize(Style.from_rich_style(style + RichStyle(bgcolor="default")))
            for text, style in lines
        ]
        self._pointed = None
        self.clear_options()
        self.add_options(Option(Content("  ") + text) for text in self._texts)
        self.highlighted = 0 if self._texts else None

    def move(self, by: int) -> None:
        """Select the next line (1) or the previous one (-1)."""
        if self._texts:
            self.highlighted = max(0, min((self.highlighted or 0) + by, len(self._texts) - 1))

    def watch_highlighted(self, highlighted: int | None) -> None:
        """Move the pointer too: colour is not the only sign of the selection."""
        if self._pointed is not None:
            self.replace_option_prompt_at_index(self._pointed, Content("  ") + self._texts[self._pointed])
        if highlighted is not None:
            self.replace_option_prompt_at_index(highlighted, f"{self.pointer} {self._texts[highlighted].plain}")
        self._pointed = highlighted
        super().watch_highlighted(highlighted)

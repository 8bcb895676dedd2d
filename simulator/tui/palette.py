"""The palette: every command of the table, the themes and the scenarios, by name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Provider

if TYPE_CHECKING:
    from simulator.tui.app import AckademyApp

Entry = tuple[str, str, Callable[[], object]]
"""What it is called, what it says about itself, what it does."""


class CommandProvider(Provider):
    """What the palette knows."""

    @property
    def _entries(self) -> list[Entry]:
        return cast("AckademyApp", self.app).palette_entries()

    async def discover(self) -> AsyncIterator[DiscoveryHit]:
        """Everything, before anything is typed."""
        for name, about, run in self._entries:
            yield DiscoveryHit(name, run, help=about)

    async def search(self, query: str) -> AsyncIterator[Hit]:
        """What fits what was typed."""
        matcher = self.matcher(query)
        for name, about, run in self._entries:
            score = max(matcher.match(name), matcher.match(about))
            if score > 0:
                yield Hit(score, matcher.highlight(name), run, help=about)


class Palette(CommandPalette):
    """Textual's palette: its own page keys fail while the list has no rows."""

    NARROWEST = 30
    """Columns below which its list cannot be laid out."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]

    def action_page(self, direction: int) -> None:
        """Choose what stands a page farther on or back."""
        commands = self.query_one(CommandList)
        if commands.option_count:
            # A command takes two rows.
            there = (commands.highlighted or 0) + direction * max(1, commands.size.height // 2)
            commands.highlighted = max(0, min(there, commands.option_count - 1))

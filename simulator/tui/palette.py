"""The palette: every command of the table, the themes and the scenarios, by name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Provider

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

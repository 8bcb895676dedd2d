"""Everything about one thing at the session's moment, beside a list of queues, workers and tasks."""

from __future__ import annotations

from simulator.scene.pages.inspect import KINDS, Target, inspect_thing, list_things
from simulator.scene.view import View
from simulator.tui.controls import commands as c
from simulator.tui.controls.hints import Hint, player_hints
from simulator.tui.controls.shortcuts import INSPECT
from simulator.tui.drawing.pages.sheet import SMALLEST
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.session import Session

PAGE = 10
"""Rows that a page key scrolls by."""


class InspectScreen(BoardScreen, inherit_bindings=False):
    """A list of queues, workers and tasks, and the page of the selected one."""

    KIND = INSPECT
    BINDINGS = bindings_of(INSPECT)
    SMALLEST = SMALLEST

    def __init__(self, session: Session, target: Target) -> None:
        """Inspect a queue, worker or task."""
        super().__init__()
        self.session = session
        self.target = target

    def view(self, width: int, height: int) -> View:
        """The list and the page."""
        return inspect_thing(self.session.player, self.target, self.lang)

    def hints(self) -> list[Hint]:
        """List the commands possible now."""
        return player_hints(self.session.player, self.session.look, INSPECT)

    def copied(self) -> str:
        """The name or id of the page's subject."""
        return self._chosen()[1]

    def do(self, command: c.Command) -> None:
        """Select, scroll, go back; send other commands up."""
        match command:
            case c.Move(by):
                self._move(by)
            case c.NextPanel(by):
                self._next_kind(by)
            case c.Choose(kind, key):
                self._choose((kind, key))
            case c.ScrollPage(by):
                self._scroll(by * PAGE)
            case c.ScrollRows(by):
                self._scroll(by)
            case c.Inspect() | c.Escape():
                self.dismiss(None)
            case c.Zoom() | c.Enter():
                super().do(c.ZoomInto(*self._chosen()))
            case _:
                super().do(command)

    def _scroll(self, by: int) -> None:
        """Scroll the page."""
        self.offset_rows = max(0, self.offset_rows + by)
        self.redraw()

    def _things(self) -> list[Target]:
        player = self.session.player
        return [thing.target for thing in list_things(player.playback.run.world(player.cursor), self.target)]

    def _chosen(self) -> Target:
        things = self._things()
        return self.target if self.target in things or not things else things[0]

    def _choose(self, target: Target) -> None:
        self.target, self.offset_rows = target, 0
        self.redraw()

    def _move(self, by: int) -> None:
        things = self._things()
        if things:
            place = things.index(self._chosen()) + by
            self._choose(things[max(0, min(place, len(things) - 1))])

    def _next_kind(self, by: int) -> None:
        things = self._things()
        kinds = [kind for kind in KINDS if any(thing[0] == kind for thing in things)]
        if kinds:
            kind = kinds[(kinds.index(self._chosen()[0]) + by) % len(kinds)]
            self._choose(next(thing for thing in things if thing[0] == kind))

    def wheel(self, by: int, over: c.Command | None) -> c.Command:
        """Scroll the page."""
        return c.ScrollRows(3 * by)

"""Everything about one thing, at whatever moment the session is, beside a list of what there is."""

from __future__ import annotations

from simulator.scene.inspect import KINDS, Inspection, Target, inspect_thing, list_things
from simulator.trace.time import MICROS
from simulator.tui.commands import INSPECT
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.inspect import draw_inspection
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.session import Session
from simulator.tui.widgets.board import Board

PAGE = 10
"""Rows that a page key scrolls by."""


class InspectScreen(BoardScreen, inherit_bindings=False):
    """A list of queues, workers and tasks, and the page of the chosen one."""

    KIND = INSPECT
    BINDINGS = bindings_of(INSPECT)

    def __init__(self, session: Session, target: Target) -> None:
        """Begin with a thing."""
        super().__init__()
        self.session = session
        self.target = target
        self.offset_rows = 0

    def paint(self, width: int, height: int) -> Canvas:
        """The list and the page."""
        clock = f"{self.session.player.time / MICROS:.2f} s"
        hints = self.session.hints(INSPECT)
        return draw_inspection(self.scene(), self.session.lang, clock, width, height, hints, self.offset_rows)

    def scene(self) -> Inspection:
        """What is known now."""
        session = self.session
        return inspect_thing(session.player, self.target, session.lang)

    def copied(self) -> str:
        """The name or id of what the page is about."""
        return self._chosen()[1]

    def command(self, name: str, argument: str = "") -> None:
        """Choose, scroll, go back; the rest goes up."""
        match name:
            case "up" | "down":
                self._move(1 if name == "down" else -1)
            case "panel" | "previous_panel":
                self._next_kind(1 if name == "panel" else -1)
            case "choose":
                kind, _, key = argument.partition(":")
                self._choose((kind, key))
            case "page_up" | "page_down":
                self._scroll(PAGE if name == "page_down" else -PAGE)
            case "inspect" | "escape":
                self.dismiss(None)
            case "zoom" | "enter":
                kind, key = self._chosen()
                super().command("look_inside", f"{kind}:{key}")
            case _:
                super().command(name, argument)

    def _scroll(self, by: int) -> None:
        """Scroll the page."""
        self.offset_rows = max(0, self.offset_rows + by)
        self.redraw()

    def _things(self) -> list[Target]:
        player = self.session.player
        return [thing.target for thing in list_things(player.score.run.world(player.cursor), self.target)]

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

    def on_board_wheeled(self, event: Board.Wheeled) -> None:
        """The wheel scrolls."""
        self._scroll(3 if event.by > 0 else -3)

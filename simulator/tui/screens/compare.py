"""The comparison of two runs."""

from __future__ import annotations

from simulator.play.pair import Pair
from simulator.scene.pages.compare import build_compare
from simulator.scene.view import View
from simulator.tui.controls import commands as c
from simulator.tui.controls.shortcuts import COMPARE
from simulator.tui.drawing.pages.compare import rooms_of_compare
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.session import Session


class CompareScreen(BoardScreen, inherit_bindings=False):
    """Two runs at one moment; the session does not move."""

    KIND = COMPARE
    BINDINGS = bindings_of(COMPARE)

    def __init__(self, session: Session, pair: Pair) -> None:
        """Begin with a pair of players."""
        super().__init__()
        self.session = session
        self.pair = pair

    def view(self, width: int, height: int) -> View:
        """Draw both runs."""
        return build_compare(self.pair, self.session.lang, lambda view: rooms_of_compare(view, width, height))

    def do(self, command: c.Command) -> None:
        """Move both, scroll the measures, go back; send other commands up."""
        match command:
            case c.Escape():
                self.dismiss(None)
            case c.Move(by):
                self.offset_rows = max(0, min(self.offset_rows + by, 20))
                self.redraw()
            case _:
                pair = self._moved(command)
                if pair is None:
                    super().do(command)
                else:
                    self.pair = pair
                    self.redraw()

    def _moved(self, command: c.Command) -> Pair | None:
        """Move both runs; None if a command does not move."""
        pair = self.pair
        match command:
            case c.Step(by, raw):
                if raw:
                    return pair.raw_step() if by > 0 else pair.raw_back()
                return pair.step() if by > 0 else pair.back()
            case c.GoToMark(by):
                return pair.next_mark() if by > 0 else pair.previous_mark()
            case c.GoToStart():
                return pair.go(0)
            case c.GoToEnd():
                return pair.go(pair.end)
            case c.GoToDivergence() if pair.diverged_at is not None:
                return pair.go(pair.diverged_at)
            case c.Seek(column, columns):
                return pair.go(column * pair.end // columns)
            case c.SeekTime(times, column):
                return pair.go(times[column] if column < len(times) - 2 else pair.end)
            case _:
                return None

    def wheel(self, by: int, over: c.Command | None) -> c.Command:
        """Step both runs."""
        return c.Step(by)

"""The zoom into a worker or a message."""

from __future__ import annotations

from simulator.story import labels
from simulator.tui.commands import ZOOM
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.sheet import draw_sheet
from simulator.tui.scene.build import find_hints
from simulator.tui.scene.language import say
from simulator.tui.scene.sheet import Sheet, message_sheet, worker_sheet
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.session import Session
from simulator.tui.widgets.board import Board


class ZoomScreen(BoardScreen, inherit_bindings=False):
    """A sheet about one thing, at whatever moment the session is."""

    KIND = ZOOM
    BINDINGS = bindings_of(ZOOM)

    def __init__(self, session: Session, kind: str, key: str) -> None:
        """Show a `worker` or a `message` by its name or its task's id."""
        super().__init__()
        self.session = session
        self.kind = kind
        self.key = key
        self.offset_rows = 0

    def paint(self, width: int, height: int) -> Canvas:
        """Its sheet."""
        return draw_sheet(self.sheet(), self.session.lang, width, height, self.offset_rows)

    def sheet(self) -> Sheet:
        """What is known of it now."""
        session = self.session
        player, lang = session.player, session.lang
        hints = find_hints(player, session.look, ZOOM)
        world = player.score.run.world(player.cursor)
        if self.kind == "worker" and self.key in world.workers:
            return worker_sheet(player, self.key, lang, hints)
        if self.kind == "message" and self.key in world:
            return message_sheet(player, self.key, lang, hints)
        return Sheet(self.key, say(labels.NOT_THERE_YET, lang), [], [], hints)

    def command(self, name: str, argument: str = "") -> None:
        """Scroll, zoom on, go back; the rest goes up."""
        match name:
            case "up" | "down":
                self.offset_rows = max(0, self.offset_rows + (1 if name == "down" else -1))
                self.redraw()
            case "zoom" if self.kind == "worker" and self._current_task():
                self.kind, self.key, self.offset_rows = "message", self._current_task(), 0
                self.redraw()
            case "zoom" | "escape":
                self.dismiss(None)
            case _:
                super().command(name, argument)

    def _current_task(self) -> str:
        """The task that the worker shown runs, or has reserved, or ran last."""
        player = self.session.player
        worker = player.score.run.world(player.cursor).workers.get(self.key)
        if worker is None:
            return ""
        held = [*(running.uuid for running in worker.active()), *worker.reserved()]
        found = player.score.history.slots.items()
        ran = [run for (name, _), runs in found if name == self.key for run in runs if run.start_index < player.cursor]
        ran.sort(key=lambda run: run.start_index)
        return next(iter(held), ran[-1].uuid if ran else "")

    def on_board_wheeled(self, event: Board.Wheeled) -> None:
        """The wheel scrolls."""
        self.command("down" if event.by > 0 else "up")

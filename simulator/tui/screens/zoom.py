"""The zoom into a worker or a message."""

from __future__ import annotations

from simulator.scene.inside import look_inside
from simulator.scene.letter import read_letter
from simulator.scene.sheet import Sheet, message_sheet
from simulator.scene.words import labels
from simulator.story.language import say
from simulator.tui.commands import ZOOM
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.sheet import draw_sheet
from simulator.tui.drawing.zoom import draw_message_zoom, draw_worker_zoom
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.session import Session
from simulator.tui.widgets.board import Board


class ZoomScreen(BoardScreen, inherit_bindings=False):
    """A picture of one thing, at whatever moment the session is."""

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
        """Its picture, or a word where it is not there."""
        session = self.session
        player, lang = session.player, session.lang
        world = player.score.run.world(player.cursor)
        hints = session.hints(ZOOM)
        if self.kind == "worker" and self.key in world.workers:
            inside = look_inside(player, self.key, lang, motion=session.motion)
            return draw_worker_zoom(session.scene(), inside, width, height, hints)
        if self.kind == "message" and self.key in world:
            letter = read_letter(player, self.key, lang)
            drawn = draw_message_zoom(session.scene(), letter, width, height, hints, self.offset_rows)
            if drawn is not None:
                return drawn
            return draw_sheet(message_sheet(player, self.key, lang), lang, width, height, hints, self.offset_rows)
        return draw_sheet(Sheet(self.key, say(labels.NOT_THERE_YET, lang), [], []), lang, width, height, hints)

    def copied(self) -> str:
        """The name or id of what the page is about."""
        return self.key

    def command(self, name: str, argument: str = "") -> None:
        """Scroll, zoom on, go back; the rest goes up."""
        match name:
            case "up" | "down":
                self.offset_rows = max(0, self.offset_rows + (1 if name == "down" else -1))
                self.redraw()
            case "zoom" if self.kind == "worker" and self._current_task():
                self._show_message(self._current_task())
            case "look":
                self._show_message(argument)
            case "zoom" | "escape":
                self.dismiss(None)
            case _:
                super().command(name, argument)

    def _show_message(self, uuid: str) -> None:
        self.kind, self.key, self.offset_rows = "message", uuid, 0
        self.redraw()

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

    def pressed(self, event: Board.Pressed) -> None:
        """Seek where a scale was pressed, else do what stands there."""
        zone = event.zone
        if zone.action == "seek":
            self.command("seek", f"{event.column}/{max(1, zone.width - 1)}")
        else:
            self.command(zone.action, zone.argument)

"""The zoom into a worker or a message."""

from __future__ import annotations

from simulator.scene.model import Scene
from simulator.scene.pages.letter import read_letter
from simulator.scene.pages.sheet import Sheet, message_sheet
from simulator.scene.stage.inside import look_inside
from simulator.scene.view import MessageZoom, View, WorkerZoom
from simulator.scene.words import labels
from simulator.story.language import say
from simulator.tui.controls import commands as c
from simulator.tui.controls.hints import Hint, player_hints
from simulator.tui.controls.shortcuts import ZOOM
from simulator.tui.drawing.pages.sheet import SMALLEST
from simulator.tui.drawing.stage.zoom import room_of_zoom
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.session import Session


class ZoomScreen(BoardScreen, inherit_bindings=False):
    """A picture of one thing at the session's moment."""

    KIND = ZOOM
    BINDINGS = bindings_of(ZOOM)
    SMALLEST = SMALLEST

    def __init__(self, session: Session, kind: str, key: str) -> None:
        """Show a `worker` or a `message` by its name or its task's id."""
        super().__init__()
        self.session = session
        self.kind = kind
        self.key = key

    def view(self, width: int, height: int) -> View:
        """Draw its picture, or a notice that it does not exist yet."""
        session = self.session
        player, lang = session.player, session.lang
        world = player.playback.run.world(player.cursor)
        if self.kind == "worker" and self.key in world.workers:
            return WorkerZoom(self._around(width, height), look_inside(player, self.key, lang, motion=session.motion))
        if self.kind == "message" and self.key in world:
            letter, sheet = read_letter(player, self.key, lang), message_sheet(player, self.key, lang)
            return MessageZoom(self._around(width, height), letter, sheet)
        return Sheet(self.key, say(labels.NOT_THERE_YET, lang), [], [])

    def _around(self, width: int, height: int) -> Scene:
        return self.session.scene(lambda draft: room_of_zoom(draft, width, height))

    def hints(self) -> list[Hint]:
        """List the commands possible now."""
        return player_hints(self.session.player, self.session.look, ZOOM)

    def copied(self) -> str:
        """The name or id of the picture's subject."""
        return self.key

    def do(self, command: c.Command) -> None:
        """Scroll, zoom on, go back; send other commands up."""
        match command:
            case c.Move(by):
                self.offset_rows = max(0, self.offset_rows + by)
                self.redraw()
            case c.Zoom() if self.kind == "worker" and self._current_task():
                self._show_message(self._current_task())
            case c.ZoomInto("message", key):
                self._show_message(key)
            case c.Zoom() | c.Escape():
                self.dismiss(None)
            case _:
                super().do(command)

    def _show_message(self, uuid: str) -> None:
        self.kind, self.key, self.offset_rows = "message", uuid, 0
        self.redraw()

    def _current_task(self) -> str:
        """The task that the worker shown runs, or has reserved, or ran last."""
        player = self.session.player
        worker = player.playback.run.world(player.cursor).workers.get(self.key)
        if worker is None:
            return ""
        held = [*(running.uuid for running in worker.active()), *worker.reserved()]
        found = player.playback.history.slots.items()
        ran = [run for (name, _), runs in found if name == self.key for run in runs if run.start_index < player.cursor]
        ran.sort(key=lambda run: run.start_index)
        return next(iter(held), ran[-1].uuid if ran else "")

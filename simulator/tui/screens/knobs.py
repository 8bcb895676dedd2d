"""The panel of knobs: choose one, turn it, and simulate again."""

from __future__ import annotations

from typing import Any

from simulator.course.knobs import list_knobs
from simulator.scene.change import Change
from simulator.scene.knobs import build_knobs
from simulator.scene.words import labels
from simulator.story.language import say
from simulator.tui.commands import KNOBS
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.knobs import draw_knobs
from simulator.tui.hints import screen_hints
from simulator.tui.plain import write_keys
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.session import Session
from simulator.tui.widgets.board import Board


class KnobsScreen(BoardScreen, inherit_bindings=False):
    """All knobs of a session's scenario; dismissed as soon as one was turned, with `change` set."""

    KIND = KNOBS
    BINDINGS = bindings_of(KNOBS)

    def __init__(self, session: Session) -> None:
        """The knobs at the moment of a session that has a scenario."""
        super().__init__()
        self.session = session
        world = session.run.world(session.player.cursor)
        scenario = session.run.scenario
        self.knobs = list_knobs(scenario, world.settings) if scenario is not None else []
        self.change: Change | None = None
        """What was asked for."""
        self.chosen = 0
        self.value: Any = self.knobs[0].current if self.knobs else None
        """The chosen one's, as far as it has been turned."""
        self.from_now = session.player.time > 0
        self.notice = ""

    def paint(self, width: int, height: int) -> Canvas:
        """The panel."""
        session = self.session
        hints = [hint for hint in screen_hints(KNOBS, session.lang) if hint.action != "when" or self._can_choose_when()]
        panel = build_knobs(
            self.knobs,
            self.chosen,
            self.value,
            self.from_now,
            session.player.time,
            session.lang,
            write_keys(self.notice),
        )
        return draw_knobs(panel, session.lang, width, height, hints)

    def _can_choose_when(self) -> bool:
        return bool(self.knobs) and self.knobs[self.chosen].running

    def command(self, name: str, argument: str = "") -> None:
        """Choose, turn, apply; the rest goes up."""
        self.notice = ""
        match name:
            case "up" | "down":
                self._choose(self.chosen + (1 if name == "down" else -1))
            case "pick":
                self._choose(int(argument))
            case "less" | "more" if self.knobs:
                self.value = self.knobs[self.chosen].turned(self.value, 1 if name == "more" else -1)
            case "when" if self._can_choose_when():
                self.from_now = bool(int(argument)) if argument else not self.from_now
            case "apply" if self.knobs:
                self._apply()
            case "escape":
                self.dismiss(None)
            case "less" | "more" | "when" | "apply":
                pass
            case _:
                super().command(name, argument)
                return
        self.redraw()

    def _choose(self, place: int) -> None:
        """Another knob; one that was turned and not applied goes back, which is said."""
        place = max(0, min(place, len(self.knobs) - 1))
        if self.knobs and place != self.chosen:
            left = self.knobs[self.chosen]
            if self.value != left.current:
                self.notice = say(labels.NOT_APPLIED, self.session.lang, name=left.name)
            self.chosen, self.value = place, self.knobs[place].current

    def _apply(self) -> None:
        knob = self.knobs[self.chosen]
        if self.value == knob.current:
            self.notice = say(labels.TURN_FIRST, self.session.lang)
            return
        kind = "set" if self.from_now and knob.running else "turn"
        self.change = Change(kind, knob.path, value=self.value)
        self.dismiss(None)

    def on_board_wheeled(self, event: Board.Wheeled) -> None:
        """The wheel turns the chosen knob."""
        self.command("more" if event.by < 0 else "less")

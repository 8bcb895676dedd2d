"""The panel of knobs: choose one, turn it, and simulate again."""

from __future__ import annotations

from typing import Any

from simulator.course.knobs import list_knobs
from simulator.scene.change import Change
from simulator.scene.knobs import build_knobs
from simulator.scene.view import View
from simulator.scene.words import labels
from simulator.story.language import say
from simulator.tui import commands as c
from simulator.tui.hints import Hint
from simulator.tui.keys import KNOBS
from simulator.tui.plain import write_keys
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.session import Session


class KnobsScreen(BoardScreen, inherit_bindings=False):
    """The knobs of a session's scenario; dismissed with a change when one is applied."""

    KIND = KNOBS
    BINDINGS = bindings_of(KNOBS)

    def __init__(self, session: Session) -> None:
        """The knobs at the moment of a session that has a scenario."""
        super().__init__()
        self.session = session
        world = session.run.world(session.player.cursor)
        scenario = session.run.scenario
        self.knobs = list_knobs(scenario, world.settings) if scenario is not None else []
        self.chosen = 0
        self.value: Any = self.knobs[0].current if self.knobs else None
        """The chosen one's, as far as it has been turned."""
        self.from_now = session.player.time > 0
        self.notice = ""

    def view(self, width: int, height: int) -> View:
        """The panel."""
        session = self.session
        return build_knobs(
            self.knobs,
            self.chosen,
            self.value,
            self.from_now,
            session.player.time,
            session.lang,
            write_keys(self.notice),
        )

    def hints(self) -> list[Hint]:
        """Without what the chosen knob does not offer."""
        return [hint for hint in super().hints() if hint.command != c.ChooseWhen() or self._can_choose_when()]

    def _can_choose_when(self) -> bool:
        return bool(self.knobs) and self.knobs[self.chosen].running

    def do(self, command: c.Command) -> None:
        """Choose, turn, apply; the rest goes up."""
        self.notice = ""
        match command:
            case c.Move(by):
                self._choose(self.chosen + by)
            case c.Pick(int(place)):
                self._choose(place)
            case c.TurnKnob(by):
                if self.knobs:
                    self.value = self.knobs[self.chosen].turned(self.value, by)
            case c.ChooseWhen(from_now):
                if self._can_choose_when():
                    self.from_now = not self.from_now if from_now is None else from_now
            case c.ApplyKnob():
                if self.knobs:
                    self._apply()
            case c.Escape():
                self.dismiss(None)
            case _:
                super().do(command)
                return
        self.redraw()

    def _choose(self, place: int) -> None:
        """Choose another knob; one that was turned but not applied is reset, with a notice."""
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
        self.dismiss(c.MakeHappen(Change(kind, knob.path, value=self.value)))

    def wheel(self, by: int, over: c.Command | None) -> c.Command:
        """Turn the chosen knob."""
        return c.TurnKnob(-by)

"""The panel of knobs: choose one, turn it, and simulate again."""

from __future__ import annotations

from typing import Any

from textual import work

from simulator.course.knobs import Knob, list_knobs
from simulator.scene.change import Change
from simulator.scene.pages.knobs import SureChart, build_knobs, build_sure_chart
from simulator.scene.view import View
from simulator.scene.words import labels, study_words
from simulator.story.language import say
from simulator.study.knob_study import KnobStudy
from simulator.tui.controls import commands as c
from simulator.tui.controls.hints import Hint
from simulator.tui.controls.shortcuts import KNOBS
from simulator.tui.screens.base import BoardScreen, bindings_of
from simulator.tui.session import Session
from simulator.tui.style.plain import write_keys

PAUSE = 0.25
"""Seconds between looks at a study's progress."""


class KnobsScreen(BoardScreen, inherit_bindings=False):
    """The knobs of a session's scenario; dismissed with a change when one is applied."""

    KIND = KNOBS
    BINDINGS = bindings_of(KNOBS)

    def __init__(self, session: Session) -> None:
        """Show the knobs at the moment of a session that has a scenario."""
        super().__init__()
        self.session = session
        world = session.run.world(session.player.cursor)
        scenario = session.run.scenario
        self.knobs = list_knobs(scenario, world.settings) if scenario is not None else []
        self.chosen = 0
        self.turned: dict[str, Any] = {}
        """Pending changes by path; they stay while others are turned."""
        self.from_now = session.player.time > 0 and not _solves(session)
        self.notice = ""
        self.study: KnobStudy | None = None
        """The runs that tell how sure a knob's effect is."""
        self._studied: Knob | None = None
        self._shown = 0

    def view(self, width: int, height: int) -> View:
        """The panel."""
        session = self.session
        return build_knobs(
            self.knobs,
            self.chosen,
            self.turned,
            self.from_now,
            session.player.time,
            session.lang,
            write_keys(self.notice),
            self._chart(),
        )

    def _chart(self) -> SureChart | None:
        study, knob = self.study, self._studied
        if study is None or knob is None:
            return None
        return build_sure_chart(knob, study.values, study.found, study.done, study.total, self.session.lang)

    def hints(self) -> list[Hint]:
        """The bottom line, without commands that the selected knob does not offer."""
        return [hint for hint in super().hints() if hint.command != c.ChooseWhen() or self._can_choose_when()]

    def _can_choose_when(self) -> bool:
        return bool(self.knobs) and self.knobs[self.chosen].running

    def do(self, command: c.Command) -> None:
        """Select, turn, apply; send other commands up."""
        self.notice = ""
        match command:
            case c.Move(by):
                self._choose(self.chosen + by)
            case c.Pick(int(place)):
                self._choose(place)
            case c.TurnKnob(by):
                if self.knobs:
                    self._turn(by)
            case c.ChooseWhen(from_now):
                if self._can_choose_when():
                    self.from_now = not self.from_now if from_now is None else from_now
            case c.ApplyKnob():
                if self.knobs:
                    self._apply()
            case c.AskHowSure():
                if self.knobs:
                    self._ask_how_sure()
            case c.Escape():
                self.dismiss(None)
            case _:
                super().do(command)
                return
        self.redraw()

    @property
    def value(self) -> Any:
        """The value of the selected knob."""
        knob = self.knobs[self.chosen]
        return self.turned.get(knob.path, knob.current)

    def _turn(self, by: int) -> None:
        knob = self.knobs[self.chosen]
        value = knob.turned(self.value, by)
        self.turned.pop(knob.path, None)
        if value != knob.current:
            self.turned[knob.path] = value

    def _choose(self, place: int) -> None:
        self.chosen = max(0, min(place, len(self.knobs) - 1))

    def _apply(self) -> None:
        """Apply all pending changes at once."""
        if not self.turned:
            self.notice = say(labels.TURN_FIRST, self.session.lang)
            return
        turned = (knob for knob in self.knobs if knob.path in self.turned)
        changes = [
            Change("set" if self.from_now and knob.running else "turn", knob.path, value=self.turned[knob.path])
            for knob in turned
        ]
        self.dismiss(c.MakeHappen(changes[0], tuple(changes[1:])))

    def _ask_how_sure(self) -> None:
        """Begin a study of the selected knob; one under way ends."""
        self._end_study()
        knob, scenario = self.knobs[self.chosen], self.session.run.scenario
        if knob.path == "seed":
            self.notice = say(study_words.SEED_VARIES, self.session.lang)
        elif scenario is not None:
            self.study, self._studied = KnobStudy(scenario, knob.path, knob.values, knob.current), knob
            self._work(self.study)

    @work(thread=True)
    def _work(self, study: KnobStudy) -> None:
        """Play the study's runs in a thread."""
        study.work()

    def _end_study(self) -> None:
        if self.study is not None:
            self.study.cancelled = True

    def on_mount(self) -> None:
        """Show how a study gets on."""
        self.set_interval(PAUSE, self._show_progress)

    def _show_progress(self) -> None:
        if self.study is not None and self.study.done != self._shown:
            self._shown = self.study.done
            self.redraw()

    def on_worker_state_changed(self) -> None:
        """Show the last of a study at once."""
        self._show_progress()

    def on_unmount(self) -> None:
        """End the study with the screen."""
        self._end_study()

    def wheel(self, by: int, over: c.Command | None) -> c.Command:
        """Turn the selected knob."""
        return c.TurnKnob(-by)


def _solves(session: Session) -> bool:
    """Return True if settings are turned to solve an exercise: then they apply from the start."""
    lesson = session.run.start.scenario
    return lesson is not None and lesson.model.exercise is not None

"""What becomes of a run if something else happens: what-ifs, knobs, the console's orders, and comparing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.console.answers import Order
from simulator.play.pair import Contrast, Pair
from simulator.play.score import Score
from simulator.scenario import Problem
from simulator.scene.change import Change, read_change
from simulator.scene.words import labels
from simulator.story.language import first_language, say
from simulator.story.problems.errors import message
from simulator.trace.time import MICROS
from simulator.tui.drawing.console import Entry
from simulator.tui.drawing.sheet import Choice, Choices
from simulator.tui.others import Other, list_others
from simulator.tui.rerun import Rerun
from simulator.tui.screens.choose import MenuScreen
from simulator.tui.screens.compare import CompareScreen
from simulator.tui.screens.console import refusal
from simulator.tui.screens.knobs import KnobsScreen
from simulator.tui.session import Session

if TYPE_CHECKING:
    from simulator.tui.app import AckademyApp


class Branches:
    """Asks what is to be different, and has it simulated behind the screen."""

    def __init__(self, app: AckademyApp) -> None:
        """Ask on the screens of an application."""
        self.app = app

    # -- what if ------------------------------------------------------------------------------------------------

    def ask_what_if(self, session: Session) -> None:
        """Show what may be made to happen, and do what is picked."""
        session.do("rest")
        if session.run.scenario is None:
            session.say(labels.NO_SCENARIO)
        elif session.can("what_if"):
            changes = session.changes()
            time = f"{session.player.time / MICROS:.2f}"

            def choices(chosen: int) -> Choices:
                lines = [Choice(say(change.words, self.app.lang, **change.params)) for change in changes]
                lines.append(Choice(say(labels.TURN_A_KNOB, self.app.lang)))
                title = say(labels.WHAT_IF_TITLE, self.app.lang, time=time)
                return Choices(title, "", lines, chosen, [], numbered=True)

            def picked(place: str | None) -> None:
                if place is not None and int(place) < len(changes):
                    self._change(session, changes[int(place)])
                elif place is not None:
                    self.app.carry_out("knobs")

            self.app.push_screen(MenuScreen(choices), picked)

    def open_knobs(self, session: Session) -> None:
        """Show the settings that may be turned, and turn what is."""
        session.do("rest")
        if session.run.scenario is None:
            session.say(labels.NO_SCENARIO)
        elif session.can("knobs"):
            panel = KnobsScreen(session)

            def turned(_: str | None) -> None:
                if panel.change is not None:
                    self._change(session, panel.change)
                self.app.redraw()

            self.app.push_screen(panel, turned)

    def _change(self, session: Session, change: Change) -> None:
        scenario, edit, asked = session.run.scenario, change.edit(session.player), session.player
        if scenario is None:
            return
        rerun = Rerun(lambda: scenario.edited(edit), session.run)
        self.app.simulate_behind(session, rerun, lambda score: session.enter(score, change, asked))

    def obey(self, session: Session, order: Order, entry: Entry) -> None:
        """Carry out what was ordered in the console, and answer it there."""
        scenario = session.run.scenario
        if scenario is None:
            return
        asked = session.player
        change = read_change(order.edits[0])
        if change is None or len(order.edits) > 1:
            change = Change("control", order.text)

        def obeyed(score: Score) -> None:
            session.enter(score, change, asked)
            entry.answer = order.answer(score.run)

        def refused(problems: list[Problem]) -> None:
            entry.answer = refusal(message(problems[0], first_language(self.app.lang)))

        self.app.simulate_behind(session, Rerun(lambda: scenario.edited(*order.edits), session.run), obeyed, refused)

    # -- comparing ----------------------------------------------------------------------------------------------

    def ask_what_to_compare(self, session: Session) -> None:
        """Show what there is to compare with, if there is more than one, and compare."""
        session.do("rest")
        others = list_others(session.player)
        if not others:
            session.say(labels.NOTHING_TO_COMPARE)
        elif len(others) == 1:
            self._compare(session, others[0])
        elif session.can("compare"):

            def choices(chosen: int) -> Choices:
                lines = [Choice(other.describe(self.app.lang)) for other in others]
                return Choices(say(labels.COMPARE_WITH, self.app.lang), "", lines, chosen, [], numbered=True)

            menu = MenuScreen(choices)
            self.app.push_screen(
                menu, lambda place: None if place is None else self._compare(session, others[int(place)])
            )

    def _compare(self, session: Session, other: Other) -> None:
        made: list[Contrast] = []
        here = session.player

        def contrast(score: Score) -> None:
            made.append(other.contrast(here.score, score, session.lang))

        def show(_: Score) -> None:
            self.app.push_screen(CompareScreen(session, Pair.at(made[0], here.time)))

        self.app.simulate_behind(session, Rerun(other.make, then=contrast), show)

"""Branches of a run: what-ifs, knobs, console commands, and comparison."""

from __future__ import annotations

from simulator.console.answers import Order
from simulator.measure.calibration import Calibration
from simulator.play.pair import Contrast, Pair
from simulator.play.playback import Playback
from simulator.scenario import Problem
from simulator.scene.change import Change, read_change
from simulator.scene.words import labels
from simulator.story.language import first_language, say
from simulator.story.problems.errors import message
from simulator.story.report.calibration import short_verdict
from simulator.story.values import clock_text
from simulator.tui.background import CALIBRATED_BY, Calibrating, Rerun
from simulator.tui.controls import commands as c
from simulator.tui.drawing.pages.console import Exchange
from simulator.tui.host import Host
from simulator.tui.others import Other, list_others
from simulator.tui.screens.choose import MenuScreen
from simulator.tui.screens.compare import CompareScreen
from simulator.tui.screens.console import refusal
from simulator.tui.screens.knobs import KnobsScreen
from simulator.tui.session import Session


class Branches:
    """Dialogs for changes, whose runs are simulated in the background."""

    def __init__(self, host: Host) -> None:
        """Use the screens of an application."""
        self.host = host

    # -- what if ------------------------------------------------------------------------------------------------

    def ask_what_if(self, session: Session) -> None:
        """Show the what-ifs."""
        session.rest()
        if session.run.scenario is None:
            self._offer_model(session)
        elif session.can(c.AskWhatIf()):
            changes = session.changes()
            time = clock_text(session.player.time)
            entries: list[tuple[str, c.Command]] = [
                (say(change.words, self.host.lang, **change.params), c.MakeHappen(change)) for change in changes
            ]
            entries.append((say(labels.TURN_A_KNOB, self.host.lang), c.OpenKnobs()))
            self.host.open(MenuScreen(say(labels.WHAT_IF_TITLE, self.host.lang, time=time), entries))

    def open_knobs(self, session: Session) -> None:
        """Show the settings that can be turned."""
        session.rest()
        if session.run.scenario is None:
            self._offer_model(session)
        elif session.can(c.OpenKnobs()):
            self.host.open(KnobsScreen(session))

    def _offer_model(self, session: Session) -> None:
        """Offer the model of a recording, which cannot be changed itself."""
        if session.run.model is None:
            session.say(labels.NO_SCENARIO)
            return
        entry = say(labels.ENTER_MODEL, self.host.lang)
        title = say(labels.WHAT_IF_TITLE, self.host.lang, time=clock_text(session.player.time))
        self.host.open(MenuScreen(title, [(entry, c.EnterModel()), (self._trust(session), c.Calibrate())]))

    def _trust(self, session: Session) -> str:
        """Say how far the model of a recording may be trusted, or offer to find out."""
        lang = first_language(self.host.lang)
        if session.calibrated is None or session.calibrated[0] is not session.run:
            return labels.CALIBRATE.text(lang, runs=CALIBRATED_BY)
        return short_verdict(session.calibrated[1], lang)

    def calibrate(self, session: Session) -> None:
        """Hold the model of a recording against it, then offer both again, with the verdict."""
        run = session.run
        if run.model is None:
            return

        def tell(found: Calibration) -> None:
            session.calibrated = run, found
            if session.run is run:
                self._offer_model(session)

        self.host.run_behind(session, Calibrating(run.trace, run.model), tell)

    def enter_model(self, session: Session) -> None:
        """Continue, at the same time, in the model of a recording: in it, nothing fails any more from here on."""
        model, asked = session.run.model, session.player
        if model is None:
            return
        rerun = Rerun(lambda: model(asked.time), session.run)
        self.host.run_behind(session, rerun, lambda found: session.enter(found, Change("model", ""), asked))

    def change(self, session: Session, *changes: Change) -> None:
        """Continue in a run with changes."""
        scenario, asked = session.run.scenario, session.player
        edits = [change.edit(session.player) for change in changes]
        if scenario is None:
            return
        rerun = Rerun(lambda: scenario.edited(*edits), session.run)
        self.host.run_behind(session, rerun, lambda playback: session.enter(playback, changes[0], asked, len(edits)))

    def obey(self, session: Session, order: Order, exchange: Exchange) -> None:
        """Carry out a console command, and print its answer there."""
        scenario = session.run.scenario
        if scenario is None:
            return
        asked = session.player
        change = read_change(order.edits[0])
        if change is None or len(order.edits) > 1:
            change = Change("control", order.text)

        def obeyed(playback: Playback) -> None:
            session.enter(playback, change, asked)
            exchange.answer = order.answer(playback.run)

        def refused(problems: list[Problem]) -> None:
            exchange.answer = refusal(message(problems[0], first_language(self.host.lang)))

        self.host.run_behind(session, Rerun(lambda: scenario.edited(*order.edits), session.run), obeyed, refused)

    # -- comparing ----------------------------------------------------------------------------------------------

    def ask_what_to_compare(self, session: Session) -> None:
        """Show the runs to compare with; compare at once if there is only one."""
        session.rest()
        others = list_others(session.player)
        if not others:
            session.say(labels.NOTHING_TO_COMPARE)
        elif len(others) == 1:
            self.compare(session, others[0])
        elif session.can(c.Compare()):
            entries = [(other.describe(self.host.lang), c.CompareWith(other)) for other in others]
            self.host.open(MenuScreen(say(labels.COMPARE_WITH, self.host.lang), entries))

    def compare(self, session: Session, other: Other) -> None:
        """Show both runs once the other one is simulated."""
        made: list[Contrast] = []
        here = session.player

        def contrast(playback: Playback) -> None:
            made.append(other.contrast(here.playback, playback, session.lang))

        def show(_: Playback) -> None:
            self.host.open(CompareScreen(session, Pair.at(made[0], here.time)))

        self.host.run_behind(session, Rerun(other.make, then=contrast), show)

"""The terminal for a class: station after station, each with its run and the votes on its questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from time import monotonic

from simulator.course.stations import ClassStation
from simulator.scenario.schema import Ask
from simulator.scene.pages.ballot import Ballot
from simulator.scene.words import class_words
from simulator.story.catalog import pick
from simulator.story.language import say, tell
from simulator.story.report.summary import Table, plain_table
from simulator.story.stops import outcome_of
from simulator.tui.app import AckademyApp
from simulator.tui.background import Simulator
from simulator.tui.controls import commands as c
from simulator.tui.screens.main import MainScreen
from simulator.tui.screens.phones import Phones, RoomScreen
from simulator.tui.screens.station import ClassStage, StationScreen
from simulator.tui.screens.vote import VoteScreen
from simulator.tui.session import Session
from simulator.tui.settings import SettingsFile, UserSettings

Key = tuple[int, int]
"""A question: the index of its station, and its number in the run."""


class ClassApp(AckademyApp):
    """A class. It begins at the card of a station, or at a question if the one station has no words."""

    def __init__(
        self,
        simulate: Simulator,
        lang: str,
        stations: Sequence[ClassStation],
        title: Mapping[str, str] | None = None,
        question: int = 1,
        *,
        motion: bool | None = None,
        settings: UserSettings | None = None,
        kept: SettingsFile | None = None,
        now: Callable[[], float] = monotonic,
        phones: Phones | None = None,
    ) -> None:
        """Begin a class.

        Args:
            simulate: the engine.
            lang: `ko`, `en` or `both`.
            stations: its parts; without a plan, one run alone.
            title: of the plan; None without one.
            question: number of the first run's question to begin with, from 1.
            motion: whether steps are seen as movement.
            settings: how it is to look.
            kept: where choices are kept.
            now: a clock in seconds.
            phones: that vote too; they are invited first.
        """
        super().__init__(simulate, lang, stations[0].run, motion=motion, settings=settings, kept=kept)
        self._learns = False
        over = [] if title is None else [ClassStation(class_words.OVER._asdict(), 0)]
        self.stations = [*stations, *over]
        self.title_of_plan = title
        self._first = question
        self._now = now
        self._begun = now()
        self.place = 0
        """Index of the current station."""
        self.phones = phones
        self.ballots: dict[Key, Ballot] = {}
        """The votes, as far as they have gone."""
        if phones is not None:
            asks = {f"{place}/{number}": ask for (place, number), ask in _questions(self.stations)}
            for name, ballot in phones.kept(asks).items():
                place, _, number = name.partition("/")
                self.ballots[int(place), int(number)] = ballot
        self._opened: set[Key] = set()
        """Questions whose vote has opened by itself."""

    def begin(self) -> None:
        """Show the first station; without a plan, its run."""
        if self.title_of_plan is None:
            self._play(self.stations[0])
            self._skip_to_first()
        elif self.phones is not None:
            self.open(RoomScreen(self.phones, self.title_of_plan))
        else:
            self.go_to(0)

    def go_to(self, place: int) -> None:
        """Show the card of a station; without a plan, there is none."""
        if self.title_of_plan is None:
            return
        self.place = max(0, min(place, len(self.stations) - 1))
        self.session = None
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.open(StationScreen(self.stations[self.place], self._title, self.clock))

    def _play(self, station: ClassStation) -> None:
        assert station.run is not None
        self.play(station.run)
        self._present()

    def _present(self) -> None:
        if self.session is not None:
            self.open(ClassStage(self.session, self.clock, lambda number: (self.place, number) in self.ballots))

    def _skip_to_first(self) -> None:
        session = self.session
        assert session is not None
        for _ in range(self._first - 1):
            _go_to_question(session)
            session.do(c.Skip())

    def _title(self) -> str:
        title = " / ".join(tell(self.title_of_plan or {}, self.lang))
        count = len(self.stations) - 1
        if self.place == count:
            return title
        number = say(class_words.STATION, self.lang, number=self.place + 1, count=count)
        station = self.stations[self.place]
        words = class_words.MINUTES_AND_OWN if station.own else class_words.MINUTES
        minutes = say(words, self.lang, minutes=station.minutes, own=station.own) if station.minutes else ""
        told = [number, *([minutes] if minutes else []), title]
        return " · ".join(told)

    def clock(self) -> str:
        """Minutes since the beginning, and those planned up to the end of this station; empty without a plan."""
        if self.title_of_plan is None:
            return ""
        if not any(station.minutes for station in self.stations):
            return ""
        planned = sum(station.minutes for station in self.stations[: self.place + 1])
        return say(class_words.CLOCK, self.lang, spent=int(self._now() - self._begun) // 60, planned=planned)

    def do(self, command: c.Command) -> None:
        """Carry out the commands of a class; the rest as any application."""
        session = self.session
        match command:
            case c.GoToStation(by):
                self.go_to(self.place + by)
            case c.Present() if session is None:
                self._play(self.stations[self.place])
            case c.Present() if isinstance(self.screen, MainScreen):
                self._present()
            case c.OpenVote() if session is not None:
                self._open_vote(session)
            case c.LetRun(choice) if session is not None:
                session.do(c.Skip() if choice is None else c.AnswerQuestion(choice))
                session.do(c.Play())
                self.start_clock()
            case _:
                super().do(command)
                return
        self.redraw()

    def redraw(self) -> None:
        """Redraw; where the run has come to a question or its answer, open the vote."""
        super().redraw()
        session, stage = self.session, self.screen
        if session is None or not isinstance(stage, ClassStage) or stage.black or session.player.is_moving:
            return
        player = session.player
        asked, shown = player.open_question, player.verdict
        comes = asked is not None and self._key(asked.number) not in self._opened
        if comes or (asked is None and shown is not None and shown.number not in stage.revealed):
            self._open_vote(session)

    def _key(self, number: int) -> Key:
        return self.place, number

    def _open_vote(self, session: Session) -> None:
        """Open the vote on this moment's question: to count, or to reveal where the run has answered it."""
        player, stage = session.player, self.screen
        stop = player.open_question or player.verdict or player.question
        if stop is None:
            return
        key = self._key(stop.number)
        ballot = self.ballots.get(key)
        if player.open_question is None and player.verdict is stop and ballot is not None:
            ballot = ballot.reveal()
            self.ballots[key] = ballot
        elif ballot is not None and ballot.revealed:
            ballot = ballot.close()  # begun anew: the run has yet to tell
        if isinstance(stage, ClassStage) and player.open_question is None:
            stage.revealed.add(stop.number)
        self._opened.add(key)
        if ballot is None and player.open_question is None:
            self.redraw()  # nobody was asked: the stage tells the answer
            return
        name = f"{key[0]}/{key[1]}"

        def keep(kept: Ballot) -> None:
            self.ballots[key] = kept

        self.open(VoteScreen(session, stop, ballot, keep, self.phones, name, self.clock))


def _questions(stations: Sequence[ClassStation]) -> Iterator[tuple[Key, Ask]]:
    """Yield every question of a class."""
    for place, station in enumerate(stations):
        for stop in station.run.stops if station.run is not None else ():
            if isinstance(stop.item, Ask):
                yield (place, stop.number), stop.item


def counts_lines(stations: Sequence[ClassStation], ballots: Mapping[Key, Ballot], lang: str) -> list[str]:
    """All counts as a table: a line for each choice of each question; nothing without votes."""
    one = "ko" if lang == "ko" else "en"
    head = [say(words, one) for words in (class_words.QUESTION, class_words.BEFORE, class_words.AFTER)]
    rows = []
    for (place, number), ballot in sorted(ballots.items()):
        run = stations[place].run
        if run is None or not (ballot.total or ballot.first):
            continue
        stop = next(stop for stop in run.stops if stop.is_question and stop.number == number)
        right = outcome_of(stop, run.trace).right if ballot.revealed else None
        rows.append([pick(getattr(stop.item, "text", {}), one), "", ""])
        before, after = (ballot.all_counts, None) if ballot.first is None else (ballot.first, ballot.all_counts)
        for index, choice in enumerate(getattr(stop.item, "choices", ())):
            mark = f"  ({say(class_words.ANSWER, one)})" if index == right else ""
            told = pick(choice.text, one) or choice.key
            rows.append([f"  {told}{mark}", str(before[index]), str(after[index]) if after is not None else ""])
    return plain_table(Table(say(class_words.COUNTED, one), head, rows, names=1)) if rows else []


def _go_to_question(session: Session) -> None:
    """Go to the next question, past the caption that leads to it, or to the end."""
    while session.player.open_question is None and not session.player.at_end:
        session.do(c.GoToEnd())

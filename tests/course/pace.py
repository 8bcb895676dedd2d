"""How long a class takes: the program led through its plan, with a clock that runs as long as people read and think."""

from __future__ import annotations

from dataclasses import dataclass

from textual.pilot import Pilot

from simulator.course.stations import ClassStation
from simulator.engine import simulate
from simulator.scene.pages.ballot import BallotBox
from simulator.scene.pages.station import StationCard
from simulator.scene.view import Presented
from simulator.tui.screens.station import ClassStage, StationScreen
from simulator.tui.screens.vote import VoteScreen
from simulator.tui.voting import ClassApp

SIZE = 80, 24

WORDS, LETTERS = 180, 350
"""A minute's reading: words of English, characters of Korean."""

LOOK = 5
"""Seconds for the stage at each place where the run rests, beside what is read there."""

COUNT = 60
"""Seconds to think, raise hands and type their numbers; once more after the discussion."""

BARS = 15
"""Seconds in which the class looks at the bars."""

TALK = 60
"""Seconds in which the reason is talked through, beside those to read it; and a table's values."""

FRAME = 0.1
"""Seconds by which a run is played on."""


def reading(texts: list[str], lang: str) -> float:
    """Seconds to read texts."""
    text = " ".join(texts)
    return 60 * (len(text.split()) / WORDS if lang == "en" else len(text) / LETTERS)


@dataclass
class Walk:
    """A class that is led from the first card to the last, by page down alone but for the discussions."""

    stations: list[ClassStation]
    lang: str

    def __post_init__(self) -> None:
        """Begin at nought."""
        self.seconds = 0.0
        self.spent = [0.0] * len(self.stations)
        """Seconds by station."""
        self.questions = [0] * len(self.stations)
        """Questions that were revealed, by station."""
        self.app = ClassApp(
            simulate, self.lang, self.stations, {"en": "A class", "ko": "수업"}, motion=False, now=lambda: self.seconds
        )

    async def lead(self) -> None:
        """Lead the class to its end."""
        async with self.app.run_test(size=SIZE) as pilot:
            await pilot.pause()
            while self.app.place < len(self.stations):
                place = self.app.place
                before = self.seconds
                await self._one_screen(pilot)
                self.spent[place] += self.seconds - before

    async def _one_screen(self, pilot: Pilot[int]) -> None:
        screen, station = self.app.screen, self.stations[self.app.place]
        view = screen.view(*SIZE)  # type: ignore[attr-defined]
        match screen, view:
            case StationScreen(), StationCard():
                if screen.revealed:
                    self.seconds += TALK
                else:
                    self.seconds += reading(view.texts, self.lang) + (60 * station.own if station.run is None else 0)
            case VoteScreen(), BallotBox():
                await self._vote(pilot, screen, view, station)
                return
            case ClassStage(), Presented():
                self.seconds += LOOK + reading([line.text for line in view.scene.words], self.lang)
            case _:
                raise AssertionError(screen)
        await self._press(pilot, "pagedown")

    async def _vote(self, pilot: Pilot[int], screen: VoteScreen, box: BallotBox, station: ClassStation) -> None:
        place = self.app.place
        match screen.ballot.phase:
            case "count":
                if screen.ballot.first is None:
                    self.seconds += reading(
                        [*box.texts, *(text for line in box.lines for text in line.texts)], self.lang
                    )
                self.seconds += COUNT
                await self._press(pilot, "1", "enter")
            case "counted":
                self.seconds += BARS
                discusses = station.own and screen.stop.number == 1 and screen.ballot.first is None
                self.seconds += 60 * station.own if discusses else 0
                await self._press(pilot, "space" if discusses else "enter")
            case "reveal":
                self.seconds += reading(box.footer[:-1], self.lang) + TALK
                self.questions[place] += 1
                await self._press(pilot, "pagedown")

    async def _press(self, pilot: Pilot[int], *keys: str) -> None:
        await pilot.press(*keys)
        await pilot.pause()
        session = self.app.session
        while session is not None and session.player.is_moving:  # the run plays at its normal speed
            session.advance(FRAME)
            self.seconds += FRAME
        self.app.redraw()
        await pilot.pause()

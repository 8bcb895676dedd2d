"""The phones of a class, as its screens see them, and the screen that invites them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from simulator.scenario.schema import Ask
from simulator.scene.pages.ballot import Ballot
from simulator.scene.pages.station import StationCard
from simulator.scene.view import View
from simulator.scene.words import class_words
from simulator.story.language import say, tell
from simulator.tui.controls import commands as c
from simulator.tui.controls.hints import Hint
from simulator.tui.controls.shortcuts import STATION
from simulator.tui.screens.base import BoardScreen, bindings_of


class Phones(Protocol):
    """A room in which phones vote."""

    @property
    def address(self) -> str:
        """The address to open."""

    @property
    def code(self) -> list[str]:
        """The address as a QR code."""

    @property
    def joined(self) -> int:
        """Number of phones that listen."""

    @property
    def answered(self) -> int:
        """Number of votes in the open round."""

    def ask(self, key: str, ask: Ask, number: int) -> None:
        """Open a round (1 or 2) of a question."""

    def close(self) -> tuple[int, ...]:
        """Close the round; returns its counts."""

    def reveal(self, key: str, right: int | None) -> None:
        """Show what was right."""

    def kept(self, asks: Mapping[str, Ask]) -> Mapping[str, Ballot]:
        """The votes so far on these questions: of a room that goes on."""


class RoomScreen(BoardScreen, inherit_bindings=False):
    """The invitation: a QR code and the address; dismissed with the way on."""

    KIND = STATION
    BINDINGS = bindings_of(STATION)

    def __init__(self, phones: Phones, title: Mapping[str, str]) -> None:
        """Invite to a room."""
        super().__init__()
        self.phones, self.title_of_class = phones, title

    def on_mount(self) -> None:
        """Count those who come."""
        self.set_interval(1, self.redraw)

    def hints(self) -> list[Hint]:
        """The keys; nothing comes before it."""
        onward = say(class_words.BEGIN, self.lang)
        hints = [hint for hint in super().hints() if hint.command not in (c.GoToMark(-1), c.Escape())]
        return [replace(hint, label=onward) if hint.command == c.Reveal() else hint for hint in hints]

    def view(self, width: int, height: int) -> View:
        """The card."""
        about = say(class_words.JOINED, self.lang, count=self.phones.joined)
        title = " / ".join(tell(self.title_of_class, self.lang))
        texts = [say(class_words.JOIN, self.lang)]
        return StationCard(title, about, texts, [], self.phones.address, self.phones.code)

    def do(self, command: c.Command) -> None:
        """Go on; send other commands up."""
        match command:
            case c.Reveal():
                self.dismiss(c.GoToStation(0))
            case c.GoToMark(-1) | c.Escape():
                pass
            case _:
                super().do(command)

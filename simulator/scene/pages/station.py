"""A station of a class before it begins, legible from the back of a room: what to do, and the table to fill in."""

from __future__ import annotations

from simulator.course.stations import ClassStation, ClassTable
from simulator.scene.part import ScenePart
from simulator.scene.words import class_words as words
from simulator.story.catalog import pick
from simulator.story.language import say, tell


class StationCard(ScenePart, frozen=True, tag="station"):
    """The whole screen."""

    title: str
    about: str
    texts: list[str]
    """The task of the class, in each language shown."""
    table: list[list[str]]
    """Rows of a table, its headings first; empty without one."""
    address: str = ""
    """The address of the room that phones open; empty where there is none."""
    code: list[str] = []
    """The same as a QR code: rows of `#` (dark) and blanks, with its margin."""


def build_station(
    station: ClassStation, title: str, about: str, lang: str, *, revealed: bool, aside: str = ""
) -> StationCard:
    """Build the card of a station; the values of its table only if they are `revealed`."""
    texts = tell(station.text, lang) + ([aside] if aside else [])
    table = _rows(station.table, lang, revealed=revealed) if station.table is not None else []
    return StationCard(title, about, texts, table)


def _rows(table: ClassTable, lang: str, *, revealed: bool) -> list[list[str]]:
    one = "ko" if lang == "ko" else "en"
    head = [say(words.CASE, one), *(pick(column, one) for column in table.columns)]
    blank = say(words.BLANK, one)
    return [head, *([pick(name, one), *(v if revealed else blank for v in values)] for name, values in table.rows)]

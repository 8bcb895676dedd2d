"""The screens of a class, held against files like the others: invitation, cards, table, votes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pytest

from simulator.course.stations import ClassStation, make_stations
from simulator.engine import simulate
from simulator.scenario.plan import load_plan
from simulator.scenario.schema import Ask
from simulator.scene.pages.ballot import Ballot
from simulator.tui.voting import ClassApp
from tests.screens.shot import PLAIN, look_at, same_hash
from tests.screens.test_golden import FOLDER, WRITE

TITLE = {"en": "A class", "ko": "수업"}


class StillPhones:
    """Phones of which two have answered, in a room that never changes."""

    address = "http://192.168.0.5:8040/k7qm2"
    code = ("#" * 21 + "\n" + "# " * 10 + "#\n").splitlines() * 12
    joined = 3
    answered = 2

    def ask(self, key: str, ask: Ask, number: int) -> None:
        pass

    def close(self) -> tuple[int, ...]:
        return (2, 0, 1)

    def reveal(self, key: str, right: int | None) -> None:
        pass

    def kept(self, asks: Mapping[str, Ask]) -> Mapping[str, Ballot]:
        return {}


@cache
def stations(only: str) -> list[ClassStation]:
    """The stations of the plan for an hour of one kind."""
    made = make_stations(*load_plan("class-60"), simulate)
    return [one for one in made if (one.table if only == "table" else one.run) is not None][:1]


TO_VOTE = ["pagedown"] * 4
SCREENS = {
    "class-card": ("run", False, []),
    "class-table": ("table", False, ["enter"]),
    "class-room": ("run", True, []),
    "class-count": ("run", True, ["enter", *TO_VOTE, "1"]),
    "class-second": ("run", True, ["enter", *TO_VOTE, "1", "enter", "space", *"4/0/2", "enter"]),
}


@pytest.mark.parametrize("name", SCREENS)
def test_the_screens_of_a_class(name: str) -> None:
    only, invites, keys = SCREENS[name]
    phones = StillPhones() if invites else None
    app = ClassApp(simulate, "en", stations(only), TITLE, motion=False, settings=PLAIN, phones=phones, now=lambda: 0.0)
    with same_hash():
        shots = look_at(app, keys, ["en", "ko"], [(80, 24), (140, 40)])
    for (lang, size), shot in shots.items():
        path = FOLDER / f"{name}.{lang}.{size[0]}x{size[1]}.txt"
        text = "\n".join(line.rstrip() for line in shot.text.splitlines()) + "\n"
        if WRITE:
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), path.name

"""Two runs at one moment as displayed: side by side, where they diverge, and their measures."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import structs

from simulator.play.axis import Span
from simulator.play.pair import Pair
from simulator.scene.build import Outline, outline_scene
from simulator.scene.look import Look
from simulator.scene.model import Scene
from simulator.scene.part import ScenePart
from simulator.scene.room import FULL, Room
from simulator.scene.words import labels
from simulator.story.catalog import Words
from simulator.story.language import first_language, say, tell
from simulator.story.report.comparison import ROWS, Divergence, cell_text
from simulator.story.values import shown_seconds

UNFOLDED = Span(folds=False)
"""Two timelines share a scale only if neither is folded."""


class Side(ScenePart, frozen=True):
    """One of the two runs."""

    name: str
    scene: Scene
    """Its current state, with its timeline on the scale of the longer run."""
    now: str
    """The last event, in words."""
    divergence: str
    """Its event where the runs diverge."""


class MeasureRow(ScenePart, frozen=True):
    """A measure of both runs, formatted."""

    name: str
    values: tuple[str, str]
    differs: bool


class CompareScene(ScenePart, frozen=True, tag="compare"):
    """The comparison screen."""

    lang: str
    title: str
    time: int
    sides: tuple[Side, Side]
    diverged_at: int | None
    """Time at which they diverge, in microseconds."""
    divergence: str
    """Says whether they diverge."""
    measures: list[MeasureRow]
    """Those that differ first."""


Rooms = tuple[Room, Room]
"""The room of each side."""


def build_compare(pair: Pair, lang: str, fit: Callable[[CompareScene], Rooms] | Rooms = (FULL, FULL)) -> CompareScene:
    """Build both runs of a pair now; `fit` determines the room once the rest is known."""
    contrast = pair.contrast
    found = contrast.divergence(lang)
    told = (found.one, found.other) if found is not None else (None, None)
    sides, drafts = list[Side](), list[Outline]()
    for name, player, moment in zip(contrast.names(lang), pair.players, told, strict=True):
        draft = outline_scene(player, Look(lang, future=False, span=UNFOLDED), pair.time, pair.end)
        scene = draft.scene
        drafts.append(draft)
        now = next((line.text for line in scene.words if line.kind == "now"), "")
        sides.append(Side(name, scene, now, _told(moment, found, lang)))
    one = first_language(lang)
    rows = [
        MeasureRow(
            ROWS.get(name, Words(name, name)).text(one),
            (cell_text(mine, unit, one), cell_text(theirs, unit, one)),
            mine != theirs,
        )
        for name, unit, (mine, theirs) in contrast.measures
    ]
    view = CompareScene(
        lang,
        f"{say(labels.COMPARE, lang)}: {' / '.join(tell(contrast.one.run.title, lang))}",
        pair.time,
        (sides[0], sides[1]),
        pair.diverged_at,
        _warm_shutdown(pair, lang),
        sorted(rows, key=lambda row: not row.differs),
    )
    rooms = fit if isinstance(fit, tuple) else fit(view)
    filled = [
        structs.replace(side, scene=draft.fill(room))
        for side, draft, room in zip(view.sides, drafts, rooms, strict=True)
    ]
    return structs.replace(view, sides=(filled[0], filled[1]))


def _told(moment: tuple[int, str] | None, found: Divergence | None, lang: str) -> str:
    if found is None:
        return ""
    return say(labels.NOTHING_MORE, lang) if moment is None else f"[{shown_seconds(moment[0])}] {moment[1]}"


def _warm_shutdown(pair: Pair, lang: str) -> str:
    if pair.diverged_at is not None:
        return say(labels.DIVERGED, lang, time=shown_seconds(pair.diverged_at))
    return say(labels.SAME_RUN if pair.contrast.is_same else labels.SAME_WORDS, lang)

"""A run as frames: the scene of each moment, what moves on the way there, and how long it lasts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2
from typing import Any

import msgspec

from simulator.play.axis import Span
from simulator.play.playback import Place, Playback
from simulator.play.player import Player
from simulator.scene.build import build_scene, tell_chapters
from simulator.scene.look import WHOLE, Look
from simulator.scene.model import Scene
from simulator.scene.moment import tell_moment
from simulator.scene.room import Room
from simulator.scene.stage.flights import find_flights
from simulator.story.stops import Stop

ROOM = Room(items=8, workers=24, time=320, rows=26, scrubber=160)
"""Room on a page."""

PARTS = (
    *("time", "chapters", "producers", "queues", "workers", "counts", "words", "chart"),
    *("look", "down", "services", "names", "store"),
)
"""The parts of a scene that a page draws; the others belong to the terminal or to its user."""

FOLLOWED = 30
"""Most events between two frames whose movements are shown."""

NEAR = 12
"""Moments kept before and after each mark of a run that is too long to be shown in full."""

START = 0.25
"""Share of the frames of such a run that show its beginning, event by event."""

DIGITS = 3
"""Decimals of numbers that a page only draws: curves and seconds."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a run: from `begin` to `end`, in microseconds."""

    begin: int = 0
    end: int | None = None
    """None: to the end of the run."""

    def __contains__(self, place: Place) -> bool:
        return self.begin <= place[1] and (self.end is None or place[1] <= self.end)

    def span(self, length: int) -> Span:
        """The zoom of a timeline of `length` microseconds that shows it."""
        size = max(1, (length if self.end is None else min(self.end, length)) - self.begin)
        zoom = int(log2(length / size)) if 0 < size < length else 0
        return Span(zoom=zoom, anchor=self.begin) if zoom else WHOLE


@dataclass(frozen=True, slots=True)
class Moment:
    """A place of a run, and its player: at a question once before the answer, once after it."""

    player: Player
    asks: int | None
    """Number of the question that is open here."""
    answered: bool
    """True if it is the place of a question whose answer was just given."""


class Frames:
    """The moments of a run that a page shows, in order. All questions are answered where they are asked."""

    def __init__(self, playback: Playback, most: int, window: Window) -> None:
        """Choose at most about `most` moments of a run, all of them within a window."""
        self.playback = playback
        self.window = window
        self.places = _choose(playback, most, window)
        self.is_whole = len(self.places) >= len(_every(playback, window))
        """True if no event is left out."""
        self.moments = list(self._walk())

    def _walk(self) -> Iterator[Moment]:
        player = Player.at_start(self.playback)
        for place in self.places:
            player = player.go(place)
            while player.place < place:  # a question before the window
                player = (player.answer(None) if player.open_question is not None else player).go(place)
            answered = False
            while (stop := player.open_question) is not None:
                yield Moment(player, stop.number, answered)
                player, answered = player.answer(None), True
            yield Moment(player, None, answered)

    def find(self, place: Place) -> int:
        """Return the index of the first frame at or after a place; the last one if there is none."""
        return next((n for n, moment in enumerate(self.moments) if moment.player.place >= place), len(self.moments) - 1)

    def find_last(self, place: Place) -> int:
        """Return the same frame, or the last one of its place: that of an answer, not of the question."""
        found = self.find(place)
        here = self.moments[found].player.place
        while found + 1 < len(self.moments) and self.moments[found + 1].player.place == here:
            found += 1
        return found

    def find_event(self, cursor: int) -> int:
        """Return the index of the first frame in which that many events have happened."""
        return self.find((cursor, 0))

    def build(self, lang: str) -> list[dict[str, Any]]:
        """Build all frames in one language, as JSON-able values."""
        rests, marks = set(self.playback.rests), set(self.playback.marks)
        look = Look(lang, span=self.window.span(self.playback.end[1]))
        made, before = [], self.moments[0].player.cursor
        times = [moment.player.time for moment in self.moments]
        for moment, (now, following) in zip(self.moments, pairwise([*times, times[-1]]), strict=True):
            player = moment.player
            dwell, lasts = self._pace(player, following - now)
            made.append(
                {
                    "event": player.cursor,
                    "asks": moment.asks,
                    "rest": not self.is_whole or moment.answered or player.place in rests,
                    "mark": player.place in marks,
                    "stop": any(not stop.is_question and getattr(stop.item, "stop", True) for stop in player.stops),
                    "dwell": dwell,
                    "lasts": lasts,
                    "moves": list(_find_moves(player, before, lang)),
                    "scene": _drawn(build_scene(player, look, ROOM)),
                }
            )
            before = player.cursor
        return made

    def tell(self, frames: Sequence[dict[str, Any]], lang: str) -> list[dict[str, Any]]:
        """Give the same frames in another language: only their texts are made anew."""
        made, before = [], self.moments[0].player.cursor
        for moment, frame in zip(self.moments, frames, strict=True):
            player = moment.player
            world = player.playback.run.world(player.cursor)
            words = msgspec.to_builtins(tell_moment(player, world, lang))
            moves = list(_find_moves(player, before, lang)) if frame["moves"] else []
            scene = {**frame["scene"], "chapters": tell_chapters(player, lang), "words": words}
            made.append({**frame, "moves": moves, "scene": scene})
            before = player.cursor
        return made

    def _pace(self, player: Player, gap: int) -> tuple[float, float]:
        """Return how long the clock stands here and then runs to the next frame, in seconds at normal speed."""
        playback, place = self.playback, player.place
        waits = playback.waits_after(player.cursor) if place == playback.place_at(player.cursor) else 0.0
        if not self.is_whole:
            waits = max(waits, playback.dwell)
        return round(waits, DIGITS), round(gap / playback.rate(place), DIGITS)

    def stops(self) -> list[Stop]:
        """The captions and questions that are shown."""
        seen = {moment.player.place for moment in self.moments}
        return [stop for place in sorted(seen) for stop in self.playback.stops.get(place, ())]


def _every(playback: Playback, window: Window) -> list[Place]:
    found = {playback.place_at(cursor) for cursor in range(playback.opening, playback.length + 1)}
    found |= set(playback.rests) | _shown(playback)
    return sorted(place for place in found if place in window)


def _shown(playback: Playback) -> set[Place]:
    """The places where the answers to the questions show."""
    return {playback.shown_at(stop) for stops in playback.stops.values() for stop in stops if stop.is_question}


def _choose(playback: Playback, most: int, window: Window) -> list[Place]:
    """Return the places to show: all if there are few, else the marks with their surroundings, and samples."""
    every = _every(playback, window)
    if not every:  # nothing happens in the window, but there is a state
        time = min(window.begin, playback.end[1])
        return [(playback.cursor_at(time), time)]
    if len(every) <= most:
        return every
    kept = {0, len(every) - 1, *range(int(most * START))}
    marks = sorted({*playback.marks, *_shown(playback)} & set(every))
    room = max(0, most // 2 - len(kept) - len(marks)) // max(1, 2 * len(marks))
    for mark in marks[:most]:
        place = bisect_right(every, mark) - 1
        kept |= set(range(max(0, place - min(NEAR, room)), min(len(every), place + min(NEAR, room) + 1)))
    count = max(2, most - len(kept))
    kept |= {place * (len(every) - 1) // (count - 1) for place in range(count)}
    return [every[place] for place in sorted(kept)]


def _find_moves(player: Player, before: int, lang: str) -> Iterator[dict[str, Any]]:
    """Yield what moves because of the events since `before`: kind, label, task, way, and (`part`) when.

    `part` is 0 for all the time of a movement, 1 and 2 for its halves: a poll asks and is then answered.
    """
    if player.cursor - before > FOLLOWED:
        return
    run = player.playback.run
    world = run.world(player.cursor)
    for index in range(before, player.cursor):
        first, second = (find_flights(world, index, progress, lang, run.world) for progress in (0.0, 0.5))
        is_one_way = [one.kind for one in first] == [one.kind for one in second]
        for part, flights in ((0, first),) if is_one_way else ((1, first), (2, second)):
            for flight in flights:
                move = msgspec.to_builtins(flight)
                del move["progress"]  # which the page animates
                yield {"event": index, "part": part, **move}


def _drawn(scene: Scene) -> dict[str, Any]:
    """Parts of a scene that a page draws: curves with few decimals, sets in order."""
    found = msgspec.to_builtins(scene)
    timeline = found["chart"]["timeline"]
    for curve in (*timeline["queues"], timeline["busy"], timeline["held"]):
        if curve is not None:
            curve["values"] = [_short(value) for value in curve["values"]]
            curve["least"] = _short(curve["least"])
    found["look"] = sorted(found["look"])
    return {part: found[part] for part in PARTS}


def _short(number: float) -> float:
    return int(number) if float(number).is_integer() else round(number, DIGITS)

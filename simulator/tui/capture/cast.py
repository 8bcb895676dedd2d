"""A run as a recording of the terminal (asciicast v2), drawn without a terminal: the same run gives the same bytes.

Source of the format: asciinema's document "asciicast v2".
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from msgspec import structs
from rich.color import ColorSystem

from simulator.play.playback import Playback
from simulator.play.player import Motion, Player
from simulator.scene.build import build_scene
from simulator.scene.look import Look
from simulator.scene.model import Scene
from simulator.story.catalog import pick
from simulator.story.language import first_language
from simulator.story.run import Run
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.main import draw_main, room_of_main
from simulator.tui.style.palettes import DEFAULT_THEME, PALETTES
from simulator.tui.style.themes import styles_of

WIDTH, HEIGHT = 100, 30
"""Cells of the terminal."""

RATE = 12
"""Frames per second while something moves."""

STILL = 4
"""Frames per second in real time, between events."""

LONGEST = 1_800.0
"""Limit of a recording's length, in seconds."""

GLANCE, READING = 1.0, 16.0
"""Seconds to notice a text, and characters read per second."""

END = 3.0
"""Seconds for which the last picture stays."""


class CastTooLong(Exception):
    """A recording would be longer than `LONGEST`."""


@dataclass(frozen=True, slots=True)
class CastFrame:
    """A place of the run, and when it is shown: `at` in seconds; `marker` names a chapter or question that begins."""

    at: float
    player: Player
    marker: str = ""


def make_cast(
    run: Run, lang: str, *, begin: int = 0, end: int | None = None, speed: float = 1.0, real_time: bool = False
) -> Iterator[str]:
    """Yield the lines of a recording.

    Args:
        run: what is played.
        lang: `ko`, `en` or `both`.
        begin: where it starts, in microseconds.
        end: where it ends; None: at the end of the run.
        speed: as of the player's.
        real_time: a second of the run takes a second (at speed 1), without a stop; else as the program plays: it
            stops for notes and questions, as long as it takes to read them, and shortens what is idle.

    Raises:
        CastTooLong: before anything is yielded.
    """
    playback = Playback(run)
    until = playback.end[1] if end is None else min(end, playback.end[1])
    make = _in_real_time if real_time else _played
    found = list(make(playback, first_language(lang), begin, until, speed))
    palette = PALETTES[DEFAULT_THEME]
    header = {
        "version": 2,
        "width": WIDTH,
        "height": HEIGHT,
        "title": " / ".join(pick(run.title, lang).split("\n")),
        "env": {"TERM": "xterm-256color"},
        "theme": {"fg": palette.text, "bg": palette.ground, "palette": ":".join(_sixteen())},
    }
    yield json.dumps(header, ensure_ascii=False)
    before: Canvas | None = None
    for picture in found:
        if picture.marker:
            yield json.dumps([round(picture.at, 3), "m", picture.marker], ensure_ascii=False)
        scene = build_scene(picture.player, Look(lang), lambda draft: room_of_main(draft, WIDTH, HEIGHT))
        canvas = draw_main(_without_keys(scene), WIDTH, HEIGHT)
        told = _sent(canvas, before)
        if told:
            yield json.dumps([round(picture.at, 3), "o", told], ensure_ascii=False)
        before = canvas
    yield json.dumps([round(found[-1].at + END, 3), "o", "\x1b[?25h"])


def _played(playback: Playback, lang: str, begin: int, until: int, speed: float) -> Iterator[CastFrame]:
    """Yield the pictures as the program plays the run: it stops where there is something to read."""
    player = replace(_answered(playback, begin), speed=speed)
    at, markers = 0.0, _Markers(lang)
    yield CastFrame(at, player, markers.next(player))
    while player.time < until and not player.at_end:
        at += _reading(player, lang) / speed
        if player.open_question is not None:
            player = player.answer(None)
            yield CastFrame(at, player)
            at += GLANCE / speed
        player = player.toggle()
        while player.motion is Motion.PLAY:
            at += 1 / RATE
            _check(at)
            player = player.advance(1 / RATE)
            player = player.seek_time(until) if player.time > until else player
            yield CastFrame(at, player, markers.next(player))
            if player.time >= until:
                player = player.rest()


def _in_real_time(playback: Playback, lang: str, begin: int, until: int, speed: float) -> Iterator[CastFrame]:
    """Yield the pictures at each moment at which something happens, and a few times a second in between."""
    player = _answered(playback, begin)
    _check((until - begin) / 1e6 / speed)
    step = max(1, int(1e6 * speed / STILL))
    times = {*range(begin, until, step), *(time for time in playback.rest_times if begin <= time <= until), until}
    markers = _Markers(lang)
    for time in sorted(times):
        player = player.seek_time(time)
        while player.time < time and player.open_question is not None:
            player = player.answer(None).seek_time(time)
        yield CastFrame((time - begin) / 1e6 / speed, player, markers.next(player))


def _answered(playback: Playback, begin: int) -> Player:
    """Return a player at a time, with each question before it answered."""
    player = Player.at_start(playback)
    if not begin:
        return player
    player = player.seek_time(begin)
    while player.time < begin and player.open_question is not None:
        player = player.answer(None).seek_time(begin)
    return player


def _check(seconds: float) -> None:
    if seconds > LONGEST:
        raise CastTooLong


def _reading(player: Player, lang: str) -> float:
    """Return how long a stop is read, in seconds; 0 where playing does not stop."""
    stops = [stop for stop in player.stops if not (stop.is_question and stop.number in player.answers)]
    texts = [*(pick(stop.item.text, lang) for stop in stops)]
    verdict = player.verdict
    if verdict is not None:
        texts.append(pick(getattr(verdict.item, "why", None), lang))
    return GLANCE + sum(map(len, texts)) / READING if texts else 0.0


class _Markers:
    """Names of the chapters and questions of a run, each told once."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.told: set[str] = set()

    def next(self, player: Player) -> str:
        """Return the name of the question that is asked here for the first time, else of the chapter; empty if told."""
        stop = player.open_question if player.motion is Motion.REST else None
        chapter = player.playback.chapter_at(player.place)
        names = [pick(stop.item.text, self.lang)] if stop is not None else []
        names += [f"{chapter.number}. {pick(chapter.text, self.lang)}"] if chapter is not None else []
        found = next((name for name in names if name not in self.told), "")
        self.told.add(found)
        return found


def _without_keys(scene: Scene) -> Scene:
    """The scene without sentences that speak of keys, which a recording does not have."""
    return structs.replace(scene, words=[line for line in scene.words if not line.has_keys])


def _sent(canvas: Canvas, before: Canvas | None) -> str:
    """Return what a terminal is sent to show a canvas after another one: the rows that differ."""
    styles = styles_of(DEFAULT_THEME)
    told = ["\x1b[?25l\x1b[2J"] if before is None else []
    for y in range(canvas.height):
        if before is None or not canvas.same_row(before, y):
            runs = (styles[style].render(text, color_system=ColorSystem.TRUECOLOR) for text, style in canvas.runs(y))
            told.append(f"\x1b[{y + 1};1H{''.join(runs)}")
    return "".join(told)


def _sixteen() -> list[str]:
    """Return sixteen colours for the player's palette, which this recording does not use."""
    palette = PALETTES[DEFAULT_THEME]
    eight = (
        palette.ground,
        palette.failed,
        palette.running,
        palette.waiting,
        palette.accent,
        palette.ask,
        palette.done,
        palette.text,
    )
    return [*eight, *eight]

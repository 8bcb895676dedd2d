"""One page that plays runs: styles, script and data in a single file that needs no network."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any

from simulator.export.html import player_words as words
from simulator.export.html.content import compare_runs, describe_run
from simulator.export.html.frames import Frames, Window
from simulator.export.html.packing import Node, difference, pack, shown
from simulator.play.playback import Playback
from simulator.story.catalog import BOTH, LANGUAGES, pick
from simulator.story.run import Run
from simulator.visible import visible

STATIC = files("simulator.export.html") / "static"

SCRIPTS = (
    *("data.js", "draw.js", "stage.js", "flights.js", "timeline.js", "ruler.js", "telling.js", "results.js"),
    *("kept.js", "view.js", "player.js", "keys.js"),
)
"""The parts of the script, in order; together they are one function."""

MOST = 1_600
"""Frames of a page, of all its runs together."""

LARGEST = 500_000
"""Bytes of a page. If it gets larger, it shows fewer moments of its long runs."""

FEWEST = 60
"""Least frames of a run."""

SAFELY = 0.93
"""Share of the room that is used when the number of frames is lowered: fewer frames differ more from each other."""

POLICY = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; img-src data:; base-uri 'none'; form-action 'none'"
)
"""The page's content security policy: its own script and style by their hashes, and no address at all."""


@dataclass(frozen=True, slots=True)
class Links:
    """Neighbours of a page in a site; addresses relative to it."""

    index: str = ""
    following: str = ""
    """The next lesson."""
    title: dict[str, str] | None = None
    """The title of the next lesson, by language."""


def player_page(runs: Sequence[Run], lang: str, window: Window | None = None, links: Links | None = None) -> str:
    """A page that plays runs: the first one, and its variants in tabs.

    Args:
        runs: a run, and runs of variants of its scenario.
        lang: `ko` or `en`; `both`: English first, with a switch.
        window: the part to show; by default all.
        links: where to go from here, if it is part of a site.
    """
    playbacks = [Playback(run) for run in runs]
    most, least = min(MOST, sum(playback.length for playback in playbacks)), FEWEST * len(runs)
    while True:
        page, rest = _make(playbacks, lang, most, window or Window(), links or Links())
        size = len(page.encode())
        if size <= LARGEST or most <= least:
            return page
        # Frames cost about the same each; nothing else gets smaller.
        most = max(least, int(most * SAFELY * max(0, LARGEST - rest) / (size - rest)))


def share_out(lengths: Sequence[int], most: int) -> list[int]:
    """Share frames among runs: the first gets twice as many as each other; what one does not need goes to the others.

    >>> share_out([9000, 10, 9000, 9000], 410)
    [200, 10, 100, 100]
    """
    shares = [0] * len(lengths)
    open_ = set(range(len(lengths)))
    while open_:
        left = most - sum(shares[place] for place in range(len(lengths)) if place not in open_)
        part = left // (len(open_) + (0 in open_))
        shares = [part * (2 if place == 0 else 1) if place in open_ else shares[place] for place in range(len(lengths))]
        full = {place for place in open_ if shares[place] >= lengths[place]}
        for place in full:
            shares[place] = lengths[place]
        if not full:
            break
        open_ -= full
    return shares


def _make(playbacks: Sequence[Playback], lang: str, most: int, window: Window, links: Links) -> tuple[str, int]:
    """Make the page with about `most` frames; also its size without any."""
    langs = tuple(reversed(LANGUAGES)) if lang == BOTH else (lang,)
    shares = share_out([playback.length for playback in playbacks], most)
    frames = [Frames(playback, max(FEWEST, share), window) for playback, share in zip(playbacks, shares, strict=True)]
    contents = [_content(frames, one, links) for one in langs]
    data: dict[str, Any] = {
        "langs": langs,
        "page": contents[0],
        "other": [difference(contents[0], content) or {} for content in contents[1:]],
        "frames": [],
    }
    run = playbacks[0].run
    title = " / ".join(dict.fromkeys(pick(run.title, one) for one in langs))
    name = run.trace.header.scenario
    notes = " / ".join(dict.fromkeys(words.NO_SCRIPT.text(one, name=name) for one in langs))
    too_old = " / ".join(words.TOO_OLD.text(one) for one in langs)
    rest = html_page(title, langs[0], SCRIPTS, pack(shown(data)), notes, too_old)
    data["frames"] = [_pack_frames(run, langs) for run in frames]
    page = html_page(title, langs[0], SCRIPTS, pack(shown(data)), notes, too_old)
    return page, len(rest.encode())


def _content(frames: Sequence[Frames], lang: str, links: Links) -> dict[str, Any]:
    following = words.NEXT_LESSON.text(lang, title=pick(links.title, lang)) if links.following else ""
    return {
        "words": words.all_words(lang),
        "keys": [[keys, told.text(lang)] for keys, told in words.KEY_ROWS],
        "runs": [describe_run(run, lang) for run in frames],
        "compared": [compare_runs(frames[0], run, lang) for run in frames[1:]],
        "links": {"index": links.index, "following": links.following, "title": following},
    }


def _pack_frames(frames: Frames, langs: Sequence[str]) -> list[list[Node]]:
    """Each frame as the change from the one before it, then for each further language what differs there."""
    first = frames.build(langs[0])
    others = [frames.tell(first, lang) for lang in langs[1:]]
    packed = []
    before: Any = {}
    for place, frame in enumerate(first):
        told = [difference(frame, other[place]) or {} for other in others]
        packed.append([difference(before, frame) or {}, *told])
        before = frame
    return packed


def html_page(title: str, lang: str, scripts: Sequence[str], packed: str, without_script: str, too_old: str) -> str:
    """A page of our own style and script, with packed data."""
    style = _read("player.css")
    script = "(() => {\n'use strict';\n" + "\n".join(_read(name) for name in scripts) + "\n})();\n"
    policy = POLICY.format(script=_hash(script), style=_hash(style))
    return (
        f'<!doctype html>\n<html lang="{escape(lang)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(visible(title))}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f'<main id="page" data-old="{escape(too_old)}">\n'
        f"<noscript><p>{escape(visible(without_script))}</p></noscript>\n</main>\n"
        f'<script type="text/plain" id="data">{packed}</script>\n<script>{script}</script>\n</body>\n</html>\n'
    )


def _read(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """The hash of an inline script or style as a content security policy names it."""
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode("ascii")

"""Pages for the tests, and what is packed into one."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode
from functools import cache
from typing import Any

from simulator.engine import simulate
from simulator.export.html import player_page
from simulator.export.html.packing import changed
from simulator.story.run import Run, open_run

LANGS = ("en", "ko")


@cache
def opened(lesson: str, variant: str | None = None) -> Run:
    """A lesson's run."""
    return open_run(lesson, simulate, variant=variant)


@cache
def page_of(lesson: str, *variants: str) -> str:
    """The page of a lesson and some of its variants, in both languages."""
    return player_page([opened(lesson), *(opened(lesson, name) for name in variants)], "both")


def unpack(page: str) -> dict[str, Any]:
    """The data that a page carries."""
    found = re.search(r'<script type="text/plain" id="data">([A-Za-z0-9+/=]+)</script>', page)
    assert found is not None
    data: dict[str, Any] = json.loads(zlib.decompress(b64decode(found[1])))
    return data


def frames_of(data: dict[str, Any], lang: str, run: int = 0) -> list[dict[str, Any]]:
    """The frames of a run as the page's script rebuilds them."""
    place, found = data["langs"].index(lang), []
    frame: dict[str, Any] = {}
    for node, *others in data["frames"][run]:
        frame = changed(frame, node)
        found.append(changed(frame, others[place - 1]) if place else frame)
    return found


def told_of(data: dict[str, Any], lang: str) -> dict[str, Any]:
    """All texts of a page in a language."""
    place = data["langs"].index(lang)
    told: dict[str, Any] = changed(data["page"], data["other"][place - 1]) if place else data["page"]
    return told

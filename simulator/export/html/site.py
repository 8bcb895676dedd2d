"""The course as a small site: an index with its parts, and a page for each lesson."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulator.course.syllabus import Lesson, Syllabus
from simulator.export.html import site_words as words
from simulator.export.html.packing import difference, pack, shown
from simulator.export.html.page import Links, html_page
from simulator.scene.words import labels
from simulator.story.catalog import BOTH, LANGUAGES, pick

INDEX = "index.html"

SCRIPTS = ("data.js", "draw.js", "kept.js", "index.js")


def page_name(lesson: Lesson) -> str:
    """The file of a lesson's page: `02-three-task-order.html`."""
    return f"{lesson.number:0>2}-{lesson.name}.html" if lesson.number else f"{lesson.name}.html"


def links_of(syllabus: Syllabus, lesson: Lesson) -> Links:
    """Return the neighbours of a lesson's page: the index, and the next lesson."""
    lessons = syllabus.lessons
    place = lessons.index(lesson) + 1
    following = lessons[place] if place < len(lessons) else None
    return Links(INDEX, page_name(following) if following else "", following.title if following else None)


def index_page(syllabus: Syllabus, lang: str) -> str:
    """The index of a course: its parts and lessons; which ones are done is kept by the browser."""
    langs: Sequence[str] = tuple(reversed(LANGUAGES)) if lang == BOTH else (lang,)
    contents = [_content(syllabus, one) for one in langs]
    data = {
        "langs": langs,
        "page": contents[0],
        "other": [difference(contents[0], content) or {} for content in contents[1:]],
        "frames": [],
    }
    told = " / ".join(dict.fromkeys(words.NO_SCRIPT.text(one) for one in langs))
    too_old = " / ".join(dict.fromkeys(words.TOO_OLD.text(one) for one in langs))
    return html_page("Ackademy", langs[0], SCRIPTS, pack(shown(data)), told, too_old)


def _content(syllabus: Syllabus, lang: str) -> dict[str, Any]:
    return {
        "words": words.all_words(lang),
        "tagline": labels.TAGLINE.text(lang),
        "parts": [
            {
                "title": pick(unit.title, lang),
                "summary": pick(unit.summary, lang),
                "lessons": [_lesson(lesson, lang) for lesson in unit.lessons],
            }
            for unit in syllabus.units
        ],
    }


def _lesson(lesson: Lesson, lang: str) -> dict[str, str]:
    summary = lesson.scenario.model.summary if lesson.scenario is not None else None
    return {
        "key": lesson.key,
        "number": lesson.number,
        "title": pick(lesson.title, lang),
        "summary": pick(summary, lang),
        "address": page_name(lesson),
    }

"""Everything that a page tells of a run besides its frames: questions, chapters, goals, exercise, comparison."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from simulator.course.closing import offender_text, rules_of, values_text
from simulator.course.contrast import list_cases
from simulator.course.syllabus import lesson_name
from simulator.course.verdict import judge
from simulator.export.html import player_words as words
from simulator.export.html.frames import Frames
from simulator.play.pair import Contrast, Pair
from simulator.scenario.schema import Ask
from simulator.scene.pages.compare import build_compare
from simulator.scene.room import Room
from simulator.scene.words import labels
from simulator.story.catalog import line, pick
from simulator.story.run import Run
from simulator.story.stops import Stop
from simulator.trace.time import MICROS

BESIDE = Room(time=160, rows=14)
"""Room on each side of a comparison."""

NEVER_SHOWN = -1
"""In place of the frame of an answer that lies behind the part that is shown."""

Json = dict[str, Any]


def describe_run(frames: Frames, lang: str) -> Json:
    """Everything about a run in one language, its frames excepted."""
    playback, run = frames.playback, frames.playback.run
    header, scenario = run.trace.header, run.scenario
    model = scenario.model if scenario is not None else None
    variant = scenario.variant if scenario is not None else None
    asked = [stop for stop in frames.stops() if stop.is_question]
    return {
        "lesson": lesson_name(scenario) or "",
        "name": variant or "",
        "label": _label(run, lang),
        "changes": _changes(run),
        "title": pick(run.title, lang),
        "summary": pick(model.summary, lang) if model is not None else "",
        "profile": header.profile or "?",
        "origin": labels.RECORDED.text(lang) if header.recorded else labels.SEED.text(lang, seed=header.seed),
        "hash": run.trace.short_hash,
        "note": labels.GUIDE_NOTE_SHORT.text(lang) if header.profile == "guide" and not header.recorded else "",
        "part": _part(frames, lang),
        "events": playback.length,
        "questions": [_question(frames, stop, lang) for stop in asked],
        "chapters": [
            {"frame": frames.find(place), "text": pick(chapter.text, lang)}
            for place, chapter in playback.chapters
            if place in frames.window
        ],
        "goals": _goals(frames, lang),
        "exercise": _exercise(run, lang),
    }


def _label(run: Run, lang: str) -> str:
    """The name of a run's tab."""
    scenario = run.scenario
    if scenario is None or scenario.variant is None:
        return words.ORIGINAL.text(lang)
    return pick(scenario.model.variants[scenario.variant].text, lang) or scenario.variant


def _changes(run: Run) -> list[str]:
    """Changes of a variant from the scenario itself."""
    scenario = run.scenario
    if scenario is None or scenario.variant is None:
        return []
    base = scenario.with_variant(None)
    case = next(case for case in list_cases(base) if case.name == scenario.variant)
    return case.change_texts(base)


def _part(frames: Frames, lang: str) -> str:
    """Notes on the part of the run that is shown; empty if that is all of it."""
    playback, window = frames.playback, frames.window
    told = []
    if window.begin or window.end is not None:
        end = playback.end[1] if window.end is None else min(window.end, playback.end[1])
        told.append(words.WINDOW.text(lang, begin=f"{window.begin / MICROS:g}", end=f"{end / MICROS:g}"))
    if not frames.is_whole:
        shown = len({moment.player.cursor for moment in frames.moments})
        told.append(words.PART_SHOWN.text(lang, events=f"{playback.length:,}", shown=f"{shown:,}"))
    return " ".join(told)


def _question(frames: Frames, stop: Stop, lang: str) -> Json:
    """A question, its answer in this run, and the frames in which it is asked and decided."""
    ask, outcome, shown = stop.item, frames.playback.outcome(stop), frames.playback.shown_at(stop)
    assert isinstance(ask, Ask)
    reasoned = frames.playback.run.has_reason(stop, outcome.right)
    return {
        "number": stop.number,
        "text": pick(ask.text, lang),
        "choices": [
            {
                "text": pick(choice.text, lang) or choice.key,
                "because": pick(choice.because, lang) if reasoned else "",
            }
            for choice in ask.choices
        ],
        "right": outcome.right,
        "why": pick(ask.why, lang) if reasoned else "",
        "shown": frames.find_last(shown) if shown in frames.window else NEVER_SHOWN,
    }


def _goals(frames: Frames, lang: str) -> list[Json]:
    """The goals of a scenario, each with its verdict and the frame of the event that decided against it."""
    run = frames.playback.run
    found = []
    for goal in run.scenario.goals if run.scenario is not None else ():
        verdict, text = judge(goal, run.trace), pick(goal.text, lang)
        if verdict.met and not text:  # a bare test that holds is internal to the author
            continue
        found.append(
            {
                "text": text or goal.test,
                "test": goal.test,
                "met": verdict.met,
                "values": values_text(verdict),
                "decided": "" if verdict.met else offender_text(verdict, run, lang),
                "frame": None if verdict.event is None else frames.find_event(verdict.event + 1),
            }
        )
    return found


def _exercise(run: Run, lang: str) -> Json | None:
    scenario = run.scenario
    if scenario is None or scenario.model.exercise is None:
        return None
    exercise = scenario.model.exercise
    # Whoever gets the page has no use for the folders of this machine.
    lesson = scenario.what if scenario.is_packaged else Path(scenario.file).name
    command = f"ackademy check mine.yaml --against {lesson}"
    return {
        "text": pick(exercise.text, lang),
        "rules": rules_of(exercise, lang),
        "check": line(words.CHECKED_BY, command=command).text(lang),
    }


def compare_runs(one: Frames, other: Frames, lang: str) -> Json:
    """Two runs side by side over their whole lengths, on one scale: timelines, measures, where they diverge."""
    names = (_label(one.playback.run, lang), _label(other.playback.run, lang))
    contrast = Contrast.of(one.playback, other.playback, lambda _: names, lang)
    pair = Pair.at(contrast, 0)
    view = build_compare(pair.go(pair.end), lang, (BESIDE, BESIDE))
    return {
        "divergence": view.divergence,
        "sides": [
            {
                "name": side.name,
                "divergence": side.divergence,
                "frame": _diverging(frames, pair),
                "timeline": msgspec.to_builtins(side.scene.chart.timeline),
                "names": side.scene.names,
                "queues": len(side.scene.queues),
            }
            for frames, side in zip((one, other), view.sides, strict=True)
        ],
        "measures": [{"name": row.name, "values": list(row.values)} for row in view.measures if row.differs],
        "end": pair.end,
    }


def _diverging(frames: Frames, pair: Pair) -> int | None:
    """The frame at which the runs diverge; None if they do not."""
    time = pair.diverged_at
    return None if time is None else frames.find((frames.playback.cursor_at(time), time))

"""Report on a grade: as data with every text in both languages, and as lines made from that."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulator.course import grade_words as words
from simulator.course import learn_words
from simulator.course.check_report import goal_value
from simulator.course.contrast import list_cases
from simulator.course.grading import Grade, GradedRun
from simulator.scenario.differences import NOTHING, SettingDifference, is_allowed
from simulator.story.catalog import BOTH, LANGUAGES, Words, pick
from simulator.story.narrate.narration import sentence
from simulator.story.report.summary import pad
from simulator.story.values import ClockTime, flow_text, shorten
from simulator.trace import as_seconds
from simulator.world import timeline_of

SHOWN = 20
"""Most changes that are listed."""

Data = dict[str, Any]


def as_data(found: Grade, file: str) -> Data:
    """A grade as plain data, times in seconds, without the hidden seeds."""
    goals = [_goal(found, place, file) for place in range(len(found.goals))] if found.runs else []
    worst = max(found.runs, key=lambda run: run.slots, default=None)
    limit = found.exercise.budget.processes if found.exercise.budget is not None else None
    budget = None
    if worst is not None and limit is not None:
        budget = {"limit": limit, "used": worst.slots, "met": worst.slots <= limit}
    forbidden = found.forbidden
    allowed = [change for change in found.changes if is_allowed(change.parts, found.exercise.may_change)]
    shown = [*((change, False) for change in forbidden), *((change, True) for change in allowed)]
    return {
        "file": file,
        "lesson": found.lesson.name,
        "passed": found.passed,
        "points": found.points,
        "of": found.most,
        "exercise": dict(found.exercise.text),
        "why": dict(found.exercise.why or {}) if found.passed else {},
        "in_production": dict(found.exercise.in_production or {}) if found.passed else {},
        "may_change": found.exercise.may_change,
        "changes": [_change(change, allowed=may) for change, may in shown[:SHOWN]],
        "changed": len(shown),
        "begin_with": _beginning(found),
        "like": _like(found),
        "believed": None if found.believed is None else dict(found.believed.text),
        "believed_misses": [] if found.believed is None else found.believed.misses,
        "runs": len(found.runs),
        "hidden": sum(run.hidden for run in found.runs),
        "goals": goals,
        "processes": budget,
    }


def _beginning(found: Grade) -> str | None:
    """The first line that a solution lacks: one that extends nothing must repeat the whole lesson."""
    if not found.forbidden or found.solution.value_at("extends") is not None:
        return None
    return f"extends: {found.lesson.called_from(Path(found.solution.file).parent)}"


def _like(found: Grade) -> dict[str, str] | None:
    """The title of the variant whose changes a failing solution makes, of several the one with the most."""
    if found.passed:
        return None
    made = {(change.parts, str(change.after)) for change in found.changes}
    best, most = None, 0
    for case in list_cases(found.lesson):
        changes = {(change.parts, str(change.after)) for change in case.changes}
        if most < len(changes) and changes <= made:
            best, most = case, len(changes)
    return None if best is None else dict(best.text)


def _change(change: SettingDifference, *, allowed: bool) -> Data:
    return {
        "path": shorten(change.path, 200),
        "before": _value(change.before),
        "after": _value(change.after),
        "allowed": allowed,
    }


def _value(value: Any) -> str:
    return "-" if value is NOTHING else shorten(flow_text(value))


def _goal(found: Grade, place: int, file: str) -> Data:
    goal, run = found.goals[place], found.missed(place)
    data: Data = {
        "test": goal.test,
        "points": goal.points,
        "guard": goal.guard,
        "met": run is None,
        "text": dict(goal.text),
    }
    if run is not None:
        example = found.example(place)
        data["missed"] = {
            "run": found.runs.index(run),
            "hidden": run.hidden,
            **_missed(example or run, place, file, told=example is not None),
        }
    return data


def _missed(run: GradedRun, place: int, file: str, *, told: bool) -> Data:
    """The reason why a run misses a goal and, if its seed may be `told`, how to reproduce it."""
    verdict = run.verdicts[place]
    data: Data = {
        "seed": run.seed if told else None,
        "values": {measure: goal_value(value) for measure, value in verdict.values},
        "event": None,
        "play": None,
    }
    command = ["ackademy", "play", file] + (["--seed", str(run.seed)] if run.hidden else [])
    if verdict.event is not None:
        event = run.trace[verdict.event]
        timeline = timeline_of(run.trace)
        data["event"] = {
            "index": verdict.event,
            "t": as_seconds(event.t),
            "type": event.type,
            "when": {lang: ClockTime(event.t).text(lang) for lang in LANGUAGES},
            "text": {lang: sentence(timeline, verdict.event, lang) for lang in LANGUAGES},
        }
        command += ["--at", f"{as_seconds(event.t):.6f}".rstrip("0").rstrip(".")]
    if told:
        data["play"] = shlex.join(command)
    return data


def grade_lines(data: Data, lang: str) -> Iterator[str]:
    """The report as text, in `ko`, `en` or (one after the other) `both`."""
    for one in LANGUAGES if lang == BOTH else (lang,):
        yield from _lines(data, one)


def _lines(data: Data, lang: str) -> Iterator[str]:
    yield words.HEAD.text(lang, file=data["file"], lesson=data["lesson"], points=data["points"], most=data["of"])
    text = data["exercise"].get(lang) or next(iter(data["exercise"].values()), "")
    if text:
        yield "  " + words.TASK.text(lang, text=text)
    yield from _change_lines(data, lang)
    if not data["runs"]:
        yield "  " + words.MAY_CHANGE.text(lang, paths=", ".join(data["may_change"]))
        yield "  " + words.NOT_RUN.text(lang)
        if data["begin_with"] is not None:
            yield "  " + words.BEGIN_WITH.text(lang, line=data["begin_with"])
        yield words.NOT_PASSED.text(lang)
        return
    yield "  " + words.RUNS.text(lang, runs=data["runs"], hidden=data["hidden"])
    for goal in data["goals"]:
        yield from _goal_lines(goal, lang)
    if data["processes"] is not None:
        used = words.BUDGET.text(lang, used=data["processes"]["used"], limit=data["processes"]["limit"])
        yield f"  {mark(data['processes']['met'], lang)}     {used}"
    yield (words.PASSED if data["passed"] else words.NOT_PASSED).text(lang)
    if data["believed"] is not None:
        yield "  " + words.BELIEVED.text(lang, belief=pick(data["believed"], lang), goals=_missed_goals(data, lang))
    for said, texts in ((learn_words.WHY_IT_WORKS, data["why"]), (learn_words.IN_PRODUCTION, data["in_production"])):
        if texts:
            yield "  " + said.text(lang, text=texts.get(lang) or next(iter(texts.values())))


def _missed_goals(data: Data, lang: str) -> str:
    """List the goals that the belief behind a solution misses, in their words."""
    told = []
    for number in data["believed_misses"]:
        goal = data["goals"][number - 1] if number else None
        told.append(words.THE_BUDGET.text(lang) if goal is None else pick(goal["text"], lang) or goal["test"])
    return "; ".join(told)


def _change_lines(data: Data, lang: str) -> Iterator[str]:
    if not data["changes"]:
        yield "  " + words.UNCHANGED.text(lang)
        return
    yield "  " + words.CHANGES.text(lang)
    for change in data["changes"]:
        said = words.CHANGE if change["allowed"] else words.FORBIDDEN
        yield "    " + said.text(lang, path=change["path"], before=change["before"], after=change["after"])
    if data["changed"] > len(data["changes"]):
        yield "    " + words.MORE.text(lang, count=data["changed"] - len(data["changes"]))


def _goal_lines(goal: Data, lang: str) -> Iterator[str]:
    said = goal["text"].get(lang, "")
    worth = (
        str(goal["points"]) if not goal["guard"] else f"{words.GUARD.text(lang)} {-goal['points'] * (not goal['met'])}"
    )
    yield f"  {mark(goal['met'], lang)}  {worth}  {goal['test']}{f'  ({said})' if said else ''}"
    if goal["met"]:
        return
    missed = goal["missed"]
    where = (words.IN_SHOWN_RUN if missed["hidden"] else words.IN_RUN).text(lang, seed=missed["seed"])
    if missed["seed"] is None:
        where = words.IN_HIDDEN_RUN.text(lang, number=missed["run"])
    values = ", ".join(f"{measure} = {value}" for measure, value in missed["values"].items())
    yield f"      {values}  ({where})"
    event = missed["event"]
    if event is None:
        yield "      " + words.NEVER.text(lang)
    else:
        yield "      " + words.DECIDED.text(lang, when=event["when"][lang], text=event["text"][lang])
    if missed["play"]:
        yield "      " + words.LOOK.text(lang, command=missed["play"])


def mark(met: bool, lang: str) -> str:
    """A met or missed mark, padded to one width."""
    said: Words = words.MET if met else words.MISSED
    return pad(said.text(lang), 6 if lang == "en" else 4)

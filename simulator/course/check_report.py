"""Report of `ackademy check`: points a goal, and the first offending event in words; as text and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from simulator.course.verdict import Checked, GoalVerdict
from simulator.scenario import Problem
from simulator.story.catalog import BOTH, LANGUAGES, Words, pick
from simulator.story.narrate.narration import sentence
from simulator.story.problems.errors import message
from simulator.story.report.summary import pad
from simulator.story.values import ClockTime, value_text
from simulator.trace import Trace, as_seconds
from simulator.world import timeline_of

WRONG = Words("{file}: 쓸 수 없음", "{file}: unusable")
BASE = Words("{file}: {points}/{most}점", "{file}: {points} of {most} points")
VARIANT = Words(
    "{file} --variant {variant}: {points}/{most}점", "{file} --variant {variant}: {points} of {most} points"
)
MET = Words("달성", "met")
MISSED = Words("미달성", "missed")
POINTS = Words("{points}점", "{points}")
VALUE = Words("{measure} = {value}", "{measure} = {value}")
OFFENDER = Words("결정된 순간 [{when}] {text}", "decided at [{when}] {text}")
NEVER = Words("이룰 수 있는 일이 일어나지 않았습니다", "nothing happened that would meet it")
ANSWER = Words("질문 {number}: {text}", "question {number}: {text}")


def check_lines(file: str, checks: Sequence[Checked], lang: str) -> Iterator[str]:
    """All findings, in `ko`, `en` or (one after the other) `both`."""
    for one in LANGUAGES if lang == BOTH else (lang,):
        if not checks:
            yield WRONG.text(one, file=file)
        for checked in checks:
            words = BASE if checked.variant is None else VARIANT
            yield words.text(one, file=file, variant=checked.variant, points=checked.points, most=checked.most)
            for verdict in checked.verdicts:
                yield from _verdict(verdict, checked.trace, one)
            for question in checked.questions:
                right = pick(question.ask.choices[question.answer].text, one)
                yield "  " + ANSWER.text(one, number=question.number, text=right)


def _verdict(verdict: GoalVerdict, trace: Trace, lang: str) -> Iterator[str]:
    goal = verdict.goal
    words = pick(goal.text, lang)
    width = max(len(MET.en), len(MISSED.en)) if lang == "en" else 4
    mark = pad((MET if verdict.met else MISSED).text(lang), width)
    yield f"  {mark}  {POINTS.text(lang, points=goal.points)}  {goal.test}{f'  ({words})' if words else ''}"
    if verdict.met:
        return
    for measure, value in verdict.values:
        yield "      " + VALUE.text(lang, measure=measure, value=goal_value(value))
    if verdict.event is None:
        yield "      " + NEVER.text(lang)
    else:
        when = ClockTime(trace[verdict.event].t).text(lang)
        yield "      " + OFFENDER.text(lang, when=when, text=_told(trace, verdict.event, lang))


def goal_value(value: Any) -> str:
    """A value in the syntax of a goal."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return f"{value:g}"
    return value if isinstance(value, str) else value_text(value)


def _told(trace: Trace, index: int, lang: str) -> str:
    return sentence(timeline_of(trace), index, lang)


def as_data(file: str, checks: Sequence[Checked], problems: Sequence[Problem], lang: str) -> dict[str, Any]:
    """The same as plain data, times in seconds."""
    every = [*problems, *(problem for checked in checks for problem in checked.problems)]
    warnings = {(w.code, w.mark): w for checked in checks for w in checked.warnings}
    return {
        "file": file,
        "valid": not every,
        "problems": [problem_data(problem, lang) for problem in every],
        "warnings": [problem_data(problem, lang) for problem in warnings.values()],
        "runs": [_run(checked, lang) for checked in checks],
    }


def _run(checked: Checked, lang: str) -> dict[str, Any]:
    return {
        "variant": checked.variant,
        "points": checked.points,
        "of": checked.most,
        "goals": [_goal(verdict, checked.trace, lang) for verdict in checked.verdicts],
        "questions": [
            {"number": q.number, "id": q.ask.id, "answer": q.ask.choices[q.answer].key} for q in checked.questions
        ],
    }


def _goal(verdict: GoalVerdict, trace: Trace, lang: str) -> dict[str, Any]:
    data: dict[str, Any] = {"test": verdict.goal.test, "met": verdict.met, "points": verdict.goal.points}
    if not verdict.met:
        data["values"] = dict(verdict.values)
        index = verdict.event
        data["event"] = None
        if index is not None:
            event = trace[index]
            told = _told(trace, index, lang)
            data["event"] = {"index": index, "t": as_seconds(event.t), "type": event.type, "text": told}
    return data


def problem_data(problem: Problem, lang: str) -> dict[str, Any]:
    """A problem as plain data; of `both` languages its message is in English."""
    place = {"line": problem.mark.line, "column": problem.mark.column} if problem.mark is not None else {}
    one = "en" if lang == BOTH else lang
    return {"code": problem.code, **place, "message": message(problem, one)}

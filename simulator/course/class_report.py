"""Grades of a class: a row a student, and which goals and misconceptions the class has."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from simulator.course import class_words as words
from simulator.course.grade_report import mark
from simulator.course.knobs import setting_name
from simulator.story.catalog import BOTH, LANGUAGES, pick
from simulator.story.report.summary import Table, plain_table
from simulator.visible import TableWriter, visible

COMMON = 5
"""Most misconceptions that the summary lists, and changes of each."""

Data = dict[str, Any]


@dataclass(frozen=True)
class StudentRow:
    """A student's result."""

    student: str
    seconds: float
    """Time that grading took."""
    data: Data | None
    """The grade, see `grade_report.as_data`; None if the file could not be graded."""
    error: str = ""

    @property
    def passed(self) -> bool:
        """True if the exercise is solved in every run."""
        return self.data is not None and bool(self.data["passed"])

    @property
    def points(self) -> int:
        """Points, 0 for what could not be graded."""
        return 0 if self.data is None else int(self.data["points"])

    @property
    def goals(self) -> list[bool]:
        """True for each goal that is met, in order; empty if nothing was run."""
        return [] if self.data is None else [goal["met"] for goal in self.data["goals"]]

    def reason(self, lang: str) -> str:
        """Reason why it does not pass: a forbidden change, a goal with the event that decided it, or the budget."""
        if self.data is None:
            return ""
        for change in self.data["changes"]:
            if not change["allowed"]:
                return words.NOT_ALLOWED.text(lang, path=change["path"])
        for goal in self.data["goals"]:
            if not goal["met"]:
                event = goal["missed"]["event"]
                said = goal["text"].get(lang) or goal["test"]
                if event is None:
                    return words.MISSED.text(lang, goal=said)
                return words.MISSED_BY.text(lang, goal=said, when=event["when"][lang], event=event["text"][lang])
        budget = self.data["processes"]
        if budget is not None and not budget["met"]:
            return words.OVER_BUDGET.text(lang, used=budget["used"], limit=budget["limit"])
        return ""

    def remark(self, lang: str) -> str:
        """The error, else the reason why it does not pass; empty if it does."""
        return self.error.partition("\n")[0] if self.data is None else self.reason(lang)


def summary_of(rows: Sequence[StudentRow]) -> Data:
    """Counts over the class: who passed, each goal, and what those who did not pass had in mind."""
    graded = [row.data for row in rows if row.data is not None and row.data["runs"]]
    goals = [
        {"test": goal["test"], "text": goal["text"], "met": sum(data["goals"][place]["met"] for data in graded)}
        for place, goal in enumerate(graded[0]["goals"] if graded else ())
    ]
    return {
        "students": len(rows),
        "passed": sum(row.passed for row in rows),
        "graded": len(graded),
        "goals": goals,
        "tried": list(_tried(rows))[:COMMON],
    }


def _tried(rows: Sequence[StudentRow]) -> Iterator[Data]:
    """Misconceptions: what those who failed alike had changed, and what that led to; the most frequent first.

    Alike are those whose changes show the same misconception that the author has named, make them the same variant of
    the lesson, or touch the same settings, and who missed
    the same goal first.
    """
    alike: dict[tuple[Any, ...], list[StudentRow]] = {}
    for row in rows:
        if row.data is not None and not row.passed:
            names = tuple(change["path"] for change in row.data["changes"])
            like = row.data["believed"] or row.data["like"]
            missed = next((goal["test"] for goal in row.data["goals"] if not goal["met"]), "")
            alike.setdefault((tuple(like.items()) if like else names, missed), []).append(row)
    for group in sorted(alike.values(), key=len, reverse=True):
        first = group[0]
        assert first.data is not None
        changes = first.data["changes"]
        yield {
            "students": len(group),
            "believed": first.data["believed"],
            "like": first.data["like"],
            "changes": [f"{setting_name(one['path'])}: {one['before']} → {one['after']}" for one in changes],
            "reason": {lang: first.reason(lang) for lang in LANGUAGES},
        }


def class_data(lesson: str, rows: Sequence[StudentRow]) -> Data:
    """Everything as plain data, the remark in both languages."""
    students = [
        {
            "student": row.student,
            "passed": row.passed,
            "points": row.points,
            "of": None if row.data is None else row.data["of"],
            "goals": row.goals,
            "event": {lang: row.remark(lang) for lang in LANGUAGES},
            "seconds": round(row.seconds, 3),
            "error": row.error,
        }
        for row in rows
    ]
    return {"lesson": lesson, "students": students, "summary": summary_of(rows)}


def class_lines(rows: Sequence[StudentRow], lang: str) -> Iterator[str]:
    """The table and the summary as lines, in `ko`, `en` or (one after the other) `both`."""
    for one in LANGUAGES if lang == BOTH else (lang,):
        yield from _lines(rows, one)


def _lines(rows: Sequence[StudentRow], lang: str) -> Iterator[str]:
    head = [one.text(lang) for one in (words.STUDENT, words.POINTS, words.GOALS, words.SECONDS, words.REMARK)]
    table: list[list[str]] = []
    for row in rows:
        points = "-" if row.data is None else f"{row.points}/{row.data['of']}"
        goals = "".join("✓" if met else "✗" for met in row.goals) or "-"
        table.append([row.student, points, goals, f"{row.seconds:.1f} s", row.remark(lang) or mark(True, lang).strip()])
    yield from plain_table(Table(words.TITLE.text(lang), head, table, names=1))
    found = summary_of(rows)
    yield ""
    yield words.SUMMARY.text(lang, students=found["students"], passed=found["passed"])
    for goal in found["goals"]:
        said = goal["text"].get(lang, "")
        text = f"  ({said})" if said else ""
        yield words.GOAL.text(lang, met=goal["met"], graded=found["graded"], test=goal["test"], text=text)
    if found["tried"]:
        yield words.TRIED.text(lang)
    for one in found["tried"]:
        changes = ", ".join(one["changes"][:COMMON]) or words.NOTHING.text(lang)
        if len(one["changes"]) > COMMON:
            changes += words.MORE.text(lang, count=len(one["changes"]) - COMMON)
        said = words.BELIEVED if one["believed"] else words.TRIED_LIKE if one["like"] else words.TRIED_SAME
        like = pick(one["believed"] or one["like"] or {}, lang)
        yield said.text(lang, count=one["students"], changes=changes, like=like)
        yield f"      {one['reason'][lang]}"


def class_csv(rows: Sequence[StudentRow], lang: str) -> str:
    """A line a student, for a spreadsheet: no cell is a formula."""
    out = io.StringIO()
    writer = TableWriter(out)
    writer.row(["student", "passed", "points", "of", "goals", "event", "seconds", "error"])
    for row in rows:
        goals = "".join("1" if met else "0" for met in row.goals)
        most = "" if row.data is None else row.data["of"]
        cells = [
            row.student,
            int(row.passed),
            row.points,
            most,
            goals,
            row.remark(lang),
            f"{row.seconds:.3f}",
            row.error,
        ]
        writer.row(cells)
    return out.getvalue()


def class_junit(lesson: str, rows: Sequence[StudentRow], lang: str) -> str:
    """The same as JUnit XML, a test case a student."""
    failures = sum(row.data is not None and not row.passed for row in rows)
    errors = sum(row.data is None for row in rows)
    counts = {"tests": str(len(rows)), "failures": str(failures), "errors": str(errors)}
    suite = ElementTree.Element("testsuite", {"name": lesson, **counts})
    for row in rows:
        case = ElementTree.SubElement(
            suite, "testcase", classname=lesson, name=visible(row.student), time=f"{row.seconds:.3f}"
        )
        if row.data is None:
            ElementTree.SubElement(case, "error", message=visible(row.remark(lang))).text = visible(row.error)
        elif not row.passed:
            ElementTree.SubElement(case, "failure", message=visible(row.remark(lang)))
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)

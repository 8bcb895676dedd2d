"""A class is graded: a row a student, whatever the file is, and a summary of what the class has understood."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from simulator.cli.grader import Request
from simulator.cli.grading_class import find_solutions, grade_all
from simulator.course.class_report import StudentRow, class_csv, class_data, class_junit, class_lines
from tests.test_cli import Call

LESSON = "crash-early-late"
LATE = "config: {task_acks_late: true}\n"
SOLVED = f"extends: {LESSON}\n{LATE}workers: {{worker2: {{concurrency: 2}}}}\n"
GUIDES = Path(__file__).parents[2] / "scenarios"


@pytest.fixture
def ackademy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return Call(monkeypatch, capsys)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[StudentRow]:
    """A class of six, graded once."""
    folder = tmp_path_factory.mktemp("class") / "room"
    files = {
        "ann.yaml": SOLVED,
        "ben.yaml": f"extends: {LESSON}\n{LATE}",
        "cho/solution.yaml": f"extends: {LESSON}\n{LATE}",
        "dee.yaml": f"extends: {LESSON}\nuntil: 1\n",
        "=1+1.yaml": "tasks: [",
    }
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (folder / "eve.yaml").symlink_to(folder / "ann.yaml")
    (folder / "notes.txt").write_text("no solution", encoding="utf-8")
    requests = [(name, Request(file, LESSON, 0, None, 60, "en")) for name, file in find_solutions([str(folder)])]
    return grade_all(requests, jobs=2)


def test_a_row_a_student_and_a_summary(rows: list[StudentRow]) -> None:
    data = class_data(LESSON, rows)
    found = {row["student"]: row for row in data["students"]}
    assert list(found) == ["=1+1.yaml", "ann.yaml", "ben.yaml", "cho/solution.yaml", "dee.yaml", "eve.yaml"]
    assert [(row["passed"], row["points"], row["goals"]) for row in data["students"]] == [
        (False, 0, []),
        (True, 3, [True, True, True]),
        (False, 2, [True, True, False]),
        (False, 2, [True, True, False]),
        (False, 0, []),
        (False, 0, []),
    ]
    assert found["ben.yaml"]["event"]["en"].startswith("done within 14 s: missed, decided at [24.00 s] ")
    assert found["dee.yaml"]["event"] == {"ko": "바꿀 수 없는 설정: until", "en": "not allowed to change: until"}
    assert "regular file" in found["eve.yaml"]["error"]
    assert all(row["seconds"] > 0 for row in data["students"])
    summary = data["summary"]
    assert (summary["students"], summary["passed"], summary["graded"]) == (6, 1, 3)
    assert [goal["met"] for goal in summary["goals"]] == [3, 3, 1]
    misconception, forbidden = summary["tried"]
    assert misconception["like"] == {"ko": "실행 후 ACK", "en": "Late ACK"}  # a variant of the lesson names it
    assert misconception["changes"] == ["task_acks_late: false → true"]
    assert misconception["reason"] == found["ben.yaml"]["event"]
    assert (misconception["students"], forbidden["students"], forbidden["like"]) == (2, 1, None)


def test_the_table_in_both_languages(rows: list[StudentRow]) -> None:
    for lang, said in (("en", "1 of 6 passed"), ("ko", "6명 가운데 1명 통과")):
        text = "\n".join(class_lines(rows, lang))
        assert said in text
        assert re.search(r"ben.yaml +2/3 +✓✓✗ ", text)
        like = 'as in the variant "Late ACK"' if lang == "en" else '변형 "실행 후 ACK"처럼'
        assert f"{like}: task_acks_late: false → true" in text


def test_csv_holds_no_formula(rows: list[StudentRow]) -> None:
    read = list(csv.reader(io.StringIO(class_csv(rows, "en"))))
    assert read[0][:5] == ["student", "passed", "points", "of", "goals"]
    assert read[1][0] == "'=1+1.yaml"
    assert read[2][:5] == ["ann.yaml", "1", "3", "3", "111"]
    assert len(read) == 7


def test_junit_tells_failures_from_errors(rows: list[StudentRow]) -> None:
    suite = ElementTree.fromstring(class_junit(LESSON, rows, "en"))
    assert suite.attrib == {"name": LESSON, "tests": "6", "failures": "3", "errors": "2"}
    kinds = {case.attrib["name"]: [child.tag for child in case] for case in suite}
    assert kinds["ann.yaml"] == []
    assert kinds["ben.yaml"] == ["failure"]
    assert kinds["eve.yaml"] == ["error"]


def test_everybody_passed(tmp_path: Path, ackademy: Call) -> None:
    (tmp_path / "ann.yaml").write_text(SOLVED, encoding="utf-8")
    ended = ackademy("grade", str(tmp_path), "--against", LESSON, "--seeds", "1", "--json")
    assert (ended.status, ended.err) == (0, "")  # no bar where no terminal is
    assert json.loads(ended.out)["summary"]["passed"] == 1


def test_what_cannot_be_graded_at_all(tmp_path: Path, ackademy: Call) -> None:
    for words in (
        ["grade", str(tmp_path), "--against", LESSON],
        ["grade", str(tmp_path), "--against", "why-delay"],
        ["grade", str(tmp_path), "--against", "nowhere"],
        ["grade", str(tmp_path), "--against", LESSON, "--csv", "--json"],
    ):
        ended = ackademy(*words)
        assert (ended.status, ended.out) == (2, "")
        assert ended.err


@pytest.mark.soak
def test_a_hundred_solutions_each_get_their_own_grade(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")  # not on Windows
    for number in range(100):
        slots = 1 + number % 3
        text = f"extends: {LESSON}\n{LATE}workers: {{worker2: {{concurrency: {slots}}}}}\n"
        (tmp_path / f"student{number:02}.yaml").write_text(text, encoding="utf-8")
    asked = [(name, Request(file, LESSON, 3, None, 60, "en")) for name, file in find_solutions([str(tmp_path)])]
    rows = grade_all(asked, jobs=os.cpu_count() or 1)
    assert [row.student for row in rows] == [f"student{number:02}.yaml" for number in range(100)]
    assert [row.passed for row in rows] == [number % 3 == 1 for number in range(100)]
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert used.ru_utime + used.ru_stime < 60  # 10 s where it was measured; with imports for each it was 110 s


def autograder(guide: str) -> dict[str, Any]:
    """The only test in a guide's example of an autograder."""
    found = re.search(r"```json\n(\{\n  \"tests\".*?)```", (GUIDES / guide).read_text("utf-8"), re.DOTALL)
    assert found is not None
    (test,) = json.loads(found[1])["tests"]
    return dict(test)


def test_the_guides_autograder_works(tmp_path: Path) -> None:
    test = autograder("README.md")
    assert autograder("README.ko.md") == test
    assert test["points"] == 3
    program = tmp_path / "bin" / "ackademy"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m simulator "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    environment["PYTHONPATH"] = str(GUIDES.parent)
    for text, status in ((SOLVED, 0), (f"extends: {LESSON}\n", 1)):
        (tmp_path / "solution.yaml").write_text(text, encoding="utf-8")
        ended = subprocess.run(test["run"], shell=True, cwd=tmp_path, env=environment, check=False, capture_output=True)
        assert ended.returncode == status, ended.stderr

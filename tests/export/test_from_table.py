"""`new --from-csv`: a table of what ran becomes a scenario."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from simulator.engine import simulate
from simulator.export import TableColumns, scenario_from_table, scenario_text
from simulator.measure import summary
from simulator.scenario import Problem, Scenario, ScenarioError, parse_scenario
from simulator.trace.events import TaskSent
from tests.test_cli import Call

COLUMNS = TableColumns("name", "start", "took")


@pytest.fixture
def ackademy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return Call(monkeypatch, capsys)


def scenario_of(text: str, columns: TableColumns = COLUMNS) -> Scenario:
    draft = scenario_from_table(text, "apm.csv", columns)
    return parse_scenario(scenario_text(draft, Problem("table.origin")))


def sent(model: Scenario) -> list[TaskSent]:
    return [event for event in simulate(model) if isinstance(event, TaskSent)]


def problems(text: str, columns: TableColumns = COLUMNS) -> list[tuple[str, object]]:
    with pytest.raises(ScenarioError) as error:
        scenario_from_table(text, "apm.csv", columns)
    return [(problem.code, problem.params.get("line")) for problem in error.value.problems]


def test_tasks_arrive_when_they_did_and_take_as_long() -> None:
    model = scenario_of(
        "name,start,took\nmail,2024-05-01T10:00:00Z,0.5\npay,2024-05-01T10:00:02.5+00:00,3\nmail,2024-05-01T10:00:04Z,0.5\n"
    )
    assert [(event.name, event.t / 1e6) for event in sent(model)] == [("mail", 0.0), ("pay", 2.5), ("mail", 4.0)]
    assert {name: task["duration"] for name, task in model.data["tasks"].items()} == {"mail": 0.5, "pay": 3}


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_units_and_times_since_1970(unit: str) -> None:
    factor = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    lines = [f"mail,{(1_700_000_000 + second) * factor},{2 * factor}" for second in (0, 5)]
    model = scenario_of("\n".join(["name,start,took", *lines]), TableColumns("name", "start", "took", unit=unit))
    assert model.data["tasks"]["mail"]["duration"] == 2
    assert [event.t for event in sent(model)] == [0, 5_000_000]


def test_json_lines_and_queues() -> None:
    rows = [
        {"task": {"a": 1}, "name": "mail", "start": 0, "took": 1, "q": "fast"},
        {"name": "mail", "start": 1, "took": 1, "q": "slow"},
        {"name": "pay", "start": 2, "took": 1, "q": "slow"},
    ]
    text = "\n".join(map(json.dumps, rows))
    model = scenario_of(text, TableColumns("name", "start", "took", "q"))
    assert {event.uuid: event.queue for event in sent(model)} == {
        "mail_1": "fast",
        "mail_2": "slow",
        "pay_1": "slow",
    }
    assert model.model.workers["worker1"].queues == ["fast", "slow"]
    assert not model.warnings


def test_the_waits_of_the_assumed_worker_and_the_mean_duration_are_kept() -> None:
    random = Random(1)
    lines, time = ["name,start,took"], 0.0
    for _ in range(2000):
        time += random.expovariate(1)
        lines.append(f"work,{time},{random.lognormvariate(0, 0.6)}")
    model = scenario_of("\n".join(lines))
    [work] = summary(simulate(model)).types
    assert work.sent == 2000
    assert work.response.mean is not None
    assert work.wait.mean is not None
    assert work.response.mean - work.wait.mean == pytest.approx(1.2, rel=0.1)
    assert model.model.workers["worker1"].concurrency == 2  # 1.2 s of work a second, in slots that are busy for 70 %


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("name,start,took\nmail,soon,1", "table.arrival", 2),
        ("name,start,took\nmail,1,1\nmail,2,-1", "table.duration", 3),
        ("name,start,took\nmail,1,nan", "table.duration", 2),
        ("name,start,took\n,1,1", "table.task", 2),
        ("name,start,took", "table.empty", None),
        ('{"name": "a", "start": 1, "took": 1}\n{"name": ', "table.line", 2),
        ('{"name": "a", "start": 1, "took": 1}\n{"name": "a"}', "table.column", 2),
        ('name,start,took\n"mail,1,1', "table.line", 2),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, code: str, line: int | None) -> None:
    assert problems(text)[0] == (code, line)


def test_a_column_that_is_not_there_and_what_was_meant(ackademy: Call, tmp_path: Path) -> None:
    table, made = tmp_path / "apm.csv", tmp_path / "mine.yaml"
    table.write_text("name,start,took\nmail,1,2\nmail,4,2\n", encoding="utf-8")
    columns = ("--task", "name", "--arrival", "start")
    wrong = ackademy("new", "-", "--from-csv", str(table), *columns, "--duration", "tok", "--lang", "en")
    assert wrong.status == 2
    assert "tok" in wrong.err
    assert 'did you mean "took"?' in wrong.err
    assert ackademy("new", "-", "--from-csv", str(table), *columns, "--lang", "en").status == 2
    assert ackademy("new", "-", "--task", "name", "--lang", "en").status == 2
    right = ackademy("new", str(made), "--from-csv", str(table), *columns, "--duration", "took", "--lang", "en")
    assert (right.status, right.out.strip()) == (0, str(made))
    assert "were assumed" in right.err
    assert ackademy("run", str(made)).status == 0

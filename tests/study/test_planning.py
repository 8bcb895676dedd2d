"""`plan` finds the setting that a full grid finds, with fewer runs, and says how sure it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from simulator.scenario import Scenario, ScenarioError
from simulator.study.executors import Here, Workplace
from simulator.study.grid import Cell, grid_of, make_cells, parse_axis
from simulator.study.plan_report import plan_lines
from simulator.study.planning import MET, MISSED, OPEN, CheapestPlan, costs_of, slots_of
from tests.benchmarks.engine import markovian
from tests.strategies import build
from tests.test_cli import Call, ackademy  # noqa: F401 - a fixture

HERE = Workplace(Here(), 1, 0.1)

QUEUE = markovian("celery-rabbitmq", 60, servers=1), "workers=1..8", "p95(wait) < 3", None
SLOTS = (
    markovian("celery-redis", 60, servers=1),
    "workers=1..4,config.worker_concurrency=1,2,4",
    "p95(wait) < 0.8",
    "workers*worker_concurrency + 0.1*workers",
)
MIXED = (
    build(
        {
            "profile": "celery-rabbitmq",
            "tasks": {"mail": {"duration": 0.2}, "report": {"duration": {"uniform": [4, 6]}}},
            "workers": 1,
            "send": [
                {"task": "mail", "every": {"exponential": 0.5}, "count": 30},
                {"task": "report", "every": {"exponential": 5}, "count": 3},
            ],
        }
    ),
    "workers=1..6,config.worker_prefetch_multiplier=1,4",
    "p95(wait, mail) < 8",
    None,
)
"""Three questions: scenario, settings, goal, cost."""

Asked = tuple[Scenario, str, str, str | None]


def plan(asked: Asked, most: int = 128) -> CheapestPlan:
    scenario, over, goal, cost = asked
    factors = parse_axis(over)
    cells = make_cells(scenario, grid_of(factors))
    return CheapestPlan(cells, costs_of(cells, cost), factors, (goal,), 1, most)


def searched(asked: Asked, most: int = 128) -> CheapestPlan:
    found = plan(asked, most)
    for _ in found.search(HERE):
        pass
    return found


def by_grid(asked: Asked, most: int = 128) -> tuple[int | None, int]:
    """The cheapest cell that is met when all are decided, and the runs that took."""
    found = plan(asked, most)
    for _ in found._look(range(len(found.cells)), most, HERE):
        pass
    met = [cell for cell in range(len(found.cells)) if found.verdict(cell) == MET]
    return min(met, key=lambda cell: found.costs[cell], default=None), found.runs.played()


@pytest.mark.parametrize("asked", [QUEUE, SLOTS, MIXED], ids=["queue", "slots", "mixed"])
def test_a_plan_is_what_the_full_grid_finds_with_fewer_runs(asked: Asked) -> None:
    found = searched(asked, most=96)
    best, spent = by_grid(asked, most=96)
    assert found.answer is not None
    assert best is not None
    assert found.costs[found.answer] == found.costs[best]
    assert found.runs.played() < spent / 2


def test_a_plan_says_how_sure_it_is_and_why_the_next_cheaper_setting_does_not_do() -> None:
    found = searched(QUEUE)
    assert found.answer is not None
    assert found.cheaper is not None
    assert found.found(found.answer).low >= 0.95
    assert found.verdict(found.cheaper) == MISSED
    assert found.costs[found.cheaper] == found.costs[found.answer] - 1
    seed = found.missed_seed(found.cheaper)
    text = "\n".join(plan_lines(found, ["queue.yaml"], "en"))
    assert f"ackademy play queue.yaml --set workers={found.cheaper + 1} --seed {seed}" in text


def test_where_nothing_does_that_is_said() -> None:
    found = searched((QUEUE[0], "workers=1..2", "p95(wait) < 0", None))
    assert found.answer is None
    assert "목표를 이루는 설정이 없습니다" in "\n".join(plan_lines(found, ["x"], "ko"))


def test_too_few_runs_leave_the_answer_open() -> None:
    found = searched(QUEUE, most=16)
    assert found.answer is None
    assert OPEN in {found.verdict(cell) for cell in range(8)}


def test_a_setting_that_gets_worse_with_more_is_not_trusted_to_get_better() -> None:
    """Durations of the third worker on: more workers are slower here, which bisection cannot know."""
    found = plan(QUEUE)
    verdicts = dict(enumerate([True, False, False, True, True, True, True, True]))

    def look(cells: Sequence[int], most: int, place: Workplace) -> Any:
        for cell in cells:
            for number in range(most):
                found.runs.add(_played(cell, found.first_seed + number, verdicts[cell]))
        yield found.runs.played()

    found._look = look  # type: ignore[method-assign]
    for _ in found.search(HERE):
        pass
    assert found.answer == 3
    assert found.cheaper == 2


def _played(cell: int, seed: int, met: bool) -> Any:
    from simulator.study.jobs import Played

    return Played(cell, seed, (float(met),))


@pytest.mark.parametrize(
    ("text", "cost"),
    [("workers*worker_concurrency", 6), ("slots", 6), (None, 6), ("2 + workers/2", 3), ("10 - workers", 8)],
)
def test_costs_are_arithmetic_on_the_settings(text: str | None, cost: float) -> None:
    cells = make_cells(QUEUE[0], [(("workers", 2), ("config.worker_concurrency", 3))])
    assert costs_of(cells, text) == [cost]


@pytest.mark.parametrize("text", ["money", "workers == 2", "max(wait)", "workers +", "'a'"])
def test_a_cost_of_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError):
        costs_of([Cell((("workers", 2),), QUEUE[0])], text)


def test_a_worker_that_scales_itself_costs_what_it_may_grow_to() -> None:
    assert slots_of(build({"workers": {"a": {"autoscale": [8, 2]}, "b": {"concurrency": 3}, "c": {}}})) == 12


@pytest.fixture
def pay(tmp_path: Path) -> str:
    file = tmp_path / "pay.yaml"
    file.write_text("tasks: {pay: {uniform: [3, 4]}}\nsend: [{at: 0, task: pay, count: 6}]\nworkers: 1\n")
    return str(file)


def test_the_command_prints_the_answer(ackademy: Call, pay: str) -> None:  # noqa: F811
    words = ("plan", pay, "--over", "workers=1..4", "--goal", "finished_by < 13", "--jobs", "1")
    ended = ackademy(*words)
    assert (ended.status, ended.err) == (0, "")
    assert "The cheapest setting: workers=2 (cost 2)" in ended.out
    data = json.loads(ackademy(*words, "--json").out)
    assert data["answer"]["settings"] == {"workers": 2}
    assert data["next_cheaper"]["verdict"] == MISSED
    assert ackademy(*words, "--goal", "finished_by < 1").status == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--goal", "lost == 0"), "--over needs"),
        (("--over", "workers=1..2"), "has no goals"),
        (("--over", "workers=1..2", "--goal", "lost == 0", "--cost", "money"), "money is no number"),
        (("--over", "workers=1..2", "--goal", "lost"), "is no condition"),
    ],
)
def test_a_plan_that_cannot_be_made_says_why(
    ackademy: Call,  # noqa: F811
    pay: str,
    words: tuple[str, ...],
    told: str,
) -> None:
    ended = ackademy("plan", pay, "--jobs", "1", *words)
    assert (ended.status, ended.out) == (2, "")
    assert told in ended.err

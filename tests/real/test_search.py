"""The search for scenarios that a real Celery plays otherwise than predicted: what it counts, what it avoids."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from simulator.engine import simulate
from simulator.measure.difference import differs
from simulator.real.performing.ensemble import StageError
from tests.real.search import Found, Search
from tests.real.spacing import deadlines, with_profile

DATA: dict[str, Any] = {"tasks": {"nap": {"duration": 0.5}}, "workers": {"w": {}}, "send": [{"at": 0, "task": "nap"}]}


class Failing(Executor):
    """A pool in which everything raises."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(self.error)
        return future


@pytest.mark.parametrize(
    ("error", "counted", "pools"),
    [
        (KeyError("w9"), "1 crashed: KeyError: 'w9'", 1),
        (BrokenProcessPool("gone"), "1 crashed: BrokenProcessPool: gone", 2),
        (StageError("not_ready"), "1 not performed: ", 1),
    ],
)
def test_what_crashes_is_counted_and_the_search_goes_on(
    error: Exception, counted: str, pools: int, tmp_path: Path
) -> None:
    made: list[Executor] = []

    def make() -> Executor:
        made.append(Failing(error))
        return made[-1]

    search = Search(make, 1, tmp_path / "found", 0.0)
    assert search.run(DATA, "celery-redis") is None
    assert counted in (tmp_path / "found" / "counts.txt").read_text("utf-8")
    assert (len(made), search.pool) == (pools, made[-1])


@pytest.mark.parametrize(("limit", "close"), [(0.45, True), (0.55, True), (0.2, False), (0.9, False)])
def test_a_body_that_ends_close_to_its_time_limit_is_a_race(limit: float, close: bool) -> None:
    scenario = with_profile({**DATA, "tasks": {"nap": {"duration": 0.5, "time_limit": limit}}}, "celery-redis", ends=3)
    assert bool(deadlines(simulate(scenario), scenario)) == close


@pytest.mark.parametrize(
    ("profile", "online", "race"),
    [
        ("celery-redis", (0.05, 3.95), True),  # 0.1 s apart in the second in which each asks
        ("celery-redis", (0.05, 0.5), False),
        ("celery-rabbitmq", (0.05, 3.95), False),
        ("celery-rabbitmq", (0.05, 0.09), True),
        ("celery-redis", (0.05,), False),
    ],
)
def test_who_of_two_workers_was_first_is_a_race_where_they_were_close(
    profile: str, online: tuple[float, ...], race: bool
) -> None:
    rows = [{"online": {f"w{n}": [time] for n, time in enumerate(online)}}]
    wrong = differs("order", worker="w0", verb="receives", place=1, predicted="A", recorded="B")
    assert Found(DATA, profile, rows, SimpleNamespace(differences=(wrong,))).is_race == race  # type: ignore[arg-type]

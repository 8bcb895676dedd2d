"""Confidence in a mean."""

from __future__ import annotations

from random import Random

import pytest

from simulator.measure import estimate
from simulator.measure.estimate import student


@pytest.mark.parametrize(
    ("freedom", "quantile"), [(3, 3.1824), (4, 2.7764), (9, 2.2622), (29, 2.0452), (99, 1.9842), (100_000, 1.96)]
)
def test_students_t_is_that_of_the_tables(freedom: int, quantile: float) -> None:
    assert student(freedom) == pytest.approx(quantile, abs=0.005)


def test_the_interval_holds_the_true_mean_in_95_of_100_cases() -> None:
    draw = Random(1)
    held = sum(estimate(draw.gauss(7, 3) for _ in range(8)).holds(7) for _ in range(2000))
    assert held / 2000 == pytest.approx(0.95, abs=0.015)


def test_four_times_the_runs_halve_the_interval() -> None:
    draw = Random(2)
    values = [draw.expovariate(1) for _ in range(4000)]
    assert estimate(values).half == pytest.approx(estimate(values[:1000]).half / 2, rel=0.1)


def test_equal_values_are_sure_and_too_few_are_refused() -> None:
    found = estimate([2, 2, 2, 2])
    assert (found.mean, found.low, found.high, found.count) == (2, 2, 2, 4)
    with pytest.raises(ValueError, match="3"):
        estimate([1, 2, 3])

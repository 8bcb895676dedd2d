"""Intervals hold what they promise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.study.statistics import (
    ConfidenceInterval,
    batches_of,
    difference_of,
    is_precise,
    mean_of,
    quantile_of,
    share_of,
    warm_up_of,
)


def covered(found: list[ConfidenceInterval], truth: float) -> float:
    return sum(not one.excludes(truth) for one in found) / len(found)


def test_a_days_goal_takes_459_days_without_a_miss() -> None:
    assert share_of(458, 458, 0.99).low < 0.99 <= share_of(459, 459, 0.99).low
    assert share_of(459, 459, 0.99).low == pytest.approx(0.01 ** (1 / 459))
    assert share_of(458, 459, 0.99).low < 0.986
    assert (share_of(0, 20, 0.95).low, share_of(20, 20, 0.95).high) == (0.0, 1.0)


@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_a_bound_of_a_share_is_below_the_truth_as_often_as_it_says(share: float) -> None:
    draw = np.random.default_rng(1)
    below = [share_of(count, 60, 0.95).low <= share for count in range(61)]
    found = [below[count] for count in draw.binomial(60, share, 1000)]
    assert np.mean(found) >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / 1000)


def test_means_cover_the_truth() -> None:
    draw = np.random.default_rng(2)
    found = [mean_of(draw.normal(7, 3, 8), 0.95) for _ in range(2000)]
    assert covered(found, 7) == pytest.approx(0.95, abs=0.015)
    assert math.isnan(mean_of([1, 2, 3], 0.95).low)
    assert mean_of([2, 2, 2, 2], 0.95).half == 0


def test_runs_that_share_their_draws_are_compared_in_pairs() -> None:
    draw = np.random.default_rng(3)
    noise = draw.normal(0, 10, 50)
    base, other = noise + draw.normal(0, 0.1, 50), noise + 0.5 + draw.normal(0, 0.1, 50)
    paired = difference_of(other, base, 0.95)
    assert paired.excludes(0)
    assert not paired.excludes(0.5)
    assert paired.half < mean_of(other, 0.95).half / 20


@pytest.mark.parametrize("share", [0.5, 0.95])
def test_quantiles_cover_the_truth_whatever_the_distribution(share: float) -> None:
    draw = np.random.default_rng(4)
    found = [quantile_of(draw.exponential(2, 200), share, 0.95) for _ in range(1000)]
    assert 0.945 <= covered(found, -2 * math.log(1 - share)) <= 0.985
    assert quantile_of(draw.exponential(2, 20), 0.95, 0.95).high == math.inf


def test_a_precision_is_reached_when_the_mean_found_is_that_close_to_the_true_one() -> None:
    assert is_precise(ConfidenceInterval(100, 95.3, 104.7, 20), 0.05)
    assert not is_precise(ConfidenceInterval(100, 95, 105, 20), 0.05)
    assert not is_precise(ConfidenceInterval(100, 100, 100, 3), 0.05)
    assert is_precise(ConfidenceInterval(0, 0, 0, 10), 0.05)


def test_a_warm_up_is_cut_where_it_ends() -> None:
    draw = np.random.default_rng(5)
    steady = draw.normal(10, 1, 2000)
    rising = np.concatenate([np.linspace(0, 10, 300), steady])
    assert 200 <= warm_up_of(rising) <= 320
    assert warm_up_of(steady) <= 100
    assert warm_up_of([1.0, 2.0]) == 0


def test_batches_of_a_series_whose_values_are_alike_cover_its_mean() -> None:
    draw = np.random.default_rng(6)
    found = []
    for _ in range(300):
        shocks = draw.normal(0, 1, 8000)
        series = np.empty_like(shocks)
        last = 0.0
        for place, shock in enumerate(shocks):
            last = series[place] = 0.8 * last + shock
        found.append(batches_of(series + 5, "mean", 0.95))
    assert covered(found, 5) == pytest.approx(0.95, abs=0.04)
    assert batches_of(range(10), "mean", 0.95).count == 0
    assert batches_of([*range(40)], "max", 0.95).value == 20

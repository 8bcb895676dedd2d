"""Distributions fitted to samples."""

from __future__ import annotations

import math
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine.draws import sampler, stream
from simulator.measure.fit import FEW, fit
from simulator.scenario.values.distributions import parse_distribution


def draws(written: object, count: int, seed: int = 1) -> list[float]:
    draw = sampler(parse_distribution(written), stream(seed, "test", "fit"))
    return [draw(number, 0) / 1e6 for number in range(count)]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ({"exponential": 2.0}, "exponential"),
        ({"lognormal": {"median": 0.5, "p95": 3}}, "lognormal"),
        ({"normal": [10, 1]}, "normal"),
        (1.5, "constant"),
    ],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_shape_is_found_again(written: object, kind: str, seed: int) -> None:
    found = fit(draws(written, 1000, seed))
    assert found.kind == kind
    assert found.distance < 0.045


def test_the_parameters_are_near() -> None:
    found = fit(draws({"lognormal": {"median": 0.5, "p95": 3}}, 5000))
    assert found.value["lognormal"]["median"] == pytest.approx(0.5, rel=0.05)
    assert found.value["lognormal"]["p95"] == pytest.approx(3, rel=0.1)


def test_what_fits_no_shape_keeps_its_quantiles_and_its_mean() -> None:
    sample = draws({"choice": {"0.1": 9, "60": 1}}, 1000)
    found = fit(sample)
    assert found.kind == "quantiles"
    weights = found.value["choice"]
    assert sum(value * weight for value, weight in weights.items()) / 1000 == pytest.approx(fmean(sample), rel=0.01)


def test_the_long_end_of_a_sample_is_kept() -> None:
    sample = [*draws({"uniform": [0.1, 0.2]}, 960), *draws({"uniform": [1, 30]}, 40)]
    again = draws(fit(sample).value, 4000, seed=2)
    for share in (0.5, 0.9, 0.98):
        assert sorted(again)[int(share * 4000)] == pytest.approx(sorted(sample)[int(share * 1000)], rel=0.3), share


def test_two_kinds_of_work_in_one_task_are_no_lognormal() -> None:
    sample = [
        *draws({"lognormal": {"median": 0.2, "p95": 0.3}}, 150),
        *draws({"lognormal": {"median": 0.4, "p95": 0.6}}, 150),
    ]
    assert fit(sample).kind == "quantiles"


def test_a_few_are_listed_as_they_came() -> None:
    assert fit([3.0, 1.0, 2.0]).value == {"list": [3.0, 1.0, 2.0]}


def test_steady_times_are_one_number() -> None:
    assert fit([2.0003, 2.0011, 2.0]).value == 2.0


def test_nothing_has_no_distribution() -> None:
    with pytest.raises(ValueError, match="empty"):
        fit([])


@given(st.lists(st.floats(0, 1e4, allow_nan=False), min_size=1, max_size=80))
def test_every_sample_becomes_something_that_a_scenario_can_draw(sample: list[float]) -> None:
    found = fit(sample)
    distribution = parse_distribution(
        {kind: {str(key): weight for key, weight in given.items()} if kind == "choice" else given
         for kind, given in found.value.items()} if isinstance(found.value, dict) else found.value
    )  # fmt: skip
    assert 0 <= found.distance <= 1
    assert found.kind != "listed" or len(sample) < FEW
    if found.kind in ("constant", "listed", "quantiles"):
        assert max(distribution.numbers) <= max(sample) + 0.001
    assert math.isfinite(found.mean)

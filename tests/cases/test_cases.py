"""Every case in this folder, and each variant of it, reaches its goals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.engine import simulate
from simulator.measure import check_goals
from simulator.scenario import load_scenario

CASES = sorted(Path(__file__).parent.glob("*.yaml"))


def runs() -> Iterator[tuple[Path, str | None]]:
    """Each file without a variant, and with each one that it has."""
    for path in CASES:
        yield path, None
        for variant in load_scenario(path).model.variants:
            yield path, variant


@pytest.mark.parametrize(
    ("path", "variant"), [pytest.param(*run, id="-".join(filter(None, (run[0].stem, run[1])))) for run in runs()]
)
def test_a_case_reaches_its_goals(path: Path, variant: str | None) -> None:
    scenario = load_scenario(path, variant=variant)
    assert scenario.goals
    missed = [result.goal.test for result in check_goals(scenario.goals, simulate(scenario)) if not result.met]
    assert missed == []

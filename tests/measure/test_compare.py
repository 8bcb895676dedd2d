"""Two runs beside each other."""

from __future__ import annotations

from simulator import load_scenario, simulate
from simulator.measure import compare


def test_where_two_variants_part_and_what_differs() -> None:
    one = simulate(load_scenario("three-task-order"))
    other = simulate(load_scenario("three-task-order", variant="slow_email"))
    found = compare(one, other)
    assert found.first is not None
    assert found.one == one[found.first]
    assert found.other == other[found.first]
    assert found.one != found.other
    rows = {row.measure: row for row in found.rows}
    assert (rows["end"].one, rows["end"].other) == (4.0, 11.0)
    assert rows["busy slots"].differs
    assert not rows["sent"].differs


def test_a_run_is_the_same_as_itself() -> None:
    one = simulate(load_scenario("three-task-order"))
    found = compare(one, simulate(load_scenario("three-task-order")))
    assert found.first is None
    assert not any(row.differs for row in found.rows)


def test_a_run_that_ends_earlier_differs_where_it_ends() -> None:
    one = simulate(load_scenario("empty-queue"))
    other = simulate(load_scenario("empty-queue", until=5))
    found = compare(one, other)
    assert (found.first, found.other) == (len(other), None)

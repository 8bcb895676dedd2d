"""The list of wrong lines of the engine: each has its place, and is noticed."""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from tests.recordings.mutate import Misplaced, Mutation, check_places, first_failure, try_out
from tests.recordings.mutations import MUTATIONS, read
from tests.recordings.reach import Reach

LEASE = next(one for one in MUTATIONS if one.says == "a lock's lease never ends")
LOCKS = ["tests/engine/test_locks.py"]


def test_there_are_enough_of_them_and_none_twice() -> None:
    assert len(MUTATIONS) >= 40
    assert len({one.says for one in MUTATIONS}) == len(MUTATIONS)


@lru_cache(maxsize=2)  # mutations of a module stand together
def meaning(source: str) -> str:
    """A module without its comments and its layout."""
    return ast.dump(ast.parse(source))


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.says)
def test_each_has_its_place_and_means_something_else(mutation: Mutation) -> None:
    source = mutation.path.read_text(encoding="utf-8")
    assert meaning(mutation.applied(source)) != meaning(source)


@pytest.mark.parametrize("old", ["no such line", "self"])
def test_a_place_that_is_gone_or_there_twice_is_told(old: str) -> None:
    with pytest.raises(Misplaced, match=r"engine/locks\.py: \d+ times: "):
        check_places([replace(LEASE, old=old)])


def test_the_list_is_read_in_its_order() -> None:
    text = "What it is.\n\n# engine/a.py\n\nsays\n- old\n+ new\n\n# engine/b.py\n\nmore\n- x = 1\n+ x = 2\n"
    assert read(text) == [
        Mutation("engine/a.py", "old", "new", "says"),
        Mutation("engine/b.py", "x = 1", "x = 2", "more"),
    ]


@pytest.mark.parametrize(
    "wrong", ["says\n- old\n+ new", "# engine/a.py\n\nsays\n- old", "# engine/a.py\n\nsays\nold\nnew"]
)
def test_what_is_neither_a_module_nor_a_mutation_is_told(wrong: str) -> None:
    with pytest.raises(ValueError, match="neither a module nor a mutation: says"):
        read(f"What it is.\n\n{wrong}")


@pytest.mark.parametrize(
    ("mutation", "noticed"),
    [
        (LEASE, "tests/engine/test_locks.py::test_who_dies_leaves_the_lock_until_its_lease_is_over[30]"),
        (replace(LEASE, new=f"{LEASE.old}  # as before"), None),
        (None, None),
    ],
)
def test_what_is_wrong_is_noticed_and_what_is_not_is_not(mutation: Mutation | None, noticed: str | None) -> None:
    assert first_failure(mutation, [LOCKS]) == noticed


def test_who_runs_a_line_is_asked_and_of_a_constant_everybody() -> None:
    reached = Reach({"slow": 2.0, "quick": 0.1, "near": 1.0, "far": 0.2}, {"a.py": {3: ["slow", "quick"], 7: ["near"]}})
    assert reached.tests(Path("a.py"), 3) == ["quick", "slow"]
    assert reached.tests(Path("a.py"), 1) == ["quick", "near", "slow", "far"]
    assert LEASE.old in LEASE.path.read_text(encoding="utf-8").splitlines()[LEASE.line - 1]


def test_a_module_that_no_test_asks_for_is_an_error() -> None:
    with pytest.raises(RuntimeError, match=r"simulator\.engine\.locks was never asked for"):
        first_failure(LEASE, [["tests/test_wording.py", "--collect-only"]])


@pytest.mark.soak
def test_every_mutation_is_noticed() -> None:
    assert [one.mutation.says for one in try_out(MUTATIONS) if one.test is None] == []

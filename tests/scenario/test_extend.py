"""`extends`: mappings merge, happenings append, the rest replaces; and a branch saved as such a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator import simulate
from simulator.scenario import Edit, ScenarioError, load_scenario

BASE = """
title: base
seed: 3
tasks: {mail: 2, pay: 1}
workers: 2
send: [{at: 0, task: mail, id: A}]
faults: [{at: 1, kill: worker1}]
goals: [lost == 0]
"""


def write(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_what_merges_what_appends_what_replaces(tmp_path: Path) -> None:
    write(tmp_path, "base.yaml", BASE)
    child = write(
        tmp_path,
        "child.yaml",
        "extends: base.yaml\nseed: 4\ntasks: {mail: {acks_late: false}}\n"
        "send: [{at: 1, task: pay, id: B}]\nfaults: [{at: 2, start: worker1}]\n",
    )
    model = load_scenario(child).model
    assert model.seed == 4
    assert model.tasks["mail"].duration.numbers == (2.0,)
    assert model.tasks["mail"].acks_late is False
    assert [send.id for send in model.send] == ["A", "B"]
    assert [fault.at for fault in model.faults] == [1, 2]
    assert model.goals == []
    assert model.title == {"ko": "base", "en": "base"}


def test_a_lesson_can_be_extended_by_name(tmp_path: Path) -> None:
    child = load_scenario(
        write(tmp_path, "mine.yaml", "extends: three-task-order\nsend: [{at: 9, task: send_email}]\n")
    )
    assert len(child.model.send) == 4
    assert child.name == "mine"


def test_errors_stand_where_they_were_written(tmp_path: Path) -> None:
    write(tmp_path, "base.yaml", BASE)
    child = write(tmp_path, "child.yaml", "extends: base.yaml\nsend:\n  - {at: 1, tsak: pay}\n")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(child)
    assert ("key.did_you_mean", 3) in [(p.code, p.mark and p.mark.line) for p in caught.value.problems]
    broken = write(tmp_path, "broken.yaml", BASE.replace("seed: 3", "sed: 3"))
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write(tmp_path, "other.yaml", "extends: broken.yaml"))
    (problem,) = caught.value.problems
    assert (problem.code, problem.file.endswith(Path(broken).name)) == ("key.did_you_mean", True)


def test_circles_and_missing_parents(tmp_path: Path) -> None:
    circle = write(tmp_path, "circle.yaml", "extends: circle.yaml")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(circle)
    assert caught.value.problems[0].code == "extends.too_deep"
    for what, code in (("nowhere.yaml", "file.missing"), ("thre-task-order", "scenario.unknown")):
        with pytest.raises(ScenarioError) as caught:
            load_scenario(write(tmp_path, "x.yaml", f"seed: 1\nextends: {what}"))
        (problem,) = caught.value.problems
        assert (problem.code, problem.mark and problem.mark.line) == (code, 2)


def test_a_branch_saved_is_the_same_run(tmp_path: Path) -> None:
    scenario = load_scenario("three-task-order")
    branch = scenario.edited(
        Edit("faults", {"at": 1.500001, "kill": "worker1"}, append=True), Edit("config.task_acks_late", False)
    )
    saved = load_scenario(write(tmp_path, "branch.yaml", branch.extension()))
    assert simulate(saved).events == simulate(branch).events
    with pytest.raises(ScenarioError) as caught:
        scenario.edited(Edit("send.0.at", 2)).extension()
    assert caught.value.problems[0].code == "save.into_list"


def test_a_branch_of_a_file_finds_it_again(tmp_path: Path) -> None:
    (tmp_path / "deeper").mkdir()
    scenario = load_scenario(write(tmp_path, "base.yaml", BASE)).edited(Edit("seed", 9))
    saved = write(tmp_path / "deeper", "branch.yaml", scenario.extension(str(tmp_path / "deeper")))
    assert load_scenario(saved).model.seed == 9

"""The command line of studies: what is printed, what is written, what is refused."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import simulator.study.cluster
from simulator.story.problems.study_problems import STUDYING
from simulator.study.sweep import Sweep
from tests.test_cli import Call, ackademy  # noqa: F401 - a fixture

SWEEP = ("sweep", "crash-early-late", "--jobs", "1", "--runs", "5", "--vary", "config.task_acks_late=true,false")


def test_a_sweep_is_printed_with_a_run_to_watch_for_each_setting(ackademy: Call) -> None:  # noqa: F811
    ended = ackademy(*SWEEP, "--measure", "mean(wait)", "--goal", "lost == 0")
    assert (ended.status, ended.err) == (0, "")
    assert "5/5 (≥ 54.9%)" in ended.out
    plays = re.findall(r"ackademy (play .*)", ended.out)
    assert len(plays) == 2
    assert all("--set config.task_acks_late=" in play and "--seed" in play for play in plays)
    korean = ackademy(*SWEEP, "--lang", "ko")
    assert "설정별 결과" in korean.out


def test_a_sweep_is_written_a_row_a_run(ackademy: Call, tmp_path: Path) -> None:  # noqa: F811
    files = {name: str(tmp_path / name) for name in ("csv", "html")}
    ended = ackademy(*SWEEP, "--measure", "lost", "--csv", files["csv"], "--html", files["html"], "--json", "-")
    assert ended.status == 0
    data = json.loads(ended.out)
    rows = list(csv.DictReader(Path(files["csv"]).read_text(encoding="utf-8").splitlines()))
    assert len(rows) == len(data["runs"]) == 10
    assert [float(row["lost"]) for row in rows] == [run["values"]["lost"] for run in data["runs"]]
    assert {cell["settings"]["config.task_acks_late"] for cell in data["cells"]} == {True, False}
    page = Path(files["html"]).read_text(encoding="utf-8")
    assert "Plotly.newPlot" in page
    assert 'src="http' not in page


def test_one_long_run_in_batches_is_printed(ackademy: Call) -> None:  # noqa: F811
    ended = ackademy("sweep", "hockey-stick", "--batches", "--warm-up", "auto", "--measure", "p95(wait)")
    assert ended.status == 0
    assert re.search(r"p95\(wait\)  [\d.]+ ± [\d.]+", ended.out)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--vary", "workers"), "takes a setting and its values"),
        (("--vary", "wrokers=1..2"), 'unknown key "wrokers"'),
        (("--vary", "workers=1", "--vary", "workers=2"), "workers is varied twice"),
        (("--precision", "0%"), "is no precision"),
        (("--warm-up", "soon"), "is no warm-up"),
        (("--executor", "slurm"), "is no place to play runs"),
        (("--executor", "dask://127.0.0.1:1"), "no Dask cluster answers"),
        (("--scale-arrivals", "0"), "is no factor"),
        (("--measure", "lost == 0"), "is no number"),
        (("--batches", "--measure", "lost"), "tells about waits only"),
    ],
)
def test_what_cannot_be_swept_is_said(
    ackademy: Call,  # noqa: F811
    words: tuple[str, ...],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(simulator.study.cluster, "PATIENCE", 0.5)
    ended = ackademy("sweep", "crash-early-late", "--jobs", "1", "--runs", "2", *words)
    assert (ended.status, ended.out) == (2, "")
    assert told in ended.err
    assert "Traceback" not in ended.err


def test_every_problem_of_a_study_is_raised_somewhere() -> None:
    package = Path(__file__).parents[2] / "simulator"
    files = [*(package / "study").glob("*.py"), *(package / "cli").glob("*.py")]
    source = "\n".join(file.read_text(encoding="utf-8") for file in files)
    named = {f"study.{name}" for name in re.findall(r'"study\.(\w+)"', source)} | {
        "study.runs_ackademy",
        "study.runs_measures",
    }
    assert set(STUDYING) == named


def test_ctrl_c_keeps_what_is_done(ackademy: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:  # noqa: F811
    whole = Sweep.play

    def interrupted(self: Sweep, *given: Any) -> Iterator[tuple[int, int]]:
        for done, total in whole(self, *given):
            yield done, total
            if done >= 4:
                raise KeyboardInterrupt

    file = tmp_path / "runs"
    with monkeypatch.context() as patch:
        patch.setattr(Sweep, "play", interrupted)
        ended = ackademy(*SWEEP, "--measure", "lost", "--runs", "300", "--resume", str(file))
    assert ended.status == 130
    assert "Interrupted: these are the" in ended.out
    kept = len(file.read_text().splitlines()) - 1
    assert 4 <= kept < 600
    ended = ackademy(*SWEEP, "--measure", "lost", "--runs", "300", "--resume", str(file))
    assert (ended.status, len(file.read_text().splitlines())) == (0, 601)

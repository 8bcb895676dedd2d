"""The command `export`: pages, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from simulator.cli.shared import app
from tests.export.html.pages import frames_of, opened, told_of, unpack
from tests.trace.examples import lines_of


def test_a_page_speaks_both_languages_unless_one_is_asked_for(tmp_path: Path) -> None:
    for words, langs in (([], ["en", "ko"]), (["--lang", "ko"], ["ko"])):
        file = tmp_path / f"page{len(words)}.html"
        ended = CliRunner().invoke(app, ["export", "message", "--to", "html", "-o", str(file), *words])
        assert (ended.exit_code, ended.output) == (0, f"{file}\n")
        assert unpack(file.read_text(encoding="utf-8"))["langs"] == langs


def test_variants_are_tabs() -> None:
    ended = CliRunner().invoke(app, ["export", "message", "--to", "html", "--variants"])
    told = told_of(unpack(ended.stdout), "en")
    assert [run["name"] for run in told["runs"]] == ["", "right_name", "wrong_arguments", "protocol_2"]
    assert len(told["compared"]) == 3


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "kept.html"
    file.write_text("mine")
    ended = CliRunner().invoke(app, ["export", "message", "--to", "html", "-o", str(file)])
    assert ended.exit_code == 2
    assert file.read_text() == "mine"


@pytest.mark.parametrize(
    "words", [["--to", "celery-events", "--variants"], ["--to", "html", "--variants", "--variant", "right_name"]]
)
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_variants_belong_to_a_page(words: list[str], lang: str) -> None:
    ended = CliRunner().invoke(app, ["export", "message", *words, "--lang", lang])
    assert ended.exit_code == 2
    assert "--variants" in ended.stderr
    assert ended.stdout == ""


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A trace with a secret in its arguments, results and exceptions."""
    header, *events = map(json.loads, lines_of(opened("retry").trace))
    del header["hash"]
    for event in events:
        if event.get("args"):
            event["args"] = ["card 4711"]
        if "exception" in event:
            event["exception"] = "SMTPException('card 4711')"
        if "result" in event:
            event["result"] = "card 4711"
    file = tmp_path / "run.jsonl"
    file.write_text("\n".join(map(json.dumps, (header, *events))) + "\n", encoding="utf-8")
    return file


def test_a_recording_can_be_shown_in_part_and_without_its_data(recording: Path) -> None:
    plain = CliRunner().invoke(app, ["export", str(recording), "--to", "html"])
    assert "4711" in json.dumps(unpack(plain.stdout))
    ended = CliRunner().invoke(
        app, ["export", str(recording), "--to", "html", "--redact", "--from", "30", "--until", "62"]
    )
    assert ended.exit_code == 0
    data = unpack(ended.stdout)
    assert "4711" not in json.dumps(data)
    assert "SMTPException(***)" in json.dumps(data)
    times = [frame["scene"]["time"] / 1e6 for frame in frames_of(data, "en")]
    assert (min(times) >= 30, max(times) <= 62) == (True, True)
    assert "Only 30–62 s are in this file." in told_of(data, "en")["runs"][0]["part"]


def test_events_are_redacted_too(recording: Path) -> None:
    ended = CliRunner().invoke(app, ["export", str(recording), "--to", "celery-events", "--redact"])
    assert ended.exit_code == 0
    assert "4711" not in ended.stdout
    assert "***" in ended.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "html", "--from", "9", "--until", "3"], "--from (9 s) is later than --until (3 s)"),
        (["--to", "html", "--from", "900"], "nothing after --from 900 s"),
        (["--to", "celery-events", "--from", "1"], "--to celery-events takes no --from"),
    ],
)
def test_a_part_that_is_none_is_refused(words: list[str], said: str) -> None:
    ended = CliRunner().invoke(app, ["export", "message", *words])
    assert ended.exit_code == 2
    assert said in ended.stderr
    assert ended.stdout == ""

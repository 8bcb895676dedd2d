"""The command `export`: pages, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from simulator.cli.shared import app
from tests.export.html.pages import told_of, unpack


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

"""The recipes for questions of operations: each command is run, and what the page shows is what it prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from simulator.scenario.library import library_folder
from tests.test_cli import Call

PAGES = {lang: (library_folder() / f"RECIPES{suffix}.md") for lang, suffix in (("en", ""), ("ko", ".ko"))}
FILE = re.compile(r"^```yaml\n# (\S+)\n(.*?)^```$", re.M | re.S)
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)


def commands(lang: str) -> list[tuple[str, list[str]]]:
    """Each command with the lines that it prints, among others."""
    found: list[tuple[str, list[str]]] = []
    for block in CONSOLE.findall(PAGES[lang].read_text("utf-8")):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


@pytest.fixture
def ackademy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return Call(monkeypatch, capsys)


def told(ackademy: Call, command: str) -> list[str]:
    """Run a command of the page: the lines that it prints, after its grep if there is one."""
    called, _, counted = command.partition(" | grep -c ")
    program, *words = shlex.split(called)
    assert program == "ackademy"
    ended = ackademy("--lang", "en", *words)
    assert ended.status in (0, 1), ended.err
    lines = (ended.out + ended.err).splitlines()
    return [str(sum(counted in line for line in lines))] if counted else lines


@pytest.mark.parametrize(("command", "shown"), commands("en"))
def test_it_prints_what_the_page_shows(
    command: str, shown: list[str], ackademy: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in FILE.findall(PAGES["en"].read_text("utf-8")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert shown
    lines = told(ackademy, command)
    assert [line for line in shown if line not in lines] == [], lines


def test_both_pages_have_the_same_files_and_commands() -> None:
    english, korean = (page.read_text("utf-8") for page in PAGES.values())
    assert FILE.findall(english) == FILE.findall(korean)
    assert commands("en") == commands("ko")

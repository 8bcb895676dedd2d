"""The manual page of what is simulated: what it names exists, and what it says is refused is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulator.scenario import ScenarioError, parse_scenario
from simulator.scenario.library import library_folder
from simulator.scenario.profiles import PROFILES

ROOT = Path(__file__).parents[2]
PAGES = {
    lang: (library_folder() / name).read_text("utf-8")
    for lang, name in (("en", "SIMULATED.md"), ("ko", "SIMULATED.ko.md"))
}
ROWS = [
    [cell.strip() for cell in line.strip("| ").split(" | ")]
    for line in PAGES["en"].splitlines()
    if line.startswith("| ") and not line.startswith("| rule")
]
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGES["en"])))
RECORDINGS = sorted(set(re.findall(r"recording `(\w+)`", PAGES["en"])))
REFUSED = sorted({key for row in ROWS if row[1].startswith("refused") for key in re.findall(r"`([^`]+)`", row[1])})
SWITCHES = sorted({key for row in ROWS if row[1].startswith("switch") for key in re.findall(r"`(\w+)`", row[1])})


def test_every_rule_has_a_state_and_what_holds_it_or_why_not() -> None:
    for row in ROWS:
        state = row[1].partition(":")[0]
        assert state in ("simulated", "switch", "refused", "left out"), row
        if state in ("simulated", "switch"):
            assert "`tests/" in row[2] or "recording `" in row[2], row
        if state == "left out":
            assert row[2], row


def test_every_rule_says_since_which_version_or_that_it_is_not_known() -> None:
    version = re.compile(r"(Celery|Kombu|RabbitMQ|Redis) (≤?\d+(\.\d+)+|\?)|\?$|–$")
    columns = {
        lang: [line.strip("| ").rpartition(" | ")[2] for line in page.splitlines() if line.startswith("| ")]
        for lang, page in PAGES.items()
    }
    for cells in zip(columns["en"], columns["ko"], strict=True):
        if cells != ("since", "언제부터"):
            assert all(version.match(cell) for cell in cells), cells
            assert re.findall(r"[≤\d.]+", cells[0]) == re.findall(r"[≤\d.]+", cells[1]), cells


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_every_named_test_exists(file: str, name: str) -> None:
    assert f"\ndef {name}(" in (ROOT / file).read_text("utf-8")


@pytest.mark.parametrize("name", RECORDINGS)
def test_every_named_recording_exists(name: str) -> None:
    assert any((ROOT / "tests/recordings" / folder / f"{name}.jsonl").is_file() for folder in ("data", "scenarios"))


@pytest.mark.parametrize("key", REFUSED)
def test_what_is_refused_is_refused(key: str) -> None:
    room, _, name = key.partition(": ")
    text = {
        "broker_url": f"config: {{broker_url: '{name}'}}",
        "config": f"config: {{{name}: x}}",
        "queue": f"queues: {{celery: {{{name}: 1}}}}",
        "scenario": f"{name}: x",
        "send": f"tasks: {{a: 1}}\nsend: [{{at: 0, {name}: a}}]",
    }[room]
    with pytest.raises(ScenarioError) as refusal:
        parse_scenario(text)
    assert [problem.code for problem in refusal.value.problems if "planned" in problem.code], refusal.value.problems


def test_every_switch_is_named() -> None:
    config = PROFILES["guide"]["config"]
    assert [name for name in sorted(config) if config[name] in ("ideal", "at_once")] == SWITCHES


def test_every_rule_that_has_its_own_test_is_named() -> None:
    files = [ROOT / "tests/engine/test_rules.py", *sorted((ROOT / "tests/engine/rules").glob("test_*.py"))]
    rules = [
        (file.relative_to(ROOT).as_posix(), name)
        for file in files
        for name in re.findall(r"^def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)
    ]
    assert len(rules) > 70
    assert [rule for rule in rules if rule not in TESTS] == []


def test_both_languages_name_the_same() -> None:
    named = {lang: re.findall(r"`(?:tests/|config: |\d\d)[^`]*`", page) for lang, page in PAGES.items()}
    assert named["en"] == named["ko"]
    assert PAGES["en"].count("\n| ") == PAGES["ko"].count("\n| ")

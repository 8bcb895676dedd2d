"""Texts that a terminal would obey or hide: whatever file they come from, none leaves the program as it is."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import load_scenario, simulate
from simulator.__main__ import main
from simulator.cli.progress import ProgressBar
from simulator.scenario.library import find_scenario
from simulator.story.run import Run, open_run, read_run
from simulator.visible import TableWriter, escaped, showing, visible, visible_line
from tests.trace.examples import lines_of
from tests.trace.faces import commands, screens

HOSTILE = [
    *("\x1b]0;owned\x07", "\x1b[2J", "\x9b31m", "\x00", "\x08", "\r", "\x7f", "\x85"),
    *("\u202e", "\u2066", "\u200f", "\u061c", "\u200b", "\u2060", "\ufeff", "\u00ad", "\u2028", "\U000e0041"),
]
SURROGATE = "\ud800"
OBEYED = {char for text in HOSTILE for char in text if not char.isprintable()} | {SURROGATE}
PLAIN = {"type", "why", "state", "setting", "pool", "transport", "stopped", "polls", "profile", "versions", "command"}
"""Fields that hold one of our words."""


def _all(value: Any, mark: str) -> Any:
    """Add a text to each text in a value, names of fields and our own words excepted."""
    if isinstance(value, dict):
        return {key: inner if key in PLAIN else _all(inner, mark) for key, inner in value.items()}
    if isinstance(value, list):
        return [_all(inner, mark) for inner in value]
    return value + mark if isinstance(value, str) else value


def _captions(value: Any, mark: str) -> Any:
    """Add a text to each that a scenario shows in two languages."""
    if isinstance(value, dict):
        return {
            key: inner + mark if key in ("en", "ko") and isinstance(inner, str) else _captions(inner, mark)
            for key, inner in value.items()
        }
    return [_captions(inner, mark) for inner in value] if isinstance(value, list) else value


def said_by(command: list[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the program as from a shell; returns all that it wrote."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2)]
    with monkeypatch.context() as patch:
        patch.setattr(sys, "argv", ["ackademy", *command])
        patch.setattr(sys, "stdin", io.StringIO("1\n" * 40))
        patch.setattr(sys, "stdout", streams[0])
        patch.setattr(sys, "stderr", streams[1])
        assert main() in (0, 1, 2), command
    return "".join(stream.buffer.getvalue().decode("utf-8") for stream in streams)


def _holds(text: str) -> None:
    assert not OBEYED & set(text) - {"\n"}


@pytest.mark.parametrize("mark", ["".join(HOSTILE), "".join(HOSTILE) + SURROGATE], ids=["pairs", "half"])
def test_every_text_of_a_trace_is_shown_and_none_is_obeyed(
    mark: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    header, *events = map(json.loads, lines_of(simulate(load_scenario("retry"))))
    del header["hash"]
    header["tasks"] = {}
    file = tmp_path / "run.jsonl"
    rows = [_all(row, mark) for row in (header, *events[:120])]
    file.write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    for command in [*commands(str(file)), ["run", str(file), "--trace", "-"]]:
        told = said_by(command, monkeypatch)
        _holds(told)
        assert "owned" in told or command[0] in ("inspect", "worksheet", "compare")
    for screen in screens(Run(read_run(str(file)))):
        _holds("".join(screen))


def test_a_trace_on_stdout_says_the_same_although_it_is_escaped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, again = tmp_path / "run.jsonl", tmp_path / "again.jsonl"
    rows = [json.loads(line) for line in lines_of(simulate(load_scenario("three-task-order")))]
    del rows[0]["hash"]
    file.write_text("\n".join(json.dumps(_all(row, "\x1b\u202e\U000e0041")) for row in rows), encoding="utf-8")
    again.write_text(said_by(["run", str(file), "--trace", "-"], monkeypatch), encoding="utf-8")
    assert read_run(str(again)).hash == read_run(str(file)).hash


@pytest.mark.parametrize("lesson", ["three-task-order", "crash-early-late"])
def test_every_caption_of_a_scenario_is_shown_and_none_is_obeyed(
    lesson: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = yaml.safe_load(find_scenario(lesson).read_text(encoding="utf-8"))
    file, page = tmp_path / "mine.yaml", tmp_path / "sheet.html"
    file.write_text(yaml.safe_dump(_captions(data, "".join(HOSTILE))), encoding="utf-8")
    name = str(file)
    for command in (
        *(["tell", name], ["tell", name, "--ask", "--no-progress"], ["run", name], ["run", name, "--json"]),
        *(["check", name], ["check", name, "--json"], ["compare", name], ["worksheet", name, "--answers"]),
        *(["worksheet", name, "--to", "html"], ["worksheet", name, "-o", str(page)], ["learn", "--text", name]),
    ):
        _holds(said_by([*command, "--lang", "both"], monkeypatch))
    _holds(page.read_text(encoding="utf-8"))
    assert "owned" in page.read_text(encoding="utf-8")
    for screen in screens(open_run(name, simulate)):
        _holds("".join(screen))


def test_problems_quote_a_file_without_obeying_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text('workers: 1\n"a\\e[2J": 1\ntasks: {"b\\u202e": {duration: "\\u009b"}}\n', encoding="utf-8")
    _holds(said_by(["run", str(file), "--set", "tasks.\x1b[2J=1"], monkeypatch))


def test_a_bar_of_our_own_is_drawn_and_not_shown_as_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", showing(stream))
    monkeypatch.setenv("TERM", "xterm-256color")
    bar = ProgressBar("en")
    bar.show(1, 2)
    bar.end()
    assert stream.getvalue().startswith("\r\x1b[K[")
    assert stream.getvalue().endswith("\r\x1b[K")


def test_a_sign_takes_a_cell_and_emoji_and_accents_stay() -> None:
    assert visible("a\x1b\x7f\u202e\ud800b") == "a␛␡��b"
    kept = "가 e\u0301 👩\u200d💻 👍🏽 ❤\ufe0f \u3000\t\n"
    assert visible(kept) == kept
    assert visible("ab\u200dc") == "ab�c"
    assert visible_line("a\tb\nc\x1b") == "a b␊c␛"
    assert json.loads(escaped(json.dumps("\x9b\u202e\U000e0041", ensure_ascii=False))) == "\x9b\u202e\U000e0041"


def test_a_cell_of_a_table_is_never_a_formula() -> None:
    out = io.StringIO()
    TableWriter(out).row(["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", "＝1", "a=1", "\x1b=1", -1, -0.5, ["=1"]])
    (cells,) = csv.reader(io.StringIO(out.getvalue()))
    assert cells == [
        *("'=1+1", "'+1", "'-1", "'@A1", "'\t=1", "'␍=1", "'\n=1", "'＝1", "a=1", "␛=1", "-1", "-0.5", "['=1']"),
    ]


def test_the_tables_of_a_sweep_obey_no_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = tmp_path / "mine.yaml"
    scenario.write_text("title: {en: a, ko: b}\ntasks: {a: 1}\nsend: [{at: 0, task: a}]\n", encoding="utf-8")
    files = [tmp_path / f"sweep.{kind}" for kind in ("csv", "json", "html")]
    options = [word for file in files for word in (f"--{file.suffix[1:]}", str(file))]
    vary = r'title.en="=HYPERLINK(0)\e[2J\u202e\x9b",b'
    said = said_by(["sweep", str(scenario), "--vary", vary, "--runs", "2", "--jobs", "1", *options], monkeypatch)
    for text in (said, *(file.read_text(encoding="utf-8") for file in files)):
        _holds(text)
        assert "HYPERLINK" in text
    assert files[0].read_text(encoding="utf-8").splitlines()[1].startswith("'=HYPERLINK(0)␛[2J")


def test_a_scenario_made_of_a_configuration_obeys_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = "".join(HOSTILE)
    entry = {"task": f"task{mark}", "schedule": 5.0, "args": [mark], "kwargs": {mark: mark}}
    settings = {
        "broker_url": f"redis://{mark}",
        "task_routes": {f"routed{mark}": {"queue": f"queue{mark}"}, f"other{mark}": {"exchange": mark, mark: mark}},
        "beat_schedule": {f"owned{mark}": entry, "broken": {**entry, "schedule": mark}},
        "task_queues": [{"name": f"queue{mark}", "queue_arguments": {mark: mark}}, mark],
        "task_annotations": {f"noted{mark}": {mark: mark}},
        "worker_pool": mark,
        f"unknown{mark}": mark,
    }
    conf, made = tmp_path / "conf.json", tmp_path / "mine.yaml"
    conf.write_text(json.dumps({f"worker{mark}@host": settings}), encoding="utf-8")
    new = ["new", "--from-conf", str(conf)]
    for words in (new, [*new, str(made)], ["run", str(made)], ["tell", str(made)], ["lint", str(made)]):
        _holds(said_by(words, monkeypatch))
    _holds(made.read_text(encoding="utf-8"))
    assert "owned" in made.read_text(encoding="utf-8")

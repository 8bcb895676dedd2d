"""Recordings of the terminal: read by asciinema's own reader, shown by a terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyte
import pytest
from asciinema import asciicast
from typer.testing import CliRunner

from simulator.cli.shared import app
from simulator.engine import simulate
from simulator.play.playback import Playback
from simulator.scenario import parse_scenario
from simulator.story.catalog import pick
from simulator.story.run import Run, open_run
from simulator.tui.capture.cast import END, HEIGHT, WIDTH, CastTooLong, make_cast

Event = list[Any]


def read(lines: list[str], folder: Path) -> tuple[dict[str, Any], list[Event]]:
    """Read a recording with asciinema's reader."""
    file = folder / "run.cast"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with asciicast.open_from_url(str(file)) as opened:
        return opened.v2_header, list(opened.events())


def screens(events: list[Event]) -> list[tuple[float, list[str]]]:
    """Return what a terminal shows after each output."""
    screen = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(screen)
    shown = []
    for time, kind, data in events:
        if kind == "o":
            stream.feed(data)
            shown.append((time, list(screen.display)))
    return shown


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_terminal_shows_the_run_from_its_start_to_its_end(lang: str, tmp_path: Path) -> None:
    run = open_run("three-task-order", simulate)
    header, events = read(list(make_cast(run, lang)), tmp_path)
    assert (header["version"], header["width"], header["height"]) == (2, WIDTH, HEIGHT)
    assert header["title"] == pick(run.title, lang)
    times = [event[0] for event in events]
    assert times == sorted(times)
    shown = screens(events)
    text = ["\n".join(lines) for _, lines in shown]
    assert "0.00" in text[0]
    assert "4.00" in text[-1]
    assert pick(run.title, lang).split()[0] in text[-1]
    assert not any("page down" in one for one in text)


def test_a_marker_stands_where_the_question_is_asked(tmp_path: Path) -> None:
    run = open_run("three-task-order", simulate)
    _, events = read(list(make_cast(run, "en")), tmp_path)
    marker = next(event for event in events if event[1] == "m")
    asked = next(stop for stop in run.stops if stop.is_question)
    assert marker[2] == pick(asked.item.text, "en")
    seen = next(lines for time, lines in screens(events) if time >= marker[0])
    assert any(marker[2][:40] in line for line in seen)
    # There is time to read it.
    following = next(event[0] for event in events if event[1] == "o" and event[0] > marker[0])
    assert following - marker[0] > 3


def test_chapters_are_markers(tmp_path: Path) -> None:
    run = open_run("retry", simulate)
    _, events = read(list(make_cast(run, "ko")), tmp_path)
    markers = [event[2] for event in events if event[1] == "m"]
    assert [text for text in markers if text[0].isdecimal()] == [
        f"{chapter.number}. {pick(chapter.text, 'ko')}" for chapter in run.chapters
    ]


def test_in_real_time_a_second_is_a_second(tmp_path: Path) -> None:
    run = open_run("three-task-order", simulate)
    _, events = read(list(make_cast(run, "en", real_time=True)), tmp_path)
    assert events[-1][0] == Playback(run).end[1] / 1e6 + END
    assert {0.5, 1.0, 3.0} <= {event[0] for event in events}
    _, faster = read(list(make_cast(run, "en", real_time=True, speed=2)), tmp_path)
    assert faster[-1][0] == 2 + END


def test_a_part_begins_and_ends_where_it_is_told_to(tmp_path: Path) -> None:
    run = open_run("crash-early-late", simulate)
    for real_time in (False, True):
        lines = list(make_cast(run, "en", begin=1_000_000, end=6_000_000, real_time=real_time))
        shown = screens(read(lines, tmp_path)[1])
        assert any("1.00 s" in line for line in shown[0][1])
        assert any("6.00 s" in line for line in shown[-1][1])


def test_the_same_run_gives_the_same_bytes() -> None:
    run = open_run("message", simulate)
    assert list(make_cast(run, "both")) == list(make_cast(run, "both"))


def test_no_recording_lasts_for_hours() -> None:
    scenario = parse_scenario("workers: 1\ntasks: {a: 1}\nsend: [{at: 5000, task: a}]")
    run = Run(simulate(scenario), scenario)
    with pytest.raises(CastTooLong):
        next(make_cast(run, "en", real_time=True))
    assert list(make_cast(run, "en", real_time=True, speed=100, begin=4_990_000_000))


def test_the_command_refuses_it_in_words(tmp_path: Path) -> None:
    file = tmp_path / "late.yaml"
    file.write_text("workers: 1\ntasks: {a: 1}\nsend: [{at: 5000, task: a}]")
    ended = CliRunner().invoke(app, ["--lang", "ko", "export", str(file), "--to", "cast", "--real-time"])
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "30분보다 긴 녹화" in ended.stderr


def test_the_command_writes_a_recording(tmp_path: Path) -> None:
    file = tmp_path / "run.cast"
    ended = CliRunner().invoke(app, ["export", "message", "--to", "cast", "-o", str(file), "--speed", "4"])
    assert (ended.exit_code, ended.output) == (0, f"{file}\n")
    assert json.loads(file.read_text(encoding="utf-8").splitlines()[0])["version"] == 2

"""Pages that play a run: what they carry at each step, what they hide, and that nothing in them is obeyed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.export.html import page, player_page, player_words, site_words
from simulator.export.html.content import describe_run
from simulator.export.html.frames import PARTS, ROOM, Frames, Window
from simulator.export.html.packing import changed, difference
from simulator.export.html.page import LARGEST, STATIC, share_out
from simulator.play.playback import Playback
from simulator.play.player import Player
from simulator.scenario import scenario_names
from simulator.scene.build import build_scene
from simulator.scene.look import Look
from simulator.story import sentence
from simulator.story.run import Run, read_run
from simulator.story.tell import tell
from simulator.tui.style.palettes import PALETTES
from tests.export.html.pages import LANGS, frames_of, opened, page_of, told_of, unpack
from tests.trace.examples import lines_of

LESSON = "three-task-order"

values = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner, max_size=4),
    max_leaves=20,
)


@given(before=values, after=values)
def test_a_difference_turns_one_value_into_another(before: Any, after: Any) -> None:
    node = difference(before, after)
    assert (before if node is None else changed(before, node)) == after


@pytest.mark.parametrize("lang", LANGS)
def test_each_step_shows_what_the_world_holds(lang: str) -> None:
    run = opened(LESSON)
    frames = frames_of(unpack(page_of(LESSON)), lang)
    assert frames[0]["event"] == 3
    assert {frame["event"] for frame in frames} == set(range(3, len(run.trace) + 1))
    for frame in frames:
        world, scene = run.world(frame["event"]), frame["scene"]
        for queue in scene["queues"]:
            assert [item["uuid"] for item in queue["items"]] == list(world.queues[queue["name"]].uuids())
        for worker in scene["workers"]:
            running = [slot["uuid"] for slot in worker["slots"]]
            assert running == [one.uuid for one in world.workers[worker["name"]].active()]
        if frame["event"] > 3:
            now = next(text["text"] for text in scene["words"] if text["kind"] == "now")
            assert now.endswith(sentence(run.timeline, frame["event"] - 1, lang))


@pytest.mark.parametrize("lang", LANGS)
def test_the_steps_tell_what_tell_tells(lang: str) -> None:
    run = opened(LESSON)
    frames = frames_of(unpack(page_of(LESSON)), lang)
    queues = [frame["scene"]["queues"][0]["items"] for frame in frames]
    shown = [f"Queue: [{', '.join(item['uuid'] for item in items)}]" for items in queues if items]
    told = [text for text in tell(run, lang) if text.startswith("Queue: [") and text != "Queue: [ ]"]
    assert len(told) == 3
    steps = iter(shown)
    assert all(text in steps for text in told)  # in the same order


def test_a_frame_is_the_scene_that_the_terminal_draws() -> None:
    playback = Playback(opened(LESSON))
    frames = Frames(playback, 1000, Window())
    for moment, frame in zip(frames.moments, frames.build("ko"), strict=True):
        scene = msgspec.to_builtins(build_scene(moment.player, Look("ko"), ROOM))
        scene["look"] = sorted(scene["look"])
        assert frame["scene"] == {part: scene[part] for part in PARTS}


@pytest.mark.parametrize("lesson", [LESSON, "dead-letter", "priorities"])
def test_only_texts_depend_on_the_language(lesson: str) -> None:
    frames = Frames(Playback(opened(lesson)), 200, Window())
    first, other = frames.build("en"), frames.build("ko")
    assert frames.tell(first, "ko") == other


def test_a_question_is_shown_before_and_after_its_answer() -> None:
    data = unpack(page_of(LESSON))
    frames, questions = frames_of(data, "en"), told_of(data, "en")["runs"][0]["questions"]
    asked = [place for place, frame in enumerate(frames) if frame["asks"] is not None]
    assert [frames[place]["asks"] for place in asked] == [question["number"] for question in questions] == [1, 2]
    place = asked[-1]
    assert frames[place]["event"] == frames[place + 1]["event"]
    assert not [text for text in frames[place]["scene"]["words"] if text["kind"] == "why"]
    assert [text for text in frames[place + 1]["scene"]["words"] if text["kind"] == "why"]
    assert all(question["shown"] > place for question in questions)


@pytest.mark.parametrize("lesson", ["revoke", "shutdown", "looking-inside", "rate-limits", "why-delay"])
def test_each_answer_has_a_frame_in_which_nothing_is_asked(lesson: str) -> None:
    frames = Frames(Playback(opened(lesson)), 1000, Window())
    questions = describe_run(frames, "en")["questions"]
    assert len(questions) == 2
    asked = {moment.asks: place for place, moment in enumerate(frames.moments) if moment.asks is not None}
    for question in questions:
        assert question["shown"] > asked[question["number"]]
        assert frames.moments[question["shown"]].asks is None


def test_no_frame_before_a_question_knows_the_end() -> None:
    playback = Playback(opened(LESSON))
    frames = frames_of(unpack(page_of(LESSON)), "en")
    asked = next(place for place, frame in enumerate(frames) if frame["asks"])
    for frame in frames[: asked + 1]:
        assert frame["scene"]["chart"]["end"] == 5_000_000 != playback.end[1]
    assert frames[-1]["scene"]["chart"]["end"] == playback.end[1]


def test_a_glance_at_the_page_shows_no_answer_and_no_future() -> None:
    page, told = page_of(LESSON), told_of(unpack(page_of(LESSON)), "en")
    question = told["runs"][0]["questions"][0]
    for secret in (question["why"], question["choices"][1]["because"], "worker2", "Task3", '"right"'):
        assert secret
        assert secret not in page


def test_a_page_asks_for_nothing_from_elsewhere() -> None:
    page = page_of(LESSON)
    assert not re.search(
        r"https?://(?!www\.w3\.org/2000/svg)|<link|@import|url\((?!#)|<img|src=|fetch\(|XMLHttp|import\(", page
    )
    assert "default-src 'none'" in page


def test_no_text_of_a_run_can_become_markup() -> None:
    scripts = [file for file in STATIC.iterdir() if file.name.endswith(".js")]
    assert len(scripts) > 8
    for script in scripts:
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|DOMParser", script.read_text()
        )


def _marked(value: Any, mark: str) -> Any:
    if isinstance(value, dict):
        return {
            key: inner if key in ("type", "why", "transport", "pool") else _marked(inner, mark)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_marked(inner, mark) for inner in value]
    return value + mark if isinstance(value, str) else value


def hostile_run(tmp_path: Path, mark: str) -> Run:
    """A run with a text added to each text in it."""
    header, *events = map(json.loads, lines_of(opened(LESSON).trace))
    del header["hash"]
    header["tasks"] = {}
    file = tmp_path / "hostile.jsonl"
    file.write_text("\n".join(json.dumps(_marked(row, mark)) for row in (header, *events)) + "\n")
    return read_run_of(file)


def read_run_of(file: Path) -> Run:
    """The run of a trace file."""
    return Run(read_run(str(file)))


def test_what_a_trace_says_stays_data(tmp_path: Path) -> None:
    mark = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\x1b[2J\u202e"
    page = player_page([hostile_run(tmp_path, mark)], "both")
    assert page.count("<script") == page.count("</script>") == 2
    assert "<img" not in page
    assert "\x1b" not in page
    assert "alert(1)&lt;/script&gt;" in page  # the title
    told = json.dumps(unpack(page), ensure_ascii=False)
    assert "\u202e" not in told
    assert "<script>alert(1)" in told


def test_each_word_of_the_scripts_is_there_and_used() -> None:
    scripts = {file.name: file.read_text(encoding="utf-8") for file in STATIC.iterdir() if file.name.endswith(".js")}
    pages = {site_words: [scripts.pop("index.js")], player_words: [*scripts.values()]}
    for room, parts in pages.items():
        text, words = "\n".join(parts), room.all_words("en")
        asked = re.findall(r"(?<!scene\.)\bwords\.(\w+)|\bsay\('([\w.]+)'|\bbutton\('(\w+)'|\bwords\['([\w.]+)'", text)
        named = {name for found in asked for name in found if name}
        assert named <= set(words)
        groups = tuple(re.findall(r"\bwords\[`([\w.]+)\$\{", text))
        assert {name for name in words if not name.startswith(groups)} <= named | {"pause"}


def test_the_colours_are_those_of_the_terminal() -> None:
    style = (STATIC / "player.css").read_text(encoding="utf-8")
    light, dark = style.split("prefers-color-scheme: dark", 1)
    for text, palette in (
        (light, PALETTES["ackademy-light"]),
        (dark.split("prefers-reduced")[0], PALETTES["ackademy-dark"]),
    ):
        for name in ("ground", "text", "dim", "faint", "accent", "waiting", "running", "done", "failed", "ask", "bar"):
            assert f"--{name}: {getattr(palette, name)};" in text, (palette.name, name)


def test_a_long_run_keeps_its_marks() -> None:
    playback = Playback(opened("two-queues"))
    frames = Frames(playback, 100, Window())
    assert len(frames.moments) < 160
    assert not frames.is_whole
    places = {moment.player.place for moment in frames.moments}
    assert set(playback.stops) <= places
    assert all(
        playback.shown_at(stop) in places for stops in playback.stops.values() for stop in stops if stop.is_question
    )
    assert f"of its {playback.length:,} events" in describe_run(frames, "en")["part"]


@pytest.mark.soak
def test_no_page_of_a_lesson_is_too_large() -> None:
    for lesson in scenario_names():
        model = opened(lesson).scenario
        assert model is not None
        assert len(page_of(lesson, *model.model.variants).encode()) <= LARGEST, lesson


def test_a_page_is_the_same_each_time() -> None:
    run = opened("priorities")
    assert player_page([run], "ko") == player_page([run], "ko")


def test_a_window_shows_its_part_only() -> None:
    playback = Playback(opened("crash-early-late"))
    frames = Frames(playback, 1000, Window(2_000_000, 6_000_000))
    times = [moment.player.time for moment in frames.moments]
    assert times
    assert min(times) >= 2_000_000
    assert max(times) <= 6_000_000
    assert "2–6" in describe_run(frames, "en")["part"]


def test_an_answer_behind_the_window_is_not_shown() -> None:
    frames = Frames(Playback(opened(LESSON)), 1000, Window(0, 2_000_000))
    assert [question["shown"] for question in describe_run(frames, "en")["questions"]] == [-1, -1]


def test_a_player_of_a_frame_never_passes_a_question() -> None:
    frames = Frames(Playback(opened("revoke")), 1000, Window())
    for moment in frames.moments:
        player: Player = moment.player
        assert (player.open_question is not None) == (moment.asks is not None)


def test_frames_are_shared_out_so_that_the_lesson_itself_gets_most() -> None:
    assert share_out([100, 100], 1_000) == [100, 100]
    assert share_out([9_000, 9_000, 9_000], 400) == [200, 100, 100]
    assert share_out([29, 101, 405, 1_605], 1_200) == [29, 101, 405, 665]


def test_a_page_that_would_be_too_large_shows_fewer_moments(monkeypatch: pytest.MonkeyPatch) -> None:
    run = opened("poison")
    whole = player_page([run], "en")
    limit = len(whole.encode()) - 3_000
    monkeypatch.setattr(page, "LARGEST", limit)
    smaller = player_page([run], "en")
    assert len(smaller.encode()) <= limit
    assert page.FEWEST < len(unpack(smaller)["frames"][0]) < len(unpack(whole)["frames"][0])

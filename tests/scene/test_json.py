"""A scene is values only: what is read back from JSON draws the same screen."""

from __future__ import annotations

import json

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from simulator.engine import simulate
from simulator.play.playback import Playback
from simulator.play.player import Player
from simulator.scenario import Scenario
from simulator.scene.build import build_scene
from simulator.scene.look import PANELS, Look
from simulator.scene.view import Main, read_view, view_schema, write_view
from simulator.story.run import Run, open_run
from simulator.tui.drawing.main import draw_main
from simulator.tui.drawing.view import draw_view
from tests.strategies import scenarios
from tests.tui.drawn import main_scene

SIZES = [(60, 18), (80, 24), (140, 40), (200, 60)]


@given(scenarios(), st.sampled_from(SIZES), st.sampled_from(["ko", "en", "both"]), st.sampled_from(PANELS), st.data())
def test_what_is_read_back_draws_the_same(
    scenario: Scenario, size: tuple[int, int], lang: str, panel: str, data: st.DataObject
) -> None:
    player = Player.at_start(Playback(Run(simulate(scenario), scenario)))
    player = player.seek(data.draw(st.integers(0, player.playback.length)))
    if data.draw(st.booleans()):
        player = player.toggle().advance(data.draw(st.floats(0, 3)))
    look = Look(lang, panel=panel, dots=data.draw(st.booleans()), future=data.draw(st.booleans()))
    scene = main_scene(player, look, *size)
    again = read_view(write_view(Main(scene)))
    assert again == Main(scene)
    before, after = draw_main(scene, *size), draw_view(again, *size)
    assert (after.cells, after.styles, after.zones) == (before.cells, before.styles, before.zones)


def test_what_is_no_scene_is_refused() -> None:
    scene = msgspec.json.decode(write_view(Main(build_scene(player_of("three-task-order").end(), Look("en")))))
    scene["scene"]["queues"][0]["count"] = "many"
    with pytest.raises(msgspec.ValidationError, match=r"\$\.scene\.queues\[0\]\.count"):
        read_view(msgspec.json.encode(scene))


@pytest.mark.parametrize("name", ["retry", "crash-early-late", "sale-day"])
def test_a_scene_is_what_its_schema_says(name: str) -> None:
    scene = build_scene(player_of(name).end(), Look("both", dots=True))
    jsonschema.Draft202012Validator(view_schema()).validate(json.loads(write_view(Main(scene))))


def player_of(name: str) -> Player:
    return Player.at_start(Playback(open_run(name, simulate)))


@given(scenarios(), st.sampled_from(SIZES), st.sampled_from(SIZES), st.sampled_from(PANELS), st.data())
def test_a_scene_for_another_size_is_drawn_without_what_does_not_fit(
    scenario: Scenario, built: tuple[int, int], drawn: tuple[int, int], panel: str, data: st.DataObject
) -> None:
    player = Player.at_start(Playback(Run(simulate(scenario), scenario)))
    player = player.seek(data.draw(st.integers(0, player.playback.length)))
    canvas = draw_main(main_scene(player, Look("en", panel=panel, dots=True), *built), *drawn)
    assert [cell_len(line) for line in canvas.lines()] == [drawn[0]] * drawn[1]

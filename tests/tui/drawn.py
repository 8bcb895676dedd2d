"""Screens drawn without the application."""

from __future__ import annotations

from simulator.play.player import Player
from simulator.scene.build import build_scene
from simulator.scene.look import Look
from simulator.scene.model import Scene
from simulator.tui.controls.commands import Command
from simulator.tui.drawing.canvas import Canvas
from simulator.tui.drawing.main import draw_main, room_of_main


def main_scene(player: Player, look: Look, width: int, height: int) -> Scene:
    """The scene of the main screen at a size."""
    return build_scene(player, look, lambda draft: room_of_main(draft, width, height))


def main_screen(player: Player, look: Look, width: int, height: int) -> Canvas:
    """The main screen, without the keys in its last row."""
    return draw_main(main_scene(player, look, width, height), width, height)


def presses(canvas: Canvas) -> dict[Command, tuple[int, int]]:
    """The commands of all presses, each with the first cell that gives it."""
    found: dict[Command, tuple[int, int]] = {}
    for zone in canvas.zones:
        for column in range(zone.width):
            found.setdefault(zone.command.at(column, zone.width), (zone.x + column, zone.y))
    return found


def answer_all(player: Player) -> Player:
    """A player at the end of its run, with every question on the way answered by the first choice."""
    while not player.at_end:
        player = player.end()
        player = player.answer(0) if player.open_question is not None else player
    return player

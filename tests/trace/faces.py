"""Everything that shows a trace, asked for all it says: the commands, and the screens without a terminal."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from itertools import islice

from simulator.cli.shared import app
from simulator.play.playback import Playback
from simulator.play.player import Player
from simulator.scene.build import build_scene
from simulator.scene.look import LOG, METERS, TIMELINE, Look
from simulator.scene.pages.inspect import inspect_thing, list_things
from simulator.scene.pages.letter import read_letter
from simulator.scene.pages.sheet import message_sheet
from simulator.scene.stage.inside import look_inside
from simulator.scene.view import Main, MessageZoom, WorkerZoom
from simulator.story.run import Run
from simulator.tui.drawing.main import room_of_main
from simulator.tui.drawing.view import draw_lines

SIZE = (100, 30)

INSPECT = "active reserved scheduled registered revoked stats conf active_queues".split()


def commands(file: str) -> Iterator[list[str]]:
    """Yield each command that takes a trace."""
    for lang in ("en", "ko"):
        yield ["tell", file, "--lang", lang]
        yield ["run", file, "--lang", lang]
    yield ["tell", file, "--log"]
    yield ["run", file, "--json"]
    yield ["play", file]
    yield ["compare", file, file]
    for method in INSPECT:
        yield ["inspect", file, method]
    yield ["export", file, "--to", "celery-events"]
    yield ["export", file, "--to", "html"]
    yield ["new", "--from-recording", file]
    yield ["worksheet", file]


def said_by(command: list[str]) -> tuple[int, str, str]:
    """Run a command in this process; returns its exit status, stdout and stderr. Lets exceptions through."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = app(command, standalone_mode=False)
        except SystemExit as leaving:
            status = leaving.code
    return int(status or 0), out.getvalue(), err.getvalue()


def screens(run: Run, steps: int = 2) -> Iterator[list[str]]:
    """Yield the lines of the screens that play a run, at moments from its start to its end."""
    playback = Playback(run)
    span = playback.length - playback.opening
    for cursor in sorted({playback.opening + span * step // steps for step in range(steps + 1)}):
        player = Player(playback, cursor, run.trace[cursor - 1].t if cursor else 0)
        scenes = [
            build_scene(player, Look(lang, panel=panel), lambda draft: room_of_main(draft, *SIZE))
            for lang, panel in (("ko", METERS), ("en", LOG), ("en", TIMELINE))
        ]
        for scene in scenes:
            yield draw_lines(Main(scene), *SIZE)
        scene = scenes[-1]
        for thing in list_things(run.world(cursor))[:8]:
            yield draw_lines(inspect_thing(player, thing.target, "en"), *SIZE)
        for name in islice(run.world(cursor).workers, 3):
            yield draw_lines(WorkerZoom(scene, look_inside(player, name, "ko")), *SIZE)
        for uuid in islice(run.world(cursor).tasks(), 3):
            yield draw_lines(
                MessageZoom(scene, read_letter(player, uuid, "ko"), message_sheet(player, uuid, "ko")), *SIZE
            )

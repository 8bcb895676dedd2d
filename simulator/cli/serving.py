"""`serve`: the terminal application in a browser tab."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from simulator.cli.options import WHAT_HELP, Common, command, opening
from simulator.cli.shared import DONE, WRONG_INPUT, complain, needs_extra

MEGABYTES = 75
"""Memory of one visitor, measured in a lesson: 73."""


@command()
def serve(
    what: Annotated[
        str | None,
        typer.Argument(metavar="[WHAT]", help=f"{WHAT_HELP[:-1]}, or the folder of a course.", show_default=False),
    ] = None,
    *,
    course: Annotated[bool, typer.Option("--course", help="The whole course; the default without WHAT.")] = False,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Address to serve at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="N", min=1, max=65_535, help="Port to serve at.")] = 8030,
    visitors: Annotated[int, typer.Option(metavar="N", min=1, max=500, help="Most visitors at once.")] = 10,
    options: Common,
) -> int:
    """Play in a browser tab: each visitor has a terminal and progress of their own.

    A visitor can open what is served and nothing else, and writes nothing to this computer. Serves this computer only,
    unless --host says otherwise. Each visitor takes about 75 MB. Needs the extra `web`.
    """
    from simulator.scenario import Problem, ScenarioError, load_course

    lang = options.language
    if needs_extra("web", ("aiohttp", "textual_serve"), lang):
        return WRONG_INPUT
    if course and what is not None:
        options.refuse("serve.course_or_what")
    words = ["learn"]
    if what is not None and Path(what).is_dir():
        try:
            load_course(Path(what))
        except ScenarioError as error:
            complain(error.problems, lang)
            return WRONG_INPUT
        words = ["learn", what]
    elif what is not None:
        with opening(lang, what, None, {}):  # what is wrong is told here, not in each visitor's page
            words = ["play", "--", what]
    from simulator.scene.words.class_words import SERVING
    from simulator.story.language import say
    from simulator.web.server import is_near
    from simulator.web.serving import TerminalServer

    server = TerminalServer(words, host, port, visitors)
    if not is_near(host):
        complain([Problem("class.in_network", {"address": server.public_url})], lang, warnings=True)
    told = say(SERVING, lang, address=server.public_url, megabytes=MEGABYTES * visitors)
    try:
        server.run(lambda: print(told, file=sys.stderr, flush=True))
    except OSError as error:
        options.refuse("class.no_port", host=f"{host}:{port}", reason=error.strerror or str(error))
    return DONE

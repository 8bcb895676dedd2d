"""What a screen shows, whichever it is: values that can be written as JSON and drawn from what is read back."""

from __future__ import annotations

from typing import Any

import msgspec

from simulator.scene.ballot import BallotBox
from simulator.scene.compare import CompareScene
from simulator.scene.inside import Anatomy
from simulator.scene.inspect import Inspection
from simulator.scene.knobs import KnobPanel
from simulator.scene.letter import Letter
from simulator.scene.model import Scene
from simulator.scene.page import Page
from simulator.scene.part import ScenePart
from simulator.scene.sheet import Sheet


class Main(ScenePart, frozen=True, tag="main"):
    """Stage, words and time of a moment."""

    scene: Scene


class Presented(ScenePart, frozen=True, tag="present"):
    """A moment for a room."""

    scene: Scene
    revealed: bool
    """Whether the answer to a question that the run has shown may be told."""


class WorkerZoom(ScenePart, frozen=True, tag="worker"):
    """A worker, taken apart."""

    scene: Scene
    inside: Anatomy


class MessageZoom(ScenePart, frozen=True, tag="message"):
    """A message and its life; as a sheet where there is no room for a picture."""

    scene: Scene
    letter: Letter
    sheet: Sheet


View = Main | Presented | WorkerZoom | MessageZoom | CompareScene | Inspection | Sheet | Page | KnobPanel | BallotBox
"""What a screen shows; in JSON its `type` says which."""


def write_view(view: View) -> bytes:
    """Write what a screen shows as JSON."""
    return msgspec.json.encode(view)


def read_view(text: bytes | str) -> View:
    """Read from JSON what a screen shows; raises `msgspec.ValidationError` where it is none."""
    view: View = msgspec.json.decode(text, type=View)
    return view


def view_schema() -> dict[str, Any]:
    """The JSON schema of all that a screen can show."""
    return msgspec.json.schema(View)

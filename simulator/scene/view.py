"""The views of all screens: values that can be written as JSON and drawn when read back."""

from __future__ import annotations

from typing import Any

import msgspec

from simulator.scene.model import Scene
from simulator.scene.pages.ballot import BallotBox
from simulator.scene.pages.compare import CompareScene
from simulator.scene.pages.inspect import Inspection
from simulator.scene.pages.knobs import KnobPanel
from simulator.scene.pages.letter import Letter
from simulator.scene.pages.page import Page
from simulator.scene.pages.sheet import Sheet
from simulator.scene.pages.station import StationCard
from simulator.scene.part import ScenePart
from simulator.scene.stage.inside import Anatomy


class Main(ScenePart, frozen=True, tag="main"):
    """The main screen: stage, texts and timeline of a moment."""

    scene: Scene


class Presented(ScenePart, frozen=True, tag="present"):
    """A moment as presented to an audience."""

    scene: Scene
    revealed: bool
    """True if the answer shown by the run may be revealed."""


class WorkerZoom(ScenePart, frozen=True, tag="worker"):
    """A worker's internals."""

    scene: Scene
    inside: Anatomy


class MessageZoom(ScenePart, frozen=True, tag="message"):
    """A message and its life; as a sheet if there is no room for a picture."""

    scene: Scene
    letter: Letter
    sheet: Sheet


View = (
    Main
    | Presented
    | WorkerZoom
    | MessageZoom
    | CompareScene
    | Inspection
    | Sheet
    | Page
    | KnobPanel
    | BallotBox
    | StationCard
)
"""The view of any screen, tagged by `type` in JSON."""


def write_view(view: View) -> bytes:
    """Serialise a view as JSON."""
    return msgspec.json.encode(view)


def read_view(text: bytes | str) -> View:
    """Parse a view from JSON; raises `msgspec.ValidationError` if it is not one."""
    view: View = msgspec.json.decode(text, type=View)
    return view


def view_schema() -> dict[str, Any]:
    """Return the JSON schema of all views."""
    return msgspec.json.schema(View)

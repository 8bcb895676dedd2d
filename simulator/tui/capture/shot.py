"""A screenshot: the terminal's contents as rows of styled text, saved as a picture and as text."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.segment import Segment

from simulator.course.progress import progress_file
from simulator.trace.writing import create
from simulator.tui.capture.svg import make_svg

if TYPE_CHECKING:
    from textual.app import App


@dataclass(frozen=True)
class Shot:
    """The contents of a screen: its rows as styled segments."""

    rows: list[list[Segment]]

    @property
    def lines(self) -> list[str]:
        """The rows as plain text."""
        return ["".join(segment.text for segment in row) for row in self.rows]

    @property
    def text(self) -> str:
        """The rows as plain text, each ending with a newline."""
        return "".join(f"{line}\n" for line in self.lines)


def screenshot_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Folder for screenshots: in the user's pictures, or beside the learner's progress."""
    try:
        pictures = Path(environment.get("XDG_PICTURES_DIR") or Path.home() / "Pictures")
        return pictures / "Ackademy" if pictures.is_dir() else progress_file(environment).parent / "screenshots"
    except RuntimeError:  # this user has no home
        return Path()


def short_path(path: Path) -> str:
    """A path with `~` for the home folder."""
    try:
        return f"~/{path.relative_to(Path.home()).as_posix()}"
    except (ValueError, RuntimeError):
        return str(path)


def read_shot(app: App[Any]) -> Shot:
    """Take the current contents of an application's screen."""
    # Textual has no public way to read a whole screen; this is the one place that reaches inside.
    strips = app.screen._compositor.render_strips()
    return Shot([[segment for segment in strip if segment.text] for strip in strips])


def save_shot(shot: Shot, title: str, theme: str, stem: str, folder: Path) -> Path:
    """Save a screenshot as SVG and as text, under a name that neither has yet.

    Returns:
        The picture's file.

    Raises:
        OSError: a file cannot be written; none is left behind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = re.sub(r"[^\w.-]+", "-", stem)
    contents = {
        ".svg": make_svg(shot.rows, title, theme),
        ".txt": "".join(f"{line.rstrip()}\n" for line in shot.lines),
    }
    number = 1
    while True:
        name = stem if number == 1 else f"{stem}-{number}"
        written: list[Path] = []
        try:
            for suffix, content in contents.items():
                path = folder / (name + suffix)
                create(path, content.encode(errors="replace"))
                written.append(path)
        except FileExistsError:
            _remove(written)
            number += 1
        except OSError:
            _remove(written)
            raise
        else:
            return written[0]


def _remove(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)

"""The packaged scenarios, and the look-up of a file by name or path."""

from __future__ import annotations

from pathlib import Path

from simulator.scenario.problems import Problem, ScenarioError, nearest

SUFFIXES = (".yaml", ".yml")

COURSE = "course.yaml"
"""File beside the scenarios that lists the order in which they are taught."""

PLANS = "plans"
"""Folder beside the scenarios with plans of a class."""

SOLUTIONS = "solutions.yaml"
"""File beside the scenarios with a model solution of each exercise: the teacher's, not part of a lesson."""

NO_LESSONS = (COURSE, SOLUTIONS)


def library_folder() -> Path:
    """Folder of the packaged scenarios: beside the code if installed, above it in a checkout."""
    package = Path(__file__).parent.parent
    packaged = package / "scenarios"
    return packaged if packaged.is_dir() else package.parent / "scenarios"


def scenario_names() -> list[str]:
    """The names of the packaged scenarios, sorted by file."""
    return [name_of(path) for path in _files()]


def find_scenario(what: str | Path) -> Path:
    """Find a scenario file: text with a separator or a suffix is a path, anything else a name.

    Raises:
        ScenarioError: there is no such file or name.
    """
    text = str(what)
    if isinstance(what, Path) or "/" in text or "\\" in text or Path(text).suffix:
        path = Path(text)
        try:
            if path.is_file():
                return path
            is_folder = path.is_dir()
        except (OSError, ValueError):  # a name that is too long, or of characters that no file has
            is_folder = False
        raise ScenarioError([Problem("file.folder" if is_folder else "file.missing", {"file": text})])
    by_name = {name_of(path): path for path in _files()}
    if text in by_name:
        return by_name[text]
    raise ScenarioError(
        [Problem("scenario.unknown", {"name": text, "meant": nearest(text, by_name), "known": list(by_name)})]
    )


def is_packaged(file: Path) -> bool:
    """Return True if a file is one of the packaged scenarios."""
    try:
        found = file.resolve()
        return found.parent == library_folder().resolve() and found.name not in NO_LESSONS and found.is_file()
    except (OSError, RuntimeError, ValueError):  # no file has such a name, or its links go in a circle
        return False


def lesson_files(folder: Path) -> list[Path]:
    """Files of scenarios in a folder, in the order of their numbers."""
    return sorted(path for path in folder.glob("*.yaml") if path.is_file() and path.name not in NO_LESSONS)


def own_course(file: Path) -> Path | None:
    """Folder of the course that a scenario's file belongs to, if it is not the packaged one: it has a `course.yaml`."""
    folder = file.parent
    return folder if (folder / COURSE).is_file() and folder.resolve() != library_folder().resolve() else None


def _files() -> list[Path]:
    return lesson_files(library_folder())


def name_of(path: Path) -> str:
    """`02-three-task-order.yaml` is called `three-task-order`."""
    head, _, rest = path.stem.partition("-")
    return rest if head.isdecimal() and rest else path.stem

"""The list of wrong lines beside this file, read: `python -m tests.recordings --mutations`."""

from __future__ import annotations

from pathlib import Path

from tests.recordings.mutate import Mutation

LIST = Path(__file__).with_suffix(".txt")
TITLE, OLD, NEW = "# ", "- ", "+ "


def read(text: str) -> list[Mutation]:
    """Mutations in their order: blocks apart by a blank line, each a module or the three lines of a mutation."""
    found: list[Mutation] = []
    file = ""
    for block in text.strip().split("\n\n")[1:]:
        match block.splitlines():
            case [title] if title.startswith(TITLE):
                file = title.removeprefix(TITLE)
            case [says, old, new] if file and old.startswith(OLD) and new.startswith(NEW):
                found.append(Mutation(file, old.removeprefix(OLD), new.removeprefix(NEW), says))
            case _:
                raise ValueError(f"neither a module nor a mutation: {block}")
    return found


MUTATIONS = read(LIST.read_text(encoding="utf-8"))

"""Changes to a run: a fault or command injected, or a setting changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulator.console.control import control_text
from simulator.course.knobs import setting_name
from simulator.play.player import Player
from simulator.scenario import Edit
from simulator.scene.words import labels
from simulator.story.catalog import Words
from simulator.story.language import say
from simulator.story.values import flow_text
from simulator.trace.time import as_seconds

EVERY = 20
"""Seconds between two restarts of a rolling deploy that is tried as a what-if."""


@dataclass(frozen=True, slots=True)
class Change:
    """A possible change: a fault or command, or a setting."""

    kind: str
    """A key of a fault, or `send` or `control`; `set`: a setting from now on, `turn`: from the start."""
    target: str
    """A worker (`rolling`: several, with commas), `broker`, `services.<name>`, a task, a setting, a command."""
    seconds: float | None = None
    value: Any = None
    """The new value of a setting."""
    call: tuple[tuple[str, Any], ...] = ()
    """Further options of a sent task, as (key, value) of a line under `send`."""

    @property
    def name(self) -> str:
        """The display name of its target."""
        if self.kind in ("set", "turn"):
            return setting_name(self.target)
        return "Broker" if self.target == "broker" else self.target.removeprefix("services.")

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of its texts."""
        return {"name": self.name, "seconds": f"{self.seconds or 0:g}", "value": flow_text(self.value)}

    @property
    def words(self) -> Words:
        """The menu text."""
        return labels.CHANGES[self.kind]

    def edit(self, player: Player) -> Edit:
        """Return the scenario edit that applies it right after the shown moment, or (`turn`) from the start."""
        at = as_seconds(player.time + 1)
        if self.kind == "turn":
            return Edit(self.target, self.value)
        if self.kind == "send":
            return Edit("send", {"at": at, "task": self.target, **dict(self.call)}, append=True)
        if self.kind == "set":
            return Edit("faults", {"at": at, "set": {self.target: self.value}}, append=True)
        if self.kind == "rolling":
            return Edit("faults", {"at": at, "rolling": self.target.split(","), "every": EVERY}, append=True)
        fault: dict[str, Any] = {"at": at, self.kind: self.target}
        if self.seconds is not None:
            fault["for"] = self.seconds
        return Edit("faults", fault, append=True)


def read_change(edit: Edit) -> Change | None:
    """Recover a change from its edit; None if it is not one."""
    line = edit.value
    if not edit.append:
        return Change("turn", edit.path, value=line)
    if edit.path == "send":
        extra = {key: value for key, value in line.items() if key not in ("at", "task")}
        return Change("send", line.get("task", ""), call=tuple(extra.items()))
    if edit.path == "control":
        return Change("control", control_text(line))
    if "set" in line:
        path, value = next(iter(line["set"].items()))
        return Change("set", path, value=value)
    if "rolling" in line:
        return Change("rolling", ",".join(line["rolling"]))
    kind = next((kind for kind in labels.CHANGES if kind in line), None)
    return Change(kind, line[kind], line.get("for")) if kind is not None else None


def describe_edit(edit: Edit, lang: str) -> str:
    """Describe a scenario edit in words."""
    change = read_change(edit)
    if change is None:
        return edit.path
    at = edit.value["at"] if edit.append else 0
    return say(labels.CHANGED_AT[change.kind], lang, **{**change.params, "time": f"{at:.2f}"})

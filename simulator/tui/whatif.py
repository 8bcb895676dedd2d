"""What if: what can be made to happen right behind what is shown, and saving what came of it."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.console.control import control_text
from simulator.course.knobs import setting_name
from simulator.play.player import Player
from simulator.scenario import Edit, Problem, Scenario, ScenarioError, parse_scenario
from simulator.scenario.schema import Call, ScenarioFile
from simulator.scene.words import labels
from simulator.story.catalog import Words
from simulator.story.values import flow_text
from simulator.trace.time import as_seconds
from simulator.trace.writing import write_new

BROKER_SECONDS = 5
"""For how long a what-if takes the broker away."""

SERVICE_SECONDS = 10
"""For how long a what-if takes a service away."""


MOST_WORKERS = 4
"""Workers that a menu names for each thing that can happen to one; the chosen one is always among them."""

MOST_SENDS = 6
"""Tasks that a menu offers to send."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that may be made to happen, or a setting that may be turned."""

    kind: str
    """`kill`, `stop`, `start`, `down`, `send`, `set` (from now on), `turn` (from the start), `control`."""
    whom: str
    """A worker, `broker`, `services.<name>`, a task, the path of a setting, or a remote-control command as typed."""
    seconds: float | None = None
    value: Any = None
    """What a setting is turned to."""
    call: tuple[tuple[str, Any], ...] = ()
    """How a task is called besides, as (key, value) of a line under `send`."""

    @property
    def name(self) -> str:
        """Whom it happens to, as people call it."""
        if self.kind in ("set", "turn"):
            return setting_name(self.whom)
        return "Broker" if self.whom == "broker" else self.whom.removeprefix("services.")

    @property
    def params(self) -> dict[str, Any]:
        """What the words about it need."""
        return {"name": self.name, "seconds": f"{self.seconds or 0:g}", "value": flow_text(self.value)}

    @property
    def words(self) -> Words:
        """What the menu says."""
        return labels.CHANGES[self.kind]

    def edit(self, player: Player) -> Edit:
        """The change of a scenario that makes it happen right after what is shown, or (`turn`) from the start."""
        at = as_seconds(player.time + 1)
        if self.kind == "turn":
            return Edit(self.whom, self.value)
        if self.kind == "send":
            return Edit("send", {"at": at, "task": self.whom, **dict(self.call)}, append=True)
        if self.kind == "set":
            return Edit("faults", {"at": at, "set": {self.whom: self.value}}, append=True)
        fault: dict[str, Any] = {"at": at, self.kind: self.whom}
        if self.seconds is not None:
            fault["for"] = self.seconds
        return Edit("faults", fault, append=True)


def read_change(edit: Edit) -> Change | None:
    """A change from the edit it made."""
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
    kind = next((kind for kind in labels.CHANGES if kind in line), None)
    return Change(kind, line[kind], line.get("for")) if kind is not None else None


def list_changes(player: Player, chosen: str) -> list[Change]:
    """All that can happen now: to workers (the chosen one first), to the broker, to services; and what can be sent."""
    run = player.score.run
    if run.scenario is None:
        return []
    world = run.world(player.cursor)
    settings = world.settings
    names = sorted(world.workers, key=lambda name: name != chosen)
    alive = [name for name in names if world.workers[name].life == "online"]
    stoppable = [name for name in alive if (name, "shutdown") not in settings]
    changes = [Change("kill", name) for name in alive[:MOST_WORKERS]]
    changes += [Change("stop", name) for name in stoppable[:MOST_WORKERS]]
    changes += [Change("start", name) for name in names if name not in alive][:MOST_WORKERS]
    if world.broker_up:
        changes.append(Change("down", "broker", BROKER_SECONDS))
    services = (f"services.{name}" for name in run.scenario.model.services if name != "result_backend")
    changes += [Change("down", name, SERVICE_SECONDS) for name in services if not settings.get((name, "down"))]
    return changes + list_sends(run.scenario, world.queues)[:MOST_SENDS]


def list_sends(scenario: Scenario, queues: Container[str]) -> list[Change]:
    """Each registered task, called as the scenario's first line for it calls it.

    Only what goes to a queue that is there: another one would have to be declared from the start of the run, and that
    would change what was seen.
    """
    model = scenario.model
    calls: dict[str, Call] = {}
    for send in model.send:
        for call in send.calls:
            calls.setdefault(call.task, call)
    found = []
    for name, task in model.tasks.items():
        example = calls.get(name)
        route = (model.config.task_routes or {}).get(name)
        own = task.queue or (route.queue if route is not None else None) or scenario.settings.task_default_queue
        if ((example is not None and example.queue) or own) not in queues:
            continue
        how = {key: getattr(example, key) for key in ("args", "kwargs", "queue") if example is not None}
        found.append(Change("send", name, call=tuple((key, value) for key, value in how.items() if value)))
    return found


def save_branch(scenario: Scenario, folder: Path) -> Path:
    """Write a changed scenario as one that extends the original; never over a file that is there.

    Raises:
        ScenarioError: a change cannot be written that way.
        OSError: the file cannot be written.
    """
    text = scenario.extension(str(folder))
    saved = parse_scenario(text, file=str(folder / "branch.yaml"))
    if _played(saved.model) != _played(scenario.model):
        # Mappings merge: what a branch took out of one would be there again.
        paths = ", ".join(edit.path for edit in scenario.edits if not edit.append)
        raise ScenarioError([Problem("save.into_list", {"path": paths})])
    return write_new(folder, f"{scenario.name}-branch", ".yaml", text.encode())


def _played(model: ScenarioFile) -> dict[str, Any]:
    """What of a scenario decides its run."""
    return model.model_dump(exclude={"schema_", "id", "extends", "goals", "variants"})

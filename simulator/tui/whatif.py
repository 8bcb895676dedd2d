"""Changes to try right after the moment shown, and saving of a branch."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path
from typing import Any

from simulator.play.player import Player
from simulator.scenario import Problem, Scenario, ScenarioError, parse_scenario
from simulator.scenario.schema import Call, ScenarioFile
from simulator.scene.change import Change
from simulator.trace.writing import write_new

BROKER_SECONDS = 5
"""Seconds for which a what-if takes the broker down."""

SERVICE_SECONDS = 10
"""Seconds for which a what-if takes a service down."""


MAX_WORKERS = 4
"""Most workers that a menu names for each change; the selected one is always among them."""

MAX_SENDS = 6
"""Most tasks that a menu offers to send."""


def list_changes(player: Player, chosen: str) -> list[Change]:
    """List the possible what-ifs: workers (the selected one first), broker, services, and tasks to send."""
    run = player.playback.run
    if run.scenario is None:
        return []
    world = run.world(player.cursor)
    settings = world.settings
    names = sorted(world.workers, key=lambda name: name != chosen)
    alive = [name for name in names if world.workers[name].life == "online"]
    stoppable = [name for name in alive if (name, "shutdown") not in settings]
    changes = [Change("kill", name) for name in alive[:MAX_WORKERS]]
    changes += [Change("stop", name) for name in stoppable[:MAX_WORKERS]]
    changes += [Change("start", name) for name in names if name not in alive][:MAX_WORKERS]
    if world.broker_up:
        changes.append(Change("down", "broker", BROKER_SECONDS))
    services = (f"services.{name}" for name in run.scenario.model.services if name != "result_backend")
    changes += [Change("down", name, SERVICE_SECONDS) for name in services if not settings.get((name, "down"))]
    changes += list_sends(run.scenario, world.queues)[:MAX_SENDS]
    changes += [Change("restart", name) for name in stoppable[:1]]
    return [*changes, Change("rolling", ",".join(sorted(stoppable)))] if len(stoppable) > 1 else changes


def list_sends(scenario: Scenario, queues: Container[str]) -> list[Change]:
    """Calls of each registered task, as in the scenario's first line for it.

    Only to existing queues: another one would be declared from the start of the run, and change what was seen.
    """
    model = scenario.model
    calls: dict[str, Call] = {}
    for send in model.send:
        for call in send.calls:
            calls.setdefault(call.task, call)
    found = []
    for name in model.tasks:
        example = calls.get(name)
        if ((example is not None and example.queue) or model.queue_of(name)) not in queues:
            continue
        how = {key: getattr(example, key) for key in ("args", "kwargs", "queue") if example is not None}
        found.append(Change("send", name, call=tuple((key, value) for key, value in how.items() if value)))
    return found


def save_branch(scenario: Scenario, folder: Path) -> Path:
    """Write a changed scenario as one that extends the original; never overwrites a file.

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
    """The parts of a scenario that determine its run."""
    return model.model_dump(exclude={"schema_", "id", "extends", "goals", "variants"})

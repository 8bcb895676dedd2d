"""What if: the faults that can be added right behind what is shown, and saving what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.scenario import Edit, Scenario
from simulator.story import labels
from simulator.story.catalog import Words
from simulator.trace.time import as_seconds
from simulator.tui.player import Player

BROKER_SECONDS = 5
"""For how long a what-if takes the broker away."""

SERVICE_SECONDS = 10
"""For how long a what-if takes a service away."""


@dataclass(frozen=True, slots=True)
class Change:
    """A fault that may be added."""

    kind: str
    """`kill`, `stop`, `start` or `down`."""
    whom: str
    """A worker, `broker` or `services.<name>`."""
    seconds: float | None = None

    @property
    def name(self) -> str:
        """Whom it happens to, as people call it."""
        return "Broker" if self.whom == "broker" else self.whom.removeprefix("services.")

    @property
    def params(self) -> dict[str, Any]:
        """What the words about it need."""
        return {"name": self.name, "seconds": f"{self.seconds or 0:g}"}

    @property
    def words(self) -> Words:
        """What the menu says."""
        return labels.CHANGES[self.kind]

    def edit(self, player: Player) -> Edit:
        """The change of a scenario that makes it happen right after what is shown."""
        fault: dict[str, Any] = {"at": as_seconds(player.time + 1), self.kind: self.whom}
        if self.seconds is not None:
            fault["for"] = self.seconds
        return Edit("faults", fault, append=True)


def read_change(fault: dict[str, Any]) -> Change | None:
    """A change from the fault it made."""
    kind = next((kind for kind in labels.CHANGES if kind in fault), None)
    return Change(kind, fault[kind], fault.get("for")) if kind is not None else None


def list_changes(player: Player, chosen: str) -> list[Change]:
    """All that can happen now: to workers (the chosen one first), to the broker, to services."""
    run = player.score.run
    if run.scenario is None:
        return []
    world = run.world(player.cursor)
    settings = world.settings
    names = sorted(world.workers, key=lambda name: name != chosen)
    alive = [name for name in names if world.workers[name].life == "online"]
    changes = [Change("kill", name) for name in alive]
    changes += [Change("stop", name) for name in alive if (name, "shutdown") not in settings]
    changes += [Change("start", name) for name in names if name not in alive]
    if world.broker_up:
        changes.append(Change("down", "broker", BROKER_SECONDS))
    services = (f"services.{name}" for name in run.scenario.model.services if name != "result_backend")
    changes += [Change("down", name, SERVICE_SECONDS) for name in services if not settings.get((name, "down"))]
    return changes


def save_branch(scenario: Scenario, folder: Path) -> Path:
    """Write a changed scenario as one that extends the original; never over a file that is there.

    Raises:
        ScenarioError: a change cannot be written that way.
        OSError: the file cannot be written.
    """
    text = scenario.extension(str(folder))
    number = 1
    while True:
        path = folder / (f"{scenario.name}-branch.yaml" if number == 1 else f"{scenario.name}-branch-{number}.yaml")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            number += 1
        else:
            return path

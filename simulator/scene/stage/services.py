"""Services that tasks call: whether they are up, how many call them now, and what waits to try again."""

from __future__ import annotations

from simulator.play.player import Player
from simulator.scene.model import ServiceBox
from simulator.world import World


def find_services(player: Player, world: World) -> list[ServiceBox]:
    """Return the services that tasks of the run call, in the order in which the scenario names them."""
    callers: dict[str, set[str]] = {}
    for task, said in world.trace.header.tasks.items():
        if "calls" in said:
            callers.setdefault(said["calls"], set()).add(task)
    if not callers:
        return []
    running, held = world.callers({task for tasks in callers.values() for task in tasks})
    scenario, settings = player.playback.run.scenario, world.settings
    known = scenario.model.services if scenario is not None else {}
    found = []
    for name in sorted(callers, key=[*known, *callers].index):
        path = f"services.{name}"
        spec = known.get(name)
        calls, waiting = (sum(counted[task] for task in callers[name]) for counted in (running, held))
        capacity = settings.get((path, "capacity"), spec.capacity if spec is not None else None)
        # An execution beyond its capacity has started and is being refused.
        calls = calls if capacity is None else min(calls, capacity)
        found.append(ServiceBox(name, settings.get((path, "down")) or "", calls, capacity, waiting))
    return found

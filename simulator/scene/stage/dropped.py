"""Messages dropped by a worker when it or one of its children was killed."""

from __future__ import annotations

from simulator.play.player import Player
from simulator.scene.model import Fate
from simulator.trace import events as ev
from simulator.world import WorkerView


def dropped_by(player: Player, worker: WorkerView) -> list[tuple[str, Fate]]:
    """List the messages of a killed worker: (task, fate of its message). Unacknowledged ones return to their queue.

    A message that has come back is told of as long as it lies in its queue: then another worker has it.

    Empty while a question is open, since it may ask just that.
    """
    if worker.life != "lost" or player.is_asked:
        return []
    held: dict[str, Fate] = dict.fromkeys(worker.leased(), "returns")
    world = player.playback.run.world(player.cursor)
    for _, event in player.playback.activity.of(worker.hostname, player.cursor):
        if event.t < worker.since:
            break
        if isinstance(event, ev.TaskLost):
            held.setdefault(event.uuid, "lost")
        elif isinstance(event, ev.MessageRequeued) and world.task(event.uuid).place == "queued":
            held.setdefault(event.uuid, "returned")
    return list(held.items())

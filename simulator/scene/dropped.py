"""What a worker let go of when it, or one of its children, was killed."""

from __future__ import annotations

from simulator.play.player import Player
from simulator.trace import events as ev
from simulator.world import WorkerView


def dropped_by(player: Player, worker: WorkerView) -> list[tuple[str, bool]]:
    """What a killed worker held: (task, whether its message comes back). What is not acknowledged does.

    Nothing while a question is open: what becomes of it is what one is asked.
    """
    if worker.life != "lost" or player.is_asked:
        return []
    held = dict.fromkeys(worker.leased(), True)
    for _, event in player.playback.doings.of(worker.hostname, player.cursor):
        if event.t < worker.since:
            break
        if isinstance(event, ev.TaskLost):
            held.setdefault(event.uuid, False)
        elif isinstance(event, ev.MessageRequeued):
            held.setdefault(event.uuid, True)
    return list(held.items())

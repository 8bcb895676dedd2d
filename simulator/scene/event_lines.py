"""Events as short lines: name, subject and tone."""

from __future__ import annotations

from simulator.play.player import Player
from simulator.scene.model import EventLine
from simulator.trace import events as ev

EVENT_TONES: dict[type[ev.Event], str] = {
    ev.TaskStarted: "running",
    ev.TaskSucceeded: "done",
    ev.TaskFailed: "failed",
    ev.TaskLost: "lost",
    ev.WorkerLost: "lost",
    ev.MessageQueued: "waiting",
    ev.MessageRequeued: "waiting",
    ev.Poll: "dim",
    ev.TaskScheduled: "waiting",
    ev.TaskRetried: "failed",
    ev.TaskRevoked: "dim",
    ev.MessageDeadLettered: "failed",
    ev.MessageDropped: "lost",
    ev.PublishFailed: "failed",
    ev.BrokerDown: "lost",
    ev.BrokerUp: "done",
    ev.SettingChanged: "ask",
    ev.CommandUnheard: "lost",
    ev.WorkerHeartbeat: "dim",
    ev.ChildExited: "dim",
    ev.PoolResized: "ask",
    ev.Effect: "done",
    ev.TaskRejected: "failed",
    ev.TaskCancelled: "lost",
    ev.TaskIgnored: "done",
    ev.ResultLost: "lost",
}
"""Tone of an event by type, after its meaning for a task. Others are plain `text`."""


def list_events(player: Player, count: int, future: bool) -> list[EventLine]:
    """Return the latest `count` lines of the event list; with `future`, a third of them lie ahead."""
    playback = player.playback
    ahead = min(count // 3, playback.length - player.cursor) if future else 0
    last = player.cursor + ahead
    return [
        EventLine(
            index,
            playback.events[index].t,
            playback.run.names.short(describe_event(playback.events[index])),
            EVENT_TONES.get(type(playback.events[index]), "text"),
            index == player.cursor - 1,
            index >= player.cursor,
        )
        for index in range(max(0, last - count), last)
    ]


INFERRED = "~"
"""Prefix of an inferred event's name."""


def describe_event(event: ev.Event) -> str:
    """Describe an event in a short line: its name and subject."""
    about = [getattr(event, "uuid", ""), getattr(event, "hostname", "") or getattr(event, "queue", "")]
    if isinstance(event, ev.MessageQueued | ev.MessageRequeued | ev.MessageDeadLettered):
        about[1] = event.queue
    if isinstance(event, ev.Poll):
        about.append(f"({event.found})")
    if isinstance(event, ev.CommandUnheard):
        about += [event.command, ", ".join(event.names)]
    if isinstance(event, ev.SettingChanged):
        about.append(f"{event.setting}={event.value}")
    mark = INFERRED if event.inferred else ""
    return " ".join([f"{mark}{event.type}", *(part for part in about if part)])

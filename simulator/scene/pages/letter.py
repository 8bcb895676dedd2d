"""A message at a moment: its content, and its life so far, one line per copy and per delivery."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import msgspec

from simulator.play.player import Player
from simulator.scene.pages.sheet import Field, body_rows, header_rows, property_rows
from simulator.scene.part import ScenePart
from simulator.scene.words import labels
from simulator.story.language import say
from simulator.trace import events as ev
from simulator.world import World

STAGES = ("sent", "queued", "delivered", "received", "eta", "started", "stored", "acked", "ended")
"""Stages of a copy, in order with late ACKs."""

ENDS: dict[type[ev.Event], str] = {
    ev.TaskSucceeded: "succeeded",
    ev.TaskFailed: "failed",
    ev.TaskRetried: "retried",
    ev.TaskRejected: "rejected",
    ev.TaskCancelled: "cancelled",
    ev.TaskIgnored: "ignored",
    ev.ResultLost: "result-lost",
    ev.TaskRevoked: "revoked",
    ev.TaskLost: "lost",
    ev.MessageRequeued: "requeued",
    ev.MessageDropped: "dropped",
    ev.MessageDeadLettered: "dead-lettered",
}
"""Outcomes by the events that end a copy's line."""

MARKS: dict[type[ev.Event], str] = {
    ev.MessageDelivered: "delivered",
    ev.TaskReceived: "received",
    ev.TaskScheduled: "eta",
    ev.TaskStarted: "started",
    ev.ResultStored: "stored",
    ev.MessageAcked: "acked",
}


class MessageCopy(msgspec.Struct):
    """A line: a published message, or (`again`) one more delivery of it. Times in microseconds."""

    number: int
    """Ordinal of the message within the task, from 1."""
    message: int
    again: bool = False
    queue: str = ""
    hostname: str = ""
    slot: int = 0
    tag: int = 0
    times: dict[str, int] = {}
    """Times by stage."""
    indices: dict[str, int] = {}
    """Event indices by stage."""
    eta: int | None = None
    outcome: str = ""
    """As in `ENDS`, or `died` with its worker; empty before."""

    def mark(self, stage: str, index: int, time: int) -> None:
        """Record that it reached a stage."""
        self.times[stage], self.indices[stage] = time, index


class LifeSpan(ScenePart, frozen=True):
    """A phase of a task: `sending`, `queued`, `held`, `scheduled` or `running`; times in microseconds."""

    kind: str
    start: int
    end: int


class Letter(ScenePart, frozen=True):
    """A task's latest message, and the life of all of them."""

    uuid: str
    state: str
    """Celery's state."""
    about: str
    queue: str
    properties: list[Field]
    headers: list[Field]
    body: list[Field]
    stages: list[str]
    """The columns, in the order of this life."""
    copies: list[MessageCopy]
    last: int
    """Index of the last event of its life."""
    spans: list[LifeSpan]
    over: bool
    time: int


def read_letter(player: Player, uuid: str, lang: str) -> Letter:
    """Read a task's latest message. The task must have been sent before the cursor (KeyError)."""
    world = player.playback.run.world(player.cursor)
    task = world.task(uuid)
    sent = world.publish(task.message)
    place = labels.PLACES.get(task.place)
    about = say(place, lang) if place else task.place
    if task.hostname and task.place not in ("queued", "sent"):
        about += f" · {task.hostname}"
    copies = list_copies(player, task.history)
    over = all(copy.outcome or "ended" in copy.times for copy in copies)
    return Letter(
        uuid,
        task.state,
        about,
        sent.queue,
        property_rows(sent, task),
        header_rows(sent, lang),
        body_rows(sent, lang),
        _order(world, copies),
        copies,
        task.history[-1],
        list_spans(copies, player.time),
        over,
        player.time,
    )


def list_copies(player: Player, history: list[int]) -> list[MessageCopy]:
    """List the lines of a task's life, from its own events."""
    copies: list[MessageCopy] = []
    for index in history:
        _apply(copies, player.playback.events[index], index)
    for copy in copies:
        _mark_dead(copy, player)
    return copies


def _apply(copies: list[MessageCopy], event: Any, index: int) -> None:
    """Apply one event of the task."""
    kind = type(event)
    if kind is ev.TaskSent:
        copy = MessageCopy(sum(not one.again for one in copies) + 1, event.message, queue=event.queue, eta=event.eta)
        copy.mark("sent", index, event.t)
        copies.append(copy)
        return
    tag = getattr(event, "delivery_tag", 0)
    mine = [one for one in copies if one.message == getattr(event, "message", 0)]
    if not mine:
        return
    copy = next((one for one in mine if tag and one.tag == tag), mine[-1])
    if kind is ev.MessageQueued:
        copy.mark("queued", index, event.t)
    elif kind is ev.MessageDelivered:
        copy = mine[-1]
        copy.tag, copy.hostname = tag, event.hostname
        copy.mark("delivered", index, event.t)
    elif kind in MARKS:
        copy.mark(MARKS[kind], index, event.t)
        copy.slot = getattr(event, "slot", copy.slot)
        copy.eta = getattr(event, "eta", copy.eta) if kind is ev.TaskScheduled else copy.eta
    elif kind in ENDS:
        _end(copies, copy, event, index)


def _end(copies: list[MessageCopy], copy: MessageCopy, event: Any, index: int) -> None:
    """End a copy's line; if the message lives on, another begins."""
    kind = type(event)
    if not (copy.outcome in ("requeued", "dead-lettered", "dropped") and kind in (ev.TaskRejected, ev.TaskCancelled)):
        copy.outcome = ENDS[kind]
        copy.mark("ended", index, event.t)
    moves = kind is ev.MessageDeadLettered and (event.source or event.delivery_tag)
    if kind is ev.MessageRequeued or moves:
        other = MessageCopy(copy.number, copy.message, again=True, queue=event.queue, eta=copy.eta)
        other.mark("queued", index, event.t)
        copies.append(other)
    elif kind is ev.MessageDeadLettered:
        copy.outcome = ""
        copy.times.pop("ended")
        copy.mark("queued", index, event.t)


def _mark_dead(copy: MessageCopy, player: Player) -> None:
    """End a copy that was in a worker when it was killed, for which there is no event."""
    since = copy.indices.get("delivered")
    if since is None or copy.outcome:
        return
    for index, time in player.playback.history.workers[copy.hostname].gone:
        if since < index < player.cursor:
            copy.outcome = "died"
            copy.mark("ended", index, time)
            return


def _order(world: World, copies: list[MessageCopy]) -> list[str]:
    """Return the stages as columns: ETA only if there is one; the ACK where it occurs, or is expected."""
    stages = [stage for stage in STAGES if stage != "eta" or any(copy.eta is not None for copy in copies)]
    for copy in copies:
        acked, started, stored = (copy.indices.get(name) for name in ("acked", "started", "stored"))
        if acked is not None and (stored is None or acked < stored):
            before = "started" if started is None or acked < started else "stored"
            return _moved(stages, before)
        if acked is not None:
            return stages
    workers = world.workers.values()
    late = any(worker.info.settings.get("task_acks_late") for worker in workers)
    return stages if late else _moved(stages, "started")


def _moved(stages: list[str], before: str) -> list[str]:
    """Move the ACK before another stage."""
    others = [stage for stage in stages if stage != "acked"]
    place = others.index(before)
    return [*others[:place], "acked", *others[place:]]


WAYS = (
    ("running", "started", ("ended", "stored")),
    ("scheduled", "eta", ("started", "ended")),
    ("held", "delivered", ("eta", "started", "ended")),
    ("queued", "queued", ("delivered", "ended")),
    ("sending", "sent", ("queued", "ended")),
)
"""(phase, first stage, final stages), most important first."""


def list_spans(copies: list[MessageCopy], now: int) -> list[LifeSpan]:
    """Split the task's life into phases, one at a time: running takes precedence over waiting."""
    found: list[tuple[int, LifeSpan]] = []
    for copy in copies:
        for rank, (kind, start, ends) in enumerate(WAYS):
            if start in copy.times:
                end = min((copy.times[name] for name in ends if name in copy.times), default=now)
                found.append((rank, LifeSpan(kind, copy.times[start], max(end, copy.times[start]))))
    edges = sorted({edge for _, span in found for edge in (span.start, span.end)})
    spans: list[LifeSpan] = []
    for begin, end in pairwise(edges):
        covering = [(rank, span.kind) for rank, span in found if span.start <= begin and end <= span.end]
        if not covering:
            continue
        kind = min(covering)[1]
        if spans and spans[-1].kind == kind and spans[-1].end == begin:
            spans[-1] = LifeSpan(kind, spans[-1].start, end)
        else:
            spans.append(LifeSpan(kind, begin, end))
    return spans

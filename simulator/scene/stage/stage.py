"""Building the stage: producers, queues, workers and the result backend at a moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulator.play.player import Player
from simulator.scene.model import Flight, ProducerBox, QueueBox, QueuedMessage, SlotBox, StoreBox, WorkerBox
from simulator.scene.stage.dropped import dropped_by
from simulator.trace import events as ev
from simulator.world import QueueView, WorkerView, World

MAX_FLIGHTS = 6
"""Limit of flights shown individually."""

MAX_HELD = 20
"""Limit on the tasks listed for each place in a worker."""

MAX_SLOTS = 50
"""Limit on the slots listed for a worker."""


def is_crowded(flights: Sequence[Flight]) -> bool:
    """Return whether too many messages are in flight to show individually; results do not count."""
    return sum(flight.kind != "result" for flight in flights) > MAX_FLIGHTS


def list_producers(world: World) -> list[ProducerBox]:
    """List the producers, without workers that publish."""
    sending = {name: uuids for name, uuids in find_senders(world).items() if name not in world.workers}
    sent = {name: count for name, count in world.producers.items() if name not in world.workers}
    named = dict.fromkeys(sent) or dict.fromkeys(_future_producers(world))
    return [
        ProducerBox(name, sent.get(name, 0), tuple(sending.get(name, [])[:MAX_HELD]), len(sending.get(name, [])))
        for name in named
    ]


def find_senders(world: World) -> dict[str, list[str]]:
    """By publisher, the tasks whose message is about to leave for the broker."""
    found: dict[str, list[str]] = {}
    for event in world.sending():
        found.setdefault(event.hostname, []).append(event.uuid)
    return found


def _future_producers(world: World) -> list[str]:
    """Return the first producers to send: a stage without a producer would confuse more than it hides."""
    first = next((e.hostname for e in world.trace.events if isinstance(e, ev.TaskSent)), "producer")
    return [first]


def find_store(player: Player) -> StoreBox | None:
    """Return the result backend; None if no result is ever stored."""
    activity = player.playback.activity
    if not activity.stores_results:
        return None
    count, last = activity.stored(player.cursor)
    return StoreBox(count, last.uuid if last is not None else "", last.state if last is not None else "")


def outline_queues(world: World, workers: Sequence[WorkerBox], *, asked: bool) -> list[QueueBox]:
    """Build all queues without their messages; `asked` tells whether a question is open."""
    consumed = {name for box in workers for name in box.queues}
    return [outline_queue(view, world, view.name in consumed, asked) for view in world.queues.values()]


def outline_queue(view: QueueView, world: World, consumed: bool, asked: bool) -> QueueBox:
    """Build a queue without its messages."""
    head = view.head(1) if not consumed else []
    dead = bool(head) and world.dead_letter(head[0].message) is not None
    known = None if asked and not consumed else consumed
    return QueueBox(view.name, len(view), view.unacked, view.longest, world.broker_up, known, dead)


def list_items(view: QueueView, world: World, time: int, count: int) -> tuple[QueuedMessage, ...]:
    """Return the next `count` messages of a queue."""
    return tuple(
        QueuedMessage(task.uuid, task.name, max(0, time - world.publish(task.message).t), position)
        for position, task in enumerate(view.head(count))
    )


def worker_state(view: WorkerView, settings: Mapping[tuple[str, str], Any]) -> str:
    """Return a worker's state: `idle`, `running`, `stopping`, `killed` or `offline`."""
    if view.life != "online":
        return "killed" if view.life == "lost" else "offline"
    if (view.hostname, "shutdown") in settings:
        return "stopping"
    return "running" if view.busy else "idle"


class KnownBoxes(dict[str, tuple[tuple[object, bool, object], WorkerBox]]):
    """Of each worker of a trace what its last box was made from, and that box.

    It was made from the worker's version, whether it shuts down, and what it was told to consume.
    """


def outline_workers(world: World) -> list[WorkerBox]:
    """Build all workers without their contents; an unchanged worker keeps the box of the last frame."""
    settings, views = world.settings, world.workers
    known: KnownBoxes = world.trace.derived.setdefault(KnownBoxes, KnownBoxes())
    boxes = []
    for name, version in views.versions().items():
        stopping = (name, "shutdown") in settings
        before = known.get(name)
        made = version, stopping, settings.get((name, "queues"))
        if before is None or before[0][0] is not version or before[0][1:] != made[1:]:
            before = known[name] = made, outline_worker(views[name], settings)
        boxes.append(before[1])
    return boxes


def outline_worker(view: WorkerView, settings: Mapping[tuple[str, str], Any]) -> WorkerBox:
    """Build a worker without its contents."""
    return WorkerBox(
        view.hostname,
        worker_state(view, settings),
        view.since,
        view.busy,
        view.concurrency,
        view.done,
        view.queues if view.life == "online" else (),
    )


def fill_worker(
    box: WorkerBox, view: WorkerView, player: Player, sending: Mapping[str, list[str]], leased: Mapping[str, list[str]]
) -> WorkerBox:
    """A worker with what it holds; `sending` and `leased` as found by `find_senders` and `World.leased`."""
    reserved, scheduled, coming = view.reserved(), view.scheduled(), view.transit()
    sent, unsettled = sending.get(box.name, []), leased.get(box.name, []) if view.life != "lost" else []
    return WorkerBox(
        box.name,
        box.state,
        box.since,
        box.busy,
        box.concurrency,
        box.done,
        box.queues,
        tuple(list_slots(player, view)),
        tuple(reserved[:MAX_HELD]),
        len(reserved),
        tuple(scheduled[:MAX_HELD]),
        len(scheduled),
        tuple(coming[:MAX_HELD]),
        len(coming),
        tuple(sent[:MAX_HELD]),
        len(sent),
        tuple(unsettled[:MAX_HELD]),
        len(unsettled),
        tuple(dropped_by(player, view)),
    )


def list_slots(player: Player, view: WorkerView) -> list[SlotBox]:
    """Return a worker's busy slots."""
    found = []
    for running in view.active()[:MAX_SLOTS]:
        elapsed, planned = progress_of(player, running.started, running.started_at)
        found.append(SlotBox(running.slot, running.uuid, running.name, elapsed, planned, running.acked))
    return found


def progress_of(player: Player, started: int, started_at: int) -> tuple[int, int | None]:
    """Return an execution's elapsed and planned time in microseconds; `started` is its task-started's index."""
    history = player.playback.history
    execution = history.by_start.get(started)
    end = history.plan(execution) if execution is not None else None
    return max(0, player.time - started_at), end - started_at if end is not None else None

"""What travels with an event: from which place to which, and under which name."""

from __future__ import annotations

from collections.abc import Callable

from simulator.scene.model import Flight, Spot
from simulator.scene.words import labels
from simulator.story.language import say
from simulator.story.names import names_of
from simulator.trace import events as ev
from simulator.world import World

MOST_DROPPED = 6
"""Of what a killed worker lets go of, so many are seen to fall."""


def find_flights(
    world: World, index: int, progress: float, lang: str, before: Callable[[int], World] | None = None
) -> list[Flight]:
    """What the event at an index sends on its way, `progress` (0 to 1) of which lies behind it.

    Args:
        world: at any cursor after the event.
        index: of the event.
        progress: as said.
        lang: of the labels.
        before: the world at a cursor; without it nothing falls from a killed worker.
    """
    event = world.trace.events[index]
    match event:
        case ev.WorkerLost() | ev.ChildExited(why="killed"):
            return _dropped(before(index), event, progress) if before is not None and progress < 1 else []
        case ev.ResultStored() if event.message:
            here: Spot = ("worker", event.hostname, 1)
            return [Flight("result", names_of(world.trace).short(event.uuid), "", here, ("store", "", 0), progress)]
        case ev.MessageQueued():
            target = ("queue", event.queue, _position(world, event.queue, event.message, event.position))
            return [_task(world, event, _publisher(world, event.message), target, progress)]
        case ev.MessageDeadLettered():
            return _dead_letter(world, event, progress)
        case ev.MessageDelivered():
            return [_task(world, event, ("queue", event.queue, 0), ("worker", event.hostname, 1), progress)]
        case ev.MessageRequeued():
            target = ("queue", event.queue, event.position)
            return [_task(world, event, ("worker", event.hostname, 1), target, progress)]
        case ev.MessageAcked():
            source = ("worker", event.hostname, 1)
            label = say(labels.ACK, lang)
            return [Flight("ack", label, "", source, ("queue", event.queue, 0), progress)]
        case ev.Poll():
            return _poll(event, progress, lang)
        case _:
            return []


def _dropped(world: World, event: ev.WorkerLost | ev.ChildExited, progress: float) -> list[Flight]:
    """What it held right before it was killed. What was acknowledged is gone; the rest is the broker's to give."""
    worker = world.workers[event.hostname]
    if isinstance(event, ev.ChildExited) and worker.concurrency > 1:
        return []  # the others run on where it would fall
    running = [one for one in worker.active() if isinstance(event, ev.WorkerLost) or one.slot == event.slot]
    held = {one.uuid: one.acked for one in running}
    if isinstance(event, ev.WorkerLost):
        held |= dict.fromkeys([*worker.reserved(), *(uuid for uuid, _ in worker.scheduled())], False)
    here: Spot = ("worker", event.hostname, 1)
    back: Spot = ("queue", "", 0)
    short = names_of(world.trace).short
    return [
        Flight("drop", short(uuid), "", ("worker", event.hostname, row), here if acked else back, progress)
        for row, (uuid, acked) in enumerate(list(held.items())[:MOST_DROPPED])
    ]


def _dead_letter(world: World, event: ev.MessageDeadLettered, progress: float) -> list[Flight]:
    """From the worker that publishes or rejects it; from queue to queue there is no way to be seen on."""
    if event.source and not event.hostname:
        return []
    source: Spot = ("worker", event.hostname, 1) if event.hostname else _publisher(world, event.message)
    target = ("queue", event.queue, _position(world, event.queue, event.message, event.position))
    return [_task(world, event, source, target, progress)]


def _poll(event: ev.Poll, progress: float, lang: str) -> list[Flight]:
    """A question goes; where nothing was found, its answer comes back in the second half."""
    here: Spot = ("worker", event.hostname, 1)
    there: Spot = ("queue", event.queues[0] if event.queues else "", 0)
    if event.found or progress >= 1:
        return [Flight("ask", say(labels.ANY_NEW, lang), "", here, there, progress)]
    if progress < 0.5:
        return [Flight("ask", say(labels.ANY_NEW, lang), "", here, there, 2 * progress)]
    return [Flight("answer", say(labels.NOT_YET, lang), "", there, here, 2 * progress - 1)]


def _task(
    world: World,
    event: ev.MessageQueued | ev.MessageDelivered | ev.MessageRequeued | ev.MessageDeadLettered,
    source: Spot,
    target: Spot,
    progress: float,
) -> Flight:
    return Flight("task", names_of(world.trace).short(event.uuid), event.uuid, source, target, progress)


def _publisher(world: World, message: int) -> Spot:
    name = world.publish(message).hostname
    return ("worker" if name in world.workers else "producer", name, 1)


def _position(world: World, queue: str, message: int, position: int) -> int:
    """Where the message lies by now: others may have left before it."""
    return min(position, max(0, len(world.queues[queue]) - 1)) if queue in world.queues else position

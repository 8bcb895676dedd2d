"""Flights: what an event sends from one place to another, with its label."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import structs

from simulator.scene.model import Flight, Spot
from simulator.scene.words import labels
from simulator.story.language import say
from simulator.story.names import names_of
from simulator.trace import events as ev
from simulator.world import World

MAX_DROPPED = 6
"""Limit of messages shown falling from a killed worker."""


def follow_legs(flights: Iterable[Flight]) -> list[Flight]:
    """Of the flights, latest first, one for each task: what it does at one moment follows each other, leg by leg."""
    legs: dict[str, list[Flight]] = {}
    found: list[Flight] = []
    for flight in flights:
        if flight.kind != "task":
            found.append(flight)
        elif flight.uuid not in legs:
            legs[flight.uuid] = [flight]
        elif flight.progress == legs[flight.uuid][-1].progress:
            legs[flight.uuid].append(flight)
    for ways in legs.values():
        along = ways[0].progress * len(ways)
        place = min(int(along), len(ways) - 1)
        found.append(structs.replace(ways[-1 - place], progress=along - place))
    return found


def find_flights(
    world: World, index: int, progress: float, lang: str, before: Callable[[int], World] | None = None
) -> list[Flight]:
    """Return the flights that an event starts, at `progress` (0 to 1).

    Args:
        world: at any cursor after the event.
        index: index of the event.
        progress: share of the way travelled, 0 to 1.
        lang: language of the labels.
        before: returns the world at a cursor; without it, nothing falls from a killed worker.
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
    """Return what it held right before it was killed: acknowledged tasks are gone, the rest returns to the broker."""
    worker = world.workers[event.hostname]
    if isinstance(event, ev.ChildExited) and worker.concurrency > 1:
        return []  # the other slots keep running where it would fall
    running = [one for one in worker.active() if isinstance(event, ev.WorkerLost) or one.slot == event.slot]
    held = {one.uuid: one.acked for one in running}
    if isinstance(event, ev.WorkerLost):
        held |= dict.fromkeys([*worker.reserved(), *(uuid for uuid, _ in worker.scheduled())], False)
    here: Spot = ("worker", event.hostname, 1)
    back: Spot = ("queue", "", 0)
    short = names_of(world.trace).short
    return [
        Flight("drop", short(uuid), "", ("worker", event.hostname, row), here if acked else back, progress)
        for row, (uuid, acked) in enumerate(list(held.items())[:MAX_DROPPED])
    ]


def _dead_letter(world: World, event: ev.MessageDeadLettered, progress: float) -> list[Flight]:
    """Return the flight from the worker that publishes or rejects it; from queue to queue there is no visible path."""
    if event.source and not event.hostname:
        return []
    source: Spot = ("worker", event.hostname, 1) if event.hostname else _publisher(world, event.message)
    target = ("queue", event.queue, _position(world, event.queue, event.message, event.position))
    return [_task(world, event, source, target, progress)]


def _poll(event: ev.Poll, progress: float, lang: str) -> list[Flight]:
    """Return a poll's flight; an empty reply returns in the second half."""
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
    """Return the current position of a message: others may have left before it."""
    return min(position, max(0, len(world.queues[queue]) - 1)) if queue in world.queues else position

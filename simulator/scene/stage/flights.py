"""Flights: what an event sends from one place to another, with its label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from simulator.scene.model import Flight, Flow, Spot
from simulator.scene.stage.stage import MAX_FLIGHTS, is_crowded
from simulator.scene.words import labels
from simulator.story.language import say
from simulator.story.names import names_of
from simulator.trace import events as ev
from simulator.world import World

MAX_DROPPED = 6
"""Limit of messages shown falling from a killed worker."""


TASKS = (ev.MessageQueued, ev.MessageDelivered, ev.MessageRequeued, ev.MessageDeadLettered)
"""Events that move a task."""

OTHERS = (ev.MessageAcked, ev.Poll, ev.ResultStored, ev.WorkerLost, ev.ChildExited)
"""Events that move something else, though not each of them does."""


class Legs:
    """Things under way at a moment: events by index, with their progress, and where each task is going."""

    def __init__(self, events: Sequence[ev.Event], recent: Iterable[tuple[int, float]]) -> None:
        """Take the recent events, latest first: of each task one, since at one moment it goes from leg to leg."""
        self._events = events
        ways: dict[str, list[tuple[int, float]]] = {}
        self.others: list[tuple[int, float]] = []
        """Events that move something besides tasks, latest first."""
        for leg in recent:
            event = events[leg[0]]
            if isinstance(event, TASKS):
                if isinstance(event, ev.MessageDeadLettered) and event.source and not event.hostname:
                    continue  # from queue to queue there is no visible path
                way = ways.setdefault(event.uuid, [])
                if not way or way[-1][1] == leg[1]:
                    way.append(leg)
            elif isinstance(event, OTHERS):
                self.others.append(leg)
        self.tasks: list[tuple[int, float]] = []
        """The leg of each task, latest first."""
        for way in ways.values():
            along = way[0][1] * len(way)
            place = min(int(along), len(way) - 1)
            self.tasks.append((way[-1 - place][0], along - place))

    def targets(self) -> Iterator[tuple[str, tuple[str, str], float]]:
        """Yield each task with the kind and name of where it is going, and its progress."""
        for index, progress in self.tasks:
            event: Any = self._events[index]
            to = ("worker", event.hostname) if isinstance(event, ev.MessageDelivered) else ("queue", event.queue)
            yield event.uuid, to, progress

    def flights(self, world: World, lang: str, before: Callable[[int], World]) -> tuple[list[Flight], Flow | None]:
        """Return the flights, or a few of too many to be shown one by one, and how many tasks go where."""
        legs = [*self.others, *self.tasks]
        found = (flight for leg in legs for flight in find_flights(world, *leg, lang, before))
        # Of hundreds, those that only count need not be found.
        single = sum(isinstance(self._events[index], ev.MessageAcked | ev.Poll) for index, _ in self.others)
        crowded = len(self.tasks) + single > MAX_FLIGHTS
        flights = list(islice(found, MAX_FLIGHTS) if crowded else found)
        if not crowded and not is_crowded(flights):
            return flights, None
        targets = Counter(kind for _, (kind, _), _ in self.targets())
        return flights[:MAX_FLIGHTS], Flow(targets["queue"], targets["worker"])


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

"""Flights inside a worker: between broker, consumer, window, ETA timer, slots and results.

Like all motion, a pure function of the trace, the cursor and the clock.
"""

from __future__ import annotations

from msgspec import structs

from simulator.play.player import Motion, Player
from simulator.scene.model import Flight, Spot
from simulator.scene.stage.flights import find_flights
from simulator.scene.words import labels
from simulator.story.language import say
from simulator.story.names import names_of
from simulator.trace import events as ev
from simulator.world import World

OUT: Spot = ("broker", "", 0)
CONSUMER: Spot = ("consumer", "", 0)
TIMER: Spot = ("timer", "", 0)
RESULTS: Spot = ("results", "", 0)


def find_inner_flights(player: Player, world: World, name: str, lang: str) -> list[Flight]:
    """Return the current flights in a worker. The flights of one task at one moment follow one another, leg by leg."""
    legs: dict[tuple[str, float], list[Flight]] = {}
    found: list[Flight] = []
    for index, progress in player.recent():
        if getattr(world.trace.events[index], "hostname", "") == name:
            falling = find_flights(world, index, progress, lang, player.playback.run.world)
            found += [flight for flight in falling if flight.kind == "drop"]
        flight = inner_flight(world, index, name, progress, lang)
        if flight is not None:
            legs.setdefault((flight.uuid, progress), []).append(flight)
    for (_, progress), flights in legs.items():
        flights.reverse()  # the latest came first
        place = min(int(progress * len(flights)), len(flights) - 1)
        found.append(structs.replace(flights[place], progress=progress * len(flights) - place))
    return found


def find_inner_trail(player: Player, world: World, name: str, lang: str, *, motion: bool) -> Flight | None:
    """Return the path of the last event, shown at rest and without motion."""
    if (player.motion is not Motion.REST and motion) or player.cursor <= player.playback.opening:
        return None
    return inner_flight(world, player.cursor - 1, name, 1.0, lang)


def inner_flight(world: World, index: int, name: str, progress: float, lang: str) -> Flight | None:
    """Return the flight of an event inside a worker; None if nothing moves there."""
    event = world.trace.events[index]
    if getattr(event, "hostname", "") != name:
        return None
    way = _way(world, event)
    if way is None:
        return None
    kind, source, target = way
    label = {"ack": say(labels.ACK, lang), "ask": say(labels.ANY_NEW, lang), "answer": say(labels.NOT_YET, lang)}
    uuid = getattr(event, "uuid", "")
    return Flight(kind, label.get(kind) or names_of(world.trace).short(uuid), uuid, source, target, progress)


def _way(world: World, event: ev.Event) -> tuple[str, Spot, Spot] | None:
    """Return (kind, source, target) of what travels."""
    match event:
        case ev.Poll(found=0):
            return "answer", OUT, CONSUMER
        case ev.Poll():
            return "ask", CONSUMER, OUT
        case ev.MessageDelivered():
            return "task", OUT, CONSUMER
        case ev.TaskReceived():
            return "task", CONSUMER, ("window", event.uuid, 0)
        case ev.TaskScheduled():
            return "task", ("window", event.uuid, 0), TIMER
        case ev.TaskStarted():
            source = TIMER if world.publish(event.message).eta is not None else ("window", event.uuid, 0)
            return "task", source, ("slot", event.uuid, event.slot)
        case ev.ResultStored() if event.message:
            return "result", _place(world, event), RESULTS
        case ev.MessageAcked():
            return "ack", _place(world, event), OUT
        case ev.TaskSent():
            return "task", ("slot", event.uuid, 0), OUT
        case ev.MessageRequeued():
            return "task", ("window", event.uuid, 0), OUT
        case _:
            return None


def _place(world: World, event: ev.ResultStored | ev.MessageAcked) -> Spot:
    """Return the slot in which a delivery runs or ran; the window, if it was settled before running."""
    attempts = world.task(event.uuid).attempts
    slot = next((one.slot for one in attempts if one.delivery_tag == event.delivery_tag), 0)
    return ("slot", event.uuid, slot) if slot else ("window", event.uuid, 0)

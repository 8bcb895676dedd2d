"""Each message that is alive is in the scene exactly once, where it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from simulator.engine import simulate
from simulator.play.playback import Playback
from simulator.play.player import Player
from simulator.scenario import Scenario
from simulator.scene.build import build_scene
from simulator.scene.look import Look
from simulator.scene.model import Scene
from simulator.story.run import Run
from simulator.world import World
from tests.strategies import scenarios

Token = tuple[str, str, str]
"""The kind of a place, its name, and the task that is there."""


def tokens_of(world: World) -> Counter[Token]:
    """Living messages in the books of broker and workers: one leased anew may still be with its first worker."""
    found: Counter[Token] = Counter()
    told: set[int] = set()
    for event in world.sending():
        found["sending", event.hostname, event.uuid] += 1
    for name, queue in world.queues.items():
        for message in queue.messages():
            found["queue", name, world.uuid(message)] += 1
        for delivery in queue.deliveries():
            told.add(delivery.delivery_tag)
            place = "unsettled" if delivery.place == "stored" else delivery.place
            due = place == "scheduled" and delivery.uuid in world.workers[delivery.hostname].reserved()
            found["reserved" if due else place, delivery.hostname, delivery.uuid] += 1
    for name, worker in world.workers.items():
        state = worker._state
        held = [("transit", tag, message) for tag, message in state.transit.items()]
        held += [("reserved", tag, message) for tag, message in state.reserved.items()]
        held += [
            ("reserved" if eta <= world.t else "scheduled", tag, message)
            for tag, (message, eta) in state.scheduled.items()
        ]
        held += [("active", tag, message) for tag, message, _ in state.active.values()]
        for place, tag, message in held:
            if tag not in told:
                found[place, name, world.uuid(message)] += 1
    return found


def tokens_in(scene: Scene) -> Iterator[Token]:
    """Messages that the scene shows, place by place; a number counts for those not listed."""

    def place(kind: str, name: str, uuids: tuple[str, ...], count: int) -> Iterator[Token]:
        assert len(uuids) == count
        yield from ((kind, name, uuid) for uuid in uuids)

    for producer in scene.producers:
        yield from place("sending", producer.name, producer.sending, producer.sending_count)
    for queue in scene.queues:
        yield from place("queue", queue.name, tuple(item.uuid for item in queue.items), queue.count)
    for box in scene.workers:
        yield from place("sending", box.name, box.sending, box.sending_count)
        yield from place("transit", box.name, box.coming, box.coming_count)
        yield from place("reserved", box.name, box.reserved, box.reserved_count)
        yield from place("scheduled", box.name, tuple(uuid for uuid, _ in box.scheduled), box.scheduled_count)
        yield from place("active", box.name, tuple(slot.uuid for slot in box.slots), box.busy)
        yield from place("unsettled", box.name, box.unsettled, box.unsettled_count)
        yield from (("unsettled", box.name, uuid) for uuid, fate in box.dropped if fate == "returns")


@given(scenarios(), st.data())
def test_each_message_that_is_alive_is_in_the_scene_once(scenario: Scenario, data: st.DataObject) -> None:
    player = Player.at_start(Playback(Run(simulate(scenario), scenario)))
    length = player.playback.length
    for cursor in data.draw(st.lists(st.integers(0, length), min_size=1, max_size=20)):
        player = player.seek(cursor)
        scene = build_scene(player, Look("en"))
        world = player.playback.run.world(player.cursor)
        assert Counter(tokens_in(scene)) == tokens_of(world)


@given(scenarios(), st.data())
def test_what_flies_is_nowhere_else(scenario: Scenario, data: st.DataObject) -> None:
    start = Player.at_start(Playback(Run(simulate(scenario), scenario)))
    shown = start.go(data.draw(st.sampled_from(start.playback.rests))).step(shown=True)
    player = shown.advance(data.draw(st.floats(0, 0.44)))
    scene = build_scene(player, Look("en"))
    told, alive = Counter(tokens_in(scene)), tokens_of(player.playback.run.world(player.cursor))
    assert told <= alive
    missing = alive - told
    flying = {(uuid, name) for uuid, (_, name) in scene.flying}
    assert all((uuid, name) in flying for _, name, uuid in missing)
    ways = Counter(flight.uuid for flight in scene.flights if flight.kind == "task")
    assert all(count == 1 for count in ways.values())
    if scene.flow is None:
        assert all(ways[uuid] == 1 for _, _, uuid in missing)

"""Building a scene from a player, a language and a selection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from msgspec import structs

from simulator.play.meters import Reading
from simulator.play.player import Motion, Player
from simulator.scene.change import describe_edit
from simulator.scene.event_lines import list_events
from simulator.scene.look import Look
from simulator.scene.model import Flight, LogLine, LowerPanel, Scene, TransportBar
from simulator.scene.moment import ask_question, tell_moment
from simulator.scene.over_time import (
    Over,
    build_meters,
    build_timeline,
    find_failures,
    find_marks,
    outline_chart,
    queue_levels,
    read_meters,
)
from simulator.scene.room import FULL, Room
from simulator.scene.stage.arrivals import find_arriving, queue_without_arriving, worker_without_arriving
from simulator.scene.stage.flights import Legs, find_flights
from simulator.scene.stage.services import find_services
from simulator.scene.stage.stage import (
    fill_worker,
    find_senders,
    find_store,
    list_items,
    list_producers,
    outline_queues,
    outline_workers,
)
from simulator.scene.words import labels
from simulator.story.language import first_language, say, tell
from simulator.world import World


@dataclass(frozen=True)
class Outline:
    """A scene without the parts that depend on available room, and the sources of those parts."""

    scene: Scene
    player: Player
    look: Look
    world: World
    over: Over

    @property
    def reading(self) -> Reading:
        """The current meters."""
        return read_meters(self.over)[0]

    @property
    def meters(self) -> list[str]:
        """Names of the available meters, most telling first."""
        return read_meters(self.over)[1]

    def fill(self, room: Room) -> Scene:
        """Complete the scene with as much as fits `room`."""
        return _fill(self, room)


Fit = Callable[[Outline], Room]
"""Determines the available room from an outline."""


def build_scene(player: Player, look: Look, fit: Fit | Room = FULL) -> Scene:
    """Build the scene of the current moment; the future only where it gives no answer away.

    Args:
        player: where in the run.
        look: the user's view settings.
        fit: the available room, or a function that determines it from the outline.
    """
    draft = outline_scene(player, look)
    return draft.fill(fit if isinstance(fit, Room) else fit(draft))


def outline_scene(player: Player, look: Look, time: int | None = None, end: int | None = None) -> Outline:
    """Outline a scene; `time` and `end` override clock and end for what is drawn over time, in microseconds."""
    look = replace(look, future=look.future and player.may_know_all)
    world = player.playback.run.world(player.cursor)
    over = Over(player, look, time, end)
    return Outline(_outline(player, look, world, over), player, look, world, over)


def _outline(player: Player, look: Look, world: World, over: Over) -> Scene:
    """Build all parts that do not depend on available room."""
    run, lang, settings = player.playback.run, look.lang, world.settings
    header = run.trace.header
    legs = Legs(world.trace.events, player.recent() if look.motion else ())
    flights, flow = legs.flights(world, lang, run.world)
    workers = outline_workers(world)
    return Scene(
        lang=lang,
        titles=tell(run.title, lang),
        profile=header.profile,
        seed=header.seed,
        recorded=bool(header.recorded),
        hash="" if look.live else run.trace.short_hash,
        live=look.live,
        branch=_branch(player, lang),
        chapters=tell_chapters(player, lang),
        time=player.time,
        producers=list_producers(world),
        queues=outline_queues(world, workers, asked=player.open_question is not None),
        workers=workers,
        counts=world.counts,
        flights=flights,
        flow=flow,
        trail=_trail(player, world, look),
        words=tell_moment(player, world, lang, look.selection.key),
        question=ask_question(player, lang) if player.motion is not Motion.PLAY else None,
        events=[],
        chart=outline_chart(over, world),
        transport=_transport(player, look.live),
        selection=look.selection,
        notice=look.notice.text(lang) if look.notice is not None else "",
        notice_has_keys=look.notice is not None and not look.notice.params,
        look=frozenset(name for stop in player.stops for name in getattr(stop.item, "look", ())),
        flying=frozenset((uuid, target) for uuid, target, progress in legs.targets() if progress < 1),
        lower=LowerPanel(look.panel, look.dots, look.selection.key if look.selection.key in world.workers else ""),
        down=tuple(name.removeprefix("services.") for (name, key), why in settings.items() if key == "down" and why),
        services=find_services(player, world),
        store=find_store(player),
    )


def _fill(draft: Outline, room: Room) -> Scene:
    scene, player, world, over = draft.scene, draft.player, draft.world, draft.over
    queues = scene.queues
    if room.items or room.levels:
        queues = [
            structs.replace(
                box,
                items=list_items(world.queues[box.name], world, player.time, room.items),
                levels=tuple(queue_levels(over, box.name, box.count, room.levels)),
            )
            for box in queues
        ]
    workers = list(scene.workers)
    told = [n for n, box in enumerate(workers) if n < room.workers or box.name == scene.selection.key]
    if told:
        sending, leased = find_senders(world), world.leased()
        for place in told:
            box = workers[place]
            workers[place] = fill_worker(box, world.workers[box.name], player, sending, leased)
    chart, lower = scene.chart, scene.lower
    chart = structs.replace(
        chart,
        marks=find_marks(over, room.scrubber),
        failures=find_failures(over, room.scrubber),
        timeline=build_timeline(over, chart, room, {box.name for box in queues if box.dead}) if room.time else None,
    )
    lower = structs.replace(
        lower,
        meters=build_meters(over, room.meters) if room.meters else None,
        log=[
            LogLine(entry.hostname, entry.text)
            for entry in player.playback.log.tail(player.cursor, room.log, lower.whose)
        ]
        if room.log
        else [],
    )
    events = list_events(player, room.events, over.future) if room.events else []
    if scene.flying:
        arriving = find_arriving(scene.flying)
        queues = [queue_without_arriving(box, arriving) for box in queues]
        for place in told:
            workers[place] = worker_without_arriving(workers[place], arriving)
    filled = structs.replace(scene, queues=queues, workers=workers, chart=chart, lower=lower, events=events)
    names = player.playback.run.names.of(_ids(filled))
    return structs.replace(filled, names=names) if names else filled


def _ids(scene: Scene) -> Iterator[str]:
    """Yield the ids of all tasks named in a scene."""
    yield from (uuid for box in scene.producers for uuid in box.sending)
    yield from (item.uuid for box in scene.queues for item in box.items)
    for box in scene.workers:
        yield from (slot.uuid for slot in box.slots)
        yield from (*box.reserved, *box.coming, *box.sending, *box.unsettled)
        yield from (uuid for uuid, _ in (*box.scheduled, *box.dropped))
    timeline, meters = scene.chart.timeline, scene.lower.meters
    for lane in timeline.lanes if timeline is not None else ():
        yield from (bar.uuid for bar in lane.bars)
        yield from (held.uuid for held in lane.held)
    yield scene.store.uuid if scene.store is not None else ""
    yield meters.reading.worst if meters is not None else ""


def tell_chapters(player: Player, lang: str) -> list[str]:
    """Return number and heading of the current chapter, once for each selected language."""
    chapter = player.playback.chapter_at(player.place)
    if chapter is None:
        return []
    return [f"{chapter.number}/{len(player.playback.chapters)} {text}" for text in tell(chapter.text, lang)]


def _branch(player: Player, lang: str) -> str:
    """Describe the current variant and all changes since the run was opened."""
    run, scenario = player.playback.run, player.playback.run.scenario
    if scenario is None:
        return ""
    told = []
    if scenario.variant is not None:
        told += tell(scenario.model.variants[scenario.variant].text, first_language(lang)) or [scenario.variant]
    if run.parent is not None and run.origin.scenario is not None:
        edits = scenario.edits[len(run.origin.scenario.edits) :]
        told.append(say(labels.WHAT_IF, lang, branch=", ".join(describe_edit(edit, lang) for edit in edits)))
    return " · ".join(told)


def _trail(player: Player, world: World, look: Look) -> Flight | None:
    """Return the path of the last event, which stays marked at rest; in motion it would only be noise."""
    if (player.motion is not Motion.REST and look.motion) or player.cursor <= player.playback.opening:
        return None
    found = find_flights(world, player.cursor - 1, 1.0, look.lang)
    return found[0] if found else None


def _transport(player: Player, live: bool) -> TransportBar:
    motion = "playing" if player.motion is Motion.PLAY else "paused"
    if motion == "paused" and player.open_question is not None:
        motion = "asking"
    elif motion == "paused" and player.at_end:
        motion = "live" if live else "ended"
    events = player.playback.length if player.knows_end else None
    return TransportBar(motion, player.cursor, events, player.speed)

"""Building a scene: from a player, a language and a selection to everything that is to be shown."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from simulator.play.axis import Span
from simulator.play.player import Motion, Player
from simulator.scene.change import describe_edit
from simulator.scene.dropped import dropped_by
from simulator.scene.flights import find_flights
from simulator.scene.lower import TIMELINE, build_lower
from simulator.scene.model import (
    WHOLE,
    Chart,
    EventLine,
    Flight,
    Item,
    ProducerBox,
    QueueBox,
    Scene,
    Selection,
    StoreBox,
    Transport,
    WorkerBox,
)
from simulator.scene.moment import ask_question, tell_moment
from simulator.scene.words import labels
from simulator.story.catalog import Words
from simulator.story.language import say, tell
from simulator.trace import events as ev
from simulator.world import QueueView, WorkerView, World

MOST_FLIGHTS = 6
"""Above so many messages on their way at once, single ones would only be noise."""

EVENT_STYLES: dict[type[ev.Event], str] = {
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
    ev.WorkerHeartbeat: "dim",
    ev.ChildExited: "dim",
    ev.PoolResized: "ask",
    ev.Effect: "done",
    ev.TaskRejected: "failed",
    ev.TaskCancelled: "lost",
    ev.TaskIgnored: "done",
}


NOTHING = Selection()


@dataclass(frozen=True)
class Notice:
    """A word to the person, until the next command."""

    words: Words
    params: Mapping[str, object]

    def text(self, lang: str) -> str:
        """In the first language."""
        return say(self.words, lang, **self.params)


@dataclass(frozen=True)
class Look:
    """How a person looks at a run, besides where."""

    lang: str = "en"
    selection: Selection = NOTHING
    future: bool = False
    notice: Notice | None = None
    has_found: bool = False
    """Whether something was searched for."""
    live: bool = False
    """Whether the run goes on while it is looked at."""
    span: Span = WHOLE
    """Which part of the time is looked at."""
    bookmarks: tuple[tuple[int, int], ...] = ()
    """(cursor, time) of each, in order."""
    panel: str = TIMELINE
    """What the lower panel shows."""
    dots: bool = False
    """Whether charts are lines of dots, not blocks."""
    motion: bool = True
    """Whether what travels is seen to travel; without it, only the way of the last event is marked."""


def build_scene(player: Player, look: Look) -> Scene:
    """Everything that is to be shown now; the future only where it answers no open question."""
    look = replace(look, future=look.future and player.may_know_all)
    score = player.score
    run = score.run
    world = run.world(player.cursor)
    header = run.trace.header
    lang, settings = look.lang, world.settings
    flights = [
        flight
        for index, progress in (player.recent() if look.motion else ())
        for flight in find_flights(world, index, progress, lang, run.world)
    ]
    crowded = is_crowded(flights)
    return Scene(
        lang=lang,
        titles=tell(run.title, lang),
        profile=header.profile,
        seed=header.seed,
        recorded=bool(header.recorded),
        hash="" if look.live else run.trace.short_hash,
        live=look.live,
        short=run.names.short,
        branch=_branch(player, lang),
        chapters=_chapters(player, lang),
        time=player.time,
        producers=_producers(world),
        queues=[_queue(view, player, world) for view in world.queues.values()],
        workers=_workers(player, world),
        counts=world.counts,
        flights=flights,
        trail=_trail(player, world, look),
        words=tell_moment(player, world, lang, look.selection.key),
        question=ask_question(player, lang) if player.motion is not Motion.PLAY else None,
        events=lambda count: _events(player, count, look.future),
        chart=_chart(player, world, look),
        transport=_transport(player, look.live),
        selection=look.selection,
        notice=look.notice.text(lang) if look.notice is not None else "",
        notice_has_keys=look.notice is not None and not look.notice.params,
        look=frozenset(name for stop in player.stops for name in getattr(stop.item, "look", ())),
        flying=frozenset(f.uuid for f in flights if f.uuid and f.progress < 1 and not crowded),
        lower=build_lower(player, look.panel, look.selection.key, dots=look.dots),
        down=tuple(name.removeprefix("services.") for (name, key), why in settings.items() if key == "down" and why),
        store=_store(player),
    )


def _chapters(player: Player, lang: str) -> list[str]:
    chapter = player.score.chapter_at(player.place)
    if chapter is None:
        return []
    return [f"{chapter.number}/{len(player.score.chapters)} {text}" for text in tell(chapter.text, lang)]


def _branch(player: Player, lang: str) -> str:
    run = player.score.run
    if run.parent is None or run.scenario is None or run.parent.scenario is None:
        return ""
    edits = run.scenario.edits[len(run.parent.scenario.edits) :]
    return say(labels.WHAT_IF, lang, branch=", ".join(describe_edit(edit, lang) for edit in edits))


def _producers(world: World) -> list[ProducerBox]:
    sending = {world.task(uuid).producer: uuid for uuid in world.sending()}
    sent = {name: count for name, count in world.producers.items() if name not in world.workers}
    named = dict.fromkeys(sent) or dict.fromkeys(_future_producers(world))
    return [ProducerBox(name, sent.get(name, 0), sending.get(name, "")) for name in named]


def _future_producers(world: World) -> list[str]:
    """Who will send first: a stage without its producer would puzzle more than it hides."""
    first = next((e.hostname for e in world.trace.events if isinstance(e, ev.TaskSent)), "producer")
    return [first]


def is_crowded(flights: Sequence[Flight]) -> bool:
    """Whether so many messages are on their way that single ones would only be noise; results are an aside."""
    return sum(flight.kind != "result" for flight in flights) > MOST_FLIGHTS


def _store(player: Player) -> StoreBox | None:
    doings = player.score.doings
    if not doings.stores_results:
        return None
    count, last = doings.stored(player.cursor)
    return StoreBox(count, last.uuid if last is not None else "", last.state if last is not None else "")


def _queue(view: QueueView, player: Player, world: World) -> QueueBox:
    time, score = player.time, player.score

    def head(count: int) -> list[Item]:
        return [
            Item(task.uuid, task.name, max(0, time - world.publish(task.message).t), position)
            for position, task in enumerate(view.head(count))
        ]

    def levels(width: int) -> list[float]:
        end = max(1, player.horizon)
        known = score.history.queues.get(view.name)
        if known is None:
            return []
        axis = score.views.axis(player.cursor, time, end, Span(folds=False), width)
        # The last part has not ended: what it will come to is the future.
        return axis.until_now(score.views.largest(known, axis), len(view))

    return QueueBox(view.name, len(view), view.unacked, head, world.broker_up, levels, view.longest)


def worker_state(view: WorkerView, settings: Mapping[tuple[str, str], object]) -> str:
    """What a worker does: `idle`, `running`, `stopping`, `killed` or `offline`."""
    if view.life != "online":
        return "killed" if view.life == "lost" else "offline"
    if (view.hostname, "shutdown") in settings:
        return "stopping"
    return "running" if view.busy else "idle"


def _workers(player: Player, world: World) -> list[WorkerBox]:
    settings, time, history = world.settings, player.time, player.score.history
    dropping = partial(dropped_by, player)
    return [
        WorkerBox(
            view.hostname,
            worker_state(view, settings),
            view.since,
            view.busy,
            view.concurrency,
            view.done,
            view,
            time,
            history,
            dropping,
        )
        for view in world.workers.values()
    ]


def _trail(player: Player, world: World, look: Look) -> Flight | None:
    """At rest the way of the last event stays marked; while things move it would only be noise."""
    if (player.motion is not Motion.REST and look.motion) or player.cursor <= player.score.opening:
        return None
    found = find_flights(world, player.cursor - 1, 1.0, look.lang)
    return found[0] if found else None


def _events(player: Player, count: int, future: bool) -> list[EventLine]:
    score = player.score
    ahead = min(count // 3, score.length - player.cursor) if future else 0
    last = player.cursor + ahead
    return [
        EventLine(
            index,
            score.events[index].t,
            score.run.names.short(describe_event(score.events[index])),
            EVENT_STYLES.get(type(score.events[index]), "text"),
            index == player.cursor - 1,
            index >= player.cursor,
        )
        for index in range(max(0, last - count), last)
    ]


INFERRED = "~"
"""Before the name of an event that nobody reported."""


def describe_event(event: ev.Event) -> str:
    """An event as a short line: its name and whom it is about."""
    about = [getattr(event, "uuid", ""), getattr(event, "hostname", "") or getattr(event, "queue", "")]
    if isinstance(event, ev.MessageQueued | ev.MessageRequeued | ev.MessageDeadLettered):
        about[1] = event.queue
    if isinstance(event, ev.Poll):
        about.append(f"({event.found})")
    if isinstance(event, ev.SettingChanged):
        about.append(f"{event.setting}={event.value}")
    mark = INFERRED if event.inferred else ""
    return " ".join([f"{mark}{event.type}", *(part for part in about if part)])


def _chart(player: Player, world: World, look: Look) -> Chart:
    score, future = player.score, look.future
    seen = len(score.rests) if future else bisect_right(score.rests, player.place)
    places = {*score.stops, *(place for place, _ in player.answered)}
    stops = [place[1] for place in sorted(places) if future or place <= player.place]
    return Chart(
        score.history,
        score.views,
        player.cursor,
        player.time,
        player.horizon,
        future,
        list(world.queues),
        [(name, int(score.history.pools[name].highest(player.cursor))) for name in world.workers],
        score.rest_times,
        seen,
        stops,
        [chapter.at for place, chapter in score.chapters if player.may_know_all or place <= player.limit],
        score.run.names.short,
        look.span,
        [time for _, time in look.bookmarks],
    )


def _transport(player: Player, live: bool) -> Transport:
    motion = "playing" if player.motion is Motion.PLAY else "paused"
    if motion == "paused" and player.open_question is not None:
        motion = "asking"
    elif motion == "paused" and player.at_end:
        motion = "live" if live else "ended"
    events = player.score.length if player.may_know_all else None
    return Transport(motion, player.cursor, events, player.speed)

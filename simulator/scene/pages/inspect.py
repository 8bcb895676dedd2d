"""The inspection: a list of queues, workers and tasks, and a page with everything about one of them."""

from __future__ import annotations

from simulator.play.player import Player
from simulator.scene.pages.inspect_task import task_sheet
from simulator.scene.pages.sheet import (
    STATES,
    Block,
    Field,
    Sheet,
    as_json,
    execution_rows,
    none_row,
    slot_rows,
    why_rows,
    with_short_names,
)
from simulator.scene.part import ScenePart
from simulator.scene.stage.stage import worker_state
from simulator.scene.words import inspect_labels as words
from simulator.scene.words import labels
from simulator.story.language import say
from simulator.story.names import names_of
from simulator.story.values import clock_text
from simulator.story.why.waiting import why_queue
from simulator.world import OpenDelivery, QueueView, WorkerView, World

MAX_TASKS = 300
"""Limit of listed tasks; with more, only those in the system are listed."""

MAX_ROWS = 200
"""Limit of listed messages per queue."""

KINDS = ("queue", "worker", "task")
"""Kinds that can be inspected, in list order."""

Target = tuple[str, str]
"""(kind, name); for a task, its id."""


class Thing(ScenePart, frozen=True):
    """A line of the list."""

    kind: str
    key: str
    state: str
    """The style of its state."""
    label: str
    """Its text in the list."""

    @property
    def target(self) -> Target:
        """Its kind and name."""
        return self.kind, self.key


class Inspection(ScenePart, frozen=True, tag="inspection"):
    """The list, and the page of the chosen item."""

    things: list[Thing]
    chosen: int
    """Its index in `things`; -1 if empty."""
    sheet: Sheet
    lang: str
    time: int
    """The clock, in microseconds."""


def inspect_thing(player: Player, target: Target, lang: str) -> Inspection:
    """Inspect a target, or the first item if the target does not exist (yet)."""
    world = player.playback.run.world(player.cursor)
    things = list_things(world, target)
    chosen = next((place for place, thing in enumerate(things) if thing.target == target), 0 if things else -1)
    if chosen < 0:
        return Inspection(
            [], -1, Sheet(say(words.EVERYTHING, lang), say(words.NOTHING_YET, lang), [], []), lang, player.time
        )
    thing = things[chosen]
    make = {"queue": queue_sheet, "worker": worker_sheet, "task": task_sheet}[thing.kind]
    return Inspection(things, chosen, make(player, thing.key, lang), lang, player.time)


def list_things(world: World, target: Target = ("", "")) -> list[Thing]:
    """List queues, workers and tasks; of too many tasks, only those in the system and the `target`."""
    things = [Thing("queue", name, "waiting" if len(queue) else "dim", name) for name, queue in world.queues.items()]
    for name, worker in world.workers.items():
        state = worker_state(worker, world.settings)
        things.append(
            Thing("worker", name, {"idle": "dim", "killed": "lost", "offline": "dim"}.get(state, "running"), name)
        )
    short = names_of(world.trace).short
    return things + [Thing("task", uuid, _task_style(world, uuid), short(uuid)) for uuid in _tasks(world, target)]


def _tasks(world: World, target: Target) -> list[str]:
    if world.counts["sent"] <= MAX_TASKS:
        return world.tasks()
    found: dict[str, None] = {target[1]: None} if target[0] == "task" and target[1] in world else {}
    for worker in world.workers.values():
        found |= dict.fromkeys(one.uuid for one in worker.active())
        found |= dict.fromkeys([*worker.reserved(), *(uuid for uuid, _ in worker.scheduled())])
    for queue in world.queues.values():
        found |= dict.fromkeys(queue.uuids(MAX_TASKS))
    return list(found)[:MAX_TASKS]


def _task_style(world: World, uuid: str) -> str:
    task = world.task(uuid)
    by_place = {"active": "running", "stored": "running", "lost": "lost", "dropped": "lost", "dead": "failed"}
    by_state = {"SUCCESS": "done", "FAILURE": "failed", "REVOKED": "dim"}
    return by_place.get(task.place) or by_state.get(task.state, "waiting")


def worker_sheet(player: Player, name: str, lang: str) -> Sheet:
    """Describe a worker: its window and contents, running, reserved and scheduled tasks, settings."""
    world = player.playback.run.world(player.cursor)
    worker = world.workers[name]
    state = worker_state(worker, world.settings)
    info = worker.info
    rows = [
        Field("state", f"{say(STATES[state], lang)} · {say(words.SINCE, lang, time=clock_text(worker.since))}"),
        Field("queues", ", ".join(info.queues)),
        Field("pool", f"{info.pool}, concurrency {info.concurrency}"),
        Field("done", str(worker.done)),
    ]
    left = [
        Block(say(labels.STATE, lang), rows),
        _window(worker, lang),
        Block(say(labels.SLOTS, lang), slot_rows(player, worker, lang)),
        Block(say(labels.RESERVED, lang), _reserved(world, worker) or none_row(lang)),
        Block(say(labels.SCHEDULED, lang), _scheduled(player, worker, lang) or none_row(lang)),
    ]
    right = [
        Block(say(labels.SETTINGS, lang), [Field(key, as_json(value)) for key, value in info.settings.items()]),
        Block(say(labels.HISTORY, lang), execution_rows(player, name) or none_row(lang)),
    ]
    sheet = Sheet(f"{say(labels.WORKER, lang)} {name}", say(STATES[state], lang), left, right)
    return with_short_names(sheet, player.playback.run.names.short)


def _window(worker: WorkerView, lang: str) -> Block:
    """Describe the prefetch window: occupied places, released ones, and free room."""
    held, window = worker.deliveries(), worker.window
    rows = [Field(say(words.HELD_PLACES[one.place], lang), one.uuid, _held_style(one)) for one in held]
    early = [one for one in worker.active() if one.acked]
    rows += [Field("", f"{one.uuid}: {say(words.EARLY_ACK, lang)}", "dim") for one in early]
    if window is None:
        return Block(say(words.NO_WINDOW, lang, held=len(held)), rows or none_row(lang))
    free = window - len(held)
    text = say(words.ROOM, lang, count=free) if free > 0 else say(words.FULL, lang)
    return Block(say(words.WINDOW, lang, held=len(held), window=window), [*rows, Field("", text, "dim")])


def _held_style(one: OpenDelivery) -> str:
    return "running" if one.place == "active" else "waiting"


def _reserved(world: World, worker: WorkerView) -> list[Field]:
    return [
        Field(str(place), f"{uuid} {world.task(uuid).name}", "waiting")
        for place, uuid in enumerate(worker.reserved(), start=1)
    ]


def _scheduled(player: Player, worker: WorkerView, lang: str) -> list[Field]:
    return [
        Field(uuid, say(words.ETA_IN, lang, eta=clock_text(eta), left=clock_text(max(0, eta - player.time))), "waiting")
        for uuid, eta in worker.scheduled()
    ]


def queue_sheet(player: Player, name: str, lang: str) -> Sheet:
    """Describe a queue: ready messages, deliveries by holder, dead letters, limits."""
    world = player.playback.run.world(player.cursor)
    queue = world.queues[name]
    out = queue.deliveries()
    broker = say(words.UP if world.broker_up else words.DOWN, lang)
    rows = [
        Field(say(words.READY_ROW, lang), str(len(queue))),
        Field(say(words.UNACKED_ROW, lang), str(len(out))),
        Field(say(words.LONGEST, lang), str(queue.longest)),
        Field(say(words.CONSUMERS, lang), ", ".join(queue.consumers) or say(words.NOBODY, lang)),
        Field(say(words.BROKER, lang), broker, "text" if world.broker_up else "lost"),
    ]
    why = why_rows(player, why_queue(world, name), lang)
    dead = _dead_letters(world, queue, lang)
    left = [
        Block(say(labels.STATE, lang), rows),
        Block(say(words.WHY_NOW, lang), why),
        Block(say(words.READY, lang, count=len(queue)), _ready(player, queue, lang) or none_row(lang)),
    ]
    right = [
        Block(say(words.UNACKED, lang, count=len(out)), _unacked(out, lang) or none_row(lang)),
        Block(say(words.DEAD_LETTERS, lang, count=len(dead)), dead or none_row(lang)),
        Block(say(words.LIMITS, lang), [Field(k, as_json(v)) for k, v in queue.arguments.items()] or none_row(lang)),
    ]
    sheet = Sheet(f"{say(labels.QUEUE, lang)} {name}", rows[0].name + f" {len(queue)}", left, right)
    return with_short_names(sheet, player.playback.run.names.short)


def _ready(player: Player, queue: QueueView, lang: str) -> list[Field]:
    world = player.playback.run.world(player.cursor)
    rows = []
    for place, task in enumerate(queue.head(MAX_ROWS), start=1):
        waited = say(words.WAITED, lang, time=clock_text(max(0, player.time - world.publish(task.message).t)))
        extra = [f"priority {task.priority}"] if task.priority is not None else []
        extra += [f"retries {task.retries}"] if task.retries else []
        rows.append(Field(str(place), " · ".join([f"{task.uuid} {task.name}", waited, *extra]), "waiting"))
    if len(queue) > MAX_ROWS:
        rows.append(Field("", say(words.MORE, lang, count=len(queue) - MAX_ROWS), "dim"))
    return rows


def _unacked(out: list[OpenDelivery], lang: str) -> list[Field]:
    return [
        Field(one.hostname, f"{one.uuid} · {say(words.HELD_PLACES[one.place], lang)}", _held_style(one))
        for one in out[:MAX_ROWS]
    ]


def _dead_letters(world: World, queue: QueueView, lang: str) -> list[Field]:
    found = ((message, world.dead_letter(message)) for message in queue.messages()[:MAX_ROWS])
    rows = []
    for message, dead in found:
        if dead is not None and dead.queue == queue.name:
            source = say(words.FROM_QUEUE, lang, queue=dead.source) if dead.source else ""
            rows.append(
                Field(clock_text(dead.t), " · ".join(filter(None, [world.uuid(message), dead.why, source])), "failed")
            )
    return rows

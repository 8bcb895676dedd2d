"""Sheets: pages of rows under headings, for the inspection."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from msgspec import structs

from simulator.play.player import Player
from simulator.scene.event_lines import EVENT_TONES
from simulator.scene.part import ScenePart
from simulator.scene.words import inspect_labels, labels
from simulator.story.catalog import Line
from simulator.story.language import first_language, say
from simulator.story.values import clock_text, in_language
from simulator.trace import events as ev
from simulator.trace.time import as_seconds
from simulator.world import TaskView, WorkerView

QUEUED = (ev.MessageQueued, ev.MessageRequeued, ev.MessageDeadLettered)
"""Events that concern a queue rather than the message's holder."""

STATES = {
    "idle": labels.IDLE,
    "running": labels.RUNNING,
    "stopping": labels.STOPPING,
    "killed": labels.KILLED,
    "offline": labels.OFFLINE,
}


class Field(ScenePart, frozen=True):
    """A name with its value."""

    name: str
    text: str
    tone: str = "text"
    """Its tone: `text`, `dim` (an aside), or a task's state: `running`, `done`, `failed`, ..."""
    sign: str = ""
    """The name of the sign before the text."""


class Block(ScenePart, frozen=True):
    """Rows under a heading."""

    heading: str
    rows: list[Field]


class Sheet(ScenePart, frozen=True, tag="sheet"):
    """A page with a subject and two columns of sections."""

    title: str
    about: str
    left: list[Block]
    right: list[Block]
    note: str = ""
    """A note below the columns."""


def with_short_names(sheet: Sheet, short: Callable[[str], str]) -> Sheet:
    """Replace the task ids in a sheet by short names."""

    def shortened(section: Block) -> Block:
        rows = [structs.replace(row, name=short(row.name), text=short(row.text)) for row in section.rows]
        return structs.replace(section, rows=rows)

    return structs.replace(sheet, left=[*map(shortened, sheet.left)], right=[*map(shortened, sheet.right)])


def message_sheet(player: Player, uuid: str, lang: str) -> Sheet:
    """Describe a task's latest message in Celery's protocol 2, and the task's life so far."""
    world = player.playback.run.world(player.cursor)
    task = world.task(uuid)
    sent = world.publish(task.message)
    place = labels.PLACES.get(task.place)
    about = f"{task.state} · {say(place, lang) if place else task.place}"
    if task.hostname and task.place not in ("queued", "sent"):
        about += f" · {task.hostname}"
    left = [Block(say(labels.HEADERS, lang), header_rows(sent, lang))]
    right = [
        Block(say(labels.LIFE, lang), [life_row(player, index) for index in task.history]),
        Block(say(labels.BODY, lang), body_rows(sent, lang)),
        Block(say(labels.PROPERTIES, lang), property_rows(sent, task)),
    ]
    return Sheet(f"{say(labels.MESSAGE, lang)} {uuid}", about, left, right)


def header_rows(sent: ev.TaskSent, lang: str) -> list[Field]:
    """Return a message's headers. Source: celery.app.amqp: AMQP.as_task_v2."""
    args, kwargs = _call_in(sent, lang)
    headers: dict[str, Any] = {
        "lang": "py",
        "task": sent.name,
        "id": sent.uuid,
        "shadow": None,
        "eta": None if sent.eta is None else f"{as_seconds(sent.eta)} s",
        "expires": None if sent.expires is None else f"{as_seconds(sent.expires)} s",
        "group": None,
        "group_index": None,
        "retries": sent.retries,
        "timelimit": [None, None],
        "root_id": sent.root_id or sent.uuid,
        "parent_id": sent.parent_id,
        "argsrepr": repr(args),
        "kwargsrepr": repr(kwargs),
        "origin": sent.hostname,
        "ignore_result": False,
        "replaced_task_nesting": 0,
        "stamped_headers": None,
        "stamps": {},
    }
    told = {"task", "id", "retries", "argsrepr", "kwargsrepr", "origin"}
    told |= {name for name in ("eta", "expires", "parent_id") if headers[name] is not None}
    return [
        Field(name, value if isinstance(value, str) else as_json(value), "text" if name in told else "dim")
        for name, value in headers.items()
    ]


def body_rows(sent: ev.TaskSent, lang: str) -> list[Field]:
    """Return a message's body: args, kwargs, embed. Source: celery.app.amqp: AMQP.as_task_v2."""
    embed = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
    args, kwargs = _call_in(sent, lang)
    return [Field("", f"[{as_json(args)}, {as_json(kwargs)},"), Field("", f"{as_json(embed)}]", "dim")]


def _call_in(sent: ev.TaskSent, lang: str) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments in the first language."""
    one = first_language(lang)
    return in_language(list(sent.args), one), in_language(sent.kwargs, one)


def property_rows(sent: ev.TaskSent, task: TaskView) -> list[Field]:
    """Return a message's envelope: AMQP properties, and its last delivery."""
    delivery = {"exchange": "", "routing_key": sent.queue}
    tag = task.attempts[-1].delivery_tag if task.attempts else None
    return [
        Field("correlation_id", sent.uuid),
        Field("delivery_mode", "2", "dim"),
        Field("priority", as_json(sent.priority or 0), "dim"),
        Field("delivery_info", as_json(delivery)),
        Field("delivery_tag", as_json(tag)),
    ]


def as_json(value: Any) -> str:
    """Format a value as in a message."""
    return json.dumps(value, ensure_ascii=False, default=str)


def why_rows(player: Player, reasons: list[Line], lang: str) -> list[Field]:
    """Explain why something is where it is; hidden while a question is open, which it may answer."""
    if player.is_asked:
        return [Field("", say(inspect_labels.AFTER_YOUR_ANSWER, lang), "dim")]
    return [Field("", player.playback.run.names.short(reason.text(lang))) for reason in reasons]


def none_row(lang: str) -> list[Field]:
    """Return the placeholder for an empty list."""
    return [Field("", say(labels.NONE, lang), "dim")]


def life_row(player: Player, index: int) -> Field:
    """Describe an event of a task: time, type, place."""
    event = player.playback.events[index]
    who = getattr(event, "queue", "") if isinstance(event, QUEUED) else ""
    text = f"{'~' if event.inferred else ''}{event.type}  {who or getattr(event, 'hostname', '')}"
    return Field(clock_text(event.t), text.rstrip(), EVENT_TONES.get(type(event), "text"))


def slot_rows(player: Player, worker: WorkerView, lang: str) -> list[Field]:
    """List each slot's task, its running time, and whether it is acknowledged."""
    active = {running.slot: running for running in worker.active()}
    rows = []
    for slot in range(1, worker.concurrency + 1):
        running = active.get(slot)
        if running is None:
            rows.append(Field(str(slot), say(labels.FREE, lang), "dim"))
            continue
        acked = say(labels.ACKED if running.acked else labels.NOT_ACKED, lang)
        elapsed = clock_text(player.time - running.started_at, lang)
        rows.append(Field(str(slot), f"{running.uuid} {running.name}  {elapsed} · {acked}", "running"))
    return rows


def execution_rows(player: Player, name: str) -> list[Field]:
    """List a worker's latest executions."""
    history = player.playback.history
    runs = history.workers[name].runs if name in history.workers else []
    rows = []
    for run in runs:
        if run.start_index >= player.cursor:
            break
        ended = run.end_index < player.cursor and run.end is not None
        until = clock_text(run.end) if ended and run.end is not None else ""
        outcome = run.outcome if ended else "running"
        sign = {
            "succeeded": "done",
            "ignored": "done",
            "retried": "failed",
            "rejected": "failed",
            "cancelled": "lost",
            "revoked": "lost",
        }.get(outcome, outcome)
        rows.append(Field(f"{clock_text(run.start)}-{until}", f"{run.uuid} {run.name}", sign, sign))
    return rows[-30:]

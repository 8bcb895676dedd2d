"""The page of a task: why it waits, its call, messages, deliveries, executions and life."""

from __future__ import annotations

from simulator.play.player import Player
from simulator.scene.pages.sheet import Block, Field, Sheet, as_json, header_rows, life_row, none_row, why_rows
from simulator.scene.words import inspect_labels as words
from simulator.scene.words import labels
from simulator.story.language import first_language, say
from simulator.story.values import clock_text, in_language, second_unit
from simulator.story.why.waiting import why_task
from simulator.trace import events as ev
from simulator.world import TaskAttempt, TaskView, World

HEADERS = ("task", "id", "eta", "expires", "retries", "root_id", "parent_id", "argsrepr", "kwargsrepr", "origin")
"""The headers that vary between tasks; the zoom shows all."""

OUTCOMES = {"succeeded": "done", "failed": "failed", "retried": "failed", "lost": "lost", "dropped": "lost"}
"""Styles by outcome."""

DOT = " · "


def task_sheet(player: Player, uuid: str, lang: str) -> Sheet:
    """Describe a task across all its messages."""
    world = player.playback.run.world(player.cursor)
    task = world.task(uuid)
    place = labels.PLACES.get(task.place)
    about = f"{task.state} · {say(place, lang) if place else task.place}"
    why = why_rows(player, why_task(world, uuid), lang)
    deliveries = [row for number, one in enumerate(task.attempts, start=1) for row in _delivery(number, one, lang)]
    told = [row for row in header_rows(world.publish(task.message), lang) if row.name in HEADERS and row.text != "null"]
    left = [
        Block(say(words.WHY_NOW, lang), why),
        Block(say(words.CALL, lang), _call(world, task, lang)),
        Block(say(words.MESSAGES, lang), _messages(world, task, lang)),
        Block(say(words.DELIVERIES, lang), deliveries or [Field("", say(words.NOT_DELIVERED, lang), "dim")]),
    ]
    right = [
        Block(say(labels.LIFE, lang), [life_row(player, index) for index in task.history] or none_row(lang)),
        Block(say(words.SOME_HEADERS, lang), told),
    ]
    return Sheet(f"Task {uuid}", about, left, right)


def _call(world: World, task: TaskView, lang: str) -> list[Field]:
    sent, one = world.publish(task.message), first_language(lang)
    rows = [
        Field("task", task.name),
        Field("args", as_json(in_language(list(task.args), one))),
        Field("kwargs", as_json(in_language(task.kwargs, one))),
        Field("Producer", f"{task.producer}, {clock_text(task.sent_at)}{second_unit(lang)}"),
        Field("queue", task.queue),
        Field("retries", str(task.retries)),
    ]
    if sent.priority is not None:
        rows.append(Field("priority", str(sent.priority)))
    if sent.expires is not None:
        rows.append(Field("expires", clock_text(sent.expires) + second_unit(lang)))
    rows.append(Field("AsyncResult.state", result_state(world, task)))
    if task.result is not None:
        rows.append(Field(say(words.RESULT, lang), as_json(in_language(task.result, one)), "done"))
    if task.exception is not None:
        rows.append(Field("exception", task.exception, "failed"))
    return rows


def result_state(world: World, task: TaskView) -> str:
    """Return AsyncResult(id).state: the state stored last, else PENDING."""
    events = (world.trace.events[index] for index in reversed(task.history))
    return next((event.state for event in events if isinstance(event, ev.ResultStored)), "PENDING")


def _messages(world: World, task: TaskView, lang: str) -> list[Field]:
    """List each publish: time, retries, ETA, and its latest event."""
    events = [world.trace.events[index] for index in task.history]
    last: dict[int, ev.Event] = {}
    for event in events:
        message = getattr(event, "message", None)
        if message is not None:
            last[message] = event
    rows = []
    for sent in events:
        if isinstance(sent, ev.TaskSent):
            parts = [f"retries {sent.retries}", sent.queue]
            parts += [f"ETA {clock_text(sent.eta)}{second_unit(lang)}"] if sent.eta is not None else []
            end = last[sent.message]
            then = f" → {end.type} {clock_text(end.t)}" if end is not sent else ""
            rows.append(
                Field(clock_text(sent.t), DOT.join(parts) + then, "text" if sent.message == task.message else "dim")
            )
    return rows


def _delivery(number: int, one: TaskAttempt, lang: str) -> list[Field]:
    """Describe a delivery: destination, times and outcome."""
    again = [say(words.AGAIN, lang)] if one.redelivered else []
    moments = [
        ("delivered", one.delivered_at),
        ("received", one.received_at),
        ("started", one.started_at),
        ("stored", one.stored_at),
        ("acked", one.acked_at),
    ]
    text = DOT.join(f"{name} {clock_text(at)}" for name, at in moments if at is not None)
    where = [one.hostname, *([f"slot {one.slot}"] if one.slot else []), f"delivery_tag {one.delivery_tag}", *again]
    rows = [Field(str(number), DOT.join(where), "strong"), Field("", text)]
    if one.outcome:
        ran = one.ended_at - one.started_at if one.ended_at is not None and one.started_at is not None else None
        how = [f"{one.outcome} {clock_text(one.ended_at or 0)}"]
        how += [say(words.TOOK, lang, time=clock_text(ran))] if ran is not None else []
        how += [one.why] if one.why else []
        rows.append(Field("", DOT.join(how), OUTCOMES.get(one.outcome, "waiting")))
    return rows

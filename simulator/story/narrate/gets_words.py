"""Sentences about a task whose body waits for the results of others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from simulator.story.catalog import Line, Words, line
from simulator.story.values import name_list
from simulator.trace import Trace
from simulator.trace import events as ev
from simulator.world import World
from simulator.world.lifecycle import end_of

SUBTASK_SENT = Words(
    "{who} → Broker: {parent} 실행 중에 {task} 전송 ({name}{options})",
    "{who} → Broker: While running, {parent} sends {task} ({name}{options})",
)
BODY_WAITS = Words(
    "{worker}: {task} 실행 중, result.get()으로 {awaited} 결과를 기다립니다. 그동안 이 자리에서는 다른 일을 하지 않습니다.",
    "{task} in {worker} is waiting in result.get() for {awaited}; its slot does nothing else meanwhile.",
)
ALL_BODIES_WAIT = Words(
    "{worker}: 모든 자리가 result.get()으로 기다리고 있습니다. 기다리는 결과: {awaited}.",
    "Every slot of {worker} is waiting in result.get(), for {awaited}.",
)


def subtasks_of(trace: Trace, name: str) -> Sequence[str]:
    """Names of the tasks that the body of a task sends and waits for."""
    found: Sequence[str] = trace.header.tasks.get(name, {}).get("gets", ())
    return found


def is_subtask(trace: Trace, event: ev.TaskSent, parent: ev.TaskSent | None) -> bool:
    """Return True if a task was sent by a body that will wait for it, rather than by a canvas."""
    return parent is not None and parent.uuid == event.parent_id and event.name in subtasks_of(trace, parent.name)


def awaited_by(world: World, uuid: str) -> list[str]:
    """Tasks that a running task has sent and has no result of yet, in order."""
    events = world.trace.events
    task = world.task(uuid)
    if not subtasks_of(world.trace, task.name):
        return []
    starts = (index for index in reversed(task.history) if isinstance(events[index], ev.TaskStarted))
    start = next(starts, world.cursor)
    found = []
    for index in range(start + 1, world.cursor):
        event = events[index]
        if event.t > events[start].t:
            break
        if isinstance(event, ev.TaskSent) and event.cause == start and event.parent_id == uuid and event.uuid != uuid:
            found.append(event.uuid)
    return [child for child in found if not any(end_of(events[index]) for index in world.task(child).history)]


def waiting_bodies(world: World, busy: Set[str], only: str | None = None) -> Iterator[Line]:
    """Sentences about tasks waiting for others in their bodies: for each of the `busy` workers, or for the one task `only`."""
    if not any("gets" in said for said in world.trace.header.tasks.values()):
        return
    for worker in world.viewed(busy):
        held = {one.uuid: awaited_by(world, one.uuid) for one in worker.active()}
        waiting = {uuid: children for uuid, children in held.items() if children and only in (None, uuid)}
        if only is None and len(waiting) > 1 and len(waiting) == worker.concurrency:
            children = [child for line_of in waiting.values() for child in line_of]
            yield line(ALL_BODIES_WAIT, worker=worker.hostname, awaited=name_list(children))
            continue
        for uuid, children in waiting.items():
            yield line(BODY_WAITS, worker=worker.hostname, task=uuid, awaited=name_list(children))

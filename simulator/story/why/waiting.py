"""Reasons why one task, or one queue, waits: derived from the world, never from future events."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.story.catalog import Line, Words, line
from simulator.story.narrate.gets_words import waiting_bodies
from simulator.story.values import Seconds, name_list
from simulator.story.why.held_back import ABOUT_TO_START, held_back, leases, next_queue
from simulator.story.why.now import (
    BROKER_DOWN,
    HANDED_OVER,
    HELD,
    HELD_TASK,
    ON_ITS_WAY,
    RESERVED,
    RUNNING,
    STUCK_BEHIND,
    accepting,
    idle,
    is_over,
    waiting,
)
from simulator.world import TaskView, WorkerView, World

IN_LINE = Words(
    "Queue {queue}: {count}개 중 앞에서 {place}번째.", "In the queue {queue}, at position {place} of {count}."
)
BEHIND = Words("앞에 있는 Task: {tasks}.", "Ahead of it: {tasks}.")
KILLED_WITH_IT = Words(
    "{worker} 강제 종료: {since}. 실행하던 Task: {task}.",
    "{worker} was killed at {since}, in the middle of {task}.",
)
STORED = Words("결과를 저장했습니다. 곧 이벤트로 알립니다.", "The result is stored; the event that reports it is next.")
ENDED = Words(
    "끝났습니다: {state}. 더 기다릴 것이 없습니다.", "It has ended: {state}. There is nothing more to wait for."
)
NO_COPY = Words("사본이 어디에도 없습니다.", "No copy of it is left anywhere.")
DISCARDED = Words("Broker가 버렸습니다. 다시 오지 않습니다.", "The broker dropped it. It will not come back.")
KEPT = Words(
    "Dead Letter Queue에 있습니다 ({queue}, 이유: {why}). 이 Queue를 소비하는 Worker가 없습니다.",
    "It is in the dead letter queue ({queue}, reason: {why}), which nobody consumes.",
)
NOTHING_READY = Words("기다리는 메시지가 없습니다.", "No messages are ready.")


def why_task(world: World, uuid: str) -> list[Line]:
    """Reasons why a task waits or does not wait now; raises KeyError if it has not been sent."""
    return list(_task(world, world.task(uuid)))


def why_queue(world: World, name: str) -> list[Line]:
    """Reasons why the ready messages of a queue are still there."""
    return list(_queue(world, name, None)) or [line(NOTHING_READY)]


def _task(world: World, task: TaskView) -> Iterator[Line]:
    match task.place:
        case "sent":
            yield line(ON_ITS_WAY, tasks=task.uuid)
        case "queued" | "dead":
            yield from _queued(world, task)
        case "delivered":
            yield line(HANDED_OVER, tasks=task.uuid, worker=task.hostname)
        case "reserved":
            yield from _reserved(world, task, world.workers[task.hostname])
        case "scheduled" if task.eta is not None and task.eta <= world.t:
            yield from _reserved(world, task, world.workers[task.hostname])
        case "scheduled":
            eta = line(HELD_TASK, task=task.uuid, eta=Seconds(task.eta or 0))
            yield line(HELD, worker=task.hostname, tasks=eta)
        case "active" if world.workers[task.hostname].life == "lost":
            killed = world.workers[task.hostname]
            yield line(KILLED_WITH_IT, task=task.uuid, worker=task.hostname, since=Seconds(killed.since))
            yield from leases(world, {task.hostname})
        case "active":
            started = next((attempt.started_at for attempt in reversed(task.attempts) if attempt.started_at), 0)
            yield line(RUNNING, task=task.uuid, worker=task.hostname, since=Seconds(started))
            yield from waiting_bodies(world, {task.hostname}, task.uuid)
        case "stored":
            yield line(STORED)
        case "dropped":
            yield line(DISCARDED)
        case "lost":
            yield line(NO_COPY)
        case _:
            yield line(ENDED, state=task.state)


def _queued(world: World, task: TaskView) -> Iterator[Line]:
    queue = next((queue for queue in world.queues.values() if task.message in queue.messages()), None)
    if queue is None:  # its latest message has left for good: a dead letter that was dropped, say
        yield line(ENDED, state=task.state)
        return
    dead = world.dead_letter(task.message)
    if dead is not None and not queue.consumers:
        yield line(KEPT, queue=queue.name, why=dead.why)
        return
    yield line(IN_LINE, queue=queue.name, count=len(queue), place=queue.messages().index(task.message) + 1)
    yield from _queue(world, queue.name, task.uuid)


def _queue(world: World, name: str, uuid: str | None) -> Iterator[Line]:
    queue = world.queues[name]
    if not len(queue):
        return
    if not world.broker_up:
        yield line(BROKER_DOWN)
        return
    able = accepting(world)
    yield from waiting(world, queue, able, is_over(world), uuid)
    yield from next_queue(
        world, able & world.crew.consuming(name), [other.name for other in world.queues.values() if len(other)]
    )


def _reserved(world: World, task: TaskView, worker: WorkerView) -> Iterator[Line]:
    held = worker.reserved()
    before = held[: held.index(task.uuid)] if task.uuid in held else []
    reasons = held_back(worker, task.uuid)
    if reasons:
        yield from reasons
        return
    if worker.busy < worker.concurrency and not before:
        yield line(ABOUT_TO_START, task=task.uuid, worker=worker.hostname)
        return
    unused = idle(world, accepting(world))
    others = [other.hostname for other in unused if {*other.queues} & {*worker.queues}]
    words = STUCK_BEHIND if others else RESERVED
    yield line(words, worker=worker.hostname, tasks=task.uuid, idle=name_list(others))
    running = [one.uuid for one in worker.active()]
    yield line(BEHIND, tasks=name_list([*running, *before]))

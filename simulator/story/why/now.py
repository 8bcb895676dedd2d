"""Reasons why nothing happens now, and what is awaited: derived from the world, never from future events."""

from __future__ import annotations

from collections.abc import Iterator, Set
from itertools import islice

from simulator.scenario.transports import transport_named
from simulator.story.catalog import Line, Words, line, plain
from simulator.story.narrate.gets_words import waiting_bodies
from simulator.story.narrate.mishaps import is_stopping
from simulator.story.values import Joined, Seconds, name_list
from simulator.story.why.held_back import (
    about_to_start,
    busy_solo_workers,
    disconnected,
    held_back,
    held_by_stopping,
    is_stuck,
    leases,
    next_queue,
    not_told,
    revoked,
)
from simulator.trace.events import BrokerUp, Poll
from simulator.world import Is, QueueView, WorkerView, World

MAX_REASONS = 3
"""Most reasons given."""

NOT_BEGUN = Words("아직 아무 일도 일어나지 않았습니다.", "Nothing has happened yet.")
ON_ITS_WAY = Words("Broker로 가는 중: {tasks}.", "On the way to the broker: {tasks}.")
HANDED_OVER = Words("{worker}: {tasks} 전달 중.", "On the way to {worker}: {tasks}.")
ANSWERING = Words("Broker: {worker} 질문에 답하는 중.", "The broker is about to answer {worker}.")
NOBODY_ALIVE = Words("{tasks} 대기 중: 살아 있는 Worker가 없습니다.", "{tasks} must wait: no worker is alive.")
NO_CONSUMER = Words(
    "{tasks} 대기 중: 이 Queue를 소비하는 Worker가 없습니다 ({queue}).",
    "{tasks} must wait: nobody consumes the queue ({queue}).",
)
DEAD = Words("강제 종료된 Worker: {workers}.", "Killed: {workers}.")
BROKER_DOWN = Words(
    "Broker 중단: 복구될 때까지 전송도, 전달도, ACK도 할 수 없습니다.",
    "The broker is down: nothing is sent, delivered or ACKed.",
)
SERVICE_DOWN = Words(
    "{service} 중단: 호출하면 {exception} 예외가 납니다.", "{service} is down: calls raise {exception}."
)
STOPPING = Words(
    "{worker}: 종료하는 중. 실행 중인 Task만 끝내고 새 Task는 받지 않습니다.",
    "{worker} is shutting down: it finishes what it is running and takes nothing new.",
)
HELD = Words("{worker} 안에서 ETA 대기: {tasks}.", "Waiting in {worker} for the ETA: {tasks}.")
HELD_TASK = Words("{task} ({eta})", "{task} ({eta})")
FULL_REJECTS = Words(
    "Queue가 가득 찼습니다 ({queue}, max_length {limit}). 새 메시지를 받지 않습니다.",
    "The queue is full ({queue}, max_length {limit}): it takes no new messages.",
)
FULL_DROPS = Words(
    "Queue가 가득 찼습니다 ({queue}, max_length {limit}). 새 메시지가 오면 맨 앞의 메시지를 버립니다.",
    "The queue is full ({queue}, max_length {limit}): a new message pushes out the oldest.",
)
DEAD_LETTERS = Words(
    "Dead Letter Queue에 보관 중: {tasks} ({queue}).", "Kept in the dead letter queue: {tasks} ({queue})."
)
ALL_BUSY = Words(
    "{tasks} 대기 중: Worker가 모두 바쁩니다 ({workers}).",
    "{tasks} must wait: every worker is busy ({workers}).",
)
WINDOW_FULL = Words(
    "{tasks} 대기 중: prefetch 한도가 차서 더 받을 수 있는 Worker가 없습니다 ({workers}).",
    "{tasks} must wait: every prefetch window is full ({workers}).",
)
POLLS_AGAIN_FOR = Words(
    "{tasks} 대기 중: 다음 질문은 {worker}, {when}.", "{tasks} must wait: {worker} polls next, at {when}."
)
POLLS_AT_ONCE_FOR = Words("{tasks} 대기 중: 이제 {worker} 차례.", "Waiting: {tasks}. Now {worker} polls.")
POLLS_EVERY_FOR = Words(
    "{tasks} 대기 중: {worker} 질문 간격 {interval}.", "{tasks} must wait: {worker}, polling every {interval}."
)
DELIVERY_NEXT = Words("{tasks}: 곧 전달됩니다.", "{tasks}: about to be delivered.")
STUCK_BEHIND = Words(
    "{worker}: {tasks} 미리 받아 두었음 (prefetch). 그동안 쉬고 있는 Worker: {idle}.",
    "{worker} holds {tasks} (prefetch), with {idle} idle.",
)
RESERVED = Words(
    "{worker}: 미리 받아 두고 차례를 기다림: {tasks}.", "Reserved in {worker} until a slot is free: {tasks}."
)
RUNNING = Words("{worker}: {task} 실행 중 ({since}부터).", "{task} has been running in {worker} since {since}.")
RUNNING_MORE = Words("실행 중인 Task: 모두 {count}개.", "Running in all: {count} tasks.")
EMPTY_POLLS = Words(
    "Queue가 비어 있습니다. 다음 질문: {worker}, {when}.",
    "The queue is empty. {worker} polls again at {when}.",
)
EMPTY_POLLS_NOW = Words("Queue가 비어 있습니다. 이제 {worker} 차례.", "The queue is empty. {worker} polls now.")
EMPTY_POLLS_EVERY = Words(
    "Queue가 비어 있습니다. {worker} 질문 간격 {interval}.",
    "The queue is empty. {worker}: polling every {interval}.",
)
EMPTY_PUSH = Words(
    "Queue가 비어 있습니다. 새 메시지가 오면 Broker가 바로 push합니다.",
    "The queue is empty. The broker will push the next message right away.",
)
EMPTY_WAITED = Words(
    "Queue가 비어 있습니다. 쉬는 Worker는 새 메시지를 기다립니다.",
    "The queue is empty. Idle workers are waiting for a message.",
)
EMPTY = Words("Queue가 비어 있습니다.", "The queue is empty.")
NO_WORKER = Words("Worker가 아직 없습니다.", "There are no workers yet.")
OVER_DONE = Words("끝: 더 일어날 일이 없습니다.", "The end: nothing more happens.")
OVER_UNTIL = Words(
    "끝: 정해 둔 시각까지 실행했습니다 (until {end}).", "The end: the run was set to stop at {end} (until)."
)
OVER_RECORDED = Words("끝: 기록이 {end}에서 끝납니다.", "The end: the recording ends at {end}.")
OVER_CAP = Words(
    "끝: 한도에 이르러 멈췄습니다 ({end}). 할 일이 남아 있습니다.",
    "The end: stopped at the limit, {end}; there is still work left.",
)


def why(world: World, lang: str) -> str:
    """The reasons why nothing happens now, in at most three short sentences in `ko` or `en` (`both`: two lines)."""
    lines = reasons(world)
    if lang == "both":
        return "\n".join(" ".join(reason.text(one) for reason in lines) for one in ("ko", "en"))
    return " ".join(reason.text(lang) for reason in lines)


def reasons(world: World) -> list[Line]:
    """Everything awaited, the most informative reason first."""
    if not world.cursor:
        return [line(NOT_BEGUN)]
    found = list(islice(_reasons(world), MAX_REASONS))
    if is_over(world):
        found = [end_reason(world), *found][:MAX_REASONS]
    return found or [line(EMPTY)]


def is_over(world: World) -> bool:
    """Return True if no event follows this moment."""
    return world.cursor >= len(world.trace) and not world.trace.goes_on


def end_reason(world: World) -> Line:
    """The reason that a run is over."""
    words = {"until": OVER_UNTIL, "cap": OVER_CAP, "recorded": OVER_RECORDED}.get(world.trace.header.stopped, OVER_DONE)
    return line(words, end=Seconds(world.trace.end))


def _reasons(world: World) -> Iterator[Line]:
    over = is_over(world)
    # This is asked for each frame of a run with hundreds of workers: only those that matter are viewed.
    crew = world.crew
    online, able = crew.having(Is.ONLINE), accepting(world)
    stopping = world.viewed(online - able)
    lines = [queue for queue in world.queues.values() if len(queue) and not _is_dead(world, queue)]
    moving = list(islice(_moving(world, online, able), MAX_REASONS))
    yield from moving
    yield from busy_solo_workers(world.viewed(crew.having(Is.ONLINE, Is.BUSY, Is.MOVING)))
    if not world.broker_up:
        yield line(BROKER_DOWN)
    else:
        for queue in lines:
            yield from waiting(world, queue, able, over)
        yield from next_queue(world, able, [queue.name for queue in lines])
    yield from revoked(world, online, [uuid for queue in lines for uuid in queue.uuids(MAX_REASONS)])
    yield from leases(world)
    yield from held_by_stopping(stopping)
    yield from waiting_bodies(world, crew.having(Is.ONLINE, Is.BUSY))
    yield from _reserved(world, able)
    dead = crew.having(Is.LOST)
    if dead:
        yield line(DEAD, workers=name_list(crew.in_order(dead)))
    yield from (line(STOPPING, worker=worker.hostname) for worker in stopping)
    yield from _outages(world)
    yield from _held(world)
    yield from _running(world)
    if world.broker_up and not lines and not over and not moving:
        yield _empty(world, able)
    yield from _dead_letters(world)


def accepting(world: World) -> Set[str]:
    """Workers that may be given new messages: those online that are not in shutdown."""
    online = world.crew.having(Is.ONLINE)
    told = {name for name, setting in world.settings if setting == "shutdown"} & online
    return online - {name for name in told if is_stopping(world, world.workers[name])}


def idle(world: World, able: Set[str]) -> list[WorkerView]:
    """Workers of these that neither run, hold nor get anything."""
    crew = world.crew
    free = able - crew.having(Is.BUSY) - crew.having(Is.MOVING) - crew.having(Is.RESERVING)
    return [worker for worker in world.viewed(free) if not worker.reserved_count]


def _is_dead(world: World, queue: QueueView) -> bool:
    """Return True if a queue holds dead letters that no worker consumes."""
    return not world.crew.consuming(queue.name) and world.dead_letter(queue.messages()[0]) is not None


def _dead_letters(world: World) -> Iterator[Line]:
    for queue in world.queues.values():
        if len(queue) and _is_dead(world, queue):
            yield line(
                DEAD_LETTERS, tasks=name_list(queue.uuids(MAX_REASONS), more=len(queue) - MAX_REASONS), queue=queue.name
            )


def _outages(world: World) -> Iterator[Line]:
    for (name, setting), value in world.settings.items():
        if setting == "down" and value is not None:
            yield line(SERVICE_DOWN, service=name, exception=value)


def _held(world: World) -> Iterator[Line]:
    """Tasks that workers hold until their ETA."""
    for worker in world.viewed(world.crew.having(Is.ONLINE, Is.SCHEDULING)):
        held = worker.scheduled()
        if held:
            shown = tuple(line(HELD_TASK, task=uuid, eta=Seconds(eta)) for uuid, eta in held[:MAX_REASONS])
            rest = (plain(f"… +{len(held) - MAX_REASONS}"),) if len(held) > MAX_REASONS else ()
            yield line(HELD, worker=worker.hostname, tasks=Joined((*shown, *rest), ", "))


def _moving(world: World, online: Set[str], able: Set[str]) -> Iterator[Line]:
    """Messages in transit, which arrive next."""
    last = world.event
    if isinstance(last, Poll) and last.found:
        yield line(ANSWERING, worker=last.hostname)
    sending = world.sending()
    if sending:
        yield line(ON_ITS_WAY, tasks=name_list([sent.uuid for sent in sending]))
    crew = world.crew
    starting = crew.having(Is.FREE, among=able) & _holding(world)
    for worker in world.viewed(crew.having(Is.MOVING, among=online) | starting):
        if worker.transit_count and not (worker.info.pool == "solo" and worker.busy) and not is_stuck(worker):
            yield line(HANDED_OVER, tasks=name_list(worker.transit()), worker=worker.hostname)
        if worker.hostname in starting and worker.reserved_count:
            yield from held_back(worker) or about_to_start(worker)


def _holding(world: World) -> Set[str]:
    """Workers that may have something reserved: an ETA may have come."""
    return world.crew.having(Is.RESERVING) | world.crew.having(Is.SCHEDULING)


def waiting(world: World, queue: QueueView, able: Set[str], over: bool, uuid: str | None = None) -> Iterator[Line]:
    """Reasons why the ready messages of a queue (or one task of them) are still there."""
    tasks = name_list([uuid] if uuid else queue.uuids(MAX_REASONS), more=0 if uuid else len(queue) - MAX_REASONS)
    limit = queue.arguments.get("max_length")
    if limit is not None and len(queue) >= limit:
        words = FULL_REJECTS if queue.arguments.get("overflow") == "reject-publish" else FULL_DROPS
        yield line(words, queue=queue.name, limit=limit)
    consumers = world.crew.consuming(queue.name) & able
    free = world.with_room(consumers, queue.name)
    if not consumers:
        words = NO_CONSUMER if able else NOBODY_ALIVE
        yield line(words, queue=queue.name, tasks=tasks) if world.workers else line(NO_WORKER)
    elif not free:
        asked = world.viewed(consumers & (_holding(world) | world.crew.having(Is.VARYING)))
        full = any(worker.reserved_count or worker.info.settings.get("static_window") for worker in asked)
        everyone = name_list(world.crew.in_order(consumers))
        yield line(WINDOW_FULL if full else ALL_BUSY, tasks=tasks, workers=everyone)
    elif not _polls(world.viewed(consumers)):
        yield disconnected(free) or not_told(free) or line(DELIVERY_NEXT, tasks=tasks)
    elif not over:
        yield _next_poll_line(world, free, (POLLS_AGAIN_FOR, POLLS_AT_ONCE_FOR, POLLS_EVERY_FOR), tasks=tasks)


def _reserved(world: World, able: Set[str]) -> Iterator[Line]:
    """Messages delivered to a worker that wait inside it."""
    unused = idle(world, able)
    for worker in world.viewed(_holding(world) & able - world.crew.having(Is.FREE)):
        if worker.reserved_count:
            held = worker.reserved()
            others = [other.hostname for other in unused if {*other.queues} & {*worker.queues}]
            words = STUCK_BEHIND if others else RESERVED
            yield line(words, idle=name_list(others), tasks=name_list(held), worker=worker.hostname)


def _running(world: World) -> Iterator[Line]:
    count = world.crew.running
    if count > MAX_REASONS:
        yield line(RUNNING_MORE, count=count)
        return
    for worker in world.viewed(world.crew.having(Is.ONLINE, Is.BUSY)):
        for running in worker.active():
            yield line(RUNNING, task=running.uuid, worker=worker.hostname, since=Seconds(running.started_at))


def _empty(world: World, able: Set[str]) -> Line:
    if not world.workers:
        return line(NO_WORKER)
    online, unused = world.viewed(able), idle(world, able)
    if not _polls(online):
        kinds = (transport_named(worker.info.settings.get("transport")) for worker in online)
        pushed = any(kind is not None and kind.delivers == "push" for kind in kinds)
        return line(EMPTY_PUSH if pushed else EMPTY_WAITED if unused else EMPTY)
    if not unused:
        return line(EMPTY)
    return _next_poll_line(world, unused, (EMPTY_POLLS, EMPTY_POLLS_NOW, EMPTY_POLLS_EVERY))


def _polls(workers: list[WorkerView]) -> bool:
    return any(worker.info.settings.get("polling_interval") is not None for worker in workers)


def _next_poll_line(world: World, free: list[WorkerView], words: tuple[Words, Words, Words], **params: object) -> Line:
    """The next poll: its worker, and its time if polls are events (last poll plus interval)."""
    again, at_once, every = words
    if world.trace.header.polls != "every":
        interval = Seconds(_interval(free[0]))
        return line(every, worker=name_list([w.hostname for w in free]), interval=interval, **params)
    when, worker = min(((_next_poll(world, w), place) for place, w in enumerate(free)), key=lambda pair: pair)
    name = free[worker].hostname
    return (
        line(again, worker=name, when=Seconds(when), **params)
        if when > world.t
        else line(at_once, worker=name, **params)
    )


def _interval(worker: WorkerView) -> int:
    return round(float(worker.info.settings.get("polling_interval") or 0) * 1e6)


def _next_poll(world: World, worker: WorkerView) -> int:
    """Time of a free worker's next poll; a time that has passed means at once."""
    last = worker.last_poll
    if last is None:
        return worker.since + round(float(worker.info.settings.get("phase") or 0) * 1e6)
    # Who has just got its connection back asks at once.
    return world.t if last.found or isinstance(world.event, BrokerUp) else max(world.t, last.t + _interval(worker))

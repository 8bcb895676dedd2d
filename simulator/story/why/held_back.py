"""Less obvious reasons why a task that a worker has does not run, or why a worker takes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from simulator.scenario.transports import transport_named
from simulator.story.catalog import Line, Words, line
from simulator.story.values import Seconds, name_list
from simulator.world import Is, WorkerView, World
from simulator.world.intake import GREEN

CHILDLESS = Words(
    "{worker}: 자식 프로세스가 없는 자리 {count}개. 부모가 알아채고 새 자식을 시작할 때까지 실행하지 못합니다.",
    "{worker}: Slots without a child process: {count}. They run nothing until the parent notices and starts a new one.",
)
DRAINING = Words(
    "{worker}: 방금 연결됨. {tasks} 시작 전에 메시지가 더 있는지 확인 중 ({until}까지).",
    "{worker} has just connected: before starting {tasks}, it looks for more messages until {until}.",
)
RATE_LIMITED = Words(
    "{worker} 안에서 속도 제한(rate_limit: {task}) 때문에 대기: {tasks}. 다음 시작: {until}.",
    "Waiting in {worker} for the rate limit of {task}: {tasks}. The next may start at {until}.",
)
TIMER_SLEEPS = Words(
    "{worker}: {tasks}의 ETA는 지났지만 타이머 스레드가 자고 있습니다. 깨어나는 때: {until}.",
    "{worker}: The ETA of {tasks} has passed, but the thread that fires timers sleeps until {until}.",
)
ABOUT_TO_START = Words("{worker}: {task} 시작 직전.", "{task} is about to start in {worker}.")
LEASED = Words(
    "Broker는 아직 {worker}에 빌려준 줄 압니다: {tasks}. visibility timeout이 지나야 되돌아옵니다.",
    "Still leased to {worker}, which no longer has it: {tasks}. It comes back when its visibility timeout is over.",
)
SOLO = Words(
    "{worker}: solo pool이라 실행 중에는 메시지도, 명령도, heartbeat도 처리하지 못합니다.",
    "{worker} has a solo pool: while it runs a task, it handles no messages, no commands and no heartbeats.",
)
GREENLETS_BUSY = Words(
    "{worker}: greenlet이 모두 바빠서 이벤트 루프가 {task} 앞에서 멈춰 있습니다. 자리가 날 때까지 아무것도 받지 않습니다.",
    "{worker} reads no messages: all greenlets are busy, and the loop is stuck handing over {task} until one is free.",
)
GREENLET_COMPUTES = Words(
    "{worker}: greenlet 하나가 계산 중이라 Worker 전체가 멈춰 있습니다. 끝날 때까지 메시지도, 명령도, heartbeat도 처리하지 못합니다.",
    "{worker} stands still: one greenlet computes and never yields. No messages, no commands, no heartbeats until it ends.",
)
HELD_BY_STOPPING = Words(
    "{worker}: 종료하는 중이지만 아직 {tasks} 메시지를 들고 있음. 종료해야 Queue로 되돌아갑니다.",
    "{worker} is shutting down and holds {tasks} until it exits.",
)
REVOKED = Words(
    "취소되었지만 아직 대기 중: {tasks}. Worker가 받으면 실행하지 않고 ACK합니다.",
    "Revoked but still waiting: {tasks}. Whichever worker gets it will ACK it without running it.",
)
NOT_TOLD = Words(
    "{workers}: ETA Task를 들고 있어 한도가 늘었지만 Broker는 아직 모릅니다. 이벤트 루프가 깨어날 때 알립니다(basic.qos).",
    "{workers} could take more beside the ETA tasks held there. The broker is told when the loop wakes (basic.qos).",
)
DISCONNECTED = Words(
    "{workers}: Broker와 연결이 끊겨 다시 연결하는 중.",
    "{workers}: Lost the connection to the broker, reconnecting.",
)
NEXT_QUEUE = Words(
    "{worker}: 빈자리가 나면 {queues} 가운데 한 곳에서 옵니다. 어느 쪽일지는 우연이 정합니다.",
    "The next free place in {worker} goes to one of {queues}: which, is left to chance.",
)


def is_stuck(worker: WorkerView) -> bool:
    """Return whether a loop of greenlets leaves messages unread: all are busy, or one computes."""
    return worker.info.pool in GREEN and bool(worker.busy and worker.transit_count)


def without_child(worker: WorkerView) -> int:
    """Number of slots without a child at this moment."""
    return max(0, worker.concurrency - len(worker.children)) if worker.info.pool == "prefork" else 0


def held_back(worker: WorkerView, uuid: str | None = None) -> list[Line]:
    """Reasons why a worker with a free slot does not start what it has (or one task of it); empty if it is about to."""
    late = worker.late()
    held = [one for one in worker.reserved() if one not in late]
    if late and (uuid in late or (uuid is None and not held)):
        sleeping = [one for one in late if uuid in (None, one)]
        until = Seconds(late[sleeping[0]])
        return [line(TIMER_SLEEPS, worker=worker.hostname, tasks=name_list(sleeping), until=until)]
    if not held or worker.busy >= worker.concurrency:
        return []
    missing = without_child(worker)
    if missing and worker.busy + missing >= worker.concurrency:
        return [line(CHILDLESS, worker=worker.hostname, count=missing)]
    limited = worker.rate_limited()
    ready = _ready(held, limited)
    if uuid in ready or (uuid is None and ready):
        drains = worker.drains_until
        tasks = name_list(ready)
        return [] if drains is None else [line(DRAINING, worker=worker.hostname, tasks=tasks, until=Seconds(drains))]
    return [
        line(RATE_LIMITED, worker=worker.hostname, task=name, tasks=name_list(tasks), until=Seconds(until))
        for name, (until, tasks) in limited.items()
        if uuid is None or uuid in tasks
    ]


def about_to_start(worker: WorkerView) -> list[Line]:
    """The task that a worker with a free slot starts next."""
    late = worker.late()
    ready = _ready([one for one in worker.reserved() if one not in late], worker.rate_limited())
    return [line(ABOUT_TO_START, task=uuid, worker=worker.hostname) for uuid in ready[:1]]


def _ready(held: list[str], limited: dict[str, tuple[int, list[str]]]) -> list[str]:
    """Tasks that no rate limit holds back."""
    back = {uuid for _, tasks in limited.values() for uuid in tasks}
    return [uuid for uuid in held if uuid not in back]


def leases(world: World, only: Set[str] | None = None) -> Iterator[Line]:
    """Leases that the broker keeps for workers (or `only` some) that no longer have the message."""
    kinds = ((transport_named(name), workers) for name, workers in world.crew.transports())
    lent = frozenset[str]().union(*(workers for kind, workers in kinds if kind and kind.visibility_timeout is not None))
    leased = world.leased() if lent else {}
    for worker in world.viewed(leased.keys() & lent if only is None else leased.keys() & lent & only):
        yield line(LEASED, worker=worker.hostname, tasks=name_list(leased[worker.hostname]))


def busy_solo_workers(online: Sequence[WorkerView]) -> Iterator[Line]:
    """Solo workers that are busy while a message is on its way to them."""
    for worker in online:
        if worker.info.pool == "solo" and worker.busy and worker.transit_count:
            yield line(SOLO, worker=worker.hostname)
        elif is_stuck(worker):
            held = worker.reserved()
            yield (
                line(GREENLETS_BUSY, worker=worker.hostname, task=held[-1])
                if held
                else line(GREENLET_COMPUTES, worker=worker.hostname)
            )


def held_by_stopping(stopping: Sequence[WorkerView]) -> Iterator[Line]:
    """Messages that workers in shutdown keep from the others."""
    for worker in stopping:
        held = [*worker.reserved(), *(uuid for uuid, _ in worker.scheduled())]
        if held:
            yield line(HELD_BY_STOPPING, worker=worker.hostname, tasks=name_list(held))


def revoked(world: World, online: Set[str], waiting: Sequence[str]) -> Iterator[Line]:
    """Revoked tasks that still wait, in a queue or for their ETA."""
    asked = {name for name, setting in world.settings if setting == "revoke"} & online
    told = {uuid for worker in world.viewed(asked) for uuid in worker.revoked()}
    holding = world.viewed(world.crew.having(Is.SCHEDULING, among=online)) if told else []
    held = [uuid for worker in holding for uuid, _ in worker.scheduled()]
    found = [uuid for uuid in dict.fromkeys([*waiting, *held]) if uuid in told]
    if found:
        yield line(REVOKED, tasks=name_list(found))


def next_queue(world: World, workers: Set[str], backlog: Sequence[str]) -> Iterator[Line]:
    """The rule for choosing between a full worker's queues, if several of the `backlog` push messages to it."""
    full = workers - world.crew.having(Is.ROOMY)
    for worker in world.viewed(full) if len(backlog) > 1 else ():
        kind = transport_named(worker.info.settings.get("transport"))
        mine = [name for name in worker.queues if name in backlog]
        if (
            kind is not None
            and kind.delivers == "push"
            and len(mine) > 1
            and not worker.has_room()
            and not worker.info.settings.get("static_window")
        ):
            yield line(NEXT_QUEUE, worker=worker.hostname, queues=name_list(mine))


def not_told(free: Sequence[WorkerView]) -> Line | None:
    """Workers whose prefetch window ETA tasks have widened without RabbitMQ's knowing; None where one is not of those.

    RabbitMQ delivers at once whatever there is room for, so as far as it knows there is none.
    """
    kinds = [transport_named(worker.info.settings.get("transport")) for worker in free]
    behind = all(kind is not None and kind.delivers == "push" for kind in kinds)
    if not behind or not all(worker.scheduled() for worker in free):
        return None
    return line(NOT_TOLD, workers=name_list([worker.hostname for worker in free]))


def disconnected(free: Sequence[WorkerView]) -> Line | None:
    """Workers that lost their connection and have not reconnected; None if one of them could be served."""
    away = [worker.hostname for worker in free if not worker.connected]
    return line(DISCONNECTED, workers=name_list(away)) if away and len(away) == len(free) else None

"""Sentences about failures, delays and shutdowns."""

from __future__ import annotations

from collections.abc import Callable

from simulator.scenario.transports import transport_named
from simulator.story.catalog import Line, Words, line, plain
from simulator.story.narrate import sentences as say
from simulator.story.narrate.limit_words import NEXT_LIMITED, rate_of
from simulator.story.narrate.moment import EventContext, Teller, publisher_name
from simulator.story.values import Joined, Seconds, exception_text, flow_text, message_lines, name_list
from simulator.trace import events as ev
from simulator.trace import to_micros
from simulator.world import WorkerView, World

WHYS = {
    "?": Words("알 수 없음", "unknown"),
    "broker-down": Words("Broker 중단", "the broker is down"),
    "max-length": Words("Queue가 가득 참", "the Queue is full"),
    "locked": Words("이미 잠겨 있음(AlreadyQueued)", "its lock is held (AlreadyQueued)"),
    "memory": Words("Broker의 메모리가 가득 참", "the broker is out of memory"),
    "connection-lost": Words("연결 끊김", "connection lost"),
    "shutdown": Words("Worker 종료", "worker shutdown"),
    "rejected": Words("거절", "rejected"),
    "failed": Words("Task 실패", "the task failed"),
    "expired": Words("만료", "expired"),
    "max-tasks": Words("max_tasks_per_child", "max_tasks_per_child"),
    "max-memory": Words("max_memory_per_child", "max_memory_per_child"),
    "slow-start": Words("worker_proc_alive_timeout 초과", "not up within worker_proc_alive_timeout"),
    "time-limit": Words("시간 제한", "time limit"),
    "terminated": Words("중단 요청", "terminated"),
    "killed": Words("강제 종료", "killed"),
    "shrunk": Words("자리 줄이기", "pool shrunk"),
    "grown": Words("자리 늘리기", "pool grown"),
    "replaced": Words("교체", "replaced"),
    "autoscale": Words("autoscale", "autoscale"),
    "delivery-limit": Words("전달 횟수 초과", "delivery limit"),
    "visibility-timeout": Words("visibility timeout", "visibility timeout"),
    "consumer-timeout": Words("consumer_timeout", "consumer_timeout"),
    "pool_grow": Words("pool_grow", "pool_grow"),
    "pool_shrink": Words("pool_shrink", "pool_shrink"),
    "cancelled": Words("실행 중단", "cancelled"),
    "acked": Words("이미 ACK함", "already ACKed"),
    "gone": Words("남은 사본 없음", "no copy left"),
}
"""Reasons in events, in words."""

ETAS_SHOWN = 3
"""Limit on the named tasks that a worker holds."""


def idle(worker: WorkerView) -> Line:
    """Sentences on an idle worker: what it waits for, as far as it knows."""
    held = worker.scheduled()
    if not held:
        return line(say.IDLE, worker=worker.hostname)
    shown = [line(_ETA, task=uuid, eta=Seconds(eta)) for uuid, eta in held[:ETAS_SHOWN]]
    rest = [plain(f"… +{len(held) - ETAS_SHOWN}")] if len(held) > ETAS_SHOWN else []
    return line(say.IDLE_ETA, worker=worker.hostname, tasks=Joined((*shown, *rest), ", "))


_ETA = Words("{task} {eta}", "{task} {eta}")


def is_stopping(world: World, worker: WorkerView) -> bool:
    """Return True if a worker was asked to shut down since it came online."""
    return worker.life == "online" and (worker.hostname, "shutdown") in world.settings


def failed(moment: EventContext) -> Line:
    """A task's final failure."""
    event: ev.TaskFailed = moment.event
    sent = moment.sent()
    retries = sent.retries if sent is not None else 0
    words = say.FAILED_FOR_GOOD if retries else say.FAILED
    exception = exception_text(event.exception)
    return line(words, worker=event.hostname, task=event.uuid, exception=exception, retries=retries)


def after_the_end(moment: EventContext) -> list[Line]:
    """Sentences on a worker's next step after an execution; empty if no slot had run it."""
    event: ev.TaskSucceeded | ev.TaskFailed | ev.TaskRetried | ev.TaskRejected = moment.event
    if not event.slot:
        return []
    world = moment.world
    worker = world.workers[event.hostname]
    if worker.life != "online" or is_stopping(world, worker):
        return []
    waiting = worker.reserved()
    rate = rate_of(world, event.hostname, waiting[0]) if waiting else ""
    if rate:
        return [line(NEXT_LIMITED, worker=event.hostname, task=waiting[0], rate=rate)]
    if waiting:
        return [line(say.NEXT_RESERVED, worker=event.hostname, task=waiting[0])]
    if worker.busy:
        return [line(say.SLOT_FREE, worker=event.hostname, slot=event.slot)]
    if worker.scheduled():
        return [idle(worker)]
    return [line(say.IDLE_AGAIN, worker=event.hostname)]


def _why(why: str) -> Words | str:
    return WHYS.get(why, why)


def _worker_offline(moment: EventContext) -> Line:
    event: ev.WorkerOffline = moment.event
    asked = moment.timeline.trace.events[event.cause] if event.cause >= 0 else None
    cold = isinstance(asked, ev.SettingChanged) and asked.value == "cold"
    return line(say.WORKER_OFFLINE_COLD if cold else say.WORKER_OFFLINE, worker=event.hostname)


def _worker_lost(moment: EventContext) -> Line:
    return line(say.WORKER_LOST, worker=moment.event.hostname)


def _worker_heartbeat(moment: EventContext) -> Line:
    event: ev.WorkerHeartbeat = moment.event
    return line(say.HEARTBEAT, worker=event.hostname, active=event.active, processed=event.processed)


def _child_started(moment: EventContext) -> Line:
    event: ev.ChildStarted = moment.event
    words = say.CHILD_STARTED_FOR if event.why else say.CHILD_STARTED
    return line(words, worker=event.hostname, slot=event.slot, memory=f"{event.memory:g}", why=_why(event.why))


def _child_exited(moment: EventContext) -> Line:
    event: ev.ChildExited = moment.event
    words = say.CHILD_KILLED if event.why == "killed" else say.CHILD_EXITED
    return line(words, worker=event.hostname, slot=event.slot, memory=f"{event.memory:g}", why=_why(event.why))


def _pool_resized(moment: EventContext) -> Line:
    event: ev.PoolResized = moment.event
    return line(say.POOL_RESIZED, worker=event.hostname, size=event.size, why=_why(event.why))


def _effect(moment: EventContext) -> Line:
    event: ev.Effect = moment.event
    history = moment.timeline.index.history(event.uuid, moment.index + 1)
    times = sum(isinstance(moment.timeline.trace.events[place], ev.Effect) for place in history)
    return line(say.EFFECT_AGAIN if times > 1 else say.EFFECT, worker=event.hostname, task=event.uuid, times=times)


def _task_rejected(moment: EventContext) -> Line:
    event: ev.TaskRejected = moment.event
    words = say.TASK_REJECTED_BACK if event.requeue else say.TASK_REJECTED
    return line(words, worker=event.hostname, task=event.uuid)


def _task_rejected_fully(moment: EventContext) -> list[Line]:
    return [_task_rejected(moment), *after_the_end(moment)]


def _task_cancelled(moment: EventContext) -> Line:
    event: ev.TaskCancelled = moment.event
    return line(say.TASK_CANCELLED, worker=event.hostname, task=event.uuid)


def _task_ignored(moment: EventContext) -> Line:
    event: ev.TaskIgnored = moment.event
    return line(say.TASK_IGNORED, worker=event.hostname, task=event.uuid)


def _result_lost(moment: EventContext) -> Line:
    event: ev.ResultLost = moment.event
    return line(say.RESULT_LOST, worker=event.hostname, task=event.uuid, state=event.state)


def _setting_changed(moment: EventContext) -> Line:
    event: ev.SettingChanged = moment.event
    setting, _, name = event.setting.partition(".")
    if setting == "revoke" and _waits_in_pool(moment):
        return _revoke(event, "", say.REVOKE_HEARD_BY_POOL)
    words = CHANGES.get(setting)
    if words is None or (setting == "rate_limit" and not name):  # a service's own, set by a line under faults
        return line(say.SETTING, who=event.hostname, setting=event.setting, value=flow_text(event.value))
    return words(event, name)


def _shutdown(event: ev.SettingChanged, _: str) -> Line:
    return line(SHUTDOWNS.get(str(event.value), say.WARM_SHUTDOWN), worker=event.hostname)


def _down(event: ev.SettingChanged, _: str) -> Line:
    if event.value is None:
        return line(say.SERVICE_UP, service=event.hostname)
    return line(say.SERVICE_DOWN, service=event.hostname, exception=event.value)


def _running(event: ev.SettingChanged, _: str) -> Line:
    return line(say.BEAT_STARTED if event.value else say.BEAT_ENDED, who=event.hostname)


def _waits_in_pool(moment: EventContext) -> bool:
    """Return True if what waits for a slot of the event's worker is in its pool already."""
    worker = moment.world.workers[moment.event.hostname].info
    kind = transport_named(worker.settings.get("transport"))
    return worker.pool != "prefork" or (kind is not None and kind.waits_in_pool)


def _revoke(event: ev.SettingChanged, _: str, words: Words = say.REVOKE_HEARD) -> Line:
    ids = [event.value] if isinstance(event.value, str) else list(event.value)
    return line(words, who=event.hostname, value=name_list(ids))


def _rate_limit(event: ev.SettingChanged, name: str) -> Line:
    words = say.RATE_LIMITED if event.value else say.RATE_FREE
    return line(words, who=event.hostname, name=name, value=event.value)


def _time_limit(event: ev.SettingChanged, name: str) -> Line:
    soft, hard = ("-" if limit is None else Seconds(to_micros(limit)) for limit in event.value)
    return line(say.TIME_LIMITED, who=event.hostname, name=name, soft=soft, hard=hard)


def _autoscale(event: ev.SettingChanged, _: str) -> Line:
    most, least = ("=" if bound is None else bound for bound in event.value)
    return line(say.AUTOSCALE_SET, who=event.hostname, most=most, least=least)


def _queues(event: ev.SettingChanged, _: str) -> Line:
    words = say.QUEUES_SET if event.value else say.QUEUES_NONE
    return line(words, who=event.hostname, queues=name_list(event.value))


SHUTDOWNS = {
    "warm": say.WARM_SHUTDOWN,
    "soft": say.SOFT_SHUTDOWN,
    "cold": say.COLD_SHUTDOWN,
    "consumer-timeout": say.CONSUMER_TIMEOUT,
    "outage": say.OUTAGE,
}
"""Sentences by kind of shutdown."""

CONNECTIONS = {
    "lost": Words(
        "{worker}: Broker와 연결이 끊겼습니다. 실행 중인 Task는 계속되지만 ACK를 보낼 수 없습니다",
        "{worker}: Lost its connection to the broker. Running tasks go on, but cannot be ACKed",
    ),
    "restored": Words("{worker}: Broker에 다시 연결되었습니다", "{worker}: Connected to the broker again"),
}

_AT_THE_FRONT = Words("맨 앞", "at the front")
_NTH_PLACE = Words("앞에서 {place}번째", "position {place}")

_RETURNS = {
    "connection-lost": say.CONNECTION_LOST,
    "shutdown": say.GIVEN_BACK,
    "visibility-timeout": say.LEASE_OVER,
    "consumer-timeout": say.OVERDUE,
}

BREAKERS = {"open": say.BREAKER_OPEN, "closed": say.BREAKER_CLOSED}
CHANGES: dict[str, Callable[[ev.SettingChanged, str], Line]] = {
    "shutdown": _shutdown,
    "down": _down,
    "running": _running,
    "latency": lambda event, _: line(say.LATENCY, who=event.hostname, value=Seconds(to_micros(event.value))),
    "revoke": _revoke,
    "rate_limit": _rate_limit,
    "time_limit": _time_limit,
    "pool_grow": lambda event, _: line(say.POOL_GROW, who=event.hostname, value=event.value),
    "pool_shrink": lambda event, _: line(say.POOL_SHRINK, who=event.hostname, value=event.value),
    "autoscale": _autoscale,
    "queues": _queues,
    "replicas": lambda event, _: line(say.REPLICAS, who=event.hostname, value=event.value),
    "unacked_mutex": lambda event, _: line(say.LOCK_LEFT, worker=event.hostname, value=Seconds(to_micros(event.value))),
    "connection": lambda event, _: line(CONNECTIONS[event.value], worker=event.hostname),
    "breaker": lambda event, _: line(BREAKERS[event.value], service=event.hostname),
}
"""Sentences by changed setting, named without the part after its dot."""


def _command_unheard(moment: EventContext) -> Line:
    event: ev.CommandUnheard = moment.event
    return line(say.COMMAND_UNHEARD, command=event.command, names=name_list(event.names))


def _broker_down(moment: EventContext) -> Line:
    return line(say.BROKER_DOWN)


def _broker_up(moment: EventContext) -> Line:
    return line(say.BROKER_UP)


def _publish_failed(moment: EventContext) -> Line:
    event: ev.PublishFailed = moment.event
    return line(say.PUBLISH_FAILED, who=publisher_name(event.hostname), task=event.uuid, why=_why(event.why))


def _dead_lettered(moment: EventContext) -> Line:
    event: ev.MessageDeadLettered = moment.event
    words = say.DEAD_LETTERED_FROM if event.source else say.DEAD_LETTERED
    return line(words, task=event.uuid, queue=event.queue, source=event.source, why=_why(event.why))


def _message_requeued(moment: EventContext) -> Line:
    event: ev.MessageRequeued = moment.event
    words = _RETURNS.get(event.why, say.REQUEUED)
    place = line(_NTH_PLACE, place=event.position + 1) if event.position else line(_AT_THE_FRONT)
    return line(words, worker=event.hostname, task=event.uuid, place=place, why=_why(event.why))


def _message_dropped(moment: EventContext) -> Line:
    event: ev.MessageDropped = moment.event
    if event.why == "rejected" and event.hostname:
        return line(say.REJECTED, worker=event.hostname, task=event.uuid)
    if event.why == "max-length":
        return line(say.OVERFLOWED, task=event.uuid, queue=event.queue)
    if event.why == "expired":
        return line(say.EXPIRED_IN_QUEUE, task=event.uuid, queue=event.queue)
    if event.why == "delivery-limit":
        return line(say.RETURNED_TOO_OFTEN, task=event.uuid)
    return line(say.DROPPED, task=event.uuid, why=_why(event.why))


def _message_dropped_fully(moment: EventContext) -> list[Line]:
    event: ev.MessageDropped = moment.event
    dropped = _message_dropped(moment)
    sent = moment.sent()
    if event.why != "rejected" or sent is None or moment.before(ev.TaskReceived) is not None:
        return [dropped]
    # It was not even received: no function has that name.
    parsed = line(say.RECEIVED_PARSE, worker=event.hostname, task=event.uuid)
    fields = message_lines(sent) if moment.first else []
    return [parsed, *fields, line(say.NOT_REGISTERED, worker=event.hostname, name=sent.name), dropped]


def _task_retried(moment: EventContext) -> Line:
    event: ev.TaskRetried = moment.event
    if event.exception == "None":
        return line(say.RETRIED_BARE, worker=event.hostname, task=event.uuid)
    return line(say.RETRIED, worker=event.hostname, task=event.uuid, exception=exception_text(event.exception))


def _task_retried_fully(moment: EventContext) -> list[Line]:
    return [_task_retried(moment), *after_the_end(moment)]


def _task_revoked(moment: EventContext) -> Line:
    event: ev.TaskRevoked = moment.event
    sent = moment.sent()
    if event.expired and sent is not None and sent.expires is not None:
        return line(say.EXPIRED, worker=event.hostname, task=event.uuid, expires=Seconds(sent.expires))
    return line(say.TERMINATED if event.terminated else say.REVOKED, worker=event.hostname, task=event.uuid)


def _task_scheduled(moment: EventContext) -> Line:
    event: ev.TaskScheduled = moment.event
    return line(say.SCHEDULED, worker=event.hostname, task=event.uuid, eta=Seconds(event.eta))


def _task_scheduled_fully(moment: EventContext) -> list[Line]:
    worker = moment.world.workers[moment.event.hostname]
    waits = [] if worker.busy or worker.reserved() else [idle(worker)]
    return [_task_scheduled(moment), *waits]


def _task_lost(moment: EventContext) -> Line:
    event: ev.TaskLost = moment.event
    words = say.TASK_LOST_GONE if event.why == "gone" else say.TASK_LOST
    return line(words, worker=event.hostname, task=event.uuid)


MISHAPS: dict[type[ev.Event], Teller] = {
    ev.WorkerOffline: Teller(_worker_offline),
    ev.WorkerLost: Teller(_worker_lost),
    ev.WorkerHeartbeat: Teller(_worker_heartbeat),
    ev.ChildStarted: Teller(_child_started),
    ev.ChildExited: Teller(_child_exited),
    ev.PoolResized: Teller(_pool_resized),
    ev.Effect: Teller(_effect),
    ev.TaskRejected: Teller(_task_rejected, _task_rejected_fully),
    ev.TaskCancelled: Teller(_task_cancelled),
    ev.TaskIgnored: Teller(_task_ignored),
    ev.ResultLost: Teller(_result_lost),
    ev.SettingChanged: Teller(_setting_changed),
    ev.CommandUnheard: Teller(_command_unheard),
    ev.BrokerDown: Teller(_broker_down),
    ev.BrokerUp: Teller(_broker_up),
    ev.PublishFailed: Teller(_publish_failed),
    ev.MessageDeadLettered: Teller(_dead_lettered),
    ev.MessageRequeued: Teller(_message_requeued),
    ev.MessageDropped: Teller(_message_dropped, _message_dropped_fully),
    ev.TaskRetried: Teller(_task_retried, _task_retried_fully),
    ev.TaskRevoked: Teller(_task_revoked),
    ev.TaskScheduled: Teller(_task_scheduled, _task_scheduled_fully),
    ev.TaskLost: Teller(_task_lost),
}
"""Tellers of these events."""

"""How it is told when something goes wrong, waits for its time, or goes away."""

from __future__ import annotations

from simulator.story import sentences as say
from simulator.story.catalog import Line, Words, line, plain
from simulator.story.moment import Moment, Teller, who
from simulator.story.values import Joined, Seconds, exception_text, flow_text, message_lines
from simulator.trace import events as ev
from simulator.world import WorkerView, World

WHYS = {
    "broker-down": Words("Broker 중단", "the Broker is down"),
    "max-length": Words("Queue가 가득 참", "the Queue is full"),
    "connection-lost": Words("연결 끊김", "connection lost"),
    "shutdown": Words("Worker 종료", "worker shutdown"),
    "rejected": Words("거부", "rejected"),
    "failed": Words("Task 실패", "the task failed"),
    "expired": Words("만료", "expired"),
    "max-tasks": Words("max_tasks_per_child", "max_tasks_per_child"),
    "max-memory": Words("max_memory_per_child", "max_memory_per_child"),
    "time-limit": Words("시간 제한", "time limit"),
    "terminated": Words("중단 요청", "terminated"),
    "killed": Words("비정상 종료", "killed"),
    "shrunk": Words("실행 자리 축소", "the pool shrank"),
    "grown": Words("실행 자리 확대", "the pool grew"),
    "replaced": Words("교체", "replacement"),
    "autoscale": Words("autoscale", "autoscale"),
    "delivery-limit": Words("전달 횟수 초과", "delivery limit"),
}
"""The reasons that events give, in words; any other stands as it is."""

ETAS_SHOWN = 3
"""Tasks that are named of those a worker holds."""


def idle(worker: WorkerView) -> Line:
    """A worker that runs nothing: what it waits for, as far as it knows."""
    held = worker.scheduled()
    if not held:
        return line(say.IDLE, worker=worker.hostname)
    shown = [line(_ETA, task=uuid, eta=Seconds(eta)) for uuid, eta in held[:ETAS_SHOWN]]
    rest = [plain(f"… +{len(held) - ETAS_SHOWN}")] if len(held) > ETAS_SHOWN else []
    return line(say.IDLE_ETA, worker=worker.hostname, tasks=Joined((*shown, *rest), ", "))


_ETA = Words("{task} {eta}", "{task} {eta}")


def is_stopping(world: World, worker: WorkerView) -> bool:
    """Whether a worker was asked to shut down since it came online."""
    if worker.life != "online" or (worker.hostname, "shutdown") not in world.settings:
        return False
    for index in range(world.cursor - 1, -1, -1):
        event = world.trace.events[index]
        if isinstance(event, ev.SettingChanged | ev.WorkerOnline) and event.hostname == worker.hostname:
            return isinstance(event, ev.SettingChanged) and event.setting == "shutdown"
    return False


def failed(moment: Moment) -> Line:
    """A task's final failure."""
    event: ev.TaskFailed = moment.event
    sent = moment.sent()
    retries = sent.retries if sent is not None else 0
    words = say.FAILED_FOR_GOOD if retries else say.FAILED
    exception = exception_text(event.exception)
    return line(words, worker=event.hostname, task=event.uuid, exception=exception, retries=retries)


def after_the_end(moment: Moment) -> list[Line]:
    """What a worker does next when an execution has ended; nothing where no slot had run it."""
    event: ev.TaskSucceeded | ev.TaskFailed | ev.TaskRetried | ev.TaskRejected = moment.event
    if not event.slot:
        return []
    world = moment.world
    worker = world.workers[event.hostname]
    if is_stopping(world, worker):
        return []
    waiting = worker.reserved()
    if waiting:
        return [line(say.NEXT_RESERVED, worker=event.hostname, task=waiting[0])]
    if worker.busy:
        return [line(say.SLOT_FREE, worker=event.hostname, slot=event.slot)]
    if worker.scheduled():
        return [idle(worker)]
    return [line(say.IDLE_AGAIN, worker=event.hostname)]


def _why(why: str) -> Words | str:
    return WHYS.get(why, why)


def _worker_offline(moment: Moment) -> Line:
    event: ev.WorkerOffline = moment.event
    asked = moment.timeline.trace.events[event.cause] if event.cause >= 0 else None
    cold = isinstance(asked, ev.SettingChanged) and asked.value == "cold"
    return line(say.WORKER_OFFLINE_COLD if cold else say.WORKER_OFFLINE, worker=event.hostname)


def _worker_lost(moment: Moment) -> Line:
    return line(say.WORKER_LOST, worker=moment.event.hostname)


def _worker_heartbeat(moment: Moment) -> Line:
    event: ev.WorkerHeartbeat = moment.event
    return line(say.HEARTBEAT, worker=event.hostname, active=event.active, processed=event.processed)


def _child_started(moment: Moment) -> Line:
    event: ev.ChildStarted = moment.event
    words = say.CHILD_STARTED_FOR if event.why else say.CHILD_STARTED
    return line(words, worker=event.hostname, slot=event.slot, memory=f"{event.memory:g}", why=_why(event.why))


def _child_exited(moment: Moment) -> Line:
    event: ev.ChildExited = moment.event
    words = say.CHILD_KILLED if event.why == "killed" else say.CHILD_EXITED
    return line(words, worker=event.hostname, slot=event.slot, memory=f"{event.memory:g}", why=_why(event.why))


def _pool_resized(moment: Moment) -> Line:
    event: ev.PoolResized = moment.event
    return line(say.POOL_RESIZED, worker=event.hostname, size=event.size, why=_why(event.why))


def _effect(moment: Moment) -> Line:
    event: ev.Effect = moment.event
    history = moment.timeline.index.history(event.uuid, moment.index + 1)
    times = sum(isinstance(moment.timeline.trace.events[place], ev.Effect) for place in history)
    return line(say.EFFECT_AGAIN if times > 1 else say.EFFECT, worker=event.hostname, task=event.uuid, times=times)


def _task_rejected(moment: Moment) -> Line:
    event: ev.TaskRejected = moment.event
    words = say.TASK_REJECTED_BACK if event.requeue else say.TASK_REJECTED
    return line(words, worker=event.hostname, task=event.uuid)


def _task_rejected_fully(moment: Moment) -> list[Line]:
    return [_task_rejected(moment), *after_the_end(moment)]


def _task_cancelled(moment: Moment) -> Line:
    event: ev.TaskCancelled = moment.event
    return line(say.TASK_CANCELLED, worker=event.hostname, task=event.uuid)


def _setting_changed(moment: Moment) -> Line:
    event: ev.SettingChanged = moment.event
    if event.setting == "shutdown":
        words = say.COLD_SHUTDOWN if event.value == "cold" else say.WARM_SHUTDOWN
        return line(words, worker=event.hostname)
    if event.setting == "down":
        if event.value is None:
            return line(say.SERVICE_UP, service=event.hostname)
        return line(say.SERVICE_DOWN, service=event.hostname, exception=event.value)
    return line(say.SETTING, who=event.hostname, setting=event.setting, value=flow_text(event.value))


def _broker_down(moment: Moment) -> Line:
    return line(say.BROKER_DOWN)


def _broker_up(moment: Moment) -> Line:
    return line(say.BROKER_UP)


def _publish_failed(moment: Moment) -> Line:
    event: ev.PublishFailed = moment.event
    return line(say.PUBLISH_FAILED, who=who(event.hostname), task=event.uuid, why=_why(event.why))


def _dead_lettered(moment: Moment) -> Line:
    event: ev.MessageDeadLettered = moment.event
    words = say.DEAD_LETTERED_FROM if event.source else say.DEAD_LETTERED
    return line(words, task=event.uuid, queue=event.queue, source=event.source, why=_why(event.why))


def _message_requeued(moment: Moment) -> Line:
    event: ev.MessageRequeued = moment.event
    words = {"connection-lost": say.CONNECTION_LOST, "shutdown": say.GIVEN_BACK}.get(event.why, say.REQUEUED)
    place = event.position + 1
    return line(words, worker=event.hostname, task=event.uuid, place=place, why=_why(event.why))


def _message_dropped(moment: Moment) -> Line:
    event: ev.MessageDropped = moment.event
    if event.why == "rejected" and event.hostname:
        return line(say.REJECTED, worker=event.hostname, task=event.uuid)
    if event.why == "max-length":
        return line(say.OVERFLOWED, task=event.uuid, queue=event.queue)
    return line(say.DROPPED, task=event.uuid, why=_why(event.why))


def _message_dropped_fully(moment: Moment) -> list[Line]:
    event: ev.MessageDropped = moment.event
    dropped = _message_dropped(moment)
    sent = moment.sent()
    if event.why != "rejected" or sent is None or moment.before(ev.TaskReceived) is not None:
        return [dropped]
    # It was not even received: no function has that name.
    parsed = line(say.RECEIVED_PARSE, worker=event.hostname, task=event.uuid)
    fields = message_lines(sent) if moment.first else []
    return [parsed, *fields, line(say.NOT_REGISTERED, worker=event.hostname, name=sent.name), dropped]


def _task_retried(moment: Moment) -> Line:
    event: ev.TaskRetried = moment.event
    return line(say.RETRIED, worker=event.hostname, task=event.uuid, exception=exception_text(event.exception))


def _task_retried_fully(moment: Moment) -> list[Line]:
    return [_task_retried(moment), *after_the_end(moment)]


def _task_revoked(moment: Moment) -> Line:
    event: ev.TaskRevoked = moment.event
    sent = moment.sent()
    if event.expired and sent is not None and sent.expires is not None:
        return line(say.EXPIRED, worker=event.hostname, task=event.uuid, expires=Seconds(sent.expires))
    return line(say.TERMINATED if event.terminated else say.REVOKED, worker=event.hostname, task=event.uuid)


def _task_scheduled(moment: Moment) -> Line:
    event: ev.TaskScheduled = moment.event
    return line(say.SCHEDULED, worker=event.hostname, task=event.uuid, eta=Seconds(event.eta))


def _task_scheduled_fully(moment: Moment) -> list[Line]:
    worker = moment.world.workers[moment.event.hostname]
    waits = [] if worker.busy or worker.reserved() else [idle(worker)]
    return [_task_scheduled(moment), *waits]


def _task_lost(moment: Moment) -> Line:
    event: ev.TaskLost = moment.event
    words = say.TASK_LOST_REJECTED if event.why == "rejected" else say.TASK_LOST
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
    ev.SettingChanged: Teller(_setting_changed),
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
"""How each of these events is told."""

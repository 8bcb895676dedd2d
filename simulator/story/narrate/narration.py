"""Narration of events: for every type a short sentence, and full lines if there is more to tell."""

from __future__ import annotations

from simulator.scenario.transports import transport_named
from simulator.story.catalog import Line, Words, line
from simulator.story.narrate import sentences as say
from simulator.story.narrate.gets_words import SUBTASK_SENT, is_subtask
from simulator.story.narrate.limit_words import RESERVED_LIMITED, rate_of
from simulator.story.narrate.mishaps import MISHAPS, after_the_end, failed
from simulator.story.narrate.moment import DEFAULT_QUEUE, EventContext, Teller, publisher_name, transport_of
from simulator.story.narrate.settings import ways
from simulator.story.values import Joined, LocalizedValue, Seconds, exception_text, message_lines
from simulator.trace import events as ev
from simulator.trace import to_micros
from simulator.world import Timeline

CHORD_UNLOCK = "celery.chord_unlock"
"""Celery's own task that polls for the end of a chord's header, where the result backend does not count."""


_INFERRED = Words("{text} (추론)", "{text} (inferred)")
"""Marks an event of a recording that nobody reported and that was inferred from others."""


def sentence(timeline: Timeline, index: int, lang: str) -> str:
    """One line about an event, in `ko` or `en` (`both`: two lines)."""
    moment = EventContext(timeline, index)
    return _marked(moment, TELLERS[type(moment.event)].short(moment)).text(lang)


def _marked(moment: EventContext, told: Line) -> Line:
    return line(_INFERRED, text=told) if moment.event.inferred else told


def narrate(timeline: Timeline, index: int, *, first: bool = True) -> list[Line]:
    """All lines about an event. `first`: explain what a later event of its kind can leave out."""
    moment = EventContext(timeline, index, first)
    teller = TELLERS[type(moment.event)]
    told, *more = [teller.short(moment)] if teller.full is None else teller.full(moment)
    return [_marked(moment, told), *more]


def _queue_declared(moment: EventContext) -> Line:
    return line(say.QUEUE_DECLARED, queue=moment.event.queue)


def _worker_online(moment: EventContext) -> Line:
    event: ev.WorkerOnline = moment.event
    return line(say.WORKER_ONLINE, worker=event.hostname, queues=", ".join(event.queues))


def _worker_online_fully(moment: EventContext) -> list[Line]:
    event: ev.WorkerOnline = moment.event
    return [_worker_online(moment), *ways(event, event.hostname)]


def _task_sent(moment: EventContext) -> Line:
    event: ev.TaskSent = moment.event
    names = {"who": publisher_name(event.hostname), "task": event.uuid}
    if _is_copy(moment):
        return line(say.COPY_SENT, **names, queue=event.queue)
    if not event.retries:
        return line(_sending(moment), **names, name=event.name, options=_options(event), **_canvas(event))
    words = say.RETRY_SENT if event.eta is not None else say.RETRY_SENT_NOW
    return line(words, **names, retries=event.retries, delay=Seconds((event.eta or event.t) - event.t))


def _sending(moment: EventContext) -> Words:
    """Words for a first publish: a producer's, the next link of a canvas, or the body of a chord."""
    event: ev.TaskSent = moment.event
    if event.name == CHORD_UNLOCK:
        return say.UNLOCK_SENT
    if event.parent_id is None or event.cause < 0:
        return say.TASK_SENT
    cause = moment.timeline.trace.events[event.cause]
    parent = moment.timeline.index.publish(getattr(cause, "message", 0))
    if is_subtask(moment.timeline.trace, event, parent):
        return SUBTASK_SENT
    joined = isinstance(cause, ev.ResultStored | ev.TaskRevoked) or (parent is not None and parent.name == CHORD_UNLOCK)
    return say.BODY_SENT if joined else say.LINK_SENT


def _canvas(event: ev.TaskSent) -> dict[str, object]:
    return {"parent": event.parent_id, "eta": Seconds(event.eta or event.t)}


def _task_sent_fully(moment: EventContext) -> list[Line]:
    event: ev.TaskSent = moment.event
    sent = _task_sent(moment)
    if not event.retries or _is_copy(moment):
        return [sent]
    raised = line(say.RAISED_RETRYABLE, worker=event.hostname, task=event.uuid)
    explained = [line(say.RETRY_IS_NEW, worker=event.hostname, retries=event.retries)] if moment.first else []
    return [raised, *explained, sent]


def _is_copy(moment: EventContext) -> bool:
    """Return True if a worker publishes a copy of a failed task: only such a copy follows from a stored result."""
    cause = moment.event.cause
    if cause < 0:
        return False
    stored = moment.timeline.trace.events[cause]
    # Another task that follows from it is the body of a chord.
    return isinstance(stored, ev.ResultStored) and stored.uuid == moment.event.uuid


def _options(event: ev.TaskSent) -> Joined:
    """Options of `apply_async`, besides the arguments."""
    parts = []
    if event.eta is not None:
        parts.append(line(say.OPTION_ETA, eta=Seconds(event.eta)))
    if event.expires is not None:
        parts.append(line(say.OPTION_EXPIRES, expires=Seconds(event.expires)))
    if event.priority is not None:
        parts.append(line(say.OPTION_PRIORITY, priority=event.priority))
    return Joined(tuple(parts))


NOT_RAISED = ("WorkerLostError(", "TimeLimitExceeded(")
"""Exceptions that no code raised: the worker's main process reports them for a child that is gone."""


def _message_queued(moment: EventContext) -> Line:
    event: ev.MessageQueued = moment.event
    words = say.MESSAGE_QUEUED if event.queue == DEFAULT_QUEUE else say.MESSAGE_QUEUED_IN
    return line(words, task=event.uuid, queue=event.queue)


def _poll(moment: EventContext) -> Line:
    event: ev.Poll = moment.event
    return line(say.ASKS if event.found else say.EMPTY_POLL, worker=event.hostname)


def _poll_fully(moment: EventContext) -> list[Line]:
    event: ev.Poll = moment.event
    asks = line(say.ASKS, worker=event.hostname)
    if event.found:
        return [asks]
    interval = moment.world.workers[event.hostname].info.settings.get("polling_interval")
    idle = line(say.STAYS_IDLE_PLAIN, worker=event.hostname)
    if interval is not None:
        idle = line(say.STAYS_IDLE, worker=event.hostname, when=Seconds(event.t + to_micros(interval)))
    return [asks, line(say.NOT_YET, worker=event.hostname), idle]


def _message_delivered(moment: EventContext) -> Line:
    event: ev.MessageDelivered = moment.event
    asked = event.cause >= 0 and isinstance(moment.timeline.trace.events[event.cause], ev.Poll)
    if asked:
        words = say.DELIVERED
    else:
        kind = transport_named(transport_of(moment.timeline.trace))
        words = say.HANDED if kind is not None and kind.delivers == "blocking" else say.PUSHED
    said = line(words, worker=event.hostname, task=event.uuid, call=moment.call())
    if event.chance:
        said = line(say.DELIVERED_BY_CHANCE, said=said, queue=event.queue)
    return line(say.DELIVERED_AGAIN, said=said) if event.redelivered else said


def _message_acked(moment: EventContext) -> Line:
    event: ev.MessageAcked = moment.event
    sent = moment.sent()
    if moment.before(ev.TaskRevoked) is not None or moment.before(ev.TaskFailed) is not None:
        words = say.ACKED_ENDED
    elif moment.before(ev.TaskStarted) is not None:
        words = say.ACKED_LATE
    elif sent is not None and sent.expires is not None and event.t >= sent.expires and not moment.runs_next():
        words = say.ACKED_EXPIRED
    else:
        words = say.ACKED_EARLY
    return line(words, worker=event.hostname, task=event.uuid)


def _message_acked_fully(moment: EventContext) -> list[Line]:
    event: ev.MessageAcked = moment.event
    worker = moment.world.workers[event.hostname]
    if moment.before(ev.TaskStarted) is None and event.uuid in worker.revoked() and not moment.runs_next():
        return [line(say.ACKED_REVOKED, worker=event.hostname, task=event.uuid)]
    return [_message_acked(moment)]


def _task_received(moment: EventContext) -> Line:
    event: ev.TaskReceived = moment.event
    return line(say.RECEIVED, worker=event.hostname, task=event.uuid, name=event.name)


def _task_received_fully(moment: EventContext) -> list[Line]:
    event: ev.TaskReceived = moment.event
    lines = [_task_received(moment)]
    if moment.first:
        found = line(say.LOOKED_UP, worker=event.hostname, name=event.name)
        lines = [line(say.RECEIVED_PARSE, worker=event.hostname, task=event.uuid), *message_lines(event), found]
    if event.eta is not None and event.eta > event.t:
        return lines  # it will be scheduled, not reserved
    worker = moment.world.workers[event.hostname]
    rate = rate_of(moment.world, event.hostname, event.uuid)
    if rate and len(worker.reserved()) + worker.busy > 1:
        lines.append(line(RESERVED_LIMITED, worker=event.hostname, task=event.uuid, rate=rate))
    elif worker.busy + len(worker.reserved()) > worker.concurrency:
        lines.append(line(say.RESERVED, worker=event.hostname, task=event.uuid))
    return lines


def _task_started(moment: EventContext) -> Line:
    event: ev.TaskStarted = moment.event
    sent = moment.sent()
    retries = sent.retries if sent is not None else 0
    words = say.STARTED_AGAIN if retries else say.STARTED
    return line(words, worker=event.hostname, task=event.uuid, call=moment.call(), retries=retries)


def _task_started_fully(moment: EventContext) -> list[Line]:
    event: ev.TaskStarted = moment.event
    sent = moment.sent()
    if not moment.first or sent is None:
        return [_task_started(moment)]
    args, kwargs = LocalizedValue(sent.args), LocalizedValue(sent.kwargs)
    return [
        line(say.PREPARED, worker=event.hostname, args=args, kwargs=kwargs),
        line(say.CALLED, worker=event.hostname, call=moment.call()),
        line(say.IS_RUNNING, worker=event.hostname, task=event.uuid),
    ]


def _result_stored(moment: EventContext) -> Line:
    event: ev.ResultStored = moment.event
    if event.state == "SUCCESS":
        return line(say.STORED, worker=event.hostname, task=event.uuid, result=LocalizedValue(event.result))
    if event.state == "STARTED":
        return line(say.STORED_STARTED, worker=event.hostname, task=event.uuid)
    if not event.message:
        return line(
            say.STORED_NEVER_SENT, worker=event.hostname, task=event.uuid, exception=exception_text(event.result)
        )
    words = say.STORED_FAILURE if event.state == "FAILURE" else say.STORED_STATE
    exception = exception_text(event.result)
    return line(words, worker=event.hostname, task=event.uuid, state=event.state, exception=exception)


def _result_stored_fully(moment: EventContext) -> list[Line]:
    event: ev.ResultStored = moment.event
    if event.state not in ("SUCCESS", "FAILURE") or moment.before(ev.TaskStarted) is None:
        return [_result_stored(moment)]
    stored = line(say.STORED_PLAIN, worker=event.hostname, state=event.state)
    if event.state == "SUCCESS":
        result = LocalizedValue(event.result)
        return [line(say.RETURNED, worker=event.hostname, task=event.uuid, result=result), stored]
    if str(event.result).startswith(NOT_RAISED):
        return [_result_stored(moment)]
    raised = line(say.RAISED, worker=event.hostname, task=event.uuid, exception=exception_text(event.result))
    return [raised, stored]


def _task_succeeded(moment: EventContext) -> Line:
    event: ev.TaskSucceeded = moment.event
    return line(say.SUCCEEDED, worker=event.hostname, task=event.uuid, runtime=Seconds(event.runtime))


def _task_succeeded_fully(moment: EventContext) -> list[Line]:
    return [_task_succeeded(moment), *after_the_end(moment)]


def _task_failed_fully(moment: EventContext) -> list[Line]:
    return [failed(moment), *after_the_end(moment)]


TELLERS: dict[type[ev.Event], Teller] = {
    ev.QueueDeclared: Teller(_queue_declared),
    ev.WorkerOnline: Teller(_worker_online, _worker_online_fully),
    ev.TaskSent: Teller(_task_sent, _task_sent_fully),
    ev.MessageQueued: Teller(_message_queued),
    ev.Poll: Teller(_poll, _poll_fully),
    ev.MessageDelivered: Teller(_message_delivered),
    ev.MessageAcked: Teller(_message_acked, _message_acked_fully),
    ev.TaskReceived: Teller(_task_received, _task_received_fully),
    ev.TaskStarted: Teller(_task_started, _task_started_fully),
    ev.ResultStored: Teller(_result_stored, _result_stored_fully),
    ev.TaskSucceeded: Teller(_task_succeeded, _task_succeeded_fully),
    ev.TaskFailed: Teller(failed, _task_failed_fully),
    **MISHAPS,
}
"""Tellers by type of event."""

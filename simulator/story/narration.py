"""What happens, in sentences: for every type of event a short one, and lines in full where there is more to tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from simulator.story import sentences as say
from simulator.story.catalog import Line, line
from simulator.story.settings import ways
from simulator.story.values import Seconds, call_text, message_lines, value_text
from simulator.trace import events as ev
from simulator.trace import to_micros
from simulator.world import Timeline, World

DEFAULT_QUEUE = "celery"
"""Celery's default queue: its name goes without saying."""

DEFAULT_PRODUCER = "producer"


@dataclass(frozen=True, slots=True)
class Moment:
    """An event among the others. `first`: nothing like it was told before, so the telling may take its time."""

    timeline: Timeline
    index: int
    first: bool = True

    @property
    def event(self) -> Any:
        """The event itself."""
        return self.timeline.trace.events[self.index]

    @property
    def world(self) -> World:
        """The world right after the event."""
        return self.timeline.at(self.index + 1)

    def sent(self) -> ev.TaskSent | None:
        """The publish of the event's message; None in a recording that does not have it."""
        return self.timeline.index.publish(self.event.message)

    def name(self) -> str:
        """The name of the event's task."""
        sent = self.sent()
        return sent.name if sent is not None else "?"

    def call(self) -> str:
        """The call that the event's message asks for."""
        sent = self.sent()
        return call_text(sent.name, sent.args, sent.kwargs) if sent is not None else ""

    def before(self, kind: type[ev.Event]) -> ev.Event | None:
        """The latest earlier event of that type for the same delivery."""
        index, before, events = self.index, self.timeline.index.before, self.timeline.trace.events
        tag = self.event.delivery_tag
        while (index := before[index]) >= 0:
            if type(events[index]) is kind and getattr(events[index], "delivery_tag", 0) == tag:
                return events[index]
        return None


class Teller(NamedTuple):
    """How an event is told."""

    short: Callable[[Moment], Line]
    """In one line, from the event and its task alone: cheap enough for a list of hundreds."""
    full: Callable[[Moment], list[Line]] | None = None
    """In as many lines as it takes, with a look at the world."""


def sentence(timeline: Timeline, index: int, lang: str) -> str:
    """One line about an event, in `ko` or `en` (`both`: two lines)."""
    moment = Moment(timeline, index)
    return TELLERS[type(moment.event)].short(moment).text(lang)


def narrate(timeline: Timeline, index: int, *, first: bool = True) -> list[Line]:
    """All that is to be said of an event. `first`: explain what a later event of its kind can leave out."""
    moment = Moment(timeline, index, first)
    teller = TELLERS[type(moment.event)]
    return [teller.short(moment)] if teller.full is None else teller.full(moment)


def _queue_declared(moment: Moment) -> Line:
    return line(say.QUEUE_DECLARED, queue=moment.event.queue)


def _worker_online(moment: Moment) -> Line:
    event: ev.WorkerOnline = moment.event
    return line(say.WORKER_ONLINE, worker=event.hostname, queues=", ".join(event.queues))


def _worker_online_fully(moment: Moment) -> list[Line]:
    event: ev.WorkerOnline = moment.event
    return [_worker_online(moment), *ways(event, event.hostname)]


def _worker_offline(moment: Moment) -> Line:
    return line(say.WORKER_OFFLINE, worker=moment.event.hostname)


def _worker_lost(moment: Moment) -> Line:
    return line(say.WORKER_LOST, worker=moment.event.hostname)


def _task_sent(moment: Moment) -> Line:
    event: ev.TaskSent = moment.event
    who = "Producer" if event.hostname == DEFAULT_PRODUCER else event.hostname
    words = say.TASK_SENT_AGAIN if event.retries else say.TASK_SENT
    return line(words, who=who, task=event.uuid, name=event.name, retries=event.retries)


def _message_queued(moment: Moment) -> Line:
    event: ev.MessageQueued = moment.event
    words = say.MESSAGE_QUEUED if event.queue == DEFAULT_QUEUE else say.MESSAGE_QUEUED_IN
    return line(words, task=event.uuid, queue=event.queue)


def _poll(moment: Moment) -> Line:
    event: ev.Poll = moment.event
    return line(say.ASKS if event.found else say.ASKS_IN_VAIN, worker=event.hostname)


def _poll_fully(moment: Moment) -> list[Line]:
    event: ev.Poll = moment.event
    asks = line(say.ASKS, worker=event.hostname)
    if event.found:
        return [asks]
    interval = moment.world.workers[event.hostname].info.settings.get("polling_interval")
    idle = line(say.STAYS_IDLE_PLAIN, worker=event.hostname)
    if interval is not None:
        idle = line(say.STAYS_IDLE, worker=event.hostname, when=Seconds(event.t + to_micros(interval)))
    return [asks, line(say.NOT_YET, worker=event.hostname), idle]


def _message_delivered(moment: Moment) -> Line:
    event: ev.MessageDelivered = moment.event
    asked = event.cause >= 0 and isinstance(moment.timeline.trace.events[event.cause], ev.Poll)
    words = say.DELIVERED if asked else say.PUSHED
    said = line(words, worker=event.hostname, task=event.uuid, call=moment.call())
    return line(say.DELIVERED_AGAIN, said=said) if event.redelivered else said


def _message_acked(moment: Moment) -> Line:
    event: ev.MessageAcked = moment.event
    words = say.ACKED_LATE if moment.before(ev.TaskStarted) is not None else say.ACKED_EARLY
    return line(words, worker=event.hostname, task=event.uuid)


def _message_requeued(moment: Moment) -> Line:
    event: ev.MessageRequeued = moment.event
    words = say.CONNECTION_LOST if event.why == "connection-lost" else say.REQUEUED
    return line(words, worker=event.hostname, task=event.uuid, place=event.position + 1, why=event.why)


def _message_dropped(moment: Moment) -> Line:
    event: ev.MessageDropped = moment.event
    words = say.REJECTED if event.why == "rejected" and event.hostname else say.DROPPED
    return line(words, worker=event.hostname, task=event.uuid, why=event.why)


def _message_dropped_fully(moment: Moment) -> list[Line]:
    event: ev.MessageDropped = moment.event
    dropped = _message_dropped(moment)
    sent = moment.sent()
    if event.why != "rejected" or sent is None or moment.before(ev.TaskReceived) is not None:
        return [dropped]
    # It was not even received: no function has that name.
    unknown = line(say.NOT_REGISTERED, worker=event.hostname, name=sent.name)
    return [*_parsed(moment, sent, event.hostname), unknown, dropped]


def _parsed(moment: Moment, event: ev.TaskSent | ev.TaskReceived, worker: str) -> list[Line]:
    parsed = line(say.RECEIVED_PARSE, worker=worker, task=event.uuid)
    if not moment.first:
        return [parsed]
    return [parsed, *message_lines(event)]


def _task_received(moment: Moment) -> Line:
    event: ev.TaskReceived = moment.event
    return line(say.RECEIVED, worker=event.hostname, task=event.uuid, name=event.name)


def _task_received_fully(moment: Moment) -> list[Line]:
    event: ev.TaskReceived = moment.event
    lines = [_task_received(moment)]
    if moment.first:
        found = line(say.LOOKED_UP, worker=event.hostname, name=event.name)
        lines = [*_parsed(moment, event, event.hostname), found]
    worker = moment.world.workers[event.hostname]
    if worker.busy + len(worker.reserved()) > worker.concurrency:
        lines.append(line(say.RESERVED, worker=event.hostname, task=event.uuid))
    return lines


def _task_started(moment: Moment) -> Line:
    event: ev.TaskStarted = moment.event
    return line(say.STARTED, worker=event.hostname, task=event.uuid, call=moment.call())


def _task_started_fully(moment: Moment) -> list[Line]:
    event: ev.TaskStarted = moment.event
    sent = moment.sent()
    if not moment.first or sent is None:
        return [_task_started(moment)]
    args, kwargs = value_text(sent.args), value_text(sent.kwargs)
    return [
        line(say.PREPARED, worker=event.hostname, args=args, kwargs=kwargs),
        line(say.CALLED, worker=event.hostname, call=moment.call()),
        line(say.IS_RUNNING, worker=event.hostname, task=event.uuid),
    ]


def _result_stored(moment: Moment) -> Line:
    event: ev.ResultStored = moment.event
    if event.state == "SUCCESS":
        return line(say.STORED, worker=event.hostname, task=event.uuid, result=value_text(event.result))
    return line(say.STORED_FAILURE, worker=event.hostname, task=event.uuid, exception=event.result)


def _result_stored_fully(moment: Moment) -> list[Line]:
    event: ev.ResultStored = moment.event
    if moment.before(ev.TaskStarted) is None:
        return [_result_stored(moment)]
    words = say.RETURNED if event.state == "SUCCESS" else say.RAISED
    result = value_text(event.result)
    returned = line(words, worker=event.hostname, task=event.uuid, result=result, exception=event.result)
    return [returned, line(say.STORED_PLAIN, worker=event.hostname, state=event.state)]


def _task_succeeded(moment: Moment) -> Line:
    event: ev.TaskSucceeded = moment.event
    return line(say.SUCCEEDED, worker=event.hostname, task=event.uuid, runtime=Seconds(event.runtime))


def _task_failed(moment: Moment) -> Line:
    event: ev.TaskFailed = moment.event
    return line(say.FAILED, worker=event.hostname, task=event.uuid, exception=event.exception)


def _ended_fully(moment: Moment) -> list[Line]:
    """How it ended, and what the worker does next."""
    event: ev.TaskSucceeded | ev.TaskFailed = moment.event
    ended = _task_succeeded(moment) if isinstance(event, ev.TaskSucceeded) else _task_failed(moment)
    if not event.slot:
        return [ended]
    worker = moment.world.workers[event.hostname]
    waiting = worker.reserved()
    if waiting:
        return [ended, line(say.NEXT_RESERVED, worker=event.hostname, task=waiting[0])]
    if worker.busy:
        return [ended, line(say.SLOT_FREE, worker=event.hostname, slot=event.slot)]
    return [ended, line(say.IDLE_AGAIN, worker=event.hostname)]


def _task_lost(moment: Moment) -> Line:
    event: ev.TaskLost = moment.event
    return line(say.TASK_LOST, worker=event.hostname, task=event.uuid)


TELLERS: dict[type[ev.Event], Teller] = {
    ev.QueueDeclared: Teller(_queue_declared),
    ev.WorkerOnline: Teller(_worker_online, _worker_online_fully),
    ev.WorkerOffline: Teller(_worker_offline),
    ev.WorkerLost: Teller(_worker_lost),
    ev.TaskSent: Teller(_task_sent),
    ev.MessageQueued: Teller(_message_queued),
    ev.Poll: Teller(_poll, _poll_fully),
    ev.MessageDelivered: Teller(_message_delivered),
    ev.MessageAcked: Teller(_message_acked),
    ev.MessageRequeued: Teller(_message_requeued),
    ev.MessageDropped: Teller(_message_dropped, _message_dropped_fully),
    ev.TaskReceived: Teller(_task_received, _task_received_fully),
    ev.TaskStarted: Teller(_task_started, _task_started_fully),
    ev.ResultStored: Teller(_result_stored, _result_stored_fully),
    ev.TaskSucceeded: Teller(_task_succeeded, _ended_fully),
    ev.TaskFailed: Teller(_task_failed, _ended_fully),
    ev.TaskLost: Teller(_task_lost),
}
"""How each type of event is told."""

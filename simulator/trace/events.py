"""The events of a run, simulated or recorded.

Celery's own monitoring events keep Celery's names and fields; the others say what Celery does not report. Every
event carries its time `t` (microseconds), `cause` (the index of the event that led to it, `NO_CAUSE` where nothing
did), and identities:

* `uuid`: the task, through all its attempts;
* `message`: one publish of it (a retry is another message), counted from 1;
* `delivery_tag`: one delivery of a message, so one execution at most, counted from 1;
* `hostname`: the worker; `slot`: the place in its pool, counted from 1.

Events carry outcomes (which queue, at which position, why), so that whoever folds them needs no policy.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import msgspec

RESTING_MEMORY = 50.0
"""Megabytes of a child that has run nothing, where its worker does not say."""

NO_CAUSE = -1
"""The `cause` of an event that no earlier event led to: a producer's decision, a timer, a fault."""


# -- reasons: why something happened, for people and for whoever counts -----------------------------------------------

LossReason = Literal["killed"]
"""Why a worker was lost."""

StartReason = Literal["", "replaced", "grown"]
"""Why a child was started: for one that is gone, or because the pool grew; nothing for the first ones."""

ExitReason = Literal["killed", "max-tasks", "max-memory", "time-limit", "terminated", "cancelled", "shrunk"]
"""Why a child is gone: a death that nobody wanted (`killed`), or what its worker ended it for."""

ResizeReason = Literal["autoscale", "pool_grow", "pool_shrink", "?"]
"""Who changed the size of a pool; `?`: a recording does not say."""

PartingReason = Literal["connection-lost", "shutdown", "consumer-timeout"]
"""Why a worker lets go of all that it holds."""

ReturnReason = Literal["connection-lost", "shutdown", "consumer-timeout", "rejected", "visibility-timeout"]
"""Why a delivered message is ready again."""

DiscardReason = Literal[
    "rejected", "expired", "max-length", "delivery-limit", "failed", "connection-lost", "shutdown", "consumer-timeout"
]
"""Why the broker discards a message or makes it a dead letter; `failed`: the application publishes a copy."""

RefusalReason = Literal["broker-down", "max-length"]
"""Why something could not be published."""

TaskLossReason = Literal["acked", "gone"]
"""Why no copy of a task is left: what ran it is gone and it was acknowledged, or the last copy was discarded."""


class _Marked(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    inferred: bool = False
    """True where a recording of a real Celery did not report the event and it was concluded from others."""


class Event(_Marked, frozen=True, tag_field="type", gc=False, omit_defaults=True):
    """One thing that happened at one moment."""

    ACTOR: ClassVar[str] = ""
    """Who acts: a fixed name, or empty where `hostname` does."""

    t: int
    """When, in microseconds from the start of the run."""
    cause: int
    """Index of the event that led to this one, or `NO_CAUSE`."""

    @property
    def type(self) -> str:
        """The name of the kind of event, as it stands in the trace file."""
        return self.__struct_config__.tag  # type: ignore[return-value]

    @property
    def actor(self) -> str:
        """Who acts: `broker`, a worker's or a producer's name."""
        return self.ACTOR or getattr(self, "hostname", "")


# -- what there is ----------------------------------------------------------------------------------------------


class QueueDeclared(Event, frozen=True, tag="queue-declared", gc=False, omit_defaults=True):
    """The broker has a queue; `arguments` are its limits and AMQP arguments."""

    ACTOR: ClassVar[str] = "broker"

    queue: str
    arguments: dict[str, Any] = {}


class WorkerOnline(Event, frozen=True, tag="worker-online", gc=False, omit_defaults=True):
    """A worker started and consumes from `queues`; its pool begins with `concurrency` slots.

    Each slot of a prefork pool has a child process from the start; no `child-started` need announce it.
    """

    hostname: str
    queues: tuple[str, ...]
    pool: str
    concurrency: int
    prefetch_count: int
    """How many unacknowledged messages it may hold; 0 is no limit."""
    settings: dict[str, Any] = {}
    """Those that matter; `memory`: megabytes of a child at rest, where it is not `RESTING_MEMORY`."""


class WorkerOffline(Event, frozen=True, tag="worker-offline", gc=False, omit_defaults=True):
    """A worker shut down and said so. `chance`: when it did was left to chance."""

    hostname: str
    chance: bool = False


class WorkerLost(Event, frozen=True, tag="worker-lost", gc=False, omit_defaults=True):
    """A worker was killed. A real one says nothing; only a simulator can know at once."""

    hostname: str
    why: LossReason = "killed"


class WorkerHeartbeat(Event, frozen=True, tag="worker-heartbeat", gc=False, omit_defaults=True):
    """A worker says that it is alive: how many executions are `active`, how many it has `processed` so far."""

    hostname: str
    active: int
    processed: int


class ChildStarted(Event, frozen=True, tag="child-started", gc=False, omit_defaults=True):
    """A child process was forked into `slot`, at `memory` megabytes."""

    hostname: str
    slot: int
    memory: float = RESTING_MEMORY
    why: StartReason = ""


class ChildExited(Event, frozen=True, tag="child-exited", gc=False, omit_defaults=True):
    """The child process in `slot` is gone, and the execution in it if there was one; it gives back `memory` megabytes.

    What dies with its worker is not told again. `chance`: whether the parent notices at once is left to chance.
    """

    hostname: str
    slot: int
    memory: float
    why: ExitReason
    chance: bool = False


class PoolResized(Event, frozen=True, tag="pool-resized", gc=False, omit_defaults=True):
    """A pool has `size` slots from now on.

    Children that come and go with it are events of their own; a child that must finish first goes later.
    """

    hostname: str
    size: int
    why: ResizeReason


# -- a message's way --------------------------------------------------------------------------------------------


class TaskSent(Event, frozen=True, tag="task-sent", gc=False, omit_defaults=True):
    """Somebody published a message. `hostname` is the publisher: a producer, or a worker that retries."""

    hostname: str
    uuid: str
    name: str
    message: int
    queue: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = {}
    retries: int = 0
    eta: int | None = None
    expires: int | None = None
    priority: int | None = None
    root_id: str | None = None
    parent_id: str | None = None


class MessageQueued(Event, frozen=True, tag="message-queued", gc=False, omit_defaults=True):
    """The broker put a message into a queue, at `position` among those that are ready (0 is next)."""

    ACTOR: ClassVar[str] = "broker"

    uuid: str
    message: int
    queue: str
    position: int


class Poll(Event, frozen=True, tag="poll", gc=False, omit_defaults=True):
    """A worker asked the broker for messages and `found` so many."""

    hostname: str
    queues: tuple[str, ...]
    found: int


class MessageDelivered(Event, frozen=True, tag="message-delivered", gc=False, omit_defaults=True):
    """The broker handed a ready message to a worker and waits for its acknowledgement."""

    ACTOR: ClassVar[str] = "broker"

    uuid: str
    message: int
    queue: str
    delivery_tag: int
    hostname: str
    redelivered: bool = False


class MessageAcked(Event, frozen=True, tag="message-acked", gc=False, omit_defaults=True):
    """A worker acknowledged a delivery: the broker forgets the message."""

    uuid: str
    message: int
    queue: str
    delivery_tag: int
    hostname: str


class MessageRequeued(Event, frozen=True, tag="message-requeued", gc=False, omit_defaults=True):
    """A delivered message is ready again, at `position`.

    `hostname` is empty where who had it does not know: it keeps its copy, and may run it.
    """

    ACTOR: ClassVar[str] = "broker"

    uuid: str
    message: int
    queue: str
    position: int
    delivery_tag: int
    hostname: str
    why: ReturnReason


class MessageDeadLettered(Event, frozen=True, tag="message-dead-lettered", gc=False, omit_defaults=True):
    """A message came into the dead-letter queue `queue`, at `position`.

    Where the application publishes a copy, `message` is that copy and `source` is empty; where the broker moves it,
    `source` is the queue it leaves, and a delivery was settled by it if it has a tag.
    """

    ACTOR: ClassVar[str] = "broker"

    uuid: str
    message: int
    queue: str
    position: int
    why: DiscardReason
    source: str = ""
    delivery_tag: int = 0
    hostname: str = ""


class PublishFailed(Event, frozen=True, tag="publish-failed", gc=False, omit_defaults=True):
    """Somebody wanted to publish and could not: no message came to be."""

    hostname: str
    uuid: str
    name: str
    queue: str
    why: RefusalReason


class MessageDropped(Event, frozen=True, tag="message-dropped", gc=False, omit_defaults=True):
    """The broker discarded a message. A delivery was settled by it if it has a tag."""

    ACTOR: ClassVar[str] = "broker"

    uuid: str
    message: int
    queue: str
    why: DiscardReason
    delivery_tag: int = 0
    hostname: str = ""


# -- a task's way -----------------------------------------------------------------------------------------------


class TaskReceived(Event, frozen=True, tag="task-received", gc=False, omit_defaults=True):
    """A worker took a message into its memory. It says nothing about starting soon."""

    hostname: str
    uuid: str
    name: str
    message: int
    delivery_tag: int
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = {}
    retries: int = 0
    eta: int | None = None
    expires: int | None = None
    root_id: str | None = None
    parent_id: str | None = None


class TaskStarted(Event, frozen=True, tag="task-started", gc=False, omit_defaults=True):
    """A pool slot began to execute the task's function."""

    hostname: str
    uuid: str
    message: int
    delivery_tag: int
    slot: int
    memory: float | None = None
    """Megabytes that the child has from now on (a high-water mark); None where that stays as it is."""
    log: str | None = None
    """A line that the body logs when it begins."""


class Effect(Event, frozen=True, tag="effect", gc=False, omit_defaults=True):
    """An execution had its side effect: the card is charged, the mail is out. Only of tasks that declare when."""

    hostname: str
    uuid: str
    message: int
    delivery_tag: int


class ResultStored(Event, frozen=True, tag="result-stored", gc=False, omit_defaults=True):
    """The result backend has the task's state and result.

    `message` and `delivery_tag` are 0 where a canvas gave up a task before it was ever sent.
    """

    hostname: str
    uuid: str
    message: int
    delivery_tag: int
    state: str
    result: Any = None


class TaskSucceeded(Event, frozen=True, tag="task-succeeded", gc=False, omit_defaults=True):
    """An execution returned; `runtime` in microseconds, from its start until its result was stored."""

    hostname: str
    uuid: str
    message: int
    delivery_tag: int
    slot: int
    runtime: int
    result: Any = None


class TaskFailed(Event, frozen=True, tag="task-failed", gc=False, omit_defaults=True):
    """A task failed for good. `slot` is 0 where no slot ever ran it."""

    hostname: str
    uuid: str
    message: int
    delivery_tag: int
    exception: str
    slot: int = 0
    runtime: int | None = None


class TaskRetried(Event, frozen=True, tag="task-retried", gc=False, omit_defaults=True):
    """An execution failed and the task will be tried again: the next attempt is a message of its own."""

    hostname: str
    uuid: str
    message: int
    delivery_tag: int
    slot: int
    exception: str
    runtime: int


class TaskRevoked(Event, frozen=True, tag="task-revoked", gc=False, omit_defaults=True):
    """A worker will not run a task: it had expired, or was revoked."""

    hostname: str
    uuid: str
    message: int
    delivery_tag: int
    expired: bool = False
    terminated: bool = False
    signum: int | None = None


class TaskRejected(Event, frozen=True, tag="task-rejected", gc=False, omit_defaults=True):
    """A worker rejected a task's message; what the broker did with it is the event before. No end of the task.

    `slot` is 0 where no slot ran it. A task whose message is discarded has no final state: to Celery it never ends.
    """

    hostname: str
    uuid: str
    message: int
    delivery_tag: int
    slot: int = 0
    requeue: bool = False


class TaskCancelled(Event, frozen=True, tag="task-cancelled", gc=False, omit_defaults=True):
    """A worker gave up an execution: a cold shutdown, or its connection was lost. No end of the task.

    Its message returns if it was not acknowledged; else `task-lost` follows (why: acked).
    """

    hostname: str
    uuid: str
    message: int
    delivery_tag: int
    slot: int


class ResultLost(Event, frozen=True, tag="result-lost", gc=False, omit_defaults=True):
    """A result could not be stored: the execution is over, its slot free, and no event of Celery tells of it.

    With the state RETRY the task goes on all the same: its next attempt was published before.

    Source: celery.app.trace: trace_task (an error outside the body), then the parent's callback raises too; seen on
    Celery 5.7 with a Redis backend that refuses connections ("Pool callback raised exception").
    """

    hostname: str
    uuid: str
    message: int
    delivery_tag: int
    slot: int
    state: str
    """The state that is lost: STARTED, SUCCESS, FAILURE, RETRY or REVOKED."""


class TaskIgnored(Event, frozen=True, tag="task-ignored", gc=False, omit_defaults=True):
    """An execution ended and nobody is told: the body raised Ignore, or Reject after the ACK. It has no final state.

    Source: celery.worker.request: Request.on_failure (Ignore), Request.reject (only what is not acknowledged).
    """

    hostname: str
    uuid: str
    message: int
    delivery_tag: int
    slot: int


class TaskScheduled(Event, frozen=True, tag="task-scheduled", gc=False, omit_defaults=True):
    """A worker holds a task in memory until its `eta`, unacknowledged and outside its prefetch window."""

    hostname: str
    uuid: str
    message: int
    delivery_tag: int
    eta: int


class TaskLost(Event, frozen=True, tag="task-lost", gc=False, omit_defaults=True):
    """No copy of the task is left anywhere and it has no final state. Only a simulator can know."""

    ACTOR: ClassVar[str] = "broker"

    uuid: str
    message: int
    delivery_tag: int
    hostname: str
    why: TaskLossReason


class BrokerDown(Event, frozen=True, tag="broker-down", gc=False, omit_defaults=True):
    """The broker is gone: nothing is published, delivered or acknowledged until it is up again."""

    ACTOR: ClassVar[str] = "broker"


class BrokerUp(Event, frozen=True, tag="broker-up", gc=False, omit_defaults=True):
    """The broker is back, with the messages it had."""

    ACTOR: ClassVar[str] = "broker"


class SettingChanged(Event, frozen=True, tag="setting-changed", gc=False, omit_defaults=True):
    """Something works differently from now on: `hostname` has `setting` at `value`.

    `hostname` is a worker, or by its path a service or a task (`services.mail`, `tasks.send_email`).
    """

    hostname: str
    setting: str
    value: Any = None


def _leaves(cls: type[Event]) -> list[type[Event]]:
    return [leaf for sub in cls.__subclasses__() for leaf in (_leaves(sub) or [sub])]


EVENT_TYPES: dict[str, type[Event]] = {str(cls.__struct_config__.tag): cls for cls in _leaves(Event)}
"""Every kind of event by its name."""

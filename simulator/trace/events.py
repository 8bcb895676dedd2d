"""The events of a run, simulated or recorded.

Celery's own monitoring events keep Celery's names and fields; the others say what Celery does not report. Every
event carries its time `t` (microseconds), `cause` (the index of the event that led to it, `NO_CAUSE` where nothing
did), and identities:

* `uuid`: the task, through all its attempts;
* `message`: one publish of it (a retry is another message), counted from 1;
* `delivery_tag`: one delivery of a message, so one execution at most, counted from 1;
* `hostname`: the worker; `slot`: the place in its pool, counted from 1.

Events carry outcomes (which queue, at which position, why), so that folding them needs no policy.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import msgspec

RESTING_MEMORY = 50.0
"""Default memory of a fresh child, in megabytes."""

NO_CAUSE = -1
"""The `cause` of an event that no earlier event led to: a producer's decision, a timer, a fault."""


# -- reasons: why something happened, to be shown and counted ---------------------------------------------------------

LossReason = Literal["killed"]
"""Reason for the loss of a worker."""

StartReason = Literal["", "replaced", "grown"]
"""Reason for starting a child: to replace one, or because the pool grew; empty for the initial children."""

ExitReason = Literal[
    "killed", "max-tasks", "max-memory", "time-limit", "terminated", "cancelled", "shrunk", "slow-start"
]
"""Reason for a child's exit: an unwanted death (`killed`), or the reason its worker ended it."""

ResizeReason = Literal["autoscale", "pool_grow", "pool_shrink", "?"]
"""The origin of a pool's new size; `?`: unknown, in a recording."""

ReleaseReason = Literal["connection-lost", "shutdown", "consumer-timeout"]
"""Reason for which a worker releases all its deliveries."""

ReturnReason = Literal["connection-lost", "shutdown", "consumer-timeout", "rejected", "visibility-timeout"]
"""Reason for which a delivered message is ready again."""

DiscardReason = Literal[
    "rejected", "expired", "max-length", "delivery-limit", "failed", "connection-lost", "shutdown", "consumer-timeout"
]
"""Reason for discarding or dead-lettering a message; `failed`: the application publishes a copy."""

RefusalReason = Literal["broker-down", "max-length", "locked", "memory"]
"""Reason for refusing a publish."""

TaskLossReason = Literal["acked", "gone"]
"""Cause of a task's loss: its process died after the ACK (`acked`), or the last copy was discarded (`gone`)."""


class _Marked(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    inferred: bool = False
    """True if a recording of real Celery lacks the event and it was inferred from others."""


class Event(_Marked, frozen=True, tag_field="type", gc=False, omit_defaults=True):
    """One thing that happened at one moment."""

    ACTOR: ClassVar[str] = ""
    """Name of the fixed actor; empty if `hostname` is the actor."""

    t: int
    """Time in microseconds from the start of the run."""
    cause: int
    """Index of the event that led to this one, or `NO_CAUSE`."""

    @property
    def type(self) -> str:
        """The event type as written in the trace file."""
        return self.__struct_config__.tag  # type: ignore[return-value]

    @property
    def actor(self) -> str:
        """The actor: `broker`, or the name of a worker or producer."""
        return self.ACTOR or getattr(self, "hostname", "")


# -- resources --------------------------------------------------------------------------------------------------


class QueueDeclared(Event, frozen=True, tag="queue-declared", gc=False, omit_defaults=True):
    """A queue exists on the broker; `arguments` are its limits and AMQP arguments."""

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
    """The prefetch count: the limit on unacknowledged messages; 0 is no limit."""
    settings: dict[str, Any] = {}
    """Relevant settings; `memory`: megabytes of a fresh child, if not `RESTING_MEMORY`."""


class WorkerOffline(Event, frozen=True, tag="worker-offline", gc=False, omit_defaults=True):
    """A worker shut down and announced it. `chance`: whether the time was left to chance."""

    hostname: str
    chance: bool = False


class WorkerLost(Event, frozen=True, tag="worker-lost", gc=False, omit_defaults=True):
    """A worker was killed. A real one sends nothing; only a simulator knows at once."""

    hostname: str
    why: LossReason = "killed"


class WorkerHeartbeat(Event, frozen=True, tag="worker-heartbeat", gc=False, omit_defaults=True):
    """A worker's heartbeat, with the numbers of `active` and of `processed` executions."""

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
    """The child process in `slot` exited, along with its execution if any, and freed `memory` megabytes.

    Children that die with their worker have no event. `chance`: whether the parent's noticing is left to chance.
    """

    hostname: str
    slot: int
    memory: float
    why: ExitReason
    chance: bool = False


class PoolResized(Event, frozen=True, tag="pool-resized", gc=False, omit_defaults=True):
    """A pool was resized to `size` slots.

    Children that come and go with it are events of their own; a child that must finish first goes later. A recording
    hears of no child.
    """

    hostname: str
    size: int
    why: ResizeReason


# -- messages ---------------------------------------------------------------------------------------------------


class TaskSent(Event, frozen=True, tag="task-sent", gc=False, omit_defaults=True):
    """A message was published. `hostname` is the publisher: a producer, or a worker that retries."""

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
    """A worker polled the broker and `found` this many messages."""

    hostname: str
    queues: tuple[str, ...]
    found: int


class MessageDelivered(Event, frozen=True, tag="message-delivered", gc=False, omit_defaults=True):
    """The broker delivered a ready message to a worker and awaits its acknowledgement.

    `chance`: whether the worker's credit went to this queue by chance, while another one had messages too.
    """

    ACTOR: ClassVar[str] = "broker"

    uuid: str
    message: int
    queue: str
    delivery_tag: int
    hostname: str
    redelivered: bool = False
    chance: bool = False


class MessageAcked(Event, frozen=True, tag="message-acked", gc=False, omit_defaults=True):
    """A worker acknowledged a delivery: the broker forgets the message."""

    uuid: str
    message: int
    queue: str
    delivery_tag: int
    hostname: str


class MessageRequeued(Event, frozen=True, tag="message-requeued", gc=False, omit_defaults=True):
    """A delivered message is ready again, at `position`.

    `hostname` is empty if its holder is unaware: that worker keeps its copy and may run it.
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
    """A message entered the dead-letter queue `queue`, at `position`.

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
    """A publish failed: no message was created."""

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


# -- tasks ------------------------------------------------------------------------------------------------------


class TaskReceived(Event, frozen=True, tag="task-received", gc=False, omit_defaults=True):
    """A worker took a message into memory. It may not start soon."""

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
    """New memory of the child in megabytes (a high-water mark); None if unchanged."""
    log: str | None = None
    """A line that the body logs on start."""


class Effect(Event, frozen=True, tag="effect", gc=False, omit_defaults=True):
    """An execution had its side effect: the card is charged, the mail is out. Only of tasks that declare when."""

    hostname: str
    uuid: str
    message: int
    delivery_tag: int


class ResultStored(Event, frozen=True, tag="result-stored", gc=False, omit_defaults=True):
    """The result backend stored the task's state and result.

    `message` and `delivery_tag` are 0 if a canvas gave the task up before sending it.
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
    """An execution failed and the task will be retried, as a new message."""

    hostname: str
    uuid: str
    message: int
    delivery_tag: int
    slot: int
    exception: str
    runtime: int


class TaskRevoked(Event, frozen=True, tag="task-revoked", gc=False, omit_defaults=True):
    """A worker discarded a task that had expired or was revoked."""

    hostname: str
    uuid: str
    message: int
    delivery_tag: int
    expired: bool = False
    terminated: bool = False
    signum: int | None = None


class TaskRejected(Event, frozen=True, tag="task-rejected", gc=False, omit_defaults=True):
    """A worker rejected a task's message; the preceding event says what the broker did. The task has not ended.

    `slot` is 0 where no slot ran it. A task whose message is discarded has no final state: to Celery it never ends.
    """

    hostname: str
    uuid: str
    message: int
    delivery_tag: int
    slot: int = 0
    requeue: bool = False


class TaskCancelled(Event, frozen=True, tag="task-cancelled", gc=False, omit_defaults=True):
    """A worker cancelled an execution: cold shutdown or lost connection. The task has not ended.

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
    """An execution ended unreported: the body raised Ignore, or Reject after the ACK. It has no final state.

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
    """No copy of the task is left and it has no final state. Only a simulator can know."""

    ACTOR: ClassVar[str] = "broker"

    uuid: str
    message: int
    delivery_tag: int
    hostname: str
    why: TaskLossReason


class BrokerDown(Event, frozen=True, tag="broker-down", gc=False, omit_defaults=True):
    """The broker went down: nothing is published, delivered or acknowledged until it is up again."""

    ACTOR: ClassVar[str] = "broker"


class BrokerUp(Event, frozen=True, tag="broker-up", gc=False, omit_defaults=True):
    """The broker came back up with its messages."""

    ACTOR: ClassVar[str] = "broker"


class SettingChanged(Event, frozen=True, tag="setting-changed", gc=False, omit_defaults=True):
    """A setting changed: `setting` of `hostname` is now `value`.

    `hostname` is a worker, or by its path a service or a task (`services.mail`, `tasks.send_email`).
    """

    hostname: str
    setting: str
    value: Any = None


class CommandUnheard(Event, frozen=True, tag="command-unheard", gc=False, omit_defaults=True):
    """A remote-control command reached no worker; nothing keeps it for later.

    Source: kombu.pidbox: Mailbox._broadcast (a fanout exchange drops what no queue is bound for; Redis PUBLISH).
    """

    ACTOR: ClassVar[str] = "broker"

    command: str
    """`revoke`, `rate_limit`, ..."""
    names: tuple[str, ...]
    """Targets of the command: task ids, a task type, workers or `all`."""


def _leaves(cls: type[Event]) -> list[type[Event]]:
    return [leaf for sub in cls.__subclasses__() for leaf in (_leaves(sub) or [sub])]


EVENT_TYPES: dict[str, type[Event]] = {str(cls.__struct_config__.tag): cls for cls in _leaves(Event)}
"""Event classes by type name."""

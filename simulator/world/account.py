"""The closing account of a run: all that is unfinished at its end, where it is, and why it will or will not go on.

Computed from the trace alone. Whatever has no final state is on the way to the broker, in a queue, in a worker, leased
to a worker that no longer has it, gone without a trace, or was never sent. Besides, the account names the
remote-control commands and the revokes that nobody knows of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

from simulator.trace import events as ev
from simulator.trace.time import MICROS, to_micros
from simulator.trace.trace import Trace
from simulator.world.lives import Lives, lives_of
from simulator.world.parts import OpenDelivery
from simulator.world.passes import Handlers, Pass, pass_over
from simulator.world.seek import timeline_of
from simulator.world.view import World

Kind = Literal[
    "transit",
    "ready",
    "dead-letter",
    "delivered",
    "reserved",
    "scheduled",
    "active",
    "unnoticed",
    "stored",
    "leased",
    "gone",
    "unsent",
    "unheard",
    "forgotten",
]
"""Kinds of unfinished things:

* `transit`: on its way to the broker; `ready`, `dead-letter`: in a queue;
* `delivered`, `reserved`, `scheduled`, `active`: in a worker; `stored`: its result is stored, its message unsettled;
* `unnoticed`: its child has died, and its worker has not noticed yet;
* `leased`: the broker takes a worker to have it, which has lost it from its memory;
* `gone`: no copy is left, and it has no final state;
* `unsent`: a part of a canvas; `unheard`: a remote-control command; `forgotten`: a revoke that no worker remembers.
"""

NO_CONSUMER, NO_WORKER, BROKER_DOWN = "no-consumer", "no-worker", "broker-down"
"""Reasons why ready messages have no taker."""

NEVER_SENT, NOT_YET = "never", "not-yet"
"""`never` if an unsent part cannot be sent any more, else `not-yet`."""


@dataclass(frozen=True, slots=True)
class Blocker:
    """A task that an unsent part waits for, and what has become of it."""

    task: str
    why: str
    """An outcome of a task, `alive`, `unsent` or `unpublished`."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Unfinished things of one kind in one place; times in microseconds."""

    kind: Kind
    names: tuple[str, ...]
    """Ids of tasks, in order; of an unheard command, what it is about."""
    where: str = ""
    """The queue or the worker; of an unheard command, the command."""
    why: str = ""
    since: int | None = None
    """Time at which it was started, left a worker's memory, or was sent."""
    due: int | None = None
    """Time at which the first of them is due: an ETA."""
    returns: int | None = None
    """Time at which the first of them would be ready again."""
    acked: bool = False
    """True if no message is left that could come back."""
    waits_for: tuple[Blocker, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data without what it lacks, times in seconds."""
        data = asdict(self)
        for key in ("since", "due", "returns"):
            data[key] = None if data[key] is None else data[key] / MICROS
        data["names"] = list(self.names)
        data["waits_for"] = [asdict(one) for one in self.waits_for]
        return {key: value for key, value in data.items() if value not in (None, "", [], False)}


def account_of(trace: Trace) -> list[Unfinished]:
    """Return all that is unfinished at the end of a run; nothing for one that goes on."""
    if trace.goes_on:
        return []
    world, lives, memory = timeline_of(trace).at(len(trace)), lives_of(trace), pass_over(trace, Memory)
    placed = [*_on_the_way(world), *_ready(world), *_delivered(world, memory), *_running(world)]
    return [
        *placed,
        *_unnoticed(lives, {name for one in placed for name in one.names}),
        *_gone(world, lives),
        *_unsent(trace, lives),
        *memory.unheard,
        *_forgotten(world, lives, memory),
    ]


class Memory(Pass):
    """Tasks that left the workers' memories, and those that never entered them."""

    def __init__(self, trace: Trace) -> None:
        """Start with nothing lost."""
        super().__init__(trace)
        self.losses: dict[str, tuple[int, int, str]] = {}
        """By worker, (index, time, why) of the last time it lost all that it held."""
        self.revoked: dict[str, int] = {}
        """By task that a worker was told not to run, when that was last."""
        self.unheard: list[Unfinished] = []
        """Commands that reached no worker."""
        self._hosts: dict[str, None] = {}

    def left_at(self, hostname: str, index: int) -> tuple[int, str] | None:
        """Return (time, why) of the last time after the event at `index` when a worker lost all it held, if any."""
        lost = self.losses.get(hostname)
        return lost[1:] if lost is not None and lost[0] > index else None

    def _online(self, event: ev.WorkerOnline, index: int) -> None:
        self._hosts[event.hostname] = None

    def _down(self, event: ev.BrokerDown, index: int) -> None:
        self.losses.update(dict.fromkeys(self._hosts, (index, event.t, BROKER_DOWN)))

    def _gone(self, event: ev.WorkerLost | ev.WorkerOffline, index: int) -> None:
        why = "killed" if isinstance(event, ev.WorkerLost) else "shutdown"
        self.losses[event.hostname] = index, event.t, why

    def _changed(self, event: ev.SettingChanged, index: int) -> None:
        if event.setting == "connection" and event.value == "lost":
            self.losses[event.hostname] = index, event.t, "connection-lost"
        elif event.setting == "revoke":
            told = [event.value] if isinstance(event.value, str) else event.value
            self.revoked.update(dict.fromkeys(told, event.t))

    def _unheard(self, event: ev.CommandUnheard, index: int) -> None:
        self.unheard.append(Unfinished("unheard", event.names, event.command, since=event.t))

    HANDLERS: ClassVar[Handlers] = {
        ev.WorkerOnline: _online,
        ev.BrokerDown: _down,
        ev.WorkerLost: _gone,
        ev.WorkerOffline: _gone,
        ev.SettingChanged: _changed,
        ev.CommandUnheard: _unheard,
    }


def _on_the_way(world: World) -> Iterator[Unfinished]:
    sending = tuple(sent.uuid for sent in world.sending())
    if sending:
        yield Unfinished("transit", sending)


def _ready(world: World) -> Iterator[Unfinished]:
    online = [worker for worker in world.workers.values() if worker.life == "online"]
    for queue in world.queues.values():
        if not len(queue):
            continue
        messages = queue.messages()
        consumers = [worker for worker in online if queue.name in worker.queues]
        if not consumers and world.dead_letter(messages[0]) is not None:
            yield Unfinished("dead-letter", tuple(queue.uuids()), queue.name)
            continue
        why = "" if consumers else NO_CONSUMER if online else NO_WORKER
        yield Unfinished("ready", tuple(queue.uuids()), queue.name, why if world.broker_up else BROKER_DOWN)


def _delivered(world: World, memory: Memory) -> Iterator[Unfinished]:
    """Yield what the broker takes a worker to have, by worker, place in it, and why it is not in its memory."""
    found: dict[tuple[str, str, int | None, str], list[OpenDelivery]] = {}
    for queue in world.queues.values():
        for one in queue.deliveries():
            left = memory.left_at(one.hostname, world.delivered(one)) if one.place == "stored" else None
            since, why = left or (None, "")
            if one.place != "active":
                found.setdefault((one.hostname, "leased" if left else one.place, since, why), []).append(one)
    for (hostname, place, since, why), held in found.items():
        etas = dict(world.workers[hostname].scheduled()) if place == "scheduled" else {}
        yield Unfinished(
            place,  # type: ignore[arg-type]
            tuple(one.uuid for one in held),
            hostname,
            why,
            since,
            due=min((etas[one.uuid] for one in held if one.uuid in etas), default=None),
            returns=_first_return(world, [one.message for one in held]),
        )


def _running(world: World) -> Iterator[Unfinished]:
    for worker in world.workers.values():
        for run in worker.active():
            back = None if run.acked else _first_return(world, [run.message])
            yield Unfinished(
                "active", (run.uuid,), worker.hostname, since=run.started_at, returns=back, acked=run.acked
            )


def _unnoticed(lives: Lives, placed: set[str]) -> Iterator[Unfinished]:
    """Yield what is nowhere else: it ran in a child that has died, and it was ACKed."""
    for life in lives.tasks.values():
        if life.outcome == "alive" and life.runs and life.uuid not in placed:
            run = life.runs[-1]
            yield Unfinished("unnoticed", (life.uuid,), run.hostname, since=run.end, acked=True)


def _first_return(world: World, messages: list[int]) -> int | None:
    returns = world.trace.header.returns
    return min((to_micros(returns[str(one)]) for one in messages if str(one) in returns), default=None)


def _gone(world: World, lives: Lives) -> Iterator[Unfinished]:
    """Yield what has no copy and no final state, by what became of it."""
    found: dict[str, list[str]] = {}
    for life in lives.ended:
        if life.outcome in ("lost", "dropped", "ignored"):
            event = world.trace.events[life.end_index]
            why = f"{life.outcome}:{getattr(event, 'why', '')}".rstrip(":")
            found.setdefault("result-lost" if isinstance(event, ev.ResultLost) else why, []).append(life.uuid)
    for why, names in found.items():
        if why != "ignored":  # a body that raises Ignore asks for that
            yield Unfinished("gone", tuple(names), why=why)


def _unsent(trace: Trace, lives: Lives) -> Iterator[Unfinished]:
    unsent = trace.header.unsent
    refused = {uuid for uuid, _, _ in lives.refused}
    hopeless: dict[str, bool] = {}

    def why(uuid: str) -> str:
        if uuid in lives.tasks:
            return lives.tasks[uuid].outcome
        return "unpublished" if uuid in refused else "unsent"

    def never(uuid: str) -> bool:
        """Return whether a part can no longer be sent."""
        if uuid not in hopeless:
            waits = unsent.get(uuid, [])
            hopeless[uuid] = not waits or any(
                never(one) if why(one) == "unsent" else why(one) not in ("alive", "succeeded") for one in waits
            )
        return hopeless[uuid]

    for uuid, waits in unsent.items():
        blockers = tuple(Blocker(one, why(one)) for one in waits if why(one) != "succeeded")
        yield Unfinished("unsent", (uuid,), why=NEVER_SENT if never(uuid) else NOT_YET, waits_for=blockers)


def _forgotten(world: World, lives: Lives, memory: Memory) -> Iterator[Unfinished]:
    """Yield the revoked tasks that are unfinished, and that no running worker knows to be revoked."""
    if not memory.revoked:
        return
    known = {uuid for worker in world.workers.values() if worker.life == "online" for uuid in worker.revoked()}
    alive = (uuid for uuid in memory.revoked if uuid in lives.tasks and lives.tasks[uuid].outcome == "alive")
    names = tuple(uuid for uuid in alive if uuid not in known)
    if names:
        yield Unfinished("forgotten", names, since=max(memory.revoked[uuid] for uuid in names))

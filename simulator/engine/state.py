"""What a run is made of, without behaviour: messages, queues of them, deliveries, and the nodes of a canvas.

What is made for each task is a msgspec struct, because those are made several times faster than instances of a plain
class.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, Protocol

import msgspec

from simulator.engine.clock import Call, Rank, priority
from simulator.scenario.schema import Queue as QueueSpec
from simulator.trace.time import NEVER, to_micros


class Caller(Protocol):
    """Whoever makes the message of a call: a line under `send`, a schedule, a body."""

    @property
    def identity(self) -> str:
        """What its draws are named after."""

    @property
    def queue(self) -> Queue:
        """Where it sends."""

    def compose(self, number: int, uuid: str, given: tuple[Any, ...] = (), canvas: Place | None = None) -> Message:
        """The message of its `number`-th call; `given` come before its own arguments."""


class Step(msgspec.Struct):
    """One task of a canvas that has been called."""

    caller: Caller
    number: int
    uuid: str
    immutable: bool
    then: Node | None = None
    """What is next in its chain."""
    header: Header | None = None
    """The header that it is the end of a part of, where nothing follows it in its chain."""


class Group(msgspec.Struct):
    """Parts that are sent at once, and nothing after them."""

    members: list[Node]


class Header(msgspec.Struct):
    """The header of a chord, and its body."""

    body: Node
    members: list[Node] = []
    ends: list[str] = []
    """Ids of the tasks that its parts end with, in order."""
    results: dict[str, tuple[bool, Any]] = {}
    """By id, of the ends that have a result: whether it succeeded, and the result or the exception."""


Node = Step | Group | Header


class Place(msgspec.Struct):
    """Where a message stands in its canvas."""

    step: Step | None
    """Its task; None for `celery.chord_unlock`, which is no part of the canvas itself."""
    root_id: str
    parent_id: str | None
    unlocks: Header | None = None
    """The header that `celery.chord_unlock` looks at."""


class Message(msgspec.Struct):
    """One publish of a task."""

    id: int
    uuid: str
    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    identity: str
    """What the task's draws are named after: the call that sent it."""
    number: int
    """Its place among the tasks of that call, from 0."""
    queue: Queue
    """The queue it is for."""
    eta: int | None = None
    """Not to be started before this time."""
    expires: int | None = None
    """Not to be started at or after this time."""
    priority: int | None = None
    retries: int = 0
    canvas: Place | None = None
    """Where it stands in a canvas: what follows it, and whose child it is."""
    redelivered: bool = False
    returns: int = 0
    """How often it has come back to its queue."""
    expires_at: int = NEVER
    """When the broker discards it, if it is ready and first in its queue (its time to live)."""
    dead_lettered_from: tuple[str, ...] = ()
    """Queues it has become a dead letter in since it was last rejected."""
    rank: int = 0
    """How it stands to others in its queue: lower goes first."""
    seq: int = 0
    """Its place in the history of its queue: what "original position" means."""
    ready_since: int = -1
    """Index of the event that last made it ready; before that, of the one that sent it."""


class Sink(Protocol):
    """Where the broker delivers to."""

    hostname: str
    connection: int
    """Counts its connections to the broker."""
    held: dict[int, Delivery]
    """Deliveries it has not acknowledged, by tag."""
    unacked: int
    """Their number as the broker knows it: an acknowledgement takes a hop to get there."""

    @property
    def expect(self) -> Callable[[Delivery], None]:
        """Told of each message that is on its way."""

    @property
    def release(self) -> Callable[[Delivery], None]:
        """Told of each delivery that is settled, by the event `cause`: the broker learns of it a hop from now."""


class Delivery(msgspec.Struct):
    """One hand-over of a message to a worker."""

    tag: int
    message: Message
    consumer: Sink
    at: int
    """When it was handed over."""
    cause: int
    """Index of the event that brought it to where it is: delivered, then received."""
    connection: int = 0
    """Which of the consumer's connections it came by: what came by a lost one cannot be acknowledged."""
    call: Call | None = None
    """What happens to it next, while it is on its way or waits for its ETA."""
    is_held: bool = True
    """Whether the consumer can still acknowledge it."""
    is_running: bool = False
    """Whether a slot has it."""
    is_leased: bool = False
    """Whether the broker waits for it to be acknowledged in time."""


CHUNK = 512
"""How many messages a piece of a long line has, about."""


class Returned:
    """Messages that came back to a queue, oldest first; in pieces, so that none is far from where it goes."""

    __slots__ = ("pieces", "size")

    def __init__(self) -> None:
        """None has come back."""
        self.pieces: list[list[Message]] = []
        self.size = 0

    def __iter__(self) -> Iterator[Message]:
        return chain.from_iterable(self.pieces)

    def add(self, message: Message) -> int:
        """Put a message where its age says; its position."""
        pieces, seq, position = self.pieces, message.seq, 0
        if not pieces:
            pieces.append([message])
        elif pieces[-1][-1].seq < seq:
            position = self.size
            if len(pieces[-1]) < CHUNK:
                pieces[-1].append(message)
            else:
                pieces.append([message])
        elif seq < pieces[0][0].seq:
            if len(pieces[0]) < CHUNK:
                pieces[0].insert(0, message)
            else:
                pieces.insert(0, [message])
        else:
            place = bisect_left(pieces, seq, key=_last_seq)
            piece = pieces[place]
            within = bisect_left(piece, seq, key=_seq)
            position = sum(map(len, pieces[:place])) + within
            piece.insert(within, message)
            if len(piece) > 2 * CHUNK:
                pieces[place : place + 1] = [piece[:CHUNK], piece[CHUNK:]]
        self.size += 1
        return position

    def take(self) -> Message:
        """Take the oldest out."""
        piece = self.pieces[0]
        message = piece.pop(0)
        if not piece:
            del self.pieces[0]
        self.size -= 1
        return message

    def remove(self, message: Message) -> bool:
        """Take that one out; whether it was there."""
        place = bisect_left(self.pieces, message.seq, key=_last_seq)
        if place == len(self.pieces) or message not in self.pieces[place]:
            return False
        self.pieces[place].remove(message)
        if not self.pieces[place]:
            del self.pieces[place]
        self.size -= 1
        return True


def _seq(message: Message) -> int:
    return message.seq


def _last_seq(piece: list[Message]) -> int:
    return piece[-1].seq


class Queue:
    """A queue: what is ready, first in first out. Whatever is put back goes before what never left."""

    def __init__(self, name: str, index: int, spec: QueueSpec, *, has_arguments: bool, consumer_timeout: int) -> None:
        """An empty queue.

        Args:
            name: its name.
            index: its place among all queues, in order of declaration.
            spec: what the scenario says of it.
            has_arguments: whether RabbitMQ's arguments have an effect.
            consumer_timeout: microseconds that a delivery may take, where `spec` does not say.
        """
        self.name = name
        self.on_delivery = priority(Rank.DELIVERY, index)
        self.on_timer = priority(Rank.TIMER, index)
        self.size = 0
        """How many messages are ready."""
        self.watchers: list[set[Queue]] = []
        """Sets that this queue is in while it has any, for who consumes too many queues to look at each."""
        self.arrivals = 0
        """How many messages were ever put into it."""
        self.front = 0
        """The `seq` of what was last put before all others."""
        self.subscribers = 0
        """How many living workers consume from it."""
        self.limit = spec.max_length or NEVER
        self.rejects = spec.overflow == "reject-publish"
        """Whether a full queue refuses what comes (else it drops its head)."""
        ttl = spec.message_ttl
        self.ttl = to_micros(ttl) if has_arguments and ttl is not None else NEVER
        self.has_ttl = has_arguments
        """Whether messages in it have a time to live."""
        self.dead_letters = spec if has_arguments and spec.dead_letter_exchange is not None else None
        limit = spec.delivery_limit
        self.delivery_limit = limit if has_arguments and limit is not None else NEVER
        timeout = spec.consumer_timeout
        self.consumer_timeout = consumer_timeout if timeout is None else to_micros(timeout)
        self._returned = Returned()
        self._fresh: deque[Message] = deque()

    def __iter__(self) -> Iterator[Message]:
        return chain(self._returned, self._fresh)

    def head(self) -> Message:
        """The message that is next."""
        return self._returned.pieces[0][0] if self._returned.size else self._fresh[0]

    def add(self, message: Message) -> int:
        """Put a new message at the end; its position."""
        message.seq = self.arrivals
        self.arrivals += 1
        self._fresh.append(message)
        self.size = size = self.size + 1
        if size == 1 and self.watchers:
            self._filled()
        return size - 1

    def _filled(self) -> None:
        for watcher in self.watchers:
            watcher.add(self)

    def _emptied(self) -> None:
        for watcher in self.watchers:
            watcher.discard(self)

    def take(self) -> Message:
        """Take the next message out."""
        self.size = size = self.size - 1
        if not size and self.watchers:
            self._emptied()
        return self._returned.take() if self._returned.size else self._fresh.popleft()

    def put_back(self, message: Message, place: str) -> int:
        """Put a message back `original`ly, to the `front` or to the `back`; its position."""
        if place == "back":
            return self.add(message)
        if place == "front":
            self.front -= 1
            message.seq = self.front
        self.size += 1
        if self.size == 1:
            self._filled()
        return self._returned.add(message)

    def remove(self, message: Message) -> None:
        """Take out a message that is ready, wherever it is."""
        self.size -= 1
        if not self.size:
            self._emptied()
        if not (self._returned.size and self._returned.remove(message)):
            self._fresh.remove(message)


class PriorityQueue(Queue):
    """A queue that tells priorities apart: a line for each, the best one first."""

    def __init__(
        self,
        name: str,
        index: int,
        spec: QueueSpec,
        ranks: Sequence[int],
        *,
        has_arguments: bool,
        consumer_timeout: int,
    ) -> None:
        """An empty queue; `ranks`: by priority from 0, how a message stands, lower first; any higher is as the last."""
        super().__init__(name, index, spec, has_arguments=has_arguments, consumer_timeout=consumer_timeout)
        self._by_priority = ranks
        self._lines: dict[int, tuple[Returned, deque[Message]]] = {}
        """By rank, what came back and what never left."""
        self._ranks: list[int] = []
        """Those in use, sorted."""

    def __iter__(self) -> Iterator[Message]:
        return chain.from_iterable(chain.from_iterable(self._lines[rank] for rank in self._ranks))

    def _best(self) -> tuple[Returned, deque[Message]]:
        return next(lines for lines in map(self._lines.__getitem__, self._ranks) if lines[0].size or lines[1])

    def _line(self, rank: int) -> tuple[Returned, deque[Message]]:
        lines = self._lines.get(rank)
        if lines is None:
            lines = self._lines[rank] = Returned(), deque()
            insort(self._ranks, rank)
        return lines

    def _ahead(self, rank: int) -> int:
        """How many messages have a better rank."""
        return sum(lines[0].size + len(lines[1]) for other, lines in self._lines.items() if other < rank)

    def head(self) -> Message:
        """The message that is next."""
        returned, fresh = self._best()
        return returned.pieces[0][0] if returned.size else fresh[0]

    def add(self, message: Message) -> int:
        """Put a new message at the end of its priority; its position."""
        ranks, given = self._by_priority, message.priority or 0
        message.rank = ranks[given] if given < len(ranks) else ranks[-1]
        return self._append(message)

    def _append(self, message: Message) -> int:
        message.seq = self.arrivals
        self.arrivals += 1
        self.size += 1
        if self.size == 1:
            self._filled()
        returned, fresh = self._line(message.rank)
        fresh.append(message)
        return self._ahead(message.rank) + returned.size + len(fresh) - 1

    def take(self) -> Message:
        """Take the next message out."""
        self.size -= 1
        if not self.size:
            self._emptied()
        returned, fresh = self._best()
        return returned.take() if returned.size else fresh.popleft()

    def put_back(self, message: Message, place: str) -> int:
        """Put a message back, among those of its priority; its position among all."""
        if place == "back":
            return self._append(message)
        if place == "front":
            self.front -= 1
            message.seq = self.front
        self.size += 1
        if self.size == 1:
            self._filled()
        return self._ahead(message.rank) + self._line(message.rank)[0].add(message)

    def remove(self, message: Message) -> None:
        """Take out a message that is ready, wherever it is."""
        self.size -= 1
        if not self.size:
            self._emptied()
        returned, fresh = self._lines[message.rank]
        if not (returned.size and returned.remove(message)):
            fresh.remove(message)

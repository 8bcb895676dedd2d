"""The data of a run: messages, queues, deliveries, and the nodes of a canvas; nothing here emits events.

Objects made per task are msgspec structs, because those are created several times faster than instances of a plain
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
    """The maker of a call's message: a line under `send`, a beat schedule, a task body."""

    @property
    def identity(self) -> str:
        """The name its draws go by."""

    @property
    def queue(self) -> Queue:
        """The queue it sends to."""

    @property
    def has_priority(self) -> bool:
        """True if the call or its task says a priority."""

    def compose(
        self,
        number: int,
        uuid: str,
        given: tuple[Any, ...] = (),
        canvas: Place | None = None,
        inherited: int | None = None,
    ) -> Message:
        """Return the message of call `number` (from 0); `given` are prepended to its arguments.

        `inherited`: the priority in place of its own, if any.
        """


class CanvasStep(msgspec.Struct):
    """One task of a canvas that has been called."""

    caller: Caller
    number: int
    uuid: str
    immutable: bool
    then: Node | None = None
    """The next part of its chain."""
    header: ChordHeader | None = None
    """The chord header that it completes a member of, if nothing follows it in its chain."""


class Group(msgspec.Struct):
    """Parts sent together, with nothing after them."""

    members: list[Node]


class ChordHeader(msgspec.Struct):
    """The header of a chord, and its body."""

    body: Node
    members: list[Node] = []
    ends: list[str] = []
    """Ids of the last task of each member, in order."""
    is_joined: bool = False
    """True once a backend that counts has sent the body, or stored its failure."""
    results: dict[str, tuple[bool, Any]] = {}
    """(succeeded, result or exception) of each finished end, by id."""


Node = CanvasStep | Group | ChordHeader


class Place(msgspec.Struct):
    """A message's place in its canvas."""

    step: CanvasStep | None
    """Its task; None for `celery.chord_unlock`, which is not part of the canvas itself."""
    root_id: str
    parent_id: str | None
    unlocks: ChordHeader | None = None
    """The header that `celery.chord_unlock` polls."""


class Message(msgspec.Struct):
    """One publish of a task."""

    id: int
    uuid: str
    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    identity: str
    """The name its task's draws go by: the call that sent it."""
    number: int
    """Its place among the tasks of that call, from 0."""
    queue: Queue
    """Its destination."""
    eta: int | None = None
    """Not to be started before this time."""
    expires: int | None = None
    """Not to be started at or after this time."""
    priority: int | None = None
    retries: int = 0
    canvas: Place | None = None
    """Its place in a canvas: what follows it, and its parent task."""
    redelivered: bool = False
    returns: int = 0
    """Times it has been returned to its queue."""
    expires_at: int = NEVER
    """Time at which the broker discards it, if it is ready and first in its queue (its time to live)."""
    dead_lettered_from: tuple[str, ...] = ()
    """Queues it has become a dead letter in since it was last rejected."""
    rank: int = 0
    """Its rank by priority: lower goes first."""
    seq: int = 0
    """Its serial number in its queue, which defines its "original position"."""
    ready_since: int = -1
    """Index of the event that last made it ready; before that, of the one that sent it."""


class Sink:
    """The receiving end of deliveries. A base class rather than a Protocol, as it is called several times a task."""

    hostname: str
    connection: int
    """The ordinal of its current connection to the broker."""
    held: dict[int, Delivery]
    """Unacknowledged deliveries by tag."""
    unacked: int
    """Their number as the broker knows it: an acknowledgement takes a hop to get there."""
    expect: Callable[[Delivery], None]
    """Called with each message that is on its way."""
    release: Callable[[Delivery], None]
    """Called with each delivery settled by the event `cause`; the broker learns of it a hop from now."""


class Delivery(msgspec.Struct):
    """One hand-over of a message to a worker."""

    tag: int
    message: Message
    consumer: Sink
    at: int
    """Time of delivery, in microseconds."""
    cause: int
    """Index of its latest event: delivered, then received."""
    connection: int = 0
    """The consumer's connection it arrived on; deliveries of a lost connection cannot be acknowledged."""
    call: Call | None = None
    """Its next scheduled call, while it is in transit or waits for its ETA."""
    is_held: bool = True
    """True if the consumer can still acknowledge it."""
    is_running: bool = False
    """True if it is in a slot, or waits in a pool that goes on although its connection is lost (threads)."""
    is_leased: bool = False
    """True if its lease at the broker is running."""


CHUNK = 512
"""Approximate number of messages in a piece of a long line."""


class Returned:
    """Messages returned to a queue, oldest first; stored in pieces, so that inserting one is cheap."""

    __slots__ = ("pieces", "size")

    def __init__(self) -> None:
        """Start empty."""
        self.pieces: list[list[Message]] = []
        self.size = 0

    def __iter__(self) -> Iterator[Message]:
        return chain.from_iterable(self.pieces)

    def add(self, message: Message) -> int:
        """Insert a message by its age; return its position."""
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
        """Remove and return the oldest message."""
        piece = self.pieces[0]
        message = piece.pop(0)
        if not piece:
            del self.pieces[0]
        self.size -= 1
        return message

    def remove(self, message: Message) -> bool:
        """Remove a message; return True if it was there."""
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
    """A FIFO queue of ready messages; requeued messages go before those that never left."""

    def __init__(
        self,
        name: str,
        index: int,
        spec: QueueSpec,
        *,
        has_arguments: bool,
        consumer_timeout: int,
        redrives: bool = False,
        is_quorum: bool = False,
    ) -> None:
        """Create an empty queue.

        Args:
            name: its name.
            index: its declaration index among all queues.
            spec: its settings in the scenario.
            has_arguments: whether RabbitMQ's arguments have an effect.
            consumer_timeout: microseconds that a delivery may take, unless `spec` sets its own.
            redrives: whether a delivery limit and a dead-letter queue together are a redrive policy (SQS).
            is_quorum: whether it is a quorum queue (RabbitMQ).
        """
        self.is_quorum = is_quorum
        self._comebacks = 0
        """Number of messages that have come back to a quorum queue."""
        self.name = name
        self.on_delivery = priority(Rank.DELIVERY, index)
        self.on_timer = priority(Rank.TIMER, index)
        self.size = 0
        """Number of ready messages."""
        self.watchers: list[set[Queue]] = []
        """Sets that hold this queue while it has a message, kept for workers with too many queues to check each."""
        self.arrivals = 0
        """Number of messages ever put into it."""
        self.front = 0
        """The `seq` of the last message put to the front."""
        self.subscribers = 0
        """Number of living workers that consume from it."""
        self.limit = spec.max_length or NEVER
        self.rejects = spec.overflow == "reject-publish"
        """True if a full queue refuses new messages (else it drops its head)."""
        ttl = spec.message_ttl
        self.ttl = to_micros(ttl) if has_arguments and ttl is not None else NEVER
        self.has_ttl = has_arguments
        """True if its messages have a time to live."""
        limit, has_dead_letters = spec.delivery_limit, spec.dead_letter_exchange is not None
        self.redrives = redrives and limit is not None and has_dead_letters
        """True with a redrive policy: rejected messages stay in it, invisible, until their lease is over."""
        self.dead_letters = spec if (has_arguments and has_dead_letters) or self.redrives else None
        self.delivery_limit = limit if limit is not None and (has_arguments or self.redrives) else NEVER
        timeout = spec.consumer_timeout
        self.consumer_timeout = consumer_timeout if timeout is None else to_micros(timeout)
        self._returned = Returned()
        self._fresh: deque[Message] = deque()

    def __iter__(self) -> Iterator[Message]:
        return chain(self._returned, self._fresh)

    def head(self) -> Message:
        """Return the next message without removing it."""
        return self._returned.pieces[0][0] if self._returned.size else self._fresh[0]

    def add(self, message: Message) -> int:
        """Append a new message; return its position."""
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
        """Remove and return the next message."""
        self.size = size = self.size - 1
        if not size and self.watchers:
            self._emptied()
        return self._returned.take() if self._returned.size else self._fresh.popleft()

    def put_back(self, message: Message, place: str) -> int:
        """Requeue a message at `place`: `original`, `front`, `back`, or `returned`; return its position.

        `returned`: before those that never left, behind those that have come back (a quorum queue).
        """
        if place == "back":
            return self.add(message)
        if place == "front":
            self.front -= 1
            message.seq = self.front
        elif place == "returned":
            self._comebacks += 1
            message.seq = self._comebacks
        self.size += 1
        if self.size == 1:
            self._filled()
        return self._returned.add(message)

    def remove(self, message: Message) -> None:
        """Remove a ready message from any position."""
        self.size -= 1
        if not self.size:
            self._emptied()
        if not (self._returned.size and self._returned.remove(message)):
            self._fresh.remove(message)


class PriorityQueue(Queue):
    """A priority queue: one line per rank, best rank first."""

    def __init__(
        self,
        name: str,
        index: int,
        spec: QueueSpec,
        ranks: Sequence[int],
        *,
        has_arguments: bool,
        consumer_timeout: int,
        redrives: bool = False,
    ) -> None:
        """Create an empty queue; `ranks`: rank by priority from 0, lower first; higher ones share the last."""
        super().__init__(
            name, index, spec, has_arguments=has_arguments, consumer_timeout=consumer_timeout, redrives=redrives
        )
        self._by_priority = ranks
        self._lines: dict[int, tuple[Returned, deque[Message]]] = {}
        """Requeued and new messages of each rank."""
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
        """Return the number of messages with a better rank."""
        return sum(lines[0].size + len(lines[1]) for other, lines in self._lines.items() if other < rank)

    def head(self) -> Message:
        """Return the next message without removing it."""
        returned, fresh = self._best()
        return returned.pieces[0][0] if returned.size else fresh[0]

    def add(self, message: Message) -> int:
        """Append a new message behind those of its priority; return its position."""
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
        """Remove and return the next message."""
        self.size -= 1
        if not self.size:
            self._emptied()
        returned, fresh = self._best()
        return returned.take() if returned.size else fresh.popleft()

    def put_back(self, message: Message, place: str) -> int:
        """Requeue a message among those of its priority; return its position in the whole queue."""
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
        """Remove a ready message from any position."""
        self.size -= 1
        if not self.size:
            self._emptied()
        returned, fresh = self._lines[message.rank]
        if not (returned.size and returned.remove(message)):
            fresh.remove(message)

"""A room in which a class votes: its polls and votes, kept in a journal, so that it outlives the program.

Nothing in it is about a person: a device has a random number that this room has signed. Pure but for the journal.
"""

from __future__ import annotations

import hmac
import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Annotated, Any

import msgspec

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Characters of a room's code: none that is taken for another one."""

CODE_LENGTH = 5

MAX_DEVICES = 2_000
"""Most devices that vote in a room; more than any class has."""

OLD = 24 * 3600
"""Seconds after which a room is forgotten."""

LONGEST = 50_000_000
"""Bytes of the longest journal that is read: more than a day of votes makes."""


class VoteRefused(Exception):
    """A vote that does not count: `device`, `closed`, `choice`, `stale` or `full`."""

    def __init__(self, reason: str) -> None:
        """Give the reason."""
        super().__init__(reason)
        self.reason = reason


class RoomBroken(Exception):
    """A journal with a line that no room has written."""

    def __init__(self, journal: Path, line: int) -> None:
        """Tell the file and the number of the line, from 1."""
        super().__init__(journal, line)
        self.journal = journal
        self.line = line


Key = Annotated[str, msgspec.Meta(pattern=r"^\d{1,4}/\d{1,4}$")]
"""Name of a question: the index of its station, and its number there."""
Round = Annotated[int, msgspec.Meta(ge=1, le=2)]
Index = Annotated[int, msgspec.Meta(ge=0)]


class PollQuestion(msgspec.Struct, frozen=True):
    """A question with its choices, by language."""

    key: Key
    text: dict[str, str]
    choices: list[dict[str, str]]


class _Opened(msgspec.Struct, tag="room"):
    code: Annotated[str, msgspec.Meta(pattern=f"^[{LETTERS}]{{{CODE_LENGTH}}}$")]
    secret: Annotated[str, msgspec.Meta(min_length=32)]
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)]


class _Asked(msgspec.Struct, tag="ask"):
    question: PollQuestion
    round: Round


class _Closed(msgspec.Struct, tag="close"):
    pass


class _Revealed(msgspec.Struct, tag="reveal"):
    key: Key
    right: Index | None


class _Voted(msgspec.Struct, tag="vote"):
    key: Key
    round: Round
    device: str
    choice: Index
    order: int


Line = _Asked | _Closed | _Revealed | _Voted
"""A line of the journal after its first: a change of the room."""


@dataclass
class ClassVote:
    """A question that a class votes on, once or twice."""

    question: PollQuestion
    round: int = 1
    open: bool = True
    right: int | None = None
    """Index of the choice that the run has shown to be right."""
    votes: dict[int, dict[str, tuple[int, int]]] = field(default_factory=lambda: {1: {}, 2: {}})
    """By round and device: the number of the vote, which grows with each change of mind, and the choice."""

    def counts(self, which: int | None = None) -> tuple[int, ...]:
        """Votes by choice, in the current round or another one."""
        chosen = [choice for _, choice in self.votes[which or self.round].values()]
        return tuple(map(chosen.count, range(len(self.question.choices))))

    def shift(self) -> list[list[int]]:
        """Devices that voted twice, by their first and their second choice."""
        first, second = self.votes[1], self.votes[2]
        count = len(self.question.choices)
        table = [[0] * count for _ in range(count)]
        for device in first.keys() & second.keys():
            table[first[device][1]][second[device][1]] += 1
        return table


class ClassRoom:
    """A room: a code to find it by, and the polls in it. Safe to use from several threads."""

    def __init__(self, journal: Path | None = None, code: str = "", secret: str = "", port: int = 0) -> None:
        """Open a new room, unless `code` and `secret` are those of one that goes on."""
        self.code = code or "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
        self.secret = secret or secrets.token_hex(16)
        self.port = port
        self.polls: dict[str, ClassVote] = {}
        self.current: str | None = None
        self.changed: Callable[[], None] = lambda: None
        """Called after each change that the phones should see."""
        self.unkept = ""
        """The reason if the journal could not be written, so that the room lasts only as long as the program."""
        self._journal = journal
        self._lock = RLock()

    # -- devices ------------------------------------------------------------------------------------------------

    def new_device(self) -> str:
        """Make the token of a device, signed, so that nobody can make up others."""
        device = secrets.token_hex(8)
        return f"{device}.{self._sign(device)}"

    def device_of(self, token: str) -> str | None:
        """The device of a token; None if this room has not signed it."""
        device, _, signature = token.partition(".")
        return device if hmac.compare_digest(signature.encode(errors="replace"), self._sign(device).encode()) else None

    def _sign(self, device: str) -> str:
        return hmac.new(self.secret.encode(), device.encode(errors="replace"), sha256).hexdigest()[:32]

    # -- the teacher --------------------------------------------------------------------------------------------

    def ask(self, question: PollQuestion, number: int) -> None:
        """Open a round (1 or 2) of a question; what was voted in it before stays."""
        self._note(_Asked(question, number))

    def close(self) -> tuple[int, ...]:
        """Close the current round; returns its counts."""
        self._note(_Closed())
        return self.polls[self.current].counts() if self.current is not None else ()

    def reveal(self, key: str, right: int | None) -> None:
        """Tell the phones which choice was right."""
        if key in self.polls:
            self._note(_Revealed(key, right))

    def answered(self) -> int:
        """Number of votes in the current round."""
        with self._lock:
            poll = self.polls.get(self.current or "")
            return len(poll.votes[poll.round]) if poll is not None else 0

    # -- the phones ---------------------------------------------------------------------------------------------

    def vote(self, token: str, key: str, number: int, choice: int, order: int) -> None:
        """Count a vote, or change it; raises `VoteRefused`.

        Args:
            token: of the device.
            key: of the question.
            number: the round.
            choice: its index.
            order: grows with each vote of a device, so that one that comes late or again changes nothing.
        """
        with self._lock:
            device, poll = self.device_of(token), self.polls.get(key)
            if device is None:
                raise VoteRefused("device")
            if poll is None or key != self.current or not poll.open or number != poll.round:
                raise VoteRefused("closed")
            if not 0 <= choice < len(poll.question.choices):
                raise VoteRefused("choice")
            votes = poll.votes[number]
            if device not in votes and len(votes) >= MAX_DEVICES:
                raise VoteRefused("full")
            before = votes.get(device)
            if before == (order, choice):
                return
            if before is not None and order <= before[0]:
                raise VoteRefused("stale")
            self._note(_Voted(key, number, device, choice, order))

    def state_for(self, token: str) -> dict[str, Any]:
        """The page's state for a device: the question, whether it is open, and its own vote."""
        with self._lock:
            poll = self.polls.get(self.current or "")
            if poll is None:
                return {"question": None}
            mine = poll.votes[poll.round].get(self.device_of(token) or "")
            return {
                "question": msgspec.to_builtins(poll.question),
                "round": poll.round,
                "open": poll.open,
                "right": poll.right,
                "mine": mine[1] if mine is not None else None,
                "order": mine[0] if mine is not None else 0,
            }

    # -- the journal --------------------------------------------------------------------------------------------

    def _note(self, line: Line) -> None:
        """Carry out a change and write it down first."""
        with self._lock:
            self._write(line)
            self._carry_out(line)
        if not isinstance(line, _Voted):
            self.changed()

    def _write(self, line: Line | _Opened) -> None:
        """Append a line to the journal; where that fails, the class goes on without one."""
        if self._journal is None:
            return
        try:
            write_line(self._journal, line)
        except OSError as error:
            self._journal, self.unkept = None, error.strerror or str(error)

    def keep(self) -> None:
        """Begin the journal, once the port is known."""
        if self._journal is not None and not self._journal.exists():
            self._write(_Opened(self.code, self.secret, self.port))

    def _carry_out(self, line: Line) -> None:
        """Change the room; raises `LookupError` for a question that was never put, or a choice that it has not."""
        match line:
            case _Asked(question, number):
                poll = self.polls.get(question.key)
                if poll is None or poll.question != question:  # another class, in a room that goes on
                    poll = self.polls[question.key] = ClassVote(question)
                poll.round, poll.open, poll.right, self.current = number, True, None, question.key
            case _Closed():
                if self.current is not None:
                    self.polls[self.current].open = False
            case _Revealed(key, right):
                poll = self.polls[key]
                if right is not None:
                    poll.question.choices[right]
                poll.open, poll.right = False, right
            case _Voted(key, number, device, choice, order):
                poll = self.polls[key]
                poll.question.choices[choice]
                poll.votes[number][device] = order, choice


def write_line(journal: Path, line: Line | _Opened) -> None:
    """Append a line to a journal, readable by its owner only."""
    journal.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = not journal.exists()
    with journal.open("ab") as stream:
        if new:
            journal.chmod(0o600)
        stream.write(msgspec.json.encode(line) + b"\n")


def open_room(folder: Path | None, code: str | None = None) -> ClassRoom | None:
    """Open a new room, or with a `code` one that goes on; None if there is no such room. Old rooms are deleted.

    Raises:
        RoomBroken: the journal of that room was damaged.
        OSError: it cannot be read.
    """
    if folder is None:
        return ClassRoom() if code is None else None
    for file in folder.glob("*.jsonl"):
        with suppress(OSError):  # gone meanwhile, or on a disk that is read-only: it is old, no more
            if time.time() - file.stat().st_mtime > OLD:
                file.unlink()
    if code is not None:
        return _read_room(folder / f"{code}.jsonl") if set(code) <= set(LETTERS) else None
    room = ClassRoom()
    room._journal = folder / f"{room.code}.jsonl"
    return room


def _read_room(journal: Path) -> ClassRoom | None:
    """Read a room again. A last line that was cut off, by a crash while it was written, goes: nobody relies on it."""
    try:
        with journal.open("rb") as stream:
            text = stream.read(LONGEST + 1)
    except FileNotFoundError:
        return None
    if len(text) > LONGEST:
        raise RoomBroken(journal, 1)
    whole = text[: text.rfind(b"\n") + 1]
    if whole != text:
        os.truncate(journal, len(whole))
    room = None
    for number, line in enumerate(whole.splitlines(), start=1):
        try:
            if room is None:
                opened = msgspec.json.decode(line, type=_Opened)
                room = ClassRoom(journal, opened.code, opened.secret, opened.port)
            else:
                room._carry_out(msgspec.json.decode(line, type=Line))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, LookupError):
            raise RoomBroken(journal, number) from None
    return room

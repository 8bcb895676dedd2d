"""A room in which a class votes: its polls and votes, kept in a journal, so that it outlives the program.

Nothing in it is about a person: a device has a random number that this room has signed. Pure but for the journal.
"""

from __future__ import annotations

import hmac
import os
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Any

import msgspec

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Characters of a room's code: none that is taken for another one."""

CODE_LENGTH = 5

MAX_DEVICES = 2_000
"""Most devices that vote in a room; more than any class has."""

OLD = 24 * 3600
"""Seconds after which a room is forgotten."""


class VoteRefused(Exception):
    """A vote that does not count: `device`, `closed`, `choice`, `stale` or `full`."""

    def __init__(self, reason: str) -> None:
        """Give the reason."""
        super().__init__(reason)
        self.reason = reason


class PollQuestion(msgspec.Struct, frozen=True):
    """A question with its choices, by language."""

    key: str
    text: dict[str, str]
    choices: list[dict[str, str]]


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
        self._note("ask", question=msgspec.to_builtins(question), round=number)

    def close(self) -> tuple[int, ...]:
        """Close the current round; returns its counts."""
        self._note("close")
        return self.polls[self.current].counts() if self.current is not None else ()

    def reveal(self, key: str, right: int | None) -> None:
        """Tell the phones which choice was right."""
        if key in self.polls:
            self._note("reveal", key=key, right=right)

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
            self._note("vote", key=key, round=number, device=device, choice=choice, order=order)

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

    def _note(self, kind: str, **what: Any) -> None:
        """Carry out a change and write it down; whoever is told of it can rely on it."""
        with self._lock:
            line = {"type": kind, **what}
            if self._journal is not None:
                write_line(self._journal, line)
            self._carry_out(line)
        if kind != "vote":
            self.changed()

    def _carry_out(self, line: Mapping[str, Any]) -> None:
        match line["type"]:
            case "ask":
                question = msgspec.convert(line["question"], PollQuestion)
                poll = self.polls.setdefault(question.key, ClassVote(question))
                poll.round, poll.open, poll.right, self.current = line["round"], True, None, question.key
            case "close" if self.current is not None:
                self.polls[self.current].open = False
            case "reveal":
                poll = self.polls[line["key"]]
                poll.open, poll.right = False, line["right"]
            case "vote":
                vote = line["order"], line["choice"]
                self.polls[line["key"]].votes[line["round"]][line["device"]] = vote


def write_line(journal: Path, line: Mapping[str, Any]) -> None:
    """Append a line to a journal, readable by its owner only."""
    journal.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = not journal.exists()
    with journal.open("ab") as stream:
        if new:
            journal.chmod(0o600)
        stream.write(msgspec.json.encode(line) + b"\n")


def open_room(folder: Path | None, code: str | None = None) -> ClassRoom | None:
    """Open a new room, or with a `code` one that goes on; None if there is no such room. Old rooms are deleted."""
    if folder is None:
        return ClassRoom() if code is None else None
    for file in folder.glob("*.jsonl"):
        if time.time() - file.stat().st_mtime > OLD:
            file.unlink(missing_ok=True)
    if code is not None:
        return _read_room(folder / f"{code}.jsonl") if set(code) <= set(LETTERS) else None
    room = ClassRoom()
    room._journal = folder / f"{room.code}.jsonl"
    return room


def keep_room(room: ClassRoom) -> None:
    """Begin a room's journal, once its port is known."""
    if room._journal is not None and not room._journal.exists():
        write_line(room._journal, {"type": "room", "code": room.code, "secret": room.secret, "port": room.port})


def _read_room(journal: Path) -> ClassRoom | None:
    """Read a room again. A last line that was cut off, by a crash while it was written, goes: nobody relies on it."""
    try:
        text = journal.read_bytes()
    except FileNotFoundError:
        return None
    whole = text[: text.rfind(b"\n") + 1]
    if whole != text:
        os.truncate(journal, len(whole))
    lines = [msgspec.json.decode(line, type=dict[str, Any]) for line in whole.splitlines()]
    if not lines or lines[0]["type"] != "room":
        return None
    room = ClassRoom(journal, lines[0]["code"], lines[0]["secret"], lines[0]["port"])
    for line in lines[1:]:
        room._carry_out(line)
    return room

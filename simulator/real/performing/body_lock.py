"""Locks with a lease that bodies take, in the stage's folder, which every process of the stage can reach.

They follow the rules of `redis.lock: Lock` (SET NX PX, a token for each holder), without asking for a Redis.
"""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from secrets import token_hex

LOCKS = "locks.sqlite"
"""File with the locks that are held."""


@contextmanager
def _alone(folder: str) -> Iterator[sqlite3.Connection]:
    """Open the file of locks, which nobody else reads or writes meanwhile."""
    with closing(sqlite3.connect(Path(folder) / LOCKS, timeout=30, isolation_level=None)) as file:
        file.execute("BEGIN IMMEDIATE")
        file.execute("CREATE TABLE IF NOT EXISTS held (name TEXT PRIMARY KEY, token TEXT, ends REAL)")
        yield file
        file.execute("COMMIT")


def take(folder: str, name: str, lease: float | None) -> str:
    """Take a lock for `lease` seconds (None: for ever); return its token, "" if another holder's lease runs."""
    now, token = time.time(), token_hex(8)
    with _alone(folder) as file:
        if file.execute("SELECT 1 FROM held WHERE name = ? AND ends > ?", (name, now)).fetchone():
            return ""
        ends = now + (math.inf if lease is None else lease)
        file.execute("INSERT OR REPLACE INTO held VALUES (?, ?, ?)", (name, token, ends))
    return token


def release(folder: str, name: str, token: str) -> None:
    """Release a lock if this holder still has it."""
    with _alone(folder) as file:
        file.execute("DELETE FROM held WHERE name = ? AND token = ?", (name, token))

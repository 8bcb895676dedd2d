"""Queues of our own on a shared broker, named after the listening process, so that those of dead ones can be removed.

RabbitMQ deletes such a queue with the connection. On Redis there is nobody to do so: of a listener that was killed, its
place in the table of bindings would stay, and workers would go on writing into its list, for good.
"""

from __future__ import annotations

import os
import secrets
import socket
from typing import Any

from celery.app.control import Control, Mailbox
from redis import Redis

from simulator.real.performing.leftovers import is_running, started

OURS = "ackademy.listener:"
SEPARATOR = "\x06\x16"
"""Separator of a binding's fields on Redis, and of a queue and its priority (kombu.transport.redis: Channel.sep)."""
PRIORITIES = (0, 3, 6, 9)
TABLES = ("_kombu.binding.celeryev", "_kombu.binding.reply.celery.pidbox")
"""Redis's sets of bindings: queues bound to the events, and to workers' replies."""


def own_name() -> str:
    """A queue name that identifies its owner."""
    pid = os.getpid()
    return ":".join((OURS + socket.gethostname(), str(pid), started(pid), secrets.token_hex(4)))


def is_dead(queue: str) -> bool:
    """Return True if a queue was made on this machine by one of our processes that is gone."""
    _, found, rest = queue.partition(OURS)
    host, pid, when = [*rest.split(":"), "", "", ""][:3]
    return bool(found) and host == socket.gethostname() and pid.isdecimal() and not is_running(int(pid), when)


class OwnMailbox(Mailbox):  # type: ignore[misc]
    """Mailbox that receives workers' replies in a queue with such a name."""

    @property
    def oid(self) -> str:
        """The queue's name, under which it is also bound."""
        if not hasattr(self, "_own"):
            self._own = own_name()
        return self._own


class OwnControl(Control):  # type: ignore[misc]
    """Celery's remote control, with a mailbox of our own."""

    Mailbox = OwnMailbox


def remove_dead(connection: Any) -> list[str]:
    """Remove the queues of dead listeners; returns their names. They occur only on Redis."""
    if connection.transport.driver_type != "redis":
        return []
    client = Redis(connection_pool=connection.default_channel.pool)
    found = []
    for table in TABLES:
        for member in client.smembers(table):
            queue = member.decode(errors="replace").rpartition(SEPARATOR)[2]
            if is_dead(queue):
                client.srem(table, member)
                client.delete(*(f"{queue}{SEPARATOR}{priority}" if priority else queue for priority in PRIORITIES))
                found.append(queue)
    return found

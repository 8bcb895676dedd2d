"""Output format of Celery's command line for workers' replies.

Source: celery.bin.control: _say_remote_command_reply; celery.bin.base: CLIContext.pretty, say_chat; celery.events.dumper.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pprint import pformat
from typing import Any

from simulator.story.logs.celery_events import CLUSTER, celery_events
from simulator.story.logs.worker_log import EPOCH
from simulator.trace import Trace

NO_REPLY = "Error: No nodes replied within time constraint"

HUMAN_TYPES = {"worker-offline": "shutdown", "worker-online": "started", "worker-heartbeat": "heartbeat"}


def format_replies(replies: Mapping[str, Any], *, quiet: bool = False, bodies: bool = True) -> Iterator[str]:
    """The lines of all replies, by node name, as printed without colours."""
    for node, reply in replies.items():
        status, body = _pretty(reply)
        yield f"{'' if quiet else '-> '} {node}: {status}"
        if bodies and body:
            yield from _indent(body).split("\n")


def count_nodes(count: int) -> list[str]:
    """The closing lines with the number of nodes, after an empty one."""
    return ["", f"{count} {'node' if count == 1 else 'nodes'} online."]


def format_json(replies: Mapping[str, Any]) -> list[str]:
    """The replies as JSON, indented; Celery prints one line, which is unreadable on a projector."""
    return json.dumps(replies, ensure_ascii=False, indent=2).split("\n")


def _pretty(reply: Any) -> tuple[str, str]:
    match reply:
        case list():
            return "OK", "\n".join(f"* {item}" for item in reply) if reply else "- empty -"
        case {"ok": value}:
            return "OK", _indent(_pretty(value)[1])
        case {"error": value}:
            return "ERROR", _indent(_pretty(value)[1])
        case dict():
            return "OK", json.dumps(reply, sort_keys=True, indent=4, ensure_ascii=False)
        case str():
            return "OK", reply
        case _:
            return "OK", pformat(reply)


def _indent(text: str) -> str:
    return "\n".join(f"    {part}" for part in text.split("\n"))


def dump_events(trace: Trace, cursor: int) -> Iterator[str]:
    """Output of `celery events --dump` up to a cursor; the run begins at the log's start time."""
    calls: dict[str, str] = {}
    for raw in celery_events(trace, EPOCH.replace(tzinfo=UTC).timestamp(), until=cursor):
        when = datetime.fromtimestamp(raw.pop("timestamp"), UTC)
        kind = raw.pop("type")
        host = raw.pop("hostname").removesuffix(f"@{CLUSTER}")
        node = host if kind == "task-sent" else f"celery@{host}"
        call = ""
        if kind.startswith("task-"):
            uuid = raw.pop("uuid")
            if kind in ("task-received", "task-sent"):
                name, args, kwargs = raw.pop("name"), raw.pop("args"), raw.pop("kwargs")
                calls[uuid] = f"{name}({uuid}) args={args} kwargs={kwargs}"
            call = f"{calls.get(uuid, '')} "
        fields = ", ".join(f"{key}={raw[key]}" for key in sorted(raw))
        yield f"{node} [{when}] {HUMAN_TYPES.get(kind, kind.replace('-', ' '))}: {call}{fields}"

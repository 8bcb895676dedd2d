"""Celery's own commands, answered for a moment of a run, or turned into a what-if."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.console import words
from simulator.console.control import CONTROLS, control_line, control_text, reply_of
from simulator.console.inspecting import QUESTIONS, inspect_workers, registered
from simulator.console.line import NotUnderstood, Typed, read_line, suggest, typed_in_hangul
from simulator.console.shapes import NO_REPLY, count_nodes, dump_events, format_json, format_replies
from simulator.scenario import Edit
from simulator.scenario.schema import ABOUT_TASKS
from simulator.story.catalog import Line, Words, line, plain
from simulator.story.run import Run
from simulator.story.values import in_language
from simulator.trace import events as ev
from simulator.trace.time import as_seconds
from simulator.world import WorkerView, World, query

ANSWERED = ("inspect", "control", "status", "events", "call", "result")
"""Celery's commands that work here."""

INSTEAD = ("worker", "flower", "beat", "purge", "list", "multi")
"""Celery's commands that have a counterpart here."""

ABSENT = ("amqp", "graph", "logtool", "migrate", "report", "shell", "upgrade")
"""Celery's commands that do not concern a run."""

INSPECTIONS = (*QUESTIONS, "query_task")

NOT_ASKED = ("memdump", "memsample", "objgraph")
NOT_CONTROLLED = (
    "disable_events",
    "election",
    "enable_events",
    "heartbeat",
    "pool_restart",
    "revoke_by_stamped_headers",
)
"""Remote-control commands of a real worker that are not simulated."""

MAX_EVENTS = 100
"""Number of events dumped, the last ones."""


@dataclass(frozen=True)
class Output:
    """A command's output, with the simulator's own notes on it."""

    lines: tuple[str, ...] = ()
    notes: tuple[Line, ...] = ()
    failed: bool = False
    """True if Celery's program would exit with an error."""

    def text(self, lang: str) -> str:
        """The whole output, for a pipe or a test."""
        return "\n".join([*self.lines, *(f"# {note.text(lang)}" for note in self.notes)])


@dataclass(frozen=True)
class Order:
    """A command that changes the future: a what-if right after the moment shown."""

    text: str
    """The command in its shortest form."""
    edits: tuple[Edit, ...]
    answer: Callable[[Run], Output]
    """Make the command's output from the run it leads to."""


@dataclass(frozen=True)
class Snapshot:
    """The moment of a command: after the first `cursor` events, at `time` in microseconds."""

    run: Run
    cursor: int
    time: int

    @property
    def world(self) -> World:
        """The world at that moment."""
        return self.run.world(self.cursor)


def interpret(run: Run, cursor: int, time: int, text: str) -> Output | Order:
    """Parse a line and answer it. Pure; no input makes it raise an error."""
    moment = Snapshot(run, cursor, time)
    try:
        typed = read_line(text)
        return _answer(moment, typed)
    except NotUnderstood as error:
        return Output(notes=typed_in_hangul(text) or error.said, failed=True)


def _answer(moment: Snapshot, typed: Typed) -> Output | Order:
    match typed.command:
        case "" | "help" | "?":
            return help_answer()
        case "inspect" | "control" if typed.has("list") or not typed.arguments:
            return _list(typed.command)
        case _ if typed.has("list"):
            return help_answer()
        case "inspect":
            return _inspect(moment, typed)
        case "control":
            return _control(moment, typed)
        case "status":
            return _status(moment, typed)
        case "events":
            return _events(moment, typed)
        case "call":
            return _call(moment, typed)
        case "result":
            return _result(moment, typed)
        case "worker" | "flower" | "beat" | "purge" | "list" | "multi":
            return _instead(moment, typed.command)
        case command if command in ABSENT:
            return Output(notes=(line(words.NOT_SIMULATED, command=command, known=", ".join(ANSWERED)),))
        case command:
            raise NotUnderstood(line(words.UNKNOWN, what=command, meant=_hint(command)))


def _hint(command: str) -> Line:
    """The hint for a command without its first word, or with a misspelt one."""
    for head, known in (("inspect", INSPECTIONS), ("control", CONTROLS)):
        if command in known:
            return line(words.MEANT, meant=f"{head} {command}")
    return suggest(command, ["celery", "help", *ANSWERED, *INSTEAD, *ABSENT])


def help_answer() -> Output:
    """The commands available, by purpose."""
    asking = (f"celery -A app inspect {'|'.join(INSPECTIONS)}", "celery -A app status", "celery -A app events --dump")
    telling = (*(f"celery -A app control {name} {usage}".rstrip() for name, usage in CONTROLS.items()), CALL)
    return Output(
        notes=(
            *(line(words.HELP), line(words.HELP_SHORT), line(_HEADING, text=words.HELP_ASK)),
            *(plain(f"  {text}") for text in (*asking, "celery -A app result ID")),
            line(_HEADING, text=words.HELP_CHANGE),
            *(plain(f"  {text}") for text in telling),
        )
    )


CALL = "celery -A app call TASK --args '[1]' --kwargs '{}' --countdown 5"
_HEADING = Words("{text}:", "{text}:")


def _list(command: str) -> Output:
    """`celery inspect --list`."""
    if command == "control":
        return Output(("Control Commands:", *(f"  {name} {usage}".rstrip() for name, usage in CONTROLS.items())))
    about = {"query_task": "[id1 [id2 [... [idN]]]]"}
    return Output(("Inspect Commands:", *(f"  {name} {about.get(name, '')}".rstrip() for name in INSPECTIONS)))


# -- asking -----------------------------------------------------------------------------------------------------


def _inspect(moment: Snapshot, typed: Typed) -> Output:
    question, *rest = typed.arguments
    if question not in INSPECTIONS:
        raise _no_such("inspect", question, INSPECTIONS, NOT_ASKED)
    if question == "query_task":
        if not rest:
            raise NotUnderstood(line(words.USAGE, usage="inspect query_task [id1 [id2 [... [idN]]]]"))
        replies = query(moment.world, rest)
    elif rest:
        raise NotUnderstood(line(words.USAGE, usage=f"inspect {question}"))
    else:
        replies = inspect_workers(moment.run, moment.world, question)
    sent = moment.world.tasks() if question == "query_task" else []
    unknown = [line(words.NO_ID, what=uuid, meant=suggest(uuid, sent)) for uuid in rest if uuid not in sent]
    return _replied(moment, typed, replies, notes=[*unknown, *_solo(moment, typed)])


def _status(moment: Snapshot, typed: Typed) -> Output:
    if typed.arguments:
        raise NotUnderstood(line(words.USAGE, usage="status"))
    return _replied(
        moment, typed, inspect_workers(moment.run, moment.world, "ping"), bodies=False, notes=_solo(moment, typed)
    )


def _replied(
    moment: Snapshot,
    typed: Typed,
    replies: dict[str, Any],
    *,
    bodies: bool = True,
    count: bool = True,
    notes: Sequence[Line] = (),
) -> Output:
    """Celery's output for these replies of the workers addressed."""
    said = _unknown_workers(moment, typed)
    if not moment.world.broker_up:
        return Output((NO_REPLY,), (*said, line(words.BROKER_DOWN)), failed=True)
    asked = {f"celery@{name}" for name in typed.destination}
    replies = {node: reply for node, reply in replies.items() if not asked or node in asked}
    if not replies:
        return Output((NO_REPLY,), (*said, *_silent(moment, typed), *notes), failed=True)
    if typed.has("json"):
        return Output(tuple(format_json(replies)), (*said, *notes))
    quiet = typed.has("quiet")
    printed = list(format_replies(replies, quiet=quiet, bodies=bodies))
    tail = count_nodes(len(replies)) if count and not quiet else []
    return Output((*printed, *tail), (*said, *_silent(moment, typed), *notes))


def _unknown_workers(moment: Snapshot, typed: Typed) -> list[Line]:
    """Notes on addressed workers that never existed."""
    known = list(moment.world.workers)
    unknown = [name for name in typed.destination if name not in known]
    return [line(words.NO_WORKER, what=name, meant=suggest(name, known)) for name in unknown]


def _silent(moment: Snapshot, typed: Typed) -> list[Line]:
    named = typed.destination
    gone = [name for name, w in moment.world.workers.items() if w.life != "online" and (not named or name in named)]
    return [line(words.SILENT, names=", ".join(gone))] if gone else []


def _solo(moment: Snapshot, typed: Typed) -> list[Line]:
    named = typed.destination
    busy = [
        name
        for name, worker in moment.world.workers.items()
        if worker.life == "online" and worker.info.pool == "solo" and worker.busy and (not named or name in named)
    ]
    return [line(words.SOLO, names=", ".join(busy))] if busy else []


def _no_such(command: str, what: str, known: Sequence[str], absent: Sequence[str]) -> NotUnderstood:
    if what in absent:
        return NotUnderstood(line(words.NOT_SIMULATED, command=f"{command} {what}", known=", ".join(known)))
    meant = suggest(what, known)
    return NotUnderstood(line(words.UNKNOWN_IN, of=command, what=what, meant=meant, known=", ".join(known)))


def _events(moment: Snapshot, typed: Typed) -> Output:
    if typed.arguments:
        raise NotUnderstood(line(words.USAGE, usage="events [--dump]"))
    lines = list(dump_events(moment.run.trace, moment.cursor))
    left = len(lines) - MAX_EVENTS
    notes = [line(words.EARLIER, count=left)] if left > 0 else []
    notes.append(line(words.EVENTS_SO_FAR, count=len(lines)))
    if not typed.has("dump"):
        notes.append(line(words.SCREEN_IS_THE_MONITOR))
    return Output(("-> evdump: starting capture...", *lines[-MAX_EVENTS:]), tuple(notes))


def _result(moment: Snapshot, typed: Typed) -> Output:
    if len(typed.arguments) != 1:
        raise NotUnderstood(line(words.USAGE, usage="result ID"))
    world, uuid = moment.world, typed.arguments[0]
    if uuid not in world:
        raise NotUnderstood(line(words.NO_ID, what=uuid, meant=suggest(uuid, world.tasks())))
    task = world.task(uuid)
    stored = [one for one in (world.trace.events[i] for i in task.history) if isinstance(one, ev.ResultStored)]
    if not stored or stored[-1].state not in ("SUCCESS", "FAILURE", "REVOKED"):
        return Output(notes=(line(words.NO_RESULT, state=task.state),), failed=True)
    return Output((str(in_language(stored[-1].result, "en")),), failed=stored[-1].state != "SUCCESS")


# -- changing ---------------------------------------------------------------------------------------------------


def _control(moment: Snapshot, typed: Typed) -> Output | Order:
    command = typed.arguments[0]
    if command not in CONTROLS:
        raise _no_such("control", command, tuple(CONTROLS), NOT_CONTROLLED)
    written = control_line(typed)
    world, named = moment.world, typed.destination
    if moment.run.scenario is None:
        return Output(notes=(line(words.NO_SCENARIO),), failed=True)
    workers = [w for name, w in world.workers.items() if w.life == "online" and (not named or name in named)]
    tasks = registered(moment.run, world)
    replies: dict[str, Any] = {f"celery@{w.hostname}": reply_of(world, w, written, tasks) for w in workers}
    obeying = [worker for worker in workers if "ok" in replies[f"celery@{worker.hostname}"]]
    notes = _control_notes(moment, written, tasks)
    if command == "shutdown":
        replies = {}
    answer = _replied(moment, typed, replies, count=False, notes=notes)
    if not obeying or not world.broker_up:
        return answer
    lines = list(_control_lines(written, obeying, everybody=not named and len(obeying) == len(workers)))
    at = as_seconds(moment.time + 1)
    edits = tuple(Edit("control", {"at": at, **one}, append=True) for one in lines)
    said = Output(answer.lines, (*answer.notes, line(words.FROM_HERE)), answer.failed)
    return Order("; ".join(map(control_text, lines)), edits, lambda _: said)


def _control_notes(moment: Snapshot, written: dict[str, Any], tasks: tuple[str, ...]) -> list[Line]:
    notes = []
    name = written.get("rate_limit") or written.get("time_limit")
    if name is not None and name not in tasks:
        notes.append(line(words.NO_TASK, what=name, meant=suggest(name, tasks)))
    if "shutdown" in written:
        notes.append(line(words.SHUTDOWN))
    if "revoke" in written:
        sent = moment.world.tasks()
        ids = [written["revoke"]] if isinstance(written["revoke"], str) else written["revoke"]
        notes += [line(words.NO_ID, what=one, meant=suggest(one, sent)) for one in ids if one not in sent]
    if "add_consumer" in written and written["queue"] not in moment.world.queues:
        notes.append(line(words.NEW_QUEUE, queue=written["queue"]))
    return notes


def _control_lines(written: dict[str, Any], obeying: list[WorkerView], *, everybody: bool) -> list[dict[str, Any]]:
    """One scenario line for all workers, or one for each that obeys."""
    command = next(iter(written))
    if command in ABOUT_TASKS:
        return [written if everybody else {**written, "destination": [worker.hostname for worker in obeying]}]
    names = ["all"] if everybody else [worker.hostname for worker in obeying]
    return [{**written, command: name} for name in names]


def _call(moment: Snapshot, typed: Typed) -> Output | Order:
    if len(typed.arguments) != 1:
        raise NotUnderstood(line(words.USAGE, usage=CALL.removeprefix("celery -A app ")))
    if moment.run.scenario is None:
        return Output(notes=(line(words.NO_SCENARIO),), failed=True)
    name, options = typed.arguments[0], typed.options
    tasks = registered(moment.run, moment.world)
    if name not in tasks:
        raise NotUnderstood(line(words.NO_TASK, what=name, meant=suggest(name, tasks)))
    send: dict[str, Any] = {"at": as_seconds(moment.time + 1), "task": name}
    for option, kind in (("args", list), ("kwargs", dict)):
        if option in options:
            send[option] = _json(f"--{option}", options[option], kind)
    send |= {key: float(options[key]) for key in ("countdown", "expires") if key in options}
    if "queue" in options:
        send["queue"] = options["queue"]
    notes = [line(words.FROM_HERE)]
    if "queue" in options and options["queue"] not in moment.world.queues:
        notes.insert(0, line(words.NEW_QUEUE, queue=options["queue"]))

    def sent(run: Run) -> Output:
        """Celery prints the new task's id."""
        after = (event for event in run.trace if isinstance(event, ev.TaskSent) and event.t > moment.time)
        found = next((event.uuid for event in after if event.name == name), None)
        return Output((found,) if found is not None else (), tuple(notes))

    return Order(f"call {name}", (Edit("send", send, append=True),), sent)


def _json(option: str, text: str, kind: type) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, kind):
        raise NotUnderstood(line(words.NOT_JSON, option=option, value=text))
    return value


# -- what has another place here --------------------------------------------------------------------------------


def _instead(moment: Snapshot, command: str) -> Output:
    world = moment.world
    match command:
        case "worker":
            names = ", ".join(f"{name} ({w.info.pool} {w.concurrency})" for name, w in world.workers.items()) or "-"
            return Output(notes=(line(words.WORKER), line(words.WORKERS_NOW, names=names)))
        case "purge":
            queues = ", ".join(f"{name} {len(queue)}" for name, queue in world.queues.items()) or "-"
            return Output(notes=(line(words.PURGE, queues=queues),))
        case _:
            said = {"flower": words.FLOWER, "beat": words.BEAT, "list": words.LIST, "multi": words.MULTI}
            return Output(notes=(line(said[command]),))

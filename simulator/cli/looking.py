"""`inspect` and `schema`: what a worker would answer, and what an author's editor needs."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli.shared import (
    DONE,
    Lang,
    Profile,
    Seed,
    Set,
    Until,
    Variant,
    What,
    app,
    language_of,
    opening,
)

if TYPE_CHECKING:
    from simulator.story.run import Run
    from simulator.world import World

HALF_A_MILLISECOND = 500
"""In microseconds: a moment follows all events before it plus this, as in goals."""

OURS = frozenset({"hop", "visibility_sweep", "child_replacement"})
"""What stands under `config` and is no setting of Celery's."""


class Question(StrEnum):
    """What `celery inspect` can be asked."""

    ACTIVE = "active"
    RESERVED = "reserved"
    SCHEDULED = "scheduled"
    REGISTERED = "registered"
    STATS = "stats"
    CONF = "conf"
    REVOKED = "revoked"


@app.command()
def inspect(
    context: typer.Context,
    what: What,
    question: Annotated[Question, typer.Argument(help="As celery inspect has it.")] = Question.ACTIVE,
    *,
    at: Annotated[float | None, typer.Option(metavar="SECONDS", help="When; default: at the end.")] = None,
    profile: Profile = None,
    variant: Variant = None,
    settings: Set = None,
    seed: Seed = None,
    until: Until = None,
    lang: Lang = None,
) -> int:
    """Answer as celery inspect would, at a moment: every living worker, in Celery's own shape."""
    from bisect import bisect_left

    from simulator.trace import to_micros
    from simulator.world import inspect as ask

    language = language_of(context, lang)
    asked = {"profile": profile, "variant": variant, "until": until, "overrides": settings or ()}
    with opening(language, what, seed, asked) as opened:
        events = opened.trace.events
        cursor = len(events)
        if at is not None:
            cursor = bisect_left(events, to_micros(at) + HALF_A_MILLISECOND, key=lambda event: event.t)
        world = opened.world(cursor)
        if question is Question.CONF:
            answer = _conf(opened, world)
        else:
            names = tuple(opened.scenario.model.tasks) if opened.scenario is not None else _names(world)
            answer = ask(world, question.value, names)
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    return DONE


def _names(world: World) -> tuple[str, ...]:
    """The tasks that a trace shows to be registered: those that somebody received."""
    from simulator.trace.events import TaskReceived

    return tuple({event.name: None for event in world.trace if isinstance(event, TaskReceived)})


def _conf(opened: Run, world: World) -> dict[str, Any]:
    """Celery's settings as far as the run has them: the scenario's, under what each worker reports of itself."""
    config: dict[str, Any] = {}
    if opened.scenario is not None:
        used = opened.scenario.settings
        config = {
            "broker_url": f"{used.transport}://",
            "task_default_queue": used.task_default_queue,
            "worker_prefetch_multiplier": used.worker_prefetch_multiplier,
            **{key: value for key, value in opened.scenario.model.config.written().items() if key not in OURS},
        }
    answers = {}
    for worker in world.workers.values():
        if worker.life == "online":
            info = worker.info
            reported = {key: value for key, value in info.settings.items() if key.startswith("task_")}
            pool = {"worker_concurrency": info.concurrency, "worker_pool": info.pool}
            answers[f"celery@{worker.hostname}"] = {**config, **reported, **pool}
    return answers


@app.command()
def schema() -> int:
    """Print the JSON Schema of scenario files, for editors."""
    from simulator.scenario import json_schema

    print(json.dumps(json_schema(), ensure_ascii=False, indent=2))
    return DONE

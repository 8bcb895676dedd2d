"""Sentences about a rate-limited task, which waits not for a slot but for its next token."""

from __future__ import annotations

from simulator.story.catalog import Words
from simulator.world import World

RESERVED_LIMITED = Words(
    "{worker}: {task} 미리 받음(reserved). 속도 제한({rate}) 때문에 메모리에서 기다립니다",
    "{worker}: {task} reserved. It waits in memory until the rate limit ({rate}) lets it start",
)
NEXT_LIMITED = Words(
    "{worker}: 다음은 미리 받아 둔 {task}. 속도 제한({rate})에 맞춰 시작합니다",
    "{worker}: Next is {task}, already reserved, as soon as the rate limit ({rate}) allows",
)


def rate_of(world: World, hostname: str, uuid: str) -> str:
    """The rate limit of a task in a worker, as it was written; empty if there is none."""
    name = world.task(uuid).name
    declared = world.trace.header.tasks.get(name, {}).get("rate_limit")
    rate = world.settings.get((hostname, f"rate_limit.{name}"), declared)
    return str(rate) if rate else ""

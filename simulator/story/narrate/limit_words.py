"""A task whose rate is limited: it does not wait for a slot but for its next token, and how that is told."""

from __future__ import annotations

from simulator.story.catalog import Words
from simulator.world import World

RESERVED_LIMITED = Words(
    "{worker}: {task} 예약(reserved). 속도 제한({rate}) 때문에 메모리에서 차례를 기다림",
    "{worker}: {task} reserved. It waits in memory until its rate limit ({rate}) lets it start",
)
NEXT_LIMITED = Words(
    "{worker}: 다음 작업은 예약해 둔 {task}. 시작은 속도 제한({rate}) 차례에 맞춰",
    "{worker}: The next one is {task}, reserved earlier, as soon as its rate limit ({rate}) allows",
)


def rate_of(world: World, hostname: str, uuid: str) -> str:
    """The rate limit that a task is under in a worker, as it was written; empty where there is none."""
    name = world.task(uuid).name
    declared = world.trace.header.tasks.get(name, {}).get("rate_limit")
    rate = world.settings.get((hostname, f"rate_limit.{name}"), declared)
    return str(rate) if rate else ""

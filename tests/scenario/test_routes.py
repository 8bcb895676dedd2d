"""`task_routes`: held against Celery's own router."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.engine import simulate
from simulator.scenario import ScenarioError, parse_scenario
from simulator.scenario.values.routes import Routes
from simulator.trace.events import TaskSent

NAMES = st.text("ab.", min_size=1, max_size=5)
KEYS = NAMES | st.text("ab.*?[]!", min_size=1, max_size=5)


@given(st.dictionaries(KEYS, st.sampled_from("xyz"), max_size=5), NAMES)
def test_names_and_globs_are_tried_in_the_order_of_celery(routes: dict[str, str], task: str) -> None:
    """The oracle is celery.app.routes.MapRoute itself."""
    map_route = pytest.importorskip("celery.app.routes").MapRoute
    expected = map_route(routes)(task)
    found = Routes(routes).find(task)
    assert found == (expected["queue"] if expected is not None else None)


@pytest.mark.parametrize("key", ["/(video|image)\\.tasks\\..*/", repr(re.compile(r"(video|image)\.tasks\..*"))])
def test_a_regular_expression_matches_from_the_start(key: str) -> None:
    map_route = pytest.importorskip("celery.app.routes").MapRoute
    celery = map_route([(re.compile(r"(video|image)\.tasks\..*"), {"queue": "media"})])
    ours = Routes({key: "media"})
    for task in ("video.tasks.cut", "image.tasks.", "my.video.tasks.cut", "videos.tasks.cut"):
        assert ours.find(task) == (celery(task) or {}).get("queue")


def test_tasks_go_where_their_pattern_says() -> None:
    scenario = parse_scenario(
        "profile: celery-redis\nuntil: 10\n"
        "config: {task_routes: {shop.*: shop, shop.refund: {queue: refunds}, '/^m/': {queue: media}}}\n"
        "workers: {w: {queues: [shop, refunds, media, celery]}}\ntasks: {shop.pack: 1, shop.refund: 1, mail: 1, x: 1}\n"
        "send: [{at: 0, task: shop.pack}, {at: 0, task: shop.refund}, {at: 0, task: mail}, {at: 0, task: x}]\n"
    )
    sent = {event.name: event.queue for event in simulate(scenario).events if isinstance(event, TaskSent)}
    assert sent == {"shop.pack": "shop", "shop.refund": "refunds", "mail": "media", "x": "celery"}


def test_a_mistake_in_an_expression_has_a_place() -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario("config:\n  task_routes: {'/shop.(/': shop}\n")
    problem = caught.value.problems[0]
    assert problem.mark is not None
    assert (problem.code, problem.mark.line) == ("route.pattern", 2)

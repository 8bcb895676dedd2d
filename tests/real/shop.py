"""A small shop, a real application: six task types, three queues, retries, a chord, beat, priorities, a rate limit.

It writes a log of its own: a line for each publish, start and end, by the clock of the process that did it. The
addresses and the log's file come from the environment; bodies sleep, so that a busy machine disturbs them little.
"""

from __future__ import annotations

import json
import os
import random
import time
from typing import Any

from celery import Celery, chord
from celery.signals import after_task_publish, task_postrun, task_prerun
from kombu import Exchange, Queue
from kombu.exceptions import OperationalError

LOG = os.environ.get("SHOP_LOG", os.devnull)
BROKER = os.environ.get("SHOP_BROKER", "memory://")
ON_REDIS = BROKER.startswith("redis")
PATIENCE = 1.0
"""Seconds that a customer waits for the one before."""
URGENT, USUAL = (0, 6) if ON_REDIS else (9, 3)
"""Redis serves 0 first, RabbitMQ 9."""

app = Celery("shop", set_as_current=False)
app.conf.update(
    broker_url=BROKER,
    result_backend=os.environ.get("SHOP_BACKEND"),
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    task_default_queue="orders",
    task_queues=[
        Queue("orders", Exchange("orders"), "orders", queue_arguments={"x-max-priority": 9}),
        Queue("mail", Exchange("mail"), "mail"),
        Queue("back", Exchange("back"), "back"),
    ],
    task_routes={"shop.email": "mail", "shop.resize": "back", "shop.album": "back", "shop.report": "back"},
    task_send_sent_event=bool(os.environ.get("SHOP_TELLS_SENT")),
    worker_prefetch_multiplier=2,
    worker_send_task_events=True,
    broker_transport_options={"queue_order_strategy": "priority"}
    if "redis" in os.environ.get("SHOP_BROKER", "")
    else {},
    beat_schedule={"cleanup": {"task": "shop.cleanup", "schedule": 5.0}},
)


class SmtpError(Exception):
    """The mail server refused."""


class PaymentError(Exception):
    """The bank did not answer."""


def _log(what: str, uuid: str, name: str, **more: object) -> None:
    line = json.dumps({"t": time.time(), "what": what, "id": uuid, "name": name, **more}) + "\n"
    with open(LOG, "a", encoding="utf-8") as file:  # one write of a short line is appended whole
        file.write(line)


@after_task_publish.connect(weak=False)  # type: ignore[untyped-decorator]
def _published(sender: str, headers: dict[str, Any], routing_key: str = "", **_: Any) -> None:
    _log("publish", headers["id"], sender, retries=headers["retries"], queue=routing_key)


@task_prerun.connect(weak=False)  # type: ignore[untyped-decorator]
def _started(task_id: str, task: Any, **_: Any) -> None:
    worker = str(task.request.hostname).partition("@")[0]
    _log("start", task_id, task.name, retries=task.request.retries, worker=worker)


@task_postrun.connect(weak=False)  # type: ignore[untyped-decorator]
def _ended(task_id: str, task: Any, state: str, **_: Any) -> None:
    _log("end", task_id, task.name, retries=task.request.retries, state=state)


def _lognormal(median: float, sigma: float) -> None:
    time.sleep(median * random.lognormvariate(0, sigma))


@app.task(name="shop.order", bind=True, max_retries=3)  # type: ignore[untyped-decorator]
def order(self: Any) -> None:
    """Charge a card; the bank does not answer now and then."""
    _lognormal(0.3, 0.5)
    if random.random() < 0.06:
        raise self.retry(exc=PaymentError("card 4711"), countdown=4)


@app.task(  # type: ignore[untyped-decorator]
    name="shop.email", rate_limit="4/s", autoretry_for=(SmtpError,), retry_backoff=2, retry_jitter=False, max_retries=4
)
def email() -> None:
    """Send a mail; the server refuses some."""
    _lognormal(0.12, 0.6)
    if random.random() < 0.08:
        raise SmtpError("greylisted")


@app.task(name="shop.resize")  # type: ignore[untyped-decorator]
def resize() -> int:
    """Make one picture smaller: quick for most, slow for some."""
    time.sleep(random.choice((0.15, 0.2, 0.25, 0.9)))
    return 1


@app.task(name="shop.album")  # type: ignore[untyped-decorator]
def album(pictures: list[int]) -> int:
    """Put an album together once all its pictures are there."""
    time.sleep(0.2)
    return sum(pictures)


@app.task(name="shop.report", acks_late=True)  # type: ignore[untyped-decorator]
def report() -> None:
    """Write a long report."""
    _lognormal(2.0, 0.3)


@app.task(name="shop.cleanup", ignore_result=True)  # type: ignore[untyped-decorator]
def cleanup() -> None:
    """Remove what is old."""
    time.sleep(0.4)


def customers(seconds: float, load: float, seed: int) -> None:
    """Send what customers cause, at random, for a time; `load` is 1 on a normal day.

    While the broker is away, a call is tried for a moment and then refused; who would have come meanwhile is gone.
    """
    draw = random.Random(seed)
    begun = time.time()
    kinds = {"order": 13 * load, "vip": 1.5 * load, "email": 2.2 * load, "report": 0.5 * load, "album": 0.45 * load}
    due = [(begun + draw.expovariate(rate), kind) for kind, rate in kinds.items()]
    while (first := min(due))[0] < begun + seconds:
        due.remove(first)
        when, kind = first
        due.append((when + draw.expovariate(kinds[kind]), kind))
        pictures = draw.choice((2, 3, 4))
        time.sleep(max(0.0, when - time.time()))
        if time.time() - when > PATIENCE:
            _log("gone", "", kind)
            continue
        try:
            if kind == "album":
                chord([resize.s() for _ in range(pictures)])(album.s())
            elif kind in ("order", "vip"):
                order.apply_async(priority=URGENT if kind == "vip" else USUAL)
            else:
                {"email": email, "report": report}[kind].apply_async()
        except OperationalError:
            _log("refused", "", kind)

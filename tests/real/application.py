"""A small real application, for tests: its broker and its queue's name come from the environment."""

import os
import time
from typing import Any

from celery import Celery

app = Celery("tests", broker=os.environ["ACKADEMY_TEST_BROKER"], backend=None, set_as_current=False)
app.conf.update(
    task_default_queue=os.environ["ACKADEMY_TEST_QUEUE"],
    task_send_sent_event=True,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=False,
)


@app.task(name="nap")  # type: ignore[untyped-decorator]
def nap(seconds: float) -> str:
    """Sleep."""
    time.sleep(seconds)
    return "rested"


@app.task(name="flaky", bind=True, acks_late=True, max_retries=2)  # type: ignore[untyped-decorator]
def flaky(self: Any, seconds: float) -> None:
    """Fail once, then succeed."""
    time.sleep(seconds)
    if self.request.retries < 1:
        raise self.retry(exc=ValueError("card 4711"), countdown=0.3)

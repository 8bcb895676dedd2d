"""Verification of a prediction against a real Celery: rehearse (`prepared`), perform (`stage`), judge (`verdict`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from simulator.real.gate import PATIENCE, lost_of
from simulator.real.own_queues import remove_dead
from simulator.real.performing import leftovers
from simulator.real.performing.application import make_app
from simulator.real.performing.limits import Limit, Refused
from simulator.real.performing.prepared import Prepared
from simulator.real.performing.stage import Stage
from simulator.real.performing.verdict import Verdict, judge


def verify(prepared: Prepared, progress: Callable[[float], None] = lambda _: None) -> Verdict:
    """Perform on the plan's broker, and judge; raises `StageError`."""
    with Stage(prepared.plan, progress) as stage:
        performance = stage.play()
    return judge(replace(prepared, plan=stage.plan), performance)


def clean(prepared: Prepared, broker: str, shown: str) -> list[str]:
    """Check that the broker answers, and remove what dead runs have left on it; returns their names.

    Raises `Refused` where it does not answer; `shown` is its URL without a password.
    """
    app = make_app(prepared.plan)
    lost = lost_of(app)
    try:
        if prepared.plan.transport != "memory":
            with app.connection_for_write() as connection:
                connection.ensure_connection(max_retries=1, timeout=PATIENCE, interval_start=0.2)
                remove_dead(connection)
        return leftovers.sweep(app, broker)
    except lost as error:
        raise Refused([Limit("unreachable", {"url": shown, "reason": str(error)})]) from None
    finally:
        app.close()

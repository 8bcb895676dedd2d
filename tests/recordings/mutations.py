"""Wrong lines of the engine, each of which somebody has to notice: `python -m tests.recordings --mutations`."""

from __future__ import annotations

from tests.recordings.mutate import Mutation

MUTATIONS = [
    Mutation(
        "engine/transports/push.py",
        '            self.simulation.broker.requeue(delivery, cause, why, "original")',
        '            self.simulation.broker.requeue(delivery, cause, why, "back")',
        "RabbitMQ puts what comes back at the end of the queue",
    ),
]

"""`basic.qos`: how a worker tells RabbitMQ that its prefetch window has changed.

The broker goes by the prefetch count that it was told last. A worker's loop tells it between two turns, and only then:
messages that it reads while it waits for the broker's answer widen the window further, but nothing wakes the loop for
that. So a worker that finds a backlog of ETA tasks takes some, and stalls until a message, a child or a timer wakes its
loop: at the latest the heartbeat.
"""

from __future__ import annotations

from collections.abc import Callable

from simulator.engine.broker.ports import Credit
from simulator.engine.clock import Clock
from simulator.engine.worker.life import Life
from simulator.world.intake import PrefetchWindow


class Qos(Credit):
    """A worker's prefetch count as the broker knows it.

    Source: celery.worker.loops: asynloop (one update before each turn); kombu.common: QoS.update;
    amqp.abstract_channel: AbstractChannel.wait (reads messages until the answer is there); kombu.transport.base:
    Transport._make_reader (after a message, the loop looks for one more at its next turn).
    """

    def __init__(
        self,
        clock: Clock,
        life: Life,
        window: PrefetchWindow,
        hop: int,
        settled: Callable[[int], None],
    ) -> None:
        """Create the state of a worker that is not connected.

        Args:
            clock: the clock of the run.
            life: the worker.
            window: its prefetch window.
            hop: microseconds from the worker to the broker, and back; 0: the broker knows everything at once.
            settled: called when the broker has learned of a wider window, with the index of the causing event.
        """
        self.clock = clock
        self.life = life
        self.window = window
        self.hop = hop
        self.settled = settled
        self.known = window.limit
        """The prefetch count that the broker goes by."""
        self.when_loop_turns: Callable[[Callable[[int], object], int], None] = _at_once
        """Postpones a call until the loop turns."""
        self.holds_back = False
        """True until the first turn of a loop that looks for more messages first (`startup_drain`)."""
        self.is_asynchronous = True
        """False for a loop that turns by itself (`synloop`)."""
        self._sent = window.limit
        self.answer_at = -1
        """Time of the broker's answer to the last update, in microseconds."""
        self._looks = 0
        """Number of times that the loop looks for one more message at its next turn."""
        self._left = 0
        """Number of looks of the current turn that have found nothing yet."""
        self._updates = 0

    def connect(self) -> None:
        """Start with the whole window, which is sent once more before the first turn: a backlog is read meanwhile."""
        self.known = self._sent = self.window.limit
        self._looks = self._left = 0
        self.holds_back = False
        if self.hop and self.is_asynchronous:
            self._wait(-1)

    def widened(self, cause: int, alone: bool) -> None:
        """Take note that an ETA task has been read and has widened the window.

        Args:
            cause: index of the event.
            alone: whether it was published just now, so that no other message comes along with it.
        """
        now = self.clock.now
        if not alone and self.hop:
            if now < self.answer_at:
                return
            if now == self.answer_at and self._left:
                self._left -= 1
                self._looks += 1
                return
            self._looks += 1
        self.update(cause)

    def update(self, cause: int) -> bool:
        """Tell the broker of the window; return whether it has changed. A narrower one counts at once."""
        value = self.window.limit
        if value == self._sent:
            return False
        grows = value > self.known
        self._sent = value
        if not grows:
            self.known = value
        elif not self.hop:
            self.known = value
            self.settled(cause)
        else:
            self.clock.at(self.clock.now + self.hop, self.life.on_completion, self._reached, (value, cause))
            if self.is_asynchronous:
                self._left, self._looks = self._looks, 0
                self._wait(cause)
        return True

    def _reached(self, sent: tuple[int, int]) -> None:
        value, cause = sent
        self.known = min(value, self._sent)
        self.settled(cause)

    def _wait(self, cause: int) -> None:
        self._updates += 1
        self.answer_at = self.clock.now + 2 * self.hop
        self.clock.at(self.answer_at + 1, self.life.on_timer, self._answered, (self._updates, cause), True)

    def _answered(self, asked: tuple[int, int]) -> None:
        """Go on after the answer: what was read meanwhile has to wait for the loop's next turn."""
        number, cause = asked
        if number == self._updates and self.window.limit != self._sent and self.life.alive:
            if cause >= 0 or self.holds_back:
                self.when_loop_turns(self.update, cause)
            else:  # the very first turn
                self.update(cause)


def _at_once(run: Callable[[int], object], arg: int) -> None:
    run(arg)

"""Producers: each entry under `send` publishes tasks, once, several times, or again and again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from simulator.engine.calls import CallFactory, Entry
from simulator.engine.clock import WATCH, Rank, priority
from simulator.engine.context import Context
from simulator.engine.draws import Sampler, sampler, stream
from simulator.engine.transactions import Outbox
from simulator.engine.workflow.canvas import SentCanvas, Workflow
from simulator.scenario.schema import Call, Send
from simulator.trace.time import NEVER, to_micros


class SendLine:
    """One line under `send`: the schedule of its occasions, and the calls made at each."""

    def __init__(
        self,
        context: Context,
        calls: CallFactory,
        workflow: Workflow,
        index: int,
        spec: Send,
        ordinals: Counter[tuple[str, str]],
    ) -> None:
        """Prepare the line's calls; `ordinals` counts calls without an id by (producer, task), over all lines."""
        self.clock = context.clock
        self.watch = context.watch
        self.publisher = workflow.publisher
        self.broker = workflow.publisher.broker
        self.producer = spec.producer
        self.on_publish = priority(Rank.PUBLISH, index)
        self.burst = spec.burst
        self.first = to_micros(spec.at if spec.at is not None else spec.from_ or 0)
        self.last = to_micros(spec.until) if spec.until is not None else NEVER
        """No task is sent at or after this time."""
        every, occasions = spec.interval, spec.occasions
        self.count = occasions if occasions is not None else NEVER
        self.is_single = every is None and self.count == self.burst == 1
        self.occasions = 0
        """Occasions so far."""
        entries = [calls.entry(call, _identity(spec, call, ordinals), single=self.is_single) for call in spec.calls]
        self.entries: list[Entry | SentCanvas] = [*entries]
        if spec.each is None and spec.is_canvas:
            self.entries = [SentCanvas(workflow, spec, entries)]
        for entry in entries if spec.commits is not None else ():
            entry.send_in_transaction(to_micros(spec.commits or 0))
        self.outbox: Outbox | None = None
        if spec.outbox is not None:
            clock, interval = context.clock, to_micros(spec.outbox)
            self.outbox = Outbox(clock, self.broker, self.producer, interval, self.on_publish)
        self._only = self.entries[0] if len(self.entries) == self.burst == 1 and self.outbox is None else None
        self.gap: Sampler | None = None
        if every is not None:
            self.gap = sampler(every, stream(context.seed, "every", entries[0].identity))

    def start(self) -> None:
        """Schedule the first occasion."""
        if self.first < self.last:
            occasion = self._again(self._only, self.gap) if self._only and self.gap else self._occasion
            self.clock.at(self.first, self.on_publish, occasion)

    def _again(self, only: Entry | SentCanvas, gap: Sampler) -> Callable[[Any], None]:
        """Run the occasions of the common line: one call, sent repeatedly."""
        clock, at, send = self.clock, self.clock.at, only.send
        producer, when, last, left = self.producer, self.on_publish, self.last, self.count
        broker, waits = self.broker, self.publisher.when_reachable
        number = -1

        def occasion(_: Any) -> None:
            nonlocal number
            number += 1
            if broker.down:
                waits(send, producer, when)
            else:
                send(producer, when)
            following = clock.now + gap(number, 0)
            if number + 1 < left and following < last:
                at(following, when, occasion)

        return occasion

    def _occasion(self, _: Any) -> None:
        if self.gap is None:
            for _number in range(self.count):
                self._send()
            return
        self._send()
        clock = self.clock
        following = clock.now + self.gap(self.occasions - 1, 0)
        if self.occasions < self.count and following < self.last:
            clock.at(following, self.on_publish, self._occasion)

    def _send(self) -> None:
        self.occasions += 1
        for number in range(self.burst):
            if not (self.occasions + number) & WATCH:
                self.watch()
            if self.outbox is not None:
                self.outbox.write(self.entries)
                continue
            for entry in self.entries:
                if self.broker.down:
                    self.publisher.when_reachable(entry.send, self.producer, self.on_publish)
                else:
                    entry.send(self.producer, self.on_publish)


def _identity(spec: Send, call: Call, ordinals: Counter[tuple[str, str]]) -> str:
    if call.id is not None:
        return call.id
    key = (spec.producer, call.task)
    ordinals[key] += 1
    return f"{spec.producer}/{call.task}/{ordinals[key] - 1}"

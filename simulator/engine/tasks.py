"""Registered tasks: the behaviour of a task function when a worker calls it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import Any

import msgspec

from simulator.engine.draws import Sampler, blocks, sampler, stream, uniforms
from simulator.engine.failures import Exceptions, Policy, RetryPolicy
from simulator.engine.services import Service
from simulator.engine.state import Message
from simulator.engine.templates import fill, has_braces
from simulator.engine.transactions import NO_ROW, Transactions
from simulator.scenario.profiles import Settings
from simulator.scenario.schema import Task as TaskSpec
from simulator.trace.rates import parse_rate
from simulator.trace.time import to_micros


class CallOutcome(msgspec.Struct, kw_only=True):
    """The outcome of one call of a task function."""

    result: Any = None
    failure: str | None = None
    """The name of the exception it ends with."""
    exception: str | None = None
    """The exception's `repr`."""
    effect_at: float | None = None
    """The share of its run (0 to 1) after which it has its side effect; None without a declared one."""
    kills: str | None = None
    """The process that its body kills instead of returning: `child` or `worker`."""


class Task:
    """One entry of the task registry."""

    def __init__(
        self,
        name: str,
        spec: TaskSpec,
        settings: Settings,
        exceptions: Exceptions,
        services: Mapping[str, Service],
        seed: int,
    ) -> None:
        self.name = name
        self.service = services[spec.calls] if spec.calls is not None else None
        """The service that the body calls first."""
        self.gets = spec.gets
        """The tasks that it sends first, and waits for."""
        self.policy: Policy = RetryPolicy(name, spec, settings, exceptions, seed)
        self.dead_letter_queue = spec.dead_letter_queue
        declared = spec.effect_at is not None or spec.idempotent is not None or locks_body(spec)
        self.effect_at = (1.0 if spec.effect_at is None else spec.effect_at) if declared else None
        """Fraction of a run after which the side effect happens; None if none is declared."""
        self.idempotent = bool(spec.idempotent)
        self._key_is_args = spec.idempotent == "args"
        self._raises = spec.raises
        self.acks_late = settings.task_acks_late if spec.acks_late is None else spec.acks_late
        self.queue = spec.queue or settings.task_default_queue
        self._duration = spec.duration
        either = spec.acks_on_failure_or_timeout
        self.acks_on_failure = _first(spec.acks_on_failure, either, settings.task_acks_on_failure)
        self.acks_on_timeout = _first(spec.acks_on_timeout, either, settings.task_acks_on_timeout)
        self.reject_on_worker_lost = _first(spec.reject_on_worker_lost, settings.task_reject_on_worker_lost)
        self.ignore_result = _first(spec.ignore_result, settings.task_ignore_result)
        # celery.app.trace: build_tracer: with ignore_result, not even STARTED is stored.
        self.track_started = _first(spec.track_started, settings.task_track_started) and not self.ignore_result
        hard, soft = spec.time_limit, spec.soft_time_limit
        self.time_limit = settings.task_time_limit if hard is None else to_micros(hard)
        self.soft_time_limit = settings.task_soft_time_limit if soft is None else to_micros(soft)
        self.limited = bool(self.time_limit or self.soft_time_limit)
        """True if any time limit is set."""
        self.catches_soft_limit = spec.catches_soft_limit
        self.rate = settings.task_default_rate_limit if spec.rate_limit is None else parse_rate(spec.rate_limit)
        """Tasks per second in each worker; 0.0: no limit."""
        self.cpu, self.memory, self.leak = spec.cpu, spec.memory, spec.leak
        self.reject = spec.reject
        self._ignores = spec.ignore
        self._kills = spec.kills
        self._returns = spec.returns
        self._fills = has_braces(spec.returns)
        self._log = spec.log
        self.logs = spec.log is not None
        """True if its body logs a line."""
        self.takes_only_time = not (
            spec.calls is not None
            or spec.gets is not None
            or declared
            or spec.lock is not None
            or self.track_started
            or self.limited
            or spec.cpu
        )
        """True if its body has no visible effect between its start and its end."""
        self._signature = [name.partition("=")[0] for name in spec.signature] if spec.signature is not None else None
        """Names of its arguments; those with a default may be left out."""
        self._defaults = {name.partition("=")[0] for name in spec.signature or () if "=" in name}
        self._transactions: Transactions | None = None
        """Transactions that may not have committed what it reads; None if it is never sent inside one."""
        self._plain = self._is_plain()
        self.only_succeeds = self._only_succeeds()
        """True if its body only takes time and returns a value, which is then stored."""
        self._seed = seed
        self._samplers: dict[str, Sampler] = {}
        """Durations by identity of a call."""
        self._failures: dict[str, Callable[[int, int], str | None]] = {}
        """Failures by identity of a call."""

    def run(self, message: Message, attempt: CallOutcome) -> int:
        """Call the function; return its duration in microseconds and record its outcome in `attempt`."""
        if not self._plain:
            misfit = self._signature_error(message) if self._signature is not None else None
            if misfit is not None:
                attempt.failure = "TypeError"
                attempt.exception = misfit
                return 0
            if self._transactions is not None and self._transactions.lacks(message.uuid):
                attempt.failure, attempt.exception = NO_ROW, f"{NO_ROW}()"
                return 0
            self._fail(message, attempt)
        attempt.effect_at = self.effect_at
        attempt.result = fill(self._returns, self._values(message)) if self._fills else self._returns
        draw = self._samplers.get(message.identity) or self._sampler(message.identity)
        return draw(message.number, message.retries)

    def reads(self, transactions: Transactions) -> None:
        """Make its body look for a row that the sender writes."""
        self._transactions = transactions
        self._plain = self._is_plain()
        self.only_succeeds = self._only_succeeds()

    def effect_key(self, message: Message) -> str:
        """Return the key by which an idempotent task recognises an effect: the task's id, or its name and arguments."""
        if not self._key_is_args:
            return message.uuid
        return f"{self.name}{message.args!r}{sorted(message.kwargs.items())!r}"

    def change(self, setting: str, value: Any) -> None:
        """Change `duration` or `raises`; running tasks are unaffected."""
        if setting == "duration":
            self._duration = value
            self._samplers.clear()
        else:
            self._raises = value
            self._failures.clear()
            self._plain = self._is_plain()
            self.only_succeeds = self._only_succeeds()

    def _only_succeeds(self) -> bool:
        return self._plain and self.takes_only_time and not self.ignore_result

    def _is_plain(self) -> bool:
        """Return whether its body only takes time and returns."""
        said = (self._signature, self._transactions, self._raises, self.reject, self._kills)
        return said == (None, None, None, None, None) and not self._ignores

    def _fail(self, message: Message, attempt: CallOutcome) -> None:
        """Record in `attempt` what the body raises or kills, if it does not return."""
        raised = self._raised(message)
        attempt.failure = raised
        attempt.exception = f"{raised}()" if raised is not None else None
        if self.reject is not None and (raised is not None or self._raises is None):
            attempt.failure = "Reject"
            attempt.exception = f"reject requeue={self.reject == 'requeue'}: {attempt.exception}"
        elif self._ignores and (raised is not None or self._raises is None):
            attempt.failure, attempt.exception = "Ignore", "Ignore()"
        kills = self._kills
        if isinstance(kills, list):
            kills = kills[message.retries] if message.retries < len(kills) else None
        attempt.kills = kills

    def _sampler(self, identity: str) -> Sampler:
        name = stream(self._seed, "duration", f"{identity}/{self.name}")
        found = self._samplers[identity] = sampler(self._duration, name)
        return found

    def _raised(self, message: Message) -> str | None:
        """Return the exception that this attempt of the body raises, if any."""
        raises = self._raises
        if isinstance(raises, list):
            return raises[message.retries] if message.retries < len(raises) else None
        if not isinstance(raises, dict):
            return raises
        draw = self._failures.get(message.identity) or self._chances(message.identity, raises)
        return draw(message.number, message.retries)

    def _chances(self, identity: str, raises: dict[str, float]) -> Callable[[int, int], str | None]:
        """Return a function of (number, attempt): what calls named `identity` raise."""
        name = stream(self._seed, "failure", f"{identity}/{self.name}")
        bounds, exceptions = list(accumulate(raises.values())), [*raises, None]

        def make(block: int, attempt: int) -> list[str | None]:
            return [exceptions[bisect_right(bounds, draw)] for draw in uniforms(name, block, attempt)]

        found = self._failures[identity] = blocks(make)
        return found

    def _signature_error(self, message: Message) -> str | None:
        """Return Python's TypeError for arguments that do not match the signature; None if they do."""
        signature: list[str] = self._signature or []
        name = self.name.rpartition(".")[2]
        if len(message.args) > len(signature):
            least, most = len(signature) - len(self._defaults), len(signature)
            takes = f"takes {most} positional argument{'s' * (most != 1)}"
            if least < most:
                takes = f"takes from {least} to {most} positional arguments"
            given = f"{len(message.args)} {'was' if len(message.args) == 1 else 'were'} given"
            return f"TypeError({f'{name}() {takes} but {given}'!r})"
        for key in message.kwargs:
            if key not in signature:
                return f"TypeError({f'{name}() got an unexpected keyword argument {key!r}'!r})"
            if key in signature[: len(message.args)]:
                return f"TypeError({f'{name}() got multiple values for argument {key!r}'!r})"
        known = {*message.kwargs, *self._defaults}
        missing = [key for key in signature[len(message.args) :] if key not in known]
        if missing:
            count = f"missing {len(missing)} required positional argument{'s' * (len(missing) != 1)}"
            return f"TypeError({f'{name}() {count}: {_listed(missing)}'!r})"
        return None

    def log_line(self, message: Message) -> str | None:
        """Return the line that the body logs on start; None without one, or if the arguments do not match."""
        if self._log is None or (self._signature is not None and self._signature_error(message) is not None):
            return None
        return str(fill(self._log, self._values(message)))

    def _values(self, message: Message) -> dict[str, Any]:
        """Return the template values: arguments by name and position, the number `n`, the `id`."""
        values: dict[str, Any] = {"n": message.number + 1, "id": message.uuid}
        values.update(zip(self._signature or (), message.args, strict=False))
        values.update(message.kwargs)
        values.update({str(i): arg for i, arg in enumerate(message.args)})
        return values


def locks_body(spec: TaskSpec) -> bool:
    """Return whether a body takes a lock; if it does not get it, it has no side effect."""
    return spec.lock is not None and spec.lock.by == "body"


def _first(*values: bool | None) -> bool:
    """Return the first value that is not None."""
    return next((value for value in values if value is not None), False)


def _listed(names: list[str]) -> str:
    """Join names as Python does: 'a', 'b', and 'c'."""
    quoted = [repr(name) for name in names]
    if len(quoted) < 3:
        return " and ".join(quoted)
    return ", ".join(quoted[:-1]) + ", and " + quoted[-1]

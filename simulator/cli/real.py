"""`verify` and `emit`: comparison with a real Celery, and runs for its monitors."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.cli.options import ChangeOptions, RunOptions, Variant, What, YesThisBroker, command
from simulator.cli.shared import DONE, FAILED, TO_END, WRONG_INPUT, is_terminal, print_json
from simulator.visible import raw

if TYPE_CHECKING:
    from simulator.real.performing.prepared import Prepared
    from simulator.real.performing.verdict import Verdict
    from simulator.story.catalog import Localized

Broker = Annotated[str, typer.Option(metavar="URL", help="redis://, amqp:// or memory:// (inside this process).")]


def say(lines: Iterable[Localized], lang: str) -> None:
    """Print a line on stderr."""
    for one in lines:
        print(one.text(lang), file=sys.stderr, flush=True)


def needs_celery(lang: str) -> bool:
    """Return True if the extra `real` is missing, after printing how to install it."""
    from importlib.util import find_spec

    from simulator.story.catalog import Words, line

    if find_spec("celery") is not None and find_spec("redis") is not None:
        return False
    missing = Words(
        "이 명령에는 실제 Celery가 필요합니다. 설치: pip install 'ackademy[real]'",
        "this command needs a real Celery; install it: pip install 'ackademy[real]'",
    )
    say([line(missing)], lang)
    return True


@command()
def verify(
    what: What,
    *,
    broker: Broker = "memory://",
    scale: Annotated[float, typer.Option(metavar="FACTOR", help="Time scale; 0.1 runs ten times as fast.")] = 1.0,
    keep: Annotated[str | None, typer.Option(metavar="FILE", help="Save the recording as a trace.")] = None,
    backend: Annotated[
        str | None,
        typer.Option("--result-backend", metavar="URL", help="Result backend for chords on RabbitMQ."),
    ] = None,
    yes: YesThisBroker = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdict as JSON.")] = False,
    variant: Variant = None,
    options: ChangeOptions,
) -> int:
    """Run a scenario on a real Celery and compare it with the prediction. Exits with 1 if they differ."""
    language = options.language
    if needs_celery(language):
        return WRONG_INPUT
    from simulator.real import words
    from simulator.real.gate import refused_addresses
    from simulator.real.performing.ensemble import StageError
    from simulator.real.performing.limits import Limit, Refused
    from simulator.real.performing.plan import without_password
    from simulator.real.performing.prepared import list_playable, prepare
    from simulator.real.verify import clean

    try:
        if found := refused_addresses(broker, backend, allowed=yes):
            raise Refused(found)
        shown = without_password(broker)
        if not scale > 0:
            raise Refused([Limit("scale")])
        with options.opening(what, variant=variant) as opened:
            if opened.scenario is None:
                raise Refused([Limit("trace")])
            prepared = prepare(opened.scenario, broker, scale=scale, backend=backend)
            say(words.swept(clean(prepared, broker, shown)), language)
            say(words.before(prepared, shown), language)
            verdict = _performed(prepared)
            if keep is not None:
                _keep(verdict, keep, language)
    except Refused as error:
        say(words.refusal(error.limits), language)
        if any(limit.code == "one_process" for limit in error.limits):
            say(words.instead(list_playable(broker)), language)
        return WRONG_INPUT
    except StageError as error:
        say([words.failure(error)], language)
        return WRONG_INPUT
    if as_json:
        print_json(words.as_data(verdict))
    else:
        print("\n".join(words.verdict_lines(verdict, language)))
    return DONE if verdict.agrees else FAILED


def _performed(prepared: Prepared) -> Verdict:
    """Perform; on a request to end, clean up first."""
    from simulator.real.verify import verify

    def end(number: int, _: Any) -> None:
        raise SystemExit(128 + number)

    for number in TO_END:
        signal.signal(number, end)

    def progress(t: float) -> None:
        if is_terminal(sys.stderr):
            print(f"\r{max(t, 0.0):5.1f} / {prepared.plan.end:.1f} s ", end="", file=raw(sys.stderr), flush=True)

    try:
        return verify(prepared, progress)
    finally:
        if is_terminal(sys.stderr):
            print("\r" + " " * 24 + "\r", end="", file=raw(sys.stderr), flush=True)


def _keep(verdict: Verdict, file: str, lang: str) -> None:
    from simulator.cli.running import write_trace_file
    from simulator.real import words

    write_trace_file(verdict.recording, file)
    say([words.kept(file)], lang)


@command()
def emit(
    what: What,
    *,
    broker: Annotated[str, typer.Option(metavar="URL", help="Broker that the monitors listen to.")],
    speed: Annotated[float, typer.Option(metavar="FACTOR", help="Speed; 2 is twice as fast.")] = 1.0,
    yes: YesThisBroker = False,
    options: RunOptions,
) -> int:
    """Publish a run as Celery events in real time, so that Flower and celery events show it."""
    language = options.language
    if needs_celery(language):
        return WRONG_INPUT
    from simulator.real import emit as room
    from simulator.real import words
    from simulator.real.gate import refused_addresses
    from simulator.real.performing.limits import Limit
    from simulator.real.performing.plan import without_password

    problems = refused_addresses(broker, allowed=yes) + ([] if speed > 0 else [Limit("speed")])
    if problems:
        say(words.refusal(problems), language)
        return WRONG_INPUT
    shown = without_password(broker)
    with options.opening(what) as opened:
        say([words.emitting(opened.trace, shown, speed)], language)
        try:
            count = room.emit(opened.trace, broker, speed=speed)
        except OSError as error:
            say(words.refusal([Limit("unreachable", {"url": shown, "reason": str(error)})]), language)
            return WRONG_INPUT
        say([words.emitted(count)], language)
    return DONE

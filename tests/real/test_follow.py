"""`play --follow`: a real cluster on the stage while it works."""

from __future__ import annotations

import asyncio
import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulator.engine import simulate
from simulator.story.run import read_run
from simulator.trace import Trace
from simulator.trace import events as ev
from tests.real.brokers import BROKERS
from tests.real.clusters import RealCluster, cluster
from tests.screens.shot import read_shot

pytestmark = [pytest.mark.real, pytest.mark.filterwarnings("ignore")]

PATIENCE = 30.0


@pytest.fixture(params=BROKERS)
def running(request: pytest.FixtureRequest) -> Iterator[RealCluster]:
    with cluster(request.param, "-E") as found:
        yield found


def ours(trace: Trace, running: RealCluster, kind: type[ev.Event]) -> int:
    return sum(isinstance(e, kind) and e.hostname == running.name for e in trace)  # type: ignore[attr-defined]


def test_what_a_real_cluster_does_is_on_the_screen_and_in_the_file(running: RealCluster, tmp_path: Path) -> None:
    from simulator.real.recording.follow import following
    from simulator.tui.app import AckademyApp
    from simulator.tui.following import Following

    file = tmp_path / "kept.jsonl"

    async def watch(grow: Callable[[], Trace | None]) -> None:
        app = AckademyApp(simulate, "en", motion=False, following=Following(grow))
        async with app.run_test(size=(140, 40)) as pilot:
            await pilot.pause()
            session = app.session
            assert session is not None
            assert running.name in read_shot(app).text
            await asyncio.to_thread(running.send, ("nap", 0.3), ("flaky", 0.1))
            deadline = time.monotonic() + PATIENCE
            while ours(session.run.trace, running, ev.TaskSucceeded) < 2:
                assert time.monotonic() < deadline, "it never came"
                await pilot.pause(0.1)
            assert session.player.at_end
            assert session.run.world(session.player.cursor).counts["succeeded"] >= 2
            await pilot.press("left")
            here = session.player.place
            await pilot.pause(1.5)
            assert session.player.place == here
            assert session.player.playback.end > here

    with (
        file.open("x", encoding="utf-8") as stream,
        following(running.url, stream, enable=False, redact=True) as source,
    ):
        asyncio.run(watch(source.grow))
    trace = read_run(str(file))
    assert (ours(trace, running, ev.TaskStarted), ours(trace, running, ev.TaskRetried)) == (3, 1)
    assert trace.header.stopped == "recorded"
    assert "4711" not in file.read_text(encoding="utf-8")


def test_each_trace_begins_with_the_one_before(running: RealCluster) -> None:
    from simulator.real.recording.follow import following

    with following(running.url, None, enable=False, redact=False) as source:
        running.send(("nap", 0.2), ("nap", 0.2), ("nap", 0.2), ("flaky", 0.1))
        before = source.grow()
        assert before is not None
        deadline = time.monotonic() + PATIENCE
        while ours(before, running, ev.TaskSucceeded) < 4:
            assert time.monotonic() < deadline
            trace = source.grow()
            assert trace is not None
            assert trace.goes_on
            assert trace.common_prefix(before) == len(before)
            assert trace.end >= before.end
            before = trace
            time.sleep(0.05)
    last = source.grow()
    assert last is not None
    assert not last.goes_on
    assert source.grow() is None


def in_a_terminal(*words: str) -> tuple[int, str]:
    """The program in a terminal of its own: exit status, and what it wrote to stderr."""
    mine, its = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "simulator", *words], stdin=its, stdout=its, stderr=subprocess.PIPE, text=True,
            timeout=60, check=False, env={**os.environ, "TERM": "xterm-256color"},
        )  # fmt: skip
    finally:
        os.close(mine)
        os.close(its)
    return done.returncode, done.stderr


def test_a_broker_that_does_not_answer_is_2_and_leaves_no_file(tmp_path: Path) -> None:
    file = tmp_path / "none.jsonl"
    for lang, words in (("en", "the broker does not answer"), ("ko", "Broker가 응답하지 않습니다")):
        status, said = in_a_terminal(
            "play", "--follow", "--broker", "redis://127.0.0.1:1/0", "-o", str(file), "--lang", lang
        )
        assert status == 2
        assert words in said
        assert not file.exists()

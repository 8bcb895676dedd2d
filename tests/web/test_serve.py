"""The terminal in a browser tab: from the first key to the end, one for each visitor, and nothing of the server."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import make_mocked_request

from simulator.web.serving import COOKIE, TerminalServer, language_of
from tests.browsers import Browser, open_browser
from tests.test_cli import Call

DRAWN = "return document.body.classList.contains('-first-byte')"
CLOSED = "return document.body.classList.contains('-closed')"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as found:
        yield found


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[str]:
    """The program, serving at a free port; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "simulator", "serve", *words, "--port", str(port)]
    environment = {**os.environ, "TMPDIR": str(folder), "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE)
    try:
        for _ in range(400):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.communicate(timeout=20)
    assert list(folder.glob("ackademy-visitors-*")) == []  # nothing stays of anybody


def test_from_the_first_key_to_a_new_start(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path, "three-task-order", "--visitors", "1") as address:
        browser.screen(1000, 640)
        browser.open(address)
        browser.wait(DRAWN)
        focused = "return document.activeElement.classList.contains('xterm-helper-textarea')"
        browser.wait(focused)  # keys work before a click
        assert not [line for line in browser.errors() if "Content Security" in line or "googleapis" in line]
        status = asyncio.run(status_of(address))
        assert status == 503  # the one place is taken
        browser.press("q")
        browser.wait(CLOSED)
        assert "progress" in browser.text("#ended-text")
        browser.wait("return document.activeElement.id === 'again'")
        deadline = time.monotonic() + 20
        while asyncio.run(status_of(address)) != 200 and time.monotonic() < deadline:
            time.sleep(0.1)
        browser.press("\ue007")  # enter: start again
        browser.wait(DRAWN)
        browser.wait(focused)
        assert list(tmp_path.glob("*.svg")) == []


async def status_of(address: str, **headers: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(address, headers=headers) as answer:
        await answer.read()
        return answer.status


def test_strangers_are_refused(tmp_path: Path) -> None:
    async def strange(address: str) -> list[int]:
        host = address.removeprefix("http://").rstrip("/")
        found = []
        async with aiohttp.ClientSession() as session:
            rebound = {"Origin": f"http://{host}", "Host": "evil.example"}
            for headers in ({}, {"Origin": "http://elsewhere.example"}, rebound):
                try:
                    async with session.ws_connect(f"{address}ws", headers=headers):
                        found.append(101)
                except aiohttp.WSServerHandshakeError as error:
                    found.append(error.status)
            for path in ("own/../serving.py", "own/serve.html", "static/../server.py", "etc/passwd"):
                async with session.get(f"{address}{path}") as answer:
                    found.append(answer.status)
        return found

    with serving(tmp_path, "three-task-order") as address:
        assert asyncio.run(strange(address)) == [403, 403, 403, 404, 404, 404, 404]


def test_each_visitor_has_progress_and_a_language_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = TerminalServer(["learn"], "127.0.0.1", 8030, 3)
    server.homes = tmp_path

    def environment(token: str, language: str) -> dict[str, str]:
        headers = {"Cookie": f"{COOKIE}={token}", "Accept-Language": language}
        return server._environment(make_mocked_request("GET", "/", headers=headers))

    ann, ben = environment("a" * 32, "ko-KR,ko;q=0.9"), environment("b" * 32, "en-GB")
    assert ann["XDG_STATE_HOME"] == environment("a" * 32, "en")["XDG_STATE_HOME"] != ben["XDG_STATE_HOME"]
    assert ann["LC_ALL"].startswith("ko")
    assert ben["LC_ALL"].startswith("en")
    for token in ("../../etc", "", "a" * 31, "/" * 32):
        home = Path(environment(token, "en")["XDG_STATE_HOME"])
        assert home.parent == tmp_path
        assert re.fullmatch("[0-9a-f]{32}", home.name)
    assert language_of(make_mocked_request("GET", "/")) == "en"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["serve", "nowhere"], 'there is no scenario "nowhere"'),
        (["serve", "retry", "--course"], "not both"),
    ],
)
def test_what_cannot_be_served(
    words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = Call(monkeypatch, capsys)("--lang", "en", *words)
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err
